// Requests for another protocol through the real Envoy and through this proxy. Compared: what the client
// gets, what the origin gets, access logs, statistics. Skipped where Envoy's binary is absent.
import { existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import {
  answer,
  Client,
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  type Json,
  listener,
  Origin,
  Running,
  routes,
  start,
  toCluster,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n';
const replies: { [path: string]: string } = {
  '/echo': `${SWITCH}sec-websocket-accept: abc\r\n\r\n`,
  '/greets': `${SWITCH}\r\nhello`,
  '/other': 'HTTP/1.1 101 Fine\r\nConnection: keep-alive, upgrade\r\nUpgrade: other\r\nx-more: 1\r\n\r\n',
  '/length': `${SWITCH}content-length: 3\r\n\r\n`,
  '/early-hints': `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${SWITCH}\r\n`,
  '/continue': `HTTP/1.1 100 Continue\r\n\r\n${SWITCH}\r\n`,
  '/200': answer('no').toString(),
  '/200-upgrade':
    'HTTP/1.1 200 OK\r\nconnection: upgrade\r\nupgrade: websocket\r\ncontent-length: 2\r\n\r\nno',
  '/200-chunked': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n',
  '/204': 'HTTP/1.1 204 No Content\r\n\r\n',
  '/403': 'HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n',
  '/426':
    'HTTP/1.1 426 Upgrade Required\r\nconnection: upgrade\r\nupgrade: websocket\r\ncontent-length: 0\r\n\r\n',
  '/101-without': 'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  '/slow': `${SWITCH}\r\n`,
  '/late': `${SWITCH}\r\n`,
  '/route': `${SWITCH}\r\n`,
  '/garbage': 'what\r\n\r\n',
};

let origins: { head: string; rest: string }[] = [];
/** Of the tunnel whose ends are apart at the origin. */
let late: Socket | undefined;
/** Echoes what comes behind the head; "bye" ends the connection, "cut" resets it. */
const origin = await new Origin(
  () => undefined,
  (socket: Socket) => {
    let text = '';
    let connection: { head: string; rest: string } | undefined;
    socket.on('data', (data: Buffer) => {
      if (connection !== undefined) {
        connection.rest += data.toString('latin1');
        socket.write(data);
        if (data.includes('bye')) socket.end();
        if (data.includes('cut')) socket.resetAndDestroy();
        return;
      }
      text += data.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      connection = { head: text.slice(0, head + 4), rest: text.slice(head + 4) };
      origins.push(connection);
      const path = (text.split(' ')[1] ?? '').split('?')[0] ?? '';
      if (path === '/late') {
        late = socket;
        socket.allowHalfOpen = true;
      }
      if (path === '/cut-now') socket.end();
      else if (path === '/over') socket.end(`${SWITCH}\r\nlast words`);
      else if (path !== '/silent') socket.write(replies[path] ?? answer('?'));
      if (connection.rest !== '') socket.write(connection.rest);
    });
    socket.on('error', () => undefined);
  },
).listen();

const dir = folder();
const says = [
  '%REQ(:PATH)% %PROTOCOL% %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %BYTES_RECEIVED%',
  '%BYTES_SENT% %UPSTREAM_CLUSTER% %ROUTE_NAME% %CONNECTION_TERMINATION_DETAILS%',
  '%UPSTREAM_TRANSPORT_FAILURE_REASON% %DOWNSTREAM_HEADER_BYTES_SENT%',
].join(' ');
function log(path: string): Json {
  return {
    name: 'file',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
      path,
      log_format: { text_format_source: { inline_string: `${says}\n` } },
    },
  };
}

const on = (upgrade_type: string, enabled = true): Fields => ({ upgrade_type, enabled });
const dead = await freePort();
function config(ports: number[], path: string): Fields {
  const route_config = routes([
    { match: { path: '/direct' }, direct_response: { status: 200, body: { inline_string: 'here' } } },
    { match: { path: '/moved' }, redirect: { path_redirect: '/there' } },
    toCluster('dead', {}, { path: '/dead' }),
    toCluster('origin', { upgrade_configs: [on('websocket', false), on('Special')] }, { prefix: '/route' }),
    toCluster('origin', { upgrade_configs: [on('off')] }, { prefix: '/off' }),
    toCluster('origin', { timeout: '0.1s' }, { path: '/slow' }),
    toCluster('origin', { idle_timeout: '0.2s' }, { path: '/silent' }),
    { ...toCluster('origin', { prefix_rewrite: '/echo' }, { prefix: '/rewritten' }), name: 'named' },
    toCluster('origin', {}, { prefix: '/post' }),
    ...Object.keys(replies).map((path) => toCluster('origin', {}, { path })),
    toCluster('origin', {}, { prefix: '/cut-now' }),
    toCluster('origin', {}, { prefix: '/over' }),
  ]);
  const common = { access_log: [log(path)], delayed_close_timeout: '0.05s', route_config };
  const upgrade_configs = [on('WebSocket'), on('other'), on('off', false), on('h2c')];
  return {
    static_resources: {
      listeners: [
        listener('ws', ports[0] ?? 0, { ...common, upgrade_configs }),
        listener('plain', ports[1] ?? 0, common),
      ],
      clusters: [cluster('origin', [origin.port]), cluster('dead', [dead])],
    },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: ports[2] ?? 0 } } },
  };
}

const WS = 'connection: Upgrade\r\nupgrade: websocket\r\n';
const ask = (path: string, fields = WS, rest = '', method = 'GET') =>
  `${method} ${path} HTTP/1.1\r\nhost: a\r\n${fields}\r\n${rest}`;
/** Their name, the request, and what is said once the tunnel is open: a word after each echo. */
const cases: [string, string, string[]?, number?][] = [
  ...Object.keys(replies)
    .filter((path) => path !== '/slow' && path !== '/route' && path !== '/late')
    .map((path): [string, string] => [path, ask(path)]),
  ['the timeout of the route is not for tunnels', ask('/slow'), ['one']],
  ['cut by the origin', ask('/echo'), ['one', 'cut']],
  ['the origin ends at once', ask('/cut-now')],
  ['the origin ends with its answer', ask('/over')],
  ['a dead host', ask('/dead')],
  ['a direct response', ask('/direct')],
  ['a redirect', ask('/moved')],
  ['no route', ask('/nowhere')],
  ['keep-alive, Upgrade', ask('/echo', 'Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n')],
  ['two fields', ask('/echo', 'connection: keep-alive\r\nconnection: upgrade\r\nupgrade: websocket\r\n')],
  ['a version', ask('/echo', 'connection: upgrade\r\nupgrade: websocket/13\r\n')],
  ['a list', ask('/echo', 'connection: upgrade\r\nupgrade: websocket, other\r\n')],
  ['another', ask('/other', 'connection: upgrade\r\nupgrade: OTHER\r\n')],
  ['one that is off', ask('/off', 'connection: upgrade\r\nupgrade: off\r\n')],
  ['one that is off here', ask('/echo', 'connection: upgrade\r\nupgrade: off\r\n')],
  ['one that is not known', ask('/echo', 'connection: upgrade\r\nupgrade: strange\r\n')],
  ['off by the route', ask('/route')],
  ['on by the route', ask('/route', 'connection: upgrade\r\nupgrade: special\r\n')],
  ['on by the route alone', ask('/route', 'connection: upgrade\r\nupgrade: special\r\n'), undefined, 1],
  ['nothing configured', ask('/echo'), undefined, 1],
  ['h2c', ask('/200', 'connection: upgrade\r\nupgrade: h2c\r\n')],
  ['without Connection', ask('/200', 'upgrade: websocket\r\n')],
  ['without Upgrade', ask('/200', 'connection: upgrade\r\n')],
  ['words with the head', ask('/echo', WS, 'early')],
  ['words with the head, refused', ask('/200', WS, 'early')],
  ['words with the head, forbidden', ask('/echo', WS, 'early'), undefined, 1],
  ['a rewritten path', ask('/rewritten')],
  ['a length', ask('/echo', `${WS}content-length: 5\r\n`, 'early', 'POST')],
  ['a length of 0', ask('/echo', `${WS}content-length: 0\r\n`)],
  ['chunked', ask('/echo', `${WS}transfer-encoding: chunked\r\n`, '5\r\nearly\r\n0\r\n\r\n', 'POST')],
  ['POST', ask('/echo', WS, '', 'POST')],
  [
    'the fields of browsers',
    ask(
      '/echo',
      `${WS}sec-websocket-key: a\r\nsec-websocket-version: 13\r\nsec-websocket-extensions: permessage-deflate\r\norigin: http://a\r\nte: trailers\r\nkeep-alive: 3\r\nproxy-connection: keep-alive\r\n`,
    ),
  ],
  ['expect', ask('/echo', `${WS}expect: 100-continue\r\n`)],
  ['close, upgrade', ask('/echo', 'connection: close, upgrade\r\nupgrade: websocket\r\n')],
  ['idle before the answer', ask('/silent')],
];

const body = 'the body of a refusal is passed on';
const differs = new Map<string, string>([
  ['/200', body],
  ['/200-upgrade', body],
  ['/200-chunked', body],
  ['words with the head, refused', body],
  ['/204', 'an answer without a body is logged as any other'],
  ['/426', 'the end of the connection is told'],
  ['/101-without', '101 without Upgrade is not HTTP (RFC 9110 section 15.2.2)'],
  ['two fields', 'Connection is sent as it came'],
]);

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
  await origin.close();
  dir.remove();
});

const normal = (bytes: string): string =>
  bytes
    .replace(/^date: .* GMT\r$/gm, 'date: D\r')
    .replace(/^x-envoy-upstream-service-time: \d+\r$/gm, 'x-envoy-upstream-service-time: N\r')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID');

/** All that comes, and what the origin saw; and the line of the log. */
async function exchange({ ports, log }: Side, i: number) {
  const [, request = '', words = ['one', 'bye'], port = 0] = cases[i] ?? [];
  origins = [];
  const client = new Client(ports[port] ?? 0).send(request);
  const head = () => client.bytes.toString('latin1');
  await eventually('an answer', () => client.ended || /\r\n\r\n/.test(head()));
  if (/HTTP\/1.1 101/.test(head())) {
    for (const word of words) {
      client.send(word);
      await eventually(word, () => client.ended || head().endsWith(word));
    }
  }
  await eventually('the end', () => client.ended, 400).catch(() => undefined);
  const ended = client.ended;
  client.close();
  const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);
  const line = await eventually(`line ${i + 1}`, () => lines()[i]);
  return { bytes: normal(head()), ended, origins: JSON.parse(normal(JSON.stringify(origins))), line };
}

const only = process.env.ONLY;
for (const [i, [name]] of cases.entries()) {
  if (only !== undefined && !name.includes(only)) continue;
  t.test(name, async (t) => {
    const [expected, got] = [await exchange(theirs, i), await exchange(ours, i)];
    const why = differs.get(name);
    if (why === undefined) t.same(got, expected);
    else t.notSame(got, expected, `still differs: ${why}`);
  });
}

t.test('the end of either side is the end of both', async (t) => {
  for (const way of ['client', 'origin']) {
    const got = [];
    for (const { ports } of [theirs, ours]) {
      const client = new Client(ports[0] ?? 0).send(ask('/late'));
      await eventually('an answer', () => /\r\n\r\n/.test(client.bytes.toString('latin1')));
      const there = late;
      if (way === 'client') client.socket.end();
      else there?.end();
      await eventually('both ends', () => client.ended && there?.readableEnded);
      got.push({ client: client.bytes.toString('latin1').split('\r\n\r\n')[1] });
      client.close();
      there?.destroy();
    }
    t.same(got[1], got[0], `by the ${way}`);
  }
});

t.test('statistics', async (t) => {
  const stats = async ({ ports }: Side): Promise<string[]> => {
    const response = await fetch(`http://127.0.0.1:${ports[2]}/stats?filter=upgrades|ws_on|rq_10[03]`);
    return (await response.text())
      .split('\n')
      .filter((line) => /^(http\.(ws|plain)|cluster\.origin)/.test(line))
      .sort();
  };
  const expected = await stats(theirs);
  t.same(await stats(ours), expected);
  t.match(expected.join(' '), /http.ws.downstream_cx_upgrades_active: 0/);
});
