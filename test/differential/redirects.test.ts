// Redirects that routes follow in the client's place, through the real Envoy and through this proxy: what hosts see,
// what the client gets, a line of the log for each pass, and the statistics. Skipped where Envoy's binary is absent.
import t from 'tap';
import { type Fields, toCluster } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { type Exchange, PROTOCOLS, type Step, World } from './policy_world.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(180_000);

const predicate = (name: string, type: string, fields: Fields = {}): Fields => ({
  name,
  typed_config: { '@type': `type.googleapis.com/envoy.extensions.internal_redirect.${type}`, ...fields },
});
const PREVIOUS = predicate('p', 'previous_routes.v3.PreviousRoutesConfig');
const SAFE = predicate('s', 'safe_cross_scheme.v3.SafeCrossSchemeConfig');
const allowed = (...allowed_route_names: string[]): Fields =>
  predicate('a', 'allow_listed_routes.v3.AllowListedRoutesConfig', { allowed_route_names });

const follow = (policy: Fields, action: Fields = {}): Fields => ({
  internal_redirect_policy: policy,
  ...action,
});
const quick = { base_interval: '0.001s', max_interval: '0.002s' };
/** Name of the route, its path, cluster, action. */
const ROUTES: readonly (readonly [string, string, Fields])[] = [
  ['once', 'a', follow({})],
  ['twice', 'a', follow({ max_internal_redirects: 2 })],
  ['never', 'a', follow({ max_internal_redirects: 0 })],
  ['codes', 'a', follow({ redirect_response_codes: [301, 303, 307, 308, 200] })],
  ['scheme', 'a', follow({ allow_cross_scheme_redirect: true })],
  ['safe', 'a', follow({ allow_cross_scheme_redirect: true, predicates: [SAFE] })],
  ['loop', 'a', follow({ max_internal_redirects: 9, predicates: [PREVIOUS] })],
  ['listed', 'a', follow({ predicates: [allowed('plain', 'once'), allowed('plain')] })],
  ['headers', 'a', follow({ response_headers_to_copy: ['x-copied', 'x-none'] })],
  ['retried', 'a', follow({}, { retry_policy: { retry_on: '5xx', retry_back_off: quick } })],
  ['rewritten', 'a', follow({}, { prefix_rewrite: '/seen', host_rewrite_literal: 'seen.example' })],
  ['old', 'a', { internal_redirect_action: 'HANDLE_INTERNAL_REDIRECT', max_internal_redirects: 2 }],
  ['passed', 'a', {}],
  ['small', 'a', follow({})],
  ['plain', 'b', {}],
];
const table = (protocol: string): Fields => ({
  virtual_hosts: [
    {
      name: 'all',
      domains: ['*'],
      include_request_attempt_count: true,
      routes: [
        ...ROUTES.map(([name, cluster, action]) => ({
          ...toCluster(`${cluster}_${protocol}`, action, { prefix: `/${name}` }),
          name,
          ...(name === 'small' ? { per_request_buffer_limit_bytes: 10 } : {}),
        })),
        {
          match: { prefix: '/here' },
          name: 'here',
          direct_response: { status: 418, body: { inline_string: 'tea' } },
        },
      ],
    },
    { name: 'none', domains: ['nobody.example'], routes: [] },
  ],
});
const to = (location: string, status = 302, headers: Record<string, string> = {}, body?: string): Step => ({
  status,
  headers: { location, ...headers },
  ...(body === undefined ? {} : { body }),
});
const PLAIN = 'http://other.example/plain';
const EXCHANGES: Readonly<Record<string, Exchange>> = {
  'another place': { path: '/once?q=1', steps: [to(`${PLAIN}?x=y#z`)] },
  'with a port': { path: '/once', steps: [to('http://other.example:81/plain')] },
  'with a body': { path: '/once', body: 'abc', steps: [to(PLAIN)] },
  'a redirect with a body': { path: '/once', steps: [to(PLAIN, 302, {}, 'not for you')] },
  'no path': { path: '/once', steps: [to('http://other.example')] },
  'a query alone': { path: '/once', steps: [to('http://other.example?x')] },
  'a relative place': { path: '/once', steps: [to('/plain')] },
  'no place': { path: '/once', steps: [{ status: 302 }] },
  'an empty place': { path: '/once', steps: [to('')] },
  'twice where once is allowed': { path: '/once', steps: [to('http://a/once'), to(PLAIN)] },
  'twice where that is allowed': { path: '/twice', steps: [to('http://a/twice?2'), to(PLAIN)] },
  'three times': { path: '/twice', steps: [to('http://a/twice?2'), to('http://a/twice?3'), to(PLAIN)] },
  never: { path: '/never', steps: [to(PLAIN)] },
  'a code that is not followed': { path: '/codes', steps: [to(PLAIN)] },
  'a code that is': { path: '/codes', body: 'abc', steps: [to(PLAIN, 308)] },
  'another method': { path: '/codes', body: 'abc', steps: [to(PLAIN, 303)] },
  'the same method': { path: '/codes', method: 'HEAD', steps: [to(PLAIN, 303)] },
  'a code that is no redirect': { path: '/codes', steps: [to(PLAIN, 200)] },
  https: { path: '/once', steps: [to('https://other.example/plain')] },
  'https where it is allowed': { path: '/scheme', steps: [to('https://other.example/plain')] },
  'https where it is not safe': { path: '/safe', steps: [to('https://other.example/plain')] },
  'http where https is not safe': { path: '/safe', steps: [to(PLAIN)] },
  'in circles': { path: '/loop', steps: [to('http://a/loop'), to('http://a/loop')] },
  'a route that may be gone to': { path: '/listed', steps: [to(PLAIN)] },
  'a route that may not': { path: '/listed', steps: [to('http://a/once')] },
  'no route': { path: '/once', steps: [to('http://nobody.example/plain')] },
  'an answer of the proxy': { path: '/once', steps: [to('http://a/here')] },
  'headers of the response': {
    path: '/headers',
    headers: { 'x-copied': 'old', 'x-none': 'old', 'x-kept': 'kept' },
    steps: [to(PLAIN, 302, { 'x-copied': 'new', 'x-other': 'other' })],
  },
  'headers of one that is not followed': {
    path: '/headers',
    headers: { 'x-copied': 'old' },
    steps: [to('http://nobody.example/', 302, { 'x-copied': 'new' })],
  },
  'a retry before it': { path: '/retried', body: 'abc', steps: [{ status: 503 }, to(PLAIN)] },
  'a retry behind it': { path: '/once', steps: [to('http://a/retried'), { status: 503 }] },
  rewritten: { path: '/rewritten/it', steps: [to(PLAIN)] },
  'the older spelling': { path: '/old', steps: [to('http://a/old'), to(PLAIN)] },
  'not asked for': { path: '/passed', steps: [to(PLAIN)] },
  'a body that is kept': { path: '/small', body: 'x'.repeat(10), steps: [to(PLAIN)] },
  'a body that is not kept': { path: '/small', body: 'x'.repeat(11), steps: [to(PLAIN)] },
  'a host that fails': { path: '/once', body: 'abc', steps: [to(PLAIN), 'reset'] },
};
const STATS =
  /^(cluster\.[ab]_http[12]\.(upstream_internal|upstream_rq_(total|completed|[0-9]|active|tx_reset|retry))|http\.http[12]\.(passthrough|downstream_rq_(total|active|completed|http|[0-9])|rq_(total|direct)|no_route))/;

t.test('redirects', async (t) => {
  const world = await World.make(t, {
    table,
    clusters: { a: {}, b: {} },
    stats: STATS,
    ignored: /^x-envoy-expected/,
    log: '%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %REQ(:PATH)% %REQ(:AUTHORITY)% %UPSTREAM_REQUEST_ATTEMPT_COUNT% %BYTES_SENT% %RESP(LOCATION)%',
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
