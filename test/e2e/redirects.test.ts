// Redirects that routes follow in the client's place.
// observes: envoy.config.route.v3.RouteAction: internal_redirect_policy internal_redirect_action max_internal_redirects
// observes: envoy.config.route.v3.InternalRedirectPolicy: max_internal_redirects redirect_response_codes predicates
// observes: envoy.config.route.v3.InternalRedirectPolicy: allow_cross_scheme_redirect response_headers_to_copy
// observes: envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig: allowed_route_names
import t from 'tap';
import {
  answer,
  ask,
  Client,
  cluster,
  type Fields,
  freePort,
  get,
  listener,
  Origin,
  type Request,
  routes,
  sent,
  start,
  toCluster,
} from './support.ts';

t.setTimeout(60_000);
/** Where requests go on to, and with what status; then they are answered. */
let places: (readonly [status: number, location: string])[] = [];
const origin = await new Origin((request) => {
  const next = places.shift();
  if (next === undefined) return answer(`${request.line.split(' ')[0]} ${request.path} ${request.body}`);
  return answer('elsewhere', `location: ${next[1]}\r\nx-copied: yes\r\n`, `${next[0]} R`);
}).listen();
const port = await freePort();
const predicate = (type: string, fields: Fields = {}): Fields => ({
  name: 'it',
  typed_config: { '@type': `type.googleapis.com/envoy.extensions.internal_redirect.${type}`, ...fields },
});
const at = (name: string, internal_redirect_policy: Fields): Fields => ({
  ...toCluster('origin', { internal_redirect_policy }, { prefix: `/${name}` }),
  name,
});
const many = { max_internal_redirects: 9 };
const proxy = await start(
  {
    static_resources: {
      listeners: [
        listener('in', port, {
          route_config: routes([
            at('once', {}),
            at('many', many),
            at('codes', { redirect_response_codes: [303, 307] }),
            at('scheme', { allow_cross_scheme_redirect: true }),
            at('copied', { response_headers_to_copy: ['x-copied'] }),
            at('circle', { ...many, predicates: [predicate('previous_routes.v3.PreviousRoutesConfig')] }),
            at('listed', {
              predicates: [
                predicate('allow_listed_routes.v3.AllowListedRoutesConfig', { allowed_route_names: ['end'] }),
              ],
            }),
            at('safe', {
              allow_cross_scheme_redirect: true,
              predicates: [predicate('safe_cross_scheme.v3.SafeCrossSchemeConfig')],
            }),
            toCluster(
              'origin',
              { internal_redirect_action: 'HANDLE_INTERNAL_REDIRECT', max_internal_redirects: 2 },
              { prefix: '/old' },
            ),
            { ...toCluster('origin', {}, { prefix: '/end' }), name: 'end' },
          ]),
        }),
      ],
      clusters: [cluster('origin', [origin.port])],
    },
  },
  [port],
);
t.teardown(async () => {
  await proxy.stop();
  await origin.close();
});

type Outcome = { readonly status: number; readonly body: string; readonly seen: readonly Request[] };
async function send(path: string, to: typeof places, body = ''): Promise<Outcome> {
  places = [...to];
  const before = origin.requests.length;
  const post = `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const got = await ask(port, body === '' ? get(path) : post);
  return { status: got.status, body: got.body.toString(), seen: origin.requests.slice(before) };
}
const END = 'http://b.example/end?q';

t.test('a redirect is followed, with the body', async (t) => {
  const { status, body, seen } = await send('/once/x', [[302, END]], 'abc');
  t.equal(status, 200);
  t.equal(body, 'POST /end?q abc');
  t.equal(sent(seen[1] as Request, 'host'), 'b.example');
  t.equal(sent(seen[1] as Request, 'x-envoy-original-url'), 'http://a/once/x');
  t.equal((await send('/end', [[302, END]])).status, 302, 'not where it is not asked for');
});

t.test('as often as is allowed', async (t) => {
  const more: typeof places = [1, 2, 3].map((n) => [302, `http://b/many/${n}`]);
  t.equal(
    (
      await send('/once', [
        [302, 'http://b/once'],
        [302, END],
      ])
    ).status,
    302,
  );
  t.equal((await send('/many', [...more, [302, END]])).body, 'GET /end?q ');
  t.equal(
    (
      await send('/old', [
        [302, 'http://b/old'],
        [302, END],
      ])
    ).status,
    200,
  );
});

t.test('what is followed', async (t) => {
  const cases: readonly [string, number, string, number][] = [
    ['/codes', 302, END, 302],
    ['/codes', 307, END, 200],
    ['/once', 302, '/end', 302],
    ['/once', 302, 'https://b.example/end', 302],
    ['/scheme', 302, 'https://b.example/end', 200],
    ['/safe', 302, 'https://b.example/end', 302],
    ['/listed', 302, 'http://b/once', 302],
    ['/listed', 302, END, 200],
  ];
  for (const [path, status, location, expected] of cases)
    t.equal((await send(path, [[status, location]])).status, expected, `${path} ${status} ${location}`);
  t.equal((await send('/codes', [[303, END]], 'abc')).body, 'GET /end?q ');
  const circle = await send('/circle', [
    [302, 'http://b/circle'],
    [302, 'http://b/circle'],
    [302, END],
  ]);
  t.equal(circle.status, 302, 'in circles');
  t.equal(circle.seen.length, 2);
  t.equal(sent((await send('/copied', [[302, END]])).seen[1] as Request, 'x-copied'), 'yes');
});

t.test('a client that leaves while it is followed, and the next on its connection', async (t) => {
  places = [[302, END]];
  new Client(port).send(get('/once')).close();
  const client = new Client(port);
  for (let i = 0; i < 3; i++) {
    places = [[302, END]];
    client.send(get('/once'));
    t.equal((await client.response()).body.toString(), 'GET /end?q ');
  }
  client.close();
});
