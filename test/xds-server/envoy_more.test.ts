// The real Envoy: what it refuses, a control plane that goes and comes back, and the other types of resources.
import t, { type Test } from 'tap';
import {
  any,
  type Cluster,
  type HttpConnectionManager,
  LinearCache,
  type Listener,
  MuxCache,
  Resource,
  SnapshotCache,
  type Source,
  XdsServer,
} from '../../src/xds-server/index.ts';
import { Authority, pem } from '../e2e/certificates.ts';
import { eventually, freePort } from '../e2e/support.ts';
import { cluster, endpoints, listener, route } from './client.ts';
import { answers, ask, bootstrap, Envoy, envoyBinary, type Mode, origin, sourceOf, world } from './envoy.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

async function setUp(test: Test, mode: Mode, source: Source, more: { layer?: string } = {}) {
  const nacks: string[] = [];
  const acks: string[] = [];
  const make = () =>
    new XdsServer(source, {
      callbacks: {
        onNack: (_stream, { error }) => nacks.push(error.message),
        onAck: (_stream, { typeUrl }) => acks.push(typeUrl.replace(/.*\./, '')),
      },
    });
  const current = { server: make() };
  const xds = await freePort();
  await current.server.listen({ grpc: `127.0.0.1:${xds}` });
  const [one, two] = [await origin('one'), await origin('two')];
  const port = await freePort();
  const envoy = await Envoy.start(binary as string, (admin) => bootstrap(mode, xds, admin, more));
  test.teardown(async () => {
    await envoy.stop();
    await current.server.close();
    one.close();
    two.close();
  });
  const restart = async (): Promise<void> => {
    current.server = make();
    await current.server.listen({ grpc: `127.0.0.1:${xds}` });
  };
  return { envoy, port, one, two, nacks, acks, current, restart };
}

for (const mode of ['ads-sotw', 'ads-delta', 'grpc', 'delta'] as const) {
  t.test(`${mode}: a version that it refuses, and the next good one`, async (t) => {
    const cache = new SnapshotCache();
    const { port, one, two, nacks, current } = await setUp(t, mode, cache);
    cache.set('envoy', world(mode, port, one.port), '1');
    await answers(port, '200 1 one');
    const next = world(mode, port, two.port, 'a', '2');
    // Nothing that the API itself forbids: only Envoy finds that there is no such filter.
    const bad: Listener = {
      ...(next.listeners[0] as Listener),
      filter_chains: [
        { filters: [{ name: 'x', typed_config: any('google.protobuf.Struct', { value: {} }) }] },
      ],
    };
    cache.set('envoy', { ...next, listeners: [bad], routes: [] }, '2');
    await eventually('a refusal', () => nacks.length > 0);
    t.match(nacks[0], /Error adding\/updating listener\(s\) main/);
    await answers(port, '200 1 two');
    t.match(
      current.server.clients()[0]?.subscriptions.find(({ typeUrl }) => typeUrl.endsWith('Listener'))?.refusal
        ?.error.message,
      /main/,
    );
    cache.set('envoy', next, '3');
    await answers(port, '200 2 two');
    await current.server.settled();
    t.equal(nacks.length, 1);
    t.ok(current.server.clients()[0]?.subscriptions.every(({ refusal }) => refusal === undefined));
  });

  t.test(`${mode}: the control plane goes and comes back with something else`, async (t) => {
    const cache = new SnapshotCache();
    const { port, one, two, nacks, current, restart } = await setUp(t, mode, cache);
    cache.set('envoy', world(mode, port, one.port), '1');
    await answers(port, '200 1 one');
    await current.server.close();
    t.equal(await ask(port), '200 1 one', 'it goes on with what it has');
    cache.set('envoy', world(mode, port, two.port, 'b', '2'), '2');
    await restart();
    await answers(port, '200 2 two');
    await current.server.settled();
    cache.set('envoy', world(mode, port, one.port, 'b', '3'), '3');
    await answers(port, '200 3 one');
    t.same(nacks, []);
  });
}

for (const mode of ['ads-sotw', 'ads-delta', 'grpc', 'delta'] as const) {
  t.test(`${mode}: scopes, secrets, extensions, runtime`, async (t) => {
    const source = sourceOf(mode);
    const authority = new Authority();
    t.teardown(() => authority.remove());
    const cache = new SnapshotCache({ check: false });
    const more = { layer: 'rt' };
    const { envoy, port, one, two, nacks, acks, current } = await setUp(t, mode, cache, more);
    const set = (to: string, seconds: number, version: string): void => {
      const pair = authority.issue(`server-${version}`, { san: 'DNS:localhost' });
      cache.set(
        'envoy',
        {
          clusters: [cluster('one', edsOf(source)), cluster('two', edsOf(source))],
          endpoints: [endpoints('one', one.port), endpoints('two', two.port)],
          listeners: [scopedListener(port, source)],
          scopedRoutes: [
            { name: 's', route_configuration_name: 'r', key: { fragments: [{ string_key: 'a' }] } },
          ],
          routes: [route('r', to)],
          secrets: [
            {
              name: 'cert',
              tls_certificate: {
                certificate_chain: { inline_string: pem(pair.cert) },
                private_key: { inline_string: pem(pair.key) },
              },
            },
          ],
          extensions: [
            {
              name: 'mutation',
              typed_config: {
                '@type':
                  'type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation',
                mutations: {
                  response_mutations: [{ append: { header: { key: 'x-generation', value: version } } }],
                },
              },
            },
          ],
          runtimes: [{ name: 'rt', layer: { 'tests.value': seconds } }],
        },
        version,
      );
    };
    set('one', 1, '1');
    const secure = async (): Promise<string> => {
      const { request } = await import('node:https');
      return new Promise((resolve) => {
        const sent = request(
          { port, host: '127.0.0.1', rejectUnauthorized: false, headers: { 'x-scope': 'a' }, agent: false },
          (response) => {
            const socket = response.socket as import('node:tls').TLSSocket;
            const { subject } = socket.getPeerCertificate();
            let body = '';
            response.on('data', (bytes: Buffer) => {
              body += bytes.toString();
            });
            response.on('end', () =>
              resolve(`${response.headers['x-generation']} ${body} ${String(subject.CN)}`),
            );
          },
        );
        sent.on('error', () => resolve('nothing'));
        sent.end();
      });
    };
    const sees = (wanted: string): Promise<unknown> => {
      let last = '';
      return eventually(wanted, async () => {
        last = await secure();
        return last === wanted;
      }).catch((error: unknown) => t.fail(`${String(error)}: ${last}; ${nacks.join()}`));
    };
    await sees('1 one server-1');
    set('two', 2, '2');
    await sees('2 two server-2');
    await current.server.settled();
    t.same(nacks, []);
    await eventually('the runtime', async () => /"tests.value"[^}]*"2"/.test(await envoy.get('/runtime')));
    for (const type of ['Secret', 'ScopedRouteConfiguration', 'TypedExtensionConfig', 'Runtime'])
      t.ok(acks.includes(type), type);
    t.match(await envoy.get('/stats?filter=sds'), /update_success: 2/);
  });
}

const edsOf = (eds_config: object): Cluster => ({ eds_cluster_config: { eds_config } });

/** TLS with a certificate from SDS, scoped routes, a filter from ECDS. */
function scopedListener(port: number, source: object): Listener {
  const manager: HttpConnectionManager & { '@type': string } = {
    '@type':
      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: 'scoped',
    scoped_routes: {
      name: 'scopes',
      scope_key_builder: {
        fragments: [{ header_value_extractor: { name: 'x-scope', element: { separator: ';', key: 'a' } } }],
      },
      rds_config_source: source,
      scoped_rds: { scoped_rds_config_source: source },
    },
    http_filters: [
      {
        name: 'mutation',
        config_discovery: {
          config_source: source,
          type_urls: ['type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation'],
        },
      },
      {
        name: 'router',
        typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
      },
    ],
  };
  // The value of the header is the key itself.
  const fragments = [{ header_value_extractor: { name: 'x-scope', element_separator: '', index: 0 } }];
  const scoped_routes = { ...manager.scoped_routes, scope_key_builder: { fragments } };
  return {
    ...listener('scoped', port, ''),
    filter_chains: [
      {
        filters: [{ name: 'http', typed_config: { ...manager, scoped_routes } as never }],
        transport_socket: {
          name: 'tls',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
            common_tls_context: {
              tls_certificate_sds_secret_configs: [{ name: 'cert', sds_config: source }],
            },
          },
        },
      },
    ],
  };
}

t.test('virtual hosts on demand', async (t) => {
  const asked: string[] = [];
  const domain = (name: string): Resource =>
    Resource.of(
      'virtualHosts',
      {
        name: `main/${name}`,
        domains: [name],
        routes: [{ match: { prefix: '/' }, route: { cluster: 'a' } }],
      },
      { aliases: [`main/${name}`] },
    );
  const hosts = new LinearCache('virtualHosts', [domain('a.example')], {
    onDemand: (names) => {
      asked.push(...names);
      for (const name of names)
        if (name.endsWith('b.example')) hosts.set(domain(name.slice(name.indexOf('/') + 1)));
    },
  });
  const cache = new SnapshotCache({ check: false });
  const source = new MuxCache({ types: { virtualHosts: hosts }, fallback: cache });
  const { port, one, nacks } = await setUp(t, 'delta', source);
  const all = world('delta', port, one.port);
  const vhds = { config_source: sourceOf('delta') };
  const manager = (all.listeners[0] as Listener).filter_chains?.[0]?.filters?.[0]
    ?.typed_config as HttpConnectionManager;
  const onDemand = {
    name: 'envoy.filters.http.on_demand',
    typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.on_demand.v3.OnDemand' },
  };
  cache.set('envoy', {
    ...all,
    routes: [{ name: 'main', vhds }],
    listeners: [
      {
        ...(all.listeners[0] as Listener),
        filter_chains: [
          {
            filters: [
              {
                name: 'http',
                typed_config: {
                  ...manager,
                  http_filters: [onDemand, ...(manager.http_filters ?? [])],
                } as never,
              },
            ],
          },
        ],
      },
    ],
  });
  const get = async (host: string): Promise<string> => {
    const http = await import('node:http');
    return new Promise((resolve) => {
      const sent = http.get({ port, host: '127.0.0.1', headers: { host }, agent: false }, (response) => {
        let body = '';
        response.on('data', (bytes: Buffer) => {
          body += bytes.toString();
        });
        response.on('end', () => resolve(`${response.statusCode} ${body}`));
      });
      sent.on('error', () => resolve('nothing'));
    });
  };
  await eventually('the host that is there', async () => (await get('a.example')) === '200 one');
  t.equal(await get('b.example'), '200 one', 'made when it was asked for');
  t.equal(await get('c.example'), '404 ', 'nothing stands behind it');
  t.ok(asked.includes('main/b.example') && asked.includes('main/c.example'), asked.join());
  hosts.delete('main/a.example');
  await eventually('the host to go', async () => (await get('a.example')) === '404 ');
  t.same(nacks, []);
});

t.test('a collection of clusters, by its xdstp name', async (t) => {
  const name = (each: string): string => `xdstp://tests/envoy.config.cluster.v3.Cluster/all/${each}`;
  const [one, two] = [await origin('one'), await origin('two')];
  const fixed = (to: number): Cluster => ({
    ...cluster(name('a'), { type: 'STATIC', load_assignment: endpoints(name('a'), to) }),
    eds_cluster_config: undefined,
  });
  const clusters = new LinearCache('clusters', [fixed(one.port)]);
  const rest = new SnapshotCache({ check: false });
  const nacks: string[] = [];
  const server = new XdsServer(new MuxCache({ types: { clusters }, fallback: rest }), {
    callbacks: { onNack: (_stream, { error }) => nacks.push(error.message) },
  });
  const { grpc } = await server.listen({ grpc: '127.0.0.1:0' });
  const port = await freePort();
  rest.set('envoy', { listeners: [listener('l', port, 'r')], routes: [route('r', name('a'))] });
  const envoy = await Envoy.start(binary as string, (admin) => {
    const config = bootstrap('ads-delta', grpc?.port ?? 0, admin);
    const dynamic = config.dynamic_resources as Record<string, unknown>;
    return { ...config, dynamic_resources: { ...dynamic, cds_resources_locator: name('*') } };
  });
  t.teardown(async () => {
    await envoy.stop();
    await server.close();
    one.close();
    two.close();
  });
  await answers(port, '200 - one');
  clusters.set(fixed(two.port));
  await answers(port, '200 - two');
  clusters.delete(name('a'));
  await answers(port, '503 - ');
  t.same(nacks, []);
});
