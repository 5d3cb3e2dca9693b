/**
 * Route tables by scope: from a server in each way, and from files. What the real Envoy makes of the same is compared in
 * test/differential/scoped_routes.test.ts.
 */
// observes: envoy.config.route.v3.ScopedRouteConfiguration: route_configuration_name route_configuration key
// observes: envoy.config.route.v3.ScopedRouteConfiguration.Key: fragments
// observes: envoy.config.route.v3.ScopedRouteConfiguration.Key.Fragment: string_key
// observes: envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager: scoped_routes
// observes: envoy.extensions.filters.network.http_connection_manager.v3.ScopedRds: scoped_rds_config_source
// observes: envoy.extensions.filters.network.http_connection_manager.v3.ScopedRouteConfigurationsList: scoped_route_configurations
// observes: envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes: scope_key_builder rds_config_source scoped_route_configurations_list scoped_rds
// observes: envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder: fragments
// observes: envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder: header_value_extractor
// observes: envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor: name element_separator index element
// observes: envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor.KvElement: separator key
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SnapshotCache, XdsServer } from '../../src/xds-server/index.ts';
import {
  ask as askRaw,
  eventually,
  type Fields,
  folder,
  freePort,
  type Json,
  listener,
  start,
} from '../e2e/support.ts';
import { type Attache, bootstrap, MODES, type Mode, proxy, sourceOf } from './world.ts';

const table = (name: string): Fields => ({
  name,
  virtual_hosts: [
    {
      name: 'all',
      domains: ['*'],
      routes: [{ match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: name } } }],
    },
  ],
});
const keyOf = (...fragments: string[]): Fields => ({
  fragments: fragments.map((string_key) => ({ string_key })),
});
const scope = (name: string, route_configuration_name: string, ...key: string[]): Fields => ({
  name,
  route_configuration_name,
  key: keyOf(...key),
});
const FRAGMENTS: Fields[] = [{ header_value_extractor: { name: 'X-Scope', index: 0 } }];
const dynamic = (scopes: Json, tables: Json): Fields => ({
  scoped_routes: {
    name: 'scopes',
    scope_key_builder: { fragments: FRAGMENTS },
    rds_config_source: tables,
    scoped_rds: { scoped_rds_config_source: scopes },
  },
});

/** What a request of a scope gets: the name of its table, or a status. */
async function tableOf(port: number, headers: string): Promise<string> {
  try {
    const response = await askRaw(port, `GET / HTTP/1.1\r\nhost: a\r\n${headers}\r\n\r\n`);
    return response.status === 200 ? response.body.toString() : String(response.status);
  } catch {
    return 'nothing';
  }
}

async function becomes(port: number, key: string, wanted: string): Promise<void> {
  let last = '';
  await eventually(`${key} to be ${wanted}`, async () => {
    last = await tableOf(port, `x-scope: ${key}`);
    return last === wanted;
  }).catch((error: Error) => {
    throw new Error(`${error.message}; it is ${last}`);
  });
}

async function setUp(t: Test, mode: Mode) {
  const cache = new SnapshotCache({ check: false });
  const server = new XdsServer(cache);
  const listening = await server.listen({ [mode === 'rest' ? 'rest' : 'grpc']: '127.0.0.1:0' });
  t.teardown(() => server.close());
  const [one, two] = [await freePort(), await freePort()];
  const source = sourceOf(mode) as Fields;
  const listeners = [one, two].map((port) => listener(`l${port}`, port, dynamic(source, source)));
  const put = (version: string, scopes: Fields[], ...tables: string[]): void => {
    const resources = { listeners, scopedRoutes: scopes, routes: tables.map(table) };
    cache.set('envoy', resources as never, version);
  };
  const own = await proxy(t, (admin) =>
    bootstrap(mode, (listening.grpc ?? listening.rest)?.port ?? 0, admin),
  );
  return { put, own, ports: [one, two] as const };
}

const PREFIX = (port: number): string => `http.l${port}.scoped_rds.scopes`;

/** Requests of a scope, one after the other, until they are told to stop: each has a table. */
function watch(port: number, key: string): () => Promise<Set<string>> {
  const seen = new Set<string>();
  let going = true;
  const done = (async () => {
    while (going) seen.add(await tableOf(port, `x-scope: ${key}`));
  })();
  return async () => {
    going = false;
    await done;
    return seen;
  };
}

async function changes(t: Test, { put, own, ports }: Awaited<ReturnType<typeof setUp>>): Promise<void> {
  const [port, other] = ports;
  put('1', [scope('s1', 'one', 'a'), scope('s2', 'two', 'b')], 'one', 'two');
  await own.live();
  await becomes(port, 'a', 'one');
  await becomes(other, 'b', 'two');
  t.equal(await tableOf(port, 'x-scope: c'), '404', 'no scope has this key');
  t.equal(await tableOf(port, 'x-other: a'), '404', 'the request has none');
  const stop = watch(port, 'a');
  put(
    '2',
    [scope('s1', 'three', 'a'), scope('s2', 'two', 'b'), scope('s3', 'one', 'c')],
    'one',
    'two',
    'three',
  );
  await becomes(port, 'a', 'three');
  await becomes(port, 'c', 'one');
  t.strictSame([...(await stop())].sort(), ['one', 'three'], 'there was a table all the time');
  // The keys change places.
  put('3', [scope('s1', 'three', 'b'), scope('s2', 'two', 'a')], 'two', 'three');
  await becomes(other, 'a', 'two');
  await becomes(other, 'b', 'three');
  await becomes(other, 'c', '404');
  put('4', [scope('s1', 'three', 'b'), scope('s2', 'two', 'b')], 'two', 'three');
  await eventually('the refusal', async () => (await own.stat(`${PREFIX(port)}.update_rejected`)) > 0);
  await eventually('a word about it', () =>
    /scope key conflict found, first scope is 's[12]', second scope is 's[12]'/.test(own.output),
  );
  t.equal(await tableOf(port, 'x-scope: a'), 'two', 'a refused update changes nothing');
  put('4a', [scope('s1', '', 'b')], 'two', 'three');
  await eventually('a word about it', () => /route_configuration_name is empty/.test(own.output));
  t.equal(await tableOf(port, 'x-scope: a'), 'two', 'nor does one with a scope that has no table');
  put('5', [], 'two', 'three');
  await becomes(port, 'a', '404');
  await becomes(other, 'b', '404');
  t.equal(await own.stat(`${PREFIX(other)}.all_scopes`), 0);
}

for (const mode of MODES) {
  t.test(mode, async (t) => {
    const world = await setUp(t, mode);
    await changes(t, world);
    await gone(t, world);
  });
}

/** Listeners that go let go of what they have subscribed to. */
async function gone(t: Test, { own }: { own: Attache }): Promise<void> {
  const dump = await own.json('/config_dump?resource=dynamic_scoped_route_configs');
  t.equal((dump.configs as unknown[]).length, 1, 'listeners share a source');
}

t.test('files and listeners', async (t) => {
  const dir = folder();
  t.teardown(() => dir.remove());
  const typed = (type: string, list: Fields[]): Fields[] =>
    list.map((each) => ({ '@type': `type.googleapis.com/envoy.config.route.v3.${type}`, ...each }));
  const put = (name: string, resources: Fields[]): string =>
    dir.write(name, { version_info: '1', resources });
  put('scopes.json', typed('ScopedRouteConfiguration', [scope('s1', 'one', 'a'), scope('s2', 'none', 'b')]));
  put('tables.json', typed('RouteConfiguration', [table('one'), table('two')]));
  const file = (name: string): Fields => ({
    path_config_source: { path: join(dir.path, name) },
    initial_fetch_timeout: '0.2s',
  });
  const inline = (fragment: Fields, ...keys: string[]): Fields => ({
    scoped_routes: {
      name: 'inline',
      scope_key_builder: { fragments: [{ header_value_extractor: { name: 'x-scope', ...fragment } }] },
      scoped_route_configurations_list: {
        scoped_route_configurations: keys.map((key) => ({
          name: key,
          route_configuration: table(`the ${key}`),
          key: keyOf(key),
        })),
      },
    },
  });
  const [admin, port, index, element] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const running = await start(
    {
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
      static_resources: {
        listeners: [
          listener('files', port, dynamic(file('scopes.json'), file('tables.json'))),
          listener('index', index, inline({ element_separator: ',', index: 1 }, 'a', 'b')),
          listener('element', element, inline({ element: { key: 'k', separator: '=' } }, 'a', 'b')),
        ],
      },
    },
    [port],
  );
  t.teardown(() => running.stop());
  await becomes(port, 'a', 'one');
  await becomes(port, 'b', '404');
  await becomes(index, 'a,b', 'the b');
  await becomes(index, 'b,a', 'the a');
  await becomes(index, 'a', '404');
  await becomes(element, 'k=b', 'the b');
  await becomes(element, 'a=k', '404');
  put('scopes.json', typed('ScopedRouteConfiguration', [scope('s1', 'two', 'a'), scope('s2', 'one', 'b')]));
  await becomes(port, 'a', 'two');
  await becomes(port, 'b', 'one');
});
