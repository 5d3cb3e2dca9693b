// Hedging: attempts that have had their time stay beside the next ones, through the real Envoy and through this proxy.
// Skipped where Envoy's binary is absent.
import t from 'tap';
import { type Fields, toCluster } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { type Exchange, PROTOCOLS, type Step, World } from './policy_world.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(180_000);

const quick = { base_interval: '0.001s', max_interval: '0.002s' };
const hedged = { hedge_policy: { hedge_on_per_try_timeout: true } };
const policy = (fields: Fields): Fields => ({
  retry_policy: { retry_on: '5xx', per_try_timeout: '0.1s', retry_back_off: quick, ...fields },
});
const ROUTES: Readonly<Record<string, Fields>> = {
  one: { ...hedged, ...policy({}) },
  two: { ...hedged, ...policy({ num_retries: 2 }) },
  none: { ...hedged, ...policy({ num_retries: 0 }) },
  plain: { hedge_policy: { hedge_on_per_try_timeout: false }, ...policy({}) },
  short: { ...hedged, ...policy({}), timeout: '1s' },
  host: policy({}),
};
const table = (protocol: string): Fields => ({
  virtual_hosts: [
    {
      name: 'all',
      domains: ['*'],
      include_request_attempt_count: true,
      include_is_timeout_retry_header: true,
      ...hedged,
      routes: Object.entries(ROUTES).map(([path, action]) =>
        toCluster(`a_${protocol}`, action, { path: `/${path}` }),
      ),
    },
  ],
});
const late = (ms: number, step: Step): Step => ({ after: ms, step });
const bad: Step = { status: 503 };
const good: Step = { status: 200, body: 'good' };
const EXCHANGES: Readonly<Record<string, Exchange>> = {
  'the first in time': { path: '/one' },
  'the first says nothing': { path: '/one', body: 'abc', steps: ['silence', good] },
  'the first is late, but good': { path: '/one', body: 'abc', steps: [late(900, good), 'silence'] },
  'the second is bad, the first good': { path: '/one', steps: [late(900, good), bad] },
  'the first is bad, the second good': { path: '/one', steps: [late(500, bad), late(900, good)] },
  'both are bad': { path: '/one', steps: [late(500, bad), late(900, bad)] },
  'the first is reset, the second good': {
    path: '/one',
    body: 'a',
    steps: [late(500, 'reset'), late(900, good)],
  },
  'the second is reset, the first good': { path: '/one', body: 'a', steps: [late(1300, good), 'reset'] },
  'three, and the second is good': { path: '/two', steps: ['silence', late(900, good), 'silence'] },
  'a bad answer in time': { path: '/one', steps: [bad, good] },
  'a bad one in time, then silence': { path: '/two', steps: [bad, 'silence', good] },
  'no retries': { path: '/none', steps: [late(500, good)] },
  'no retries, and a bad answer': { path: '/none', steps: [late(500, bad)] },
  'not hedged': { path: '/plain', steps: ['silence', good] },
  'all say nothing': { path: '/short', body: 'abc', steps: ['silence', 'silence'] },
  'by the virtual host': { path: '/host', steps: [late(900, good), 'silence'] },
  'asked for': {
    path: '/plain',
    headers: { 'x-envoy-hedge-on-per-try-timeout': 'true' },
    steps: [late(900, good), 'silence'],
  },
  'asked not to': {
    path: '/one',
    headers: { 'x-envoy-hedge-on-per-try-timeout': 'false' },
    steps: ['silence', good],
  },
};
const STATS =
  /^cluster\.a_http[12]\.(upstream_rq_(total|completed|[0-9]|active|retry|timeout|per_try)|retry_or)/;

t.test('hedging', async (t) => {
  const world = await World.make(t, {
    table,
    clusters: { a: {} },
    stats: STATS,
    manager: {
      use_remote_address: true,
      internal_address_config: { cidr_ranges: [{ address_prefix: '127.0.0.0', prefix_len: 8 }] },
    },
    log: '%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %UPSTREAM_REQUEST_ATTEMPT_COUNT%',
  });
  for (const protocol of PROTOCOLS) {
    for (const [name, exchange] of Object.entries(EXCHANGES)) {
      const [theirs, ours] = await world.play(protocol, exchange);
      t.same(ours, theirs, `${protocol}: ${name}`);
    }
  }
  const [theirs, ours] = await world.stats();
  t.same(ours, theirs, 'statistics');
});
