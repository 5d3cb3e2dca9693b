// What requests ask for themselves (x-envoy-retry-on and its likes), from the inside and from the outside, through the
// real Envoy and through this proxy. Skipped where Envoy's binary is absent.
import t from 'tap';
import { type Fields, router, toCluster } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { type Exchange, PROTOCOLS, type Step, World } from './policy_world.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(180_000);

const quick = { base_interval: '0.001s', max_interval: '0.002s' };
const bad: Step = { status: 503 };
const fill = (list: readonly Fields[]): Fields => ({
  virtual_hosts: [
    {
      name: 'all',
      domains: ['*'],
      include_request_attempt_count: true,
      include_is_timeout_retry_header: true,
      routes: [...list],
    },
  ],
});
const add = (key: string, value: string): Fields => ({
  request_headers_to_add: [{ header: { key, value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' }],
});
const strict = {
  http_filters: [
    {
      ...router,
      typed_config: {
        ...(router.typed_config as Fields),
        strict_check_headers: [
          'x-envoy-upstream-rq-timeout-ms',
          'x-envoy-upstream-rq-per-try-timeout-ms',
          'x-envoy-max-retries',
          'x-envoy-retry-on',
          'x-envoy-retry-grpc-on',
        ],
      },
    },
  ],
};
const respecting = {
  http_filters: [
    { ...router, typed_config: { ...(router.typed_config as Fields), respect_expected_rq_timeout: true } },
  ],
};
const INSIDE = {
  use_remote_address: true,
  internal_address_config: { cidr_ranges: [{ address_prefix: '127.0.0.0', prefix_len: 8 }] },
};
const OUTSIDE = { use_remote_address: true };

const table = (protocol: string): Fields =>
  fill([
    toCluster(`a_${protocol}`, {}, { path: '/plain' }),
    toCluster(
      `a_${protocol}`,
      { retry_policy: { retry_on: '5xx', num_retries: 2, retry_back_off: quick }, timeout: '5s' },
      { path: '/policy' },
    ),
    toCluster(
      `a_${protocol}`,
      {
        retry_policy: {
          retry_on: '5xx',
          retry_back_off: quick,
          retriable_request_headers: [{ name: 'x-please', present_match: true }],
        },
      },
      { path: '/asked' },
    ),
    toCluster(`a_${protocol}`, { retry_policy: { per_try_timeout: '0.1s' } }, { path: '/per-try' }),
    toCluster(
      `a_${protocol}`,
      { retry_policy: { retry_on: '5xx', per_try_timeout: '0.1s', retry_back_off: quick }, timeout: '3s' },
      { path: '/tries' },
    ),
    toCluster(`a_${protocol}`, { timeout: '0s' }, { path: '/endless' }),
    { ...toCluster(`a_${protocol}`, {}, { path: '/adds' }), ...add('x-envoy-retry-on', '5xx') },
    {
      ...toCluster(
        `a_${protocol}`,
        { retry_policy: { retry_on: '5xx', retry_back_off: quick } },
        { path: '/small' },
      ),
      per_request_buffer_limit_bytes: 10,
    },
    {
      ...toCluster(
        `a_${protocol}`,
        { retry_policy: { retry_on: '5xx', retry_back_off: quick } },
        { path: '/exact' },
      ),
      request_body_buffer_limit: 20,
    },
    toCluster(
      `dead_${protocol}`,
      { retry_policy: { retry_on: 'connect-failure', retry_back_off: quick } },
      { path: '/dead' },
    ),
  ]);

const asks = (name: string, value: string, more: Record<string, string> = {}): Record<string, string> => ({
  [`x-envoy-${name}`]: value,
  ...more,
});
const EXCHANGES: Readonly<Record<string, Exchange>> = {
  'nothing is asked': { path: '/plain', steps: [bad] },
  'retries are asked for': { path: '/plain', headers: asks('retry-on', '5xx'), steps: [bad] },
  'among words that are none': { path: '/plain', headers: asks('retry-on', 'x, 5xx , y'), steps: [bad] },
  'words that are none': { path: '/plain', headers: asks('retry-on', 'x'), steps: [bad] },
  'more retries': {
    path: '/plain',
    headers: asks('retry-on', 'gateway-error', { 'x-envoy-max-retries': '3' }),
    steps: [bad, bad, bad, bad],
  },
  'no retries at all': { path: '/policy', headers: asks('max-retries', '0'), steps: [bad] },
  'more than the policy has': {
    path: '/policy',
    headers: asks('max-retries', '4'),
    steps: [bad, bad, bad, bad],
  },
  'a number that is none': { path: '/policy', headers: asks('max-retries', '1x'), steps: [bad, bad, bad] },
  'retries without a condition': { path: '/plain', headers: asks('max-retries', '4'), steps: [bad] },
  'a condition more': {
    path: '/policy',
    headers: asks('retry-on', 'retriable-4xx'),
    steps: [{ status: 409 }, bad],
  },
  codes: {
    path: '/plain',
    headers: asks('retry-on', 'retriable-status-codes', { 'x-envoy-retriable-status-codes': '404, 418,x' }),
    steps: [{ status: 418 }],
  },
  'codes that do not come': {
    path: '/plain',
    headers: asks('retry-on', 'retriable-status-codes', { 'x-envoy-retriable-status-codes': '404' }),
    steps: [{ status: 418 }],
  },
  'codes without their condition': {
    path: '/policy',
    headers: asks('retriable-status-codes', '418'),
    steps: [{ status: 418 }],
  },
  'names of headers': {
    path: '/plain',
    headers: asks('retry-on', 'retriable-headers', { 'x-envoy-retriable-header-names': 'X-A, x-again' }),
    steps: [{ status: 200, headers: { 'x-again': '' } }],
  },
  gRPC: {
    path: '/plain',
    headers: asks('retry-grpc-on', 'unavailable,cancelled', {
      'content-type': 'application/grpc',
      te: 'trailers',
    }),
    steps: [{ status: 200, headers: { 'grpc-status': '14', 'content-type': 'application/grpc' } }],
  },
  'another status of gRPC': {
    path: '/plain',
    headers: asks('retry-grpc-on', 'unavailable', { 'content-type': 'application/grpc', te: 'trailers' }),
    steps: [{ status: 200, headers: { 'grpc-status': '5', 'content-type': 'application/grpc' } }],
  },
  'a policy for requests that ask, and one that does not': {
    path: '/asked',
    headers: asks('retry-on', '5xx'),
    steps: [bad],
  },
  'one that does': {
    path: '/asked',
    headers: asks('max-retries', '2', { 'x-please': '1' }),
    steps: [bad, bad],
  },
  'the route asks in its place': { path: '/adds', steps: [bad] },
  'a time for the whole': {
    path: '/plain',
    headers: asks('upstream-rq-timeout-ms', '150'),
    steps: ['silence'],
  },
  'a time for the whole that is told': { path: '/plain', headers: asks('upstream-rq-timeout-ms', '4321') },
  'a time that is none': { path: '/plain', headers: asks('upstream-rq-timeout-ms', '1s') },
  'all the time there is': { path: '/plain', headers: asks('upstream-rq-timeout-ms', '0') },
  'another answer to one that takes too long': {
    path: '/plain',
    headers: asks('upstream-rq-timeout-ms', '150', { 'x-envoy-upstream-rq-timeout-alt-response': '1' }),
    steps: ['silence'],
  },
  'a time for an attempt': {
    path: '/policy',
    headers: asks('upstream-rq-per-try-timeout-ms', '100'),
    steps: ['silence', 'silence'],
  },
  'a time for an attempt, without retries': {
    path: '/plain',
    headers: asks('upstream-rq-per-try-timeout-ms', '100'),
    steps: ['silence'],
  },
  'a time for an attempt beyond that of the whole': {
    path: '/plain',
    headers: asks('upstream-rq-per-try-timeout-ms', '15000'),
  },
  'a time for an attempt alone': {
    path: '/endless',
    headers: asks('upstream-rq-per-try-timeout-ms', '2345'),
  },
  'the time of the route for an attempt, without retries': { path: '/per-try', steps: ['silence'] },
  'the time of the route for an attempt, with a body': { path: '/tries', body: 'abc', steps: ['silence'] },
  'what is expected': { path: '/plain', headers: asks('expected-rq-timeout-ms', '1234') },
  'what is expected, and another time': {
    path: '/plain',
    headers: asks('expected-rq-timeout-ms', '1234', { 'x-envoy-upstream-rq-timeout-ms': '2345' }),
  },
  'what the inside says': {
    path: '/plain',
    headers: asks('internal', 'yes', {
      'x-envoy-force-trace': 'true',
      'x-envoy-ip-tags': 'a',
      'x-envoy-original-url': 'b',
      'x-request-id': 'mine',
    }),
  },
  'a body below the limit': { path: '/small', body: 'x'.repeat(10), steps: [bad] },
  'a body above it': { path: '/small', body: 'x'.repeat(11), steps: [bad] },
  'a body below the exact limit': { path: '/exact', body: 'x'.repeat(20), steps: [bad] },
  'a body above the exact limit': { path: '/exact', body: 'x'.repeat(21), steps: [bad] },
  'another name for statistics': { path: '/plain', headers: asks('upstream-alt-stat-name', 'other') },
  'nobody listens': { path: '/dead', headers: asks('max-retries', '2') },
};
const STRICT: Readonly<Record<string, Exchange>> = {
  'nothing to check': { path: '/plain' },
  'a good time': { path: '/plain', headers: asks('upstream-rq-timeout-ms', '4000') },
  'a bad time': { path: '/plain', headers: asks('upstream-rq-timeout-ms', '4 s') },
  'a bad time for an attempt': { path: '/plain', headers: asks('upstream-rq-per-try-timeout-ms', '') },
  'a bad number': { path: '/plain', headers: asks('max-retries', 'many') },
  'good words': { path: '/plain', headers: asks('retry-on', '5xx, reset') },
  'a bad word': { path: '/plain', headers: asks('retry-on', '5xx, resets') },
  'a bad word of gRPC': { path: '/plain', headers: asks('retry-grpc-on', '5xx') },
};
/** Where what is asked for does not count, hosts that say nothing would be waited for. */
function withoutWaiting(all: Readonly<Record<string, Exchange>>): Readonly<Record<string, Exchange>> {
  const quick = ([, { path, steps = [] }]: [string, Exchange]): boolean =>
    !steps.includes('silence') || path === '/per-try' || path === '/tries';
  return Object.fromEntries(Object.entries(all).filter(quick));
}
const STATS =
  /^cluster\.(a|dead)_http[12]\.(upstream_rq_(retry|per_try|timeout|total|completed|[0-9])|retry_or_shadow|(internal|external)\.upstream_rq_([0-9]|completed))/;

const worlds: readonly (readonly [string, Fields, Readonly<Record<string, Exchange>>])[] = [
  ['from the inside', INSIDE, EXCHANGES],
  ['from the outside', OUTSIDE, withoutWaiting(EXCHANGES)],
  ['from the inside, strictly', { ...INSIDE, ...strict }, STRICT],
  ['from the inside, respecting what is expected', { ...INSIDE, ...respecting }, EXCHANGES],
];
for (const [where, manager, exchanges] of worlds) {
  t.test(where, async (t) => {
    const world = await World.make(t, {
      table,
      clusters: { a: {}, dead: { dead: true } },
      manager,
      stats: STATS,
      ignored: /^$/,
      log: '%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %UPSTREAM_REQUEST_ATTEMPT_COUNT%',
    });
    for (const protocol of PROTOCOLS) {
      for (const [name, exchange] of Object.entries(exchanges)) {
        const [theirs, ours] = await world.play(protocol, exchange);
        t.same(ours, theirs, `${protocol}: ${name}`);
      }
    }
    const [theirs, ours] = await world.stats();
    t.same(ours, theirs, 'statistics');
  });
}
