import t from 'tap';
import { Diagnostics } from '../../src/api/diagnostics.ts';
import { checkAssignment, checkCluster } from '../../src/tables/cluster_checks.ts';
import { compileCluster } from '../../src/tables/cluster_compiler.ts';
import { compileEndpointsRecord } from '../../src/tables/endpoints_compiler.ts';
import { AddressFamily, HostHealth, LbPolicy } from '../../src/tables/generated/layout.ts';
import { TlsContexts } from '../../src/tls/contexts.ts';
import { any, found, type Json, message, read, socket } from './compile_fixtures.ts';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const ASSIGNMENT = 'envoy.config.endpoint.v3.ClusterLoadAssignment';
const HTTP = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const cluster = (fields: Json = {}) => {
  const diagnostics = new Diagnostics();
  const tls = new TlsContexts(diagnostics, () => new Uint8Array());
  return read(
    compileCluster(message(CLUSTER, { name: 'c', ...fields }), { diagnostics, tls, env: {}, path: [] }),
  );
};
const http = (fields: Json): Json => ({
  typed_extension_protocol_options: {
    [HTTP]: any('upstreams.http.v3.HttpProtocolOptions', {
      explicit_http_config: { http_protocol_options: {} },
      ...fields,
    }),
  },
});

t.test("Envoy's defaults", async (t) => {
  const thresholds = {
    max_connections: 1024,
    max_pending_requests: 1024,
    max_requests: 1024,
    max_retries: 3,
  };
  t.strictSame(cluster(), {
    name: 'c',
    stats: 'c',
    endpoints: 'c',
    connect_timeout_ms: 5000,
    idle_timeout_ms: 3_600_000,
    per_connection_buffer_limit: 1 << 20,
    max_response_headers_kb: 60,
    max_response_headers_count: 100,
    panic_threshold: 50,
    choice_count: 2,
    active_request_bias: 1,
    default_priority: thresholds,
    high_priority: thresholds,
  });
});

t.test('times and limits', async (t) => {
  t.match(cluster({ connect_timeout: '0.0001s' }), { connect_timeout_ms: 1 });
  t.match(cluster({ connect_timeout: '1.5s' }), { connect_timeout_ms: 1500 });
  t.notOk('idle_timeout_ms' in cluster({ common_http_protocol_options: { idle_timeout: '0s' } }));
  // 60 days do not fit 32 bits of milliseconds.
  const long = cluster({ common_http_protocol_options: { idle_timeout: '5184000s' } });
  t.match(long, { idle_timeout_ms: 0xffffffff });
  t.match(cluster({ per_connection_buffer_limit_bytes: 0 }), { per_connection_buffer_limit: 0xffffffff });
  t.match(cluster({ per_connection_buffer_limit_bytes: 5 }), { per_connection_buffer_limit: 5 });
  t.match(cluster({ common_lb_config: { healthy_panic_threshold: { value: 33.4 } } }), {
    panic_threshold: 33,
  });
  t.notOk('panic_threshold' in cluster({ common_lb_config: { healthy_panic_threshold: {} } }));
});

t.test('the typed protocol options make the old fields void', async (t) => {
  const old = {
    common_http_protocol_options: { idle_timeout: '7s', max_headers_count: 7 },
    http_protocol_options: { enable_trailers: true },
  };
  t.match(cluster(old), { idle_timeout_ms: 7000, max_response_headers_count: 7, enable_trailers: true });
  const typed = cluster({ ...old, ...http({}) });
  t.match(typed, { idle_timeout_ms: 3_600_000, max_response_headers_count: 100 });
  t.notOk('enable_trailers' in typed);
  const both = cluster({
    ...old,
    ...http({
      common_http_protocol_options: { idle_timeout: '9s', max_response_headers_kb: 9 },
      explicit_http_config: { http_protocol_options: { enable_trailers: true } },
    }),
  });
  t.match(both, { idle_timeout_ms: 9000, max_response_headers_kb: 9, enable_trailers: true });

  const own = { max_requests_per_connection: 5 };
  t.match(cluster(own), { max_requests_per_connection: 5 });
  t.match(cluster({ ...own, ...http({}) }), { max_requests_per_connection: 5 });
  const fewer = http({ common_http_protocol_options: { max_requests_per_connection: 2 } });
  t.match(cluster({ ...own, ...fewer }), { max_requests_per_connection: 2 });
});

t.test('load balancing', async (t) => {
  const typed = (name: string, fields: Json = {}): Json => ({
    load_balancing_policy: {
      policies: [
        {
          typed_extension_config: {
            name: 'lb',
            typed_config: any(`load_balancing_policies.${name}`, fields),
          },
        },
      ],
    },
  });
  const bias = { default_value: 0.5, runtime_key: 'key' };
  t.match(cluster({ lb_policy: 'RANDOM' }), { lb_policy: LbPolicy.Random });
  t.match(cluster({ lb_policy: 'LEAST_REQUEST' }), { lb_policy: LbPolicy.LeastRequest, choice_count: 2 });
  const config = { least_request_lb_config: { choice_count: 5, active_request_bias: bias } };
  t.match(cluster({ lb_policy: 'LEAST_REQUEST', ...config }), { choice_count: 5, active_request_bias: 0.5 });
  t.match(cluster({ lb_policy: 'RANDOM', ...config }), { lb_policy: LbPolicy.Random, choice_count: 2 });
  const least = 'least_request.v3.LeastRequest';
  t.match(cluster(typed(least, { choice_count: 4, active_request_bias: bias })), {
    lb_policy: LbPolicy.LeastRequest,
    choice_count: 4,
    active_request_bias: 0.5,
  });
  t.match(cluster(typed('random.v3.Random')), { lb_policy: LbPolicy.Random });
  const ring = { minimum_ring_size: 1024, maximum_ring_size: 1 << 23, ring_stats: 'c' };
  t.match(cluster({ lb_policy: 'RING_HASH' }), { lb_policy: LbPolicy.RingHash, hashing: ring });
  t.match(cluster(typed('ring_hash.v3.RingHash')), { lb_policy: LbPolicy.RingHash, hashing: ring });
  const table = { table_size: 65_537, maglev_stats: 'c' };
  t.match(cluster({ lb_policy: 'MAGLEV' }), { lb_policy: LbPolicy.Maglev, hashing: table });
  t.notOk('hashing' in cluster({ lb_policy: 'RANDOM', maglev_lb_config: { table_size: 101 } }));
  t.notOk('slow_start' in cluster({ round_robin_lb_config: { slow_start_config: {} } }), 'without a window');
  const slow = { slow_start_config: { slow_start_window: '1.5s' } };
  t.match(cluster({ round_robin_lb_config: slow }), {
    slow_start: { window_ms: 1500n, aggression: 1, min_weight: 0.1 },
  });
  // The list counts, whatever the enum says.
  const robin = typed('round_robin.v3.RoundRobin');
  t.notOk('lb_policy' in cluster({ lb_policy: 'RANDOM', ...robin }), 'ROUND_ROBIN is 0');
});

t.test('circuit breakers by priority; the first of a priority counts', async (t) => {
  const made = cluster({
    circuit_breakers: {
      thresholds: [
        { max_requests: 5, max_connections: 0 },
        { priority: 'HIGH', max_pending_requests: 6 },
        { max_requests: 7 },
      ],
    },
  });
  t.strictSame(made.default_priority, { max_pending_requests: 1024, max_requests: 5, max_retries: 3 });
  t.match(made.high_priority, { max_pending_requests: 6, max_requests: 1024 });
});

t.test('keepalive: 0 turns it off', async (t) => {
  const made = (tcp_keepalive: Json) => cluster({ upstream_connection_options: { tcp_keepalive } }).keepalive;
  t.strictSame(made({}), {});
  t.strictSame(made({ keepalive_time: 7 }), { time_s: 7 });
  t.strictSame(made({ keepalive_probes: 1, keepalive_time: 2, keepalive_interval: 3 }), {
    probes: 1,
    time_s: 2,
    interval_s: 3,
  });
  t.equal(made({ keepalive_probes: 0, keepalive_time: 7 }), undefined);
});

t.test('names of statistics and of the endpoint set', async (t) => {
  t.match(cluster({ alt_stat_name: 'other' }), { stats: 'other', endpoints: 'c' });
});

t.test('endpoints', async (t) => {
  const host = (address: Json, fields: Json = {}, endpoint: Json = {}): Json => ({
    endpoint: { address, ...endpoint },
    ...fields,
  });
  const assignment = message(ASSIGNMENT, {
    cluster_name: 'service',
    endpoints: [
      {
        locality: { region: 'r', zone: 'z', sub_zone: 's' },
        load_balancing_weight: 9,
        lb_endpoints: [
          host(socket('10.1.2.3', 80), { load_balancing_weight: 5 }, { hostname: 'a.example' }),
          host(socket('::ffff:10.0.0.1', 81), { health_status: 'DRAINING' }),
        ],
      },
      {
        priority: 1,
        lb_endpoints: [
          host(socket('2001:db8::7', 82), { health_status: 'DEGRADED' }),
          host({ pipe: { path: '/run/a.sock', mode: 0o600 } }, { health_status: 'HEALTHY' }),
        ],
      },
    ],
  });
  const made = read(compileEndpointsRecord('c', assignment));
  const v6 = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
  const padded = new Uint8Array(16);
  padded.set([10, 1, 2, 3]);
  t.strictSame(made, {
    cluster_name: 'c',
    overprovisioning_factor: 140,
    localities: [{ region: 'r', zone: 'z', sub_zone: 's', weight: 9 }, { priority: 1 }],
    hosts: [
      {
        address: { family: AddressFamily.Ipv4, ip: padded, port: 80 },
        hostname: 'a.example',
        weight: 5,
        stats: 'c|0a010203_80',
      },
      {
        address: { family: AddressFamily.Ipv6, ip: v6('00000000000000000000ffff0a000001'), port: 81 },
        weight: 1,
        health: HostHealth.Draining,
        stats: 'c|00000000000000000000ffff0a000001_81',
      },
      {
        address: { family: AddressFamily.Ipv6, ip: v6('20010db8000000000000000000000007'), port: 82 },
        weight: 1,
        priority: 1,
        locality: 1,
        health: HostHealth.Degraded,
        stats: 'c|20010db8000000000000000000000007_82',
      },
      {
        address: { family: AddressFamily.Pipe, path: '/run/a.sock', mode: 0o600 },
        weight: 1,
        priority: 1,
        locality: 1,
        stats: 'c|_0/run/a.sock',
      },
    ],
  });
});

const LOGICAL_EXPECTS = 'one locality with one endpoint';
const one = (address: Json): Json => ({ lb_endpoints: [{ endpoint: { address } }] });
const assign = (...endpoints: Json[]): Json => ({ load_assignment: { cluster_name: 'c', endpoints } });
const file = { path_config_source: { path: '/dev/null' } };
const dns = (fields: Json = {}): Json => ({
  cluster_type: { name: 'dns', typed_config: any('clusters.dns.v3.DnsCluster', fields) },
});
/** As the real Envoy 1.40 answers to `--mode validate`. */
const CHECKS: readonly (readonly [what: string, fields: Json, findings: readonly string[]])[] = [
  ['no hosts', {}, []],
  ['EDS', { type: 'EDS', eds_cluster_config: { eds_config: file } }, []],
  [
    'EDS, hosts beside it',
    { type: 'EDS', eds_cluster_config: { eds_config: file }, ...assign(one(socket('a.b', 1))) },
    [],
  ],
  [
    'EDS without a source',
    { type: 'EDS' },
    ['(top level): a cluster of the type EDS does not say where its hosts come from'],
  ],
  [
    'EDS without eds_config',
    { type: 'EDS', eds_cluster_config: { service_name: 's' } },
    ['eds_cluster_config: a cluster of the type EDS does not say where its hosts come from'],
  ],
  [
    'EDS settings of another type',
    { eds_cluster_config: { eds_config: file } },
    ['eds_cluster_config: the type of the cluster is not EDS'],
  ],
  [
    'a table of Maglev',
    { lb_policy: 'MAGLEV', maglev_lb_config: { table_size: 100 } },
    ['maglev_lb_config.table_size: 100 is not a prime number'],
  ],
  ['a table that is not in use', { lb_policy: 'RANDOM', maglev_lb_config: { table_size: 100 } }, []],
  [
    'the sizes of a ring',
    { lb_policy: 'RING_HASH', ring_hash_lb_config: { minimum_ring_size: 10, maximum_ring_size: 9 } },
    ['ring_hash_lb_config.maximum_ring_size: the smallest ring has 10 points, the largest 9'],
  ],
  [
    'a ring that is larger by default',
    { lb_policy: 'RING_HASH', ring_hash_lb_config: { maximum_ring_size: 9 } },
    ['ring_hash_lb_config.maximum_ring_size: the smallest ring has 1024 points, the largest 9'],
  ],
  [
    'keys by name in STATIC, whoever looks at them',
    { common_lb_config: { consistent_hashing_lb_config: { use_hostname_for_hashing: true } } },
    [
      'common_lb_config.consistent_hashing_lb_config.use_hostname_for_hashing: the type of the cluster is not STRICT_DNS',
    ],
  ],
  [
    'names in STRICT_DNS',
    { type: 'STRICT_DNS', ...assign(one(socket('a.b', 1)), one({ pipe: { path: '/a' } })) },
    [],
  ],
  [
    'names in STATIC',
    assign(one(socket('1.2.3.4', 1)), one(socket('a.b', 1))),
    [
      'load_assignment.endpoints[1].lb_endpoints[0].endpoint.address.socket_address.address: "a.b" is not an IP address',
    ],
  ],
  [
    'an endpoint without an address',
    assign({ lb_endpoints: [{ endpoint: {} }, { health_status: 'HEALTHY' }] }),
    [
      'load_assignment.endpoints[0].lb_endpoints[0].endpoint: an endpoint without an address',
      'load_assignment.endpoints[0].lb_endpoints[1]: an endpoint without an address',
    ],
  ],
  ['LOGICAL_DNS', { type: 'LOGICAL_DNS', ...assign(one(socket('a.b', 1))) }, []],
  [
    'LOGICAL_DNS without hosts',
    { type: 'LOGICAL_DNS' },
    ['(top level): the cluster has 0 localities and 0 endpoints'],
  ],
  [
    'LOGICAL_DNS with two localities',
    { type: 'LOGICAL_DNS', ...assign(one(socket('a.b', 1)), one(socket('c.d', 1))) },
    ['load_assignment: the cluster has 2 localities and 2 endpoints'],
  ],
  ['DnsCluster', { ...dns(), ...assign(one(socket('a.b', 1)), one(socket('c.d', 1))) }, []],
  [
    'DnsCluster as LOGICAL_DNS',
    {
      ...dns({ all_addresses_in_single_endpoint: true }),
      ...assign(one(socket('a.b', 1)), one(socket('c.d', 1))),
    },
    ['load_assignment: the cluster has 2 localities and 2 endpoints'],
  ],
  [
    'failure rates',
    { type: 'STRICT_DNS', dns_failure_refresh_rate: { base_interval: '5s', max_interval: '1s' } },
    ['dns_failure_refresh_rate.max_interval: max_interval is below base_interval'],
  ],
  [
    'failure rates of a DnsCluster',
    dns({ dns_failure_refresh_rate: { base_interval: '5s', max_interval: '1s' } }),
    ['cluster_type.typed_config.dns_failure_refresh_rate.max_interval: max_interval is below base_interval'],
  ],
  [
    'a policy that is not there',
    { lb_policy: 'LOAD_BALANCING_POLICY_CONFIG' },
    ['lb_policy: load_balancing_policy is not set'],
  ],
  [
    'an empty list of policies',
    { load_balancing_policy: {} },
    ['load_balancing_policy.policies: the list is empty'],
  ],
];

t.test('what fields of a cluster say about each other', async (t) => {
  for (const [what, fields, expected] of CHECKS) {
    const diagnostics = new Diagnostics();
    checkCluster(message(CLUSTER, { name: 'c', ...fields }), [], diagnostics);
    t.strictSame(found(diagnostics), expected, what);
    t.ok(
      diagnostics.list.every(({ expected }) => expected !== undefined),
      'each says what was expected',
    );
  }
  const diagnostics = new Diagnostics();
  checkCluster(message(CLUSTER, { name: 'c', type: 'LOGICAL_DNS' }), [], diagnostics);
  t.match(diagnostics.list[0]?.expected, LOGICAL_EXPECTS);
});

t.test('an endpoint set of a discovery file has addresses, no names', async (t) => {
  const diagnostics = new Diagnostics();
  const set = message(ASSIGNMENT, { cluster_name: 'c', endpoints: [one(socket('a.b', 1))] });
  checkAssignment(set, ['resources', 0], diagnostics);
  t.strictSame(found(diagnostics), [
    'resources[0].endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address: "a.b" is not an IP address',
  ]);
});

t.test('TLVs of one host are refused, for nothing would send them', async (t) => {
  const diagnostics = new Diagnostics();
  const metadata = {
    typed_filter_metadata: {
      'envoy.transport_sockets.proxy_protocol': {
        '@type': 'type.googleapis.com/envoy.data.core.v3.TlvsMetadata',
        typed_metadata: {},
      },
    },
  };
  const endpoint = { address: socket('127.0.0.1', 80) };
  const set = message(ASSIGNMENT, {
    cluster_name: 'c',
    endpoints: [{ lb_endpoints: [{ endpoint, metadata }] }],
  });
  checkAssignment(set, ['resources', 0], diagnostics);
  t.strictSame(found(diagnostics), [
    'resources[0].endpoints[0].lb_endpoints[0].metadata.typed_filter_metadata["envoy.transport_sockets.proxy_protocol"]: envoy.transport_sockets.proxy_protocol of a host is not supported by attache yet',
  ]);
});
