// CONNECT, and upgrades that one side asks for with extended CONNECT (RFC 8441), through the real Envoy
// and through this proxy: what clients, hosts and logs see. Skipped where Envoy's binary is absent.
// observes: envoy.config.route.v3.RouteMatch: connect_matcher
// observes: envoy.config.route.v3.RouteAction.UpgradeConfig: connect_config
// observes: envoy.config.route.v3.RouteAction.UpgradeConfig.ConnectConfig: allow_post
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import * as http2 from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import {
  Client,
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  type Json,
  listener,
  Running,
  start,
  toCluster,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(120_000);

// ---- hosts ------------------------------------------------------------------------------------

let seen: unknown[] = [];
const sockets = new Set<Socket>();
async function serve(server: Server): Promise<number> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
/** Says what it hears, and "bye" when it hears no more. */
const plain = createTcpServer({ allowHalfOpen: true }, (socket) => {
  socket.on('data', (data) => socket.write(`raw:${data}`));
  socket.on('end', () => socket.end('bye'));
});
const one = createServer((_, response) => {
  response.statusCode = 405;
  response.end('no');
});
one.on('connect', (request, socket: Socket, head: Buffer) => {
  seen.push({ url: request.url, headers: request.headers, head: head.toString() });
  if (request.url === 'one.test:81') {
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno');
    return;
  }
  socket.write('HTTP/1.1 200 OK\r\nx-a: b\r\n\r\n');
  socket.on('data', (data) => socket.write(`one:${data}`));
});
one.on('upgrade', (request, socket: Socket, head: Buffer) => {
  seen.push({ method: request.method, url: request.url, headers: request.headers, head: head.toString() });
  if (request.url === '/refused') {
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno');
    return;
  }
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nx-a: b\r\n\r\n',
  );
  socket.on('data', (data) => socket.write(`one:${data}`));
});
const two = http2.createServer({ settings: { enableConnectProtocol: true } });
two.on('stream', (stream, headers) => {
  seen.push({ ...headers });
  stream.on('error', () => undefined);
  if (headers[':path'] === '/refused') {
    stream.respond({ ':status': 403 });
    stream.end('no');
    return;
  }
  stream.respond({ ':status': 200, 'x-a': 'b' });
  stream.on('data', (data) => stream.write(`two:${data}`));
  stream.on('end', () => stream.end());
});
const hosts = { raw: await serve(plain), one: await serve(one), two: await serve(two as unknown as Server) };
const dead = await freePort();

// ---- proxies ----------------------------------------------------------------------------------

const dir = folder();
const says =
  '%REQ(:METHOD)% %REQ(:PATH)% %REQ(:AUTHORITY)% %REQ(UPGRADE)% %PROTOCOL% %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %BYTES_RECEIVED% %UPSTREAM_CLUSTER%';
const log = (path: string): Json => ({
  name: 'file',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
    path,
    log_format: { text_format_source: { inline_string: `${says}\n` } },
  },
});
const OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const overHttp2: Fields = {
  typed_extension_protocol_options: {
    [OPTIONS]: {
      '@type': `type.googleapis.com/${OPTIONS}`,
      explicit_http_config: { http2_protocol_options: { allow_connect: true } },
    },
  },
};
const CONNECT = { connect_matcher: {} };
const terminated = (config: Fields): Fields => ({
  upgrade_configs: [{ upgrade_type: 'CONNECT', connect_config: config }],
});
const host = (
  name: string,
  routes: Json[],
  domains = [`${name}.test`, `${name}.test:80`, `${name}.test:81`],
) => ({
  name,
  domains,
  routes,
});
function config(ports: number[], path: string): Fields {
  const virtual_hosts = [
    host('raw', [
      toCluster('raw', terminated({}), CONNECT),
      toCluster('raw', terminated({ allow_post: true }), { prefix: '/post' }),
      toCluster('one', {}, { prefix: '/' }),
    ]),
    host('dead', [toCluster('dead', terminated({}), CONNECT)]),
    host('one', [toCluster('one', {}, CONNECT), toCluster('one')]),
    host('two', [toCluster('two', {}, CONNECT), toCluster('two')]),
    host('off', [
      toCluster('one', { upgrade_configs: [{ upgrade_type: 'CONNECT', enabled: false }] }, CONNECT),
    ]),
    host(
      'other',
      [{ match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'here' } } }],
      ['*'],
    ),
  ];
  const common = {
    access_log: [log(path)],
    http2_protocol_options: { allow_connect: true },
    route_config: { name: 'local', virtual_hosts },
  };
  const upgrade_configs = [{ upgrade_type: 'CONNECT' }, { upgrade_type: 'websocket' }];
  return {
    static_resources: {
      listeners: [
        listener('on', ports[0] ?? 0, { ...common, upgrade_configs }),
        listener('plain', ports[1] ?? 0, common),
      ],
      clusters: [
        cluster('raw', [hosts.raw]),
        cluster('dead', [dead]),
        cluster('one', [hosts.one]),
        cluster('two', [hosts.two], overHttp2),
      ],
    },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: ports[2] ?? 0 } } },
  };
}

interface Side {
  readonly ports: number[];
  readonly log: string;
}
async function side(name: string): Promise<Side> {
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  return { ports, log: join(dir.path, `${name}.log`) };
}
const [theirs, ours] = [await side('theirs'), await side('ours')];
const envoy = new Running(binary, [
  ...['-c', dir.write('envoy.json', config(theirs.ports, theirs.log)), '--concurrency', '1'],
  ...['--disable-hot-restart', '-l', 'error', '--file-flush-interval-msec', '10'],
]);
for (const port of theirs.ports) await envoy.listening(port);
const proxy = await start(config(ours.ports, ours.log), ours.ports);
t.teardown(async () => {
  await Promise.all([envoy.stop(), proxy.stop()]);
  for (const socket of sockets) socket.destroy();
  for (const server of [plain, one, two]) server.close();
  dir.remove();
});

// ---- clients ----------------------------------------------------------------------------------

const normal = (bytes: string): string =>
  bytes
    // Where a chunk ends is chance.
    .replace(/\r\n[0-9a-f]+\r\n(?!$)/g, (all, at: number) => (at > bytes.indexOf('\r\n\r\n') ? '' : all))
    .replace(/^date: .* GMT\r$/gm, 'date: D\r')
    .replace(/^x-envoy-upstream-service-time: \d+\r$/gm, 'x-envoy-upstream-service-time: N\r')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID');

/** Sends `request`, then "hi" once it is answered with 101 or 200; ends when "hi" has come back, or by itself. */
async function overOne(port: number, request: string): Promise<string> {
  const client = new Client(port).send(request);
  const text = () => client.bytes.toString('latin1');
  await eventually('an answer', () => client.ended || /\r\n\r\n/.test(text()));
  if (/^HTTP\/1.1 (101|200) /.test(text()) && !/content-length|chunked/.test(text())) {
    if (!request.endsWith('early')) client.send('hi');
    await eventually('an echo', () => client.ended || /:(hi|early)$/.test(text()));
  } else await eventually('the end', () => client.ended || /(here|no|bye\r\n0\r\n\r\n)$/.test(text()));
  client.close();
  return normal(text());
}

/** The same over HTTP/2; ends its side when the echo has come. */
async function overTwo(port: number, headers: http2.OutgoingHttpHeaders): Promise<Json> {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on('error', () => undefined);
  await new Promise<void>((resolve) => session.once('remoteSettings', () => resolve()));
  const stream = session.request(headers, { endStream: false });
  const got: { head?: Fields; body: string; code?: number } = { body: '' };
  stream.on('response', ({ date: _, 'x-envoy-upstream-service-time': __, ...head }) => {
    got.head = JSON.parse(JSON.stringify(head)) as Fields;
    if (head[':status'] === 200) stream.write('hi');
  });
  stream.on('data', (data) => {
    got.body += data;
    if (got.body.endsWith(':hi')) stream.end();
  });
  stream.on('error', () => undefined);
  await new Promise<void>((resolve) => stream.on('close', () => resolve()));
  got.code = stream.rstCode;
  session.destroy();
  return got as Json;
}

type Ask = (port: number) => Promise<Json>;
const c1 = (authority: string, rest = ''): Ask => {
  const head = `CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n\r\n`;
  return (port) => overOne(port, head + rest);
};
const c2 =
  (authority: string): Ask =>
  (port) =>
    overTwo(port, { ':method': 'CONNECT', ':authority': authority });
const ws1 = (authority: string, path = '/ws'): Ask => {
  const fields = 'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n';
  return (port) => overOne(port, `GET ${path} HTTP/1.1\r\nhost: ${authority}\r\n${fields}\r\n`);
};
const ws2 = (authority: string, path = '/ws'): Ask => {
  const headers = {
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':path': path,
    ':scheme': 'http',
    ':authority': authority,
    'sec-websocket-version': '13',
  };
  return (port) => overTwo(port, headers);
};

const cases: [string, Ask, number?][] = [
  ['ends here', c1('raw.test:80')],
  ['ends here, words with the head', c1('raw.test:80', 'early')],
  ['ends here, a dead host', c1('dead.test:80')],
  ['POST', (port) => overOne(port, 'POST /post HTTP/1.1\r\nhost: raw.test\r\ncontent-length: 2\r\n\r\nhi')],
  ['a route for paths is not for CONNECT', c1('other.test:80')],
  ['CONNECT alone', c1('raw.test:80'), 1],
  ['to a host', c1('one.test:80')],
  ['to a host that refuses', c1('one.test:81')],
  ['to a host over HTTP/2', c1('two.test:80')],
  ['off', c1('off.test:80')],
  ['over HTTP/2, ends here', c2('raw.test:80')],
  ['over HTTP/2, a dead host', c2('dead.test:80')],
  ['over HTTP/2 to a host', c2('one.test:80')],
  ['over HTTP/2 to a host that refuses', c2('one.test:81')],
  ['over HTTP/2 to one over HTTP/2', c2('two.test:80')],
  ['over HTTP/2, no route', c2('other.test:80')],
  ['over HTTP/2, off', c2('off.test:80')],
  ['websocket, 1 to 1', ws1('one.test')],
  ['websocket, 1 to 2', ws1('two.test')],
  ['websocket, 2 to 1', ws2('one.test')],
  ['websocket, 2 to 2', ws2('two.test')],
  ['websocket, 2 to 1, not allowed', ws2('one.test'), 1],
  ['websocket, 1 to 1, refused', ws1('one.test', '/refused')],
  ['websocket, 1 to 2, refused', ws1('two.test', '/refused')],
  ['websocket, 2 to 1, refused', ws2('one.test', '/refused')],
  ['websocket, 2 to 2, refused', ws2('two.test', '/refused')],
];

const refusal = 'the log names the handshake that failed';
const differs = new Map<string, string>([
  ['websocket, 2 to 1', "the client's end ends the tunnel, not the timeout of the route"],
  ['websocket, 1 to 1, refused', refusal],
  ['websocket, 1 to 2, refused', refusal],
  ['websocket, 2 to 1, refused', refusal],
  ['websocket, 2 to 2, refused', refusal],
]);

let lines = 0;
async function exchange({ ports, log }: Side, ask: Ask, port: number, line: number) {
  seen = [];
  const bytes = await ask(ports[port] ?? 0);
  const all = () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);
  const logged = await eventually(`line ${line + 1}`, () => all()[line]);
  return { bytes, seen: JSON.parse(normal(JSON.stringify(seen))), logged };
}

const only = process.env.ONLY;
for (const [name, ask, port = 0] of cases) {
  if (only !== undefined && !name.includes(only)) continue;
  const line = lines++;
  t.test(name, async (t) => {
    const expected = await exchange(theirs, ask, port, line);
    const got = await exchange(ours, ask, port, line);
    const why = differs.get(name);
    if (why === undefined) t.same(got, expected);
    else t.notSame(got, expected, `still differs: ${why}`);
  });
}
