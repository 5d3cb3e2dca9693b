// Where and when retries go, and how many there may be at the same time, through the real Envoy and through this proxy.
// Skipped where Envoy's binary is absent.
import t from 'tap';
import { endpoint, type Fields, toCluster } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { type Exchange, type Outcome, PROTOCOLS, type Step, World } from './policy_world.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(180_000);

const typed = (type: string, fields: Fields = {}): Fields => ({
  name: type.split('.').at(-1) ?? '',
  typed_config: { '@type': `type.googleapis.com/envoy.extensions.retry.${type}`, ...fields },
});
const PREVIOUS = typed('host.previous_hosts.v3.PreviousHostsPredicate');
const CANARY = typed('host.omit_canary_hosts.v3.OmitCanaryHostsPredicate');
const metadata = (fields: Fields): Fields =>
  typed('host.omit_host_metadata.v3.OmitHostMetadataConfig', {
    metadata_match: { filter_metadata: { 'envoy.lb': fields } },
  });
const priorities = (update_frequency: number): Fields => ({
  retry_priority: typed('priority.previous_priorities.v3.PreviousPrioritiesConfig', { update_frequency }),
});
const quick = { base_interval: '0.001s', max_interval: '0.002s' };
const bad: Step = { status: 503 };
const reset = (value: string): Step => ({ status: 503, headers: { 'x-reset': value } });

const POLICIES: Readonly<Record<string, readonly [cluster: string, policy: Fields, action?: Fields]>> = {
  one: ['levels', { ...priorities(1), num_retries: 5 }],
  two: ['levels', { ...priorities(2), num_retries: 5 }],
  canary: ['canary', { retry_host_predicate: [CANARY], host_selection_retry_max_attempts: 20 }],
  metadata: [
    'canary',
    { retry_host_predicate: [metadata({ stage: 'old' })], host_selection_retry_max_attempts: 20 },
  ],
  both: [
    'canary',
    {
      retry_host_predicate: [metadata({ stage: 'old', canary: true })],
      host_selection_retry_max_attempts: 20,
    },
  ],
  ring: [
    'ring',
    { retry_host_predicate: [PREVIOUS], host_selection_retry_max_attempts: 30, num_retries: 3 },
    { hash_policy: [{ header: { header_name: 'x-key' } }] },
  ],
  maglev: [
    'maglev',
    { retry_host_predicate: [PREVIOUS], host_selection_retry_max_attempts: 30, num_retries: 3 },
    { hash_policy: [{ header: { header_name: 'x-key' } }] },
  ],
  reset: [
    'a',
    {
      rate_limited_retry_back_off: {
        reset_headers: [{ name: 'X-Reset' }, { name: 'x-at', format: 'UNIX_TIMESTAMP' }],
        max_interval: '100s',
      },
    },
  ],
  none: ['budget0', {}],
  least: ['budget1', { num_retries: 3 }],
  all: ['budget100', { num_retries: 3 }],
};
const EXCHANGES: Readonly<Record<string, Exchange>> = {
  'each priority once': { path: '/one', steps: [bad, bad, bad, bad, bad] },
  'priorities after two': { path: '/two', steps: [bad, bad, bad, bad, bad] },
  'a priority less, with resets': { path: '/one', body: 'x', steps: ['reset', 'reset'] },
  ...Object.fromEntries(
    ['ring', 'maglev'].flatMap((path) =>
      ['a', 'b', 'c', 'd'].map((key): [string, Exchange] => [
        `${path}: another host for ${key}`,
        { path: `/${path}`, headers: { 'x-key': key }, steps: [bad, bad, bad] },
      ]),
    ),
  ),
  'a time to come again': { path: '/reset', steps: [reset('1')] },
  'one that is too late': { path: '/reset', steps: [reset('101')] },
  now: { path: '/reset', steps: [reset('0')] },
  'a time that is none': { path: '/reset', steps: [reset('soon')] },
  'a time that is over': { path: '/reset', steps: [{ status: 503, headers: { 'x-at': '1000' } }] },
  'no budget': { path: '/none', steps: [bad] },
  'no budget, with a reset': { path: '/none', body: 'x', steps: ['reset'] },
  'the least budget': { path: '/least', steps: [bad, bad] },
  'as many as requests': { path: '/all', steps: [bad, bad] },
  'nobody is under way': { path: '/all', body: 'x', steps: ['reset', 'reset'] },
};
/** Who is tried first is anybody's guess; where retries go is not. */
const LATER: Readonly<Record<string, Exchange>> = {
  canaries: { path: '/canary', steps: [bad] },
  'metadata of hosts': { path: '/metadata', steps: [bad] },
  'all of the metadata': { path: '/both', steps: [bad] },
};

const inLb = (port: number, fields: Fields): Fields => ({
  ...endpoint(port),
  metadata: { filter_metadata: { 'envoy.lb': fields } },
});
const budget = (retry_budget: Fields): Fields => ({
  circuit_breakers: { thresholds: [{ max_retries: 7, retry_budget }] },
});
const STATS =
  /^cluster\.\w+\.(upstream_rq_(retry|total|completed|[0-9])|retry_or_shadow|circuit_breakers.default.rq_retry_open)/;

t.test('retries', async (t) => {
  const world = await World.make(t, {
    table: (protocol) => ({
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: Object.entries(POLICIES).map(([path, [cluster, policy, action]]) =>
            toCluster(
              `${cluster}_${protocol}`,
              { ...action, retry_policy: { retry_on: '5xx', retry_back_off: quick, ...policy } },
              { path: `/${path}` },
            ),
          ),
        },
      ],
    }),
    clusters: {
      a: {},
      levels: {
        hosts: 3,
        endpoints: (ports) => ports.map((port, priority) => ({ priority, lb_endpoints: [endpoint(port)] })),
      },
      canary: {
        hosts: 2,
        endpoints: ([first = 0, second = 0]) => [
          {
            lb_endpoints: [
              inLb(first, { canary: true, stage: ['older', 'old'], more: 1 }),
              inLb(second, { canary: false, stage: 'new' }),
            ],
          },
        ],
      },
      ring: { hosts: 4, fields: { lb_policy: 'RING_HASH' } },
      maglev: { hosts: 4, fields: { lb_policy: 'MAGLEV' } },
      budget0: { fields: budget({ budget_percent: { value: 0 }, min_retry_concurrency: 0 }) },
      budget1: { fields: budget({ budget_percent: { value: 0 }, min_retry_concurrency: 1 }) },
      budget100: { fields: budget({ budget_percent: { value: 100 }, min_retry_concurrency: 0 }) },
    },
    stats: STATS,
    ignored: /^x-envoy-expected/,
  });
  for (const protocol of PROTOCOLS) {
    for (const [name, exchange] of Object.entries(EXCHANGES)) {
      const [theirs, ours] = await world.play(protocol, exchange);
      t.same(ours, theirs, `${protocol}: ${name}`);
    }
    for (const [name, exchange] of Object.entries(LATER)) {
      for (let i = 0; i < 3; i++) {
        const [theirs, ours] = await world.play(protocol, exchange);
        const last = ({ status, seen }: Outcome): unknown => [status, seen.length, seen.at(-1)];
        t.same(last(ours), last(theirs), `${protocol}: ${name}`);
      }
    }
  }
  const [theirs, ours] = await world.stats();
  t.same(ours, theirs, 'statistics');
});
