// Hosts that answer checks with anything: garbage, halves of answers, resets, floods. The proxy stays, each check has a
// result, and no connection is left behind.
import { createServer, type Socket } from 'node:net';
import t from 'tap';
import { cluster, eventually, type Fields, freePort, type Json, start } from './support.ts';

let seed = 20261127;
function below(n: number): number {
  seed = (Math.imul(seed ^ (seed >>> 15), 2246822507) + 0x9e3779b9) >>> 0;
  return ((seed ^ (seed >>> 13)) >>> 0) % n;
}
const garbage = (n: number): Buffer => Buffer.from(Array.from({ length: n }, () => below(256)));

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
const settings = frame(4, 0, 0, Buffer.alloc(0));
const OK = Buffer.from([0x88]); // :status 200

/** What a host may say, whatever it was asked. */
const WORDS: readonly (() => Buffer)[] = [
  () => garbage(1 + below(200)),
  () => Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab'),
  () => Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffff\r\n'),
  () => Buffer.from(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`),
  () => Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'),
  () => Buffer.concat([settings, frame(1, 5, 1, OK)]),
  () => Buffer.concat([settings, frame(1, 4, 1, OK), frame(0, 1, 1, garbage(20))]),
  () => Buffer.concat([settings, frame(7, 0, 0, Buffer.from([0, 0, 0, 0, 0, 0, 0, below(2)]))]),
  () => Buffer.concat([settings, frame(3, 0, 1, Buffer.from([0, 0, 0, below(14)]))]),
  () => Buffer.concat([settings, frame(below(10), below(256), below(4), garbage(below(40)))]),
  () => Buffer.concat([settings, frame(1, 4, 1, garbage(10))]),
  () => Buffer.alloc(3_000_000, 'x'),
  () => Buffer.alloc(0),
];

const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
  socket.on('data', () => {
    socket.write((WORDS[below(WORDS.length)] as () => Buffer)());
    const end = below(4);
    if (end === 0) socket.destroy();
    else if (end === 1) socket.end();
    else if (end === 2) socket.resetAndDestroy();
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as { port: number };
const admin = await freePort();

const check = (fields: Fields): Fields => ({
  health_checks: [
    {
      timeout: '0.02s',
      interval: '0.001s',
      no_traffic_interval: '0.001s',
      unhealthy_threshold: 1,
      healthy_threshold: 1,
      ...fields,
    },
  ],
});
const CHECKS: Readonly<Record<string, Json>> = {
  http: check({ http_health_check: { path: '/', receive: [{ text: '6f6b' }] } }),
  once: check({
    reuse_connection: false,
    http_health_check: { path: '/', expected_statuses: [{ start: '200', end: '600' }] },
  }),
  http2: check({ http_health_check: { path: '/', codec_client_type: 'HTTP2' } }),
  grpc: { http2_protocol_options: {}, ...check({ grpc_health_check: {} }) },
  tcp: check({ tcp_health_check: { send: { text: '61' }, receive: [{ text: '6162' }] } }),
};

t.test('anything for an answer', async (t) => {
  const proxy = await start(
    {
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
      static_resources: {
        clusters: Object.entries(CHECKS).map(([name, fields]) => cluster(name, [port], fields as Fields)),
      },
    },
    [admin],
  );
  t.teardown(async () => {
    await proxy.stop();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const count = async (name: string, what: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=health_check`)).text();
    return Number(new RegExp(`^cluster\\.${name}\\.health_check\\.${what}: (\\d+)$`, 'm').exec(text)?.[1]);
  };
  for (const name of Object.keys(CHECKS)) {
    await eventually(
      `checks of ${name}`,
      async () => {
        if (!proxy.alive) throw new Error(proxy.output);
        return (await count(name, 'attempt')) >= 300;
      },
      25_000,
    );
    t.ok((await count(name, 'failure')) > 0, `${name} has failed`);
  }
  t.ok(proxy.alive);
  t.ok(sockets.size <= 3 * Object.keys(CHECKS).length, `${sockets.size} connections`);
});
