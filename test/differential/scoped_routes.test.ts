// Route tables by scope, in the real Envoy and in this proxy: keys that requests have or lack, scopes from files and
// in listeners, updates that are taken or refused. Compared: answers, flags, details, statistics, /config_dump.
// Skipped where Envoy's binary is absent.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SnapshotCache, XdsServer } from '../../src/xds-server/index.ts';
import { ask, eventually, type Fields, folder, freePort, listener, type Running } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { bootstrap, type Mode, MODES, sourceOf } from '../xds-server/envoy.ts';
import { runSide } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
const dir = folder();
t.teardown(() => dir.remove());

const table = (name: string): Fields => ({
  name,
  virtual_hosts: [
    {
      name: 'all',
      domains: ['*'],
      routes: [
        { match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: `${name}\n` } } },
      ],
    },
  ],
});
const keyOf = (...fragments: string[]): Fields => ({
  fragments: fragments.map((string_key) => ({ string_key })),
});
const header = (name: string, more: Fields): Fields => ({ header_value_extractor: { name, ...more } });

/** What a listener's keys are made of, and the keys of its scopes. */
const KINDS: Readonly<Record<string, { fragments: Fields[]; keys: string[][] }>> = {
  whole: { fragments: [header('X-Scope', { index: 0 })], keys: [['a'], ['A'], ['a,b'], ['']] },
  host: { fragments: [header('Host', { index: 0 })], keys: [['a.example'], ['a.example:80']] },
  list: { fragments: [header('x-scope', { element_separator: ',', index: 1 })], keys: [['a'], ['b'], ['']] },
  long: {
    fragments: [header('x-scope', { element_separator: '::', index: 1 })],
    keys: [['a'], [':a'], ['a:']],
  },
  element: {
    fragments: [header('x-scope', { element_separator: ';', element: { key: 'a', separator: '=' } })],
    keys: [['1'], ['1=2'], [''], [' 1']],
  },
  single: {
    fragments: [header('x-scope', { element: { key: 'a', separator: '=' } })],
    keys: [['1'], ['1;a=2']],
  },
  both: {
    fragments: [header('x-scope', { element_separator: ',', index: 0 }), header('x-other', { index: 0 })],
    keys: [
      ['a', 'b'],
      ['b', 'a'],
      ['', ''],
      ['ab', ''],
    ],
  },
  method: { fragments: [header(':method', { index: 0 })], keys: [['GET']] },
  // The proxy itself appends to it before routes are looked for.
  client: {
    fragments: [header('x-forwarded-for', { element_separator: ',', index: 1 })],
    keys: [['127.0.0.1'], ['a']],
  },
};
const REQUESTS: readonly string[] = [
  '',
  ...['a', 'A', 'a,b', 'b,a', ',', '', 'b, a', 'a::b::a', '::', ':::a', 'x::a:', '1'].map(
    (v) => `x-scope: ${v}`,
  ),
  ...['a=1', 'b=2;a=1', 'a=1=2', 'a', 'a=', 'aa=1', ';;a=1;', 'a= 1', 'a=1;a=2', '=1'].map(
    (v) => `x-scope: ${v}`,
  ),
  ...['x-scope: b\r\nx-scope: a', 'x-scope: a\r\nx-other: b', 'x-scope: b\r\nx-other: a', 'x-other: b'],
  ...[
    'x-scope: \r\nx-other: ',
    'x-scope: ab\r\nx-other: ',
    'x-forwarded-for: 1.2.3.4',
    'x-forwarded-for: 1.2.3.4,a',
  ],
];

const log = (path: string): Fields => ({
  name: 'log',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
    path,
    log_format: {
      text_format_source: {
        inline_string: '%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %ROUTE_NAME%\n',
      },
    },
  },
});

type Side = {
  own: boolean;
  admin: number;
  ports: Record<string, number>;
  live: number;
  name: string;
  log: string;
};

const scope = (name: string, route_configuration_name: string, ...key: string[]): Fields => ({
  name,
  route_configuration_name,
  key: keyOf(...key),
});

/** A listener for each kind of key, and one whose scopes come from the server. */
function listeners(side: Side, mode: Mode): Fields[] {
  const inline = Object.entries(KINDS).map(([name, { fragments, keys }]) =>
    listener(name, side.ports[name] ?? 0, {
      access_log: [log(side.log)],
      use_remote_address: true,
      scoped_routes: {
        name: 'scopes',
        scope_key_builder: { fragments },
        scoped_route_configurations_list: {
          scoped_route_configurations: keys.map((key, i) => ({
            name: `${name}-${i}`,
            route_configuration: table(`${name}-${i}`),
            key: keyOf(...key),
          })),
        },
      },
    }),
  );
  const live = listener('live', side.live, {
    access_log: [log(side.log)],
    scoped_routes: {
      name: 'dynamic',
      scope_key_builder: { fragments: [header('x-scope', { index: 0 })] },
      rds_config_source: { ...sourceOf(mode), initial_fetch_timeout: '1s' } as Fields,
      scoped_rds: { scoped_rds_config_source: sourceOf(mode) as Fields },
    },
  });
  return [...inline, live];
}

/** Both proxies on one server, each with a snapshot of its own. */
async function setUp(t: Test, mode: Mode) {
  const cache = new SnapshotCache({ check: false });
  const server = new XdsServer(cache);
  const listening = await server.listen({ [mode === 'rest' ? 'rest' : 'grpc']: '127.0.0.1:0' });
  const port = (listening.grpc ?? listening.rest)?.port ?? 0;
  const begin = async (own: boolean): Promise<Side> => {
    const ports: Record<string, number> = {};
    for (const name of Object.keys(KINDS)) ports[name] = await freePort();
    const name = own ? 'own' : 'envoy';
    const path = join(dir.path, `${name}-${mode}.log`);
    return { own, admin: await freePort(), ports, live: await freePort(), name, log: path };
  };
  const sides = [await begin(false), await begin(true)] as const;
  const put = (version: string, scopes: Fields[], tables: string[]): void => {
    for (const { name } of sides) {
      const routes = tables.map((each) => table(each));
      cache.set(name, { scopedRoutes: scopes as never, routes: routes as never }, version);
    }
  };
  // Envoy waits for ever for a table of which a stream of changes says that it is not there.
  const missing = mode.endsWith('delta') ? [] : [scope('s3', 'none', 'c')];
  put('1', [scope('s1', 'one', 'a'), scope('s2', 'two', 'b'), ...missing], ['one', 'two']);
  const running: Running[] = [];
  t.teardown(async () => {
    for (const one of running) await one.stop();
    await server.close();
  });
  await Promise.all(
    sides.map(async (side) => {
      const { dynamic_resources, ...config } = bootstrap(mode, port, side.admin, { id: side.name });
      const ads = (dynamic_resources as { ads_config?: object }).ads_config;
      const whole = {
        ...config,
        ...(ads === undefined ? {} : { dynamic_resources: { ads_config: ads } }),
        static_resources: { ...(config.static_resources as object), listeners: listeners(side, mode) },
      };
      const flags = ['--file-flush-interval-msec', '10'];
      running.push(await runSide(side.own, whole as unknown as Fields, { admin: side.admin, dir, flags }));
    }),
  );
  return { sides, put };
}

async function seen(port: number, headers: string): Promise<string> {
  const head = headers === '' ? '' : `${headers}\r\n`;
  const host = headers === '' ? 'a.example' : 'a.example:80';
  const response = await ask(port, `GET / HTTP/1.1\r\nhost: ${host}\r\n${head}\r\n`);
  return `${response.status} ${response.body.toString()}`.trim();
}

type World = Awaited<ReturnType<typeof setUp>>;

async function keys(t: Test, { sides }: World): Promise<void> {
  for (const name of Object.keys(KINDS)) {
    for (const headers of REQUESTS) {
      const [theirs, ours] = await Promise.all(sides.map(({ ports }) => seen(ports[name] ?? 0, headers)));
      t.equal(ours, theirs, `${name} ${JSON.stringify(headers)}: ${theirs}`);
    }
  }
}

const PREFIX = 'http.live.scoped_rds.dynamic';
const fetchText = async ({ admin }: Side, path: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${admin}${path}`)).text();

async function updates(t: Test, { sides, put }: World): Promise<void> {
  const live = (key: string) => Promise.all(sides.map((side) => seen(side.live, `x-scope: ${key}`)));
  const both = async (what: string): Promise<void> => {
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      const [theirs, ours] = await live(key);
      t.equal(ours, theirs, `${what}, ${key}: ${theirs}`);
    }
  };
  /** Until both answer so. */
  const becomes = (key: string, wanted: string): Promise<unknown> =>
    eventually(`${key}: ${wanted}`, async () => (await live(key)).every((text) => text === wanted)).catch(
      async (error: Error) =>
        t.fail(`${error.message}; the last answers were ${(await live(key)).join(', ')}`),
    );
  const refused = (times: number): Promise<unknown> =>
    Promise.all(
      sides.map((side) =>
        eventually(`update ${times} to be refused by ${side.name}`, async () => {
          const text = await fetchText(side, `/stats?filter=${PREFIX}.update_rejected`);
          return Number(/: (\d+)$/m.exec(text)?.[1]) >= times;
        }),
      ),
    );
  await both('at first');
  put('2', [scope('s1', 'one', 'a'), scope('s2', 'one', 'a')], ['one', 'two']);
  await refused(1);
  await both('two scopes with one key');
  // One has another key, one goes and one comes. Envoy loses scopes that take keys over from each other.
  put('3', [scope('s1', 'one', 'e'), scope('s4', 'two', 'd')], ['one', 'two']);
  await becomes('d', '200 two');
  await becomes('e', '200 one');
  await both('other keys');
  put('4', [scope('s1', 'three', 'a'), scope('s5', 'four', 'b')], ['one', 'two', 'three', 'four']);
  await becomes('a', '200 three');
  await becomes('b', '200 four');
  await becomes('e', '404');
  await both('another table');
}

async function statistics(t: Test, { sides }: World, mode: Mode): Promise<void> {
  const read = async (side: Side): Promise<string[]> => {
    const text = await fetchText(side, '/stats?filter=scoped_rds');
    const shown = text.split('\n').filter((line) => !line.includes('update_duration'));
    const lines = shown.map((line) => line.replace(/(time(?:_ms)?): \d+$/, '$1: (time)'));
    // A refused update counts twice there where changes are streamed; how often a server is polled is a matter of time.
    const loose =
      mode === 'rest'
        ? /(attempt|success|rejected|reload): \d+/
        : mode.endsWith('delta')
          ? /(attempt): \d+/
          : /$^/;
    return lines.map((line) => line.replace(loose, '$1: (some)'));
  };
  const theirs = await read(sides[0]);
  t.match(theirs.join(), 'all_scopes: 2');
  await eventually('the same statistics', async () => `${await read(sides[1])}` === `${theirs}`).catch(
    () => undefined,
  );
  t.same(await read(sides[1]), theirs);
  const labels = async (side: Side): Promise<string[]> =>
    (await fetchText(side, '/stats/prometheus?filter=scoped_rds.*(all_scopes|update_rejected)'))
      .split('\n')
      .sort();
  t.same(
    (await labels(sides[1])).join('\n').replace(/ \d+$/gm, ''),
    (await labels(sides[0])).join('\n').replace(/ \d+$/gm, ''),
  );
}

async function dumps(t: Test, { sides }: World): Promise<void> {
  type Dump = { configs?: Record<string, unknown>[] };
  const strip = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (key, inner: unknown) => (key === 'last_updated' ? '(time)' : inner));
  const order = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  const read = async (side: Side, query: string): Promise<unknown> => {
    const dump = JSON.parse(await fetchText(side, `/config_dump${query}`)) as Dump;
    const sorted = (dump.configs ?? []).map((one) => {
      const list = one.scoped_route_configs;
      if (Array.isArray(list)) list.sort(order);
      return strip(one);
    });
    return sorted.sort(order);
  };
  for (const query of [
    '?resource=inline_scoped_route_configs',
    '?resource=dynamic_scoped_route_configs',
    '?resource=dynamic_scoped_route_configs&name_regex=s1',
    '?resource=dynamic_scoped_route_configs&name_regex=nothing',
    '?resource=static_route_configs',
  ]) {
    const [theirs, ours] = await Promise.all(sides.map((side) => read(side, query)));
    t.same(ours, theirs, query);
  }
}

async function logs(t: Test, { sides }: World): Promise<void> {
  const lines = (side: Side): string[] =>
    [...new Set(readFileSync(side.log, 'utf8').trim().split('\n'))].sort();
  await eventually('the log', () => lines(sides[0]).some((line) => line.startsWith('404')));
  await eventually('the same lines', () => `${lines(sides[1])}` === `${lines(sides[0])}`).catch(
    () => undefined,
  );
  t.same(lines(sides[1]), lines(sides[0]));
  t.ok(lines(sides[0]).includes('404 NR route_not_found -'));
}

for (const mode of MODES) {
  t.test(mode, async (t) => {
    const world = await setUp(t, mode);
    if (mode === 'ads-sotw') await keys(t, world);
    await updates(t, world);
    await statistics(t, world, mode);
    await dumps(t, world);
    await logs(t, world);
  });
}
