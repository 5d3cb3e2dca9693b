import { implemented, type SupportRegistry } from '../../api/support.ts';
import { address } from './values.ts';

type Json = Record<string, unknown>;
const CHECK = 'envoy.config.core.v3.HealthCheck';
const SINK = 'envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink';
const NO_REGEX = { without: ['safe_regex', 'custom'] };
const HTTP = { path: '/' };
const MINIMAL = { timeout: '1s', interval: '1s', unhealthy_threshold: 1, healthy_threshold: 1 };
const HTTP2 = { http2_protocol_options: {} };

const inCluster = (json: Json): Json => ({
  name: 'base',
  load_assignment: {
    cluster_name: 'base',
    endpoints: [{ lb_endpoints: [{ endpoint: { address: address(8000) } }] }],
  },
  ...HTTP2,
  health_checks: [json],
});
const IN_CLUSTER = { message: 'envoy.config.cluster.v3.Cluster', wrap: inCluster };
const inCheck = (field: string) => ({
  message: CHECK,
  wrap: (json: Json): Json => ({ ...MINIMAL, [field]: json }),
});

const IN_TLS = {
  message: CHECK,
  wrap: (json: Json): Json => ({ ...MINIMAL, http_health_check: HTTP, tls_options: json }),
};

/** What src/tables/health_checks.ts and src/upstream/health do of health checks. */
export function declareHealthChecks(registry: SupportRegistry): void {
  registry
    .message(
      CHECK,
      {
        timeout: implemented(),
        interval: implemented(),
        initial_jitter: implemented(),
        interval_jitter: implemented(),
        interval_jitter_percent: implemented(),
        unhealthy_threshold: implemented(),
        healthy_threshold: implemented(),
        reuse_connection: implemented({ sample: false }),
        http_health_check: implemented(),
        tcp_health_check: implemented(),
        grpc_health_check: implemented({ embed: IN_CLUSTER }),
        no_traffic_interval: implemented(),
        no_traffic_healthy_interval: implemented(),
        unhealthy_interval: implemented(),
        unhealthy_edge_interval: implemented(),
        healthy_edge_interval: implemented(),
        event_log_path: implemented({ sample: '/dev/null' }),
        event_logger: implemented(),
        always_log_health_check_failures: implemented(),
        always_log_health_check_success: implemented(),
        tls_options: implemented(),
        transport_socket_match_criteria: implemented({ opaque: true, sample: { a: 'b' } }),
      },
      {
        minimal: { ...MINIMAL, http_health_check: HTTP },
        embed: IN_CLUSTER,
      },
    )
    .message(
      `${CHECK}.HttpHealthCheck`,
      {
        host: implemented({ sample: 'a.example' }),
        path: implemented({ sample: '/a' }),
        send: implemented({ base: { ...HTTP, method: 'POST' } }),
        receive: implemented(),
        response_buffer_size: implemented(),
        request_headers_to_add: implemented({ sample: [{ header: { key: 'x-a', value: 'b' } }] }),
        request_headers_to_remove: implemented({ sample: ['x-a'] }),
        expected_statuses: implemented({ sample: [{ start: '200', end: '300' }] }),
        retriable_statuses: implemented({ sample: [{ start: '500', end: '600' }] }),
        codec_client_type: implemented({ enum: ['HTTP1', 'HTTP2'], sample: 'HTTP2' }),
        service_name_matcher: implemented({ ...NO_REGEX, sample: { prefix: 'a' } }),
        method: implemented({
          enum: [
            'METHOD_UNSPECIFIED',
            ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'],
          ],
          sample: 'POST',
        }),
      },
      { minimal: HTTP, embed: inCheck('http_health_check') },
    )
    .message(
      `${CHECK}.TcpHealthCheck`,
      { send: implemented(), receive: implemented() },
      { embed: inCheck('tcp_health_check') },
    )
    .message(
      `${CHECK}.GrpcHealthCheck`,
      {
        service_name: implemented(),
        authority: implemented({ sample: 'a.example' }),
        initial_metadata: implemented({ sample: [{ header: { key: 'x-a', value: 'b' } }] }),
      },
      { embed: inCheck('grpc_health_check') },
    )
    .message(
      `${CHECK}.Payload`,
      { text: implemented({ sample: '6162' }), binary: implemented() },
      {
        minimal: { text: '63' },
        embed: { message: `${CHECK}.TcpHealthCheck`, wrap: (json) => ({ receive: [json] }) },
      },
    )
    .message(`${CHECK}.TlsOptions`, { alpn_protocols: implemented() }, { embed: IN_TLS })
    .message(
      SINK,
      { event_log_path: implemented({ sample: '/dev/zero' }) },
      { minimal: { event_log_path: '/dev/null' } },
    )
    .extension({
      category: 'envoy.health_check.event_sinks',
      name: 'envoy.health_check.event_sink.file',
      type: SINK,
      since: '0.1.0',
    });
  registry.message('envoy.config.cluster.v3.Cluster.CommonLbConfig', {
    ignore_new_hosts_until_first_hc: implemented({
      embed: {
        message: 'envoy.config.cluster.v3.Cluster',
        wrap: (json) => ({
          ...inCluster({ ...MINIMAL, http_health_check: HTTP }),
          common_lb_config: json,
        }),
      },
    }),
  });
  registry.message('envoy.config.endpoint.v3.Endpoint.HealthCheckConfig', {
    port_value: implemented(),
    hostname: implemented({ sample: 'a.example' }),
    address: implemented({ sample: address(8001) }),
    disable_active_health_check: implemented(),
  });
}
