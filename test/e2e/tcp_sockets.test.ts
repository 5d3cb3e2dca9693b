// The TCP proxy over TLS on either side or both, over Unix sockets, and by the server name that a client asks for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer, type ConnectionOptions, TLSSocket, connect as tlsConnect } from 'node:tls';
import t from 'tap';
import { Authority, pem } from './certificates.ts';
import { cluster, eventually, type Fields, folder, freePort, start } from './support.ts';
import { client, End, lineLog, pour, proxied, tcpProxy, TcpOrigin } from './tcp_support.ts';
import { downstream, secured, upstream } from './tls_support.ts';

const dir = folder();
const authority = new Authority();
const stranger = new Authority('Somebody Else');
const pair = authority.issue('a.example');
const plain = await new TcpOrigin().listen();
const piped = await new TcpOrigin().listen(join(dir.path, 'origin.sock'));
const sealed: End[] = [];
const options = { cert: pem(pair.cert), key: pem(pair.key) };
const tlsOrigin = createServer({ ...options, allowHalfOpen: true }, (socket) => sealed.push(new End(socket)));
await new Promise<void>((resolve) => tlsOrigin.listen(0, '127.0.0.1', () => resolve()));
const address = tlsOrigin.address();
const tlsPort = address === null || typeof address === 'string' ? 0 : address.port;

const ports = { none: 0, down: 0, up: 0, both: 0, named: 0, wrong: 0 };
type Name = keyof typeof ports;
for (const name of Object.keys(ports) as Name[]) ports[name] = await freePort();
const pipe = join(dir.path, 'listener.sock');

const file = join(dir.path, 'log');
const log = {
  access_log: [
    lineLog(
      file,
      '%FILTER_CHAIN_NAME% %REQUESTED_SERVER_NAME% %DOWNSTREAM_TLS_VERSION% %UPSTREAM_TLS_VERSION% %BYTES_SENT%',
    ),
  ],
};
const small = { per_connection_buffer_limit_bytes: 65536 };
const socket = upstream(
  { validation_context: { trusted_ca: { filename: authority.ca } } },
  { sni: 'a.example' },
);
const chain = (name: string, cluster: string, match: Fields): Fields => ({
  name,
  filter_chain_match: match,
  filters: [tcpProxy(name, { cluster, ...log })],
});
const config: Fields = {
  static_resources: {
    listeners: [
      proxied('none', ports.none, { cluster: 'plain', ...log }, small),
      secured(proxied('down', ports.down, { cluster: 'plain', ...log }, small), downstream([pair])),
      proxied('up', ports.up, { cluster: 'sealed', ...log }, small),
      secured(proxied('both', ports.both, { cluster: 'sealed', ...log }, small), downstream([pair])),
      proxied('wrong', ports.wrong, { cluster: 'wrong', ...log }),
      proxied('pipe', pipe, { cluster: 'pipe', ...log }),
      {
        ...proxied('named', ports.named, { cluster: 'plain' }),
        listener_filters: [
          {
            name: 'envoy.filters.listener.tls_inspector',
            typed_config: {
              '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector',
            },
          },
        ],
        filter_chains: [
          chain('sealed', 'tlsorigin', { server_names: ['a.example'] }),
          chain('other', 'plain', { server_names: ['*.example'] }),
          chain('raw', 'plain', { transport_protocol: 'raw_buffer' }),
        ],
      },
    ],
    clusters: [
      cluster('plain', [plain.port], small),
      cluster('tlsorigin', [tlsPort]),
      cluster('sealed', [tlsPort], { ...small, transport_socket: socket }),
      cluster('wrong', [tlsPort], {
        transport_socket: upstream(
          { validation_context: { trusted_ca: { filename: stranger.ca } } },
          { sni: 'a.example' },
        ),
      }),
      cluster('pipe', [], {
        load_assignment: {
          cluster_name: 'pipe',
          endpoints: [
            { lb_endpoints: [{ endpoint: { address: { pipe: { path: join(dir.path, 'origin.sock') } } } }] },
          ],
        },
      }),
    ],
  },
};
const proxy = await start(config, [ports.none]);
t.teardown(async () => {
  await proxy.stop();
  for (const { socket } of sealed) socket.destroy();
  tlsOrigin.close();
  await Promise.all([plain.close(), piped.close()]);
  authority.remove();
  stranger.remove();
  dir.remove();
});
// The connection that has found the listener open.
(await plain.connected(1)).close();

const secure = (port: number, options: ConnectionOptions = {}): End => {
  // Node has the option; its types do not.
  const more: ConnectionOptions & { allowHalfOpen: boolean } = { allowHalfOpen: true, ...options };
  return new End(tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...more }));
};
/** Both ends of a connection through a listener. */
async function pairOf(name: Name): Promise<{ here: End; there: End }> {
  const ends = name === 'up' || name === 'both' ? sealed : plain.ends;
  const count = ends.length;
  const here = name === 'down' || name === 'both' ? secure(ports[name]) : client(ports[name]);
  await eventually('the host', () => ends.length > count);
  return { here, there: ends[count] as End };
}
const lines = (): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);

for (const name of ['none', 'down', 'up', 'both'] as const) {
  t.test(`TLS: ${name}`, async (t) => {
    t.test('large transfers both ways at once, and their ends', async (t) => {
      const { here, there } = await pairOf(name);
      const [up, down] = await Promise.all([pour(here.socket, 12 << 20), pour(there.socket, 14 << 20)]);
      here.end();
      await there.untilEnd();
      there.end();
      await Promise.all([here.untilClosed(), there.untilClosed()]);
      t.equal(there.digest, up);
      t.equal(here.digest, down);
    });
    t.test('the client ends, the host goes on', async (t) => {
      const { here, there } = await pairOf(name);
      here.end('a question');
      await there.untilEnd();
      t.equal(there.text, 'a question');
      for (let i = 0; i < 20; i++) there.send('answer ');
      await here.has('answer '.repeat(20));
      there.end('done');
      await here.untilClosed();
      t.equal(here.text, `${'answer '.repeat(20)}done`);
    });
    t.test('the host ends, the client goes on', async (t) => {
      const { here, there } = await pairOf(name);
      there.end('an answer');
      await here.untilEnd();
      t.equal(here.text, 'an answer');
      for (let i = 0; i < 20; i++) here.send('more ');
      await there.has('more '.repeat(20));
      here.end();
      await Promise.all([here.untilClosed(), there.untilClosed()]);
    });
    t.test('readers that stop', async (t) => {
      for (const way of [true, false]) {
        const { here, there } = await pairOf(name);
        const [from, to] = way ? [here, there] : [there, here];
        to.socket.pause();
        const poured = pour(from.socket, 12 << 20);
        to.send('still here');
        await from.has('still here');
        to.socket.resume();
        const digest = await poured;
        from.end();
        await to.untilEnd();
        t.equal(to.digest, digest);
        to.end();
        await Promise.all([here.untilClosed(), there.untilClosed()]);
      }
    });
    t.test('cut by either side', async () => {
      for (const way of [true, false]) {
        const { here, there } = await pairOf(name);
        const [from, to] = way ? [here, there] : [there, here];
        from.send('some words');
        await to.has('some words');
        // A socket of TLS cannot be reset; without its close_notify it is cut all the same.
        if (from.socket instanceof TLSSocket) from.close();
        else from.reset();
        await to.untilEnd();
        to.close();
      }
    });
  });
}

t.test('a host whose certificate is not trusted', async (t) => {
  const count = lines().length;
  const here = await client(ports.wrong).untilEnd();
  t.equal(here.text, '');
  await eventually('its line', () => lines().length > count);
});

t.test('Unix sockets on both sides', async (t) => {
  const here = client(pipe);
  const there = await piped.connected(1);
  const [up, down] = await Promise.all([pour(here.socket, 10 << 20), pour(there.socket, 10 << 20)]);
  here.end();
  await there.untilEnd();
  there.end('!');
  await Promise.all([here.untilClosed(), there.untilClosed()]);
  t.equal(there.digest, up);
  t.equal(here.received, (10 << 20) + 1);
  t.not(here.digest, down, 'and the last word');
});

t.test('hosts by the name that a client asks for, whose TLS passes', async (t) => {
  const seen = sealed.length;
  const named = secure(ports.named, {
    servername: 'a.example',
    ca: pem(authority.ca),
    rejectUnauthorized: true,
  });
  await eventually('the host', () => sealed.length > seen);
  sealed[seen]?.end('hello');
  await named.untilEnd();
  t.equal(named.text, 'hello', 'end to end');
  named.end();
  await named.untilClosed();
  const there = plain.ends.length;
  const raw = client(ports.named).send('not TLS');
  await (await plain.connected(there + 1)).has('not TLS');
  raw.close();
  plain.ends[there]?.close();
  const other = secure(ports.named, { servername: 'b.example' });
  await plain.connected(there + 2);
  other.close();
  plain.ends[there + 1]?.close();
  const none = secure(ports.named, { servername: 'elsewhere' });
  await none.untilClosed();
  const chosen = () => lines().filter((line) => /^(sealed|other|raw) /.test(line));
  await eventually('three lines', () => chosen().length === 3);
  t.match(chosen().sort(), [/^other b\.example - - \d+$/, /^raw - - - 0$/, /^sealed a\.example - - \d+$/]);
});
