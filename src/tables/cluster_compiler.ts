import type { Message } from '../api/message.ts';
import type { CompiledResource } from '../config/compiled.ts';
import { LbPolicy, type ThresholdsInput, writeRecord } from './generated/layout.ts';
import { child, duration, flag, messages, number, text, wrappedNumber } from './route_read.ts';

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const LEAST_REQUEST = 'envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest';
const RANDOM = 'envoy.extensions.load_balancing_policies.random.v3.Random';
const ROUND_ROBIN = 'envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin';
const HOUR = 3_600_000;

type Balancing = { lb_policy: LbPolicy; choice_count: number; active_request_bias: number };

const decoded = (any: Message | undefined): Message | undefined =>
  any === undefined ? undefined : child(any, '$decoded');

function leastRequest(config: Message | undefined): Balancing {
  const bias = config === undefined ? undefined : child(config, 'active_request_bias');
  return {
    lb_policy: LbPolicy.LeastRequest,
    choice_count: config === undefined ? 2 : wrappedNumber(config, 'choice_count', 2),
    active_request_bias: bias === undefined ? 1 : number(bias, 'default_value'),
  };
}

/** The typed list when there is one (the first policy that is known), else the old enum. */
function balancing(cluster: Message): Balancing {
  const typed = child(cluster, 'load_balancing_policy');
  for (const policy of typed === undefined ? [] : messages(typed, 'policies')) {
    const extension = child(policy, 'typed_extension_config');
    const config = decoded(extension === undefined ? undefined : child(extension, 'typed_config'));
    if (config?.$type === LEAST_REQUEST) return leastRequest(config);
    if (config?.$type === RANDOM) return { lb_policy: LbPolicy.Random, choice_count: 2, active_request_bias: 1 };
    if (config?.$type === ROUND_ROBIN) break;
  }
  const old = number(cluster, 'lb_policy');
  if (typed === undefined && old === 1) return leastRequest(child(cluster, 'least_request_lb_config'));
  if (typed === undefined && old === 3) return { lb_policy: LbPolicy.Random, choice_count: 2, active_request_bias: 1 };
  return { lb_policy: LbPolicy.RoundRobin, choice_count: 2, active_request_bias: 1 };
}

/** envoy.config.cluster.v3.CircuitBreakers: 1024 of everything, 3 retries. */
function thresholds(cluster: Message, priority: number): ThresholdsInput {
  const breakers = child(cluster, 'circuit_breakers');
  const own = (breakers === undefined ? [] : messages(breakers, 'thresholds')).find(
    (t) => number(t, 'priority') === priority,
  );
  const limit = (field: string, otherwise: number): number =>
    own === undefined ? otherwise : wrappedNumber(own, field, otherwise);
  return {
    max_connections: limit('max_connections', 1024),
    max_pending_requests: limit('max_pending_requests', 1024),
    max_requests: limit('max_requests', 1024),
    max_retries: limit('max_retries', 3),
    track_remaining: own !== undefined && flag(own, 'track_remaining'),
  };
}

function protocolOptions(cluster: Message): Message | undefined {
  const map = cluster.typed_extension_protocol_options;
  return map instanceof Map ? decoded(map.get(HTTP_OPTIONS) as Message | undefined) : undefined;
}

/** envoy.config.cluster.v3.Cluster to a Cluster record, defaults filled in. */
export function compileCluster(cluster: Message): CompiledResource {
  const name = text(cluster, 'name');
  const options = protocolOptions(cluster);
  const common =
    (options === undefined ? undefined : child(options, 'common_http_protocol_options')) ??
    child(cluster, 'common_http_protocol_options');
  const maxRequests =
    (common === undefined ? 0 : wrappedNumber(common, 'max_requests_per_connection', 0)) ||
    wrappedNumber(cluster, 'max_requests_per_connection', 0);
  const connection = child(cluster, 'upstream_connection_options');
  const keepalive = connection === undefined ? undefined : child(connection, 'tcp_keepalive');
  const lb = child(cluster, 'common_lb_config');
  const panic = lb === undefined ? undefined : child(lb, 'healthy_panic_threshold');
  const records = writeRecord('Cluster', {
    name,
    stats: text(cluster, 'alt_stat_name') || name,
    endpoints: name,
    connect_timeout_ms: duration(cluster, 'connect_timeout') ?? 5000,
    idle_timeout_ms: (common === undefined ? undefined : duration(common, 'idle_timeout')) ?? HOUR,
    max_connection_duration_ms: (common === undefined ? undefined : duration(common, 'max_connection_duration')) ?? 0,
    max_requests_per_connection: maxRequests,
    per_connection_buffer_limit: wrappedNumber(cluster, 'per_connection_buffer_limit_bytes', 1 << 20),
    max_response_headers_kb: 60,
    max_response_headers_count: (common === undefined ? 0 : wrappedNumber(common, 'max_headers_count', 0)) || 100,
    panic_threshold: panic === undefined ? 50 : Math.round(number(panic, 'value')),
    ...balancing(cluster),
    default_priority: thresholds(cluster, 0),
    high_priority: thresholds(cluster, 1),
    keepalive:
      keepalive === undefined
        ? undefined
        : {
            probes: wrappedNumber(keepalive, 'keepalive_probes', 0),
            time_s: wrappedNumber(keepalive, 'keepalive_time', 0),
            interval_s: wrappedNumber(keepalive, 'keepalive_interval', 0),
          },
  });
  return { records };
}
