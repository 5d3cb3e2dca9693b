import t from 'tap';
import type { AdminContext } from '../../src/admin/context.ts';
import { handle as clusters } from '../../src/admin/endpoints/clusters.ts';
import { handle as dump } from '../../src/admin/endpoints/config_dump.ts';
import { handle as drain } from '../../src/admin/endpoints/drain_listeners.ts';
import { handle as initDump } from '../../src/admin/endpoints/init_dump.ts';
import type { EntryView, PlaneView, VersionView } from '../../src/admin/plane_view.ts';
import { Query } from '../../src/admin/query.ts';
import type { Handler } from '../../src/admin/reply.ts';
import { bytesOf, fakeContext, plane, table } from './fake_context.ts';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const LISTENER = 'envoy.config.listener.v3.Listener';
const TIME = Date.UTC(2026, 10, 3, 4, 5, 6, 789);

const version = <P>(
  type: string,
  json: { name: string },
  payload: P,
  own: Partial<VersionView<P>> = {},
): VersionView<P> => ({
  name: json.name,
  hash: 'h',
  bytes: bytesOf(type, json),
  version: '',
  lastUpdated: TIME,
  payload,
  ...own,
});

const text = (handle: Handler, context: AdminContext, query: string): string => {
  const { body } = handle(context, new Query(query));
  return typeof body === 'string' ? body : [...body].join('');
};
const json = (handle: Handler, context: AdminContext, query = ''): never =>
  JSON.parse(text(handle, context, query)) as never;

type ClusterPayload = NonNullable<ReturnType<PlaneView['clusters']['get']>>['active'] extends
  | VersionView<infer P>
  | undefined
  ? P
  : never;
const STATIC: ClusterPayload = { discovery: { kind: 'static' }, statName: 'c' };

t.test('versions in every state, with the errors of the last attempt', async (t) => {
  const active = version(CLUSTER, { name: 'c' }, STATIC, { version: 'v1' });
  const warming = version(CLUSTER, { name: 'c', connect_timeout: '3s' } as { name: string }, STATIC, {
    version: 'v2',
  });
  const entry: EntryView<ClusterPayload> = {
    name: 'c',
    source: 'dynamic',
    active,
    warming,
    draining: [],
    error: {
      version: 'v3',
      details: 'no',
      lastUpdateAttempt: TIME + 211,
      bytes: bytesOf(CLUSTER, { name: 'bad' }),
    },
  };
  const routes = { routes: [] };
  const listener = version(LISTENER, { name: 'l' }, routes, { version: 'l1' });
  const listeners: EntryView<typeof routes> = {
    name: 'l',
    source: 'dynamic',
    active: undefined,
    warming: listener,
    draining: [version(LISTENER, { name: 'l', traffic_direction: 'OUTBOUND' } as { name: string }, routes)],
  };
  const context = fakeContext({
    plane: plane({ clusters: table([entry], 'v2'), listeners: table([listeners], 'l1') }),
  });
  const cluster = (name: string, more: object = {}): object => ({
    '@type': `type.googleapis.com/${CLUSTER}`,
    name,
    ...more,
  });
  const error_state = {
    failed_configuration: cluster('bad'),
    last_update_attempt: '2026-11-03T04:05:07Z',
    details: 'no',
    version_info: 'v3',
  };
  const last_updated = '2026-11-03T04:05:06.789Z';
  t.same((json(dump, context) as { configs: unknown[] }).configs.slice(1, 3), [
    {
      '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
      version_info: 'v2',
      dynamic_active_clusters: [{ version_info: 'v1', cluster: cluster('c'), last_updated, error_state }],
      dynamic_warming_clusters: [
        { version_info: 'v2', cluster: cluster('c', { connect_timeout: '3s' }), last_updated, error_state },
      ],
    },
    {
      '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
      version_info: 'l1',
      dynamic_listeners: [
        {
          name: 'l',
          warming_state: {
            version_info: 'l1',
            listener: { '@type': `type.googleapis.com/${LISTENER}`, name: 'l' },
            last_updated,
          },
          draining_state: {
            listener: {
              '@type': `type.googleapis.com/${LISTENER}`,
              name: 'l',
              traffic_direction: 'OUTBOUND',
            },
            last_updated,
          },
        },
      ],
    },
  ]);
  t.same(json(dump, context, 'resource=dynamic_warming_clusters&mask=version_info'), {
    configs: [
      { '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump.DynamicCluster', version_info: 'v2' },
    ],
  });
  t.same(json(initDump, context), {
    unready_targets_dumps: [
      { name: 'init manager Server', target_names: ['target Cluster c'] },
      { name: 'init manager Listener-local-init-manager l h', target_names: [] },
    ],
  });
});

t.test('the text is what JSON.stringify makes of the whole', async (t) => {
  const entries = ['a', 'b'].map(
    (name): EntryView<ClusterPayload> => ({
      name,
      source: 'static',
      active: version(CLUSTER, { name, lb_policy: 'RANDOM' } as { name: string }, STATIC),
      draining: [],
    }),
  );
  const context = fakeContext({
    plane: plane({ clusters: table(entries) }),
    bootstrap: { bytes: bytesOf('envoy.config.bootstrap.v3.Bootstrap', { node: { id: 'x' } }), loaded: TIME },
  });
  for (const query of [
    '',
    'resource=static_clusters',
    'name_regex=a',
    'mask=static_clusters',
    'include_eds',
  ]) {
    const body = text(dump, context, query);
    t.equal(body, `${JSON.stringify(JSON.parse(body), null, 1)}\n`, query);
  }
  t.equal(text(dump, context, 'resource=dynamic_active_clusters'), '{}\n');
  t.match(json(dump, context, 'mask=bootstrap.node.id'), { configs: [{ bootstrap: { node: { id: 'x' } } }] });
});

t.test('a bootstrap in pieces is the bootstrap', async (t) => {
  const BOOTSTRAP = 'envoy.config.bootstrap.v3.Bootstrap';
  const clusters = ['a', 'b'].map((name) => ({ name, connect_timeout: '2s' }));
  const listeners = [{ name: 'l', traffic_direction: 'INBOUND' }];
  const secrets = [{ name: 's' }];
  const node = { id: 'n', locality: { zone: 'z' } };
  const stats_flush_interval = '3s';
  const cases: object[] = [
    {},
    { node },
    { stats_flush_interval },
    { node, stats_flush_interval },
    { static_resources: { clusters } },
    { node, static_resources: { listeners, clusters, secrets }, stats_flush_interval, cluster_manager: {} },
    { static_resources: { secrets } },
    { node, static_resources: { listeners, secrets }, stats_flush_interval },
  ];
  for (const bootstrap of cases) {
    const context = fakeContext({ bootstrap: { bytes: bytesOf(BOOTSTRAP, bootstrap), loaded: TIME } });
    const body = text(dump, context, '');
    const whole = JSON.parse(body) as { configs: { bootstrap: object }[] };
    t.equal(body, `${JSON.stringify(whole, null, 1)}\n`);
    t.same(whole.configs[0]?.bootstrap, bootstrap);
    t.match(json(dump, context, 'mask=bootstrap'), { configs: [{ bootstrap }] });
  }
});

t.test('secrets are not shown', async (t) => {
  const config = {
    name: 'c',
    transport_socket: {
      name: 'tls',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
        common_tls_context: { tls_certificates: [{ private_key: { inline_string: 'very secret' } }] },
      },
    },
  };
  const entry: EntryView<ClusterPayload> = {
    name: 'c',
    source: 'static',
    active: version(CLUSTER, config, STATIC),
    draining: [],
  };
  const body = text(dump, fakeContext({ plane: plane({ clusters: table([entry]) }) }), '');
  t.notMatch(body, /very secret/);
  t.match(body, /"inline_string": "\[redacted\]"/);
});

t.test('/clusters: limits and hosts', async (t) => {
  const config = {
    name: 'c',
    circuit_breakers: { thresholds: [{ priority: 'HIGH', max_connections: 7 }, { max_retries: 0 }] },
  };
  const host = {
    address: '10.0.0.1:80',
    hostname: 'h',
    weight: 3,
    priority: 1,
    health: 5,
    region: 'r',
    zone: '',
    subZone: 's',
  };
  const active = version(CLUSTER, config, {
    ...STATIC,
    statName: 'alt',
    discovery: { kind: 'eds', serviceName: 'svc', source: { path: '', initialFetchTimeoutMs: 0 } },
  } as ClusterPayload);
  const context = fakeContext({
    plane: plane({
      clusters: table([{ name: 'c', source: 'dynamic', active, draining: [] }]),
      clusterManager: { active: () => new Map([['c', { version: active, hosts: [host] }]]) },
    }),
    hostValues: (cluster, address) =>
      cluster === 'c' && address === '10.0.0.1:80' ? Float64Array.of(1, 2, 3, 4, 5, 6, 7, -1, 9) : undefined,
  });
  t.same(text(clusters, context, '').split('\n').slice(0, -1), [
    'c::observability_name::alt',
    'c::default_priority::max_connections::1024',
    'c::default_priority::max_pending_requests::1024',
    'c::default_priority::max_requests::1024',
    'c::default_priority::max_retries::0',
    'c::high_priority::max_connections::7',
    'c::high_priority::max_pending_requests::1024',
    'c::high_priority::max_requests::1024',
    'c::high_priority::max_retries::3',
    'c::added_via_api::true',
    'c::eds_service_name::svc',
    'c::10.0.0.1:80::cx_active::7',
    'c::10.0.0.1:80::cx_connect_fail::1',
    'c::10.0.0.1:80::cx_total::2',
    'c::10.0.0.1:80::rq_active::0',
    'c::10.0.0.1:80::rq_error::3',
    'c::10.0.0.1:80::rq_pending_active::9',
    'c::10.0.0.1:80::rq_success::4',
    'c::10.0.0.1:80::rq_timeout::5',
    'c::10.0.0.1:80::rq_total::6',
    'c::10.0.0.1:80::hostname::h',
    'c::10.0.0.1:80::health_flags::/degraded_eds_health',
    'c::10.0.0.1:80::weight::3',
    'c::10.0.0.1:80::region::r',
    'c::10.0.0.1:80::zone::',
    'c::10.0.0.1:80::sub_zone::s',
    'c::10.0.0.1:80::canary::false',
    'c::10.0.0.1:80::priority::1',
    'c::10.0.0.1:80::success_rate::-1',
    'c::10.0.0.1:80::local_origin_success_rate::-1',
  ]);
  t.match(json(clusters, context, 'format=json&filter=^c$'), {
    cluster_statuses: [
      {
        name: 'c',
        added_via_api: true,
        host_statuses: [
          {
            address: { socket_address: { address: '10.0.0.1', port_value: 80 } },
            stats: [{ name: 'cx_connect_fail', value: '1' }],
            health_status: { eds_health_status: 'DEGRADED' },
            weight: 3,
            priority: 1,
            locality: { region: 'r', sub_zone: 's' },
          },
        ],
        circuit_breakers: { thresholds: [{ max_retries: 0 }, { priority: 'HIGH', max_connections: 7 }] },
        eds_service_name: 'svc',
      },
    ],
  });
});

t.test('/drain_listeners?inboundonly names the inbound ones', async (t) => {
  const payload = { routes: [] };
  const entry = (name: string, traffic_direction: string): EntryView<typeof payload> => ({
    name,
    source: 'static',
    active: version(LISTENER, { name, traffic_direction } as { name: string }, payload),
    draining: [],
  });
  const all = [entry('in', 'INBOUND'), entry('out', 'OUTBOUND'), entry('any', 'UNSPECIFIED')];
  const context = fakeContext({ plane: plane({ listeners: table(all) }) });
  t.equal(text(drain, context, 'inboundonly&graceful'), 'OK\n');
  t.same(context.calls, ['drain {"names":["in"],"graceful":true,"skipExit":false}']);
});
