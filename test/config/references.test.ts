import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadBootstrap } from '../../src/config/load.ts';
import { connectionLimits, runtimeLayers, unknownRuntimeKeys } from '../../src/config/runtime.ts';
import { message } from '../tables/compile_fixtures.ts';

/** Findings of a bootstrap in YAML, as a user sees their first lines. */
async function findings(yaml: string): Promise<string[]> {
  const { findings } = await loadBootstrap(
    { path: 'a.yaml', text: yaml, yaml: '' },
    {
      unknownStatic: 'reject',
      unknownDynamic: 'reject',
      skipDeprecated: false,
      serviceCluster: '',
      serviceNode: '',
      serviceZone: '',
    },
  );
  return findings.map(({ text }) => text.split('\n')[0] as string);
}

const routes = (cluster: string, more = ''): string =>
  `{ name: rc, ${more}virtual_hosts: [{ name: v, domains: ['*'], routes: [{ match: { prefix: / }, route: { cluster: ${cluster} } }] }] }`;
const manager = (config: string): string =>
  `{ name: http, typed_config: { '@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, stat_prefix: in, ${config}, http_filters: [{ name: router, typed_config: { '@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }] } }`;
const address = (ip: string, port: number): string =>
  `address: { socket_address: { address: '${ip}', port_value: ${port} } }`;
const listener = (name: string, at: string, config = `route_config: { name: rc }`): string => `
  - name: ${name}
    ${at}
    filter_chains: [{ filters: [${manager(config)}] }]`;
const staticResources = (listeners: string, clusters = ''): string =>
  `static_resources:\n  listeners:${listeners || ' []'}\n  clusters:${clusters || ' []'}\n`;

t.test('a route to a cluster that is not there', async (t) => {
  const yaml = (to: string, more = '') =>
    staticResources(
      listener('l', address('127.0.0.1', 1), `route_config: ${routes(to, more)}`),
      '\n  - name: backend',
    );
  t.strictSame(await findings(yaml('backend')), []);
  const [error, ...others] = await findings(yaml('backnd'));
  t.strictSame(others, []);
  t.match(error, /^a\.yaml:5:\d+: error: .*there is no cluster backnd/);
  t.match(error, 'route_config.virtual_hosts[0].routes[0].route.cluster');
  t.strictSame(await findings(yaml('backnd', 'validate_clusters: false, ')), []);
});

t.test('a secret that is not there', async (t) => {
  const type = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
  const yaml = (name: string, field: string): string => `static_resources:
  secrets:
  - name: keys
    session_ticket_keys: { keys: [{ inline_string: '${'k'.repeat(80)}' }] }
  - name: people
    validation_context: {}
  clusters:
  - name: backend
    transport_socket:
      name: envoy.transport_sockets.tls
      typed_config: { '@type': ${type}, common_tls_context: { ${field}: { name: ${name} } } }
`;
  const field = 'validation_context_sds_secret_config';
  t.strictSame(await findings(yaml('people', field)), []);
  const at =
    /^a.yaml:11:182: error: .*validation_context_sds_secret_config.name: the bootstrap has no secret '/;
  const [typo, ...rest] = await findings(yaml('peeple', field));
  t.match(typo, at);
  t.strictSame(rest, []);
  // One of another kind.
  t.match((await findings(yaml('keys', field)))[0], at);
});

t.test('names that are there twice', async (t) => {
  const yaml = staticResources(
    listener('l', address('127.0.0.1', 1)) + listener('l', address('127.0.0.1', 2)),
    '\n  - name: c\n  - name: d\n  - name: c',
  );
  t.match(await findings(yaml), [
    /^a\.yaml:6:11: error: .*listeners\[1\]\.name: listener 1 has the name of listener 0/,
    /^a\.yaml:12:11: error: .*clusters\[2\]\.name: cluster 2 has the name of cluster 0/,
  ]);
});

t.test('addresses that two listeners have', async (t) => {
  const two = (a: string, b: string) => staticResources(listener('a', a) + listener('b', b));
  for (const [a, b] of [
    [address('127.0.0.1', 1), address('127.0.0.1', 1)],
    [address('::', 1), address('0::0', 1)],
    [address('127.0.0.1', 1), `${address('127.0.0.1', 1)}\n    bind_to_port: false`],
    ['address: { pipe: { path: /a } }', 'address: { pipe: { path: /a } }'],
  ] as const) {
    const [error, ...others] = await findings(two(a, b));
    t.match(error, /^a\.yaml:7:14: error: .*listeners\[1\]\.address: listener a has this address already/);
    t.strictSame(others, []);
  }
  for (const [a, b] of [
    [address('127.0.0.1', 1), address('127.0.0.2', 1)],
    [address('127.0.0.1', 1), address('0.0.0.0', 1)],
    [address('127.0.0.1', 0), address('127.0.0.1', 0)],
  ] as const) {
    t.strictSame(await findings(two(a, b)), []);
  }
  const more = `${address('127.0.0.2', 1)}\n    additional_addresses: [{ ${address('127.0.0.1', 1)} }]`;
  t.match(await findings(two(address('127.0.0.1', 1), more)), [
    /listeners\[1\]\.additional_addresses\[0\]\.address: listener a has this address already/,
  ]);
  const twice = `${address('127.0.0.1', 1)}\n    additional_addresses: [{ ${address('127.0.0.1', 1)} }]`;
  t.match(await findings(staticResources(listener('a', twice))), [/the listener has this address twice/]);
});

t.test('files that are not there', async (t) => {
  const missing = join(t.testdir(), 'missing.yaml');
  const source = `{ path_config_source: { path: ${missing} } }`;
  const rds = `rds: { route_config_name: r, config_source: ${source} }`;
  const yaml = `${staticResources(
    listener('l', address('127.0.0.1', 1), rds),
    `\n  - { name: c, type: EDS, eds_cluster_config: { eds_config: ${source} } }`,
  )}dynamic_resources: { lds_config: ${source}, cds_config: ${source} }\n`;
  const all = await findings(yaml);
  t.equal(all.length, 4);
  for (const finding of all) t.match(finding, `the file ${missing} does not exist`);
  writeFileSync(missing, 'resources: []');
  t.strictSame(await findings(yaml), []);
});

t.test('everything that is wrong comes at once', async (t) => {
  const yaml = staticResources(
    listener('l', address('localhost', 1), `route_config: ${routes('a')}`) +
      listener('l', address('127.0.0.1', 2), `route_config: ${routes('b')}`),
    '\n  - { name: c, type: LOGICAL_DNS }\n  - { name: d, type: EDS }',
  );
  const all = await findings(yaml);
  for (const part of [
    '"localhost" is not',
    'no cluster a',
    'no cluster b',
    'listener 1 has',
    '0 localities',
    'type EDS',
  ])
    t.ok(
      all.some((line) => line.includes(part)),
      part,
    );
  t.equal(all.length, 6);
});

t.test('connection limits of the runtime and the overload manager', async (t) => {
  const limits = (json: Record<string, unknown>) =>
    connectionLimits(message('envoy.config.bootstrap.v3.Bootstrap', json));
  const layers = (...values: Record<string, unknown>[]) => ({
    layered_runtime: { layers: values.map((static_layer, i) => ({ name: `l${i}`, static_layer })) },
  });
  t.equal(limits({}), undefined);
  t.equal(limits(layers({})), undefined);
  const key = 'overload.global_downstream_max_connections';
  t.strictSame(limits(layers({ [key]: 5 })), { global: 5, listeners: {} });
  t.strictSame(limits(layers({ [key]: 5 }, { overload: { global_downstream_max_connections: '6' } })), {
    global: 6,
    listeners: {},
  });
  const listeners = { 'a.b': { connection_limit: 7 }, c: { connection_limit: 8 } };
  t.strictSame(limits(layers({ envoy: { resource_limits: { listener: listeners } } })), {
    listeners: { 'a.b': 7, c: 8 },
  });
  const monitor = {
    overload_manager: {
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
            max_active_downstream_connections: 9,
          },
        },
      ],
    },
  };
  t.strictSame(limits({ ...monitor, ...layers({ [key]: 5 }) }), {
    global: 9,
    monitored: true,
    listeners: {},
  });

  const bootstrap = message(
    'envoy.config.bootstrap.v3.Bootstrap',
    layers({ a: { b: true, c: 'd' } }, { e: 1.5 }),
  );
  t.strictSame(
    runtimeLayers(bootstrap).map(({ name, values }) => [name, [...values]]),
    [
      [
        'l0',
        [
          ['a.b', true],
          ['a.c', 'd'],
        ],
      ],
      ['l1', [['e', 1.5]]],
    ],
  );
  const struct = message('google.protobuf.Struct', {
    a: { b: 1 },
    overload: { global_downstream_max_connections: 1 },
  });
  t.strictSame(unknownRuntimeKeys(struct), ['a.b']);
});
