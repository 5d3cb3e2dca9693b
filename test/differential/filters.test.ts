// Which filters a request meets and with what settings, through the real Envoy and through this proxy:
// what clients get, what the origin gets, and which configurations are refused. Skipped where Envoy's
// binary is absent.
import { join } from 'node:path';
import t from 'tap';
import {
  answer,
  ask,
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  type Json,
  listener,
  Origin,
  Running,
  root,
  router,
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

const dir = folder();
const origin = await new Origin(() => answer()).listen();
const BUFFER = 'envoy.extensions.filters.http.buffer.v3';
const any = (type: string, fields: Fields = {}): Fields => ({
  '@type': `type.googleapis.com/${type}`,
  ...fields,
});
const said = (fields: Fields): Fields => any('envoy.config.route.v3.FilterConfig', fields);
const perRoute = (fields: Fields): Fields => any(`${BUFFER}.BufferPerRoute`, fields);
const limit = (max_request_bytes: number): Fields => perRoute({ buffer: { max_request_bytes } });
const saying = (settings: Fields, name = 'ten'): Fields => ({
  typed_per_filter_config: { [name]: settings },
});
const ten = (fields: Fields = {}): Fields => ({
  name: 'ten',
  typed_config: any(`${BUFFER}.Buffer`, { max_request_bytes: 10 }),
  ...fields,
});

/** What routes say, by path; and the virtual host. */
type Said = { readonly routes?: Record<string, Fields>; readonly host?: Fields; readonly filters: Json[] };
function config(port: number, name: string, { routes: list = {}, host = {}, filters }: Said): Fields {
  const table = routes(
    [
      ...Object.entries(list).map(([path, fields]) => ({ ...toCluster('origin', {}, { path }), ...fields })),
      toCluster('origin'),
    ],
    host,
  );
  return {
    static_resources: {
      listeners: [listener(name, port, { http_filters: [...filters, router], route_config: table })],
      clusters: [cluster('origin', [origin.port])],
    },
  };
}

const TABLES: Record<string, Said> = {
  off: {
    filters: [ten({ disabled: true })],
    routes: {
      '/on': saying(said({ config: {} })),
      '/five': saying(limit(5)),
      '/wrapped': saying(said({ config: limit(5) })),
      '/disabled': saying(perRoute({ disabled: true })),
      '/off': saying(said({ disabled: true })),
      '/other': saying(said({ config: {} }), 'other'),
      '/not-built-in': saying(
        said({ is_optional: true, config: any('envoy.extensions.filters.http.router.v3.Router') }),
      ),
    },
  },
  on: {
    filters: [ten()],
    host: saying(limit(15)),
    routes: {
      '/on': saying(said({ config: {} })),
      '/five': saying(limit(5)),
      '/disabled': saying(perRoute({ disabled: true })),
      '/off': saying(said({ disabled: true })),
      '/off-with': saying(said({ disabled: true, config: limit(5) })),
    },
  },
  two: {
    filters: [ten({ name: 'one' }), ten({ name: 'two', disabled: true })],
    routes: { '/two': { typed_per_filter_config: { one: said({ disabled: true }), two: limit(12) } } },
  },
};

const whole = (path: string, size: number): string =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: ${size}\r\n\r\n${'x'.repeat(size)}`;
const chunks = (path: string, ...sizes: number[]): string =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${[...sizes, 0]
    .map((size) => `${size.toString(16)}\r\n${size === 0 ? '' : `${'x'.repeat(size)}\r\n`}`)
    .join('')}\r\n`;

const ends: (() => Promise<void>)[] = [];
t.teardown(async () => {
  for (const end of ends) await end();
  await origin.close();
  dir.remove();
});
async function pair(name: string, said: Said): Promise<[theirs: number, ours: number]> {
  const [theirs, ours] = [await freePort(), await freePort()];
  const envoy = new Running(binary as string, [
    ...['-c', dir.write(`${name}.json`, config(theirs, name, said))],
    ...['--concurrency', '1', '--disable-hot-restart', '-l', 'error'],
  ]);
  ends.push(() => envoy.stop());
  const proxy = await start(config(ours, name, said), [ours]);
  ends.push(() => proxy.stop());
  await envoy.listening(theirs);
  return [theirs, ours];
}

/** What the client gets and what the origin gets; times and numbers by chance are left out. */
async function exchange(port: number, request: string): Promise<unknown> {
  const before = origin.requests.length;
  const { line, headers, body } = await ask(port, request);
  const own = /^(date|x-request-id|x-envoy-upstream-service-time)$/;
  const seen = origin.requests.slice(before).map((each) => ({
    line: each.line,
    headers: each.headers.filter(([name]) => !own.test(name)),
    body: each.body.toString(),
  }));
  return { line, headers: headers.filter(([name]) => !own.test(name)), body: body.toString(), seen };
}

for (const [name, said] of Object.entries(TABLES)) {
  t.test(`filters: ${name}`, async (t) => {
    const [theirs, ours] = await pair(name, said);
    for (const path of ['/', ...Object.keys(said.routes ?? {})]) {
      const requests = [
        ...[0, 4, 10, 11, 16].map((size) => whole(path, size)),
        ...[
          chunks(path, 4),
          chunks(path, 5, 5),
          chunks(path, 9, 9),
          `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`,
        ],
      ];
      for (const request of requests) {
        const expected = await exchange(theirs, request);
        t.same(await exchange(ours, request), expected, JSON.stringify(request.slice(0, 70)));
      }
    }
  });
}

const lua = any('envoy.extensions.filters.http.lua.v3.Lua');
/** Configurations, and whether they are accepted. */
const CONFIGS: readonly (readonly [name: string, said: Said])[] = [
  ['nothing said', { filters: [ten()], host: saying(said({})) }],
  [
    'settings of the chain in a route',
    { filters: [ten()], host: saying(any(`${BUFFER}.Buffer`, { max_request_bytes: 3 })) },
  ],
  [
    'of a filter without settings for routes',
    { filters: [ten()], host: saying(any('envoy.extensions.filters.http.router.v3.Router')) },
  ],
  [
    'the same, wrapped',
    {
      filters: [ten()],
      host: saying(said({ config: any('envoy.extensions.filters.http.router.v3.Router') })),
    },
  ],
  [
    'of no filter',
    { filters: [ten()], host: saying(any('envoy.config.core.v3.Address', { pipe: { path: '/a' } })) },
  ],
  [
    'of no filter, optional',
    {
      filters: [ten()],
      host: saying(
        said({ is_optional: true, config: any('envoy.config.core.v3.Address', { pipe: { path: '/a' } }) }),
      ),
    },
  ],
  ['empty settings', { filters: [ten()], host: saying(perRoute({})) }],
  ['not disabled', { filters: [ten()], host: saying(perRoute({ disabled: false })) }],
  [
    'off, whatever else',
    {
      filters: [ten()],
      host: saying(said({ disabled: true, config: any('envoy.extensions.filters.http.router.v3.Router') })),
    },
  ],
  ['no limit', { filters: [{ name: 'ten', typed_config: any(`${BUFFER}.Buffer`) }] }],
  ['a router first', { filters: [router] }],
];

t.test('what is accepted', async (t) => {
  for (const [i, [name, said]] of CONFIGS.entries()) {
    const file = dir.write(`accepted${i}.json`, config(await freePort(), 'in', said));
    const envoy = new Running(binary as string, ['-c', file, '--mode', 'validate', '-l', 'off']);
    const ours = new Running(process.execPath, [join(root, 'bin/attache'), '-c', file, '--mode', 'validate']);
    const [theirs, mine] = await Promise.all([envoy.exited, ours.exited]);
    t.equal(mine === 0, theirs === 0, `${name}: Envoy ${theirs}, ${mine}: ${ours.output}`);
  }
});

t.test('an optional filter that is not built in', async (t) => {
  const port = await freePort();
  const filters = [{ name: 'lua', is_optional: true, typed_config: lua }, ten()];
  const proxy = await start(config(port, 'optional', { filters }), [port]);
  t.teardown(() => proxy.stop());
  await eventually('the warning', () =>
    /http_filters\[0\]: the filter "lua" is not built in, but optional: it is left out/.test(proxy.output),
  );
  t.equal((await ask(port, whole('/', 11))).status, 413, 'the others are there');
});
