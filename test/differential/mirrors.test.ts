// Copies of requests for other clusters, through the real Envoy and through this proxy: what both hosts see, and that
// the client notices nothing. Skipped where Envoy's binary is absent.
import t from 'tap';
import { eventually, type Fields, toCluster } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { type Exchange, PROTOCOLS, World } from './policy_world.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(180_000);

const mirrors = (protocol: string, ...policies: (Fields & { cluster: string })[]): Fields => ({
  request_mirror_policies: policies.map((policy) => ({
    ...policy,
    cluster: `${policy.cluster}_${protocol}`,
  })),
});
const header = (key: string, value: string): Fields => ({ header: { key, value } });
const ROUTES: Readonly<Record<string, readonly [(Fields & { cluster: string })[], Fields?]>> = {
  one: [[{ cluster: 'm' }]],
  two: [[{ cluster: 'm' }, { cluster: 'n' }]],
  none: [[{ cluster: 'm', runtime_fraction: { default_value: { numerator: 0 } } }]],
  all: [
    [
      {
        cluster: 'm',
        runtime_fraction: { default_value: { numerator: 10_000, denominator: 'TEN_THOUSAND' } },
      },
    ],
  ],
  host: [[{ cluster: 'm', disable_shadow_host_suffix_append: true }]],
  literal: [[{ cluster: 'm', host_rewrite_literal: 'other.example:81' }]],
  changed: [
    [
      {
        cluster: 'm',
        request_headers_mutations: [
          { append: header('x-added', 'of %REQ(:PATH)%') },
          { remove: 'x-gone' },
          { append: { ...header('x-set', 'new'), append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' } },
        ],
      },
    ],
  ],
  rewritten: [[{ cluster: 'm' }], { prefix_rewrite: '/seen', host_rewrite_literal: 'seen.example' }],
  dead: [[{ cluster: 'dead' }]],
  failing: [[{ cluster: 'failing' }]],
  silent: [[{ cluster: 'silent' }], { timeout: '0.3s' }],
  retried: [
    [{ cluster: 'm' }],
    { retry_policy: { retry_on: '5xx', retry_back_off: { base_interval: '0.001s' } } },
  ],
};
const table = (protocol: string): Fields => ({
  ...mirrors(protocol, { cluster: 'n' }),
  virtual_hosts: [
    {
      name: 'all',
      domains: ['*'],
      include_request_attempt_count: true,
      ...mirrors(protocol, { cluster: 'm' }),
      routes: [
        ...Object.entries(ROUTES).map(([path, [policies, action]]) =>
          toCluster(
            `a_${protocol}`,
            { ...mirrors(protocol, ...policies), ...action },
            { prefix: `/${path}` },
          ),
        ),
        toCluster(`a_${protocol}`, {}, { prefix: '/of-host' }),
      ],
    },
    { name: 'table', domains: ['table.example'], routes: [toCluster(`a_${protocol}`)] },
  ],
});
const EXCHANGES: Readonly<Record<string, Exchange>> = {
  'a copy': { path: '/one?q', headers: { 'x-a': 'b' }, seen: 2 },
  'a copy with a body': { path: '/one', body: 'abc'.repeat(1000), seen: 2 },
  'two copies': { path: '/two', body: 'abc', seen: 3 },
  'no copy': { path: '/none', seen: 1 },
  'of all': { path: '/all', seen: 2 },
  'the same host': { path: '/host', seen: 2 },
  'another host': { path: '/literal', seen: 2 },
  'another head': {
    path: '/changed',
    headers: { 'x-gone': '1', 'x-set': 'old', 'x-added': 'before' },
    seen: 2,
  },
  'as the host sees it': { path: '/rewritten/it', seen: 2 },
  'a HEAD': { path: '/one', method: 'HEAD', seen: 2 },
  'by the virtual host': { path: '/of-host', seen: 2 },
  'by the table': { path: '/of-table', headers: { host: 'table.example' }, seen: 2 },
  'nobody listens': { path: '/dead', body: 'abc', seen: 1 },
  'it fails': { path: '/failing', body: 'abc', seen: 2 },
  'it says nothing': { path: '/silent', body: 'abc', seen: 2 },
  'the request is retried': { path: '/retried', body: 'abc', steps: [{ status: 503 }], seen: 3 },
  'the request fails': { path: '/one', body: 'abc', steps: ['reset'], seen: 2 },
};
const STATS =
  /^cluster\.\w+_http[12]\.(upstream_rq_(total|completed|[0-9]|active|retry|timeout)|(internal|external)\.upstream_rq_([0-9]|completed)|retry_or)/;

t.test('mirrors', async (t) => {
  const world = await World.make(t, {
    table,
    clusters: {
      a: {},
      m: { always: { status: 200, body: 'of the mirror' } },
      n: { always: { status: 500 } },
      dead: { dead: true },
      failing: { always: 'reset' },
      silent: { always: 'silence' },
    },
    stats: STATS,
  });
  for (const protocol of PROTOCOLS) {
    for (const [name, exchange] of Object.entries(EXCHANGES)) {
      const { host, ...headers } = exchange.headers ?? {};
      const named: Record<string, string> =
        host === undefined ? {} : protocol === 'http1' ? { host } : { ':authority': host };
      const [theirs, ours] = await world.play(protocol, { ...exchange, headers: { ...headers, ...named } });
      t.same(ours, theirs, `${protocol}: ${name}`);
    }
  }
  await eventually('statistics that are equal', async () => {
    const [theirs, ours] = await world.stats();
    return JSON.stringify(theirs) === JSON.stringify(ours);
  }).catch(() => undefined);
  const [theirs, ours] = await world.stats();
  t.same(ours, theirs, 'statistics');
});
