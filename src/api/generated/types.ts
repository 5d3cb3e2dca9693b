/** Types of decoded messages of Envoy's API: made by scripts/gen-api-types.ts, do not edit. */
import type { AnyMessage, Message } from '../message.ts';

/** envoy.config.accesslog.v3.AccessLog */
export type AccessLog = {
  readonly $type: 'envoy.config.accesslog.v3.AccessLog';
  readonly name?: string;
  readonly filter?: AccessLogFilter;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
};

/** envoy.config.accesslog.v3.AccessLogFilter */
export type AccessLogFilter = {
  readonly $type: 'envoy.config.accesslog.v3.AccessLogFilter';
  /** oneof filter_specifier */
  readonly status_code_filter?: StatusCodeFilter;
  /** oneof filter_specifier */
  readonly duration_filter?: DurationFilter;
  /** oneof filter_specifier */
  readonly not_health_check_filter?: NotHealthCheckFilter;
  /** oneof filter_specifier */
  readonly traceable_filter?: TraceableFilter;
  /** oneof filter_specifier */
  readonly runtime_filter?: RuntimeFilter;
  /** oneof filter_specifier */
  readonly and_filter?: AndFilter;
  /** oneof filter_specifier */
  readonly or_filter?: OrFilter;
  /** oneof filter_specifier */
  readonly header_filter?: HeaderFilter;
  /** oneof filter_specifier */
  readonly response_flag_filter?: ResponseFlagFilter;
  /** oneof filter_specifier */
  readonly grpc_status_filter?: GrpcStatusFilter;
  /** oneof filter_specifier */
  readonly extension_filter?: ExtensionFilter;
  /** oneof filter_specifier */
  readonly metadata_filter?: MetadataFilter;
  /** oneof filter_specifier */
  readonly log_type_filter?: LogTypeFilter;
};

/** envoy.config.accesslog.v3.AndFilter */
export type AndFilter = {
  readonly $type: 'envoy.config.accesslog.v3.AndFilter';
  readonly filters?: readonly AccessLogFilter[];
};

/** envoy.config.accesslog.v3.ComparisonFilter */
export type ComparisonFilter = {
  readonly $type: 'envoy.config.accesslog.v3.ComparisonFilter';
  /** {@link ComparisonFilter_Op} */
  readonly op?: number;
  readonly value?: RuntimeUInt32;
};

/** envoy.config.accesslog.v3.DurationFilter */
export type DurationFilter = {
  readonly $type: 'envoy.config.accesslog.v3.DurationFilter';
  readonly comparison?: ComparisonFilter;
};

/** envoy.config.accesslog.v3.ExtensionFilter */
export type ExtensionFilter = {
  readonly $type: 'envoy.config.accesslog.v3.ExtensionFilter';
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
};

/** envoy.config.accesslog.v3.GrpcStatusFilter */
export type GrpcStatusFilter = {
  readonly $type: 'envoy.config.accesslog.v3.GrpcStatusFilter';
  /** {@link GrpcStatusFilter_Status} */
  readonly statuses?: readonly number[];
  readonly exclude?: boolean;
};

/** envoy.config.accesslog.v3.HeaderFilter */
export type HeaderFilter = {
  readonly $type: 'envoy.config.accesslog.v3.HeaderFilter';
  readonly header?: HeaderMatcher;
};

/** envoy.config.accesslog.v3.LogTypeFilter */
export type LogTypeFilter = {
  readonly $type: 'envoy.config.accesslog.v3.LogTypeFilter';
  readonly types?: readonly number[];
  readonly exclude?: boolean;
};

/** envoy.config.accesslog.v3.MetadataFilter */
export type MetadataFilter = {
  readonly $type: 'envoy.config.accesslog.v3.MetadataFilter';
  readonly matcher?: MetadataMatcher;
  readonly match_if_key_not_found?: BoolValue;
};

/** envoy.config.accesslog.v3.NotHealthCheckFilter */
export type NotHealthCheckFilter = {
  readonly $type: 'envoy.config.accesslog.v3.NotHealthCheckFilter';
};

/** envoy.config.accesslog.v3.OrFilter */
export type OrFilter = {
  readonly $type: 'envoy.config.accesslog.v3.OrFilter';
  readonly filters?: readonly AccessLogFilter[];
};

/** envoy.config.accesslog.v3.ResponseFlagFilter */
export type ResponseFlagFilter = {
  readonly $type: 'envoy.config.accesslog.v3.ResponseFlagFilter';
  readonly flags?: readonly string[];
};

/** envoy.config.accesslog.v3.RuntimeFilter */
export type RuntimeFilter = {
  readonly $type: 'envoy.config.accesslog.v3.RuntimeFilter';
  readonly runtime_key?: string;
  readonly percent_sampled?: FractionalPercent;
  readonly use_independent_randomness?: boolean;
};

/** envoy.config.accesslog.v3.StatusCodeFilter */
export type StatusCodeFilter = {
  readonly $type: 'envoy.config.accesslog.v3.StatusCodeFilter';
  readonly comparison?: ComparisonFilter;
};

/** envoy.config.accesslog.v3.TraceableFilter */
export type TraceableFilter = {
  readonly $type: 'envoy.config.accesslog.v3.TraceableFilter';
};

/** envoy.config.bootstrap.v3.Admin */
export type Admin = {
  readonly $type: 'envoy.config.bootstrap.v3.Admin';
  readonly access_log?: readonly AccessLog[];
  /** @deprecated */
  readonly access_log_path?: string;
  readonly profile_path?: string;
  readonly address?: Address;
  readonly socket_options?: readonly SocketOption[];
  readonly ignore_global_conn_limit?: boolean;
  readonly allow_paths?: readonly TypeMatcherStringMatcher[];
};

/** envoy.config.bootstrap.v3.Bootstrap */
export type Bootstrap = {
  readonly $type: 'envoy.config.bootstrap.v3.Bootstrap';
  readonly node?: Node;
  readonly node_context_params?: readonly string[];
  readonly static_resources?: Bootstrap_StaticResources;
  readonly dynamic_resources?: Bootstrap_DynamicResources;
  readonly cluster_manager?: ClusterManager;
  readonly hds_config?: ApiConfigSource;
  readonly flags_path?: string;
  readonly stats_sinks?: readonly StatsSink[];
  readonly deferred_stat_options?: Bootstrap_DeferredStatOptions;
  readonly stats_config?: StatsConfig;
  readonly stats_flush_interval?: Duration;
  /** oneof stats_flush */
  readonly stats_flush_on_admin?: boolean;
  /** oneof stats_eviction */
  readonly stats_eviction_interval?: Duration;
  /** @deprecated */
  readonly watchdog?: Watchdog;
  readonly watchdogs?: Watchdogs;
  /** @deprecated */
  readonly tracing?: TraceTracing;
  readonly layered_runtime?: LayeredRuntime;
  readonly admin?: Admin;
  readonly overload_manager?: OverloadManager;
  readonly enable_dispatcher_stats?: boolean;
  readonly header_prefix?: string;
  readonly stats_server_version_override?: UInt64Value;
  /** @deprecated */
  readonly use_tcp_for_dns_lookups?: boolean;
  /** @deprecated */
  readonly dns_resolution_config?: DnsResolutionConfig;
  readonly typed_dns_resolver_config?: CoreTypedExtensionConfig;
  readonly bootstrap_extensions?: readonly CoreTypedExtensionConfig[];
  readonly fatal_actions?: readonly FatalAction[];
  readonly config_sources?: readonly ConfigSource[];
  readonly default_config_source?: ConfigSource;
  readonly default_socket_interface?: string;
  readonly certificate_provider_instances?: ReadonlyMap<string, CoreTypedExtensionConfig>;
  readonly inline_headers?: readonly CustomInlineHeader[];
  readonly perf_tracing_file_path?: string;
  readonly default_regex_engine?: CoreTypedExtensionConfig;
  readonly xds_delegate_extension?: CoreTypedExtensionConfig;
  readonly xds_config_tracker_extension?: CoreTypedExtensionConfig;
  readonly listener_manager?: CoreTypedExtensionConfig;
  readonly application_log_config?: Bootstrap_ApplicationLogConfig;
  readonly grpc_async_client_manager_config?: Bootstrap_GrpcAsyncClientManagerConfig;
  readonly memory_allocator_manager?: MemoryAllocatorManager;
  readonly enable_worker_cpu_affinity?: boolean;
};

/** envoy.config.bootstrap.v3.Bootstrap.ApplicationLogConfig */
export type Bootstrap_ApplicationLogConfig = {
  readonly $type: 'envoy.config.bootstrap.v3.Bootstrap.ApplicationLogConfig';
  readonly log_format?: Bootstrap_ApplicationLogConfig_LogFormat;
};

/** envoy.config.bootstrap.v3.Bootstrap.ApplicationLogConfig.LogFormat */
export type Bootstrap_ApplicationLogConfig_LogFormat = {
  readonly $type: 'envoy.config.bootstrap.v3.Bootstrap.ApplicationLogConfig.LogFormat';
  /** oneof log_format */
  readonly json_format?: Struct;
  /** oneof log_format */
  readonly text_format?: string;
};

/** envoy.config.bootstrap.v3.Bootstrap.DeferredStatOptions */
export type Bootstrap_DeferredStatOptions = {
  readonly $type: 'envoy.config.bootstrap.v3.Bootstrap.DeferredStatOptions';
  readonly enable_deferred_creation_stats?: boolean;
};

/** envoy.config.bootstrap.v3.Bootstrap.DynamicResources */
export type Bootstrap_DynamicResources = {
  readonly $type: 'envoy.config.bootstrap.v3.Bootstrap.DynamicResources';
  readonly lds_config?: ConfigSource;
  readonly lds_resources_locator?: string;
  readonly cds_config?: ConfigSource;
  readonly cds_resources_locator?: string;
  readonly ads_config?: ApiConfigSource;
};

/** envoy.config.bootstrap.v3.Bootstrap.GrpcAsyncClientManagerConfig */
export type Bootstrap_GrpcAsyncClientManagerConfig = {
  readonly $type: 'envoy.config.bootstrap.v3.Bootstrap.GrpcAsyncClientManagerConfig';
  readonly max_cached_entry_idle_duration?: Duration;
};

/** envoy.config.bootstrap.v3.Bootstrap.StaticResources */
export type Bootstrap_StaticResources = {
  readonly $type: 'envoy.config.bootstrap.v3.Bootstrap.StaticResources';
  readonly listeners?: readonly Listener[];
  readonly clusters?: readonly Cluster[];
  readonly secrets?: readonly Message[];
};

/** envoy.config.bootstrap.v3.ClusterManager */
export type ClusterManager = {
  readonly $type: 'envoy.config.bootstrap.v3.ClusterManager';
  readonly local_cluster_name?: string;
  readonly outlier_detection?: ClusterManager_OutlierDetection;
  readonly upstream_bind_config?: BindConfig;
  readonly load_stats_config?: ApiConfigSource;
  readonly enable_deferred_cluster_creation?: boolean;
};

/** envoy.config.bootstrap.v3.ClusterManager.OutlierDetection */
export type ClusterManager_OutlierDetection = {
  readonly $type: 'envoy.config.bootstrap.v3.ClusterManager.OutlierDetection';
  readonly event_log_path?: string;
  readonly event_service?: EventServiceConfig;
};

/** envoy.config.bootstrap.v3.CustomInlineHeader */
export type CustomInlineHeader = {
  readonly $type: 'envoy.config.bootstrap.v3.CustomInlineHeader';
  readonly inline_header_name?: string;
  /** {@link CustomInlineHeader_InlineHeaderType} */
  readonly inline_header_type?: number;
};

/** envoy.config.bootstrap.v3.FatalAction */
export type FatalAction = {
  readonly $type: 'envoy.config.bootstrap.v3.FatalAction';
  readonly config?: CoreTypedExtensionConfig;
};

/** envoy.config.bootstrap.v3.LayeredRuntime */
export type LayeredRuntime = {
  readonly $type: 'envoy.config.bootstrap.v3.LayeredRuntime';
  readonly layers?: readonly RuntimeLayer[];
};

/** envoy.config.bootstrap.v3.MemoryAllocatorManager */
export type MemoryAllocatorManager = {
  readonly $type: 'envoy.config.bootstrap.v3.MemoryAllocatorManager';
  readonly bytes_to_release?: bigint;
  readonly memory_release_interval?: Duration;
  readonly soft_memory_limit_bytes?: UInt64Value;
  readonly max_per_cpu_cache_size_bytes?: UInt32Value;
  readonly max_unfreed_memory_bytes?: bigint;
};

/** envoy.config.bootstrap.v3.RuntimeLayer */
export type RuntimeLayer = {
  readonly $type: 'envoy.config.bootstrap.v3.RuntimeLayer';
  readonly name?: string;
  /** oneof layer_specifier */
  readonly static_layer?: Struct;
  /** oneof layer_specifier */
  readonly disk_layer?: RuntimeLayer_DiskLayer;
  /** oneof layer_specifier */
  readonly admin_layer?: RuntimeLayer_AdminLayer;
  /** oneof layer_specifier */
  readonly rtds_layer?: RuntimeLayer_RtdsLayer;
};

/** envoy.config.bootstrap.v3.RuntimeLayer.AdminLayer */
export type RuntimeLayer_AdminLayer = {
  readonly $type: 'envoy.config.bootstrap.v3.RuntimeLayer.AdminLayer';
};

/** envoy.config.bootstrap.v3.RuntimeLayer.DiskLayer */
export type RuntimeLayer_DiskLayer = {
  readonly $type: 'envoy.config.bootstrap.v3.RuntimeLayer.DiskLayer';
  readonly symlink_root?: string;
  readonly subdirectory?: string;
  readonly append_service_cluster?: boolean;
};

/** envoy.config.bootstrap.v3.RuntimeLayer.RtdsLayer */
export type RuntimeLayer_RtdsLayer = {
  readonly $type: 'envoy.config.bootstrap.v3.RuntimeLayer.RtdsLayer';
  readonly name?: string;
  readonly rtds_config?: ConfigSource;
};

/** envoy.config.bootstrap.v3.Watchdog */
export type Watchdog = {
  readonly $type: 'envoy.config.bootstrap.v3.Watchdog';
  readonly actions?: readonly Watchdog_WatchdogAction[];
  readonly miss_timeout?: Duration;
  readonly megamiss_timeout?: Duration;
  readonly kill_timeout?: Duration;
  readonly max_kill_timeout_jitter?: Duration;
  readonly multikill_timeout?: Duration;
  readonly multikill_threshold?: Percent;
};

/** envoy.config.bootstrap.v3.Watchdog.WatchdogAction */
export type Watchdog_WatchdogAction = {
  readonly $type: 'envoy.config.bootstrap.v3.Watchdog.WatchdogAction';
  readonly config?: CoreTypedExtensionConfig;
  /** {@link Watchdog_WatchdogAction_WatchdogEvent} */
  readonly event?: number;
};

/** envoy.config.bootstrap.v3.Watchdogs */
export type Watchdogs = {
  readonly $type: 'envoy.config.bootstrap.v3.Watchdogs';
  readonly main_thread_watchdog?: Watchdog;
  readonly worker_watchdog?: Watchdog;
};

/** envoy.config.cluster.v3.CircuitBreakers */
export type CircuitBreakers = {
  readonly $type: 'envoy.config.cluster.v3.CircuitBreakers';
  readonly thresholds?: readonly CircuitBreakers_Thresholds[];
  readonly per_host_thresholds?: readonly CircuitBreakers_Thresholds[];
};

/** envoy.config.cluster.v3.CircuitBreakers.Thresholds */
export type CircuitBreakers_Thresholds = {
  readonly $type: 'envoy.config.cluster.v3.CircuitBreakers.Thresholds';
  /** {@link RoutingPriority} */
  readonly priority?: number;
  readonly max_connections?: UInt32Value;
  readonly max_pending_requests?: UInt32Value;
  readonly max_requests?: UInt32Value;
  readonly max_retries?: UInt32Value;
  readonly retry_budget?: CircuitBreakers_Thresholds_RetryBudget;
  readonly track_remaining?: boolean;
  readonly max_connection_pools?: UInt32Value;
};

/** envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget */
export type CircuitBreakers_Thresholds_RetryBudget = {
  readonly $type: 'envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget';
  readonly budget_percent?: Percent;
  readonly budget_interval?: Duration;
  readonly min_retry_concurrency?: UInt32Value;
};

/** envoy.config.cluster.v3.Cluster */
export type Cluster = {
  readonly $type: 'envoy.config.cluster.v3.Cluster';
  readonly transport_socket_matches?: readonly Cluster_TransportSocketMatch[];
  readonly transport_socket_matcher?: Matcher;
  readonly name?: string;
  readonly alt_stat_name?: string;
  readonly stats_matcher?: StatsMatcher;
  /** oneof cluster_discovery_type, {@link Cluster_DiscoveryType} */
  readonly type?: number;
  /** oneof cluster_discovery_type */
  readonly cluster_type?: Cluster_CustomClusterType;
  readonly eds_cluster_config?: Cluster_EdsClusterConfig;
  readonly connect_timeout?: Duration;
  readonly per_connection_buffer_limit_bytes?: UInt32Value;
  readonly per_connection_buffer_high_watermark_timeout?: Duration;
  /** {@link Cluster_LbPolicy} */
  readonly lb_policy?: number;
  readonly load_assignment?: ClusterLoadAssignment;
  readonly health_checks?: readonly HealthCheck[];
  /** @deprecated */
  readonly max_requests_per_connection?: UInt32Value;
  readonly circuit_breakers?: CircuitBreakers;
  /** @deprecated */
  readonly upstream_http_protocol_options?: UpstreamHttpProtocolOptions;
  /** @deprecated */
  readonly common_http_protocol_options?: CoreHttpProtocolOptions;
  /** @deprecated */
  readonly http_protocol_options?: Http1ProtocolOptions;
  /** @deprecated */
  readonly http2_protocol_options?: Http2ProtocolOptions;
  readonly typed_extension_protocol_options?: ReadonlyMap<string, AnyMessage>;
  /** @deprecated */
  readonly dns_refresh_rate?: Duration;
  /** @deprecated */
  readonly dns_jitter?: Duration;
  /** @deprecated */
  readonly dns_failure_refresh_rate?: Cluster_RefreshRate;
  /** @deprecated */
  readonly respect_dns_ttl?: boolean;
  /** {@link Cluster_DnsLookupFamily} */
  readonly dns_lookup_family?: number;
  /** @deprecated */
  readonly dns_resolvers?: readonly Address[];
  /** @deprecated */
  readonly use_tcp_for_dns_lookups?: boolean;
  /** @deprecated */
  readonly dns_resolution_config?: DnsResolutionConfig;
  readonly typed_dns_resolver_config?: CoreTypedExtensionConfig;
  readonly wait_for_warm_on_init?: BoolValue;
  readonly outlier_detection?: OutlierDetection;
  readonly cleanup_interval?: Duration;
  readonly upstream_bind_config?: BindConfig;
  readonly lb_subset_config?: Cluster_LbSubsetConfig;
  /** oneof lb_config */
  readonly ring_hash_lb_config?: Cluster_RingHashLbConfig;
  /** oneof lb_config */
  readonly maglev_lb_config?: Cluster_MaglevLbConfig;
  /** oneof lb_config */
  readonly original_dst_lb_config?: Cluster_OriginalDstLbConfig;
  /** oneof lb_config */
  readonly least_request_lb_config?: Cluster_LeastRequestLbConfig;
  /** oneof lb_config */
  readonly round_robin_lb_config?: Cluster_RoundRobinLbConfig;
  readonly common_lb_config?: Cluster_CommonLbConfig;
  readonly transport_socket?: TransportSocket;
  readonly metadata?: Metadata;
  /** @deprecated, {@link Cluster_ClusterProtocolSelection} */
  readonly protocol_selection?: number;
  readonly upstream_connection_options?: UpstreamConnectionOptions;
  readonly close_connections_on_host_health_failure?: boolean;
  readonly ignore_health_on_host_removal?: boolean;
  readonly filters?: readonly UpstreamNetworkFilter[];
  readonly load_balancing_policy?: LoadBalancingPolicy;
  readonly lrs_server?: ConfigSource;
  readonly lrs_report_endpoint_metrics?: readonly string[];
  /** @deprecated */
  readonly track_timeout_budgets?: boolean;
  readonly upstream_config?: CoreTypedExtensionConfig;
  readonly track_cluster_stats?: TrackClusterStats;
  readonly preconnect_policy?: Cluster_PreconnectPolicy;
  readonly connection_pool_per_downstream_connection?: boolean;
  readonly queuing_policies?: Cluster_QueuingPolicies;
};

/** envoy.config.cluster.v3.Cluster.CommonLbConfig */
export type Cluster_CommonLbConfig = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.CommonLbConfig';
  readonly healthy_panic_threshold?: Percent;
  /** oneof locality_config_specifier */
  readonly zone_aware_lb_config?: Cluster_CommonLbConfig_ZoneAwareLbConfig;
  /** oneof locality_config_specifier */
  readonly locality_weighted_lb_config?: Cluster_CommonLbConfig_LocalityWeightedLbConfig;
  readonly update_merge_window?: Duration;
  readonly ignore_new_hosts_until_first_hc?: boolean;
  readonly close_connections_on_host_set_change?: boolean;
  readonly consistent_hashing_lb_config?: Cluster_CommonLbConfig_ConsistentHashingLbConfig;
  readonly override_host_status?: HealthStatusSet;
};

/** envoy.config.cluster.v3.Cluster.CommonLbConfig.ConsistentHashingLbConfig */
export type Cluster_CommonLbConfig_ConsistentHashingLbConfig = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.CommonLbConfig.ConsistentHashingLbConfig';
  readonly use_hostname_for_hashing?: boolean;
  readonly hash_balance_factor?: UInt32Value;
};

/** envoy.config.cluster.v3.Cluster.CommonLbConfig.LocalityWeightedLbConfig */
export type Cluster_CommonLbConfig_LocalityWeightedLbConfig = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.CommonLbConfig.LocalityWeightedLbConfig';
};

/** envoy.config.cluster.v3.Cluster.CommonLbConfig.ZoneAwareLbConfig */
export type Cluster_CommonLbConfig_ZoneAwareLbConfig = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.CommonLbConfig.ZoneAwareLbConfig';
  readonly routing_enabled?: Percent;
  readonly min_cluster_size?: UInt64Value;
  readonly fail_traffic_on_panic?: boolean;
};

/** envoy.config.cluster.v3.Cluster.CustomClusterType */
export type Cluster_CustomClusterType = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.CustomClusterType';
  readonly name?: string;
  readonly typed_config?: AnyMessage;
};

/** envoy.config.cluster.v3.Cluster.EdsClusterConfig */
export type Cluster_EdsClusterConfig = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.EdsClusterConfig';
  readonly eds_config?: ConfigSource;
  readonly service_name?: string;
};

/** envoy.config.cluster.v3.Cluster.LbSubsetConfig */
export type Cluster_LbSubsetConfig = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.LbSubsetConfig';
  /** {@link Cluster_LbSubsetConfig_LbSubsetFallbackPolicy} */
  readonly fallback_policy?: number;
  readonly default_subset?: Struct;
  readonly subset_selectors?: readonly Cluster_LbSubsetConfig_LbSubsetSelector[];
  readonly locality_weight_aware?: boolean;
  readonly scale_locality_weight?: boolean;
  readonly panic_mode_any?: boolean;
  readonly list_as_any?: boolean;
  /** {@link Cluster_LbSubsetConfig_LbSubsetMetadataFallbackPolicy} */
  readonly metadata_fallback_policy?: number;
};

/** envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetSelector */
export type Cluster_LbSubsetConfig_LbSubsetSelector = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetSelector';
  readonly keys?: readonly string[];
  readonly single_host_per_subset?: boolean;
  /** {@link Cluster_LbSubsetConfig_LbSubsetSelector_LbSubsetSelectorFallbackPolicy} */
  readonly fallback_policy?: number;
  readonly fallback_keys_subset?: readonly string[];
};

/** envoy.config.cluster.v3.Cluster.LeastRequestLbConfig */
export type Cluster_LeastRequestLbConfig = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.LeastRequestLbConfig';
  readonly choice_count?: UInt32Value;
  readonly active_request_bias?: RuntimeDouble;
  readonly slow_start_config?: Cluster_SlowStartConfig;
};

/** envoy.config.cluster.v3.Cluster.MaglevLbConfig */
export type Cluster_MaglevLbConfig = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.MaglevLbConfig';
  readonly table_size?: UInt64Value;
};

/** envoy.config.cluster.v3.Cluster.OriginalDstLbConfig */
export type Cluster_OriginalDstLbConfig = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.OriginalDstLbConfig';
  readonly use_http_header?: boolean;
  readonly http_header_name?: string;
  readonly upstream_port_override?: UInt32Value;
  readonly metadata_key?: MetadataKey;
};

/** envoy.config.cluster.v3.Cluster.PreconnectPolicy */
export type Cluster_PreconnectPolicy = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.PreconnectPolicy';
  readonly per_upstream_preconnect_ratio?: DoubleValue;
  readonly predictive_preconnect_ratio?: DoubleValue;
  readonly preconnect_enabled_metadata?: MetadataMatcher;
};

/** envoy.config.cluster.v3.Cluster.QueuingPolicies */
export type Cluster_QueuingPolicies = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.QueuingPolicies';
  readonly pending_rq_policy?: CoreTypedExtensionConfig;
};

/** envoy.config.cluster.v3.Cluster.RefreshRate */
export type Cluster_RefreshRate = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.RefreshRate';
  readonly base_interval?: Duration;
  readonly max_interval?: Duration;
};

/** envoy.config.cluster.v3.Cluster.RingHashLbConfig */
export type Cluster_RingHashLbConfig = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.RingHashLbConfig';
  readonly minimum_ring_size?: UInt64Value;
  /** {@link Cluster_RingHashLbConfig_HashFunction} */
  readonly hash_function?: number;
  readonly maximum_ring_size?: UInt64Value;
};

/** envoy.config.cluster.v3.Cluster.RoundRobinLbConfig */
export type Cluster_RoundRobinLbConfig = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.RoundRobinLbConfig';
  readonly slow_start_config?: Cluster_SlowStartConfig;
};

/** envoy.config.cluster.v3.Cluster.SlowStartConfig */
export type Cluster_SlowStartConfig = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.SlowStartConfig';
  readonly slow_start_window?: Duration;
  readonly aggression?: RuntimeDouble;
  readonly min_weight_percent?: Percent;
};

/** envoy.config.cluster.v3.Cluster.TransportSocketMatch */
export type Cluster_TransportSocketMatch = {
  readonly $type: 'envoy.config.cluster.v3.Cluster.TransportSocketMatch';
  readonly name?: string;
  readonly match?: Struct;
  readonly transport_socket?: TransportSocket;
};

/** envoy.config.cluster.v3.Filter */
export type UpstreamNetworkFilter = {
  readonly $type: 'envoy.config.cluster.v3.Filter';
  readonly name?: string;
  readonly typed_config?: AnyMessage;
  readonly config_discovery?: ExtensionConfigSource;
};

/** envoy.config.cluster.v3.LoadBalancingPolicy */
export type LoadBalancingPolicy = {
  readonly $type: 'envoy.config.cluster.v3.LoadBalancingPolicy';
  readonly policies?: readonly LoadBalancingPolicy_Policy[];
};

/** envoy.config.cluster.v3.LoadBalancingPolicy.Policy */
export type LoadBalancingPolicy_Policy = {
  readonly $type: 'envoy.config.cluster.v3.LoadBalancingPolicy.Policy';
  readonly typed_extension_config?: CoreTypedExtensionConfig;
};

/** envoy.config.cluster.v3.OutlierDetection */
export type OutlierDetection = {
  readonly $type: 'envoy.config.cluster.v3.OutlierDetection';
  readonly consecutive_5xx?: UInt32Value;
  readonly interval?: Duration;
  readonly base_ejection_time?: Duration;
  readonly max_ejection_percent?: UInt32Value;
  readonly enforcing_consecutive_5xx?: UInt32Value;
  readonly enforcing_success_rate?: UInt32Value;
  readonly success_rate_minimum_hosts?: UInt32Value;
  readonly success_rate_request_volume?: UInt32Value;
  readonly success_rate_stdev_factor?: UInt32Value;
  readonly consecutive_gateway_failure?: UInt32Value;
  readonly enforcing_consecutive_gateway_failure?: UInt32Value;
  readonly split_external_local_origin_errors?: boolean;
  readonly consecutive_local_origin_failure?: UInt32Value;
  readonly enforcing_consecutive_local_origin_failure?: UInt32Value;
  readonly enforcing_local_origin_success_rate?: UInt32Value;
  readonly failure_percentage_threshold?: UInt32Value;
  readonly enforcing_failure_percentage?: UInt32Value;
  readonly enforcing_failure_percentage_local_origin?: UInt32Value;
  readonly failure_percentage_minimum_hosts?: UInt32Value;
  readonly failure_percentage_request_volume?: UInt32Value;
  readonly max_ejection_time?: Duration;
  readonly max_ejection_time_jitter?: Duration;
  readonly successful_active_health_check_uneject_host?: BoolValue;
  readonly monitors?: readonly CoreTypedExtensionConfig[];
  readonly always_eject_one_host?: BoolValue;
  readonly detect_degraded_hosts?: BoolValue;
};

/** envoy.config.cluster.v3.TrackClusterStats */
export type TrackClusterStats = {
  readonly $type: 'envoy.config.cluster.v3.TrackClusterStats';
  readonly timeout_budgets?: boolean;
  readonly request_response_sizes?: boolean;
  readonly per_endpoint_stats?: boolean;
};

/** envoy.config.cluster.v3.UpstreamConnectionOptions */
export type UpstreamConnectionOptions = {
  readonly $type: 'envoy.config.cluster.v3.UpstreamConnectionOptions';
  readonly tcp_keepalive?: TcpKeepalive;
  readonly set_local_interface_name_on_upstream_connections?: boolean;
  readonly happy_eyeballs_config?: UpstreamConnectionOptions_HappyEyeballsConfig;
};

/** envoy.config.cluster.v3.UpstreamConnectionOptions.HappyEyeballsConfig */
export type UpstreamConnectionOptions_HappyEyeballsConfig = {
  readonly $type: 'envoy.config.cluster.v3.UpstreamConnectionOptions.HappyEyeballsConfig';
  /** {@link UpstreamConnectionOptions_FirstAddressFamilyVersion} */
  readonly first_address_family_version?: number;
  readonly first_address_family_count?: UInt32Value;
};

/** envoy.config.core.v3.Address */
export type Address = {
  readonly $type: 'envoy.config.core.v3.Address';
  /** oneof address */
  readonly socket_address?: SocketAddress;
  /** oneof address */
  readonly pipe?: Pipe;
  /** oneof address */
  readonly envoy_internal_address?: EnvoyInternalAddress;
};

/** envoy.config.core.v3.AggregatedConfigSource */
export type AggregatedConfigSource = {
  readonly $type: 'envoy.config.core.v3.AggregatedConfigSource';
};

/** envoy.config.core.v3.ApiConfigSource */
export type ApiConfigSource = {
  readonly $type: 'envoy.config.core.v3.ApiConfigSource';
  /** {@link ApiConfigSource_ApiType} */
  readonly api_type?: number;
  /** {@link ApiVersion} */
  readonly transport_api_version?: number;
  readonly cluster_names?: readonly string[];
  readonly grpc_services?: readonly GrpcService[];
  readonly refresh_delay?: Duration;
  readonly request_timeout?: Duration;
  readonly rate_limit_settings?: RateLimitSettings;
  readonly set_node_on_first_message_only?: boolean;
  readonly config_validators?: readonly CoreTypedExtensionConfig[];
};

/** envoy.config.core.v3.BackoffStrategy */
export type BackoffStrategy = {
  readonly $type: 'envoy.config.core.v3.BackoffStrategy';
  readonly base_interval?: Duration;
  readonly max_interval?: Duration;
};

/** envoy.config.core.v3.BindConfig */
export type BindConfig = {
  readonly $type: 'envoy.config.core.v3.BindConfig';
  readonly source_address?: SocketAddress;
  readonly freebind?: BoolValue;
  readonly socket_options?: readonly SocketOption[];
  readonly extra_source_addresses?: readonly ExtraSourceAddress[];
  /** @deprecated */
  readonly additional_source_addresses?: readonly SocketAddress[];
  readonly local_address_selector?: CoreTypedExtensionConfig;
  readonly validate_network_namespaces?: boolean;
};

/** envoy.config.core.v3.BuildVersion */
export type BuildVersion = {
  readonly $type: 'envoy.config.core.v3.BuildVersion';
  readonly version?: SemanticVersion;
  readonly metadata?: Struct;
};

/** envoy.config.core.v3.CidrRange */
export type CoreCidrRange = {
  readonly $type: 'envoy.config.core.v3.CidrRange';
  readonly address_prefix?: string;
  readonly prefix_len?: UInt32Value;
};

/** envoy.config.core.v3.ConfigSource */
export type ConfigSource = {
  readonly $type: 'envoy.config.core.v3.ConfigSource';
  readonly authorities?: readonly Authority[];
  /** @deprecated, oneof config_source_specifier */
  readonly path?: string;
  /** oneof config_source_specifier */
  readonly path_config_source?: PathConfigSource;
  /** oneof config_source_specifier */
  readonly api_config_source?: ApiConfigSource;
  /** oneof config_source_specifier */
  readonly ads?: AggregatedConfigSource;
  /** oneof config_source_specifier */
  readonly self?: SelfConfigSource;
  readonly initial_fetch_timeout?: Duration;
  /** {@link ApiVersion} */
  readonly resource_api_version?: number;
};

/** envoy.config.core.v3.ControlPlane */
export type ControlPlane = {
  readonly $type: 'envoy.config.core.v3.ControlPlane';
  readonly identifier?: string;
};

/** envoy.config.core.v3.DataSource */
export type DataSource = {
  readonly $type: 'envoy.config.core.v3.DataSource';
  /** oneof specifier */
  readonly filename?: string;
  /** oneof specifier */
  readonly inline_bytes?: Uint8Array;
  /** oneof specifier */
  readonly inline_string?: string;
  /** oneof specifier */
  readonly environment_variable?: string;
  readonly watched_directory?: WatchedDirectory;
};

/** envoy.config.core.v3.DnsResolutionConfig */
export type DnsResolutionConfig = {
  readonly $type: 'envoy.config.core.v3.DnsResolutionConfig';
  readonly resolvers?: readonly Address[];
  readonly dns_resolver_options?: DnsResolverOptions;
};

/** envoy.config.core.v3.DnsResolverOptions */
export type DnsResolverOptions = {
  readonly $type: 'envoy.config.core.v3.DnsResolverOptions';
  readonly use_tcp_for_dns_lookups?: boolean;
  readonly no_default_search_domain?: boolean;
};

/** envoy.config.core.v3.EnvoyInternalAddress */
export type EnvoyInternalAddress = {
  readonly $type: 'envoy.config.core.v3.EnvoyInternalAddress';
  /** oneof address_name_specifier */
  readonly server_listener_name?: string;
  readonly endpoint_id?: string;
};

/** envoy.config.core.v3.EventServiceConfig */
export type EventServiceConfig = {
  readonly $type: 'envoy.config.core.v3.EventServiceConfig';
  /** oneof config_source_specifier */
  readonly grpc_service?: GrpcService;
};

/** envoy.config.core.v3.Extension */
export type Extension = {
  readonly $type: 'envoy.config.core.v3.Extension';
  readonly name?: string;
  readonly category?: string;
  /** @deprecated */
  readonly type_descriptor?: string;
  readonly version?: BuildVersion;
  readonly disabled?: boolean;
  readonly type_urls?: readonly string[];
};

/** envoy.config.core.v3.ExtensionConfigSource */
export type ExtensionConfigSource = {
  readonly $type: 'envoy.config.core.v3.ExtensionConfigSource';
  readonly config_source?: ConfigSource;
  readonly default_config?: AnyMessage;
  readonly apply_default_config_without_warming?: boolean;
  readonly type_urls?: readonly string[];
};

/** envoy.config.core.v3.ExtraSourceAddress */
export type ExtraSourceAddress = {
  readonly $type: 'envoy.config.core.v3.ExtraSourceAddress';
  readonly address?: SocketAddress;
  readonly socket_options?: SocketOptionsOverride;
};

/** envoy.config.core.v3.GrpcService */
export type GrpcService = {
  readonly $type: 'envoy.config.core.v3.GrpcService';
  /** oneof target_specifier */
  readonly envoy_grpc?: GrpcService_EnvoyGrpc;
  /** oneof target_specifier */
  readonly google_grpc?: GrpcService_GoogleGrpc;
  readonly timeout?: Duration;
  readonly initial_metadata?: readonly HeaderValue[];
  readonly retry_policy?: CoreRetryPolicy;
};

/** envoy.config.core.v3.GrpcService.EnvoyGrpc */
export type GrpcService_EnvoyGrpc = {
  readonly $type: 'envoy.config.core.v3.GrpcService.EnvoyGrpc';
  readonly cluster_name?: string;
  readonly authority?: string;
  readonly retry_policy?: CoreRetryPolicy;
  readonly max_receive_message_length?: UInt32Value;
  readonly skip_envoy_headers?: boolean;
};

/** envoy.config.core.v3.GrpcService.GoogleGrpc */
export type GrpcService_GoogleGrpc = {
  readonly $type: 'envoy.config.core.v3.GrpcService.GoogleGrpc';
  readonly target_uri?: string;
  readonly channel_credentials?: GrpcService_GoogleGrpc_ChannelCredentials;
  readonly channel_credentials_plugin?: readonly AnyMessage[];
  readonly call_credentials?: readonly GrpcService_GoogleGrpc_CallCredentials[];
  readonly call_credentials_plugin?: readonly AnyMessage[];
  readonly stat_prefix?: string;
  readonly credentials_factory_name?: string;
  readonly config?: Struct;
  readonly per_stream_buffer_limit_bytes?: UInt32Value;
  readonly channel_args?: GrpcService_GoogleGrpc_ChannelArgs;
};

/** envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials */
export type GrpcService_GoogleGrpc_CallCredentials = {
  readonly $type: 'envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials';
  /** oneof credential_specifier */
  readonly access_token?: string;
  /** oneof credential_specifier */
  readonly google_compute_engine?: Empty;
  /** oneof credential_specifier */
  readonly google_refresh_token?: string;
  /** oneof credential_specifier */
  readonly service_account_jwt_access?: GrpcService_GoogleGrpc_CallCredentials_ServiceAccountJWTAccessCredentials;
  /** oneof credential_specifier */
  readonly google_iam?: GrpcService_GoogleGrpc_CallCredentials_GoogleIAMCredentials;
  /** oneof credential_specifier */
  readonly from_plugin?: GrpcService_GoogleGrpc_CallCredentials_MetadataCredentialsFromPlugin;
  /** oneof credential_specifier */
  readonly sts_service?: GrpcService_GoogleGrpc_CallCredentials_StsService;
};

/** envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials.GoogleIAMCredentials */
export type GrpcService_GoogleGrpc_CallCredentials_GoogleIAMCredentials = {
  readonly $type: 'envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials.GoogleIAMCredentials';
  readonly authorization_token?: string;
  readonly authority_selector?: string;
};

/** envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials.MetadataCredentialsFromPlugin */
export type GrpcService_GoogleGrpc_CallCredentials_MetadataCredentialsFromPlugin = {
  readonly $type: 'envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials.MetadataCredentialsFromPlugin';
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
};

/** envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials.ServiceAccountJWTAccessCredentials */
export type GrpcService_GoogleGrpc_CallCredentials_ServiceAccountJWTAccessCredentials = {
  readonly $type: 'envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials.ServiceAccountJWTAccessCredentials';
  readonly json_key?: string;
  readonly token_lifetime_seconds?: bigint;
};

/** envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials.StsService */
export type GrpcService_GoogleGrpc_CallCredentials_StsService = {
  readonly $type: 'envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials.StsService';
  readonly token_exchange_service_uri?: string;
  readonly resource?: string;
  readonly audience?: string;
  readonly scope?: string;
  readonly requested_token_type?: string;
  readonly subject_token_path?: string;
  readonly subject_token_type?: string;
  readonly actor_token_path?: string;
  readonly actor_token_type?: string;
};

/** envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelArgs */
export type GrpcService_GoogleGrpc_ChannelArgs = {
  readonly $type: 'envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelArgs';
  readonly args?: ReadonlyMap<string, GrpcService_GoogleGrpc_ChannelArgs_Value>;
};

/** envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelArgs.Value */
export type GrpcService_GoogleGrpc_ChannelArgs_Value = {
  readonly $type: 'envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelArgs.Value';
  /** oneof value_specifier */
  readonly string_value?: string;
  /** oneof value_specifier */
  readonly int_value?: bigint;
};

/** envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelCredentials */
export type GrpcService_GoogleGrpc_ChannelCredentials = {
  readonly $type: 'envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelCredentials';
  /** oneof credential_specifier */
  readonly ssl_credentials?: GrpcService_GoogleGrpc_SslCredentials;
  /** oneof credential_specifier */
  readonly google_default?: Empty;
  /** oneof credential_specifier */
  readonly local_credentials?: GrpcService_GoogleGrpc_GoogleLocalCredentials;
};

/** envoy.config.core.v3.GrpcService.GoogleGrpc.GoogleLocalCredentials */
export type GrpcService_GoogleGrpc_GoogleLocalCredentials = {
  readonly $type: 'envoy.config.core.v3.GrpcService.GoogleGrpc.GoogleLocalCredentials';
};

/** envoy.config.core.v3.GrpcService.GoogleGrpc.SslCredentials */
export type GrpcService_GoogleGrpc_SslCredentials = {
  readonly $type: 'envoy.config.core.v3.GrpcService.GoogleGrpc.SslCredentials';
  readonly root_certs?: DataSource;
  readonly private_key?: DataSource;
  readonly cert_chain?: DataSource;
};

/** envoy.config.core.v3.HeaderValue */
export type HeaderValue = {
  readonly $type: 'envoy.config.core.v3.HeaderValue';
  readonly key?: string;
  readonly value?: string;
  readonly raw_value?: Uint8Array;
};

/** envoy.config.core.v3.HeaderValueOption */
export type HeaderValueOption = {
  readonly $type: 'envoy.config.core.v3.HeaderValueOption';
  readonly header?: HeaderValue;
  /** @deprecated */
  readonly append?: BoolValue;
  /** {@link HeaderValueOption_HeaderAppendAction} */
  readonly append_action?: number;
  readonly keep_empty_value?: boolean;
};

/** envoy.config.core.v3.HealthCheck */
export type HealthCheck = {
  readonly $type: 'envoy.config.core.v3.HealthCheck';
  readonly name?: string;
  readonly timeout?: Duration;
  readonly interval?: Duration;
  readonly initial_jitter?: Duration;
  readonly interval_jitter?: Duration;
  readonly interval_jitter_percent?: number;
  readonly unhealthy_threshold?: UInt32Value;
  readonly healthy_threshold?: UInt32Value;
  readonly alt_port?: UInt32Value;
  readonly reuse_connection?: BoolValue;
  /** oneof health_checker */
  readonly http_health_check?: HealthCheck_HttpHealthCheck;
  /** oneof health_checker */
  readonly tcp_health_check?: HealthCheck_TcpHealthCheck;
  /** oneof health_checker */
  readonly grpc_health_check?: HealthCheck_GrpcHealthCheck;
  /** oneof health_checker */
  readonly custom_health_check?: HealthCheck_CustomHealthCheck;
  readonly no_traffic_interval?: Duration;
  readonly no_traffic_healthy_interval?: Duration;
  readonly unhealthy_interval?: Duration;
  readonly unhealthy_edge_interval?: Duration;
  readonly healthy_edge_interval?: Duration;
  /** @deprecated */
  readonly event_log_path?: string;
  readonly event_logger?: readonly CoreTypedExtensionConfig[];
  readonly event_service?: EventServiceConfig;
  readonly always_log_health_check_failures?: boolean;
  readonly always_log_health_check_success?: boolean;
  readonly tls_options?: HealthCheck_TlsOptions;
  readonly transport_socket_match_criteria?: Struct;
};

/** envoy.config.core.v3.HealthCheck.CustomHealthCheck */
export type HealthCheck_CustomHealthCheck = {
  readonly $type: 'envoy.config.core.v3.HealthCheck.CustomHealthCheck';
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
};

/** envoy.config.core.v3.HealthCheck.GrpcHealthCheck */
export type HealthCheck_GrpcHealthCheck = {
  readonly $type: 'envoy.config.core.v3.HealthCheck.GrpcHealthCheck';
  readonly service_name?: string;
  readonly authority?: string;
  readonly initial_metadata?: readonly HeaderValueOption[];
};

/** envoy.config.core.v3.HealthCheck.HttpHealthCheck */
export type HealthCheck_HttpHealthCheck = {
  readonly $type: 'envoy.config.core.v3.HealthCheck.HttpHealthCheck';
  readonly host?: string;
  readonly path?: string;
  readonly send?: HealthCheck_Payload;
  readonly receive?: readonly HealthCheck_Payload[];
  readonly response_buffer_size?: UInt64Value;
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly expected_statuses?: readonly Int64Range[];
  readonly retriable_statuses?: readonly Int64Range[];
  /** {@link CodecClientType} */
  readonly codec_client_type?: number;
  readonly use_alpn_protocol?: boolean;
  readonly service_name_matcher?: TypeMatcherStringMatcher;
  /** {@link RequestMethod} */
  readonly method?: number;
};

/** envoy.config.core.v3.HealthCheck.Payload */
export type HealthCheck_Payload = {
  readonly $type: 'envoy.config.core.v3.HealthCheck.Payload';
  /** oneof payload */
  readonly text?: string;
  /** oneof payload */
  readonly binary?: Uint8Array;
};

/** envoy.config.core.v3.HealthCheck.TcpHealthCheck */
export type HealthCheck_TcpHealthCheck = {
  readonly $type: 'envoy.config.core.v3.HealthCheck.TcpHealthCheck';
  readonly send?: HealthCheck_Payload;
  readonly receive?: readonly HealthCheck_Payload[];
  readonly proxy_protocol_config?: ProxyProtocolConfig;
};

/** envoy.config.core.v3.HealthCheck.TlsOptions */
export type HealthCheck_TlsOptions = {
  readonly $type: 'envoy.config.core.v3.HealthCheck.TlsOptions';
  readonly alpn_protocols?: readonly string[];
};

/** envoy.config.core.v3.HealthStatusSet */
export type HealthStatusSet = {
  readonly $type: 'envoy.config.core.v3.HealthStatusSet';
  /** {@link HealthStatus} */
  readonly statuses?: readonly number[];
};

/** envoy.config.core.v3.Http1ProtocolOptions */
export type Http1ProtocolOptions = {
  readonly $type: 'envoy.config.core.v3.Http1ProtocolOptions';
  readonly allow_absolute_url?: BoolValue;
  readonly accept_http_10?: boolean;
  readonly default_host_for_http_10?: string;
  readonly header_key_format?: Http1ProtocolOptions_HeaderKeyFormat;
  readonly enable_trailers?: boolean;
  readonly allow_chunked_length?: boolean;
  readonly override_stream_error_on_invalid_http_message?: BoolValue;
  readonly send_fully_qualified_url?: boolean;
  /** @deprecated */
  readonly use_balsa_parser?: BoolValue;
  readonly allow_custom_methods?: boolean;
  readonly ignore_http_11_upgrade?: readonly TypeMatcherStringMatcher[];
};

/** envoy.config.core.v3.Http1ProtocolOptions.HeaderKeyFormat */
export type Http1ProtocolOptions_HeaderKeyFormat = {
  readonly $type: 'envoy.config.core.v3.Http1ProtocolOptions.HeaderKeyFormat';
  /** oneof header_format */
  readonly proper_case_words?: Http1ProtocolOptions_HeaderKeyFormat_ProperCaseWords;
  /** oneof header_format */
  readonly stateful_formatter?: CoreTypedExtensionConfig;
};

/** envoy.config.core.v3.Http1ProtocolOptions.HeaderKeyFormat.ProperCaseWords */
export type Http1ProtocolOptions_HeaderKeyFormat_ProperCaseWords = {
  readonly $type: 'envoy.config.core.v3.Http1ProtocolOptions.HeaderKeyFormat.ProperCaseWords';
};

/** envoy.config.core.v3.Http2ProtocolOptions */
export type Http2ProtocolOptions = {
  readonly $type: 'envoy.config.core.v3.Http2ProtocolOptions';
  readonly hpack_table_size?: UInt32Value;
  readonly max_concurrent_streams?: UInt32Value;
  readonly initial_stream_window_size?: UInt32Value;
  readonly initial_connection_window_size?: UInt32Value;
  readonly allow_connect?: boolean;
  readonly allow_metadata?: boolean;
  readonly max_outbound_frames?: UInt32Value;
  readonly max_outbound_control_frames?: UInt32Value;
  readonly max_consecutive_inbound_frames_with_empty_payload?: UInt32Value;
  readonly max_inbound_priority_frames_per_stream?: UInt32Value;
  readonly max_inbound_window_update_frames_per_data_frame_sent?: UInt32Value;
  /** @deprecated */
  readonly stream_error_on_invalid_http_messaging?: boolean;
  readonly override_stream_error_on_invalid_http_message?: BoolValue;
  readonly custom_settings_parameters?: readonly Http2ProtocolOptions_SettingsParameter[];
  readonly connection_keepalive?: KeepaliveSettings;
  readonly use_oghttp2_codec?: BoolValue;
  readonly max_metadata_size?: UInt64Value;
  readonly enable_huffman_encoding?: BoolValue;
  readonly max_header_field_size_kb?: UInt32Value;
  readonly disallow_obs_text?: BoolValue;
  readonly stream_reset_burst?: UInt64Value;
  readonly stream_reset_rate?: UInt64Value;
};

/** envoy.config.core.v3.Http2ProtocolOptions.SettingsParameter */
export type Http2ProtocolOptions_SettingsParameter = {
  readonly $type: 'envoy.config.core.v3.Http2ProtocolOptions.SettingsParameter';
  readonly identifier?: UInt32Value;
  readonly value?: UInt32Value;
};

/** envoy.config.core.v3.Http3ProtocolOptions */
export type Http3ProtocolOptions = {
  readonly $type: 'envoy.config.core.v3.Http3ProtocolOptions';
  readonly quic_protocol_options?: CoreQuicProtocolOptions;
  readonly override_stream_error_on_invalid_http_message?: BoolValue;
  readonly allow_extended_connect?: boolean;
  readonly allow_metadata?: boolean;
  readonly disable_qpack?: boolean;
  readonly disable_connection_flow_control_for_streams?: boolean;
  readonly disallow_obs_text?: BoolValue;
};

/** envoy.config.core.v3.HttpProtocolOptions */
export type CoreHttpProtocolOptions = {
  readonly $type: 'envoy.config.core.v3.HttpProtocolOptions';
  readonly idle_timeout?: Duration;
  readonly max_connection_duration?: Duration;
  readonly max_connection_duration_jitter?: Percent;
  readonly max_headers_count?: UInt32Value;
  readonly max_response_headers_kb?: UInt32Value;
  readonly max_stream_duration?: Duration;
  /** {@link HttpProtocolOptions_HeadersWithUnderscoresAction} */
  readonly headers_with_underscores_action?: number;
  readonly max_requests_per_connection?: UInt32Value;
};

/** envoy.config.core.v3.JsonFormatOptions */
export type JsonFormatOptions = {
  readonly $type: 'envoy.config.core.v3.JsonFormatOptions';
  /** @deprecated */
  readonly sort_properties?: boolean;
};

/** envoy.config.core.v3.KeepaliveSettings */
export type KeepaliveSettings = {
  readonly $type: 'envoy.config.core.v3.KeepaliveSettings';
  readonly interval?: Duration;
  readonly timeout?: Duration;
  readonly interval_jitter?: Percent;
  readonly connection_idle_interval?: Duration;
};

/** envoy.config.core.v3.Locality */
export type Locality = {
  readonly $type: 'envoy.config.core.v3.Locality';
  readonly region?: string;
  readonly zone?: string;
  readonly sub_zone?: string;
};

/** envoy.config.core.v3.Metadata */
export type Metadata = {
  readonly $type: 'envoy.config.core.v3.Metadata';
  readonly filter_metadata?: ReadonlyMap<string, Struct>;
  readonly typed_filter_metadata?: ReadonlyMap<string, AnyMessage>;
};

/** envoy.config.core.v3.Node */
export type Node = {
  readonly $type: 'envoy.config.core.v3.Node';
  readonly id?: string;
  readonly cluster?: string;
  readonly metadata?: Struct;
  readonly dynamic_parameters?: ReadonlyMap<string, ContextParams>;
  readonly locality?: Locality;
  readonly user_agent_name?: string;
  /** oneof user_agent_version_type */
  readonly user_agent_version?: string;
  /** oneof user_agent_version_type */
  readonly user_agent_build_version?: BuildVersion;
  readonly extensions?: readonly Extension[];
  readonly client_features?: readonly string[];
  /** @deprecated */
  readonly listening_addresses?: readonly Address[];
};

/** envoy.config.core.v3.PathConfigSource */
export type PathConfigSource = {
  readonly $type: 'envoy.config.core.v3.PathConfigSource';
  readonly path?: string;
  readonly watched_directory?: WatchedDirectory;
  readonly poll_interval?: Duration;
};

/** envoy.config.core.v3.Pipe */
export type Pipe = {
  readonly $type: 'envoy.config.core.v3.Pipe';
  readonly path?: string;
  readonly mode?: number;
};

/** envoy.config.core.v3.ProxyProtocolConfig */
export type ProxyProtocolConfig = {
  readonly $type: 'envoy.config.core.v3.ProxyProtocolConfig';
  /** {@link ProxyProtocolConfig_Version} */
  readonly version?: number;
  readonly pass_through_tlvs?: ProxyProtocolPassThroughTLVs;
  readonly added_tlvs?: readonly TlvEntry[];
};

/** envoy.config.core.v3.ProxyProtocolPassThroughTLVs */
export type ProxyProtocolPassThroughTLVs = {
  readonly $type: 'envoy.config.core.v3.ProxyProtocolPassThroughTLVs';
  /** {@link ProxyProtocolPassThroughTLVs_PassTLVsMatchType} */
  readonly match_type?: number;
  readonly tlv_type?: readonly number[];
};

/** envoy.config.core.v3.QuicKeepAliveSettings */
export type QuicKeepAliveSettings = {
  readonly $type: 'envoy.config.core.v3.QuicKeepAliveSettings';
  readonly max_interval?: Duration;
  readonly initial_interval?: Duration;
};

/** envoy.config.core.v3.QuicProtocolOptions */
export type CoreQuicProtocolOptions = {
  readonly $type: 'envoy.config.core.v3.QuicProtocolOptions';
  readonly max_concurrent_streams?: UInt32Value;
  readonly initial_stream_window_size?: UInt32Value;
  readonly initial_connection_window_size?: UInt32Value;
  readonly num_timeouts_to_trigger_port_migration?: UInt32Value;
  readonly connection_keepalive?: QuicKeepAliveSettings;
  readonly connection_options?: string;
  readonly client_connection_options?: string;
  readonly idle_network_timeout?: Duration;
  readonly max_packet_length?: UInt64Value;
  readonly client_packet_writer?: CoreTypedExtensionConfig;
  readonly connection_migration?: QuicProtocolOptions_ConnectionMigrationSettings;
  readonly memory_reduction_timeout?: Duration;
  readonly enable_scone?: BoolValue;
};

/** envoy.config.core.v3.QuicProtocolOptions.ConnectionMigrationSettings */
export type QuicProtocolOptions_ConnectionMigrationSettings = {
  readonly $type: 'envoy.config.core.v3.QuicProtocolOptions.ConnectionMigrationSettings';
  readonly migrate_idle_connections?: QuicProtocolOptions_ConnectionMigrationSettings_MigrateIdleConnectionSettings;
  readonly max_time_on_non_default_network?: Duration;
};

/** envoy.config.core.v3.QuicProtocolOptions.ConnectionMigrationSettings.MigrateIdleConnectionSettings */
export type QuicProtocolOptions_ConnectionMigrationSettings_MigrateIdleConnectionSettings = {
  readonly $type: 'envoy.config.core.v3.QuicProtocolOptions.ConnectionMigrationSettings.MigrateIdleConnectionSettings';
  readonly max_idle_time_before_migration?: Duration;
};

/** envoy.config.core.v3.RateLimitSettings */
export type RateLimitSettings = {
  readonly $type: 'envoy.config.core.v3.RateLimitSettings';
  readonly max_tokens?: UInt32Value;
  readonly fill_rate?: DoubleValue;
};

/** envoy.config.core.v3.RetryPolicy */
export type CoreRetryPolicy = {
  readonly $type: 'envoy.config.core.v3.RetryPolicy';
  readonly retry_back_off?: BackoffStrategy;
  readonly num_retries?: UInt32Value;
  readonly retry_on?: string;
  readonly retry_priority?: CoreRetryPolicy_RetryPriority;
  readonly retry_host_predicate?: readonly CoreRetryPolicy_RetryHostPredicate[];
  readonly host_selection_retry_max_attempts?: bigint;
};

/** envoy.config.core.v3.RetryPolicy.RetryHostPredicate */
export type CoreRetryPolicy_RetryHostPredicate = {
  readonly $type: 'envoy.config.core.v3.RetryPolicy.RetryHostPredicate';
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
};

/** envoy.config.core.v3.RetryPolicy.RetryPriority */
export type CoreRetryPolicy_RetryPriority = {
  readonly $type: 'envoy.config.core.v3.RetryPolicy.RetryPriority';
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
};

/** envoy.config.core.v3.RuntimeDouble */
export type RuntimeDouble = {
  readonly $type: 'envoy.config.core.v3.RuntimeDouble';
  readonly default_value?: number;
  readonly runtime_key?: string;
};

/** envoy.config.core.v3.RuntimeFeatureFlag */
export type RuntimeFeatureFlag = {
  readonly $type: 'envoy.config.core.v3.RuntimeFeatureFlag';
  readonly default_value?: BoolValue;
  readonly runtime_key?: string;
};

/** envoy.config.core.v3.RuntimeFractionalPercent */
export type RuntimeFractionalPercent = {
  readonly $type: 'envoy.config.core.v3.RuntimeFractionalPercent';
  readonly default_value?: FractionalPercent;
  readonly runtime_key?: string;
};

/** envoy.config.core.v3.RuntimeUInt32 */
export type RuntimeUInt32 = {
  readonly $type: 'envoy.config.core.v3.RuntimeUInt32';
  readonly default_value?: number;
  readonly runtime_key?: string;
};

/** envoy.config.core.v3.SchemeHeaderTransformation */
export type SchemeHeaderTransformation = {
  readonly $type: 'envoy.config.core.v3.SchemeHeaderTransformation';
  /** oneof transformation */
  readonly scheme_to_overwrite?: string;
  readonly match_upstream?: boolean;
};

/** envoy.config.core.v3.SelfConfigSource */
export type SelfConfigSource = {
  readonly $type: 'envoy.config.core.v3.SelfConfigSource';
  /** {@link ApiVersion} */
  readonly transport_api_version?: number;
};

/** envoy.config.core.v3.SocketAddress */
export type SocketAddress = {
  readonly $type: 'envoy.config.core.v3.SocketAddress';
  /** {@link SocketAddress_Protocol} */
  readonly protocol?: number;
  readonly address?: string;
  /** oneof port_specifier */
  readonly port_value?: number;
  /** oneof port_specifier */
  readonly named_port?: string;
  readonly resolver_name?: string;
  readonly ipv4_compat?: boolean;
  readonly network_namespace_filepath?: string;
};

/** envoy.config.core.v3.SocketCmsgHeaders */
export type SocketCmsgHeaders = {
  readonly $type: 'envoy.config.core.v3.SocketCmsgHeaders';
  readonly level?: UInt32Value;
  readonly type?: UInt32Value;
  readonly expected_size?: number;
};

/** envoy.config.core.v3.SocketOption */
export type SocketOption = {
  readonly $type: 'envoy.config.core.v3.SocketOption';
  readonly description?: string;
  readonly level?: bigint;
  readonly name?: bigint;
  /** oneof value */
  readonly int_value?: bigint;
  /** oneof value */
  readonly buf_value?: Uint8Array;
  /** {@link SocketOption_SocketState} */
  readonly state?: number;
  readonly type?: SocketOption_SocketType;
  /** {@link SocketOption_SocketIpVersion} */
  readonly ip_version?: number;
};

/** envoy.config.core.v3.SocketOption.SocketType */
export type SocketOption_SocketType = {
  readonly $type: 'envoy.config.core.v3.SocketOption.SocketType';
  readonly stream?: SocketOption_SocketType_Stream;
  readonly datagram?: SocketOption_SocketType_Datagram;
};

/** envoy.config.core.v3.SocketOption.SocketType.Datagram */
export type SocketOption_SocketType_Datagram = {
  readonly $type: 'envoy.config.core.v3.SocketOption.SocketType.Datagram';
};

/** envoy.config.core.v3.SocketOption.SocketType.Stream */
export type SocketOption_SocketType_Stream = {
  readonly $type: 'envoy.config.core.v3.SocketOption.SocketType.Stream';
};

/** envoy.config.core.v3.SocketOptionsOverride */
export type SocketOptionsOverride = {
  readonly $type: 'envoy.config.core.v3.SocketOptionsOverride';
  readonly socket_options?: readonly SocketOption[];
};

/** envoy.config.core.v3.SubstitutionFormatString */
export type SubstitutionFormatString = {
  readonly $type: 'envoy.config.core.v3.SubstitutionFormatString';
  /** @deprecated, oneof format */
  readonly text_format?: string;
  /** oneof format */
  readonly json_format?: Struct;
  /** oneof format */
  readonly text_format_source?: DataSource;
  readonly omit_empty_values?: boolean;
  readonly content_type?: string;
  readonly formatters?: readonly CoreTypedExtensionConfig[];
  readonly json_format_options?: JsonFormatOptions;
};

/** envoy.config.core.v3.TcpKeepalive */
export type TcpKeepalive = {
  readonly $type: 'envoy.config.core.v3.TcpKeepalive';
  readonly keepalive_probes?: UInt32Value;
  readonly keepalive_time?: UInt32Value;
  readonly keepalive_interval?: UInt32Value;
};

/** envoy.config.core.v3.TlvEntry */
export type TlvEntry = {
  readonly $type: 'envoy.config.core.v3.TlvEntry';
  readonly type?: number;
  readonly value?: Uint8Array;
  readonly format_string?: SubstitutionFormatString;
};

/** envoy.config.core.v3.TransportSocket */
export type TransportSocket = {
  readonly $type: 'envoy.config.core.v3.TransportSocket';
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
};

/** envoy.config.core.v3.TypedExtensionConfig */
export type CoreTypedExtensionConfig = {
  readonly $type: 'envoy.config.core.v3.TypedExtensionConfig';
  readonly name?: string;
  readonly typed_config?: AnyMessage;
};

/** envoy.config.core.v3.UdpSocketConfig */
export type UdpSocketConfig = {
  readonly $type: 'envoy.config.core.v3.UdpSocketConfig';
  readonly max_rx_datagram_size?: UInt64Value;
  readonly prefer_gro?: BoolValue;
};

/** envoy.config.core.v3.UpstreamHttpProtocolOptions */
export type UpstreamHttpProtocolOptions = {
  readonly $type: 'envoy.config.core.v3.UpstreamHttpProtocolOptions';
  readonly auto_sni?: boolean;
  readonly auto_san_validation?: boolean;
  readonly override_auto_sni_header?: string;
};

/** envoy.config.core.v3.WatchedDirectory */
export type WatchedDirectory = {
  readonly $type: 'envoy.config.core.v3.WatchedDirectory';
  readonly path?: string;
  readonly watch_modify?: boolean;
};

/** envoy.config.endpoint.v3.ClusterLoadAssignment */
export type ClusterLoadAssignment = {
  readonly $type: 'envoy.config.endpoint.v3.ClusterLoadAssignment';
  readonly cluster_name?: string;
  readonly endpoints?: readonly LocalityLbEndpoints[];
  readonly named_endpoints?: ReadonlyMap<string, Endpoint>;
  readonly policy?: ClusterLoadAssignment_Policy;
};

/** envoy.config.endpoint.v3.ClusterLoadAssignment.Policy */
export type ClusterLoadAssignment_Policy = {
  readonly $type: 'envoy.config.endpoint.v3.ClusterLoadAssignment.Policy';
  readonly drop_overloads?: readonly ClusterLoadAssignment_Policy_DropOverload[];
  readonly overprovisioning_factor?: UInt32Value;
  readonly endpoint_stale_after?: Duration;
  readonly weighted_priority_health?: boolean;
};

/** envoy.config.endpoint.v3.ClusterLoadAssignment.Policy.DropOverload */
export type ClusterLoadAssignment_Policy_DropOverload = {
  readonly $type: 'envoy.config.endpoint.v3.ClusterLoadAssignment.Policy.DropOverload';
  readonly category?: string;
  readonly drop_percentage?: FractionalPercent;
};

/** envoy.config.endpoint.v3.Endpoint */
export type Endpoint = {
  readonly $type: 'envoy.config.endpoint.v3.Endpoint';
  readonly address?: Address;
  readonly health_check_config?: Endpoint_HealthCheckConfig;
  readonly hostname?: string;
  readonly additional_addresses?: readonly Endpoint_AdditionalAddress[];
  readonly observability_name?: string;
};

/** envoy.config.endpoint.v3.Endpoint.AdditionalAddress */
export type Endpoint_AdditionalAddress = {
  readonly $type: 'envoy.config.endpoint.v3.Endpoint.AdditionalAddress';
  readonly address?: Address;
};

/** envoy.config.endpoint.v3.Endpoint.HealthCheckConfig */
export type Endpoint_HealthCheckConfig = {
  readonly $type: 'envoy.config.endpoint.v3.Endpoint.HealthCheckConfig';
  readonly port_value?: number;
  readonly hostname?: string;
  readonly address?: Address;
  readonly disable_active_health_check?: boolean;
};

/** envoy.config.endpoint.v3.LbEndpoint */
export type LbEndpoint = {
  readonly $type: 'envoy.config.endpoint.v3.LbEndpoint';
  /** oneof host_identifier */
  readonly endpoint?: Endpoint;
  /** oneof host_identifier */
  readonly endpoint_name?: string;
  /** {@link HealthStatus} */
  readonly health_status?: number;
  readonly metadata?: Metadata;
  readonly load_balancing_weight?: UInt32Value;
};

/** envoy.config.endpoint.v3.LedsClusterLocalityConfig */
export type LedsClusterLocalityConfig = {
  readonly $type: 'envoy.config.endpoint.v3.LedsClusterLocalityConfig';
  readonly leds_config?: ConfigSource;
  readonly leds_collection_name?: string;
};

/** envoy.config.endpoint.v3.LocalityLbEndpoints */
export type LocalityLbEndpoints = {
  readonly $type: 'envoy.config.endpoint.v3.LocalityLbEndpoints';
  readonly locality?: Locality;
  readonly metadata?: Metadata;
  readonly lb_endpoints?: readonly LbEndpoint[];
  /** @deprecated, oneof lb_config */
  readonly load_balancer_endpoints?: LocalityLbEndpoints_LbEndpointList;
  /** oneof lb_config */
  readonly leds_cluster_locality_config?: LedsClusterLocalityConfig;
  readonly load_balancing_weight?: UInt32Value;
  readonly priority?: number;
  readonly proximity?: UInt32Value;
};

/** envoy.config.endpoint.v3.LocalityLbEndpoints.LbEndpointList */
export type LocalityLbEndpoints_LbEndpointList = {
  readonly $type: 'envoy.config.endpoint.v3.LocalityLbEndpoints.LbEndpointList';
  readonly lb_endpoints?: readonly LbEndpoint[];
};

/** envoy.config.listener.v3.AdditionalAddress */
export type AdditionalAddress = {
  readonly $type: 'envoy.config.listener.v3.AdditionalAddress';
  readonly address?: Address;
  readonly socket_options?: SocketOptionsOverride;
  readonly tcp_keepalive?: TcpKeepalive;
};

/** envoy.config.listener.v3.ApiListener */
export type ApiListener = {
  readonly $type: 'envoy.config.listener.v3.ApiListener';
  readonly api_listener?: AnyMessage;
};

/** envoy.config.listener.v3.Filter */
export type NetworkFilter = {
  readonly $type: 'envoy.config.listener.v3.Filter';
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
  /** oneof config_type */
  readonly config_discovery?: ExtensionConfigSource;
};

/** envoy.config.listener.v3.FilterChain */
export type FilterChain = {
  readonly $type: 'envoy.config.listener.v3.FilterChain';
  readonly filter_chain_match?: FilterChainMatch;
  readonly filters?: readonly NetworkFilter[];
  /** @deprecated */
  readonly use_proxy_proto?: BoolValue;
  readonly metadata?: Metadata;
  readonly transport_socket?: TransportSocket;
  readonly transport_socket_connect_timeout?: Duration;
  readonly name?: string;
};

/** envoy.config.listener.v3.FilterChainMatch */
export type FilterChainMatch = {
  readonly $type: 'envoy.config.listener.v3.FilterChainMatch';
  readonly destination_port?: UInt32Value;
  readonly prefix_ranges?: readonly CoreCidrRange[];
  readonly address_suffix?: string;
  readonly suffix_len?: UInt32Value;
  readonly direct_source_prefix_ranges?: readonly CoreCidrRange[];
  /** {@link FilterChainMatch_ConnectionSourceType} */
  readonly source_type?: number;
  readonly source_prefix_ranges?: readonly CoreCidrRange[];
  readonly source_ports?: readonly number[];
  readonly server_names?: readonly string[];
  readonly transport_protocol?: string;
  readonly application_protocols?: readonly string[];
};

/** envoy.config.listener.v3.Listener */
export type Listener = {
  readonly $type: 'envoy.config.listener.v3.Listener';
  readonly name?: string;
  readonly address?: Address;
  readonly additional_addresses?: readonly AdditionalAddress[];
  readonly stat_prefix?: string;
  readonly stats_matcher?: StatsMatcher;
  readonly filter_chains?: readonly FilterChain[];
  readonly fcds_config?: Listener_FcdsConfig;
  readonly filter_chain_matcher?: Matcher;
  readonly use_original_dst?: BoolValue;
  readonly default_filter_chain?: FilterChain;
  readonly per_connection_buffer_limit_bytes?: UInt32Value;
  readonly per_connection_buffer_high_watermark_timeout?: Duration;
  readonly metadata?: Metadata;
  /** @deprecated */
  readonly deprecated_v1?: Listener_DeprecatedV1;
  /** {@link Listener_DrainType} */
  readonly drain_type?: number;
  readonly listener_filters?: readonly ListenerFilter[];
  readonly listener_filters_timeout?: Duration;
  readonly continue_on_listener_filters_timeout?: boolean;
  readonly transparent?: BoolValue;
  readonly freebind?: BoolValue;
  readonly socket_options?: readonly SocketOption[];
  readonly tcp_fast_open_queue_length?: UInt32Value;
  /** {@link TrafficDirection} */
  readonly traffic_direction?: number;
  readonly udp_listener_config?: UdpListenerConfig;
  readonly api_listener?: ApiListener;
  readonly connection_balance_config?: Listener_ConnectionBalanceConfig;
  /** @deprecated */
  readonly reuse_port?: boolean;
  readonly enable_reuse_port?: BoolValue;
  readonly access_log?: readonly AccessLog[];
  readonly tcp_backlog_size?: UInt32Value;
  readonly max_connections_to_accept_per_socket_event?: UInt32Value;
  readonly bind_to_port?: BoolValue;
  /** oneof listener_specifier */
  readonly internal_listener?: Listener_InternalListenerConfig;
  readonly enable_mptcp?: boolean;
  readonly ignore_global_conn_limit?: boolean;
  readonly bypass_overload_manager?: boolean;
  readonly tcp_keepalive?: TcpKeepalive;
};

/** envoy.config.listener.v3.Listener.ConnectionBalanceConfig */
export type Listener_ConnectionBalanceConfig = {
  readonly $type: 'envoy.config.listener.v3.Listener.ConnectionBalanceConfig';
  /** oneof balance_type */
  readonly exact_balance?: Listener_ConnectionBalanceConfig_ExactBalance;
  /** oneof balance_type */
  readonly extend_balance?: CoreTypedExtensionConfig;
  /** oneof balance_type */
  readonly cpu_locality_balance?: Listener_ConnectionBalanceConfig_CpuLocalityBalance;
};

/** envoy.config.listener.v3.Listener.ConnectionBalanceConfig.CpuLocalityBalance */
export type Listener_ConnectionBalanceConfig_CpuLocalityBalance = {
  readonly $type: 'envoy.config.listener.v3.Listener.ConnectionBalanceConfig.CpuLocalityBalance';
};

/** envoy.config.listener.v3.Listener.ConnectionBalanceConfig.ExactBalance */
export type Listener_ConnectionBalanceConfig_ExactBalance = {
  readonly $type: 'envoy.config.listener.v3.Listener.ConnectionBalanceConfig.ExactBalance';
};

/** envoy.config.listener.v3.Listener.DeprecatedV1 */
export type Listener_DeprecatedV1 = {
  readonly $type: 'envoy.config.listener.v3.Listener.DeprecatedV1';
  readonly bind_to_port?: BoolValue;
};

/** envoy.config.listener.v3.Listener.FcdsConfig */
export type Listener_FcdsConfig = {
  readonly $type: 'envoy.config.listener.v3.Listener.FcdsConfig';
  readonly name?: string;
  readonly config_source?: ConfigSource;
};

/** envoy.config.listener.v3.Listener.InternalListenerConfig */
export type Listener_InternalListenerConfig = {
  readonly $type: 'envoy.config.listener.v3.Listener.InternalListenerConfig';
};

/** envoy.config.listener.v3.ListenerFilter */
export type ListenerFilter = {
  readonly $type: 'envoy.config.listener.v3.ListenerFilter';
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
  /** oneof config_type */
  readonly config_discovery?: ExtensionConfigSource;
  readonly filter_disabled?: ListenerFilterChainMatchPredicate;
};

/** envoy.config.listener.v3.ListenerFilterChainMatchPredicate */
export type ListenerFilterChainMatchPredicate = {
  readonly $type: 'envoy.config.listener.v3.ListenerFilterChainMatchPredicate';
  /** oneof rule */
  readonly or_match?: ListenerFilterChainMatchPredicate_MatchSet;
  /** oneof rule */
  readonly and_match?: ListenerFilterChainMatchPredicate_MatchSet;
  /** oneof rule */
  readonly not_match?: ListenerFilterChainMatchPredicate;
  /** oneof rule */
  readonly any_match?: boolean;
  /** oneof rule */
  readonly destination_port_range?: Int32Range;
};

/** envoy.config.listener.v3.ListenerFilterChainMatchPredicate.MatchSet */
export type ListenerFilterChainMatchPredicate_MatchSet = {
  readonly $type: 'envoy.config.listener.v3.ListenerFilterChainMatchPredicate.MatchSet';
  readonly rules?: readonly ListenerFilterChainMatchPredicate[];
};

/** envoy.config.listener.v3.QuicProtocolOptions */
export type ListenerQuicProtocolOptions = {
  readonly $type: 'envoy.config.listener.v3.QuicProtocolOptions';
  readonly quic_protocol_options?: CoreQuicProtocolOptions;
  readonly idle_timeout?: Duration;
  readonly crypto_handshake_timeout?: Duration;
  readonly enabled?: RuntimeFeatureFlag;
  readonly packets_to_read_to_connection_count_ratio?: UInt32Value;
  readonly crypto_stream_config?: CoreTypedExtensionConfig;
  readonly proof_source_config?: CoreTypedExtensionConfig;
  readonly connection_id_generator_config?: CoreTypedExtensionConfig;
  readonly server_preferred_address_config?: CoreTypedExtensionConfig;
  readonly send_disable_active_migration?: BoolValue;
  readonly connection_debug_visitor_config?: CoreTypedExtensionConfig;
  readonly save_cmsg_config?: readonly SocketCmsgHeaders[];
  readonly reject_new_connections?: boolean;
  readonly max_sessions_per_event_loop?: UInt32Value;
};

/** envoy.config.listener.v3.UdpListenerConfig */
export type UdpListenerConfig = {
  readonly $type: 'envoy.config.listener.v3.UdpListenerConfig';
  readonly downstream_socket_config?: UdpSocketConfig;
  readonly quic_options?: ListenerQuicProtocolOptions;
  readonly udp_packet_packet_writer_config?: CoreTypedExtensionConfig;
};

/** envoy.config.metrics.v3.HistogramBucketSettings */
export type HistogramBucketSettings = {
  readonly $type: 'envoy.config.metrics.v3.HistogramBucketSettings';
  readonly match?: TypeMatcherStringMatcher;
  readonly buckets?: readonly number[];
  readonly bins?: UInt32Value;
};

/** envoy.config.metrics.v3.StatsConfig */
export type StatsConfig = {
  readonly $type: 'envoy.config.metrics.v3.StatsConfig';
  readonly stats_tags?: readonly TagSpecifier[];
  readonly use_all_default_tags?: BoolValue;
  readonly stats_matcher?: StatsMatcher;
  readonly histogram_bucket_settings?: readonly HistogramBucketSettings[];
  readonly allow_default_tag_overrides?: BoolValue;
};

/** envoy.config.metrics.v3.StatsMatcher */
export type StatsMatcher = {
  readonly $type: 'envoy.config.metrics.v3.StatsMatcher';
  /** oneof stats_matcher */
  readonly reject_all?: boolean;
  /** oneof stats_matcher */
  readonly exclusion_list?: ListStringMatcher;
  /** oneof stats_matcher */
  readonly inclusion_list?: ListStringMatcher;
};

/** envoy.config.metrics.v3.StatsSink */
export type StatsSink = {
  readonly $type: 'envoy.config.metrics.v3.StatsSink';
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
};

/** envoy.config.metrics.v3.TagSpecifier */
export type TagSpecifier = {
  readonly $type: 'envoy.config.metrics.v3.TagSpecifier';
  readonly tag_name?: string;
  /** oneof tag_value */
  readonly regex?: string;
  /** oneof tag_value */
  readonly fixed_value?: string;
};

/** envoy.config.overload.v3.BufferFactoryConfig */
export type BufferFactoryConfig = {
  readonly $type: 'envoy.config.overload.v3.BufferFactoryConfig';
  readonly minimum_account_to_track_power_of_two?: number;
};

/** envoy.config.overload.v3.LoadShedPoint */
export type LoadShedPoint = {
  readonly $type: 'envoy.config.overload.v3.LoadShedPoint';
  readonly name?: string;
  readonly triggers?: readonly Trigger[];
};

/** envoy.config.overload.v3.OverloadAction */
export type OverloadAction = {
  readonly $type: 'envoy.config.overload.v3.OverloadAction';
  readonly name?: string;
  readonly triggers?: readonly Trigger[];
  readonly typed_config?: AnyMessage;
};

/** envoy.config.overload.v3.OverloadManager */
export type OverloadManager = {
  readonly $type: 'envoy.config.overload.v3.OverloadManager';
  readonly refresh_interval?: Duration;
  readonly resource_monitors?: readonly ResourceMonitor[];
  readonly actions?: readonly OverloadAction[];
  readonly loadshed_points?: readonly LoadShedPoint[];
  readonly buffer_factory_config?: BufferFactoryConfig;
};

/** envoy.config.overload.v3.ResourceMonitor */
export type ResourceMonitor = {
  readonly $type: 'envoy.config.overload.v3.ResourceMonitor';
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
};

/** envoy.config.overload.v3.ScaledTrigger */
export type ScaledTrigger = {
  readonly $type: 'envoy.config.overload.v3.ScaledTrigger';
  readonly scaling_threshold?: number;
  readonly saturation_threshold?: number;
};

/** envoy.config.overload.v3.ThresholdTrigger */
export type ThresholdTrigger = {
  readonly $type: 'envoy.config.overload.v3.ThresholdTrigger';
  readonly value?: number;
};

/** envoy.config.overload.v3.Trigger */
export type Trigger = {
  readonly $type: 'envoy.config.overload.v3.Trigger';
  readonly name?: string;
  /** oneof trigger_oneof */
  readonly threshold?: ThresholdTrigger;
  /** oneof trigger_oneof */
  readonly scaled?: ScaledTrigger;
};

/** envoy.config.route.v3.ClusterSpecifierPlugin */
export type ClusterSpecifierPlugin = {
  readonly $type: 'envoy.config.route.v3.ClusterSpecifierPlugin';
  readonly extension?: CoreTypedExtensionConfig;
  readonly is_optional?: boolean;
};

/** envoy.config.route.v3.CookieMatcher */
export type CookieMatcher = {
  readonly $type: 'envoy.config.route.v3.CookieMatcher';
  readonly name?: string;
  readonly string_match?: TypeMatcherStringMatcher;
  readonly invert_match?: boolean;
};

/** envoy.config.route.v3.CorsPolicy */
export type CorsPolicy = {
  readonly $type: 'envoy.config.route.v3.CorsPolicy';
  readonly allow_origin_string_match?: readonly TypeMatcherStringMatcher[];
  readonly allow_methods?: string;
  readonly allow_headers?: string;
  readonly expose_headers?: string;
  readonly max_age?: string;
  readonly allow_credentials?: BoolValue;
  /** oneof enabled_specifier */
  readonly filter_enabled?: RuntimeFractionalPercent;
  readonly shadow_enabled?: RuntimeFractionalPercent;
  readonly allow_private_network_access?: BoolValue;
  readonly forward_not_matching_preflights?: BoolValue;
};

/** envoy.config.route.v3.Decorator */
export type Decorator = {
  readonly $type: 'envoy.config.route.v3.Decorator';
  readonly operation?: string;
  readonly propagate?: BoolValue;
};

/** envoy.config.route.v3.DirectResponseAction */
export type DirectResponseAction = {
  readonly $type: 'envoy.config.route.v3.DirectResponseAction';
  readonly status?: number;
  readonly body?: DataSource;
  readonly body_format?: SubstitutionFormatString;
};

/** envoy.config.route.v3.FilterAction */
export type FilterAction = {
  readonly $type: 'envoy.config.route.v3.FilterAction';
  readonly action?: AnyMessage;
};

/** envoy.config.route.v3.HeaderMatcher */
export type HeaderMatcher = {
  readonly $type: 'envoy.config.route.v3.HeaderMatcher';
  readonly name?: string;
  /** @deprecated, oneof header_match_specifier */
  readonly exact_match?: string;
  /** @deprecated, oneof header_match_specifier */
  readonly safe_regex_match?: TypeMatcherRegexMatcher;
  /** oneof header_match_specifier */
  readonly range_match?: Int64Range;
  /** oneof header_match_specifier */
  readonly present_match?: boolean;
  /** @deprecated, oneof header_match_specifier */
  readonly prefix_match?: string;
  /** @deprecated, oneof header_match_specifier */
  readonly suffix_match?: string;
  /** @deprecated, oneof header_match_specifier */
  readonly contains_match?: string;
  /** oneof header_match_specifier */
  readonly string_match?: TypeMatcherStringMatcher;
  readonly invert_match?: boolean;
  readonly treat_missing_header_as_empty?: boolean;
};

/** envoy.config.route.v3.HedgePolicy */
export type HedgePolicy = {
  readonly $type: 'envoy.config.route.v3.HedgePolicy';
  readonly initial_requests?: UInt32Value;
  readonly additional_request_chance?: FractionalPercent;
  readonly hedge_on_per_try_timeout?: boolean;
};

/** envoy.config.route.v3.InternalRedirectPolicy */
export type InternalRedirectPolicy = {
  readonly $type: 'envoy.config.route.v3.InternalRedirectPolicy';
  readonly max_internal_redirects?: UInt32Value;
  readonly redirect_response_codes?: readonly number[];
  readonly predicates?: readonly CoreTypedExtensionConfig[];
  readonly allow_cross_scheme_redirect?: boolean;
  readonly response_headers_to_copy?: readonly string[];
};

/** envoy.config.route.v3.NonForwardingAction */
export type NonForwardingAction = {
  readonly $type: 'envoy.config.route.v3.NonForwardingAction';
};

/** envoy.config.route.v3.QueryParameterMatcher */
export type QueryParameterMatcher = {
  readonly $type: 'envoy.config.route.v3.QueryParameterMatcher';
  readonly name?: string;
  /** oneof query_parameter_match_specifier */
  readonly string_match?: TypeMatcherStringMatcher;
  /** oneof query_parameter_match_specifier */
  readonly present_match?: boolean;
};

/** envoy.config.route.v3.RateLimit */
export type RateLimit = {
  readonly $type: 'envoy.config.route.v3.RateLimit';
  readonly stage?: UInt32Value;
  readonly disable_key?: string;
  readonly actions?: readonly RateLimit_Action[];
  readonly limit?: RateLimit_Override;
  readonly hits_addend?: RateLimit_HitsAddend;
  readonly apply_on_stream_done?: boolean;
  /** {@link RateLimit_XRateLimitOption} */
  readonly x_ratelimit_option?: number;
};

/** envoy.config.route.v3.RateLimit.Action */
export type RateLimit_Action = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Action';
  /** oneof action_specifier */
  readonly source_cluster?: RateLimit_Action_SourceCluster;
  /** oneof action_specifier */
  readonly destination_cluster?: RateLimit_Action_DestinationCluster;
  /** oneof action_specifier */
  readonly request_headers?: RateLimit_Action_RequestHeaders;
  /** oneof action_specifier */
  readonly query_parameters?: RateLimit_Action_QueryParameters;
  /** oneof action_specifier */
  readonly remote_address?: RateLimit_Action_RemoteAddress;
  /** oneof action_specifier */
  readonly generic_key?: RateLimit_Action_GenericKey;
  /** oneof action_specifier */
  readonly header_value_match?: RateLimit_Action_HeaderValueMatch;
  /** @deprecated, oneof action_specifier */
  readonly dynamic_metadata?: RateLimit_Action_DynamicMetaData;
  /** oneof action_specifier */
  readonly metadata?: RateLimit_Action_MetaData;
  /** oneof action_specifier */
  readonly extension?: CoreTypedExtensionConfig;
  /** oneof action_specifier */
  readonly masked_remote_address?: RateLimit_Action_MaskedRemoteAddress;
  /** oneof action_specifier */
  readonly query_parameter_value_match?: RateLimit_Action_QueryParameterValueMatch;
  /** oneof action_specifier */
  readonly remote_address_match?: RateLimit_Action_RemoteAddressMatch;
};

/** envoy.config.route.v3.RateLimit.Action.DestinationCluster */
export type RateLimit_Action_DestinationCluster = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Action.DestinationCluster';
};

/** envoy.config.route.v3.RateLimit.Action.DynamicMetaData */
export type RateLimit_Action_DynamicMetaData = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Action.DynamicMetaData';
  readonly descriptor_key?: string;
  readonly metadata_key?: MetadataKey;
  readonly default_value?: string;
};

/** envoy.config.route.v3.RateLimit.Action.GenericKey */
export type RateLimit_Action_GenericKey = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Action.GenericKey';
  readonly descriptor_value?: string;
  readonly default_value?: string;
  readonly descriptor_key?: string;
};

/** envoy.config.route.v3.RateLimit.Action.HeaderValueMatch */
export type RateLimit_Action_HeaderValueMatch = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Action.HeaderValueMatch';
  readonly descriptor_value?: string;
  readonly default_value?: string;
  readonly descriptor_key?: string;
  readonly expect_match?: BoolValue;
  readonly headers?: readonly HeaderMatcher[];
};

/** envoy.config.route.v3.RateLimit.Action.MaskedRemoteAddress */
export type RateLimit_Action_MaskedRemoteAddress = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Action.MaskedRemoteAddress';
  readonly v4_prefix_mask_len?: UInt32Value;
  readonly v6_prefix_mask_len?: UInt32Value;
};

/** envoy.config.route.v3.RateLimit.Action.MetaData */
export type RateLimit_Action_MetaData = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Action.MetaData';
  readonly descriptor_key?: string;
  readonly metadata_key?: MetadataKey;
  readonly default_value?: string;
  /** {@link RateLimit_Action_MetaData_Source} */
  readonly source?: number;
  readonly skip_if_absent?: boolean;
};

/** envoy.config.route.v3.RateLimit.Action.QueryParameterValueMatch */
export type RateLimit_Action_QueryParameterValueMatch = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Action.QueryParameterValueMatch';
  readonly descriptor_value?: string;
  readonly default_value?: string;
  readonly descriptor_key?: string;
  readonly expect_match?: BoolValue;
  readonly query_parameters?: readonly QueryParameterMatcher[];
};

/** envoy.config.route.v3.RateLimit.Action.QueryParameters */
export type RateLimit_Action_QueryParameters = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Action.QueryParameters';
  readonly query_parameter_name?: string;
  readonly descriptor_key?: string;
  readonly skip_if_absent?: boolean;
};

/** envoy.config.route.v3.RateLimit.Action.RemoteAddress */
export type RateLimit_Action_RemoteAddress = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Action.RemoteAddress';
};

/** envoy.config.route.v3.RateLimit.Action.RemoteAddressMatch */
export type RateLimit_Action_RemoteAddressMatch = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Action.RemoteAddressMatch';
  readonly descriptor_value?: string;
  readonly descriptor_key?: string;
  readonly default_value?: string;
  readonly address_matcher?: AddressMatcher;
};

/** envoy.config.route.v3.RateLimit.Action.RequestHeaders */
export type RateLimit_Action_RequestHeaders = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Action.RequestHeaders';
  readonly header_name?: string;
  readonly descriptor_key?: string;
  readonly skip_if_absent?: boolean;
};

/** envoy.config.route.v3.RateLimit.Action.SourceCluster */
export type RateLimit_Action_SourceCluster = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Action.SourceCluster';
};

/** envoy.config.route.v3.RateLimit.HitsAddend */
export type RateLimit_HitsAddend = {
  readonly $type: 'envoy.config.route.v3.RateLimit.HitsAddend';
  readonly number?: UInt64Value;
  readonly format?: string;
  readonly is_negative_hits?: boolean;
};

/** envoy.config.route.v3.RateLimit.Override */
export type RateLimit_Override = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Override';
  /** oneof override_specifier */
  readonly dynamic_metadata?: RateLimit_Override_DynamicMetadata;
  /** oneof override_specifier */
  readonly rate_limit?: RateLimit_Override_RateLimitOverride;
};

/** envoy.config.route.v3.RateLimit.Override.DynamicMetadata */
export type RateLimit_Override_DynamicMetadata = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Override.DynamicMetadata';
  readonly metadata_key?: MetadataKey;
};

/** envoy.config.route.v3.RateLimit.Override.RateLimitOverride */
export type RateLimit_Override_RateLimitOverride = {
  readonly $type: 'envoy.config.route.v3.RateLimit.Override.RateLimitOverride';
  readonly requests_per_unit?: number;
  /** {@link RateLimitUnit} */
  readonly unit?: number;
};

/** envoy.config.route.v3.RedirectAction */
export type RedirectAction = {
  readonly $type: 'envoy.config.route.v3.RedirectAction';
  /** oneof scheme_rewrite_specifier */
  readonly https_redirect?: boolean;
  /** oneof scheme_rewrite_specifier */
  readonly scheme_redirect?: string;
  readonly host_redirect?: string;
  readonly port_redirect?: number;
  /** oneof path_rewrite_specifier */
  readonly path_redirect?: string;
  /** oneof path_rewrite_specifier */
  readonly prefix_rewrite?: string;
  /** oneof path_rewrite_specifier */
  readonly regex_rewrite?: RegexMatchAndSubstitute;
  /** oneof path_rewrite_specifier */
  readonly path_rewrite?: string;
  /** {@link RedirectAction_RedirectResponseCode} */
  readonly response_code?: number;
  readonly strip_query?: boolean;
};

/** envoy.config.route.v3.RetryPolicy */
export type RouteRetryPolicy = {
  readonly $type: 'envoy.config.route.v3.RetryPolicy';
  readonly retry_on?: string;
  readonly num_retries?: UInt32Value;
  readonly per_try_timeout?: Duration;
  readonly per_try_idle_timeout?: Duration;
  readonly retry_priority?: RouteRetryPolicy_RetryPriority;
  readonly retry_host_predicate?: readonly RouteRetryPolicy_RetryHostPredicate[];
  readonly retry_options_predicates?: readonly CoreTypedExtensionConfig[];
  readonly host_selection_retry_max_attempts?: bigint;
  readonly retriable_status_codes?: readonly number[];
  readonly retry_back_off?: RetryPolicy_RetryBackOff;
  readonly rate_limited_retry_back_off?: RetryPolicy_RateLimitedRetryBackOff;
  readonly retriable_headers?: readonly HeaderMatcher[];
  readonly retriable_request_headers?: readonly HeaderMatcher[];
  readonly refresh_cluster_on_retry?: boolean;
};

/** envoy.config.route.v3.RetryPolicy.RateLimitedRetryBackOff */
export type RetryPolicy_RateLimitedRetryBackOff = {
  readonly $type: 'envoy.config.route.v3.RetryPolicy.RateLimitedRetryBackOff';
  readonly reset_headers?: readonly RetryPolicy_ResetHeader[];
  readonly max_interval?: Duration;
};

/** envoy.config.route.v3.RetryPolicy.ResetHeader */
export type RetryPolicy_ResetHeader = {
  readonly $type: 'envoy.config.route.v3.RetryPolicy.ResetHeader';
  readonly name?: string;
  /** {@link RetryPolicy_ResetHeaderFormat} */
  readonly format?: number;
};

/** envoy.config.route.v3.RetryPolicy.RetryBackOff */
export type RetryPolicy_RetryBackOff = {
  readonly $type: 'envoy.config.route.v3.RetryPolicy.RetryBackOff';
  readonly base_interval?: Duration;
  readonly max_interval?: Duration;
};

/** envoy.config.route.v3.RetryPolicy.RetryHostPredicate */
export type RouteRetryPolicy_RetryHostPredicate = {
  readonly $type: 'envoy.config.route.v3.RetryPolicy.RetryHostPredicate';
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
};

/** envoy.config.route.v3.RetryPolicy.RetryPriority */
export type RouteRetryPolicy_RetryPriority = {
  readonly $type: 'envoy.config.route.v3.RetryPolicy.RetryPriority';
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
};

/** envoy.config.route.v3.Route */
export type Route = {
  readonly $type: 'envoy.config.route.v3.Route';
  readonly name?: string;
  readonly match?: RouteMatch;
  /** oneof action */
  readonly route?: RouteAction;
  /** oneof action */
  readonly redirect?: RedirectAction;
  /** oneof action */
  readonly direct_response?: DirectResponseAction;
  /** oneof action */
  readonly filter_action?: FilterAction;
  /** oneof action */
  readonly non_forwarding_action?: NonForwardingAction;
  readonly metadata?: Metadata;
  readonly decorator?: Decorator;
  readonly typed_per_filter_config?: ReadonlyMap<string, AnyMessage>;
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_remove?: readonly string[];
  readonly tracing?: RouteTracing;
  /** @deprecated */
  readonly per_request_buffer_limit_bytes?: UInt32Value;
  readonly stat_prefix?: string;
  readonly request_body_buffer_limit?: UInt64Value;
  readonly route_specifiers?: readonly CoreTypedExtensionConfig[];
};

/** envoy.config.route.v3.RouteAction */
export type RouteAction = {
  readonly $type: 'envoy.config.route.v3.RouteAction';
  /** oneof cluster_specifier */
  readonly cluster?: string;
  /** oneof cluster_specifier */
  readonly cluster_header?: string;
  /** oneof cluster_specifier */
  readonly weighted_clusters?: WeightedCluster;
  /** oneof cluster_specifier */
  readonly cluster_specifier_plugin?: string;
  /** oneof cluster_specifier */
  readonly inline_cluster_specifier_plugin?: ClusterSpecifierPlugin;
  /** {@link RouteAction_ClusterNotFoundResponseCode} */
  readonly cluster_not_found_response_code?: number;
  readonly metadata_match?: Metadata;
  readonly prefix_rewrite?: string;
  readonly regex_rewrite?: RegexMatchAndSubstitute;
  readonly path_rewrite_policy?: CoreTypedExtensionConfig;
  readonly path_rewrite?: string;
  /** oneof host_rewrite_specifier */
  readonly host_rewrite_literal?: string;
  /** oneof host_rewrite_specifier */
  readonly auto_host_rewrite?: BoolValue;
  /** oneof host_rewrite_specifier */
  readonly host_rewrite_header?: string;
  /** oneof host_rewrite_specifier */
  readonly host_rewrite_path_regex?: RegexMatchAndSubstitute;
  /** oneof host_rewrite_specifier */
  readonly host_rewrite?: string;
  readonly append_x_forwarded_host?: boolean;
  readonly timeout?: Duration;
  readonly idle_timeout?: Duration;
  readonly flush_timeout?: Duration;
  readonly early_data_policy?: CoreTypedExtensionConfig;
  readonly retry_policy?: RouteRetryPolicy;
  readonly retry_policy_typed_config?: AnyMessage;
  readonly request_mirror_policies?: readonly RouteAction_RequestMirrorPolicy[];
  /** {@link RoutingPriority} */
  readonly priority?: number;
  readonly rate_limits?: readonly RateLimit[];
  /** @deprecated */
  readonly include_vh_rate_limits?: BoolValue;
  readonly hash_policy?: readonly RouteAction_HashPolicy[];
  /** @deprecated */
  readonly cors?: CorsPolicy;
  /** @deprecated */
  readonly max_grpc_timeout?: Duration;
  /** @deprecated */
  readonly grpc_timeout_offset?: Duration;
  readonly upgrade_configs?: readonly RouteAction_UpgradeConfig[];
  readonly internal_redirect_policy?: InternalRedirectPolicy;
  /** @deprecated, {@link RouteAction_InternalRedirectAction} */
  readonly internal_redirect_action?: number;
  /** @deprecated */
  readonly max_internal_redirects?: UInt32Value;
  readonly hedge_policy?: HedgePolicy;
  readonly max_stream_duration?: RouteAction_MaxStreamDuration;
};

/** envoy.config.route.v3.RouteAction.HashPolicy */
export type RouteAction_HashPolicy = {
  readonly $type: 'envoy.config.route.v3.RouteAction.HashPolicy';
  /** oneof policy_specifier */
  readonly header?: RouteAction_HashPolicy_Header;
  /** oneof policy_specifier */
  readonly cookie?: RouteAction_HashPolicy_Cookie;
  /** oneof policy_specifier */
  readonly connection_properties?: RouteAction_HashPolicy_ConnectionProperties;
  /** oneof policy_specifier */
  readonly query_parameter?: RouteAction_HashPolicy_QueryParameter;
  /** oneof policy_specifier */
  readonly filter_state?: RouteAction_HashPolicy_FilterState;
  readonly terminal?: boolean;
};

/** envoy.config.route.v3.RouteAction.HashPolicy.ConnectionProperties */
export type RouteAction_HashPolicy_ConnectionProperties = {
  readonly $type: 'envoy.config.route.v3.RouteAction.HashPolicy.ConnectionProperties';
  readonly source_ip?: boolean;
};

/** envoy.config.route.v3.RouteAction.HashPolicy.Cookie */
export type RouteAction_HashPolicy_Cookie = {
  readonly $type: 'envoy.config.route.v3.RouteAction.HashPolicy.Cookie';
  readonly name?: string;
  readonly ttl?: Duration;
  readonly path?: string;
  readonly attributes?: readonly RouteAction_HashPolicy_CookieAttribute[];
};

/** envoy.config.route.v3.RouteAction.HashPolicy.CookieAttribute */
export type RouteAction_HashPolicy_CookieAttribute = {
  readonly $type: 'envoy.config.route.v3.RouteAction.HashPolicy.CookieAttribute';
  readonly name?: string;
  readonly value?: string;
};

/** envoy.config.route.v3.RouteAction.HashPolicy.FilterState */
export type RouteAction_HashPolicy_FilterState = {
  readonly $type: 'envoy.config.route.v3.RouteAction.HashPolicy.FilterState';
  readonly key?: string;
};

/** envoy.config.route.v3.RouteAction.HashPolicy.Header */
export type RouteAction_HashPolicy_Header = {
  readonly $type: 'envoy.config.route.v3.RouteAction.HashPolicy.Header';
  readonly header_name?: string;
  readonly regex_rewrite?: RegexMatchAndSubstitute;
};

/** envoy.config.route.v3.RouteAction.HashPolicy.QueryParameter */
export type RouteAction_HashPolicy_QueryParameter = {
  readonly $type: 'envoy.config.route.v3.RouteAction.HashPolicy.QueryParameter';
  readonly name?: string;
};

/** envoy.config.route.v3.RouteAction.MaxStreamDuration */
export type RouteAction_MaxStreamDuration = {
  readonly $type: 'envoy.config.route.v3.RouteAction.MaxStreamDuration';
  readonly max_stream_duration?: Duration;
  readonly grpc_timeout_header_max?: Duration;
  readonly grpc_timeout_header_offset?: Duration;
};

/** envoy.config.route.v3.RouteAction.RequestMirrorPolicy */
export type RouteAction_RequestMirrorPolicy = {
  readonly $type: 'envoy.config.route.v3.RouteAction.RequestMirrorPolicy';
  readonly cluster?: string;
  readonly cluster_header?: string;
  readonly runtime_fraction?: RuntimeFractionalPercent;
  readonly trace_sampled?: BoolValue;
  readonly disable_shadow_host_suffix_append?: boolean;
  readonly request_headers_mutations?: readonly Message[];
  readonly host_rewrite_literal?: string;
};

/** envoy.config.route.v3.RouteAction.UpgradeConfig */
export type RouteAction_UpgradeConfig = {
  readonly $type: 'envoy.config.route.v3.RouteAction.UpgradeConfig';
  readonly upgrade_type?: string;
  readonly enabled?: BoolValue;
  readonly connect_config?: RouteAction_UpgradeConfig_ConnectConfig;
};

/** envoy.config.route.v3.RouteAction.UpgradeConfig.ConnectConfig */
export type RouteAction_UpgradeConfig_ConnectConfig = {
  readonly $type: 'envoy.config.route.v3.RouteAction.UpgradeConfig.ConnectConfig';
  readonly proxy_protocol_config?: ProxyProtocolConfig;
  readonly allow_post?: boolean;
};

/** envoy.config.route.v3.RouteConfiguration */
export type RouteConfiguration = {
  readonly $type: 'envoy.config.route.v3.RouteConfiguration';
  readonly name?: string;
  readonly virtual_hosts?: readonly VirtualHost[];
  readonly vhds?: Vhds;
  readonly internal_only_headers?: readonly string[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_remove?: readonly string[];
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly most_specific_header_mutations_wins?: boolean;
  readonly validate_clusters?: BoolValue;
  readonly max_direct_response_body_size_bytes?: UInt32Value;
  readonly cluster_specifier_plugins?: readonly ClusterSpecifierPlugin[];
  readonly request_mirror_policies?: readonly RouteAction_RequestMirrorPolicy[];
  readonly ignore_port_in_host_matching?: boolean;
  readonly vhost_header?: string;
  readonly ignore_path_parameters_in_path_matching?: boolean;
  readonly typed_per_filter_config?: ReadonlyMap<string, AnyMessage>;
  readonly metadata?: Metadata;
  readonly route_specifiers?: readonly CoreTypedExtensionConfig[];
};

/** envoy.config.route.v3.RouteMatch */
export type RouteMatch = {
  readonly $type: 'envoy.config.route.v3.RouteMatch';
  /** oneof path_specifier */
  readonly prefix?: string;
  /** oneof path_specifier */
  readonly path?: string;
  /** oneof path_specifier */
  readonly safe_regex?: TypeMatcherRegexMatcher;
  /** oneof path_specifier */
  readonly connect_matcher?: RouteMatch_ConnectMatcher;
  /** oneof path_specifier */
  readonly path_separated_prefix?: string;
  /** oneof path_specifier */
  readonly path_match_policy?: CoreTypedExtensionConfig;
  readonly case_sensitive?: BoolValue;
  readonly runtime_fraction?: RuntimeFractionalPercent;
  readonly headers?: readonly HeaderMatcher[];
  readonly query_parameters?: readonly QueryParameterMatcher[];
  readonly cookies?: readonly CookieMatcher[];
  readonly grpc?: RouteMatch_GrpcRouteMatchOptions;
  readonly tls_context?: RouteMatch_TlsContextMatchOptions;
  readonly dynamic_metadata?: readonly MetadataMatcher[];
  readonly filter_state?: readonly FilterStateMatcher[];
};

/** envoy.config.route.v3.RouteMatch.ConnectMatcher */
export type RouteMatch_ConnectMatcher = {
  readonly $type: 'envoy.config.route.v3.RouteMatch.ConnectMatcher';
};

/** envoy.config.route.v3.RouteMatch.GrpcRouteMatchOptions */
export type RouteMatch_GrpcRouteMatchOptions = {
  readonly $type: 'envoy.config.route.v3.RouteMatch.GrpcRouteMatchOptions';
};

/** envoy.config.route.v3.RouteMatch.TlsContextMatchOptions */
export type RouteMatch_TlsContextMatchOptions = {
  readonly $type: 'envoy.config.route.v3.RouteMatch.TlsContextMatchOptions';
  readonly presented?: BoolValue;
  readonly validated?: BoolValue;
};

/** envoy.config.route.v3.ScopedRouteConfiguration */
export type ScopedRouteConfiguration = {
  readonly $type: 'envoy.config.route.v3.ScopedRouteConfiguration';
  readonly on_demand?: boolean;
  readonly name?: string;
  readonly route_configuration_name?: string;
  readonly route_configuration?: RouteConfiguration;
  readonly key?: ScopedRouteConfiguration_Key;
};

/** envoy.config.route.v3.ScopedRouteConfiguration.Key */
export type ScopedRouteConfiguration_Key = {
  readonly $type: 'envoy.config.route.v3.ScopedRouteConfiguration.Key';
  readonly fragments?: readonly ScopedRouteConfiguration_Key_Fragment[];
};

/** envoy.config.route.v3.ScopedRouteConfiguration.Key.Fragment */
export type ScopedRouteConfiguration_Key_Fragment = {
  readonly $type: 'envoy.config.route.v3.ScopedRouteConfiguration.Key.Fragment';
  /** oneof type */
  readonly string_key?: string;
};

/** envoy.config.route.v3.Tracing */
export type RouteTracing = {
  readonly $type: 'envoy.config.route.v3.Tracing';
  readonly client_sampling?: FractionalPercent;
  readonly random_sampling?: FractionalPercent;
  readonly overall_sampling?: FractionalPercent;
  readonly custom_tags?: readonly CustomTag[];
  readonly operation?: string;
  readonly upstream_operation?: string;
};

/** envoy.config.route.v3.Vhds */
export type Vhds = {
  readonly $type: 'envoy.config.route.v3.Vhds';
  readonly config_source?: ConfigSource;
};

/** envoy.config.route.v3.VirtualCluster */
export type VirtualCluster = {
  readonly $type: 'envoy.config.route.v3.VirtualCluster';
  readonly headers?: readonly HeaderMatcher[];
  readonly name?: string;
};

/** envoy.config.route.v3.VirtualHost */
export type VirtualHost = {
  readonly $type: 'envoy.config.route.v3.VirtualHost';
  readonly name?: string;
  readonly domains?: readonly string[];
  readonly routes?: readonly Route[];
  readonly matcher?: Matcher;
  /** {@link VirtualHost_TlsRequirementType} */
  readonly require_tls?: number;
  readonly virtual_clusters?: readonly VirtualCluster[];
  readonly rate_limits?: readonly RateLimit[];
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_remove?: readonly string[];
  /** @deprecated */
  readonly cors?: CorsPolicy;
  readonly typed_per_filter_config?: ReadonlyMap<string, AnyMessage>;
  readonly include_request_attempt_count?: boolean;
  readonly include_attempt_count_in_response?: boolean;
  readonly retry_policy?: RouteRetryPolicy;
  readonly retry_policy_typed_config?: AnyMessage;
  readonly hedge_policy?: HedgePolicy;
  readonly include_is_timeout_retry_header?: boolean;
  /** @deprecated */
  readonly per_request_buffer_limit_bytes?: UInt32Value;
  readonly request_body_buffer_limit?: UInt64Value;
  readonly request_mirror_policies?: readonly RouteAction_RequestMirrorPolicy[];
  readonly metadata?: Metadata;
  readonly route_specifiers?: readonly CoreTypedExtensionConfig[];
};

/** envoy.config.route.v3.WeightedCluster */
export type WeightedCluster = {
  readonly $type: 'envoy.config.route.v3.WeightedCluster';
  readonly clusters?: readonly WeightedCluster_ClusterWeight[];
  /** @deprecated */
  readonly total_weight?: UInt32Value;
  readonly runtime_key_prefix?: string;
  /** oneof random_value_specifier */
  readonly header_name?: string;
  /** oneof random_value_specifier */
  readonly use_hash_policy?: BoolValue;
};

/** envoy.config.route.v3.WeightedCluster.ClusterWeight */
export type WeightedCluster_ClusterWeight = {
  readonly $type: 'envoy.config.route.v3.WeightedCluster.ClusterWeight';
  readonly name?: string;
  readonly cluster_header?: string;
  readonly weight?: UInt32Value;
  readonly metadata_match?: Metadata;
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_remove?: readonly string[];
  readonly typed_per_filter_config?: ReadonlyMap<string, AnyMessage>;
  /** oneof host_rewrite_specifier */
  readonly host_rewrite_literal?: string;
};

/** envoy.config.trace.v3.Tracing */
export type TraceTracing = {
  readonly $type: 'envoy.config.trace.v3.Tracing';
  readonly http?: Tracing_Http;
};

/** envoy.config.trace.v3.Tracing.Http */
export type Tracing_Http = {
  readonly $type: 'envoy.config.trace.v3.Tracing.Http';
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
};

/** envoy.extensions.access_loggers.file.v3.FileAccessLog */
export type FileAccessLog = {
  readonly $type: 'envoy.extensions.access_loggers.file.v3.FileAccessLog';
  readonly path?: string;
  /** @deprecated, oneof access_log_format */
  readonly format?: string;
  /** @deprecated, oneof access_log_format */
  readonly json_format?: Struct;
  /** @deprecated, oneof access_log_format */
  readonly typed_json_format?: Struct;
  /** oneof access_log_format */
  readonly log_format?: SubstitutionFormatString;
};

/** envoy.extensions.access_loggers.stream.v3.StderrAccessLog */
export type StderrAccessLog = {
  readonly $type: 'envoy.extensions.access_loggers.stream.v3.StderrAccessLog';
  /** oneof access_log_format */
  readonly log_format?: SubstitutionFormatString;
};

/** envoy.extensions.access_loggers.stream.v3.StdoutAccessLog */
export type StdoutAccessLog = {
  readonly $type: 'envoy.extensions.access_loggers.stream.v3.StdoutAccessLog';
  /** oneof access_log_format */
  readonly log_format?: SubstitutionFormatString;
};

/** envoy.extensions.clusters.dns.v3.DnsCluster */
export type DnsCluster = {
  readonly $type: 'envoy.extensions.clusters.dns.v3.DnsCluster';
  readonly dns_refresh_rate?: Duration;
  readonly dns_failure_refresh_rate?: DnsCluster_RefreshRate;
  readonly respect_dns_ttl?: boolean;
  readonly dns_jitter?: Duration;
  readonly typed_dns_resolver_config?: CoreTypedExtensionConfig;
  /** {@link DnsLookupFamily} */
  readonly dns_lookup_family?: number;
  readonly all_addresses_in_single_endpoint?: boolean;
  readonly dns_min_refresh_rate?: Duration;
};

/** envoy.extensions.clusters.dns.v3.DnsCluster.RefreshRate */
export type DnsCluster_RefreshRate = {
  readonly $type: 'envoy.extensions.clusters.dns.v3.DnsCluster.RefreshRate';
  readonly base_interval?: Duration;
  readonly max_interval?: Duration;
};

/** envoy.extensions.filters.http.router.v3.Router */
export type Router = {
  readonly $type: 'envoy.extensions.filters.http.router.v3.Router';
  readonly dynamic_stats?: BoolValue;
  /** @deprecated */
  readonly start_child_span?: boolean;
  readonly upstream_log?: readonly AccessLog[];
  readonly upstream_log_options?: Message;
  readonly suppress_envoy_headers?: boolean;
  readonly strict_check_headers?: readonly string[];
  readonly respect_expected_rq_timeout?: boolean;
  readonly suppress_grpc_request_failure_code_stats?: boolean;
  readonly upstream_http_filters?: readonly HttpFilter[];
  readonly reject_connect_request_early_data?: BoolValue;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.ForwardProtoConfig */
export type ForwardProtoConfig = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.ForwardProtoConfig';
  readonly https_destination_ports?: readonly number[];
  readonly http_destination_ports?: readonly number[];
};

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager */
export type HttpConnectionManager = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
  /** {@link HttpConnectionManager_CodecType} */
  readonly codec_type?: number;
  readonly stat_prefix?: string;
  /** oneof route_specifier */
  readonly rds?: Rds;
  /** oneof route_specifier */
  readonly route_config?: RouteConfiguration;
  /** oneof route_specifier */
  readonly scoped_routes?: ScopedRoutes;
  readonly http_filters?: readonly HttpFilter[];
  readonly add_user_agent?: BoolValue;
  readonly tracing?: HttpConnectionManager_Tracing;
  readonly common_http_protocol_options?: CoreHttpProtocolOptions;
  readonly http1_safe_max_connection_duration?: boolean;
  readonly http_protocol_options?: Http1ProtocolOptions;
  readonly http2_protocol_options?: Http2ProtocolOptions;
  readonly http3_protocol_options?: Http3ProtocolOptions;
  readonly server_name?: string;
  /** {@link HttpConnectionManager_ServerHeaderTransformation} */
  readonly server_header_transformation?: number;
  readonly scheme_header_transformation?: SchemeHeaderTransformation;
  readonly max_request_headers_kb?: UInt32Value;
  readonly stream_idle_timeout?: Duration;
  readonly stream_flush_timeout?: Duration;
  readonly request_timeout?: Duration;
  readonly request_headers_timeout?: Duration;
  readonly drain_timeout?: Duration;
  readonly drain_timeout_jitter?: Percent;
  readonly delayed_close_timeout?: Duration;
  readonly access_log?: readonly AccessLog[];
  /** @deprecated */
  readonly access_log_flush_interval?: Duration;
  /** @deprecated */
  readonly flush_access_log_on_new_request?: boolean;
  readonly access_log_options?: HttpConnectionManager_HcmAccessLogOptions;
  readonly use_remote_address?: BoolValue;
  readonly xff_num_trusted_hops?: number;
  readonly original_ip_detection_extensions?: readonly CoreTypedExtensionConfig[];
  readonly early_header_mutation_extensions?: readonly CoreTypedExtensionConfig[];
  readonly internal_address_config?: HttpConnectionManager_InternalAddressConfig;
  readonly skip_xff_append?: boolean;
  readonly via?: string;
  readonly generate_request_id?: BoolValue;
  readonly preserve_external_request_id?: boolean;
  readonly always_set_request_id_in_response?: boolean;
  /** {@link HttpConnectionManager_ForwardClientCertDetails} */
  readonly forward_client_cert_details?: number;
  readonly set_current_client_cert_details?: HttpConnectionManager_SetCurrentClientCertDetails;
  readonly forward_client_cert_matcher?: Matcher;
  readonly proxy_100_continue?: boolean;
  readonly represent_ipv4_remote_address_as_ipv4_mapped_ipv6?: boolean;
  readonly upgrade_configs?: readonly HttpConnectionManager_UpgradeConfig[];
  readonly normalize_path?: BoolValue;
  readonly merge_slashes?: boolean;
  /** {@link HttpConnectionManager_PathWithEscapedSlashesAction} */
  readonly path_with_escaped_slashes_action?: number;
  readonly request_id_extension?: RequestIDExtension;
  readonly local_reply_config?: LocalReplyConfig;
  readonly strip_matching_host_port?: boolean;
  /** oneof strip_port_mode */
  readonly strip_any_host_port?: boolean;
  readonly stream_error_on_invalid_http_message?: BoolValue;
  readonly path_normalization_options?: HttpConnectionManager_PathNormalizationOptions;
  readonly strip_trailing_host_dot?: boolean;
  readonly proxy_status_config?: HttpConnectionManager_ProxyStatusConfig;
  readonly typed_header_validation_config?: CoreTypedExtensionConfig;
  readonly append_x_forwarded_port?: boolean;
  readonly append_local_overload?: boolean;
  readonly add_proxy_protocol_connection_state?: BoolValue;
  readonly forward_proto_config?: ForwardProtoConfig;
  readonly record_route_resolution_stats?: boolean;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.HcmAccessLogOptions */
export type HttpConnectionManager_HcmAccessLogOptions = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.HcmAccessLogOptions';
  readonly access_log_flush_interval?: Duration;
  readonly flush_access_log_on_new_request?: boolean;
  readonly flush_log_on_tunnel_successfully_established?: boolean;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.InternalAddressConfig */
export type HttpConnectionManager_InternalAddressConfig = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.InternalAddressConfig';
  readonly unix_sockets?: boolean;
  readonly cidr_ranges?: readonly CoreCidrRange[];
};

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathNormalizationOptions */
export type HttpConnectionManager_PathNormalizationOptions = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathNormalizationOptions';
  readonly forwarding_transformation?: PathTransformation;
  readonly http_filter_transformation?: PathTransformation;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ProxyStatusConfig */
export type HttpConnectionManager_ProxyStatusConfig = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ProxyStatusConfig';
  readonly remove_details?: boolean;
  readonly remove_connection_termination_details?: boolean;
  readonly remove_response_flags?: boolean;
  readonly set_recommended_response_code?: boolean;
  /** oneof proxy_name */
  readonly use_node_id?: boolean;
  /** oneof proxy_name */
  readonly literal_proxy_name?: string;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.SetCurrentClientCertDetails */
export type HttpConnectionManager_SetCurrentClientCertDetails = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.SetCurrentClientCertDetails';
  readonly subject?: BoolValue;
  readonly cert?: boolean;
  readonly chain?: boolean;
  readonly dns?: boolean;
  readonly uri?: boolean;
  readonly issuer?: boolean;
  /** {@link HttpConnectionManager_ForwardClientCertFormat} */
  readonly format?: number;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing */
export type HttpConnectionManager_Tracing = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing';
  readonly client_sampling?: Percent;
  readonly random_sampling?: Percent;
  readonly overall_sampling?: Percent;
  readonly verbose?: boolean;
  readonly max_path_tag_length?: UInt32Value;
  readonly custom_tags?: readonly CustomTag[];
  readonly provider?: Tracing_Http;
  readonly spawn_upstream_span?: BoolValue;
  readonly operation?: string;
  readonly upstream_operation?: string;
  readonly no_context_propagation?: boolean;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig */
export type HttpConnectionManager_UpgradeConfig = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig';
  readonly upgrade_type?: string;
  readonly filters?: readonly HttpFilter[];
  readonly enabled?: BoolValue;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter */
export type HttpFilter = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter';
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: AnyMessage;
  /** oneof config_type */
  readonly config_discovery?: ExtensionConfigSource;
  readonly is_optional?: boolean;
  readonly disabled?: boolean;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig */
export type LocalReplyConfig = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig';
  readonly mappers?: readonly ResponseMapper[];
  readonly body_format?: SubstitutionFormatString;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.Rds */
export type Rds = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.Rds';
  readonly config_source?: ConfigSource;
  readonly route_config_name?: string;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.RequestIDExtension */
export type RequestIDExtension = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.RequestIDExtension';
  readonly typed_config?: AnyMessage;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper */
export type ResponseMapper = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper';
  readonly filter?: AccessLogFilter;
  readonly status_code?: UInt32Value;
  readonly body?: DataSource;
  readonly body_format_override?: SubstitutionFormatString;
  readonly headers_to_add?: readonly HeaderValueOption[];
};

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRds */
export type ScopedRds = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.ScopedRds';
  readonly scoped_rds_config_source?: ConfigSource;
  readonly srds_resources_locator?: string;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRouteConfigurationsList */
export type ScopedRouteConfigurationsList = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.ScopedRouteConfigurationsList';
  readonly scoped_route_configurations?: readonly ScopedRouteConfiguration[];
};

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes */
export type ScopedRoutes = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes';
  readonly name?: string;
  readonly scope_key_builder?: ScopedRoutes_ScopeKeyBuilder;
  readonly rds_config_source?: ConfigSource;
  /** oneof config_specifier */
  readonly scoped_route_configurations_list?: ScopedRouteConfigurationsList;
  /** oneof config_specifier */
  readonly scoped_rds?: ScopedRds;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder */
export type ScopedRoutes_ScopeKeyBuilder = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder';
  readonly fragments?: readonly ScopedRoutes_ScopeKeyBuilder_FragmentBuilder[];
};

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder */
export type ScopedRoutes_ScopeKeyBuilder_FragmentBuilder = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder';
  /** oneof type */
  readonly header_value_extractor?: ScopedRoutes_ScopeKeyBuilder_FragmentBuilder_HeaderValueExtractor;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor */
export type ScopedRoutes_ScopeKeyBuilder_FragmentBuilder_HeaderValueExtractor = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor';
  readonly name?: string;
  readonly element_separator?: string;
  /** oneof extract_type */
  readonly index?: number;
  /** oneof extract_type */
  readonly element?: ScopedRoutes_ScopeKeyBuilder_FragmentBuilder_HeaderValueExtractor_KvElement;
};

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor.KvElement */
export type ScopedRoutes_ScopeKeyBuilder_FragmentBuilder_HeaderValueExtractor_KvElement = {
  readonly $type: 'envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor.KvElement';
  readonly separator?: string;
  readonly key?: string;
};

/** envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig */
export type LocalityLbConfig = {
  readonly $type: 'envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig';
  /** oneof locality_config_specifier */
  readonly zone_aware_lb_config?: LocalityLbConfig_ZoneAwareLbConfig;
  /** oneof locality_config_specifier */
  readonly locality_weighted_lb_config?: LocalityLbConfig_LocalityWeightedLbConfig;
};

/** envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig.LocalityWeightedLbConfig */
export type LocalityLbConfig_LocalityWeightedLbConfig = {
  readonly $type: 'envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig.LocalityWeightedLbConfig';
};

/** envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig.ZoneAwareLbConfig */
export type LocalityLbConfig_ZoneAwareLbConfig = {
  readonly $type: 'envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig.ZoneAwareLbConfig';
  readonly routing_enabled?: Percent;
  readonly min_cluster_size?: UInt64Value;
  readonly fail_traffic_on_panic?: boolean;
  /** @deprecated */
  readonly force_locality_direct_routing?: boolean;
  readonly force_local_zone?: LocalityLbConfig_ZoneAwareLbConfig_ForceLocalZone;
  /** {@link LocalityLbConfig_ZoneAwareLbConfig_LocalityBasis} */
  readonly locality_basis?: number;
};

/** envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig.ZoneAwareLbConfig.ForceLocalZone */
export type LocalityLbConfig_ZoneAwareLbConfig_ForceLocalZone = {
  readonly $type: 'envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig.ZoneAwareLbConfig.ForceLocalZone';
  readonly min_size?: UInt32Value;
};

/** envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig */
export type SlowStartConfig = {
  readonly $type: 'envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig';
  readonly slow_start_window?: Duration;
  readonly aggression?: RuntimeDouble;
  readonly min_weight_percent?: Percent;
};

/** envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest */
export type LeastRequest = {
  readonly $type: 'envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest';
  readonly choice_count?: UInt32Value;
  readonly active_request_bias?: RuntimeDouble;
  readonly slow_start_config?: SlowStartConfig;
  readonly locality_lb_config?: LocalityLbConfig;
  /** @deprecated */
  readonly enable_full_scan?: BoolValue;
  readonly selection_method?: number;
};

/** envoy.extensions.load_balancing_policies.random.v3.Random */
export type Random = {
  readonly $type: 'envoy.extensions.load_balancing_policies.random.v3.Random';
  readonly locality_lb_config?: LocalityLbConfig;
};

/** envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin */
export type RoundRobin = {
  readonly $type: 'envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin';
  readonly slow_start_config?: SlowStartConfig;
  readonly locality_lb_config?: LocalityLbConfig;
};

/** envoy.extensions.upstreams.http.v3.HttpProtocolOptions */
export type UpstreamsHttpHttpProtocolOptions = {
  readonly $type: 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  readonly common_http_protocol_options?: CoreHttpProtocolOptions;
  readonly upstream_http_protocol_options?: UpstreamHttpProtocolOptions;
  /** oneof upstream_protocol_options */
  readonly explicit_http_config?: Message;
  /** oneof upstream_protocol_options */
  readonly use_downstream_protocol_config?: Message;
  /** oneof upstream_protocol_options */
  readonly auto_config?: Message;
  readonly http_filters?: readonly HttpFilter[];
  readonly header_validation_config?: CoreTypedExtensionConfig;
  readonly outlier_detection?: Message;
  readonly request_mirror_policies?: readonly RouteAction_RequestMirrorPolicy[];
  readonly hash_policy?: readonly RouteAction_HashPolicy[];
  readonly retry_policy?: RouteRetryPolicy;
};

/** envoy.service.discovery.v3.DiscoveryRequest */
export type DiscoveryRequest = {
  readonly $type: 'envoy.service.discovery.v3.DiscoveryRequest';
  readonly version_info?: string;
  readonly node?: Node;
  readonly resource_names?: readonly string[];
  readonly resource_locators?: readonly ResourceLocator[];
  readonly type_url?: string;
  readonly response_nonce?: string;
  readonly error_detail?: Status;
};

/** envoy.service.discovery.v3.DiscoveryResponse */
export type DiscoveryResponse = {
  readonly $type: 'envoy.service.discovery.v3.DiscoveryResponse';
  readonly version_info?: string;
  readonly resources?: readonly AnyMessage[];
  readonly canary?: boolean;
  readonly type_url?: string;
  readonly nonce?: string;
  readonly control_plane?: ControlPlane;
  readonly resource_errors?: readonly ResourceError[];
};

/** envoy.service.discovery.v3.DynamicParameterConstraints */
export type DynamicParameterConstraints = {
  readonly $type: 'envoy.service.discovery.v3.DynamicParameterConstraints';
  /** oneof type */
  readonly constraint?: DynamicParameterConstraints_SingleConstraint;
  /** oneof type */
  readonly or_constraints?: DynamicParameterConstraints_ConstraintList;
  /** oneof type */
  readonly and_constraints?: DynamicParameterConstraints_ConstraintList;
  /** oneof type */
  readonly not_constraints?: DynamicParameterConstraints;
};

/** envoy.service.discovery.v3.DynamicParameterConstraints.ConstraintList */
export type DynamicParameterConstraints_ConstraintList = {
  readonly $type: 'envoy.service.discovery.v3.DynamicParameterConstraints.ConstraintList';
  readonly constraints?: readonly DynamicParameterConstraints[];
};

/** envoy.service.discovery.v3.DynamicParameterConstraints.SingleConstraint */
export type DynamicParameterConstraints_SingleConstraint = {
  readonly $type: 'envoy.service.discovery.v3.DynamicParameterConstraints.SingleConstraint';
  readonly key?: string;
  /** oneof constraint_type */
  readonly value?: string;
  /** oneof constraint_type */
  readonly exists?: DynamicParameterConstraints_SingleConstraint_Exists;
};

/** envoy.service.discovery.v3.DynamicParameterConstraints.SingleConstraint.Exists */
export type DynamicParameterConstraints_SingleConstraint_Exists = {
  readonly $type: 'envoy.service.discovery.v3.DynamicParameterConstraints.SingleConstraint.Exists';
};

/** envoy.service.discovery.v3.ResourceError */
export type ResourceError = {
  readonly $type: 'envoy.service.discovery.v3.ResourceError';
  readonly resource_name?: ResourceName;
  readonly error_detail?: Status;
};

/** envoy.service.discovery.v3.ResourceLocator */
export type ResourceLocator = {
  readonly $type: 'envoy.service.discovery.v3.ResourceLocator';
  readonly name?: string;
  readonly dynamic_parameters?: ReadonlyMap<string, string>;
};

/** envoy.service.discovery.v3.ResourceName */
export type ResourceName = {
  readonly $type: 'envoy.service.discovery.v3.ResourceName';
  readonly name?: string;
  readonly dynamic_parameter_constraints?: DynamicParameterConstraints;
};

/** envoy.type.http.v3.PathTransformation */
export type PathTransformation = {
  readonly $type: 'envoy.type.http.v3.PathTransformation';
  readonly operations?: readonly PathTransformation_Operation[];
};

/** envoy.type.http.v3.PathTransformation.Operation */
export type PathTransformation_Operation = {
  readonly $type: 'envoy.type.http.v3.PathTransformation.Operation';
  /** oneof operation_specifier */
  readonly normalize_path_rfc_3986?: PathTransformation_Operation_NormalizePathRFC3986;
  /** oneof operation_specifier */
  readonly merge_slashes?: PathTransformation_Operation_MergeSlashes;
};

/** envoy.type.http.v3.PathTransformation.Operation.MergeSlashes */
export type PathTransformation_Operation_MergeSlashes = {
  readonly $type: 'envoy.type.http.v3.PathTransformation.Operation.MergeSlashes';
};

/** envoy.type.http.v3.PathTransformation.Operation.NormalizePathRFC3986 */
export type PathTransformation_Operation_NormalizePathRFC3986 = {
  readonly $type: 'envoy.type.http.v3.PathTransformation.Operation.NormalizePathRFC3986';
};

/** envoy.type.matcher.v3.AddressMatcher */
export type AddressMatcher = {
  readonly $type: 'envoy.type.matcher.v3.AddressMatcher';
  readonly ranges?: readonly XdsCoreCidrRange[];
  readonly invert_match?: boolean;
};

/** envoy.type.matcher.v3.DoubleMatcher */
export type DoubleMatcher = {
  readonly $type: 'envoy.type.matcher.v3.DoubleMatcher';
  /** oneof match_pattern */
  readonly range?: DoubleRange;
  /** oneof match_pattern */
  readonly exact?: number;
};

/** envoy.type.matcher.v3.FilterStateMatcher */
export type FilterStateMatcher = {
  readonly $type: 'envoy.type.matcher.v3.FilterStateMatcher';
  readonly key?: string;
  /** oneof matcher */
  readonly string_match?: TypeMatcherStringMatcher;
  /** oneof matcher */
  readonly address_match?: AddressMatcher;
};

/** envoy.type.matcher.v3.ListMatcher */
export type ListMatcher = {
  readonly $type: 'envoy.type.matcher.v3.ListMatcher';
  /** oneof match_pattern */
  readonly one_of?: ValueMatcher;
};

/** envoy.type.matcher.v3.ListStringMatcher */
export type ListStringMatcher = {
  readonly $type: 'envoy.type.matcher.v3.ListStringMatcher';
  readonly patterns?: readonly TypeMatcherStringMatcher[];
};

/** envoy.type.matcher.v3.MetadataMatcher */
export type MetadataMatcher = {
  readonly $type: 'envoy.type.matcher.v3.MetadataMatcher';
  readonly filter?: string;
  readonly path?: readonly MetadataMatcher_PathSegment[];
  readonly value?: ValueMatcher;
  readonly invert?: boolean;
};

/** envoy.type.matcher.v3.MetadataMatcher.PathSegment */
export type MetadataMatcher_PathSegment = {
  readonly $type: 'envoy.type.matcher.v3.MetadataMatcher.PathSegment';
  /** oneof segment */
  readonly key?: string;
};

/** envoy.type.matcher.v3.OrMatcher */
export type OrMatcher = {
  readonly $type: 'envoy.type.matcher.v3.OrMatcher';
  readonly value_matchers?: readonly ValueMatcher[];
};

/** envoy.type.matcher.v3.RegexMatchAndSubstitute */
export type RegexMatchAndSubstitute = {
  readonly $type: 'envoy.type.matcher.v3.RegexMatchAndSubstitute';
  readonly pattern?: TypeMatcherRegexMatcher;
  readonly substitution?: string;
};

/** envoy.type.matcher.v3.RegexMatcher */
export type TypeMatcherRegexMatcher = {
  readonly $type: 'envoy.type.matcher.v3.RegexMatcher';
  /** @deprecated, oneof engine_type */
  readonly google_re2?: TypeMatcherRegexMatcher_GoogleRE2;
  readonly regex?: string;
};

/** envoy.type.matcher.v3.RegexMatcher.GoogleRE2 */
export type TypeMatcherRegexMatcher_GoogleRE2 = {
  readonly $type: 'envoy.type.matcher.v3.RegexMatcher.GoogleRE2';
  /** @deprecated */
  readonly max_program_size?: UInt32Value;
};

/** envoy.type.matcher.v3.StringMatcher */
export type TypeMatcherStringMatcher = {
  readonly $type: 'envoy.type.matcher.v3.StringMatcher';
  /** oneof match_pattern */
  readonly exact?: string;
  /** oneof match_pattern */
  readonly prefix?: string;
  /** oneof match_pattern */
  readonly suffix?: string;
  /** oneof match_pattern */
  readonly safe_regex?: TypeMatcherRegexMatcher;
  /** oneof match_pattern */
  readonly contains?: string;
  /** oneof match_pattern */
  readonly custom?: XdsCoreTypedExtensionConfig;
  readonly ignore_case?: boolean;
};

/** envoy.type.matcher.v3.ValueMatcher */
export type ValueMatcher = {
  readonly $type: 'envoy.type.matcher.v3.ValueMatcher';
  /** oneof match_pattern */
  readonly null_match?: ValueMatcher_NullMatch;
  /** oneof match_pattern */
  readonly double_match?: DoubleMatcher;
  /** oneof match_pattern */
  readonly string_match?: TypeMatcherStringMatcher;
  /** oneof match_pattern */
  readonly bool_match?: boolean;
  /** oneof match_pattern */
  readonly present_match?: boolean;
  /** oneof match_pattern */
  readonly list_match?: ListMatcher;
  /** oneof match_pattern */
  readonly or_match?: OrMatcher;
};

/** envoy.type.matcher.v3.ValueMatcher.NullMatch */
export type ValueMatcher_NullMatch = {
  readonly $type: 'envoy.type.matcher.v3.ValueMatcher.NullMatch';
};

/** envoy.type.metadata.v3.MetadataKey */
export type MetadataKey = {
  readonly $type: 'envoy.type.metadata.v3.MetadataKey';
  readonly key?: string;
  readonly path?: readonly MetadataKey_PathSegment[];
};

/** envoy.type.metadata.v3.MetadataKey.PathSegment */
export type MetadataKey_PathSegment = {
  readonly $type: 'envoy.type.metadata.v3.MetadataKey.PathSegment';
  /** oneof segment */
  readonly key?: string;
  /** oneof segment */
  readonly index?: number;
};

/** envoy.type.metadata.v3.MetadataKind */
export type MetadataKind = {
  readonly $type: 'envoy.type.metadata.v3.MetadataKind';
  /** oneof kind */
  readonly request?: MetadataKind_Request;
  /** oneof kind */
  readonly route?: MetadataKind_Route;
  /** oneof kind */
  readonly cluster?: MetadataKind_Cluster;
  /** oneof kind */
  readonly host?: MetadataKind_Host;
};

/** envoy.type.metadata.v3.MetadataKind.Cluster */
export type MetadataKind_Cluster = {
  readonly $type: 'envoy.type.metadata.v3.MetadataKind.Cluster';
};

/** envoy.type.metadata.v3.MetadataKind.Host */
export type MetadataKind_Host = {
  readonly $type: 'envoy.type.metadata.v3.MetadataKind.Host';
};

/** envoy.type.metadata.v3.MetadataKind.Request */
export type MetadataKind_Request = {
  readonly $type: 'envoy.type.metadata.v3.MetadataKind.Request';
};

/** envoy.type.metadata.v3.MetadataKind.Route */
export type MetadataKind_Route = {
  readonly $type: 'envoy.type.metadata.v3.MetadataKind.Route';
};

/** envoy.type.tracing.v3.CustomTag */
export type CustomTag = {
  readonly $type: 'envoy.type.tracing.v3.CustomTag';
  readonly tag?: string;
  /** oneof type */
  readonly literal?: CustomTag_Literal;
  /** oneof type */
  readonly environment?: CustomTag_Environment;
  /** oneof type */
  readonly request_header?: CustomTag_Header;
  /** oneof type */
  readonly metadata?: CustomTag_Metadata;
  /** oneof type */
  readonly value?: string;
  /** {@link CustomTag_ValueType} */
  readonly value_type?: number;
};

/** envoy.type.tracing.v3.CustomTag.Environment */
export type CustomTag_Environment = {
  readonly $type: 'envoy.type.tracing.v3.CustomTag.Environment';
  readonly name?: string;
  readonly default_value?: string;
};

/** envoy.type.tracing.v3.CustomTag.Header */
export type CustomTag_Header = {
  readonly $type: 'envoy.type.tracing.v3.CustomTag.Header';
  readonly name?: string;
  readonly default_value?: string;
};

/** envoy.type.tracing.v3.CustomTag.Literal */
export type CustomTag_Literal = {
  readonly $type: 'envoy.type.tracing.v3.CustomTag.Literal';
  readonly value?: string;
};

/** envoy.type.tracing.v3.CustomTag.Metadata */
export type CustomTag_Metadata = {
  readonly $type: 'envoy.type.tracing.v3.CustomTag.Metadata';
  readonly kind?: MetadataKind;
  readonly metadata_key?: MetadataKey;
  readonly default_value?: string;
};

/** envoy.type.v3.DoubleRange */
export type DoubleRange = {
  readonly $type: 'envoy.type.v3.DoubleRange';
  readonly start?: number;
  readonly end?: number;
};

/** envoy.type.v3.FractionalPercent */
export type FractionalPercent = {
  readonly $type: 'envoy.type.v3.FractionalPercent';
  readonly numerator?: number;
  /** {@link FractionalPercent_DenominatorType} */
  readonly denominator?: number;
};

/** envoy.type.v3.Int32Range */
export type Int32Range = {
  readonly $type: 'envoy.type.v3.Int32Range';
  readonly start?: number;
  readonly end?: number;
};

/** envoy.type.v3.Int64Range */
export type Int64Range = {
  readonly $type: 'envoy.type.v3.Int64Range';
  readonly start?: bigint;
  readonly end?: bigint;
};

/** envoy.type.v3.Percent */
export type Percent = {
  readonly $type: 'envoy.type.v3.Percent';
  readonly value?: number;
};

/** envoy.type.v3.SemanticVersion */
export type SemanticVersion = {
  readonly $type: 'envoy.type.v3.SemanticVersion';
  readonly major_number?: number;
  readonly minor_number?: number;
  readonly patch?: number;
};

/** google.protobuf.BoolValue */
export type BoolValue = {
  readonly $type: 'google.protobuf.BoolValue';
  readonly value?: boolean;
};

/** google.protobuf.DoubleValue */
export type DoubleValue = {
  readonly $type: 'google.protobuf.DoubleValue';
  readonly value?: number;
};

/** google.protobuf.Duration */
export type Duration = {
  readonly $type: 'google.protobuf.Duration';
  readonly seconds?: bigint;
  readonly nanos?: number;
};

/** google.protobuf.Empty */
export type Empty = {
  readonly $type: 'google.protobuf.Empty';
};

/** google.protobuf.ListValue */
export type ListValue = {
  readonly $type: 'google.protobuf.ListValue';
  readonly values?: readonly Value[];
};

/** google.protobuf.Struct */
export type Struct = {
  readonly $type: 'google.protobuf.Struct';
  readonly fields?: ReadonlyMap<string, Value>;
};

/** google.protobuf.UInt32Value */
export type UInt32Value = {
  readonly $type: 'google.protobuf.UInt32Value';
  readonly value?: number;
};

/** google.protobuf.UInt64Value */
export type UInt64Value = {
  readonly $type: 'google.protobuf.UInt64Value';
  readonly value?: bigint;
};

/** google.protobuf.Value */
export type Value = {
  readonly $type: 'google.protobuf.Value';
  /** oneof kind, {@link NullValue} */
  readonly null_value?: number;
  /** oneof kind */
  readonly number_value?: number;
  /** oneof kind */
  readonly string_value?: string;
  /** oneof kind */
  readonly bool_value?: boolean;
  /** oneof kind */
  readonly struct_value?: Struct;
  /** oneof kind */
  readonly list_value?: ListValue;
};

/** google.rpc.Status */
export type Status = {
  readonly $type: 'google.rpc.Status';
  readonly code?: number;
  readonly message?: string;
  readonly details?: readonly AnyMessage[];
};

/** xds.core.v3.Authority */
export type Authority = {
  readonly $type: 'xds.core.v3.Authority';
  readonly name?: string;
};

/** xds.core.v3.CidrRange */
export type XdsCoreCidrRange = {
  readonly $type: 'xds.core.v3.CidrRange';
  readonly address_prefix?: string;
  readonly prefix_len?: UInt32Value;
};

/** xds.core.v3.ContextParams */
export type ContextParams = {
  readonly $type: 'xds.core.v3.ContextParams';
  readonly params?: ReadonlyMap<string, string>;
};

/** xds.core.v3.TypedExtensionConfig */
export type XdsCoreTypedExtensionConfig = {
  readonly $type: 'xds.core.v3.TypedExtensionConfig';
  readonly name?: string;
  readonly typed_config?: AnyMessage;
};

/** xds.type.matcher.v3.Matcher */
export type Matcher = {
  readonly $type: 'xds.type.matcher.v3.Matcher';
  /** oneof matcher_type */
  readonly matcher_list?: Matcher_MatcherList;
  /** oneof matcher_type */
  readonly matcher_tree?: Matcher_MatcherTree;
  readonly on_no_match?: Matcher_OnMatch;
};

/** xds.type.matcher.v3.Matcher.MatcherList */
export type Matcher_MatcherList = {
  readonly $type: 'xds.type.matcher.v3.Matcher.MatcherList';
  readonly matchers?: readonly Matcher_MatcherList_FieldMatcher[];
};

/** xds.type.matcher.v3.Matcher.MatcherList.FieldMatcher */
export type Matcher_MatcherList_FieldMatcher = {
  readonly $type: 'xds.type.matcher.v3.Matcher.MatcherList.FieldMatcher';
  readonly predicate?: Matcher_MatcherList_Predicate;
  readonly on_match?: Matcher_OnMatch;
};

/** xds.type.matcher.v3.Matcher.MatcherList.Predicate */
export type Matcher_MatcherList_Predicate = {
  readonly $type: 'xds.type.matcher.v3.Matcher.MatcherList.Predicate';
  /** oneof match_type */
  readonly single_predicate?: Matcher_MatcherList_Predicate_SinglePredicate;
  /** oneof match_type */
  readonly or_matcher?: Matcher_MatcherList_Predicate_PredicateList;
  /** oneof match_type */
  readonly and_matcher?: Matcher_MatcherList_Predicate_PredicateList;
  /** oneof match_type */
  readonly not_matcher?: Matcher_MatcherList_Predicate;
};

/** xds.type.matcher.v3.Matcher.MatcherList.Predicate.PredicateList */
export type Matcher_MatcherList_Predicate_PredicateList = {
  readonly $type: 'xds.type.matcher.v3.Matcher.MatcherList.Predicate.PredicateList';
  readonly predicate?: readonly Matcher_MatcherList_Predicate[];
};

/** xds.type.matcher.v3.Matcher.MatcherList.Predicate.SinglePredicate */
export type Matcher_MatcherList_Predicate_SinglePredicate = {
  readonly $type: 'xds.type.matcher.v3.Matcher.MatcherList.Predicate.SinglePredicate';
  readonly input?: XdsCoreTypedExtensionConfig;
  /** oneof matcher */
  readonly value_match?: XdsTypeMatcherStringMatcher;
  /** oneof matcher */
  readonly custom_match?: XdsCoreTypedExtensionConfig;
};

/** xds.type.matcher.v3.Matcher.MatcherTree */
export type Matcher_MatcherTree = {
  readonly $type: 'xds.type.matcher.v3.Matcher.MatcherTree';
  readonly input?: XdsCoreTypedExtensionConfig;
  /** oneof tree_type */
  readonly exact_match_map?: Matcher_MatcherTree_MatchMap;
  /** oneof tree_type */
  readonly prefix_match_map?: Matcher_MatcherTree_MatchMap;
  /** oneof tree_type */
  readonly custom_match?: XdsCoreTypedExtensionConfig;
};

/** xds.type.matcher.v3.Matcher.MatcherTree.MatchMap */
export type Matcher_MatcherTree_MatchMap = {
  readonly $type: 'xds.type.matcher.v3.Matcher.MatcherTree.MatchMap';
  readonly map?: ReadonlyMap<string, Matcher_OnMatch>;
};

/** xds.type.matcher.v3.Matcher.OnMatch */
export type Matcher_OnMatch = {
  readonly $type: 'xds.type.matcher.v3.Matcher.OnMatch';
  /** oneof on_match */
  readonly matcher?: Matcher;
  /** oneof on_match */
  readonly action?: XdsCoreTypedExtensionConfig;
  readonly keep_matching?: boolean;
};

/** xds.type.matcher.v3.RegexMatcher */
export type XdsTypeMatcherRegexMatcher = {
  readonly $type: 'xds.type.matcher.v3.RegexMatcher';
  /** oneof engine_type */
  readonly google_re2?: XdsTypeMatcherRegexMatcher_GoogleRE2;
  readonly regex?: string;
};

/** xds.type.matcher.v3.RegexMatcher.GoogleRE2 */
export type XdsTypeMatcherRegexMatcher_GoogleRE2 = {
  readonly $type: 'xds.type.matcher.v3.RegexMatcher.GoogleRE2';
};

/** xds.type.matcher.v3.StringMatcher */
export type XdsTypeMatcherStringMatcher = {
  readonly $type: 'xds.type.matcher.v3.StringMatcher';
  /** oneof match_pattern */
  readonly exact?: string;
  /** oneof match_pattern */
  readonly prefix?: string;
  /** oneof match_pattern */
  readonly suffix?: string;
  /** oneof match_pattern */
  readonly safe_regex?: XdsTypeMatcherRegexMatcher;
  /** oneof match_pattern */
  readonly contains?: string;
  /** oneof match_pattern */
  readonly custom?: XdsCoreTypedExtensionConfig;
  readonly ignore_case?: boolean;
};

/** envoy.config.accesslog.v3.ComparisonFilter.Op */
export const ComparisonFilter_Op = {
  EQ: 0,
  GE: 1,
  LE: 2,
  NE: 3,
} as const;

/** envoy.config.accesslog.v3.GrpcStatusFilter.Status */
export const GrpcStatusFilter_Status = {
  OK: 0,
  CANCELED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** envoy.config.bootstrap.v3.CustomInlineHeader.InlineHeaderType */
export const CustomInlineHeader_InlineHeaderType = {
  REQUEST_HEADER: 0,
  REQUEST_TRAILER: 1,
  RESPONSE_HEADER: 2,
  RESPONSE_TRAILER: 3,
} as const;

/** envoy.config.bootstrap.v3.Watchdog.WatchdogAction.WatchdogEvent */
export const Watchdog_WatchdogAction_WatchdogEvent = {
  UNKNOWN: 0,
  KILL: 1,
  MULTIKILL: 2,
  MEGAMISS: 3,
  MISS: 4,
} as const;

/** envoy.config.cluster.v3.Cluster.ClusterProtocolSelection */
export const Cluster_ClusterProtocolSelection = {
  USE_CONFIGURED_PROTOCOL: 0,
  USE_DOWNSTREAM_PROTOCOL: 1,
} as const;

/** envoy.config.cluster.v3.Cluster.DiscoveryType */
export const Cluster_DiscoveryType = {
  STATIC: 0,
  STRICT_DNS: 1,
  LOGICAL_DNS: 2,
  EDS: 3,
  ORIGINAL_DST: 4,
} as const;

/** envoy.config.cluster.v3.Cluster.DnsLookupFamily */
export const Cluster_DnsLookupFamily = {
  AUTO: 0,
  V4_ONLY: 1,
  V6_ONLY: 2,
  V4_PREFERRED: 3,
  ALL: 4,
} as const;

/** envoy.config.cluster.v3.Cluster.LbPolicy */
export const Cluster_LbPolicy = {
  ROUND_ROBIN: 0,
  LEAST_REQUEST: 1,
  RING_HASH: 2,
  RANDOM: 3,
  MAGLEV: 5,
  CLUSTER_PROVIDED: 6,
  LOAD_BALANCING_POLICY_CONFIG: 7,
} as const;

/** envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetFallbackPolicy */
export const Cluster_LbSubsetConfig_LbSubsetFallbackPolicy = {
  NO_FALLBACK: 0,
  ANY_ENDPOINT: 1,
  DEFAULT_SUBSET: 2,
} as const;

/** envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetMetadataFallbackPolicy */
export const Cluster_LbSubsetConfig_LbSubsetMetadataFallbackPolicy = {
  METADATA_NO_FALLBACK: 0,
  FALLBACK_LIST: 1,
} as const;

/** envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetSelector.LbSubsetSelectorFallbackPolicy */
export const Cluster_LbSubsetConfig_LbSubsetSelector_LbSubsetSelectorFallbackPolicy = {
  NOT_DEFINED: 0,
  NO_FALLBACK: 1,
  ANY_ENDPOINT: 2,
  DEFAULT_SUBSET: 3,
  KEYS_SUBSET: 4,
} as const;

/** envoy.config.cluster.v3.Cluster.RingHashLbConfig.HashFunction */
export const Cluster_RingHashLbConfig_HashFunction = {
  XX_HASH: 0,
  MURMUR_HASH_2: 1,
} as const;

/** envoy.config.cluster.v3.UpstreamConnectionOptions.FirstAddressFamilyVersion */
export const UpstreamConnectionOptions_FirstAddressFamilyVersion = {
  DEFAULT: 0,
  V4: 1,
  V6: 2,
  PIPE: 3,
  INTERNAL: 4,
} as const;

/** envoy.config.core.v3.ApiConfigSource.ApiType */
export const ApiConfigSource_ApiType = {
  DEPRECATED_AND_UNAVAILABLE_DO_NOT_USE: 0,
  REST: 1,
  GRPC: 2,
  DELTA_GRPC: 3,
  AGGREGATED_GRPC: 5,
  AGGREGATED_DELTA_GRPC: 6,
} as const;

/** envoy.config.core.v3.ApiVersion */
export const ApiVersion = {
  AUTO: 0,
  V2: 1,
  V3: 2,
} as const;

/** envoy.config.core.v3.HeaderValueOption.HeaderAppendAction */
export const HeaderValueOption_HeaderAppendAction = {
  APPEND_IF_EXISTS_OR_ADD: 0,
  ADD_IF_ABSENT: 1,
  OVERWRITE_IF_EXISTS_OR_ADD: 2,
  OVERWRITE_IF_EXISTS: 3,
} as const;

/** envoy.config.core.v3.HealthStatus */
export const HealthStatus = {
  UNKNOWN: 0,
  HEALTHY: 1,
  UNHEALTHY: 2,
  DRAINING: 3,
  TIMEOUT: 4,
  DEGRADED: 5,
} as const;

/** envoy.config.core.v3.HttpProtocolOptions.HeadersWithUnderscoresAction */
export const HttpProtocolOptions_HeadersWithUnderscoresAction = {
  ALLOW: 0,
  REJECT_REQUEST: 1,
  DROP_HEADER: 2,
} as const;

/** envoy.config.core.v3.ProxyProtocolConfig.Version */
export const ProxyProtocolConfig_Version = {
  V1: 0,
  V2: 1,
} as const;

/** envoy.config.core.v3.ProxyProtocolPassThroughTLVs.PassTLVsMatchType */
export const ProxyProtocolPassThroughTLVs_PassTLVsMatchType = {
  INCLUDE_ALL: 0,
  INCLUDE: 1,
} as const;

/** envoy.config.core.v3.RequestMethod */
export const RequestMethod = {
  METHOD_UNSPECIFIED: 0,
  GET: 1,
  HEAD: 2,
  POST: 3,
  PUT: 4,
  DELETE: 5,
  CONNECT: 6,
  OPTIONS: 7,
  TRACE: 8,
  PATCH: 9,
} as const;

/** envoy.config.core.v3.RoutingPriority */
export const RoutingPriority = {
  DEFAULT: 0,
  HIGH: 1,
} as const;

/** envoy.config.core.v3.SocketAddress.Protocol */
export const SocketAddress_Protocol = {
  TCP: 0,
  UDP: 1,
} as const;

/** envoy.config.core.v3.SocketOption.SocketIpVersion */
export const SocketOption_SocketIpVersion = {
  SOCKET_IP_VERSION_UNSPECIFIED: 0,
  SOCKET_IP_VERSION_IPV4: 1,
  SOCKET_IP_VERSION_IPV6: 2,
} as const;

/** envoy.config.core.v3.SocketOption.SocketState */
export const SocketOption_SocketState = {
  STATE_PREBIND: 0,
  STATE_BOUND: 1,
  STATE_LISTENING: 2,
} as const;

/** envoy.config.core.v3.TrafficDirection */
export const TrafficDirection = {
  UNSPECIFIED: 0,
  INBOUND: 1,
  OUTBOUND: 2,
} as const;

/** envoy.config.listener.v3.FilterChainMatch.ConnectionSourceType */
export const FilterChainMatch_ConnectionSourceType = {
  ANY: 0,
  SAME_IP_OR_LOOPBACK: 1,
  EXTERNAL: 2,
} as const;

/** envoy.config.listener.v3.Listener.DrainType */
export const Listener_DrainType = {
  DEFAULT: 0,
  MODIFY_ONLY: 1,
} as const;

/** envoy.config.route.v3.RateLimit.Action.MetaData.Source */
export const RateLimit_Action_MetaData_Source = {
  DYNAMIC: 0,
  ROUTE_ENTRY: 1,
  CLUSTER_ENTRY: 2,
  CLUSTER_LOCALITY_ENTRY: 3,
} as const;

/** envoy.config.route.v3.RateLimit.XRateLimitOption */
export const RateLimit_XRateLimitOption = {
  UNSPECIFIED: 0,
  OFF: 1,
  DRAFT_VERSION_03: 2,
} as const;

/** envoy.config.route.v3.RedirectAction.RedirectResponseCode */
export const RedirectAction_RedirectResponseCode = {
  MOVED_PERMANENTLY: 0,
  FOUND: 1,
  SEE_OTHER: 2,
  TEMPORARY_REDIRECT: 3,
  PERMANENT_REDIRECT: 4,
} as const;

/** envoy.config.route.v3.RetryPolicy.ResetHeaderFormat */
export const RetryPolicy_ResetHeaderFormat = {
  SECONDS: 0,
  UNIX_TIMESTAMP: 1,
} as const;

/** envoy.config.route.v3.RouteAction.ClusterNotFoundResponseCode */
export const RouteAction_ClusterNotFoundResponseCode = {
  SERVICE_UNAVAILABLE: 0,
  NOT_FOUND: 1,
  INTERNAL_SERVER_ERROR: 2,
} as const;

/** envoy.config.route.v3.RouteAction.InternalRedirectAction */
export const RouteAction_InternalRedirectAction = {
  PASS_THROUGH_INTERNAL_REDIRECT: 0,
  HANDLE_INTERNAL_REDIRECT: 1,
} as const;

/** envoy.config.route.v3.VirtualHost.TlsRequirementType */
export const VirtualHost_TlsRequirementType = {
  NONE: 0,
  EXTERNAL_ONLY: 1,
  ALL: 2,
} as const;

/** envoy.extensions.clusters.common.dns.v3.DnsLookupFamily */
export const DnsLookupFamily = {
  UNSPECIFIED: 0,
  AUTO: 1,
  V4_ONLY: 2,
  V6_ONLY: 3,
  V4_PREFERRED: 4,
  ALL: 5,
} as const;

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.CodecType */
export const HttpConnectionManager_CodecType = {
  AUTO: 0,
  HTTP1: 1,
  HTTP2: 2,
  HTTP3: 3,
} as const;

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertDetails */
export const HttpConnectionManager_ForwardClientCertDetails = {
  SANITIZE: 0,
  FORWARD_ONLY: 1,
  APPEND_FORWARD: 2,
  SANITIZE_SET: 3,
  ALWAYS_FORWARD_ONLY: 4,
} as const;

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertFormat */
export const HttpConnectionManager_ForwardClientCertFormat = {
  TEXT: 0,
  JSON: 1,
} as const;

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction */
export const HttpConnectionManager_PathWithEscapedSlashesAction = {
  IMPLEMENTATION_SPECIFIC_DEFAULT: 0,
  KEEP_UNCHANGED: 1,
  REJECT_REQUEST: 2,
  UNESCAPE_AND_REDIRECT: 3,
  UNESCAPE_AND_FORWARD: 4,
} as const;

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ServerHeaderTransformation */
export const HttpConnectionManager_ServerHeaderTransformation = {
  OVERWRITE: 0,
  APPEND_IF_ABSENT: 1,
  PASS_THROUGH: 2,
} as const;

/** envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig.ZoneAwareLbConfig.LocalityBasis */
export const LocalityLbConfig_ZoneAwareLbConfig_LocalityBasis = {
  HEALTHY_HOSTS_NUM: 0,
  HEALTHY_HOSTS_WEIGHT: 1,
} as const;

/** envoy.type.tracing.v3.CustomTag.ValueType */
export const CustomTag_ValueType = {
  UNSPECIFIED: 0,
  STRING: 1,
  INT: 2,
  DOUBLE: 3,
  BOOL: 4,
} as const;

/** envoy.type.v3.CodecClientType */
export const CodecClientType = {
  HTTP1: 0,
  HTTP2: 1,
  HTTP3: 2,
} as const;

/** envoy.type.v3.FractionalPercent.DenominatorType */
export const FractionalPercent_DenominatorType = {
  HUNDRED: 0,
  TEN_THOUSAND: 1,
  MILLION: 2,
} as const;

/** envoy.type.v3.RateLimitUnit */
export const RateLimitUnit = {
  UNKNOWN: 0,
  SECOND: 1,
  MINUTE: 2,
  HOUR: 3,
  DAY: 4,
  MONTH: 5,
  YEAR: 6,
} as const;

/** google.protobuf.NullValue */
export const NullValue = {
  NULL_VALUE: 0,
} as const;
