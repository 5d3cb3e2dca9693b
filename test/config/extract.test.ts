import t from 'tap';
import {
  bindSpecs,
  bootstrapSettings,
  discovery,
  routeSources,
  waitForWarm,
} from '../../src/config/extract.ts';
import { configSource } from '../../src/config/sources.ts';

const seconds = (n: number, nanos = 0) => ({ seconds: BigInt(n), nanos });
const socket = (address: string, port_value: number, more = {}) => ({
  socket_address: { address, port_value, ...more },
});

t.test('discovery kinds', (t) => {
  const load_assignment = { cluster_name: 'c' };
  t.same(discovery({ name: 'c', load_assignment }), { kind: 'static' });
  t.same(discovery({ name: 'c', type: 1, load_assignment }), {
    kind: 'dns',
    logical: false,
    family: 'AUTO',
    policy: { refreshMs: 5000, respectTtl: false, minRefreshMs: 0, jitterMs: 0 },
    assignment: load_assignment,
  });
  t.match(
    discovery({
      type: 2,
      dns_lookup_family: 3,
      dns_refresh_rate: seconds(1, 500_000_000),
      dns_jitter: seconds(2),
      respect_dns_ttl: true,
      dns_failure_refresh_rate: { base_interval: seconds(3) },
    }),
    {
      logical: true,
      family: 'V4_PREFERRED',
      policy: { refreshMs: 1500, jitterMs: 2000, respectTtl: true, failure: { baseMs: 3000, maxMs: 30_000 } },
    },
  );
  const typed = (more: object) => ({
    cluster_type: {
      typed_config: { $decoded: { $type: 'envoy.extensions.clusters.dns.v3.DnsCluster', ...more } },
    },
  });
  t.match(
    discovery(
      typed({
        dns_lookup_family: 5,
        all_addresses_in_single_endpoint: true,
        dns_min_refresh_rate: seconds(7),
      }),
    ),
    {
      kind: 'dns',
      logical: true,
      family: 'ALL',
      policy: { minRefreshMs: 7000 },
    },
  );
  t.match(discovery(typed({})), { family: 'AUTO', logical: false });
  t.match(discovery(typed({ dns_lookup_family: 2 })), { family: 'V4_ONLY' });
  const eds_config = { path_config_source: { path: '/e' } };
  t.same(discovery({ name: 'c', type: 3, eds_cluster_config: { eds_config } }), {
    kind: 'eds',
    serviceName: 'c',
    source: { path: '/e', initialFetchTimeoutMs: 15_000 },
  });
  t.match(discovery({ name: 'c', type: 3, eds_cluster_config: { eds_config, service_name: 's' } }), {
    serviceName: 's',
  });
  t.equal(waitForWarm({}), true);
  t.equal(waitForWarm({ wait_for_warm_on_init: { value: false } }), false);
  t.end();
});

t.test('config sources of files', (t) => {
  t.same(configSource({ path: '/old', initial_fetch_timeout: seconds(0) }), {
    path: '/old',
    initialFetchTimeoutMs: 0,
  });
  t.same(configSource({ path_config_source: { path: '/p', watched_directory: { path: '/d' } } }), {
    path: '/p',
    directory: '/d',
    modify: false,
    initialFetchTimeoutMs: 15_000,
  });
  t.same(configSource({ ads: {} }), { ads: true, initialFetchTimeoutMs: 15_000 });
  t.equal(configSource(undefined), undefined);
  t.end();
});

t.test('sockets of a listener', (t) => {
  const option = (value: bigint) => ({ level: 1n, name: 9n, int_value: value, state: 1 });
  const specs = bindSpecs({
    address: socket('0.0.0.0', 80),
    socket_options: [option(5n)],
    tcp_backlog_size: { value: 7 },
    freebind: { value: true },
    tcp_keepalive: { keepalive_time: { value: 60 } },
    additional_addresses: [
      {
        address: socket('::', 81, { ipv4_compat: true }),
        socket_options: { socket_options: [] },
        tcp_keepalive: { keepalive_probes: { value: 3 } },
      },
      { address: { pipe: { path: '/tmp/s', mode: 0o600 } } },
    ],
  });
  t.match(specs[0], {
    family: 'ipv4',
    host: '0.0.0.0',
    port: 80,
    backlog: 7,
    freebind: true,
    transparent: false,
    keepalive: { probes: 0, time: 60, interval: 0 },
  });
  t.same(specs[0]?.options, [{ level: 1, name: 9, value: new Uint8Array([5, 0, 0, 0]), state: 1 }]);
  t.match(specs[1], {
    family: 'ipv6',
    port: 81,
    ipv4Compat: true,
    options: [],
    keepalive: { probes: 3, time: 0 },
  });
  t.match(specs[2], { family: 'pipe', host: '/tmp/s', mode: 0o600, options: [{ level: 1 }] });
  t.same(bindSpecs({ address: socket('1.1.1.1', 1), bind_to_port: { value: false } }), []);
  const bytes = new Uint8Array([1, 2]);
  t.same(
    bindSpecs({
      address: socket('1.1.1.1', 1),
      socket_options: [{ level: 1n, name: 2n, buf_value: bytes }],
    })[0]?.options[0]?.value,
    bytes,
  );
  t.end();
});

t.test('route configurations from files', (t) => {
  const hcm = (rds: object) => ({
    filters: [
      {
        typed_config: {
          $decoded: {
            $type: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            stat_prefix: 'in',
            ...rds,
          },
        },
      },
    ],
  });
  const rds = (name: string) => ({
    rds: { route_config_name: name, config_source: { path_config_source: { path: '/r' } } },
  });
  t.same(
    routeSources({
      filter_chains: [hcm(rds('a')), hcm({ route_config: {} }), { filters: [{}] }],
      default_filter_chain: hcm(rds('b')),
    }).map((r) => r.name),
    ['a', 'b'],
  );
  t.end();
});

t.test('the bootstrap, with flags before it', (t) => {
  const bootstrap = {
    node: { id: 'n', cluster: 'c', locality: { zone: 'z' } },
    admin: { address: socket('::1', 9901) },
    stats_flush_interval: seconds(1),
    stats_config: { use_all_default_tags: { value: true } },
    dynamic_resources: { lds_config: { path: '/l' }, cds_config: { path: '/c' } },
  };
  const none = { serviceCluster: '', serviceNode: '', serviceZone: '' };
  t.match(bootstrapSettings(bootstrap, none), {
    node: { id: 'n', cluster: 'c', zone: 'z' },
    admin: { address: { host: '::1', port: 9901 } },
    statsFlushIntervalMs: 1000,
    lds: { path: '/l' },
    cds: { path: '/c' },
  });
  t.match(bootstrapSettings(bootstrap, { serviceCluster: 'C', serviceNode: 'N', serviceZone: '' }).node, {
    id: 'N',
    cluster: 'C',
    zone: 'z',
  });
  t.same(bootstrapSettings({}, none), {
    node: { id: '', cluster: '', zone: '' },
    statsFlushIntervalMs: 5000,
  });
  t.match(bootstrapSettings({ admin: { address: { pipe: { path: '/a', mode: 0o600 } } } }, none).admin, {
    address: { pipe: '/a', mode: 0o600 },
  });
  t.end();
});
