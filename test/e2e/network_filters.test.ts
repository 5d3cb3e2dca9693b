// Network filters before the last one of a chain, over several workers. Beside the real Envoy they are in
// test/differential/network_filters.test.ts.
// observes: envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit: stat_prefix max_connections delay runtime_enabled
// observes: envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit: stat_prefix token_bucket runtime_enabled share_key
// observes: envoy.type.v3.TokenBucket: max_tokens tokens_per_fill fill_interval
// observes: envoy.config.core.v3.RuntimeFeatureFlag: default_value
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import t, { type Test } from 'tap';
import { Authority } from './certificates.ts';
import { connectionLimit, localRatelimit } from './network_filter_support.ts';
import { ask, cluster, eventually, type Fields, folder, freePort, type Json, start } from './support.ts';
import { client, type End, echoes, lineLog, proxied, TcpOrigin } from './tcp_support.ts';
import { downstream, secured } from './tls_support.ts';

const dir = folder();
const origin = await new TcpOrigin(echoes).listen();
const off = { runtime_enabled: { default_value: false, runtime_key: 'key' } };
const refilling = { tokens_per_fill: 5, max_tokens: 5, fill_interval: '0.5s' };
const FILTERS: Readonly<Record<string, Json[]>> = {
  limit: [connectionLimit('limit', 3)],
  // As many connections as the first, with the same name for statistics: a count of its own.
  twin: [connectionLimit('limit', 3)],
  later: [connectionLimit('later', 1, { delay: '0.2s' })],
  never: [connectionLimit('never', 1, off)],
  rate: [localRatelimit('rate', 3)],
  refill: [localRatelimit('refill', 1, { token_bucket: refilling })],
  free: [localRatelimit('free', 1, off)],
  share1: [localRatelimit('share', 2, { share_key: 'a' })],
  share2: [localRatelimit('share', 2, { share_key: 'a' })],
  share3: [localRatelimit('share', 3, { share_key: 'a' })],
  both: [localRatelimit('first', 2), connectionLimit('second', 1)],
  secure: [connectionLimit('secure', 1)],
};
const ports: Record<string, number> = {};
for (const name of Object.keys(FILTERS)) ports[name] = await freePort();
const admin = await freePort();
const port = (name: string): number => ports[name] as number;
const log = join(dir.path, 'log');

function place(name: string, filters: Json[]): Fields {
  const logged = { access_log: [lineLog(log, `${name} %BYTES_RECEIVED%`)] };
  const made = proxied(name, port(name), { cluster: 'origin', ...(name === 'limit' ? logged : {}) });
  const [chain] = made.filter_chains as Fields[];
  const whole = { ...made, filter_chains: [{ filters: [...filters, ...(chain?.filters as Json[])] }] };
  return name === 'secure' ? secured(whole, downstream([new Authority().issue('a.example')])) : whole;
}
const proxy = await start(
  {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: Object.entries(FILTERS).map(([name, filters]) => place(name, filters)),
      clusters: [cluster('origin', [origin.port])],
    },
  },
  [admin],
  ['--concurrency', '3'],
);
t.teardown(async () => {
  await proxy.stop();
  await origin.close();
  dir.remove();
});

const stat = async (name: string): Promise<number> => {
  const { body } = await ask(admin, `GET /stats?filter=^${name}$ HTTP/1.1\r\nhost: a\r\n\r\n`);
  return Number(/: (\d+)/.exec(body.toString())?.[1] ?? -1);
};
await eventually('listeners', async () => (await stat('listener_manager.workers_started')) === 1);

/** As many clients at once; those that are answered stay. */
async function enter(name: string, count: number): Promise<{ stay: End[]; gone: number }> {
  const all = Array.from({ length: count }, () => client(port(name)).send('hello'));
  await eventually('an answer or an end', () =>
    all.every((end) => end.text !== '' || end.ended || end.closed),
  );
  const stay = all.filter(({ text }) => text !== '');
  return { stay, gone: count - stay.length };
}
async function admits(t: Test, name: string, count: number, wanted: number): Promise<End[]> {
  const { stay, gone } = await enter(name, count);
  t.equal(stay.length, wanted, `${name}: ${wanted} of ${count}`);
  t.equal(gone, count - wanted);
  return stay;
}
const leave = (ends: End[]): void => {
  for (const end of ends) end.close();
};

t.test('so many connections at once', async (t) => {
  const first = await admits(t, 'limit', 20, 3);
  const others = await admits(t, 'twin', 5, 3);
  t.equal(await stat('connection_limit.limit.limited_connections'), 19);
  await eventually('the count', async () => (await stat('connection_limit.limit.active_connections')) === 6);
  leave(first);
  await eventually('room', async () => (await stat('connection_limit.limit.active_connections')) === 3);
  leave([...(await admits(t, 'limit', 4, 3)), ...others]);
  await eventually('none', async () => (await stat('connection_limit.limit.active_connections')) === 0);
  // Who was turned away is in the log, as with Envoy.
  const logged = (text: string): number =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line === text).length;
  await eventually('their lines', () => logged('limit 0') + logged('limit 5') >= 24);
  t.equal(logged('limit 0'), 18);
  t.equal(logged('limit 5'), 6);
});

t.test('one too many may be left waiting for its end', async (t) => {
  const [stays] = await admits(t, 'later', 1, 1);
  const before = Date.now();
  await admits(t, 'later', 1, 0);
  t.ok(Date.now() - before >= 195, 'not at once');
  // A client that goes before that is gone.
  const cut = client(port('later'));
  await eventually('it', async () => (await stat('connection_limit.later.limited_connections')) === 2);
  cut.reset();
  await eventually('its end', async () => (await stat('connection_limit.later.active_connections')) === 1);
  stays?.send(' again');
  await stays?.has('hello again');
  leave(stays === undefined ? [] : [stays]);
});

t.test('so many new connections in a time', async (t) => {
  leave(await admits(t, 'rate', 12, 3));
  t.equal(await stat('local_rate_limit.rate.rate_limited'), 9);
  // A token comes each tenth of a second.
  leave(await admits(t, 'refill', 5, 5));
  await eventually('a token', async () => {
    const { stay } = await enter('refill', 1);
    leave(stay);
    return stay.length > 0;
  });
});

t.test('buckets are shared by name, if they are alike', async (t) => {
  leave(await admits(t, 'share1', 1, 1));
  leave(await admits(t, 'share2', 4, 1));
  leave(await admits(t, 'share3', 4, 3));
});

t.test('filters that are off, and several', async (t) => {
  leave(await admits(t, 'never', 4, 4));
  leave(await admits(t, 'free', 4, 4));
  const stay = await admits(t, 'both', 1, 1);
  await admits(t, 'both', 3, 0);
  t.equal(await stat('local_rate_limit.first.rate_limited'), 2);
  t.equal(await stat('connection_limit.second.limited_connections'), 1);
  leave(stay);
});

t.test('clients of TLS count before their handshake', async (t) => {
  const silent = client(port('secure'));
  await eventually('it', async () => (await stat('connection_limit.secure.active_connections')) === 1);
  await admits(t, 'secure', 1, 0);
  silent.close();
  await eventually('room', async () => (await stat('connection_limit.secure.active_connections')) === 0);
  const socket = tlsConnect({ port: port('secure'), host: '127.0.0.1', rejectUnauthorized: false });
  socket.write('sealed');
  t.equal(String(await new Promise((resolve) => socket.once('data', resolve))), 'sealed');
  socket.destroy();
});
