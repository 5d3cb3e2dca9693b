// The TCP proxy: bytes both ways at once, the end of either side, how connections begin and fail, time limits,
// circuit breakers, access logs. TLS and Unix sockets are in tcp_sockets.test.ts.
// observes: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy: stat_prefix cluster weighted_clusters idle_timeout
// observes: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy: access_log max_connect_attempts backoff_options
// observes: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy: max_downstream_connection_duration
// observes: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy: max_downstream_connection_duration_jitter_percentage
// observes: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy: access_log_flush_interval flush_access_log_on_connected
// observes: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy: access_log_options upstream_connect_mode
// observes: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy: max_early_data_bytes check_drain_close
// observes: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster: clusters
// observes: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight: name weight
// observes: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TcpAccessLogOptions: access_log_flush_interval
// observes: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TcpAccessLogOptions: flush_access_log_on_connected
// observes: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TcpAccessLogOptions: flush_access_log_on_start
// observes: envoy.config.core.v3.BackoffStrategy: base_interval max_interval
// observes: envoy.extensions.filters.network.direct_response.v3.Config: response
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ask, cluster, eventually, type Fields, folder, freePort, start } from './support.ts';
import { client, type End, echoes, filtered, lineLog, pour, proxied, TcpOrigin } from './tcp_support.ts';

const dir = folder();
const silent = await new TcpOrigin().listen();
const echo = await new TcpOrigin(echoes).listen();
const other = await new TcpOrigin((end) => end.send('other')).listen();
const dead = await freePort();

const NAMES = [
  ...['plain', 'echo', 'small', 'idle', 'forever', 'life', 'jitter', 'dead', 'again', 'none', 'empty'],
  ...['over', 'pending', 'weighted', 'eager', 'patient', 'drain', 'stay', 'log', 'oldlog', 'mirror', 'says'],
] as const;
type Name = (typeof NAMES)[number];
const ports = {} as { [name in Name]: number };
for (const name of NAMES) ports[name] = await freePort();
const admin = await freePort();

const extension = (name: string, type: string, fields: Fields): Fields => ({
  name,
  typed_config: { '@type': `type.googleapis.com/envoy.extensions.filters.network.${type}`, ...fields },
});
const FORMAT = '%ACCESS_LOG_TYPE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %UPSTREAM_HOST%';
const log = (name: string, format = FORMAT): Fields => ({
  access_log: [lineLog(join(dir.path, name), format)],
});
const lines = (name: string): string[] => readFileSync(join(dir.path, name), 'utf8').split('\n').slice(0, -1);
async function logged(name: string, count: number): Promise<string[]> {
  await eventually(`${count} lines of ${name}`, () => lines(name).length >= count);
  return lines(name);
}

const early = { upstream_connect_mode: 'ON_DOWNSTREAM_DATA', max_early_data_bytes: 8 };
const small = { per_connection_buffer_limit_bytes: 65536 };
const SETTINGS: { [name in Name]?: Fields } = {
  plain: { cluster: 'silent', ...log('plain.log') },
  echo: { cluster: 'echo' },
  small: { cluster: 'small' },
  idle: { cluster: 'silent', idle_timeout: '0.2s' },
  forever: { cluster: 'silent', idle_timeout: '0s' },
  life: { cluster: 'silent', max_downstream_connection_duration: '0.2s', ...log('life.log') },
  jitter: {
    cluster: 'silent',
    max_downstream_connection_duration: '0.05s',
    max_downstream_connection_duration_jitter_percentage: { value: 100 },
    ...log('jitter.log', '%DURATION%'),
  },
  dead: { cluster: 'dead', ...log('dead.log') },
  again: {
    cluster: 'dead',
    max_connect_attempts: 4,
    backoff_options: { base_interval: '0.04s', max_interval: '0.08s' },
    ...log('again.log', '%UPSTREAM_REQUEST_ATTEMPT_COUNT% %RESPONSE_FLAGS%'),
  },
  none: { cluster: 'missing', ...log('none.log') },
  empty: { cluster: 'empty', ...log('empty.log') },
  over: { cluster: 'over', ...log('over.log') },
  pending: { cluster: 'pending', ...log('pending.log') },
  weighted: {
    weighted_clusters: {
      clusters: [
        { name: 'echo', weight: 1 },
        { name: 'other', weight: 3 },
      ],
    },
  },
  eager: { cluster: 'echo', max_early_data_bytes: 1024 },
  patient: { cluster: 'echo', ...early },
  drain: { cluster: 'echo', check_drain_close: true },
  stay: { cluster: 'echo' },
  log: {
    cluster: 'echo',
    ...log('log.log'),
    access_log_options: {
      flush_access_log_on_start: true,
      flush_access_log_on_connected: true,
      access_log_flush_interval: '0.1s',
    },
  },
  oldlog: {
    cluster: 'echo',
    ...log('oldlog.log', '%ACCESS_LOG_TYPE%'),
    flush_access_log_on_connected: true,
    access_log_flush_interval: '0.1s',
  },
};
const one = { thresholds: [{ max_connections: 1 }] };
const config: Fields = {
  admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
  static_resources: {
    listeners: [
      ...Object.entries(SETTINGS).map(([name, fields]) =>
        proxied(name, ports[name as Name], fields ?? {}, name === 'small' ? small : {}),
      ),
      filtered('mirror', ports.mirror, extension('envoy.filters.network.echo', 'echo.v3.Echo', {})),
      filtered(
        'says',
        ports.says,
        extension('envoy.filters.network.direct_response', 'direct_response.v3.Config', {
          response: { inline_string: 'so it is' },
        }),
      ),
    ],
    clusters: [
      cluster('silent', [silent.port]),
      cluster('echo', [echo.port]),
      cluster('small', [silent.port], small),
      cluster('other', [other.port]),
      cluster('dead', [dead]),
      cluster('empty', []),
      cluster('over', [silent.port], { circuit_breakers: one }),
      cluster('pending', [silent.port], { circuit_breakers: { thresholds: [{ max_pending_requests: 0 }] } }),
    ],
  },
};
// Listeners that accept at once; those of which every connection counts are not asked.
const proxy = await start(config, [ports.echo, admin], ['--drain-time-s', '1']);
t.teardown(async () => {
  await proxy.stop();
  await Promise.all([silent, echo, other].map((origin) => origin.close()));
  dir.remove();
});

async function stats(prefix: string): Promise<{ [name: string]: number }> {
  const { body } = await ask(admin, 'GET /stats HTTP/1.1\r\nhost: a\r\n\r\n');
  const found = [...body.toString().matchAll(/^(\S+): (\d+)$/gm)].filter(([, name]) =>
    name?.startsWith(`${prefix}.`),
  );
  return Object.fromEntries(found.map(([, name = '', n]) => [name.slice(prefix.length + 1), Number(n)]));
}
const stat = async (name: string): Promise<number> => {
  const dot = name.lastIndexOf('.');
  return (await stats(name.slice(0, dot)))[name.slice(dot + 1)] ?? 0;
};

/** A client of a listener and its end at the silent origin. */
async function pair(name: Name): Promise<{ here: End; there: End }> {
  const count = silent.ends.length;
  const here = client(ports[name]);
  return { here, there: await silent.connected(count + 1) };
}

t.test('an echo, byte by byte and at once', async (t) => {
  const here = client(ports.echo);
  for (const text of ['a', 'ab', 'abc', 'abcd']) await here.send(text.slice(-1)).has(text);
  here.end('!');
  await here.untilClosed();
  t.equal(here.text, 'abcd!');
  t.notOk(here.error);
});

t.test('the host may speak first', async (t) => {
  const { here, there } = await pair('plain');
  there.send('220 welcome');
  await here.has('220 welcome');
  here.end();
  await there.untilEnd();
  there.end();
  await Promise.all([here.untilClosed(), there.untilClosed()]);
  t.notOk(there.error, 'an orderly end');
});

t.test('large transfers both ways at once', async (t) => {
  const { here, there } = await pair('plain');
  const [up, down] = await Promise.all([pour(here.socket, 40 << 20), pour(there.socket, 50 << 20)]);
  here.end();
  there.end();
  await Promise.all([here.untilClosed(), there.untilClosed()]);
  t.equal(there.digest, up);
  t.equal(here.digest, down);
});

for (const way of ['to the host', 'to the client'] as const) {
  t.test(`a reader that stops, ${way}`, async (t) => {
    const { here, there } = await pair('small');
    const [from, to] = way === 'to the host' ? [here, there] : [there, here];
    const counts = await stats(way === 'to the host' ? 'tcp.small' : 'cluster.small');
    const name = `${way === 'to the host' ? 'downstream' : 'upstream'}_flow_control_paused_reading_total`;
    to.socket.pause();
    const poured = pour(from.socket, 30 << 20);
    const prefix = way === 'to the host' ? 'tcp.small' : 'cluster.small';
    await eventually('backpressure', async () => ((await stats(prefix))[name] ?? 0) > (counts[name] ?? 0));
    t.equal(to.received, 0, 'nothing was read');
    // The other way goes on.
    to.send('still here');
    await from.has('still here');
    to.socket.resume();
    const digest = await poured;
    from.end();
    await to.untilEnd();
    t.equal(to.digest, digest);
    const after = await stats(prefix);
    t.equal(after[name], after[name.replace('paused', 'resumed')], 'it was resumed as often');
    to.end();
    await Promise.all([here.untilClosed(), there.untilClosed()]);
  });
}

t.test('the client ends, the host goes on', async (t) => {
  const { here, there } = await pair('plain');
  here.end('a question');
  await there.untilEnd();
  t.equal(there.text, 'a question');
  for (let i = 0; i < 20; i++) there.send('answer ');
  await here.has('answer '.repeat(20));
  t.notOk(here.closed);
  there.end('done');
  await here.untilClosed();
  t.equal(here.text, `${'answer '.repeat(20)}done`);
  t.notOk(here.error);
  await there.untilClosed();
});

t.test('the host ends, the client goes on', async (t) => {
  const { here, there } = await pair('plain');
  there.end('an answer');
  await here.untilEnd();
  t.equal(here.text, 'an answer');
  for (let i = 0; i < 20; i++) here.send('more ');
  await there.has('more '.repeat(20));
  here.end();
  await Promise.all([here.untilClosed(), there.untilClosed()]);
  t.notOk(here.error ?? there.error);
});

t.test('an end behind much that is not read yet', async (t) => {
  for (const up of [true, false]) {
    const { here, there } = await pair('small');
    const [from, to] = up ? [here, there] : [there, here];
    to.socket.pause();
    // The queues of the kernel take it, and ours: the end stands behind.
    const data = randomBytes(300_000);
    from.end(data);
    await eventually('all of it sent', () => from.socket.writableFinished);
    to.socket.resume();
    await to.untilEnd();
    t.equal(to.digest, createHash('sha256').update(data).digest('hex'));
    to.end();
    await Promise.all([from.untilClosed(), to.untilClosed()]);
  }
});

t.test('cut by the client, at any time', async () => {
  for (const bytes of [0, 1, 100_000, 3 << 20]) {
    const { here, there } = await pair('plain');
    const done = bytes > 0 ? pour(here.socket, bytes) : undefined;
    await done;
    here.reset();
    // Node tells some resets as ends.
    await there.untilEnd();
    there.close();
  }
});

t.test('cut by the host: the client is told', async (t) => {
  const { here, there } = await pair('plain');
  here.send('hello');
  await there.has('hello');
  there.reset();
  await here.untilClosed();
  t.equal(here.error?.code, 'ECONNRESET');
  await eventually('its line', () => lines('plain.log').some((line) => line.includes(' UR 5 0 ')));
});

t.test('cut with queues full both ways', async () => {
  for (const cutter of ['client', 'host']) {
    const { here, there } = await pair('small');
    here.socket.pause();
    there.socket.pause();
    const names = ['tcp.small.downstream', 'cluster.small.upstream'].map(
      (name) => `${name}_flow_control_paused_reading_total`,
    );
    const before = await Promise.all(names.map(stat));
    const flood = Buffer.alloc(16 << 20, 'x');
    here.send(flood);
    there.send(flood);
    await eventually('backpressure', async () =>
      (await Promise.all(names.map(stat))).every((n, i) => n > (before[i] ?? 0)),
    );
    // Not reset(), which Node does when all is sent; with so much unread the kernel makes this one.
    (cutter === 'client' ? here : there).close();
    here.socket.resume();
    there.socket.resume();
    await Promise.all([here.untilClosed(), there.untilClosed()]);
  }
});

t.test('what the client has sent reaches the host when the client is gone', async (t) => {
  const { here, there } = await pair('plain');
  there.end();
  await here.untilEnd();
  there.socket.pause();
  const flushed = await stat('tcp.plain.upstream_flush_total');
  const kept = async (): Promise<number> =>
    (await stat('tcp.plain.downstream_cx_rx_bytes_total')) -
    (await stat('cluster.silent.upstream_cx_tx_bytes_total'));
  const before = await kept();
  const hash = createHash('sha256');
  // As much as the kernel takes, and a little more, which the proxy keeps.
  while ((await kept()) === before) {
    const piece = randomBytes(1 << 17);
    hash.update(piece);
    here.send(piece);
    await eventually(
      'it at the proxy',
      async () => (await kept()) !== before || here.socket.writableLength === 0,
    );
  }
  const digest = hash.digest('hex');
  here.end();
  await here.untilClosed();
  t.equal(await stat('tcp.plain.upstream_flush_active'), 1, 'it still goes out');
  there.socket.resume();
  await there.untilClosed();
  t.equal(there.digest, digest);
  await eventually('the end of it', async () => (await stat('tcp.plain.upstream_flush_active')) === 0);
  t.equal(await stat('tcp.plain.upstream_flush_total'), flushed + 1);
});

t.test('connections that have been idle for long end; 0 lets them be', async (t) => {
  const [idle, forever] = [await pair('idle'), await pair('forever')];
  // Whatever moves keeps it open: the host's bytes too.
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 80));
    idle.there.send('.');
  }
  await idle.here.has('....');
  t.notOk(idle.here.ended);
  await idle.here.untilEnd();
  await idle.there.untilEnd();
  t.equal(await stat('tcp.idle.idle_timeout'), 1);
  t.notOk(forever.here.ended);
  forever.here.close();
});

t.test('the longest life of a connection', async (t) => {
  const { here, there } = await pair('life');
  await here.untilEnd();
  await there.untilEnd();
  t.match((await logged('life.log', 1))[0], /^TcpConnectionEnd DT 0 0 127/);
  t.equal(await stat('tcp.life.max_downstream_connection_duration'), 1);
});

t.test('lives with jitter end at different times', async (t) => {
  await Promise.all(Array.from({ length: 24 }, () => client(ports.jitter).untilEnd()));
  const lives = (await logged('jitter.log', 24)).map(Number);
  t.ok(Math.min(...lives) >= 50, `${Math.min(...lives)} ms at least`);
  const spread = Math.max(...lives) - Math.min(...lives);
  t.ok(spread > 10, `${spread} ms between the shortest and the longest`);
});

t.test('no host, no cluster', async (t) => {
  for (const [name, flags, host] of [
    ['dead', 'UF,URX', `127.0.0.1:${dead}`],
    ['none', 'NC', '-'],
    ['empty', 'UH', '-'],
  ] as const) {
    const here = client(ports[name]);
    await here.untilEnd();
    t.equal(here.text, '');
    t.strictSame(await logged(`${name}.log`, 1), [`TcpConnectionEnd ${flags} 0 0 ${host}`]);
  }
  t.equal(await stat('tcp.none.downstream_cx_no_route'), 1);
  t.equal(await stat('cluster.empty.upstream_cx_none_healthy'), 1);
  t.equal(await stat('cluster.dead.upstream_cx_connect_attempts_exceeded'), 1);
});

t.test('several attempts, further and further apart', async (t) => {
  const before = await stat('cluster.dead.upstream_cx_connect_fail');
  await client(ports.again).untilEnd();
  t.strictSame(await logged('again.log', 1), ['4 UF,URX']);
  t.equal(await stat('cluster.dead.upstream_cx_connect_fail'), before + 4);
});

t.test('a client that is cut while its host is looked for', async () => {
  const here = client(ports.again);
  here.send('x');
  await eventually('a connection', () => here.socket.bytesWritten > 0);
  here.reset();
  await logged('again.log', 2);
});

t.test('circuit breakers', async (t) => {
  const { here, there } = await pair('over');
  const second = await client(ports.over).untilEnd();
  t.equal(second.text, '');
  t.strictSame(await logged('over.log', 1), ['TcpConnectionEnd UO 0 0 -']);
  t.equal(await stat('cluster.over.upstream_cx_overflow'), 1);
  here.end();
  there.end();
  await eventually('room', async () => (await stat('cluster.over.upstream_cx_active')) === 0);
  const third = await pair('over');
  third.here.close();
  await client(ports.pending).untilEnd();
  t.match((await logged('pending.log', 1))[0], /^TcpConnectionEnd URX 0 0 /);
  t.equal(await stat('cluster.pending.upstream_rq_pending_overflow'), 1);
});

t.test('weighted clusters share the connections', async (t) => {
  let others = 0;
  const all = 200;
  for (let i = 0; i < all; i++) {
    const here = client(ports.weighted).send('x');
    await eventually('an answer', () => here.text !== '');
    if (here.text === 'other') others++;
    here.close();
  }
  t.ok(others > all * 0.6 && others < all * 0.9, `${others} of ${all} to three quarters`);
});

t.test('what comes before there is a host is kept', async (t) => {
  const here = client(ports.eager).end('first words');
  await here.untilClosed();
  t.equal(here.text, 'first words');
});

t.test('a host only for those who say something', async (t) => {
  const count = echo.ends.length;
  const here = client(ports.patient);
  await eventually('a connection', async () => (await stat('tcp.patient.downstream_cx_total')) === 1);
  t.equal(await stat('tcp.patient.early_data_received_count_total'), 0);
  t.equal(echo.ends.length, count, 'nobody was connected to');
  here.send('more than eight bytes');
  await here.has('more than eight bytes');
  t.equal(echo.ends.length, count + 1);
  t.ok((await stat('tcp.patient.early_data_received_count_total')) >= 1);
  here.end();
  await here.untilClosed();
});

t.test('logs at the start, when connected, from time to time, and at the end', async (t) => {
  const here = client(ports.log).send('12345');
  await here.has('12345');
  const host = `127.0.0.1:${echo.port}`;
  t.strictSame((await logged('log.log', 4)).slice(0, 4), [
    'TcpConnectionStart - 0 0 -',
    `TcpUpstreamConnected - 0 0 ${host}`,
    `TcpPeriodic - 5 5 ${host}`,
    `TcpPeriodic - 5 5 ${host}`,
  ]);
  here.end();
  await here.untilClosed();
  await eventually('the last line', () => lines('log.log').at(-1) === `TcpConnectionEnd - 5 5 ${host}`);
});

t.test('the former places of the options of logs', async (t) => {
  const here = client(ports.oldlog).send('1');
  await here.has('1');
  t.strictSame((await logged('oldlog.log', 2)).slice(0, 2), ['TcpUpstreamConnected', 'TcpPeriodic']);
  here.close();
});

t.test('the filters echo and direct_response', async (t) => {
  const here = client(ports.mirror).send('again');
  await here.has('again');
  here.end();
  await here.untilClosed();
  const told = client(ports.says).send('ignored');
  await told.untilEnd();
  t.equal(told.text, 'so it is');
  told.end();
  await told.untilClosed();
  t.notOk(told.error);
});

t.test('connections that drain end with the next bytes, if they are to', async (t) => {
  const [drain, stay] = [client(ports.drain).send('1'), client(ports.stay).send('1')];
  await Promise.all([drain.has('1'), stay.has('1')]);
  const path = '/drain_listeners?graceful&skip_exit';
  await ask(admin, `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n`);
  await eventually('the end', () => {
    drain.send('2');
    stay.send('2');
    return drain.ended;
  });
  await eventually('an answer', () => stay.text.startsWith('12'));
  t.notOk(stay.ended);
  t.equal(await stat('tcp.drain.downstream_cx_drain_close'), 1);
  stay.close();
});
