import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import { declareHttp2Options } from '../http2_options.ts';
import { declareBalancing } from './balancing.ts';
import { onlyServers } from './dns_resolver.ts';
import { address } from './values.ts';

type Json = Record<string, unknown>;
const CLUSTER = 'envoy.config.cluster.v3';
const ENDPOINT = 'envoy.config.endpoint.v3';
const HTTP = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const DNS = 'envoy.extensions.clusters.dns.v3.DnsCluster';
const AGGREGATE = 'envoy.extensions.clusters.aggregate.v3.ClusterConfig';
const NAMED_BY_TYPE = 'the type of the configuration decides';

const ENDPOINTS = [{ lb_endpoints: [{ endpoint: { address: address(8000) } }] }];
const MINIMAL = { name: 'base', load_assignment: { cluster_name: 'base', endpoints: ENDPOINTS } };
const EDS = { eds_config: { path_config_source: { path: '/dev/null' } } };
const EXCHANGE_TYPE = 'envoy.tcp.metadataexchange.config.MetadataExchange';
const EXCHANGE = {
  name: 'exchange',
  typed_config: { '@type': `type.googleapis.com/${EXCHANGE_TYPE}`, protocol: 'sample' },
};
const withDns = { type: 'STRICT_DNS' };
const inCluster = (field: string, around: Json) => ({
  message: `${CLUSTER}.Cluster`,
  wrap: (json: Json): Json => ({ ...MINIMAL, ...around, [field]: json }),
});
const ORIGINAL = { type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', load_assignment: undefined };
const CHECKED = {
  health_checks: [
    {
      timeout: '1s',
      interval: '1s',
      unhealthy_threshold: 1,
      healthy_threshold: 1,
      tcp_health_check: {},
    },
  ],
};
/** Of streams that a client began: the duration of those to hosts is not limited. */
const COMMON = { without: ['max_stream_duration'] };
const HTTP1 = { without: ['accept_http_10', 'default_host_for_http_10', 'allow_absolute_url'] };

/** What src/tables/cluster_compiler.ts, endpoints_compiler.ts and src/upstream do of clusters. */
export function declareClusters(registry: SupportRegistry): void {
  registry.message(
    `${CLUSTER}.Cluster`,
    {
      name: implemented(),
      alt_stat_name: implemented(),
      type: implemented({
        enum: ['STATIC', 'STRICT_DNS', 'LOGICAL_DNS', 'EDS', 'ORIGINAL_DST'],
        sample: 'STRICT_DNS',
      }),
      cluster_type: implemented(),
      eds_cluster_config: implemented({
        embed: {
          message: `${CLUSTER}.Cluster`,
          wrap: (json) => ({ eds_cluster_config: EDS, ...json, type: 'EDS' }),
        },
      }),
      connect_timeout: implemented(),
      per_connection_buffer_limit_bytes: implemented(),
      lb_policy: implemented({
        enum: [
          'ROUND_ROBIN',
          'LEAST_REQUEST',
          'RING_HASH',
          'RANDOM',
          'MAGLEV',
          'CLUSTER_PROVIDED',
          'LOAD_BALANCING_POLICY_CONFIG',
        ],
        sample: 'RANDOM',
      }),
      round_robin_lb_config: implemented(),
      least_request_lb_config: implemented({ base: { lb_policy: 'LEAST_REQUEST' } }),
      ring_hash_lb_config: implemented({ base: { lb_policy: 'RING_HASH' } }),
      maglev_lb_config: implemented({ base: { lb_policy: 'MAGLEV' } }),
      load_balancing_policy: implemented(),
      load_assignment: implemented(),
      max_requests_per_connection: implemented(),
      circuit_breakers: implemented(),
      common_http_protocol_options: implemented(COMMON),
      http_protocol_options: implemented(HTTP1),
      http2_protocol_options: implemented(),
      protocol_selection: implemented({
        enum: ['USE_CONFIGURED_PROTOCOL', 'USE_DOWNSTREAM_PROTOCOL'],
        sample: 'USE_DOWNSTREAM_PROTOCOL',
      }),
      typed_extension_protocol_options: implemented(),
      dns_refresh_rate: implemented({ base: withDns }),
      dns_jitter: implemented({ base: withDns }),
      dns_failure_refresh_rate: implemented({ base: withDns }),
      respect_dns_ttl: implemented({ base: withDns }),
      dns_lookup_family: implemented({
        enum: ['AUTO', 'V4_ONLY', 'V6_ONLY', 'V4_PREFERRED', 'ALL'],
        base: withDns,
      }),
      typed_dns_resolver_config: implemented(),
      dns_resolution_config: implemented({ base: withDns }),
      dns_resolvers: implemented({ only: onlyServers, sample: [address(54)], base: withDns }),
      upstream_bind_config: implemented(),
      filters: implemented({ sample: [EXCHANGE] }),
      wait_for_warm_on_init: implemented(),
      common_lb_config: implemented(),
      upstream_connection_options: implemented(),
      transport_socket: implemented(),
      transport_socket_matches: implemented(),
      original_dst_lb_config: implemented({ base: ORIGINAL }),
      cleanup_interval: implemented({ base: ORIGINAL }),
      ignore_health_on_host_removal: implemented({ base: CHECKED }),
      health_checks: implemented(),
      outlier_detection: implemented(),
      metadata: implemented({
        opaque: true,
        sample: { filter_metadata: { istio: { disable_mx: true } } },
        note: '`istio`: `external`, `disable_mx`, `alpn_override` and `services`; the rest is shown by `/config_dump`',
      }),
    },
    { minimal: MINIMAL },
  );
  registry.message(
    `${CLUSTER}.Filter`,
    { name: harmless(NAMED_BY_TYPE), typed_config: implemented() },
    { minimal: EXCHANGE, embed: inCluster('filters', {}) },
  );
  declareDiscovery(registry);
  declareBalancing(registry, { minimal: MINIMAL, original: ORIGINAL });
  declareConnections(registry);
  declareEndpoints(registry);
  declareHttp2Options(registry, (json) => ({ ...MINIMAL, http2_protocol_options: json }));
}

function declareDiscovery(registry: SupportRegistry): void {
  const refresh = { base_interval: implemented(), max_interval: implemented() };
  registry
    .message(
      `${CLUSTER}.Cluster.EdsClusterConfig`,
      { eds_config: implemented(), service_name: implemented() },
      {
        minimal: EDS,
        embed: inCluster('eds_cluster_config', { type: 'EDS' }),
      },
    )
    .message(`${CLUSTER}.Cluster.RefreshRate`, refresh, {
      minimal: { base_interval: '1s' },
      embed: inCluster('dns_failure_refresh_rate', withDns),
    })
    .message(`${CLUSTER}.Cluster.CustomClusterType`, {
      name: harmless(NAMED_BY_TYPE),
      typed_config: implemented(),
    })
    .message(DNS, {
      dns_refresh_rate: implemented(),
      dns_failure_refresh_rate: implemented(),
      respect_dns_ttl: implemented(),
      dns_jitter: implemented(),
      dns_lookup_family: implemented({
        enum: ['UNSPECIFIED', 'AUTO', 'V4_ONLY', 'V6_ONLY', 'V4_PREFERRED', 'ALL'],
      }),
      all_addresses_in_single_endpoint: implemented(),
      dns_min_refresh_rate: implemented(),
      typed_dns_resolver_config: implemented(),
    })
    .message(`${DNS}.RefreshRate`, refresh, { minimal: { base_interval: '1s' } })
    .extension({ category: 'envoy.clusters', name: 'envoy.clusters.dns', type: DNS, since: '0.1.0' })
    .message(
      AGGREGATE,
      { clusters: implemented() },
      {
        minimal: { clusters: ['one'] },
        embed: {
          message: `${CLUSTER}.Cluster`,
          wrap: (json) => ({
            name: 'base',
            lb_policy: 'CLUSTER_PROVIDED',
            cluster_type: {
              name: 'aggregate',
              typed_config: { '@type': `type.googleapis.com/${AGGREGATE}`, ...json },
            },
          }),
        },
      },
    )
    .extension({
      category: 'envoy.clusters',
      name: 'envoy.clusters.aggregate',
      type: AGGREGATE,
      since: '0.1.0',
    });
}

function declareConnections(registry: SupportRegistry): void {
  registry
    .message(
      `${CLUSTER}.Cluster.TransportSocketMatch`,
      {
        name: harmless('it names a statistic of Envoy, and is shown by /config_dump'),
        match: implemented({ opaque: true, sample: { a: 'b' } }),
        transport_socket: implemented(),
      },
      { minimal: { name: 'base', match: { a: 'c' } } },
    )
    .message(`${CLUSTER}.UpstreamConnectionOptions`, { tcp_keepalive: implemented() })
    .message(`${CLUSTER}.CircuitBreakers`, {
      thresholds: implemented(),
      per_host_thresholds: implemented({
        without: ['max_pending_requests', 'max_requests', 'max_retries', 'retry_budget', 'track_remaining'],
      }),
    })
    .message(`${CLUSTER}.CircuitBreakers.Thresholds`, {
      priority: implemented({ enum: ['DEFAULT', 'HIGH'], base: { max_connections: 5 } }),
      max_connections: implemented(),
      max_pending_requests: implemented(),
      max_requests: implemented(),
      track_remaining: implemented(),
      max_retries: implemented(),
      retry_budget: implemented({ sample: {} }),
    })
    .message(`${CLUSTER}.CircuitBreakers.Thresholds.RetryBudget`, {
      budget_percent: implemented({ sample: { value: 7 } }),
      min_retry_concurrency: implemented(),
    })
    .message(
      HTTP,
      {
        common_http_protocol_options: implemented(COMMON),
        explicit_http_config: implemented(),
        use_downstream_protocol_config: implemented(),
        auto_config: implemented(),
        upstream_http_protocol_options: implemented(),
      },
      {
        minimal: { explicit_http_config: { http_protocol_options: {} } },
        embed: {
          message: `${CLUSTER}.Cluster`,
          wrap: (json) => ({
            ...MINIMAL,
            typed_extension_protocol_options: { [HTTP]: { '@type': `type.googleapis.com/${HTTP}`, ...json } },
          }),
        },
      },
    )
    .message(
      `${HTTP}.ExplicitHttpConfig`,
      { http_protocol_options: implemented(HTTP1), http2_protocol_options: implemented() },
      {
        minimal: { http_protocol_options: {} },
        embed: { message: HTTP, wrap: (json) => ({ explicit_http_config: json }) },
      },
    )
    .message(
      `${HTTP}.UseDownstreamHttpConfig`,
      {
        http_protocol_options: implemented({ ...HTTP1, sample: { enable_trailers: true } }),
        http2_protocol_options: implemented({ sample: { max_concurrent_streams: 7 } }),
      },
      { embed: { message: HTTP, wrap: (json) => ({ use_downstream_protocol_config: json }) } },
    )
    .message(
      `${HTTP}.AutoHttpConfig`,
      {
        http_protocol_options: implemented({ ...HTTP1, sample: { enable_trailers: true } }),
        http2_protocol_options: implemented({ sample: { max_concurrent_streams: 7 } }),
      },
      { embed: { message: HTTP, wrap: (json) => ({ auto_config: json }) } },
    )
    .message(
      'envoy.config.core.v3.UpstreamHttpProtocolOptions',
      {
        auto_sni: implemented(),
        auto_san_validation: implemented(),
        override_auto_sni_header: implemented({ sample: 'x-name' }),
      },
      {
        embed: {
          message: HTTP,
          wrap: (json) => ({
            explicit_http_config: { http_protocol_options: {} },
            upstream_http_protocol_options: json,
          }),
        },
      },
    )
    .extension({ category: 'envoy.upstream_options', name: HTTP, type: HTTP, since: '0.1.0' });
}

function declareEndpoints(registry: SupportRegistry): void {
  registry
    .message(
      `${ENDPOINT}.ClusterLoadAssignment`,
      { cluster_name: implemented(), endpoints: implemented(), policy: implemented() },
      { minimal: { cluster_name: 'base', endpoints: ENDPOINTS } },
    )
    .message(`${ENDPOINT}.ClusterLoadAssignment.Policy`, {
      overprovisioning_factor: implemented(),
      weighted_priority_health: implemented(),
    })
    .message(
      `${ENDPOINT}.LocalityLbEndpoints`,
      {
        locality: implemented(),
        lb_endpoints: implemented(),
        load_balancing_weight: implemented({ base: { locality: { zone: 'base' } } }),
        priority: implemented(),
        metadata: harmless('nothing in the proxy reads it yet'),
        leds_cluster_locality_config: implemented({
          note: 'of assignments that come by EDS',
          uncompiled: 'an assignment is compiled with the endpoints that came',
        }),
      },
      { minimal: ENDPOINTS[0] as Json },
    )
    .message(`${ENDPOINT}.LedsClusterLocalityConfig`, {
      leds_config: implemented({ uncompiled: 'it says where endpoints are asked for' }),
      leds_collection_name: implemented({ uncompiled: 'it says what is asked for' }),
    })
    .message(
      `${ENDPOINT}.LbEndpoint`,
      {
        endpoint: implemented(),
        health_status: implemented({
          enum: ['UNKNOWN', 'HEALTHY', 'UNHEALTHY', 'DRAINING', 'TIMEOUT', 'DEGRADED'],
        }),
        load_balancing_weight: implemented(),
        metadata: implemented({
          opaque: true,
          sample: { filter_metadata: { 'envoy.transport_socket_match': { a: 'b' } } },
        }),
      },
      { minimal: { endpoint: { address: address(8000) } } },
    )
    .message(
      `${ENDPOINT}.Endpoint`,
      { address: implemented(), hostname: implemented(), health_check_config: implemented() },
      { minimal: { address: address(8000) } },
    );
}
