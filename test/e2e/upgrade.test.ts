// Tunnels through the running proxy: large messages both ways with slow readers, either side cut at any
// point, idle tunnels, drains.
// observes: envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager: upgrade_configs
// observes: envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig: upgrade_type enabled
// observes: envoy.config.route.v3.RouteAction: upgrade_configs
// observes: envoy.config.route.v3.RouteAction.UpgradeConfig: upgrade_type enabled
import { createHash, randomBytes } from 'node:crypto';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import t from 'tap';
import {
  accepts,
  Client,
  cluster,
  eventually,
  type Fields,
  freePort,
  listener,
  routes,
  start,
  toCluster,
} from './support.ts';

/** Node's own server: echoes what comes behind an upgrade; how many are open. */
const open = new Set<Duplex>();
const server = createServer((_, response) => response.end('plain'));
server.on('upgrade', (request, socket: Socket, head) => {
  open.add(socket);
  socket.on('close', () => open.delete(socket));
  socket.on('error', () => undefined);
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  if (request.url === '/flood') {
    const more = (): void => {
      while (socket.writable && socket.write(Buffer.alloc(65536, 'x')));
    };
    socket.on('drain', more);
    more();
  } else if (request.url === '/deaf') socket.pause();
  else if (request.url === '/last-words') socket.end(Buffer.alloc(4 << 20, 'y'));
  else {
    if (head.length > 0) socket.write(head);
    socket.pipe(socket);
  }
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = (server.address() as AddressInfo).port;

const [port, off, admin] = [await freePort(), await freePort(), await freePort()];
function config(): Fields {
  const route_config = routes([
    toCluster(
      'origin',
      { upgrade_configs: [{ upgrade_type: 'websocket', enabled: false }] },
      { path: '/no' },
    ),
    toCluster('origin', { upgrade_configs: [{ upgrade_type: 'chat' }] }, { path: '/chat' }),
    toCluster('origin', { idle_timeout: '0.1s' }, { path: '/idle' }),
    toCluster('origin', { timeout: '0.05s' }),
  ]);
  const upgrade_configs = [{ upgrade_type: 'websocket' }];
  const disabled = [{ upgrade_type: 'websocket', enabled: false }];
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [
        listener('ws', port, {
          upgrade_configs,
          request_timeout: '0.05s',
          drain_timeout: '0.1s',
          route_config,
        }),
        listener('off', off, { upgrade_configs: disabled, route_config }),
      ],
      clusters: [cluster('origin', [origin])],
    },
  };
}
const proxy = await start(config(), [port, off, admin]);
t.teardown(async () => {
  await proxy.stop();
  server.close();
  server.closeAllConnections();
  for (const socket of open) socket.destroy();
});

const ask = (path: string, type = 'websocket') =>
  `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: ${type}\r\n\r\n`;

async function tunnel(path: string, to = port): Promise<Client> {
  const client = new Client(to).send(ask(path));
  const { status } = await client.response();
  if (status !== 101) throw new Error(`${status}`);
  return client;
}
const status = async (path: string, type?: string, to = port): Promise<number> => {
  const client = new Client(to).send(ask(path, type));
  try {
    return (await client.response()).status;
  } finally {
    client.close();
  }
};
async function stat(name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=^${name}$`)).text();
  return Number(/: (\d+)/.exec(text)?.[1] ?? Number.NaN);
}
const nobody = () =>
  eventually('the tunnels to be gone', async () => {
    return open.size === 0 && (await stat('http.ws.downstream_cx_upgrades_active')) === 0;
  });

t.test('who may', async (t) => {
  t.equal(await status('/', 'websocket'), 101);
  t.equal(await status('/', 'WebSocket'), 101, 'in whatever case');
  t.equal(await status('/', 'chat'), 403, 'a type that is not configured');
  t.equal(await status('/chat', 'chat'), 101, 'by the route alone');
  t.equal(await status('/no'), 403, 'off by the route');
  t.equal(await status('/', 'websocket', off), 403, 'off by the manager');
  t.equal(await status('/chat', 'chat', off), 101, 'by the route alone');
  await nobody();
});

t.test('megabytes there and back', async (t) => {
  const data = randomBytes(32 << 20);
  const got = await new Promise<string>((resolve, reject) => {
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      headers: { connection: 'Upgrade', upgrade: 'websocket' },
    });
    request.on('error', reject);
    request.on('upgrade', (_, socket: Socket) => {
      const hash = createHash('sha256');
      let size = 0;
      socket.write(data);
      // A slow reader: one piece for each turn.
      socket.on('data', (piece: Buffer) => {
        hash.update(piece);
        size += piece.length;
        socket.pause();
        setImmediate(() => socket.resume());
        if (size === data.length) {
          resolve(hash.digest('hex'));
          socket.destroy();
        }
      });
    });
    request.end();
  });
  t.equal(got, createHash('sha256').update(data).digest('hex'));
  await nobody();
});

t.test('a reader that does not read stops the writer', async (t) => {
  const client = await tunnel('/flood');
  client.socket.pause();
  const paused = 'cluster.origin.upstream_flow_control_paused_reading_total';
  await eventually('backpressure', async () => (await stat(paused)) > 0);
  t.equal(open.size, 1);
  client.close();
  await nobody();

  const deaf = await tunnel('/deaf');
  const stopped = 'http.ws.downstream_flow_control_paused_reading_total';
  const before = await stat(stopped);
  deaf.send(Buffer.alloc(64 << 20, 'z'));
  await eventually('backpressure', async () => (await stat(stopped)) > before);
  deaf.close();
  for (const socket of open) socket.destroy();
  await nobody();
});

t.test('last words arrive', async (t) => {
  const client = new Client(port).send(ask('/last-words'));
  client.socket.pause();
  await eventually('the end at the origin', () => open.size === 0 || [...open].every((s) => s.writableEnded));
  client.socket.resume();
  const all = await client.untilEnd();
  t.equal(all.subarray(all.indexOf('\r\n\r\n') + 4).length, 4 << 20);
  client.close();
  await nobody();
});

t.test('either side is cut at any point', async (t) => {
  const text = `${ask('/')}${'w'.repeat(100)}`;
  for (let at = 0; at < text.length; at += 7) {
    const client = new Client(port).send(text.slice(0, at));
    await eventually('the connection', () => !client.socket.connecting);
    at % 2 === 0 ? client.socket.resetAndDestroy() : client.close();
  }
  for (let n = 0; n < 20; n++) {
    const client = await tunnel('/');
    client.send(Buffer.alloc(n * 10_000, 'v'));
    for (const socket of open) n % 2 === 0 ? (socket as Socket).resetAndDestroy() : socket.destroy();
    await client.untilEnd();
    client.close();
  }
  await nobody();
  t.ok(await accepts(port), 'the proxy lives');
  t.equal(await stat('http.ws.downstream_rq_active'), 0);
  t.equal(await stat('cluster.origin.upstream_rq_active'), 0);
  t.equal(await stat('cluster.origin.upstream_cx_active'), 0);
});

t.test('a tunnel outlives the timeouts of requests, not its own', async (t) => {
  const long = await tunnel('/');
  const idle = await tunnel('/idle');
  await idle.untilEnd();
  t.equal(await stat('http.ws.downstream_rq_idle_timeout'), 1);
  idle.close();
  t.notOk(long.ended);
  long.send('still here');
  await eventually('the echo', () => long.bytes.toString() === 'still here');
  t.equal(await stat('http.ws.downstream_cx_upgrades_active'), 1);
  // A drain lets it be.
  await fetch(`http://127.0.0.1:${admin}/drain_listeners?graceful`, { method: 'POST' });
  long.send('!');
  await eventually('the echo', () => long.bytes.toString() === 'still here!');
  long.close();
  await nobody();
});
