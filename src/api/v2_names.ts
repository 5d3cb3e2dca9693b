/**
 * Extensions that v2 files name, with or without a `config`: what they are called in v3 and which message
 * configures them. In v2 the name chose the implementation; in v3 the type of `typed_config` does.
 */

export type V2Extension = {
  /** The v3 name. */
  readonly name: string;
  /** The message that configures it. */
  readonly type: string;
  /** The message of its settings per route or per cluster, where it is another one. */
  readonly override?: string;
};

/** The modern name, then former ones; the type; the type of overrides. */
type Row = readonly [names: string, type: string, override?: string];

const HTTP = 'envoy.extensions.filters.http';
const NETWORK = 'envoy.extensions.filters.network';
const LISTENER = 'envoy.extensions.filters.listener';
const METRICS = 'envoy.config.metrics.v3';
const TRACE = 'envoy.config.trace.v3';
const SOCKET = 'envoy.extensions.transport_sockets';

/** A filter of the common form: the type lives in a package of the filter's own name. */
function filter(base: string, short: string, message: string, former = '', override?: string): Row {
  const prefix = base.replace('envoy.extensions', 'envoy');
  const type = `${base}.${short}.v3`;
  return [
    `${prefix}.${short} ${former}`.trim(),
    `${type}.${message}`,
    override === undefined ? undefined : `${type}.${override}`,
  ];
}

const HTTP_FILTERS: readonly Row[] = [
  filter(HTTP, 'adaptive_concurrency', 'AdaptiveConcurrency'),
  filter(HTTP, 'admission_control', 'AdmissionControl'),
  filter(HTTP, 'aws_lambda', 'Config', '', 'PerRouteConfig'),
  filter(HTTP, 'aws_request_signing', 'AwsRequestSigning'),
  filter(HTTP, 'bandwidth_limit', 'BandwidthLimit', 'envoy.bandwidth_limit'),
  filter(HTTP, 'buffer', 'Buffer', 'envoy.buffer', 'BufferPerRoute'),
  filter(HTTP, 'cache', 'CacheConfig'),
  filter(HTTP, 'compressor', 'Compressor', '', 'CompressorPerRoute'),
  filter(HTTP, 'cors', 'Cors', 'envoy.cors', 'CorsPolicy'),
  filter(HTTP, 'csrf', 'CsrfPolicy', 'envoy.csrf'),
  filter(HTTP, 'decompressor', 'Decompressor'),
  filter(HTTP, 'dynamic_forward_proxy', 'FilterConfig', '', 'PerRouteConfig'),
  filter(HTTP, 'dynamo', 'Dynamo', 'envoy.http_dynamo_filter'),
  filter(HTTP, 'ext_authz', 'ExtAuthz', 'envoy.ext_authz', 'ExtAuthzPerRoute'),
  filter(HTTP, 'ext_proc', 'ExternalProcessor', 'envoy.ext_proc', 'ExtProcPerRoute'),
  filter(HTTP, 'fault', 'HTTPFault', 'envoy.fault'),
  filter(HTTP, 'geoip', 'Geoip', 'envoy.geoip'),
  filter(HTTP, 'grpc_http1_bridge', 'Config', 'envoy.grpc_http1_bridge'),
  filter(HTTP, 'grpc_http1_reverse_bridge', 'FilterConfig', '', 'FilterConfigPerRoute'),
  filter(HTTP, 'grpc_json_transcoder', 'GrpcJsonTranscoder', 'envoy.grpc_json_transcoder'),
  filter(HTTP, 'grpc_stats', 'FilterConfig'),
  filter(HTTP, 'grpc_web', 'GrpcWeb', 'envoy.grpc_web'),
  filter(HTTP, 'gzip', 'Gzip', 'envoy.gzip'),
  filter(HTTP, 'header_to_metadata', 'Config'),
  filter(HTTP, 'health_check', 'HealthCheck', 'envoy.health_check'),
  filter(HTTP, 'ip_tagging', 'IPTagging', 'envoy.ip_tagging'),
  filter(HTTP, 'jwt_authn', 'JwtAuthentication', '', 'PerRouteConfig'),
  filter(HTTP, 'local_ratelimit', 'LocalRateLimit', 'envoy.local_rate_limit'),
  filter(HTTP, 'lua', 'Lua', 'envoy.lua', 'LuaPerRoute'),
  filter(HTTP, 'on_demand', 'OnDemand', '', 'PerRouteConfig'),
  filter(HTTP, 'original_src', 'OriginalSrc'),
  filter(HTTP, 'ratelimit', 'RateLimit', 'envoy.rate_limit', 'RateLimitPerRoute'),
  filter(HTTP, 'rbac', 'RBAC', '', 'RBACPerRoute'),
  filter(HTTP, 'router', 'Router', 'envoy.router'),
  filter(HTTP, 'tap', 'Tap'),
  filter(HTTP, 'wasm', 'Wasm'),
];

const NETWORK_FILTERS: readonly Row[] = [
  filter(NETWORK, 'client_ssl_auth', 'ClientSSLAuth', 'envoy.client_ssl_auth'),
  filter(NETWORK, 'direct_response', 'Config'),
  filter(NETWORK, 'dubbo_proxy', 'DubboProxy'),
  filter(NETWORK, 'echo', 'Echo', 'envoy.echo'),
  filter(NETWORK, 'ext_authz', 'ExtAuthz', 'envoy.ext_authz'),
  filter(NETWORK, 'http_connection_manager', 'HttpConnectionManager', 'envoy.http_connection_manager'),
  filter(NETWORK, 'kafka_broker', 'KafkaBroker'),
  filter(NETWORK, 'local_ratelimit', 'LocalRateLimit'),
  filter(NETWORK, 'mongo_proxy', 'MongoProxy', 'envoy.mongo_proxy'),
  filter(NETWORK, 'mysql_proxy', 'MySQLProxy'),
  [
    'envoy.filters.network.postgres_proxy',
    'envoy.extensions.filters.network.postgres_proxy.v3alpha.PostgresProxy',
  ],
  filter(NETWORK, 'ratelimit', 'RateLimit', 'envoy.ratelimit'),
  filter(NETWORK, 'rbac', 'RBAC'),
  filter(NETWORK, 'redis_proxy', 'RedisProxy', 'envoy.redis_proxy'),
  filter(NETWORK, 'sni_cluster', 'SniCluster'),
  filter(NETWORK, 'tcp_proxy', 'TcpProxy', 'envoy.tcp_proxy'),
  filter(NETWORK, 'thrift_proxy', 'ThriftProxy'),
  filter(NETWORK, 'wasm', 'Wasm'),
  filter(NETWORK, 'zookeeper_proxy', 'ZooKeeperProxy'),
];

const LISTENER_FILTERS: readonly Row[] = [
  filter(LISTENER, 'http_inspector', 'HttpInspector', 'envoy.listener.http_inspector'),
  filter(LISTENER, 'original_dst', 'OriginalDst', 'envoy.listener.original_dst'),
  filter(LISTENER, 'original_src', 'OriginalSrc', 'envoy.listener.original_src'),
  filter(LISTENER, 'proxy_protocol', 'ProxyProtocol', 'envoy.listener.proxy_protocol'),
  filter(LISTENER, 'tls_inspector', 'TlsInspector', 'envoy.listener.tls_inspector'),
];

const ACCESS_LOGGERS: readonly Row[] = [
  [
    'envoy.access_loggers.file envoy.file_access_log',
    'envoy.extensions.access_loggers.file.v3.FileAccessLog',
  ],
  [
    'envoy.access_loggers.http_grpc envoy.http_grpc_access_log',
    'envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig',
  ],
  [
    'envoy.access_loggers.tcp_grpc envoy.tcp_grpc_access_log',
    'envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig',
  ],
  [
    'envoy.access_loggers.open_telemetry envoy.open_telemetry_access_log',
    'envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig',
  ],
  [
    'envoy.access_loggers.stdout envoy.stdout_access_log',
    'envoy.extensions.access_loggers.stream.v3.StdoutAccessLog',
  ],
  [
    'envoy.access_loggers.stderr envoy.stderr_access_log',
    'envoy.extensions.access_loggers.stream.v3.StderrAccessLog',
  ],
  [
    'envoy.access_loggers.wasm envoy.wasm_access_log',
    'envoy.extensions.access_loggers.wasm.v3.WasmAccessLog',
  ],
];

function sockets(context: string, startTls: string): readonly Row[] {
  return [
    ['envoy.transport_sockets.raw_buffer raw_buffer', `${SOCKET}.raw_buffer.v3.RawBuffer`],
    ['envoy.transport_sockets.tls tls', `${SOCKET}.tls.v3.${context}`],
    ['envoy.transport_sockets.alts', `${SOCKET}.alts.v3.Alts`],
    ['envoy.transport_sockets.tap', `${SOCKET}.tap.v3.Tap`],
    ['envoy.transport_sockets.starttls starttls', `${SOCKET}.starttls.v3.${startTls}`],
  ];
}

const STATS_SINKS: readonly Row[] = [
  ['envoy.stat_sinks.statsd envoy.statsd', `${METRICS}.StatsdSink`],
  ['envoy.stat_sinks.dog_statsd envoy.dog_statsd', `${METRICS}.DogStatsdSink`],
  ['envoy.stat_sinks.metrics_service envoy.metrics_service', `${METRICS}.MetricsServiceConfig`],
  ['envoy.stat_sinks.hystrix', `${METRICS}.HystrixSink`],
  [
    'envoy.stat_sinks.graphite_statsd envoy.graphite_statsd',
    'envoy.extensions.stat_sinks.graphite_statsd.v3.GraphiteStatsdSink',
  ],
  [
    'envoy.stat_sinks.open_telemetry envoy.open_telemetry_stat_sink',
    'envoy.extensions.stat_sinks.open_telemetry.v3.SinkConfig',
  ],
];

const TRACERS: readonly Row[] = [
  ['envoy.tracers.zipkin envoy.zipkin', `${TRACE}.ZipkinConfig`],
  ['envoy.tracers.lightstep envoy.lightstep', `${TRACE}.LightstepConfig`],
  ['envoy.tracers.dynamic_ot envoy.dynamic.ot', `${TRACE}.DynamicOtConfig`],
  ['envoy.tracers.datadog', `${TRACE}.DatadogConfig`],
  ['envoy.tracers.xray', `${TRACE}.XRayConfig`],
];

const OTHERS: Readonly<Record<string, readonly Row[]>> = {
  'envoy.resource_monitors': [
    [
      'envoy.resource_monitors.fixed_heap',
      'envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig',
    ],
    [
      'envoy.resource_monitors.injected_resource',
      'envoy.extensions.resource_monitors.injected_resource.v3.InjectedResourceConfig',
    ],
  ],
  'envoy.health_checkers': [
    ['envoy.health_checkers.redis', 'envoy.extensions.health_checkers.redis.v3.Redis'],
  ],
  'envoy.retry_priorities': [
    [
      'envoy.retry_priorities.previous_priorities',
      'envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig',
    ],
  ],
  'envoy.retry_host_predicates': [
    [
      'envoy.retry_host_predicates.previous_hosts',
      'envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
    ],
    [
      'envoy.retry_host_predicates.omit_canary_hosts',
      'envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate',
    ],
    [
      'envoy.retry_host_predicates.omit_host_metadata',
      'envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig',
    ],
  ],
  'envoy.clusters': [
    ['envoy.clusters.aggregate', 'envoy.extensions.clusters.aggregate.v3.ClusterConfig'],
    [
      'envoy.clusters.dynamic_forward_proxy',
      'envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig',
    ],
    ['envoy.clusters.redis', 'envoy.extensions.clusters.redis.v3.RedisClusterConfig'],
  ],
  'envoy.grpc_credentials': [
    ['envoy.grpc_credentials.file_based_metadata', 'envoy.config.grpc_credential.v3.FileBasedMetadataConfig'],
  ],
  'envoy.thrift_proxy.filters': [
    [
      'envoy.filters.thrift.rate_limit',
      'envoy.extensions.filters.network.thrift_proxy.filters.ratelimit.v3.RateLimit',
    ],
    ['envoy.filters.thrift.router', 'envoy.extensions.filters.network.thrift_proxy.router.v3.Router'],
  ],
  'envoy.upstream_options': [
    [
      `${NETWORK.replace('.extensions', '')}.thrift_proxy`,
      `${NETWORK}.thrift_proxy.v3.ThriftProtocolOptions`,
    ],
    [
      `${NETWORK.replace('.extensions', '')}.redis_proxy envoy.redis_proxy`,
      `${NETWORK}.redis_proxy.v3.RedisProtocolOptions`,
    ],
  ],
};

const TABLES: Readonly<Record<string, readonly Row[]>> = {
  'envoy.filters.http': HTTP_FILTERS,
  'envoy.filters.network': NETWORK_FILTERS,
  'envoy.filters.listener': LISTENER_FILTERS,
  'envoy.access_loggers': ACCESS_LOGGERS,
  'envoy.transport_sockets.upstream': sockets('UpstreamTlsContext', 'UpstreamStartTlsConfig'),
  'envoy.transport_sockets.downstream': sockets('DownstreamTlsContext', 'StartTlsConfig'),
  'envoy.stats_sinks': STATS_SINKS,
  'envoy.tracers': TRACERS,
  ...OTHERS,
};

/** Parsed on first use: a v3 file never asks. */
const indexes = new Map<string, Map<string, V2Extension>>();

/** The extension that `name`, modern or former, meant in v2. */
export function v2Extension(category: string, name: string): V2Extension | undefined {
  let index = indexes.get(category);
  if (index === undefined) {
    index = new Map();
    for (const [names, type, override] of TABLES[category] ?? []) {
      const all = names.split(' ');
      for (const each of all) index.set(each, { name: all[0] ?? each, type, override });
    }
    indexes.set(category, index);
  }
  return index.get(name);
}

/** All rows: for tests and documents. */
export function* v2Extensions(): Generator<V2Extension & { category: string; former: string[] }> {
  for (const [category, rows] of Object.entries(TABLES)) {
    for (const [names, type, override] of rows) {
      const [name = '', ...former] = names.split(' ');
      yield { category, name, former, type, override };
    }
  }
}

/** Types that the descriptors do not connect to their successors. */
export const TYPE_ALIASES: Readonly<Record<string, string>> = {
  'envoy.config.filter.http.ext_authz.v2.ExtAuthz': 'envoy.extensions.filters.http.ext_authz.v3.ExtAuthz',
  'envoy.config.filter.http.ext_authz.v2alpha.ExtAuthz':
    'envoy.extensions.filters.http.ext_authz.v3.ExtAuthz',
};

/** Values that are gone, by what v2 itself told to use instead. */
export const ENUM_VALUES: Readonly<Record<string, string>> = {
  'envoy.api.v2.Cluster.LbPolicy.ORIGINAL_DST_LB': 'CLUSTER_PROVIDED',
};

/** The other way round. */
export const FORMER_TYPES: Readonly<Record<string, string>> = {
  'envoy.extensions.filters.http.ext_authz.v3.ExtAuthz': 'envoy.config.filter.http.ext_authz.v2.ExtAuthz',
};
