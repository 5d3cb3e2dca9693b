// Requests of pages of other origins, through the real Envoy and through this proxy: answers, headers, what the host
// sees, statistics. Skipped where Envoy's binary is absent.
import t from 'tap';
import { answer, ask, cluster, type Fields, folder, listener, Origin, toCluster } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { bothSides } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
const dir = folder();
const origin = await new Origin(() =>
  answer('host', 'access-control-allow-origin: theirs\r\naccess-control-max-age: 1\r\n'),
).listen();

const TYPE = 'type.googleapis.com/envoy.extensions.filters.http';
const A: Fields = {
  allow_origin_string_match: [{ exact: 'http://a.b' }, { prefix: 'https://x.', ignore_case: true }],
};
const of = (numerator: number): Fields => ({ default_value: { numerator } });
const policy = (fields: Fields): Fields => ({
  typed_per_filter_config: { cors: { '@type': `${TYPE}.cors.v3.CorsPolicy`, ...fields } },
});
const ALL: Fields = {
  allow_methods: 'GET,PUT',
  allow_headers: 'x-a,x-b',
  expose_headers: 'x-c',
  max_age: '77',
  allow_credentials: true,
  allow_private_network_access: true,
};
/** By path: what the route says of the filter. */
const ROUTES: Readonly<Record<string, Fields | undefined>> = {
  none: undefined,
  empty: {},
  some: A,
  all: { ...A, ...ALL },
  stars: { ...A, allow_methods: '*', allow_headers: '*', allow_origin_string_match: [{ exact: '*' }] },
  regex: { allow_origin_string_match: [{ safe_regex: { regex: 'http://a.*' } }] },
  answering: { ...A, ...ALL, forward_not_matching_preflights: false },
  off: { ...A, filter_enabled: of(0) },
  shadow: { ...A, filter_enabled: of(0), shadow_enabled: of(100) },
  both: { ...A, filter_enabled: of(100), shadow_enabled: of(100) },
  no: { ...A, ...ALL, allow_credentials: false, allow_private_network_access: false },
};

function config(admin: number, port: number): Fields {
  const route = (path: string, fields: Fields | undefined, more: Fields): Fields => ({
    ...toCluster('origin', {}, { path }),
    ...(fields === undefined ? {} : policy(fields)),
    ...more,
  });
  const hosts = [
    { name: 'plain', domains: ['plain'] },
    // What the route leaves out, the virtual host says, and the table what both leave out.
    { name: 'wide', domains: ['wide'], ...policy({ ...A, allow_methods: 'HOST', max_age: '5' }) },
  ];
  const manager = {
    http_filters: [
      { name: 'cors', typed_config: { '@type': `${TYPE}.cors.v3.Cors` } },
      { name: 'router', typed_config: { '@type': `${TYPE}.router.v3.Router` } },
    ],
    route_config: {
      name: 'table',
      ...policy({ allow_methods: 'TABLE', expose_headers: 'x-table' }),
      response_headers_to_add: [{ header: { key: 'x-says', value: 'table' } }],
      virtual_hosts: hosts.map((host) => ({
        ...host,
        routes: [
          ...Object.entries(ROUTES).map(([name, fields]) => route(`/${name}`, fields, {})),
          { match: { path: '/redirect' }, redirect: { host_redirect: 'other' }, ...policy(A) },
          { match: { path: '/direct' }, direct_response: { status: 200 }, ...policy(A) },
        ],
      })),
    },
  };
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [listener('l', port, manager)],
      clusters: [cluster('origin', [origin.port])],
    },
  };
}

const sides = await bothSides(t, dir, ['in'], (admin, ports) => config(admin, ports.in));
t.teardown(async () => {
  await origin.close();
  dir.remove();
});

const NOT_COMPARED = new Set(['date', 'x-envoy-upstream-service-time']);
async function seen(port: number, request: string) {
  const { status, headers, body } = await ask(port, request);
  const told = headers
    .filter(([name]) => !NOT_COMPARED.has(name))
    .map(([name, value]) => `${name}: ${value}`);
  return { status, headers: told.sort(), body: body.toString() };
}

const ASKS = 'access-control-request-method: PUT\r\n';
const MORE = 'access-control-request-headers: x-q\r\naccess-control-request-private-network: true\r\n';
const REQUESTS: readonly (readonly [string, string])[] = [
  ['GET', ''],
  ['GET', 'origin: http://a.b\r\n'],
  ['GET', 'origin: HTTPS://X.y\r\n'],
  ['GET', 'origin: http://c.d\r\n'],
  ['GET', 'origin: \r\n'],
  ['OPTIONS', ASKS],
  ['OPTIONS', 'origin: http://a.b\r\n'],
  ['OPTIONS', `origin: http://a.b\r\n${ASKS}`],
  ['OPTIONS', `origin: http://a.b\r\n${ASKS}${MORE}`],
  ['OPTIONS', `origin: http://c.d\r\n${ASKS}${MORE}`],
  ['PUT', `origin: http://a.b\r\n${ASKS}content-length: 0\r\n`],
];

for (const path of [...Object.keys(ROUTES), 'redirect', 'direct', 'nowhere']) {
  t.test(path, async (t) => {
    for (const host of ['plain', 'wide']) {
      for (const [method, more] of REQUESTS) {
        const request = `${method} /${path} HTTP/1.1\r\nhost: ${host}\r\n${more}\r\n`;
        const [theirs, ours] = await Promise.all(sides.map(({ ports }) => seen(ports.in, request)));
        t.same(ours, theirs, `${host} ${method} ${more.replaceAll('\r\n', ' ')}`);
      }
    }
  });
}

t.test('statistics', async (t) => {
  const [theirs, ours] = await Promise.all(
    sides.map(async ({ admin }) => (await fetch(`http://127.0.0.1:${admin}/stats?filter=cors`)).text()),
  );
  t.equal(ours, theirs);
});
