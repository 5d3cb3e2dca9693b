/**
 * Where extensions plug into the API: the messages that pair a `name` with a `typed_config`, and the
 * category of what goes there. Envoy keeps this in comments of its API, which descriptors do not carry.
 */

/** Messages of one category. */
const SITES: Readonly<Record<string, string>> = {
  'envoy.config.accesslog.v3.AccessLog': 'envoy.access_loggers',
  'envoy.config.accesslog.v3.ExtensionFilter': 'envoy.access_loggers.extension_filters',
  'envoy.config.cluster.v3.Cluster.CustomClusterType': 'envoy.clusters',
  'envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials.MetadataCredentialsFromPlugin':
    'envoy.grpc_credentials',
  'envoy.config.core.v3.HealthCheck.CustomHealthCheck': 'envoy.health_checkers',
  'envoy.config.listener.v3.Filter': 'envoy.filters.network',
  'envoy.config.listener.v3.ListenerFilter': 'envoy.filters.listener',
  'envoy.config.metrics.v3.StatsSink': 'envoy.stats_sinks',
  'envoy.config.overload.v3.ResourceMonitor': 'envoy.resource_monitors',
  'envoy.config.route.v3.RetryPolicy.RetryHostPredicate': 'envoy.retry_host_predicates',
  'envoy.config.route.v3.RetryPolicy.RetryPriority': 'envoy.retry_priorities',
  'envoy.config.trace.v3.Tracing.Http': 'envoy.tracers',
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter': 'envoy.filters.http',
  'envoy.extensions.filters.network.thrift_proxy.v3.ThriftFilter': 'envoy.thrift_proxy.filters',
  'envoy.config.cluster.v3.Filter': 'envoy.filters.upstream_network',
  'envoy.config.core.v3.RetryPolicy.RetryHostPredicate': 'envoy.retry_host_predicates',
  'envoy.config.core.v3.RetryPolicy.RetryPriority': 'envoy.retry_priorities',
  'envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig.SessionFilter': 'envoy.filters.udp.session',
};

/** Fields that mean the same wherever they appear. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  formatters: 'envoy.formatter',
  typed_dns_resolver_config: 'envoy.network.dns_resolver',
  resource_detectors: 'envoy.tracers.opentelemetry.resource_detectors',
  config_validators: 'envoy.config.validators',
};

const UPSTREAM = 'envoy.transport_sockets.upstream';
const DOWNSTREAM = 'envoy.transport_sockets.downstream';

/** Fields that hold a transport socket or a TypedExtensionConfig, whose category depends on the field. */
const FIELDS: Readonly<Record<string, string>> = {
  'envoy.config.bootstrap.v3.Bootstrap.bootstrap_extensions': 'envoy.bootstrap',
  'envoy.config.bootstrap.v3.Bootstrap.default_regex_engine': 'envoy.regex_engines',
  'envoy.config.bootstrap.v3.FatalAction.config': 'envoy.fatal_action',
  'envoy.config.bootstrap.v3.Watchdog.WatchdogAction.config': 'envoy.guarddog_actions',
  'envoy.config.cluster.v3.Cluster.transport_socket': UPSTREAM,
  'envoy.config.cluster.v3.Cluster.TransportSocketMatch.transport_socket': UPSTREAM,
  'envoy.config.cluster.v3.Cluster.upstream_config': 'envoy.upstreams',
  'envoy.config.cluster.v3.LoadBalancingPolicy.Policy.typed_extension_config':
    'envoy.load_balancing_policies',
  'envoy.config.core.v3.HealthCheck.event_logger': 'envoy.health_check.event_sinks',
  'envoy.config.core.v3.Http1ProtocolOptions.HeaderKeyFormat.stateful_formatter':
    'envoy.http.stateful_header_formatters',
  'envoy.config.listener.v3.FilterChain.transport_socket': DOWNSTREAM,
  'envoy.config.listener.v3.Listener.listener_filters': 'envoy.filters.listener',
  'envoy.config.route.v3.FilterConfig.config': 'envoy.filters.http',
  'envoy.config.route.v3.InternalRedirectPolicy.predicates': 'envoy.internal_redirect_predicates',
  'envoy.config.route.v3.RetryPolicy.retry_options_predicates': 'envoy.retry_options_predicates',
  'envoy.config.route.v3.RouteAction.path_rewrite_policy': 'envoy.path.rewrite',
  'envoy.config.route.v3.RouteMatch.path_match_policy': 'envoy.path.match',
  'envoy.config.route.v3.ClusterSpecifierPlugin.extension': 'envoy.router.cluster_specifier_plugin',
  'envoy.extensions.filters.http.compressor.v3.Compressor.compressor_library': 'envoy.compression.compressor',
  'envoy.extensions.filters.http.decompressor.v3.Decompressor.decompressor_library':
    'envoy.compression.decompressor',
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.early_header_mutation_extensions':
    'envoy.http.early_header_mutation',
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.original_ip_detection_extensions':
    'envoy.http.original_ip_detection',
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.typed_header_validation_config':
    'envoy.http.header_validators',
  'envoy.extensions.filters.network.http_connection_manager.v3.RequestIDExtension.typed_config':
    'envoy.request_id',
  'envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport.transport_socket':
    UPSTREAM,
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions.http_filters': 'envoy.filters.http.upstream',
};

/** Maps of a filter's name to its settings for a route, a virtual host or a cluster. */
const MAPS: Readonly<Record<string, string>> = {
  'envoy.config.route.v3.RouteConfiguration.typed_per_filter_config': 'envoy.filters.http',
  'envoy.config.route.v3.VirtualHost.typed_per_filter_config': 'envoy.filters.http',
  'envoy.config.route.v3.Route.typed_per_filter_config': 'envoy.filters.http',
  'envoy.config.route.v3.WeightedCluster.ClusterWeight.typed_per_filter_config': 'envoy.filters.http',
  'envoy.config.cluster.v3.Cluster.typed_extension_protocol_options': 'envoy.upstream_options',
};

/**
 * The category of the extension in a message of type `message` that is the value of `field` of `parent`.
 * The field decides where it is known, as the same message serves several categories. `undefined`: not an
 * extension, or of a category that only its own type tells.
 */
export function extensionCategory(message: string, parent?: string, field?: string): string | undefined {
  if (parent !== undefined && field !== undefined) {
    const category = FIELDS[`${parent}.${field}`];
    if (category !== undefined) return category;
  }
  return SITES[message] ?? (field === undefined ? undefined : FIELD_NAMES[field]);
}

/** The category of the extensions that a map of name to Any holds settings for. */
export function mapCategory(message: string, field: string): string | undefined {
  return MAPS[`${message}.${field}`];
}
