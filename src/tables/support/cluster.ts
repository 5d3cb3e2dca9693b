import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';

const CLUSTER = 'envoy.config.cluster.v3';
const CORE = 'envoy.config.core.v3';
const ENDPOINT = 'envoy.config.endpoint.v3';
const POLICIES = 'envoy.extensions.load_balancing_policies';
const HTTP = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** What src/tables/cluster_compiler.ts, endpoints_compiler.ts and src/upstream do of clusters. */
export function declareClusters(registry: SupportRegistry): void {
  registry
    .message(`${CLUSTER}.Cluster`, {
      name: implemented(),
      alt_stat_name: implemented(),
      type: implemented({ enum: ['STATIC', 'STRICT_DNS', 'LOGICAL_DNS', 'EDS'] }),
      cluster_type: implemented(),
      eds_cluster_config: implemented(),
      connect_timeout: implemented(),
      per_connection_buffer_limit_bytes: implemented(),
      lb_policy: implemented({ enum: ['ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM'] }),
      least_request_lb_config: implemented(),
      load_balancing_policy: implemented(),
      load_assignment: implemented(),
      max_requests_per_connection: implemented(),
      circuit_breakers: implemented(),
      common_http_protocol_options: implemented(),
      typed_extension_protocol_options: implemented(),
      dns_refresh_rate: implemented(),
      dns_jitter: implemented(),
      dns_failure_refresh_rate: implemented(),
      respect_dns_ttl: implemented(),
      dns_lookup_family: implemented({ enum: ['AUTO', 'V4_ONLY', 'V6_ONLY', 'V4_PREFERRED', 'ALL'] }),
      wait_for_warm_on_init: implemented(),
      common_lb_config: implemented(),
      upstream_connection_options: implemented(),
      metadata: harmless('nothing in the proxy reads it yet, and it is shown by /config_dump'),
    })
    .message(`${CLUSTER}.Cluster.CommonLbConfig`, { healthy_panic_threshold: implemented() })
    .message('envoy.type.v3.Percent', { value: implemented() })
    .message(`${CLUSTER}.Cluster.LeastRequestLbConfig`, {
      choice_count: implemented(),
      active_request_bias: implemented(),
    })
    .message(`${CORE}.RuntimeDouble`, {
      default_value: implemented(),
      runtime_key: harmless('there is no runtime to look it up in: the default holds'),
    })
    .message(`${CLUSTER}.Cluster.EdsClusterConfig`, { eds_config: implemented(), service_name: implemented() })
    .message(`${CLUSTER}.Cluster.RefreshRate`, { base_interval: implemented(), max_interval: implemented() })
    .message(`${CLUSTER}.Cluster.CustomClusterType`, {
      name: harmless('the type of the configuration decides'),
      typed_config: implemented(),
    })
    .message(`${CLUSTER}.UpstreamConnectionOptions`, { tcp_keepalive: implemented() })
    .message(`${CLUSTER}.CircuitBreakers`, { thresholds: implemented() })
    .message(`${CLUSTER}.CircuitBreakers.Thresholds`, {
      priority: implemented({ enum: ['DEFAULT', 'HIGH'] }),
      max_connections: implemented(),
      max_pending_requests: implemented(),
      max_requests: implemented(),
      max_retries: implemented(),
      track_remaining: implemented(),
    })
    .message(`${CLUSTER}.LoadBalancingPolicy`, { policies: implemented() })
    .message(`${CLUSTER}.LoadBalancingPolicy.Policy`, { typed_extension_config: implemented() })
    .message(`${CORE}.TypedExtensionConfig`, {
      name: harmless('the type of the configuration decides'),
      typed_config: implemented(),
    })
    .message(`${POLICIES}.round_robin.v3.RoundRobin`, {})
    .message(`${POLICIES}.random.v3.Random`, {})
    .message(`${POLICIES}.least_request.v3.LeastRequest`, {
      choice_count: implemented(),
      active_request_bias: implemented(),
    })
    .message(HTTP, { common_http_protocol_options: implemented(), explicit_http_config: implemented() })
    .message(`${HTTP}.ExplicitHttpConfig`, { http_protocol_options: implemented() });
  for (const [name, type] of [
    ['round_robin', 'round_robin.v3.RoundRobin'],
    ['random', 'random.v3.Random'],
    ['least_request', 'least_request.v3.LeastRequest'],
  ] as const) {
    registry.extension({
      category: 'envoy.load_balancing_policies',
      name: `envoy.load_balancing_policies.${name}`,
      type: `${POLICIES}.${type}`,
      since: '0.1.0',
    });
  }
  registry.extension({
    category: 'envoy.upstream_options',
    name: 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
    type: HTTP,
    since: '0.1.0',
  });
  declareEndpoints(registry);
}

function declareEndpoints(registry: SupportRegistry): void {
  registry
    .message(`${ENDPOINT}.ClusterLoadAssignment`, {
      cluster_name: implemented(),
      endpoints: implemented(),
      policy: implemented(),
    })
    .message(`${ENDPOINT}.ClusterLoadAssignment.Policy`, { overprovisioning_factor: implemented() })
    .message(`${ENDPOINT}.LocalityLbEndpoints`, {
      locality: implemented(),
      lb_endpoints: implemented(),
      load_balancing_weight: implemented(),
      priority: implemented(),
    })
    .message(`${CORE}.Locality`, { region: implemented(), zone: implemented(), sub_zone: implemented() })
    .message(`${ENDPOINT}.LbEndpoint`, {
      endpoint: implemented(),
      health_status: implemented({ enum: ['UNKNOWN', 'HEALTHY', 'UNHEALTHY', 'DRAINING', 'TIMEOUT', 'DEGRADED'] }),
      load_balancing_weight: implemented(),
      metadata: harmless('nothing in the proxy reads it yet'),
    })
    .message(`${ENDPOINT}.Endpoint`, { address: implemented(), hostname: implemented() });
}
