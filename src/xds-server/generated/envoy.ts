/** The JSON of Envoy's messages, in the spelling of its .proto files: made by scripts/gen-json-types.ts, do not edit. */

/** Seconds: `"1.5s"`. */
export type DurationText = `${number}s`;
/** An integer of 64 bits: in quotes above 2^53. */
export type Integer64 = number | string;
/** Bytes. */
export type Base64 = string;
export type Plain = { readonly [key: string]: unknown };

declare const other: unique symbol;
/** Of a type that is not in this file: made by `any()`. */
export type OtherAny = { readonly '@type': string; readonly [other]: true };

/** A message of any type, with its type in it. */
export type Any =
  | TypedAccessLogFilter
  | DogStatsdSink
  | MetricsServiceConfig
  | StatsdSink
  | RouteFilterConfig
  | DatadogConfig
  | OpenTelemetryConfig
  | ZipkinConfig
  | DynamicModuleAccessLog
  | FileAccessLog
  | ExpressionFilter
  | ProcessRateLimitFilter
  | FluentdAccessLogConfig
  | HttpGrpcAccessLogConfig
  | TcpGrpcAccessLogConfig
  | OpenTelemetryAccessLogConfig
  | AccessLoggersStatsConfig
  | StderrAccessLog
  | StdoutAccessLog
  | WasmAccessLog
  | DynamicModuleBootstrapExtension
  | InternalListener
  | DownstreamReverseConnectionSocketInterface
  | UpstreamReverseConnectionSocketInterface
  | AggregateClusterResource
  | ClustersAggregateClusterConfig
  | ClustersCompositeClusterConfig
  | ClustersDynamicForwardProxyClusterConfig
  | ClustersDynamicModulesClusterConfig
  | ClustersMcpMulticlusterClusterConfig
  | OriginalDstCluster
  | RedisClusterConfig
  | ReverseConnectionClusterConfig
  | ExtensionWithMatcher
  | ExtensionWithMatcherPerRoute
  | CompressionBrotliCompressorBrotli
  | CompressionBrotliDecompressorBrotli
  | CompressionGzipCompressorGzip
  | CompressionGzipDecompressorGzip
  | CompressionZstdCompressorZstd
  | CompressionZstdDecompressorZstd
  | DynamicModuleConfigValidator
  | MinimumClustersValidator
  | JsonContentParser
  | DefaultEarlyDataPolicy
  | FilterDependencies
  | MatchingRequirements
  | SkipFilter
  | A2a
  | AdaptiveConcurrency
  | AdmissionControl
  | AiProtocolManager
  | AiProtocolManagerPerRoute
  | FiltersHttpAlternateProtocolsCacheFilterConfig
  | ApiKeyAuth
  | ApiKeyAuthPerRoute
  | AwsEventstreamParser
  | FiltersHttpAwsLambdaPerRouteConfig
  | AwsRequestSigningPerRoute
  | BandwidthLimit
  | BandwidthShare
  | BasicAuth
  | BasicAuthPerRoute
  | BodySizeLimit
  | BufferPerRoute
  | FiltersHttpCacheCacheConfig
  | CacheV2Config
  | CdnLoopConfig
  | Composite
  | CompositePerRoute
  | ExecuteFilterAction
  | CompressorPerRoute
  | FiltersHttpConnectGrpcBridgeFilterConfig
  | Cors
  | FiltersHttpCorsCorsPolicy
  | CredentialInjector
  | CsrfPolicy
  | CustomResponse
  | Decompressor
  | FiltersHttpDynamicForwardProxyFilterConfig
  | FiltersHttpDynamicForwardProxyPerRouteConfig
  | DynamicModuleFilter
  | DynamicModuleFilterPerRoute
  | Dynamo
  | FiltersHttpExtAuthzExtAuthz
  | ExtAuthzPerRoute
  | ShadowDecision
  | ExtProcPerRoute
  | ExternalProcessor
  | HTTPFault
  | FileServerConfig
  | FileSystemBufferFilterConfig
  | FilterChainConfig
  | FilterChainConfigPerRoute
  | GcpAuthnFilterConfig
  | FiltersHttpGeoipGeoip
  | GrpcFieldExtractionConfig
  | FiltersHttpGrpcHttp1BridgeConfig
  | FiltersHttpGrpcHttp1ReverseBridgeFilterConfig
  | FilterConfigPerRoute
  | GrpcJsonReverseTranscoder
  | GrpcJsonTranscoder
  | UnknownQueryParams
  | FiltersHttpGrpcStatsFilterConfig
  | FilterObject
  | GrpcWeb
  | FiltersHttpGzipGzip
  | FiltersHttpHeaderMutationHeaderMutation
  | HeaderMutationPerRoute
  | FiltersHttpHeaderToMetadataConfig
  | FiltersHttpHealthCheckHealthCheck
  | IPTagging
  | JsonToMetadata
  | JwtAuthentication
  | FiltersHttpJwtAuthnPerRouteConfig
  | KillRequest
  | FiltersHttpLocalRatelimitLocalRateLimit
  | FiltersHttpLuaLua
  | LuaPerRoute
  | Mcp
  | McpOverride
  | McpJsonRestBridge
  | McpJsonRestBridgePerRoute
  | McpRouter
  | FiltersHttpOauth2OAuth2
  | OAuth2PerRoute
  | OnDemand
  | FiltersHttpOnDemandPerRouteConfig
  | FiltersHttpOriginalSrcOriginalSrc
  | ProtoApiScrubberConfig
  | RemoveFieldAction
  | ProtoMessageExtractionConfig
  | RateLimitQuotaBucketSettings
  | RateLimitQuotaFilterConfig
  | RateLimitQuotaOverride
  | FiltersHttpRatelimitRateLimit
  | RateLimitPerRoute
  | RBACPerRoute
  | Router
  | FiltersHttpSetFilterStateConfig
  | FiltersHttpSetMetadataConfig
  | SseToMetadata
  | StatefulSessionPerRoute
  | FiltersHttpTapTap
  | ThriftToMetadata
  | ThriftToMetadataPerRoute
  | TransformConfig
  | UpstreamCodec
  | FiltersHttpWasmWasm
  | DynamicModuleListenerFilter
  | HttpInspector
  | FiltersListenerLocalRatelimitLocalRateLimit
  | OriginalDst
  | FiltersListenerOriginalSrcOriginalSrc
  | ProxyProtocol
  | FiltersListenerSetFilterStateConfig
  | TlsInspector
  | ClientSSLAuth
  | ConnectionLimit
  | FiltersNetworkDirectResponseConfig
  | FiltersNetworkDubboProxyRouterRouter
  | DubboProxy
  | DynamicModuleNetworkFilter
  | Echo
  | FiltersNetworkExtAuthzExtAuthz
  | NetworkExternalProcessor
  | FiltersNetworkGenericProxyActionRouteAction
  | DubboCodecConfig
  | Http1CodecConfig
  | KafkaCodecConfig
  | HostMatchInput
  | MethodMatchInput
  | PathMatchInput
  | PropertyMatchInput
  | RequestMatchInput
  | RequestMatcher
  | ServiceMatchInput
  | FiltersNetworkGenericProxyRouterRouter
  | GenericProxy
  | FiltersNetworkGeoipGeoip
  | EnvoyMobileHttpConnectionManager
  | TypedHttpConnectionManager
  | KafkaBroker
  | FiltersNetworkLocalRatelimitLocalRateLimit
  | MongoProxy
  | MySQLProxy
  | FiltersNetworkRatelimitRateLimit
  | FiltersNetworkRbacRBAC
  | RedisProtocolOptions
  | RedisProxy
  | DrainAwareHttpConnectionManager
  | ReverseTunnel
  | RocketmqProxy
  | FiltersNetworkSetFilterStateConfig
  | SniCluster
  | FiltersNetworkSniDynamicForwardProxyFilterConfig
  | TcpBandwidthLimit
  | TcpProxy
  | HeaderToMetadata
  | PayloadToMetadata
  | FiltersNetworkThriftProxyFiltersRatelimitRateLimit
  | FiltersNetworkThriftProxyRouterRouter
  | ThriftProtocolOptions
  | ThriftProxy
  | FiltersNetworkWasmWasm
  | ZooKeeperProxy
  | DnsFilterConfig
  | DynamicModuleUdpListenerFilter
  | FiltersUdpUdpProxySessionDynamicForwardProxyFilterConfig
  | FiltersUdpUdpProxySessionExtAuthzFilterConfig
  | FiltersUdpUdpProxySessionHttpCapsuleFilterConfig
  | FiltersUdpUdpProxyRoute
  | UdpProxyConfig
  | Cel
  | DynamicModuleFormatter
  | FileContent
  | FormatterGenericSecretGenericSecret
  | FormatterMetadataMetadata
  | ReqWithoutQuery
  | MaxMindConfig
  | AccessTokenCredentials
  | FileBasedMetadataCallCredentials
  | GoogleComputeEngineCredentials
  | GoogleIamCredentials
  | GoogleRefreshTokenCredentials
  | ServiceAccountJwtAccessCredentials
  | StsServiceCredentials
  | GoogleDefaultCredentials
  | InsecureCredentials
  | LocalCredentials
  | TlsCredentials
  | XdsCredentials
  | HealthCheckEventFileSink
  | DynamicModuleHealthCheck
  | Redis
  | Thrift
  | UdpHealthCheck
  | RequestInfo
  | SchemaValidation
  | Transcoder
  | FileSystemHttpCacheConfig
  | SimpleHttpCacheConfig
  | FileSystemHttpCacheV2Config
  | SimpleHttpCacheV2Config
  | LocalResponsePolicy
  | RedirectPolicy
  | DynamicModuleEarlyHeaderMutation
  | HttpEarlyHeaderMutationHeaderMutationHeaderMutation
  | MappedAttributeBuilder
  | SaveProcessingResponse
  | DynamicModuleHeaderFormatter
  | PreserveCaseFormatterConfig
  | HeaderValidatorConfig
  | Generic
  | HttpInjectedCredentialsOauth2OAuth2
  | CustomHeaderConfig
  | XffConfig
  | CookieBasedSessionState
  | EnvelopeSessionState
  | HeaderBasedSessionState
  | AllowListedRoutesConfig
  | FilterStateConfig
  | PreviousRoutesConfig
  | SafeCrossSchemeConfig
  | FileBasedKeyValueStoreConfig
  | ClientSideWeightedRoundRobin
  | ClusterProvided
  | DynamicModulesLoadBalancerConfig
  | LeastRequest
  | LoadAwareLocality
  | Maglev
  | OverrideHost
  | PickFirst
  | Random
  | RandomSubsetting
  | RingHash
  | RoundRobin
  | Subset
  | WrrLocality
  | LocalAddressSelectorsFilterStateOverrideConfig
  | TransformStat
  | MatchingCommonInputsEnvironmentVariableConfig
  | ApplicationProtocolInput
  | DestinationIPInput
  | DestinationPortInput
  | DirectSourceIPInput
  | DynamicMetadataInput
  | MatchingCommonInputsNetworkFilterStateInput
  | NetworkNamespaceInput
  | ServerNameInput
  | SourceIPInput
  | SourcePortInput
  | SourceTypeInput
  | TransportProtocolInput
  | DnsSanInput
  | SubjectInput
  | UriSanInput
  | StatFullNameMatchInput
  | StatTagValueInput
  | EndpointMetadataInput
  | MatchingCommonInputsTransportSocketFilterStateInput
  | LocalityMetadataInput
  | TransportSocketNameAction
  | DynamicModuleDataInput
  | HttpDynamicModuleMatchInput
  | ConsistentHashing
  | DynamicModuleMatcher
  | Ip
  | MatchingInputMatchersMetadataMetadata
  | RuntimeFraction
  | AppleDnsResolverConfig
  | CaresDnsResolverConfig
  | GetAddrInfoDnsResolverConfig
  | HickoryDnsResolverConfig
  | Sockmap
  | DefaultSocketInterface
  | ConsecutiveErrors
  | UriTemplateMatchConfig
  | UriTemplateRewriteConfig
  | FifoQueuePolicyConfig
  | DefaultClientWriter
  | QuicConnectionDebugVisitorQuicStatsConfig
  | BasicConfig
  | QuicConnectionIdGeneratorQuicLbConfig
  | DeterministicConnectionIdGeneratorConfig
  | CryptoServerStreamConfig
  | ProofSourceConfig
  | DataSourceServerPreferredAddressConfig
  | FixedServerPreferredAddressConfig
  | RateLimitDescriptorsExprDescriptor
  | RateLimitDescriptorsJwtClaimDescriptor
  | StdoutAuditLog
  | UpstreamIpPortMatcher
  | RbacPrincipalsMtlsAuthenticatedConfig
  | GoogleRE2
  | UuidRequestIdConfig
  | CgroupMemoryConfig
  | CpuUtilizationConfig
  | DownstreamConnectionsConfig
  | FixedHeapConfig
  | InjectedResourceConfig
  | OmitCanaryHostsPredicate
  | OmitHostMetadataConfig
  | PreviousHostsPredicate
  | PreviousPrioritiesConfig
  | DynamicModuleClusterSpecifier
  | LuaConfig
  | ClusterAction
  | MatcherClusterSpecifier
  | PriorityGroupClusterSpecifier
  | PriorityGroupsOverride
  | DynamicModuleRouteSpecifier
  | DynamicModuleStatsSink
  | GraphiteStatsdSink
  | KafkaStatsSinkConfig
  | SinkConfig
  | StatSinksWasmWasm
  | WasmFilterStatsSinkConfig
  | StringMatcherLuaLua
  | DynamicModuleTracer
  | FluentdConfig
  | DynatraceResourceDetectorConfig
  | EnvironmentResourceDetectorConfig
  | StaticConfigResourceDetectorConfig
  | AlwaysOnSamplerConfig
  | CELSamplerConfig
  | DynatraceSamplerConfig
  | ParentBasedSamplerConfig
  | TraceIdRatioBasedSamplerConfig
  | Alts
  | DynamicModuleTransportSocket
  | Http11ProxyUpstreamTransport
  | InternalUpstreamTransport
  | ProxyProtocolUpstreamTransport
  | QuicDownstreamTransport
  | QuicUpstreamTransport
  | S2AConfiguration
  | StartTlsConfig
  | UpstreamStartTlsConfig
  | TransportSocketsTapTap
  | TransportSocketsTcpStatsConfig
  | TransportSocketsTlsCertMappersFilterStateOverrideConfig
  | SNI
  | StaticName
  | TransportSocketsTlsCertSelectorsOnDemandSecretConfig
  | DynamicModuleCertValidatorConfig
  | DynamicModuleTlsHandshaker
  | TypedDownstreamTlsContext
  | SPIFFECertValidatorConfig
  | TypedUpstreamTlsContext
  | UdpDefaultWriterFactory
  | UdpGsoBatchWriterFactory
  | UpstreamsHttpDynamicModulesConfig
  | UpstreamsHttpGenericGenericConnectionPoolProto
  | HttpConnectionPoolProto
  | ReverseTunnelUpstreamCodecOptions
  | TcpConnectionPoolProto
  | UdpConnectionPoolProto
  | UpstreamsHttpHttpProtocolOptions
  | UpstreamsTcpGenericGenericConnectionPoolProto
  | TcpProtocolOptions
  | WasmService
  | BacktraceActionConfig
  | ProfileActionConfig
  | UdpaTypeTypedStruct
  | XdsTypeTypedStruct
  | OtherAny;

interface TypedAccessLogFilter extends AccessLogFilter { readonly '@type': 'type.googleapis.com/envoy.config.accesslog.v3.AccessLogFilter'; }
interface TypedHttpConnectionManager extends HttpConnectionManager { readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'; }
interface TypedDownstreamTlsContext extends DownstreamTlsContext { readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext'; }
interface TypedUpstreamTlsContext extends UpstreamTlsContext { readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext'; }

/** cel.expr.CheckedExpr */
export interface CelExprCheckedExpr {
  readonly reference_map?: { readonly [key: string]: CelExprReference };
  readonly type_map?: { readonly [key: string]: CelExprType };
  readonly source_info?: CelExprSourceInfo;
  readonly expr_version?: string;
  readonly expr?: CelExprExpr;
}

/** cel.expr.Constant */
export interface CelExprConstant {
  /** oneof constant_kind */
  readonly null_value?: null;
  /** oneof constant_kind */
  readonly bool_value?: boolean;
  /** oneof constant_kind */
  readonly int64_value?: Integer64;
  /** oneof constant_kind */
  readonly uint64_value?: Integer64;
  /** oneof constant_kind */
  readonly double_value?: number;
  /** oneof constant_kind */
  readonly string_value?: string;
  /** oneof constant_kind */
  readonly bytes_value?: Base64;
  /** @deprecated, oneof constant_kind */
  readonly duration_value?: DurationText;
  /** @deprecated, oneof constant_kind */
  readonly timestamp_value?: string;
}

/** cel.expr.Expr */
export interface CelExprExpr {
  readonly id?: Integer64;
  /** oneof expr_kind */
  readonly const_expr?: CelExprConstant;
  /** oneof expr_kind */
  readonly ident_expr?: CelExprExpr_Ident;
  /** oneof expr_kind */
  readonly select_expr?: CelExprExpr_Select;
  /** oneof expr_kind */
  readonly call_expr?: CelExprExpr_Call;
  /** oneof expr_kind */
  readonly list_expr?: CelExprExpr_CreateList;
  /** oneof expr_kind */
  readonly struct_expr?: CelExprExpr_CreateStruct;
  /** oneof expr_kind */
  readonly comprehension_expr?: CelExprExpr_Comprehension;
}

/** cel.expr.Expr.Call */
export interface CelExprExpr_Call {
  readonly target?: CelExprExpr;
  readonly function?: string;
  readonly args?: readonly CelExprExpr[];
}

/** cel.expr.Expr.Comprehension */
export interface CelExprExpr_Comprehension {
  readonly iter_var?: string;
  readonly iter_var2?: string;
  readonly iter_range?: CelExprExpr;
  readonly accu_var?: string;
  readonly accu_init?: CelExprExpr;
  readonly loop_condition?: CelExprExpr;
  readonly loop_step?: CelExprExpr;
  readonly result?: CelExprExpr;
}

/** cel.expr.Expr.CreateList */
export interface CelExprExpr_CreateList {
  readonly elements?: readonly CelExprExpr[];
  readonly optional_indices?: readonly number[];
}

/** cel.expr.Expr.CreateStruct */
export interface CelExprExpr_CreateStruct {
  readonly message_name?: string;
  readonly entries?: readonly CelExprExpr_CreateStruct_Entry[];
}

/** cel.expr.Expr.CreateStruct.Entry */
export interface CelExprExpr_CreateStruct_Entry {
  readonly id?: Integer64;
  /** oneof key_kind */
  readonly field_key?: string;
  /** oneof key_kind */
  readonly map_key?: CelExprExpr;
  readonly value?: CelExprExpr;
  readonly optional_entry?: boolean;
}

/** cel.expr.Expr.Ident */
export interface CelExprExpr_Ident {
  readonly name?: string;
}

/** cel.expr.Expr.Select */
export interface CelExprExpr_Select {
  readonly operand?: CelExprExpr;
  readonly field?: string;
  readonly test_only?: boolean;
}

/** cel.expr.ParsedExpr */
export interface CelExprParsedExpr {
  readonly expr?: CelExprExpr;
  readonly source_info?: CelExprSourceInfo;
}

/** cel.expr.Reference */
export interface CelExprReference {
  readonly name?: string;
  readonly overload_id?: readonly string[];
  readonly value?: CelExprConstant;
}

/** cel.expr.SourceInfo */
export interface CelExprSourceInfo {
  readonly syntax_version?: string;
  readonly location?: string;
  readonly line_offsets?: readonly number[];
  readonly positions?: { readonly [key: string]: number };
  readonly macro_calls?: { readonly [key: string]: CelExprExpr };
  readonly extensions?: readonly CelExprSourceInfo_Extension[];
}

/** cel.expr.SourceInfo.Extension */
export interface CelExprSourceInfo_Extension {
  readonly id?: string;
  readonly affected_components?: readonly CelExprSourceInfo_Extension_Component[];
  readonly version?: CelExprSourceInfo_Extension_Version;
}

/** cel.expr.SourceInfo.Extension.Version */
export interface CelExprSourceInfo_Extension_Version {
  readonly major?: Integer64;
  readonly minor?: Integer64;
}

/** cel.expr.Type */
export interface CelExprType {
  /** oneof type_kind */
  readonly dyn?: {};
  /** oneof type_kind */
  readonly null?: null;
  /** oneof type_kind */
  readonly primitive?: CelExprType_PrimitiveType;
  /** oneof type_kind */
  readonly wrapper?: CelExprType_PrimitiveType;
  /** oneof type_kind */
  readonly well_known?: CelExprType_WellKnownType;
  /** oneof type_kind */
  readonly list_type?: CelExprType_ListType;
  /** oneof type_kind */
  readonly map_type?: CelExprType_MapType;
  /** oneof type_kind */
  readonly function?: CelExprType_FunctionType;
  /** oneof type_kind */
  readonly message_type?: string;
  /** oneof type_kind */
  readonly type_param?: string;
  /** oneof type_kind */
  readonly type?: CelExprType;
  /** oneof type_kind */
  readonly error?: {};
  /** oneof type_kind */
  readonly abstract_type?: CelExprType_AbstractType;
}

/** cel.expr.Type.AbstractType */
export interface CelExprType_AbstractType {
  readonly name?: string;
  readonly parameter_types?: readonly CelExprType[];
}

/** cel.expr.Type.FunctionType */
export interface CelExprType_FunctionType {
  readonly result_type?: CelExprType;
  readonly arg_types?: readonly CelExprType[];
}

/** cel.expr.Type.ListType */
export interface CelExprType_ListType {
  readonly elem_type?: CelExprType;
}

/** cel.expr.Type.MapType */
export interface CelExprType_MapType {
  readonly key_type?: CelExprType;
  readonly value_type?: CelExprType;
}

/** envoy.config.accesslog.v3.AccessLog */
export interface AccessLog {
  readonly name?: string;
  readonly filter?: AccessLogFilter;
  /** oneof config_type */
  readonly typed_config?: Any;
}

/** envoy.config.accesslog.v3.AccessLogFilter */
export interface AccessLogFilter {
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
}

/** envoy.config.accesslog.v3.AndFilter */
export interface AndFilter {
  readonly filters?: readonly AccessLogFilter[];
}

/** envoy.config.accesslog.v3.ComparisonFilter */
export interface ComparisonFilter {
  readonly op?: ComparisonFilter_Op;
  readonly value?: RuntimeUInt32;
}

/** envoy.config.accesslog.v3.DurationFilter */
export interface DurationFilter {
  readonly comparison?: ComparisonFilter;
}

/** envoy.config.accesslog.v3.ExtensionFilter */
export interface ExtensionFilter {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
}

/** envoy.config.accesslog.v3.GrpcStatusFilter */
export interface GrpcStatusFilter {
  readonly statuses?: readonly GrpcStatusFilter_Status[];
  readonly exclude?: boolean;
}

/** envoy.config.accesslog.v3.HeaderFilter */
export interface HeaderFilter {
  readonly header?: HeaderMatcher;
}

/** envoy.config.accesslog.v3.LogTypeFilter */
export interface LogTypeFilter {
  readonly types?: readonly AccessLogType[];
  readonly exclude?: boolean;
}

/** envoy.config.accesslog.v3.MetadataFilter */
export interface MetadataFilter {
  readonly matcher?: MetadataMatcher;
  readonly match_if_key_not_found?: boolean;
}

/** envoy.config.accesslog.v3.NotHealthCheckFilter */
export interface NotHealthCheckFilter {
}

/** envoy.config.accesslog.v3.OrFilter */
export interface OrFilter {
  readonly filters?: readonly AccessLogFilter[];
}

/** envoy.config.accesslog.v3.ResponseFlagFilter */
export interface ResponseFlagFilter {
  readonly flags?: readonly string[];
}

/** envoy.config.accesslog.v3.RuntimeFilter */
export interface RuntimeFilter {
  readonly runtime_key?: string;
  readonly percent_sampled?: FractionalPercent;
  readonly use_independent_randomness?: boolean;
}

/** envoy.config.accesslog.v3.StatusCodeFilter */
export interface StatusCodeFilter {
  readonly comparison?: ComparisonFilter;
}

/** envoy.config.accesslog.v3.TraceableFilter */
export interface TraceableFilter {
}

/** envoy.config.bootstrap.v3.Admin */
export interface Admin {
  readonly access_log?: readonly AccessLog[];
  /** @deprecated */
  readonly access_log_path?: string;
  readonly profile_path?: string;
  readonly address?: Address;
  readonly socket_options?: readonly SocketOption[];
  readonly ignore_global_conn_limit?: boolean;
  readonly allow_paths?: readonly TypeMatcherStringMatcher[];
}

/** envoy.config.bootstrap.v3.Bootstrap */
export interface Bootstrap {
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
  readonly stats_flush_interval?: DurationText;
  /** oneof stats_flush */
  readonly stats_flush_on_admin?: boolean;
  /** oneof stats_eviction */
  readonly stats_eviction_interval?: DurationText;
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
  readonly stats_server_version_override?: Integer64;
  /** @deprecated */
  readonly use_tcp_for_dns_lookups?: boolean;
  /** @deprecated */
  readonly dns_resolution_config?: DnsResolutionConfig;
  readonly typed_dns_resolver_config?: TypedExtensionConfig;
  readonly bootstrap_extensions?: readonly TypedExtensionConfig[];
  readonly fatal_actions?: readonly FatalAction[];
  readonly config_sources?: readonly ConfigSource[];
  readonly default_config_source?: ConfigSource;
  readonly default_socket_interface?: string;
  readonly certificate_provider_instances?: { readonly [key: string]: TypedExtensionConfig };
  readonly inline_headers?: readonly CustomInlineHeader[];
  readonly perf_tracing_file_path?: string;
  readonly default_regex_engine?: TypedExtensionConfig;
  readonly xds_delegate_extension?: TypedExtensionConfig;
  readonly xds_config_tracker_extension?: TypedExtensionConfig;
  readonly listener_manager?: TypedExtensionConfig;
  readonly application_log_config?: Bootstrap_ApplicationLogConfig;
  readonly grpc_async_client_manager_config?: Bootstrap_GrpcAsyncClientManagerConfig;
  readonly memory_allocator_manager?: MemoryAllocatorManager;
  readonly enable_worker_cpu_affinity?: boolean;
}

/** envoy.config.bootstrap.v3.Bootstrap.ApplicationLogConfig */
export interface Bootstrap_ApplicationLogConfig {
  readonly log_format?: Bootstrap_ApplicationLogConfig_LogFormat;
}

/** envoy.config.bootstrap.v3.Bootstrap.ApplicationLogConfig.LogFormat */
export interface Bootstrap_ApplicationLogConfig_LogFormat {
  /** oneof log_format */
  readonly json_format?: Plain;
  /** oneof log_format */
  readonly text_format?: string;
}

/** envoy.config.bootstrap.v3.Bootstrap.DeferredStatOptions */
export interface Bootstrap_DeferredStatOptions {
  readonly enable_deferred_creation_stats?: boolean;
}

/** envoy.config.bootstrap.v3.Bootstrap.DynamicResources */
export interface Bootstrap_DynamicResources {
  readonly lds_config?: ConfigSource;
  readonly lds_resources_locator?: string;
  readonly cds_config?: ConfigSource;
  readonly cds_resources_locator?: string;
  readonly ads_config?: ApiConfigSource;
}

/** envoy.config.bootstrap.v3.Bootstrap.GrpcAsyncClientManagerConfig */
export interface Bootstrap_GrpcAsyncClientManagerConfig {
  readonly max_cached_entry_idle_duration?: DurationText;
}

/** envoy.config.bootstrap.v3.Bootstrap.StaticResources */
export interface Bootstrap_StaticResources {
  readonly listeners?: readonly Listener[];
  readonly clusters?: readonly Cluster[];
  readonly secrets?: readonly Secret[];
}

/** envoy.config.bootstrap.v3.ClusterManager */
export interface ClusterManager {
  readonly local_cluster_name?: string;
  readonly outlier_detection?: ClusterManager_OutlierDetection;
  readonly upstream_bind_config?: BindConfig;
  readonly load_stats_config?: ApiConfigSource;
  readonly enable_deferred_cluster_creation?: boolean;
}

/** envoy.config.bootstrap.v3.ClusterManager.OutlierDetection */
export interface ClusterManager_OutlierDetection {
  readonly event_log_path?: string;
  readonly event_service?: EventServiceConfig;
}

/** envoy.config.bootstrap.v3.CustomInlineHeader */
export interface CustomInlineHeader {
  readonly inline_header_name?: string;
  readonly inline_header_type?: CustomInlineHeader_InlineHeaderType;
}

/** envoy.config.bootstrap.v3.FatalAction */
export interface FatalAction {
  readonly config?: TypedExtensionConfig;
}

/** envoy.config.bootstrap.v3.LayeredRuntime */
export interface LayeredRuntime {
  readonly layers?: readonly RuntimeLayer[];
}

/** envoy.config.bootstrap.v3.MemoryAllocatorManager */
export interface MemoryAllocatorManager {
  readonly bytes_to_release?: Integer64;
  readonly memory_release_interval?: DurationText;
  readonly soft_memory_limit_bytes?: Integer64;
  readonly max_per_cpu_cache_size_bytes?: number;
  readonly max_unfreed_memory_bytes?: Integer64;
}

/** envoy.config.bootstrap.v3.RuntimeLayer */
export interface RuntimeLayer {
  readonly name?: string;
  /** oneof layer_specifier */
  readonly static_layer?: Plain;
  /** oneof layer_specifier */
  readonly disk_layer?: RuntimeLayer_DiskLayer;
  /** oneof layer_specifier */
  readonly admin_layer?: RuntimeLayer_AdminLayer;
  /** oneof layer_specifier */
  readonly rtds_layer?: RuntimeLayer_RtdsLayer;
}

/** envoy.config.bootstrap.v3.RuntimeLayer.AdminLayer */
export interface RuntimeLayer_AdminLayer {
}

/** envoy.config.bootstrap.v3.RuntimeLayer.DiskLayer */
export interface RuntimeLayer_DiskLayer {
  readonly symlink_root?: string;
  readonly subdirectory?: string;
  readonly append_service_cluster?: boolean;
}

/** envoy.config.bootstrap.v3.RuntimeLayer.RtdsLayer */
export interface RuntimeLayer_RtdsLayer {
  readonly name?: string;
  readonly rtds_config?: ConfigSource;
}

/** envoy.config.bootstrap.v3.Watchdog */
export interface Watchdog {
  readonly actions?: readonly Watchdog_WatchdogAction[];
  readonly miss_timeout?: DurationText;
  readonly megamiss_timeout?: DurationText;
  readonly kill_timeout?: DurationText;
  readonly max_kill_timeout_jitter?: DurationText;
  readonly multikill_timeout?: DurationText;
  readonly multikill_threshold?: Percent;
}

/** envoy.config.bootstrap.v3.Watchdog.WatchdogAction */
export interface Watchdog_WatchdogAction {
  readonly config?: TypedExtensionConfig;
  readonly event?: Watchdog_WatchdogAction_WatchdogEvent;
}

/** envoy.config.bootstrap.v3.Watchdogs */
export interface Watchdogs {
  readonly main_thread_watchdog?: Watchdog;
  readonly worker_watchdog?: Watchdog;
}

/** envoy.config.cluster.v3.CircuitBreakers */
export interface CircuitBreakers {
  readonly thresholds?: readonly CircuitBreakers_Thresholds[];
  readonly per_host_thresholds?: readonly CircuitBreakers_Thresholds[];
}

/** envoy.config.cluster.v3.CircuitBreakers.Thresholds */
export interface CircuitBreakers_Thresholds {
  readonly priority?: RoutingPriority;
  readonly max_connections?: number;
  readonly max_pending_requests?: number;
  readonly max_requests?: number;
  readonly max_retries?: number;
  readonly retry_budget?: CircuitBreakers_Thresholds_RetryBudget;
  readonly track_remaining?: boolean;
  readonly max_connection_pools?: number;
}

/** envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget */
export interface CircuitBreakers_Thresholds_RetryBudget {
  readonly budget_percent?: Percent;
  readonly budget_interval?: DurationText;
  readonly min_retry_concurrency?: number;
}

/** envoy.config.cluster.v3.Cluster */
export interface Cluster {
  readonly transport_socket_matches?: readonly Cluster_TransportSocketMatch[];
  readonly transport_socket_matcher?: XdsTypeMatcherMatcher;
  readonly name?: string;
  readonly alt_stat_name?: string;
  readonly stats_matcher?: StatsMatcher;
  /** oneof cluster_discovery_type */
  readonly type?: Cluster_DiscoveryType;
  /** oneof cluster_discovery_type */
  readonly cluster_type?: Cluster_CustomClusterType;
  readonly eds_cluster_config?: Cluster_EdsClusterConfig;
  readonly connect_timeout?: DurationText;
  readonly per_connection_buffer_limit_bytes?: number;
  readonly per_connection_buffer_high_watermark_timeout?: DurationText;
  readonly lb_policy?: Cluster_LbPolicy;
  readonly load_assignment?: ClusterLoadAssignment;
  readonly health_checks?: readonly CoreHealthCheck[];
  /** @deprecated */
  readonly max_requests_per_connection?: number;
  readonly circuit_breakers?: CircuitBreakers;
  /** @deprecated */
  readonly upstream_http_protocol_options?: UpstreamHttpProtocolOptions;
  /** @deprecated */
  readonly common_http_protocol_options?: CoreHttpProtocolOptions;
  /** @deprecated */
  readonly http_protocol_options?: Http1ProtocolOptions;
  /** @deprecated */
  readonly http2_protocol_options?: Http2ProtocolOptions;
  readonly typed_extension_protocol_options?: { readonly [key: string]: Any };
  /** @deprecated */
  readonly dns_refresh_rate?: DurationText;
  /** @deprecated */
  readonly dns_jitter?: DurationText;
  /** @deprecated */
  readonly dns_failure_refresh_rate?: Cluster_RefreshRate;
  /** @deprecated */
  readonly respect_dns_ttl?: boolean;
  readonly dns_lookup_family?: Cluster_DnsLookupFamily;
  /** @deprecated */
  readonly dns_resolvers?: readonly Address[];
  /** @deprecated */
  readonly use_tcp_for_dns_lookups?: boolean;
  /** @deprecated */
  readonly dns_resolution_config?: DnsResolutionConfig;
  readonly typed_dns_resolver_config?: TypedExtensionConfig;
  readonly wait_for_warm_on_init?: boolean;
  readonly outlier_detection?: OutlierDetection;
  readonly cleanup_interval?: DurationText;
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
  readonly metadata?: CoreMetadata;
  /** @deprecated */
  readonly protocol_selection?: Cluster_ClusterProtocolSelection;
  readonly upstream_connection_options?: UpstreamConnectionOptions;
  readonly close_connections_on_host_health_failure?: boolean;
  readonly ignore_health_on_host_removal?: boolean;
  readonly filters?: readonly UpstreamNetworkFilter[];
  readonly load_balancing_policy?: LoadBalancingPolicy;
  readonly lrs_server?: ConfigSource;
  readonly lrs_report_endpoint_metrics?: readonly string[];
  /** @deprecated */
  readonly track_timeout_budgets?: boolean;
  readonly upstream_config?: TypedExtensionConfig;
  readonly track_cluster_stats?: TrackClusterStats;
  readonly preconnect_policy?: Cluster_PreconnectPolicy;
  readonly connection_pool_per_downstream_connection?: boolean;
  readonly queuing_policies?: Cluster_QueuingPolicies;
}

/** envoy.config.cluster.v3.Cluster.CommonLbConfig */
export interface Cluster_CommonLbConfig {
  readonly healthy_panic_threshold?: Percent;
  /** oneof locality_config_specifier */
  readonly zone_aware_lb_config?: Cluster_CommonLbConfig_ZoneAwareLbConfig;
  /** oneof locality_config_specifier */
  readonly locality_weighted_lb_config?: Cluster_CommonLbConfig_LocalityWeightedLbConfig;
  readonly update_merge_window?: DurationText;
  readonly ignore_new_hosts_until_first_hc?: boolean;
  readonly close_connections_on_host_set_change?: boolean;
  readonly consistent_hashing_lb_config?: Cluster_CommonLbConfig_ConsistentHashingLbConfig;
  readonly override_host_status?: HealthStatusSet;
}

/** envoy.config.cluster.v3.Cluster.CommonLbConfig.ConsistentHashingLbConfig */
export interface Cluster_CommonLbConfig_ConsistentHashingLbConfig {
  readonly use_hostname_for_hashing?: boolean;
  readonly hash_balance_factor?: number;
}

/** envoy.config.cluster.v3.Cluster.CommonLbConfig.LocalityWeightedLbConfig */
export interface Cluster_CommonLbConfig_LocalityWeightedLbConfig {
}

/** envoy.config.cluster.v3.Cluster.CommonLbConfig.ZoneAwareLbConfig */
export interface Cluster_CommonLbConfig_ZoneAwareLbConfig {
  readonly routing_enabled?: Percent;
  readonly min_cluster_size?: Integer64;
  readonly fail_traffic_on_panic?: boolean;
}

/** envoy.config.cluster.v3.Cluster.CustomClusterType */
export interface Cluster_CustomClusterType {
  readonly name?: string;
  readonly typed_config?: Any;
}

/** envoy.config.cluster.v3.Cluster.EdsClusterConfig */
export interface Cluster_EdsClusterConfig {
  readonly eds_config?: ConfigSource;
  readonly service_name?: string;
}

/** envoy.config.cluster.v3.Cluster.LbSubsetConfig */
export interface Cluster_LbSubsetConfig {
  readonly fallback_policy?: Cluster_LbSubsetConfig_LbSubsetFallbackPolicy;
  readonly default_subset?: Plain;
  readonly subset_selectors?: readonly Cluster_LbSubsetConfig_LbSubsetSelector[];
  readonly locality_weight_aware?: boolean;
  readonly scale_locality_weight?: boolean;
  readonly panic_mode_any?: boolean;
  readonly list_as_any?: boolean;
  readonly metadata_fallback_policy?: Cluster_LbSubsetConfig_LbSubsetMetadataFallbackPolicy;
}

/** envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetSelector */
export interface Cluster_LbSubsetConfig_LbSubsetSelector {
  readonly keys?: readonly string[];
  readonly single_host_per_subset?: boolean;
  readonly fallback_policy?: Cluster_LbSubsetConfig_LbSubsetSelector_LbSubsetSelectorFallbackPolicy;
  readonly fallback_keys_subset?: readonly string[];
}

/** envoy.config.cluster.v3.Cluster.LeastRequestLbConfig */
export interface Cluster_LeastRequestLbConfig {
  readonly choice_count?: number;
  readonly active_request_bias?: RuntimeDouble;
  readonly slow_start_config?: Cluster_SlowStartConfig;
}

/** envoy.config.cluster.v3.Cluster.MaglevLbConfig */
export interface Cluster_MaglevLbConfig {
  readonly table_size?: Integer64;
}

/** envoy.config.cluster.v3.Cluster.OriginalDstLbConfig */
export interface Cluster_OriginalDstLbConfig {
  readonly use_http_header?: boolean;
  readonly http_header_name?: string;
  readonly upstream_port_override?: number;
  readonly metadata_key?: MetadataKey;
}

/** envoy.config.cluster.v3.Cluster.PreconnectPolicy */
export interface Cluster_PreconnectPolicy {
  readonly per_upstream_preconnect_ratio?: number;
  readonly predictive_preconnect_ratio?: number;
  readonly preconnect_enabled_metadata?: MetadataMatcher;
}

/** envoy.config.cluster.v3.Cluster.QueuingPolicies */
export interface Cluster_QueuingPolicies {
  readonly pending_rq_policy?: TypedExtensionConfig;
}

/** envoy.config.cluster.v3.Cluster.RefreshRate */
export interface Cluster_RefreshRate {
  readonly base_interval?: DurationText;
  readonly max_interval?: DurationText;
}

/** envoy.config.cluster.v3.Cluster.RingHashLbConfig */
export interface Cluster_RingHashLbConfig {
  readonly minimum_ring_size?: Integer64;
  readonly hash_function?: Cluster_RingHashLbConfig_HashFunction;
  readonly maximum_ring_size?: Integer64;
}

/** envoy.config.cluster.v3.Cluster.RoundRobinLbConfig */
export interface Cluster_RoundRobinLbConfig {
  readonly slow_start_config?: Cluster_SlowStartConfig;
}

/** envoy.config.cluster.v3.Cluster.SlowStartConfig */
export interface Cluster_SlowStartConfig {
  readonly slow_start_window?: DurationText;
  readonly aggression?: RuntimeDouble;
  readonly min_weight_percent?: Percent;
}

/** envoy.config.cluster.v3.Cluster.TransportSocketMatch */
export interface Cluster_TransportSocketMatch {
  readonly name?: string;
  readonly match?: Plain;
  readonly transport_socket?: TransportSocket;
}

/** envoy.config.cluster.v3.Filter */
export interface UpstreamNetworkFilter {
  readonly name?: string;
  readonly typed_config?: Any;
  readonly config_discovery?: ExtensionConfigSource;
}

/** envoy.config.cluster.v3.LoadBalancingPolicy */
export interface LoadBalancingPolicy {
  readonly policies?: readonly LoadBalancingPolicy_Policy[];
}

/** envoy.config.cluster.v3.LoadBalancingPolicy.Policy */
export interface LoadBalancingPolicy_Policy {
  readonly typed_extension_config?: TypedExtensionConfig;
}

/** envoy.config.cluster.v3.OutlierDetection */
export interface OutlierDetection {
  readonly consecutive_5xx?: number;
  readonly interval?: DurationText;
  readonly base_ejection_time?: DurationText;
  readonly max_ejection_percent?: number;
  readonly enforcing_consecutive_5xx?: number;
  readonly enforcing_success_rate?: number;
  readonly success_rate_minimum_hosts?: number;
  readonly success_rate_request_volume?: number;
  readonly success_rate_stdev_factor?: number;
  readonly consecutive_gateway_failure?: number;
  readonly enforcing_consecutive_gateway_failure?: number;
  readonly split_external_local_origin_errors?: boolean;
  readonly consecutive_local_origin_failure?: number;
  readonly enforcing_consecutive_local_origin_failure?: number;
  readonly enforcing_local_origin_success_rate?: number;
  readonly failure_percentage_threshold?: number;
  readonly enforcing_failure_percentage?: number;
  readonly enforcing_failure_percentage_local_origin?: number;
  readonly failure_percentage_minimum_hosts?: number;
  readonly failure_percentage_request_volume?: number;
  readonly max_ejection_time?: DurationText;
  readonly max_ejection_time_jitter?: DurationText;
  readonly successful_active_health_check_uneject_host?: boolean;
  readonly monitors?: readonly TypedExtensionConfig[];
  readonly always_eject_one_host?: boolean;
  readonly detect_degraded_hosts?: boolean;
}

/** envoy.config.cluster.v3.TrackClusterStats */
export interface TrackClusterStats {
  readonly timeout_budgets?: boolean;
  readonly request_response_sizes?: boolean;
  readonly per_endpoint_stats?: boolean;
}

/** envoy.config.cluster.v3.UpstreamConnectionOptions */
export interface UpstreamConnectionOptions {
  readonly tcp_keepalive?: TcpKeepalive;
  readonly set_local_interface_name_on_upstream_connections?: boolean;
  readonly happy_eyeballs_config?: UpstreamConnectionOptions_HappyEyeballsConfig;
}

/** envoy.config.cluster.v3.UpstreamConnectionOptions.HappyEyeballsConfig */
export interface UpstreamConnectionOptions_HappyEyeballsConfig {
  readonly first_address_family_version?: UpstreamConnectionOptions_FirstAddressFamilyVersion;
  readonly first_address_family_count?: number;
}

/** envoy.config.common.key_value.v3.KeyValueStoreConfig */
export interface KeyValueStoreConfig {
  readonly config?: TypedExtensionConfig;
}

/** envoy.config.common.matcher.v3.HttpGenericBodyMatch */
export interface CommonMatcherHttpGenericBodyMatch {
  readonly bytes_limit?: number;
  readonly patterns?: readonly CommonMatcherHttpGenericBodyMatch_GenericTextMatch[];
}

/** envoy.config.common.matcher.v3.HttpGenericBodyMatch.GenericTextMatch */
export interface CommonMatcherHttpGenericBodyMatch_GenericTextMatch {
  /** oneof rule */
  readonly string_match?: string;
  /** oneof rule */
  readonly binary_match?: Base64;
}

/** envoy.config.common.matcher.v3.HttpHeadersMatch */
export interface CommonMatcherHttpHeadersMatch {
  readonly headers?: readonly HeaderMatcher[];
}

/** envoy.config.common.matcher.v3.MatchPredicate */
export interface CommonMatcherMatchPredicate {
  /** oneof rule */
  readonly or_match?: CommonMatcherMatchPredicate_MatchSet;
  /** oneof rule */
  readonly and_match?: CommonMatcherMatchPredicate_MatchSet;
  /** oneof rule */
  readonly not_match?: CommonMatcherMatchPredicate;
  /** oneof rule */
  readonly any_match?: boolean;
  /** oneof rule */
  readonly http_request_headers_match?: CommonMatcherHttpHeadersMatch;
  /** oneof rule */
  readonly http_request_trailers_match?: CommonMatcherHttpHeadersMatch;
  /** oneof rule */
  readonly http_response_headers_match?: CommonMatcherHttpHeadersMatch;
  /** oneof rule */
  readonly http_response_trailers_match?: CommonMatcherHttpHeadersMatch;
  /** oneof rule */
  readonly http_request_generic_body_match?: CommonMatcherHttpGenericBodyMatch;
  /** oneof rule */
  readonly http_response_generic_body_match?: CommonMatcherHttpGenericBodyMatch;
}

/** envoy.config.common.matcher.v3.MatchPredicate.MatchSet */
export interface CommonMatcherMatchPredicate_MatchSet {
  readonly rules?: readonly CommonMatcherMatchPredicate[];
}

/** envoy.config.common.matcher.v3.Matcher */
export interface CommonMatcherMatcher {
  /** oneof matcher_type */
  readonly matcher_list?: CommonMatcherMatcher_MatcherList;
  /** oneof matcher_type */
  readonly matcher_tree?: CommonMatcherMatcher_MatcherTree;
  readonly on_no_match?: CommonMatcherMatcher_OnMatch;
}

/** envoy.config.common.matcher.v3.Matcher.MatcherList */
export interface CommonMatcherMatcher_MatcherList {
  readonly matchers?: readonly CommonMatcherMatcher_MatcherList_FieldMatcher[];
}

/** envoy.config.common.matcher.v3.Matcher.MatcherList.FieldMatcher */
export interface CommonMatcherMatcher_MatcherList_FieldMatcher {
  readonly predicate?: CommonMatcherMatcher_MatcherList_Predicate;
  readonly on_match?: CommonMatcherMatcher_OnMatch;
}

/** envoy.config.common.matcher.v3.Matcher.MatcherList.Predicate */
export interface CommonMatcherMatcher_MatcherList_Predicate {
  /** oneof match_type */
  readonly single_predicate?: CommonMatcherMatcher_MatcherList_Predicate_SinglePredicate;
  /** oneof match_type */
  readonly or_matcher?: CommonMatcherMatcher_MatcherList_Predicate_PredicateList;
  /** oneof match_type */
  readonly and_matcher?: CommonMatcherMatcher_MatcherList_Predicate_PredicateList;
  /** oneof match_type */
  readonly not_matcher?: CommonMatcherMatcher_MatcherList_Predicate;
}

/** envoy.config.common.matcher.v3.Matcher.MatcherList.Predicate.PredicateList */
export interface CommonMatcherMatcher_MatcherList_Predicate_PredicateList {
  readonly predicate?: readonly CommonMatcherMatcher_MatcherList_Predicate[];
}

/** envoy.config.common.matcher.v3.Matcher.MatcherList.Predicate.SinglePredicate */
export interface CommonMatcherMatcher_MatcherList_Predicate_SinglePredicate {
  readonly input?: TypedExtensionConfig;
  /** oneof matcher */
  readonly value_match?: TypeMatcherStringMatcher;
  /** oneof matcher */
  readonly custom_match?: TypedExtensionConfig;
}

/** envoy.config.common.matcher.v3.Matcher.MatcherTree */
export interface CommonMatcherMatcher_MatcherTree {
  readonly input?: TypedExtensionConfig;
  /** oneof tree_type */
  readonly exact_match_map?: CommonMatcherMatcher_MatcherTree_MatchMap;
  /** oneof tree_type */
  readonly prefix_match_map?: CommonMatcherMatcher_MatcherTree_MatchMap;
  /** oneof tree_type */
  readonly custom_match?: TypedExtensionConfig;
}

/** envoy.config.common.matcher.v3.Matcher.MatcherTree.MatchMap */
export interface CommonMatcherMatcher_MatcherTree_MatchMap {
  readonly map?: { readonly [key: string]: CommonMatcherMatcher_OnMatch };
}

/** envoy.config.common.matcher.v3.Matcher.OnMatch */
export interface CommonMatcherMatcher_OnMatch {
  /** oneof on_match */
  readonly matcher?: CommonMatcherMatcher;
  /** oneof on_match */
  readonly action?: TypedExtensionConfig;
  readonly keep_matching?: boolean;
}

/** envoy.config.common.mutation_rules.v3.HeaderMutation */
export interface CommonMutationRulesHeaderMutation {
  /** oneof action */
  readonly remove?: string;
  /** oneof action */
  readonly append?: HeaderValueOption;
  /** oneof action */
  readonly remove_on_match?: HeaderMutation_RemoveOnMatch;
}

/** envoy.config.common.mutation_rules.v3.HeaderMutation.RemoveOnMatch */
export interface HeaderMutation_RemoveOnMatch {
  readonly key_matcher?: TypeMatcherStringMatcher;
}

/** envoy.config.common.mutation_rules.v3.HeaderMutationRules */
export interface HeaderMutationRules {
  readonly allow_all_routing?: boolean;
  readonly allow_envoy?: boolean;
  readonly disallow_system?: boolean;
  readonly disallow_all?: boolean;
  readonly allow_expression?: TypeMatcherRegexMatcher;
  readonly disallow_expression?: TypeMatcherRegexMatcher;
  readonly disallow_is_error?: boolean;
}

/** envoy.config.core.v3.Address */
export interface Address {
  /** oneof address */
  readonly socket_address?: SocketAddress;
  /** oneof address */
  readonly pipe?: Pipe;
  /** oneof address */
  readonly envoy_internal_address?: EnvoyInternalAddress;
}

/** envoy.config.core.v3.AggregatedConfigSource */
export interface AggregatedConfigSource {
}

/** envoy.config.core.v3.AlternateProtocolsCacheOptions */
export interface AlternateProtocolsCacheOptions {
  readonly name?: string;
  readonly max_entries?: number;
  readonly key_value_store_config?: TypedExtensionConfig;
  readonly prepopulated_entries?: readonly AlternateProtocolsCacheOptions_AlternateProtocolsCacheEntry[];
  readonly canonical_suffixes?: readonly string[];
}

/** envoy.config.core.v3.AlternateProtocolsCacheOptions.AlternateProtocolsCacheEntry */
export interface AlternateProtocolsCacheOptions_AlternateProtocolsCacheEntry {
  readonly hostname?: string;
  readonly port?: number;
}

/** envoy.config.core.v3.ApiConfigSource */
export interface ApiConfigSource {
  readonly api_type?: ApiConfigSource_ApiType;
  readonly transport_api_version?: ApiVersion;
  readonly cluster_names?: readonly string[];
  readonly grpc_services?: readonly GrpcService[];
  readonly refresh_delay?: DurationText;
  readonly request_timeout?: DurationText;
  readonly rate_limit_settings?: RateLimitSettings;
  readonly set_node_on_first_message_only?: boolean;
  readonly config_validators?: readonly TypedExtensionConfig[];
}

/** envoy.config.core.v3.AsyncDataSource */
export interface AsyncDataSource {
  /** oneof specifier */
  readonly local?: DataSource;
  /** oneof specifier */
  readonly remote?: RemoteDataSource;
}

/** envoy.config.core.v3.BackoffStrategy */
export interface BackoffStrategy {
  readonly base_interval?: DurationText;
  readonly max_interval?: DurationText;
}

/** envoy.config.core.v3.BindConfig */
export interface BindConfig {
  readonly source_address?: SocketAddress;
  readonly freebind?: boolean;
  readonly socket_options?: readonly SocketOption[];
  readonly extra_source_addresses?: readonly ExtraSourceAddress[];
  /** @deprecated */
  readonly additional_source_addresses?: readonly SocketAddress[];
  readonly local_address_selector?: TypedExtensionConfig;
  readonly validate_network_namespaces?: boolean;
}

/** envoy.config.core.v3.BuildVersion */
export interface BuildVersion {
  readonly version?: SemanticVersion;
  readonly metadata?: Plain;
}

/** envoy.config.core.v3.CelExpressionConfig */
export interface CelExpressionConfig {
  readonly enable_string_conversion?: boolean;
  readonly enable_string_concat?: boolean;
  readonly enable_string_functions?: boolean;
}

/** envoy.config.core.v3.CidrRange */
export interface CoreCidrRange {
  readonly address_prefix?: string;
  readonly prefix_len?: number;
}

/** envoy.config.core.v3.ConfigSource */
export interface ConfigSource {
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
  readonly initial_fetch_timeout?: DurationText;
  readonly resource_api_version?: ApiVersion;
}

/** envoy.config.core.v3.DataSource */
export interface DataSource {
  /** oneof specifier */
  readonly filename?: string;
  /** oneof specifier */
  readonly inline_bytes?: Base64;
  /** oneof specifier */
  readonly inline_string?: string;
  /** oneof specifier */
  readonly environment_variable?: string;
  readonly watched_directory?: WatchedDirectory;
}

/** envoy.config.core.v3.DnsResolutionConfig */
export interface DnsResolutionConfig {
  readonly resolvers?: readonly Address[];
  readonly dns_resolver_options?: DnsResolverOptions;
}

/** envoy.config.core.v3.DnsResolverOptions */
export interface DnsResolverOptions {
  readonly use_tcp_for_dns_lookups?: boolean;
  readonly no_default_search_domain?: boolean;
}

/** envoy.config.core.v3.EnvoyInternalAddress */
export interface EnvoyInternalAddress {
  /** oneof address_name_specifier */
  readonly server_listener_name?: string;
  readonly endpoint_id?: string;
}

/** envoy.config.core.v3.EventServiceConfig */
export interface EventServiceConfig {
  /** oneof config_source_specifier */
  readonly grpc_service?: GrpcService;
}

/** envoy.config.core.v3.Extension */
export interface Extension {
  readonly name?: string;
  readonly category?: string;
  /** @deprecated */
  readonly type_descriptor?: string;
  readonly version?: BuildVersion;
  readonly disabled?: boolean;
  readonly type_urls?: readonly string[];
}

/** envoy.config.core.v3.ExtensionConfigSource */
export interface ExtensionConfigSource {
  readonly config_source?: ConfigSource;
  readonly default_config?: Any;
  readonly apply_default_config_without_warming?: boolean;
  readonly type_urls?: readonly string[];
}

/** envoy.config.core.v3.ExtraSourceAddress */
export interface ExtraSourceAddress {
  readonly address?: SocketAddress;
  readonly socket_options?: SocketOptionsOverride;
}

/** envoy.config.core.v3.GrpcMethodList */
export interface GrpcMethodList {
  readonly services?: readonly GrpcMethodList_Service[];
}

/** envoy.config.core.v3.GrpcMethodList.Service */
export interface GrpcMethodList_Service {
  readonly name?: string;
  readonly method_names?: readonly string[];
}

/** envoy.config.core.v3.GrpcService */
export interface GrpcService {
  /** oneof target_specifier */
  readonly envoy_grpc?: GrpcService_EnvoyGrpc;
  /** oneof target_specifier */
  readonly google_grpc?: GrpcService_GoogleGrpc;
  readonly timeout?: DurationText;
  readonly initial_metadata?: readonly HeaderValue[];
  readonly retry_policy?: CoreRetryPolicy;
}

/** envoy.config.core.v3.GrpcService.EnvoyGrpc */
export interface GrpcService_EnvoyGrpc {
  readonly cluster_name?: string;
  readonly authority?: string;
  readonly retry_policy?: CoreRetryPolicy;
  readonly max_receive_message_length?: number;
  readonly skip_envoy_headers?: boolean;
}

/** envoy.config.core.v3.GrpcService.GoogleGrpc */
export interface GrpcService_GoogleGrpc {
  readonly target_uri?: string;
  readonly channel_credentials?: GrpcService_GoogleGrpc_ChannelCredentials;
  readonly channel_credentials_plugin?: readonly Any[];
  readonly call_credentials?: readonly GrpcService_GoogleGrpc_CallCredentials[];
  readonly call_credentials_plugin?: readonly Any[];
  readonly stat_prefix?: string;
  readonly credentials_factory_name?: string;
  readonly config?: Plain;
  readonly per_stream_buffer_limit_bytes?: number;
  readonly channel_args?: GrpcService_GoogleGrpc_ChannelArgs;
}

/** envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials */
export interface GrpcService_GoogleGrpc_CallCredentials {
  /** oneof credential_specifier */
  readonly access_token?: string;
  /** oneof credential_specifier */
  readonly google_compute_engine?: {};
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
}

/** envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials.GoogleIAMCredentials */
export interface GrpcService_GoogleGrpc_CallCredentials_GoogleIAMCredentials {
  readonly authorization_token?: string;
  readonly authority_selector?: string;
}

/** envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials.MetadataCredentialsFromPlugin */
export interface GrpcService_GoogleGrpc_CallCredentials_MetadataCredentialsFromPlugin {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
}

/** envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials.ServiceAccountJWTAccessCredentials */
export interface GrpcService_GoogleGrpc_CallCredentials_ServiceAccountJWTAccessCredentials {
  readonly json_key?: string;
  readonly token_lifetime_seconds?: Integer64;
}

/** envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials.StsService */
export interface GrpcService_GoogleGrpc_CallCredentials_StsService {
  readonly token_exchange_service_uri?: string;
  readonly resource?: string;
  readonly audience?: string;
  readonly scope?: string;
  readonly requested_token_type?: string;
  readonly subject_token_path?: string;
  readonly subject_token_type?: string;
  readonly actor_token_path?: string;
  readonly actor_token_type?: string;
}

/** envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelArgs */
export interface GrpcService_GoogleGrpc_ChannelArgs {
  readonly args?: { readonly [key: string]: GrpcService_GoogleGrpc_ChannelArgs_Value };
}

/** envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelArgs.Value */
export interface GrpcService_GoogleGrpc_ChannelArgs_Value {
  /** oneof value_specifier */
  readonly string_value?: string;
  /** oneof value_specifier */
  readonly int_value?: Integer64;
}

/** envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelCredentials */
export interface GrpcService_GoogleGrpc_ChannelCredentials {
  /** oneof credential_specifier */
  readonly ssl_credentials?: GrpcService_GoogleGrpc_SslCredentials;
  /** oneof credential_specifier */
  readonly google_default?: {};
  /** oneof credential_specifier */
  readonly local_credentials?: GrpcService_GoogleGrpc_GoogleLocalCredentials;
}

/** envoy.config.core.v3.GrpcService.GoogleGrpc.GoogleLocalCredentials */
export interface GrpcService_GoogleGrpc_GoogleLocalCredentials {
}

/** envoy.config.core.v3.GrpcService.GoogleGrpc.SslCredentials */
export interface GrpcService_GoogleGrpc_SslCredentials {
  readonly root_certs?: DataSource;
  readonly private_key?: DataSource;
  readonly cert_chain?: DataSource;
}

/** envoy.config.core.v3.HeaderValue */
export interface HeaderValue {
  readonly key?: string;
  readonly value?: string;
  readonly raw_value?: Base64;
}

/** envoy.config.core.v3.HeaderValueOption */
export interface HeaderValueOption {
  readonly header?: HeaderValue;
  /** @deprecated */
  readonly append?: boolean;
  readonly append_action?: HeaderValueOption_HeaderAppendAction;
  readonly keep_empty_value?: boolean;
}

/** envoy.config.core.v3.HealthCheck */
export interface CoreHealthCheck {
  readonly name?: string;
  readonly timeout?: DurationText;
  readonly interval?: DurationText;
  readonly initial_jitter?: DurationText;
  readonly interval_jitter?: DurationText;
  readonly interval_jitter_percent?: number;
  readonly unhealthy_threshold?: number;
  readonly healthy_threshold?: number;
  readonly alt_port?: number;
  readonly reuse_connection?: boolean;
  /** oneof health_checker */
  readonly http_health_check?: HealthCheck_HttpHealthCheck;
  /** oneof health_checker */
  readonly tcp_health_check?: HealthCheck_TcpHealthCheck;
  /** oneof health_checker */
  readonly grpc_health_check?: HealthCheck_GrpcHealthCheck;
  /** oneof health_checker */
  readonly custom_health_check?: HealthCheck_CustomHealthCheck;
  readonly no_traffic_interval?: DurationText;
  readonly no_traffic_healthy_interval?: DurationText;
  readonly unhealthy_interval?: DurationText;
  readonly unhealthy_edge_interval?: DurationText;
  readonly healthy_edge_interval?: DurationText;
  /** @deprecated */
  readonly event_log_path?: string;
  readonly event_logger?: readonly TypedExtensionConfig[];
  readonly event_service?: EventServiceConfig;
  readonly always_log_health_check_failures?: boolean;
  readonly always_log_health_check_success?: boolean;
  readonly tls_options?: HealthCheck_TlsOptions;
  readonly transport_socket_match_criteria?: Plain;
}

/** envoy.config.core.v3.HealthCheck.CustomHealthCheck */
export interface HealthCheck_CustomHealthCheck {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
}

/** envoy.config.core.v3.HealthCheck.GrpcHealthCheck */
export interface HealthCheck_GrpcHealthCheck {
  readonly service_name?: string;
  readonly authority?: string;
  readonly initial_metadata?: readonly HeaderValueOption[];
}

/** envoy.config.core.v3.HealthCheck.HttpHealthCheck */
export interface HealthCheck_HttpHealthCheck {
  readonly host?: string;
  readonly path?: string;
  readonly send?: HealthCheck_Payload;
  readonly receive?: readonly HealthCheck_Payload[];
  readonly response_buffer_size?: Integer64;
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly expected_statuses?: readonly Int64Range[];
  readonly retriable_statuses?: readonly Int64Range[];
  readonly codec_client_type?: CodecClientType;
  readonly use_alpn_protocol?: boolean;
  readonly service_name_matcher?: TypeMatcherStringMatcher;
  readonly method?: RequestMethod;
}

/** envoy.config.core.v3.HealthCheck.Payload */
export interface HealthCheck_Payload {
  /** oneof payload */
  readonly text?: string;
  /** oneof payload */
  readonly binary?: Base64;
}

/** envoy.config.core.v3.HealthCheck.TcpHealthCheck */
export interface HealthCheck_TcpHealthCheck {
  readonly send?: HealthCheck_Payload;
  readonly receive?: readonly HealthCheck_Payload[];
  readonly proxy_protocol_config?: ProxyProtocolConfig;
}

/** envoy.config.core.v3.HealthCheck.TlsOptions */
export interface HealthCheck_TlsOptions {
  readonly alpn_protocols?: readonly string[];
}

/** envoy.config.core.v3.HealthStatusSet */
export interface HealthStatusSet {
  readonly statuses?: readonly HealthStatus[];
}

/** envoy.config.core.v3.Http1ProtocolOptions */
export interface Http1ProtocolOptions {
  readonly allow_absolute_url?: boolean;
  readonly accept_http_10?: boolean;
  readonly default_host_for_http_10?: string;
  readonly header_key_format?: Http1ProtocolOptions_HeaderKeyFormat;
  readonly enable_trailers?: boolean;
  readonly allow_chunked_length?: boolean;
  readonly override_stream_error_on_invalid_http_message?: boolean;
  readonly send_fully_qualified_url?: boolean;
  /** @deprecated */
  readonly use_balsa_parser?: boolean;
  readonly allow_custom_methods?: boolean;
  readonly ignore_http_11_upgrade?: readonly TypeMatcherStringMatcher[];
}

/** envoy.config.core.v3.Http1ProtocolOptions.HeaderKeyFormat */
export interface Http1ProtocolOptions_HeaderKeyFormat {
  /** oneof header_format */
  readonly proper_case_words?: Http1ProtocolOptions_HeaderKeyFormat_ProperCaseWords;
  /** oneof header_format */
  readonly stateful_formatter?: TypedExtensionConfig;
}

/** envoy.config.core.v3.Http1ProtocolOptions.HeaderKeyFormat.ProperCaseWords */
export interface Http1ProtocolOptions_HeaderKeyFormat_ProperCaseWords {
}

/** envoy.config.core.v3.Http2ProtocolOptions */
export interface Http2ProtocolOptions {
  readonly hpack_table_size?: number;
  readonly max_concurrent_streams?: number;
  readonly initial_stream_window_size?: number;
  readonly initial_connection_window_size?: number;
  readonly allow_connect?: boolean;
  readonly allow_metadata?: boolean;
  readonly max_outbound_frames?: number;
  readonly max_outbound_control_frames?: number;
  readonly max_consecutive_inbound_frames_with_empty_payload?: number;
  readonly max_inbound_priority_frames_per_stream?: number;
  readonly max_inbound_window_update_frames_per_data_frame_sent?: number;
  /** @deprecated */
  readonly stream_error_on_invalid_http_messaging?: boolean;
  readonly override_stream_error_on_invalid_http_message?: boolean;
  readonly custom_settings_parameters?: readonly Http2ProtocolOptions_SettingsParameter[];
  readonly connection_keepalive?: KeepaliveSettings;
  readonly use_oghttp2_codec?: boolean;
  readonly max_metadata_size?: Integer64;
  readonly enable_huffman_encoding?: boolean;
  readonly max_header_field_size_kb?: number;
  readonly disallow_obs_text?: boolean;
  readonly stream_reset_burst?: Integer64;
  readonly stream_reset_rate?: Integer64;
}

/** envoy.config.core.v3.Http2ProtocolOptions.SettingsParameter */
export interface Http2ProtocolOptions_SettingsParameter {
  readonly identifier?: number;
  readonly value?: number;
}

/** envoy.config.core.v3.Http3ProtocolOptions */
export interface Http3ProtocolOptions {
  readonly quic_protocol_options?: CoreQuicProtocolOptions;
  readonly override_stream_error_on_invalid_http_message?: boolean;
  readonly allow_extended_connect?: boolean;
  readonly allow_metadata?: boolean;
  readonly disable_qpack?: boolean;
  readonly disable_connection_flow_control_for_streams?: boolean;
  readonly disallow_obs_text?: boolean;
}

/** envoy.config.core.v3.HttpProtocolOptions */
export interface CoreHttpProtocolOptions {
  readonly idle_timeout?: DurationText;
  readonly max_connection_duration?: DurationText;
  readonly max_connection_duration_jitter?: Percent;
  readonly max_headers_count?: number;
  readonly max_response_headers_kb?: number;
  readonly max_stream_duration?: DurationText;
  readonly headers_with_underscores_action?: HttpProtocolOptions_HeadersWithUnderscoresAction;
  readonly max_requests_per_connection?: number;
}

/** envoy.config.core.v3.HttpService */
export interface CoreHttpService {
  readonly http_uri?: HttpUri;
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly formatters?: readonly TypedExtensionConfig[];
}

/** envoy.config.core.v3.HttpUri */
export interface HttpUri {
  readonly uri?: string;
  /** oneof http_upstream_type */
  readonly cluster?: string;
  readonly timeout?: DurationText;
}

/** envoy.config.core.v3.JsonFormatOptions */
export interface JsonFormatOptions {
  /** @deprecated */
  readonly sort_properties?: boolean;
}

/** envoy.config.core.v3.KeepaliveSettings */
export interface KeepaliveSettings {
  readonly interval?: DurationText;
  readonly timeout?: DurationText;
  readonly interval_jitter?: Percent;
  readonly connection_idle_interval?: DurationText;
}

/** envoy.config.core.v3.KeyValue */
export interface CoreKeyValue {
  /** @deprecated */
  readonly key?: string;
  /** @deprecated */
  readonly value?: Base64;
}

/** envoy.config.core.v3.KeyValueAppend */
export interface KeyValueAppend {
  readonly record?: CoreKeyValuePair;
  /** @deprecated */
  readonly entry?: CoreKeyValue;
  readonly action?: KeyValueAppend_KeyValueAppendAction;
}

/** envoy.config.core.v3.KeyValueMutation */
export interface KeyValueMutation {
  readonly append?: KeyValueAppend;
  readonly remove?: string;
}

/** envoy.config.core.v3.KeyValuePair */
export interface CoreKeyValuePair {
  readonly key?: string;
  readonly value?: unknown;
}

/** envoy.config.core.v3.Locality */
export interface Locality {
  readonly region?: string;
  readonly zone?: string;
  readonly sub_zone?: string;
}

/** envoy.config.core.v3.Metadata */
export interface CoreMetadata {
  readonly filter_metadata?: { readonly [key: string]: Plain };
  readonly typed_filter_metadata?: { readonly [key: string]: Any };
}

/** envoy.config.core.v3.Node */
export interface Node {
  readonly id?: string;
  readonly cluster?: string;
  readonly metadata?: Plain;
  readonly dynamic_parameters?: { readonly [key: string]: ContextParams };
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
}

/** envoy.config.core.v3.PathConfigSource */
export interface PathConfigSource {
  readonly path?: string;
  readonly watched_directory?: WatchedDirectory;
  readonly poll_interval?: DurationText;
}

/** envoy.config.core.v3.Pipe */
export interface Pipe {
  readonly path?: string;
  readonly mode?: number;
}

/** envoy.config.core.v3.ProxyProtocolConfig */
export interface ProxyProtocolConfig {
  readonly version?: ProxyProtocolConfig_Version;
  readonly pass_through_tlvs?: ProxyProtocolPassThroughTLVs;
  readonly added_tlvs?: readonly TlvEntry[];
}

/** envoy.config.core.v3.ProxyProtocolPassThroughTLVs */
export interface ProxyProtocolPassThroughTLVs {
  readonly match_type?: ProxyProtocolPassThroughTLVs_PassTLVsMatchType;
  readonly tlv_type?: readonly number[];
}

/** envoy.config.core.v3.QuicKeepAliveSettings */
export interface QuicKeepAliveSettings {
  readonly max_interval?: DurationText;
  readonly initial_interval?: DurationText;
}

/** envoy.config.core.v3.QuicProtocolOptions */
export interface CoreQuicProtocolOptions {
  readonly max_concurrent_streams?: number;
  readonly initial_stream_window_size?: number;
  readonly initial_connection_window_size?: number;
  readonly num_timeouts_to_trigger_port_migration?: number;
  readonly connection_keepalive?: QuicKeepAliveSettings;
  readonly connection_options?: string;
  readonly client_connection_options?: string;
  readonly idle_network_timeout?: DurationText;
  readonly max_packet_length?: Integer64;
  readonly client_packet_writer?: TypedExtensionConfig;
  readonly connection_migration?: QuicProtocolOptions_ConnectionMigrationSettings;
  readonly memory_reduction_timeout?: DurationText;
  readonly enable_scone?: boolean;
}

/** envoy.config.core.v3.QuicProtocolOptions.ConnectionMigrationSettings */
export interface QuicProtocolOptions_ConnectionMigrationSettings {
  readonly migrate_idle_connections?: QuicProtocolOptions_ConnectionMigrationSettings_MigrateIdleConnectionSettings;
  readonly max_time_on_non_default_network?: DurationText;
}

/** envoy.config.core.v3.QuicProtocolOptions.ConnectionMigrationSettings.MigrateIdleConnectionSettings */
export interface QuicProtocolOptions_ConnectionMigrationSettings_MigrateIdleConnectionSettings {
  readonly max_idle_time_before_migration?: DurationText;
}

/** envoy.config.core.v3.RateLimitSettings */
export interface RateLimitSettings {
  readonly max_tokens?: number;
  readonly fill_rate?: number;
}

/** envoy.config.core.v3.RemoteDataSource */
export interface RemoteDataSource {
  readonly http_uri?: HttpUri;
  readonly sha256?: string;
  readonly retry_policy?: CoreRetryPolicy;
}

/** envoy.config.core.v3.RetryPolicy */
export interface CoreRetryPolicy {
  readonly retry_back_off?: BackoffStrategy;
  readonly num_retries?: number;
  readonly retry_on?: string;
  readonly retry_priority?: CoreRetryPolicy_RetryPriority;
  readonly retry_host_predicate?: readonly CoreRetryPolicy_RetryHostPredicate[];
  readonly host_selection_retry_max_attempts?: Integer64;
}

/** envoy.config.core.v3.RetryPolicy.RetryHostPredicate */
export interface CoreRetryPolicy_RetryHostPredicate {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
}

/** envoy.config.core.v3.RetryPolicy.RetryPriority */
export interface CoreRetryPolicy_RetryPriority {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
}

/** envoy.config.core.v3.RuntimeDouble */
export interface RuntimeDouble {
  readonly default_value?: number;
  readonly runtime_key?: string;
}

/** envoy.config.core.v3.RuntimeFeatureFlag */
export interface RuntimeFeatureFlag {
  readonly default_value?: boolean;
  readonly runtime_key?: string;
}

/** envoy.config.core.v3.RuntimeFractionalPercent */
export interface RuntimeFractionalPercent {
  readonly default_value?: FractionalPercent;
  readonly runtime_key?: string;
}

/** envoy.config.core.v3.RuntimePercent */
export interface RuntimePercent {
  readonly default_value?: Percent;
  readonly runtime_key?: string;
}

/** envoy.config.core.v3.RuntimeUInt32 */
export interface RuntimeUInt32 {
  readonly default_value?: number;
  readonly runtime_key?: string;
}

/** envoy.config.core.v3.RuntimeUInt64 */
export interface RuntimeUInt64 {
  readonly default_value?: Integer64;
  readonly runtime_key?: string;
}

/** envoy.config.core.v3.SchemeHeaderTransformation */
export interface SchemeHeaderTransformation {
  /** oneof transformation */
  readonly scheme_to_overwrite?: string;
  readonly match_upstream?: boolean;
}

/** envoy.config.core.v3.SelfConfigSource */
export interface SelfConfigSource {
  readonly transport_api_version?: ApiVersion;
}

/** envoy.config.core.v3.SocketAddress */
export interface SocketAddress {
  readonly protocol?: SocketAddress_Protocol;
  readonly address?: string;
  /** oneof port_specifier */
  readonly port_value?: number;
  /** oneof port_specifier */
  readonly named_port?: string;
  readonly resolver_name?: string;
  readonly ipv4_compat?: boolean;
  readonly network_namespace_filepath?: string;
}

/** envoy.config.core.v3.SocketCmsgHeaders */
export interface SocketCmsgHeaders {
  readonly level?: number;
  readonly type?: number;
  readonly expected_size?: number;
}

/** envoy.config.core.v3.SocketOption */
export interface SocketOption {
  readonly description?: string;
  readonly level?: Integer64;
  readonly name?: Integer64;
  /** oneof value */
  readonly int_value?: Integer64;
  /** oneof value */
  readonly buf_value?: Base64;
  readonly state?: SocketOption_SocketState;
  readonly type?: SocketOption_SocketType;
  readonly ip_version?: SocketOption_SocketIpVersion;
}

/** envoy.config.core.v3.SocketOption.SocketType */
export interface SocketOption_SocketType {
  readonly stream?: SocketOption_SocketType_Stream;
  readonly datagram?: SocketOption_SocketType_Datagram;
}

/** envoy.config.core.v3.SocketOption.SocketType.Datagram */
export interface SocketOption_SocketType_Datagram {
}

/** envoy.config.core.v3.SocketOption.SocketType.Stream */
export interface SocketOption_SocketType_Stream {
}

/** envoy.config.core.v3.SocketOptionsOverride */
export interface SocketOptionsOverride {
  readonly socket_options?: readonly SocketOption[];
}

/** envoy.config.core.v3.SubstitutionFormatString */
export interface SubstitutionFormatString {
  /** @deprecated, oneof format */
  readonly text_format?: string;
  /** oneof format */
  readonly json_format?: Plain;
  /** oneof format */
  readonly text_format_source?: DataSource;
  readonly omit_empty_values?: boolean;
  readonly content_type?: string;
  readonly formatters?: readonly TypedExtensionConfig[];
  readonly json_format_options?: JsonFormatOptions;
}

/** envoy.config.core.v3.TcpKeepalive */
export interface TcpKeepalive {
  readonly keepalive_probes?: number;
  readonly keepalive_time?: number;
  readonly keepalive_interval?: number;
}

/** envoy.config.core.v3.TlvEntry */
export interface TlvEntry {
  readonly type?: number;
  readonly value?: Base64;
  readonly format_string?: SubstitutionFormatString;
}

/** envoy.config.core.v3.TransportSocket */
export interface TransportSocket {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
}

/** envoy.config.core.v3.TypedExtensionConfig */
export interface TypedExtensionConfig {
  readonly name?: string;
  readonly typed_config?: Any;
}

/** envoy.config.core.v3.UdpSocketConfig */
export interface UdpSocketConfig {
  readonly max_rx_datagram_size?: Integer64;
  readonly prefer_gro?: boolean;
}

/** envoy.config.core.v3.UpstreamHttpProtocolOptions */
export interface UpstreamHttpProtocolOptions {
  readonly auto_sni?: boolean;
  readonly auto_san_validation?: boolean;
  readonly override_auto_sni_header?: string;
}

/** envoy.config.core.v3.WatchedDirectory */
export interface WatchedDirectory {
  readonly path?: string;
  readonly watch_modify?: boolean;
}

/** envoy.config.endpoint.v3.ClusterLoadAssignment */
export interface ClusterLoadAssignment {
  readonly cluster_name?: string;
  readonly endpoints?: readonly LocalityLbEndpoints[];
  readonly named_endpoints?: { readonly [key: string]: Endpoint };
  readonly policy?: ClusterLoadAssignment_Policy;
}

/** envoy.config.endpoint.v3.ClusterLoadAssignment.Policy */
export interface ClusterLoadAssignment_Policy {
  readonly drop_overloads?: readonly ClusterLoadAssignment_Policy_DropOverload[];
  readonly overprovisioning_factor?: number;
  readonly endpoint_stale_after?: DurationText;
  readonly weighted_priority_health?: boolean;
}

/** envoy.config.endpoint.v3.ClusterLoadAssignment.Policy.DropOverload */
export interface ClusterLoadAssignment_Policy_DropOverload {
  readonly category?: string;
  readonly drop_percentage?: FractionalPercent;
}

/** envoy.config.endpoint.v3.Endpoint */
export interface Endpoint {
  readonly address?: Address;
  readonly health_check_config?: Endpoint_HealthCheckConfig;
  readonly hostname?: string;
  readonly additional_addresses?: readonly Endpoint_AdditionalAddress[];
  readonly observability_name?: string;
}

/** envoy.config.endpoint.v3.Endpoint.AdditionalAddress */
export interface Endpoint_AdditionalAddress {
  readonly address?: Address;
}

/** envoy.config.endpoint.v3.Endpoint.HealthCheckConfig */
export interface Endpoint_HealthCheckConfig {
  readonly port_value?: number;
  readonly hostname?: string;
  readonly address?: Address;
  readonly disable_active_health_check?: boolean;
}

/** envoy.config.endpoint.v3.LbEndpoint */
export interface LbEndpoint {
  /** oneof host_identifier */
  readonly endpoint?: Endpoint;
  /** oneof host_identifier */
  readonly endpoint_name?: string;
  readonly health_status?: HealthStatus;
  readonly metadata?: CoreMetadata;
  readonly load_balancing_weight?: number;
}

/** envoy.config.endpoint.v3.LedsClusterLocalityConfig */
export interface LedsClusterLocalityConfig {
  readonly leds_config?: ConfigSource;
  readonly leds_collection_name?: string;
}

/** envoy.config.endpoint.v3.LocalityLbEndpoints */
export interface LocalityLbEndpoints {
  readonly locality?: Locality;
  readonly metadata?: CoreMetadata;
  readonly lb_endpoints?: readonly LbEndpoint[];
  /** @deprecated, oneof lb_config */
  readonly load_balancer_endpoints?: LocalityLbEndpoints_LbEndpointList;
  /** oneof lb_config */
  readonly leds_cluster_locality_config?: LedsClusterLocalityConfig;
  readonly load_balancing_weight?: number;
  readonly priority?: number;
  readonly proximity?: number;
}

/** envoy.config.endpoint.v3.LocalityLbEndpoints.LbEndpointList */
export interface LocalityLbEndpoints_LbEndpointList {
  readonly lb_endpoints?: readonly LbEndpoint[];
}

/** envoy.config.listener.v3.AdditionalAddress */
export interface AdditionalAddress {
  readonly address?: Address;
  readonly socket_options?: SocketOptionsOverride;
  readonly tcp_keepalive?: TcpKeepalive;
}

/** envoy.config.listener.v3.ApiListener */
export interface ApiListener {
  readonly api_listener?: Any;
}

/** envoy.config.listener.v3.Filter */
export interface NetworkFilter {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
  /** oneof config_type */
  readonly config_discovery?: ExtensionConfigSource;
}

/** envoy.config.listener.v3.FilterChain */
export interface ListenerFilterChain {
  readonly filter_chain_match?: FilterChainMatch;
  readonly filters?: readonly NetworkFilter[];
  /** @deprecated */
  readonly use_proxy_proto?: boolean;
  readonly metadata?: CoreMetadata;
  readonly transport_socket?: TransportSocket;
  readonly transport_socket_connect_timeout?: DurationText;
  readonly name?: string;
}

/** envoy.config.listener.v3.FilterChainMatch */
export interface FilterChainMatch {
  readonly destination_port?: number;
  readonly prefix_ranges?: readonly CoreCidrRange[];
  readonly address_suffix?: string;
  readonly suffix_len?: number;
  readonly direct_source_prefix_ranges?: readonly CoreCidrRange[];
  readonly source_type?: FilterChainMatch_ConnectionSourceType;
  readonly source_prefix_ranges?: readonly CoreCidrRange[];
  readonly source_ports?: readonly number[];
  readonly server_names?: readonly string[];
  readonly transport_protocol?: string;
  readonly application_protocols?: readonly string[];
}

/** envoy.config.listener.v3.Listener */
export interface Listener {
  readonly name?: string;
  readonly address?: Address;
  readonly additional_addresses?: readonly AdditionalAddress[];
  readonly stat_prefix?: string;
  readonly stats_matcher?: StatsMatcher;
  readonly filter_chains?: readonly ListenerFilterChain[];
  readonly fcds_config?: Listener_FcdsConfig;
  readonly filter_chain_matcher?: XdsTypeMatcherMatcher;
  readonly use_original_dst?: boolean;
  readonly default_filter_chain?: ListenerFilterChain;
  readonly per_connection_buffer_limit_bytes?: number;
  readonly per_connection_buffer_high_watermark_timeout?: DurationText;
  readonly metadata?: CoreMetadata;
  /** @deprecated */
  readonly deprecated_v1?: Listener_DeprecatedV1;
  readonly drain_type?: Listener_DrainType;
  readonly listener_filters?: readonly ListenerFilter[];
  readonly listener_filters_timeout?: DurationText;
  readonly continue_on_listener_filters_timeout?: boolean;
  readonly transparent?: boolean;
  readonly freebind?: boolean;
  readonly socket_options?: readonly SocketOption[];
  readonly tcp_fast_open_queue_length?: number;
  readonly traffic_direction?: TrafficDirection;
  readonly udp_listener_config?: UdpListenerConfig;
  readonly api_listener?: ApiListener;
  readonly connection_balance_config?: Listener_ConnectionBalanceConfig;
  /** @deprecated */
  readonly reuse_port?: boolean;
  readonly enable_reuse_port?: boolean;
  readonly access_log?: readonly AccessLog[];
  readonly tcp_backlog_size?: number;
  readonly max_connections_to_accept_per_socket_event?: number;
  readonly bind_to_port?: boolean;
  /** oneof listener_specifier */
  readonly internal_listener?: Listener_InternalListenerConfig;
  readonly enable_mptcp?: boolean;
  readonly ignore_global_conn_limit?: boolean;
  readonly bypass_overload_manager?: boolean;
  readonly tcp_keepalive?: TcpKeepalive;
}

/** envoy.config.listener.v3.Listener.ConnectionBalanceConfig */
export interface Listener_ConnectionBalanceConfig {
  /** oneof balance_type */
  readonly exact_balance?: Listener_ConnectionBalanceConfig_ExactBalance;
  /** oneof balance_type */
  readonly extend_balance?: TypedExtensionConfig;
  /** oneof balance_type */
  readonly cpu_locality_balance?: Listener_ConnectionBalanceConfig_CpuLocalityBalance;
}

/** envoy.config.listener.v3.Listener.ConnectionBalanceConfig.CpuLocalityBalance */
export interface Listener_ConnectionBalanceConfig_CpuLocalityBalance {
}

/** envoy.config.listener.v3.Listener.ConnectionBalanceConfig.ExactBalance */
export interface Listener_ConnectionBalanceConfig_ExactBalance {
}

/** envoy.config.listener.v3.Listener.DeprecatedV1 */
export interface Listener_DeprecatedV1 {
  readonly bind_to_port?: boolean;
}

/** envoy.config.listener.v3.Listener.FcdsConfig */
export interface Listener_FcdsConfig {
  readonly name?: string;
  readonly config_source?: ConfigSource;
}

/** envoy.config.listener.v3.Listener.InternalListenerConfig */
export interface Listener_InternalListenerConfig {
}

/** envoy.config.listener.v3.ListenerFilter */
export interface ListenerFilter {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
  /** oneof config_type */
  readonly config_discovery?: ExtensionConfigSource;
  readonly filter_disabled?: ListenerFilterChainMatchPredicate;
}

/** envoy.config.listener.v3.ListenerFilterChainMatchPredicate */
export interface ListenerFilterChainMatchPredicate {
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
}

/** envoy.config.listener.v3.ListenerFilterChainMatchPredicate.MatchSet */
export interface ListenerFilterChainMatchPredicate_MatchSet {
  readonly rules?: readonly ListenerFilterChainMatchPredicate[];
}

/** envoy.config.listener.v3.QuicProtocolOptions */
export interface ListenerQuicProtocolOptions {
  readonly quic_protocol_options?: CoreQuicProtocolOptions;
  readonly idle_timeout?: DurationText;
  readonly crypto_handshake_timeout?: DurationText;
  readonly enabled?: RuntimeFeatureFlag;
  readonly packets_to_read_to_connection_count_ratio?: number;
  readonly crypto_stream_config?: TypedExtensionConfig;
  readonly proof_source_config?: TypedExtensionConfig;
  readonly connection_id_generator_config?: TypedExtensionConfig;
  readonly server_preferred_address_config?: TypedExtensionConfig;
  readonly send_disable_active_migration?: boolean;
  readonly connection_debug_visitor_config?: TypedExtensionConfig;
  readonly save_cmsg_config?: readonly SocketCmsgHeaders[];
  readonly reject_new_connections?: boolean;
  readonly max_sessions_per_event_loop?: number;
}

/** envoy.config.listener.v3.UdpListenerConfig */
export interface UdpListenerConfig {
  readonly downstream_socket_config?: UdpSocketConfig;
  readonly quic_options?: ListenerQuicProtocolOptions;
  readonly udp_packet_packet_writer_config?: TypedExtensionConfig;
}

/** envoy.config.metrics.v3.DogStatsdSink */
export interface DogStatsdSink {
  readonly '@type': 'type.googleapis.com/envoy.config.metrics.v3.DogStatsdSink';
  /** oneof dog_statsd_specifier */
  readonly address?: Address;
  readonly prefix?: string;
  readonly max_bytes_per_datagram?: Integer64;
  readonly scale_histogram_units_to_milliseconds?: boolean;
}

/** envoy.config.metrics.v3.HistogramBucketSettings */
export interface HistogramBucketSettings {
  readonly match?: TypeMatcherStringMatcher;
  readonly buckets?: readonly number[];
  readonly bins?: number;
}

/** envoy.config.metrics.v3.MetricsServiceConfig */
export interface MetricsServiceConfig {
  readonly '@type': 'type.googleapis.com/envoy.config.metrics.v3.MetricsServiceConfig';
  readonly grpc_service?: GrpcService;
  readonly transport_api_version?: ApiVersion;
  readonly report_counters_as_deltas?: boolean;
  readonly emit_tags_as_labels?: boolean;
  readonly histogram_emit_mode?: HistogramEmitMode;
  readonly batch_size?: number;
}

/** envoy.config.metrics.v3.StatsConfig */
export interface StatsConfig {
  readonly stats_tags?: readonly TagSpecifier[];
  readonly use_all_default_tags?: boolean;
  readonly stats_matcher?: StatsMatcher;
  readonly histogram_bucket_settings?: readonly HistogramBucketSettings[];
  readonly allow_default_tag_overrides?: boolean;
}

/** envoy.config.metrics.v3.StatsMatcher */
export interface StatsMatcher {
  /** oneof stats_matcher */
  readonly reject_all?: boolean;
  /** oneof stats_matcher */
  readonly exclusion_list?: ListStringMatcher;
  /** oneof stats_matcher */
  readonly inclusion_list?: ListStringMatcher;
}

/** envoy.config.metrics.v3.StatsSink */
export interface StatsSink {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
}

/** envoy.config.metrics.v3.StatsdSink */
export interface StatsdSink {
  readonly '@type': 'type.googleapis.com/envoy.config.metrics.v3.StatsdSink';
  /** oneof statsd_specifier */
  readonly address?: Address;
  /** oneof statsd_specifier */
  readonly tcp_cluster_name?: string;
  readonly prefix?: string;
  readonly scale_histogram_units_to_milliseconds?: boolean;
}

/** envoy.config.metrics.v3.TagSpecifier */
export interface TagSpecifier {
  readonly tag_name?: string;
  /** oneof tag_value */
  readonly regex?: string;
  /** oneof tag_value */
  readonly fixed_value?: string;
}

/** envoy.config.overload.v3.BufferFactoryConfig */
export interface BufferFactoryConfig {
  readonly minimum_account_to_track_power_of_two?: number;
}

/** envoy.config.overload.v3.LoadShedPoint */
export interface LoadShedPoint {
  readonly name?: string;
  readonly triggers?: readonly Trigger[];
}

/** envoy.config.overload.v3.OverloadAction */
export interface OverloadAction {
  readonly name?: string;
  readonly triggers?: readonly Trigger[];
  readonly typed_config?: Any;
}

/** envoy.config.overload.v3.OverloadManager */
export interface OverloadManager {
  readonly refresh_interval?: DurationText;
  readonly resource_monitors?: readonly ResourceMonitor[];
  readonly actions?: readonly OverloadAction[];
  readonly loadshed_points?: readonly LoadShedPoint[];
  readonly buffer_factory_config?: BufferFactoryConfig;
}

/** envoy.config.overload.v3.ResourceMonitor */
export interface ResourceMonitor {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
}

/** envoy.config.overload.v3.ScaledTrigger */
export interface ScaledTrigger {
  readonly scaling_threshold?: number;
  readonly saturation_threshold?: number;
}

/** envoy.config.overload.v3.ThresholdTrigger */
export interface ThresholdTrigger {
  readonly value?: number;
}

/** envoy.config.overload.v3.Trigger */
export interface Trigger {
  readonly name?: string;
  /** oneof trigger_oneof */
  readonly threshold?: ThresholdTrigger;
  /** oneof trigger_oneof */
  readonly scaled?: ScaledTrigger;
}

/** envoy.config.ratelimit.v3.RateLimitServiceConfig */
export interface RateLimitServiceConfig {
  readonly grpc_service?: GrpcService;
  readonly transport_api_version?: ApiVersion;
}

/** envoy.config.rbac.v3.Permission */
export interface Permission {
  /** oneof rule */
  readonly and_rules?: Permission_Set;
  /** oneof rule */
  readonly or_rules?: Permission_Set;
  /** oneof rule */
  readonly any?: boolean;
  /** oneof rule */
  readonly header?: HeaderMatcher;
  /** oneof rule */
  readonly url_path?: PathMatcher;
  /** oneof rule */
  readonly destination_ip?: CoreCidrRange;
  /** oneof rule */
  readonly destination_port?: number;
  /** oneof rule */
  readonly destination_port_range?: Int32Range;
  /** @deprecated, oneof rule */
  readonly metadata?: MetadataMatcher;
  /** oneof rule */
  readonly not_rule?: Permission;
  /** oneof rule */
  readonly requested_server_name?: TypeMatcherStringMatcher;
  /** oneof rule */
  readonly matcher?: TypedExtensionConfig;
  /** oneof rule */
  readonly uri_template?: TypedExtensionConfig;
  /** oneof rule */
  readonly sourced_metadata?: SourcedMetadata;
}

/** envoy.config.rbac.v3.Permission.Set */
export interface Permission_Set {
  readonly rules?: readonly Permission[];
}

/** envoy.config.rbac.v3.Policy */
export interface Policy {
  readonly permissions?: readonly Permission[];
  readonly principals?: readonly Principal[];
  readonly condition?: GoogleApiExprV1alpha1Expr;
  readonly checked_condition?: GoogleApiExprV1alpha1CheckedExpr;
  readonly cel_config?: CelExpressionConfig;
}

/** envoy.config.rbac.v3.Principal */
export interface Principal {
  /** oneof identifier */
  readonly and_ids?: Principal_Set;
  /** oneof identifier */
  readonly or_ids?: Principal_Set;
  /** oneof identifier */
  readonly any?: boolean;
  /** oneof identifier */
  readonly authenticated?: Principal_Authenticated;
  /** @deprecated, oneof identifier */
  readonly source_ip?: CoreCidrRange;
  /** oneof identifier */
  readonly direct_remote_ip?: CoreCidrRange;
  /** oneof identifier */
  readonly remote_ip?: CoreCidrRange;
  /** oneof identifier */
  readonly header?: HeaderMatcher;
  /** oneof identifier */
  readonly url_path?: PathMatcher;
  /** @deprecated, oneof identifier */
  readonly metadata?: MetadataMatcher;
  /** oneof identifier */
  readonly filter_state?: FilterStateMatcher;
  /** oneof identifier */
  readonly not_id?: Principal;
  /** oneof identifier */
  readonly sourced_metadata?: SourcedMetadata;
  /** oneof identifier */
  readonly custom?: TypedExtensionConfig;
}

/** envoy.config.rbac.v3.Principal.Authenticated */
export interface Principal_Authenticated {
  readonly principal_name?: TypeMatcherStringMatcher;
}

/** envoy.config.rbac.v3.Principal.Set */
export interface Principal_Set {
  readonly ids?: readonly Principal[];
}

/** envoy.config.rbac.v3.RBAC */
export interface RbacRBAC {
  readonly action?: RBAC_Action;
  readonly policies?: { readonly [key: string]: Policy };
  readonly audit_logging_options?: RBAC_AuditLoggingOptions;
}

/** envoy.config.rbac.v3.RBAC.AuditLoggingOptions */
export interface RBAC_AuditLoggingOptions {
  readonly audit_condition?: RBAC_AuditLoggingOptions_AuditCondition;
  readonly logger_configs?: readonly RBAC_AuditLoggingOptions_AuditLoggerConfig[];
}

/** envoy.config.rbac.v3.RBAC.AuditLoggingOptions.AuditLoggerConfig */
export interface RBAC_AuditLoggingOptions_AuditLoggerConfig {
  readonly audit_logger?: TypedExtensionConfig;
  readonly is_optional?: boolean;
}

/** envoy.config.rbac.v3.SourcedMetadata */
export interface SourcedMetadata {
  readonly metadata_matcher?: MetadataMatcher;
  readonly metadata_source?: MetadataSource;
}

/** envoy.config.route.v3.ClusterSpecifierPlugin */
export interface ClusterSpecifierPlugin {
  readonly extension?: TypedExtensionConfig;
  readonly is_optional?: boolean;
}

/** envoy.config.route.v3.CookieMatcher */
export interface CookieMatcher {
  readonly name?: string;
  readonly string_match?: TypeMatcherStringMatcher;
  readonly invert_match?: boolean;
}

/** envoy.config.route.v3.CorsPolicy */
export interface RouteCorsPolicy {
  readonly allow_origin_string_match?: readonly TypeMatcherStringMatcher[];
  readonly allow_methods?: string;
  readonly allow_headers?: string;
  readonly expose_headers?: string;
  readonly max_age?: string;
  readonly allow_credentials?: boolean;
  /** oneof enabled_specifier */
  readonly filter_enabled?: RuntimeFractionalPercent;
  readonly shadow_enabled?: RuntimeFractionalPercent;
  readonly allow_private_network_access?: boolean;
  readonly forward_not_matching_preflights?: boolean;
}

/** envoy.config.route.v3.Decorator */
export interface Decorator {
  readonly operation?: string;
  readonly propagate?: boolean;
}

/** envoy.config.route.v3.DirectResponseAction */
export interface DirectResponseAction {
  readonly status?: number;
  readonly body?: DataSource;
  readonly body_format?: SubstitutionFormatString;
}

/** envoy.config.route.v3.FilterAction */
export interface FilterAction {
  readonly action?: Any;
}

/** envoy.config.route.v3.FilterConfig */
export interface RouteFilterConfig {
  readonly '@type': 'type.googleapis.com/envoy.config.route.v3.FilterConfig';
  readonly config?: Any;
  readonly is_optional?: boolean;
  readonly disabled?: boolean;
}

/** envoy.config.route.v3.HeaderMatcher */
export interface HeaderMatcher {
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
}

/** envoy.config.route.v3.HedgePolicy */
export interface HedgePolicy {
  readonly initial_requests?: number;
  readonly additional_request_chance?: FractionalPercent;
  readonly hedge_on_per_try_timeout?: boolean;
}

/** envoy.config.route.v3.InternalRedirectPolicy */
export interface InternalRedirectPolicy {
  readonly max_internal_redirects?: number;
  readonly redirect_response_codes?: readonly number[];
  readonly predicates?: readonly TypedExtensionConfig[];
  readonly allow_cross_scheme_redirect?: boolean;
  readonly response_headers_to_copy?: readonly string[];
}

/** envoy.config.route.v3.NonForwardingAction */
export interface NonForwardingAction {
}

/** envoy.config.route.v3.QueryParameterMatcher */
export interface QueryParameterMatcher {
  readonly name?: string;
  /** oneof query_parameter_match_specifier */
  readonly string_match?: TypeMatcherStringMatcher;
  /** oneof query_parameter_match_specifier */
  readonly present_match?: boolean;
}

/** envoy.config.route.v3.RateLimit */
export interface RouteRateLimit {
  readonly stage?: number;
  readonly disable_key?: string;
  readonly actions?: readonly RateLimit_Action[];
  readonly limit?: RateLimit_Override;
  readonly hits_addend?: RateLimit_HitsAddend;
  readonly apply_on_stream_done?: boolean;
  readonly x_ratelimit_option?: RateLimit_XRateLimitOption;
}

/** envoy.config.route.v3.RateLimit.Action */
export interface RateLimit_Action {
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
  readonly extension?: TypedExtensionConfig;
  /** oneof action_specifier */
  readonly masked_remote_address?: RateLimit_Action_MaskedRemoteAddress;
  /** oneof action_specifier */
  readonly query_parameter_value_match?: RateLimit_Action_QueryParameterValueMatch;
  /** oneof action_specifier */
  readonly remote_address_match?: RateLimit_Action_RemoteAddressMatch;
}

/** envoy.config.route.v3.RateLimit.Action.DestinationCluster */
export interface RateLimit_Action_DestinationCluster {
}

/** envoy.config.route.v3.RateLimit.Action.DynamicMetaData */
export interface RateLimit_Action_DynamicMetaData {
  readonly descriptor_key?: string;
  readonly metadata_key?: MetadataKey;
  readonly default_value?: string;
}

/** envoy.config.route.v3.RateLimit.Action.GenericKey */
export interface RateLimit_Action_GenericKey {
  readonly descriptor_value?: string;
  readonly default_value?: string;
  readonly descriptor_key?: string;
}

/** envoy.config.route.v3.RateLimit.Action.HeaderValueMatch */
export interface RateLimit_Action_HeaderValueMatch {
  readonly descriptor_value?: string;
  readonly default_value?: string;
  readonly descriptor_key?: string;
  readonly expect_match?: boolean;
  readonly headers?: readonly HeaderMatcher[];
}

/** envoy.config.route.v3.RateLimit.Action.MaskedRemoteAddress */
export interface RateLimit_Action_MaskedRemoteAddress {
  readonly v4_prefix_mask_len?: number;
  readonly v6_prefix_mask_len?: number;
}

/** envoy.config.route.v3.RateLimit.Action.MetaData */
export interface RateLimit_Action_MetaData {
  readonly descriptor_key?: string;
  readonly metadata_key?: MetadataKey;
  readonly default_value?: string;
  readonly source?: RateLimit_Action_MetaData_Source;
  readonly skip_if_absent?: boolean;
}

/** envoy.config.route.v3.RateLimit.Action.QueryParameterValueMatch */
export interface RateLimit_Action_QueryParameterValueMatch {
  readonly descriptor_value?: string;
  readonly default_value?: string;
  readonly descriptor_key?: string;
  readonly expect_match?: boolean;
  readonly query_parameters?: readonly QueryParameterMatcher[];
}

/** envoy.config.route.v3.RateLimit.Action.QueryParameters */
export interface RateLimit_Action_QueryParameters {
  readonly query_parameter_name?: string;
  readonly descriptor_key?: string;
  readonly skip_if_absent?: boolean;
}

/** envoy.config.route.v3.RateLimit.Action.RemoteAddress */
export interface RateLimit_Action_RemoteAddress {
}

/** envoy.config.route.v3.RateLimit.Action.RemoteAddressMatch */
export interface RateLimit_Action_RemoteAddressMatch {
  readonly descriptor_value?: string;
  readonly descriptor_key?: string;
  readonly default_value?: string;
  readonly address_matcher?: AddressMatcher;
}

/** envoy.config.route.v3.RateLimit.Action.RequestHeaders */
export interface RateLimit_Action_RequestHeaders {
  readonly header_name?: string;
  readonly descriptor_key?: string;
  readonly skip_if_absent?: boolean;
}

/** envoy.config.route.v3.RateLimit.Action.SourceCluster */
export interface RateLimit_Action_SourceCluster {
}

/** envoy.config.route.v3.RateLimit.HitsAddend */
export interface RateLimit_HitsAddend {
  readonly number?: Integer64;
  readonly format?: string;
  readonly is_negative_hits?: boolean;
}

/** envoy.config.route.v3.RateLimit.Override */
export interface RateLimit_Override {
  /** oneof override_specifier */
  readonly dynamic_metadata?: RateLimit_Override_DynamicMetadata;
  /** oneof override_specifier */
  readonly rate_limit?: RateLimit_Override_RateLimitOverride;
}

/** envoy.config.route.v3.RateLimit.Override.DynamicMetadata */
export interface RateLimit_Override_DynamicMetadata {
  readonly metadata_key?: MetadataKey;
}

/** envoy.config.route.v3.RateLimit.Override.RateLimitOverride */
export interface RateLimit_Override_RateLimitOverride {
  readonly requests_per_unit?: number;
  readonly unit?: RateLimitUnit;
}

/** envoy.config.route.v3.RedirectAction */
export interface RedirectAction {
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
  readonly response_code?: RedirectAction_RedirectResponseCode;
  readonly strip_query?: boolean;
}

/** envoy.config.route.v3.RetryPolicy */
export interface RouteRetryPolicy {
  readonly retry_on?: string;
  readonly num_retries?: number;
  readonly per_try_timeout?: DurationText;
  readonly per_try_idle_timeout?: DurationText;
  readonly retry_priority?: RouteRetryPolicy_RetryPriority;
  readonly retry_host_predicate?: readonly RouteRetryPolicy_RetryHostPredicate[];
  readonly retry_options_predicates?: readonly TypedExtensionConfig[];
  readonly host_selection_retry_max_attempts?: Integer64;
  readonly retriable_status_codes?: readonly number[];
  readonly retry_back_off?: RetryPolicy_RetryBackOff;
  readonly rate_limited_retry_back_off?: RetryPolicy_RateLimitedRetryBackOff;
  readonly retriable_headers?: readonly HeaderMatcher[];
  readonly retriable_request_headers?: readonly HeaderMatcher[];
  readonly refresh_cluster_on_retry?: boolean;
}

/** envoy.config.route.v3.RetryPolicy.RateLimitedRetryBackOff */
export interface RetryPolicy_RateLimitedRetryBackOff {
  readonly reset_headers?: readonly RetryPolicy_ResetHeader[];
  readonly max_interval?: DurationText;
}

/** envoy.config.route.v3.RetryPolicy.ResetHeader */
export interface RetryPolicy_ResetHeader {
  readonly name?: string;
  readonly format?: RetryPolicy_ResetHeaderFormat;
}

/** envoy.config.route.v3.RetryPolicy.RetryBackOff */
export interface RetryPolicy_RetryBackOff {
  readonly base_interval?: DurationText;
  readonly max_interval?: DurationText;
}

/** envoy.config.route.v3.RetryPolicy.RetryHostPredicate */
export interface RouteRetryPolicy_RetryHostPredicate {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
}

/** envoy.config.route.v3.RetryPolicy.RetryPriority */
export interface RouteRetryPolicy_RetryPriority {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
}

/** envoy.config.route.v3.Route */
export interface RouteRoute {
  readonly name?: string;
  readonly match?: RouteRouteMatch;
  /** oneof action */
  readonly route?: RouteRouteAction;
  /** oneof action */
  readonly redirect?: RedirectAction;
  /** oneof action */
  readonly direct_response?: DirectResponseAction;
  /** oneof action */
  readonly filter_action?: FilterAction;
  /** oneof action */
  readonly non_forwarding_action?: NonForwardingAction;
  readonly metadata?: CoreMetadata;
  readonly decorator?: Decorator;
  readonly typed_per_filter_config?: { readonly [key: string]: Any };
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_remove?: readonly string[];
  readonly tracing?: RouteTracing;
  /** @deprecated */
  readonly per_request_buffer_limit_bytes?: number;
  readonly stat_prefix?: string;
  readonly request_body_buffer_limit?: Integer64;
  readonly route_specifiers?: readonly TypedExtensionConfig[];
}

/** envoy.config.route.v3.RouteAction */
export interface RouteRouteAction {
  /** oneof cluster_specifier */
  readonly cluster?: string;
  /** oneof cluster_specifier */
  readonly cluster_header?: string;
  /** oneof cluster_specifier */
  readonly weighted_clusters?: RouteWeightedCluster;
  /** oneof cluster_specifier */
  readonly cluster_specifier_plugin?: string;
  /** oneof cluster_specifier */
  readonly inline_cluster_specifier_plugin?: ClusterSpecifierPlugin;
  readonly cluster_not_found_response_code?: RouteAction_ClusterNotFoundResponseCode;
  readonly metadata_match?: CoreMetadata;
  readonly prefix_rewrite?: string;
  readonly regex_rewrite?: RegexMatchAndSubstitute;
  readonly path_rewrite_policy?: TypedExtensionConfig;
  readonly path_rewrite?: string;
  /** oneof host_rewrite_specifier */
  readonly host_rewrite_literal?: string;
  /** oneof host_rewrite_specifier */
  readonly auto_host_rewrite?: boolean;
  /** oneof host_rewrite_specifier */
  readonly host_rewrite_header?: string;
  /** oneof host_rewrite_specifier */
  readonly host_rewrite_path_regex?: RegexMatchAndSubstitute;
  /** oneof host_rewrite_specifier */
  readonly host_rewrite?: string;
  readonly append_x_forwarded_host?: boolean;
  readonly timeout?: DurationText;
  readonly idle_timeout?: DurationText;
  readonly flush_timeout?: DurationText;
  readonly early_data_policy?: TypedExtensionConfig;
  readonly retry_policy?: RouteRetryPolicy;
  readonly retry_policy_typed_config?: Any;
  readonly request_mirror_policies?: readonly RouteRouteAction_RequestMirrorPolicy[];
  readonly priority?: RoutingPriority;
  readonly rate_limits?: readonly RouteRateLimit[];
  /** @deprecated */
  readonly include_vh_rate_limits?: boolean;
  readonly hash_policy?: readonly RouteAction_HashPolicy[];
  /** @deprecated */
  readonly cors?: RouteCorsPolicy;
  /** @deprecated */
  readonly max_grpc_timeout?: DurationText;
  /** @deprecated */
  readonly grpc_timeout_offset?: DurationText;
  readonly upgrade_configs?: readonly RouteAction_UpgradeConfig[];
  readonly internal_redirect_policy?: InternalRedirectPolicy;
  /** @deprecated */
  readonly internal_redirect_action?: RouteAction_InternalRedirectAction;
  /** @deprecated */
  readonly max_internal_redirects?: number;
  readonly hedge_policy?: HedgePolicy;
  readonly max_stream_duration?: RouteAction_MaxStreamDuration;
}

/** envoy.config.route.v3.RouteAction.HashPolicy */
export interface RouteAction_HashPolicy {
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
}

/** envoy.config.route.v3.RouteAction.HashPolicy.ConnectionProperties */
export interface RouteAction_HashPolicy_ConnectionProperties {
  readonly source_ip?: boolean;
}

/** envoy.config.route.v3.RouteAction.HashPolicy.Cookie */
export interface RouteAction_HashPolicy_Cookie {
  readonly name?: string;
  readonly ttl?: DurationText;
  readonly path?: string;
  readonly attributes?: readonly RouteAction_HashPolicy_CookieAttribute[];
}

/** envoy.config.route.v3.RouteAction.HashPolicy.CookieAttribute */
export interface RouteAction_HashPolicy_CookieAttribute {
  readonly name?: string;
  readonly value?: string;
}

/** envoy.config.route.v3.RouteAction.HashPolicy.FilterState */
export interface RouteAction_HashPolicy_FilterState {
  readonly key?: string;
}

/** envoy.config.route.v3.RouteAction.HashPolicy.Header */
export interface RouteAction_HashPolicy_Header {
  readonly header_name?: string;
  readonly regex_rewrite?: RegexMatchAndSubstitute;
}

/** envoy.config.route.v3.RouteAction.HashPolicy.QueryParameter */
export interface RouteAction_HashPolicy_QueryParameter {
  readonly name?: string;
}

/** envoy.config.route.v3.RouteAction.MaxStreamDuration */
export interface RouteAction_MaxStreamDuration {
  readonly max_stream_duration?: DurationText;
  readonly grpc_timeout_header_max?: DurationText;
  readonly grpc_timeout_header_offset?: DurationText;
}

/** envoy.config.route.v3.RouteAction.RequestMirrorPolicy */
export interface RouteRouteAction_RequestMirrorPolicy {
  readonly cluster?: string;
  readonly cluster_header?: string;
  readonly runtime_fraction?: RuntimeFractionalPercent;
  readonly trace_sampled?: boolean;
  readonly disable_shadow_host_suffix_append?: boolean;
  readonly request_headers_mutations?: readonly CommonMutationRulesHeaderMutation[];
  readonly host_rewrite_literal?: string;
}

/** envoy.config.route.v3.RouteAction.UpgradeConfig */
export interface RouteAction_UpgradeConfig {
  readonly upgrade_type?: string;
  readonly enabled?: boolean;
  readonly connect_config?: RouteAction_UpgradeConfig_ConnectConfig;
}

/** envoy.config.route.v3.RouteAction.UpgradeConfig.ConnectConfig */
export interface RouteAction_UpgradeConfig_ConnectConfig {
  readonly proxy_protocol_config?: ProxyProtocolConfig;
  readonly allow_post?: boolean;
}

/** envoy.config.route.v3.RouteConfiguration */
export interface RouteConfiguration {
  readonly name?: string;
  readonly virtual_hosts?: readonly VirtualHost[];
  readonly vhds?: Vhds;
  readonly internal_only_headers?: readonly string[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_remove?: readonly string[];
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly most_specific_header_mutations_wins?: boolean;
  readonly validate_clusters?: boolean;
  readonly max_direct_response_body_size_bytes?: number;
  readonly cluster_specifier_plugins?: readonly ClusterSpecifierPlugin[];
  readonly request_mirror_policies?: readonly RouteRouteAction_RequestMirrorPolicy[];
  readonly ignore_port_in_host_matching?: boolean;
  readonly vhost_header?: string;
  readonly ignore_path_parameters_in_path_matching?: boolean;
  readonly typed_per_filter_config?: { readonly [key: string]: Any };
  readonly metadata?: CoreMetadata;
  readonly route_specifiers?: readonly TypedExtensionConfig[];
}

/** envoy.config.route.v3.RouteMatch */
export interface RouteRouteMatch {
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
  readonly path_match_policy?: TypedExtensionConfig;
  readonly case_sensitive?: boolean;
  readonly runtime_fraction?: RuntimeFractionalPercent;
  readonly headers?: readonly HeaderMatcher[];
  readonly query_parameters?: readonly QueryParameterMatcher[];
  readonly cookies?: readonly CookieMatcher[];
  readonly grpc?: RouteMatch_GrpcRouteMatchOptions;
  readonly tls_context?: RouteMatch_TlsContextMatchOptions;
  readonly dynamic_metadata?: readonly MetadataMatcher[];
  readonly filter_state?: readonly FilterStateMatcher[];
}

/** envoy.config.route.v3.RouteMatch.ConnectMatcher */
export interface RouteMatch_ConnectMatcher {
}

/** envoy.config.route.v3.RouteMatch.GrpcRouteMatchOptions */
export interface RouteMatch_GrpcRouteMatchOptions {
}

/** envoy.config.route.v3.RouteMatch.TlsContextMatchOptions */
export interface RouteMatch_TlsContextMatchOptions {
  readonly presented?: boolean;
  readonly validated?: boolean;
}

/** envoy.config.route.v3.ScopedRouteConfiguration */
export interface ScopedRouteConfiguration {
  readonly on_demand?: boolean;
  readonly name?: string;
  readonly route_configuration_name?: string;
  readonly route_configuration?: RouteConfiguration;
  readonly key?: ScopedRouteConfiguration_Key;
}

/** envoy.config.route.v3.ScopedRouteConfiguration.Key */
export interface ScopedRouteConfiguration_Key {
  readonly fragments?: readonly ScopedRouteConfiguration_Key_Fragment[];
}

/** envoy.config.route.v3.ScopedRouteConfiguration.Key.Fragment */
export interface ScopedRouteConfiguration_Key_Fragment {
  /** oneof type */
  readonly string_key?: string;
}

/** envoy.config.route.v3.Tracing */
export interface RouteTracing {
  readonly client_sampling?: FractionalPercent;
  readonly random_sampling?: FractionalPercent;
  readonly overall_sampling?: FractionalPercent;
  readonly custom_tags?: readonly CustomTag[];
  readonly operation?: string;
  readonly upstream_operation?: string;
}

/** envoy.config.route.v3.Vhds */
export interface Vhds {
  readonly config_source?: ConfigSource;
}

/** envoy.config.route.v3.VirtualCluster */
export interface VirtualCluster {
  readonly headers?: readonly HeaderMatcher[];
  readonly name?: string;
}

/** envoy.config.route.v3.VirtualHost */
export interface VirtualHost {
  readonly name?: string;
  readonly domains?: readonly string[];
  readonly routes?: readonly RouteRoute[];
  readonly matcher?: XdsTypeMatcherMatcher;
  readonly require_tls?: VirtualHost_TlsRequirementType;
  readonly virtual_clusters?: readonly VirtualCluster[];
  readonly rate_limits?: readonly RouteRateLimit[];
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_remove?: readonly string[];
  /** @deprecated */
  readonly cors?: RouteCorsPolicy;
  readonly typed_per_filter_config?: { readonly [key: string]: Any };
  readonly include_request_attempt_count?: boolean;
  readonly include_attempt_count_in_response?: boolean;
  readonly retry_policy?: RouteRetryPolicy;
  readonly retry_policy_typed_config?: Any;
  readonly hedge_policy?: HedgePolicy;
  readonly include_is_timeout_retry_header?: boolean;
  /** @deprecated */
  readonly per_request_buffer_limit_bytes?: number;
  readonly request_body_buffer_limit?: Integer64;
  readonly request_mirror_policies?: readonly RouteRouteAction_RequestMirrorPolicy[];
  readonly metadata?: CoreMetadata;
  readonly route_specifiers?: readonly TypedExtensionConfig[];
}

/** envoy.config.route.v3.WeightedCluster */
export interface RouteWeightedCluster {
  readonly clusters?: readonly RouteWeightedCluster_ClusterWeight[];
  /** @deprecated */
  readonly total_weight?: number;
  readonly runtime_key_prefix?: string;
  /** oneof random_value_specifier */
  readonly header_name?: string;
  /** oneof random_value_specifier */
  readonly use_hash_policy?: boolean;
}

/** envoy.config.route.v3.WeightedCluster.ClusterWeight */
export interface RouteWeightedCluster_ClusterWeight {
  readonly name?: string;
  readonly cluster_header?: string;
  readonly weight?: number;
  readonly metadata_match?: CoreMetadata;
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_remove?: readonly string[];
  readonly typed_per_filter_config?: { readonly [key: string]: Any };
  /** oneof host_rewrite_specifier */
  readonly host_rewrite_literal?: string;
}

/** envoy.config.tap.v3.BufferedAdminSink */
export interface BufferedAdminSink {
  readonly max_traces?: Integer64;
  readonly timeout?: DurationText;
}

/** envoy.config.tap.v3.FilePerTapSink */
export interface FilePerTapSink {
  readonly path_prefix?: string;
}

/** envoy.config.tap.v3.HttpGenericBodyMatch */
export interface TapHttpGenericBodyMatch {
  readonly bytes_limit?: number;
  readonly patterns?: readonly TapHttpGenericBodyMatch_GenericTextMatch[];
}

/** envoy.config.tap.v3.HttpGenericBodyMatch.GenericTextMatch */
export interface TapHttpGenericBodyMatch_GenericTextMatch {
  /** oneof rule */
  readonly string_match?: string;
  /** oneof rule */
  readonly binary_match?: Base64;
}

/** envoy.config.tap.v3.HttpHeadersMatch */
export interface TapHttpHeadersMatch {
  readonly headers?: readonly HeaderMatcher[];
}

/** envoy.config.tap.v3.MatchPredicate */
export interface TapMatchPredicate {
  /** oneof rule */
  readonly or_match?: TapMatchPredicate_MatchSet;
  /** oneof rule */
  readonly and_match?: TapMatchPredicate_MatchSet;
  /** oneof rule */
  readonly not_match?: TapMatchPredicate;
  /** oneof rule */
  readonly any_match?: boolean;
  /** oneof rule */
  readonly http_request_headers_match?: TapHttpHeadersMatch;
  /** oneof rule */
  readonly http_request_trailers_match?: TapHttpHeadersMatch;
  /** oneof rule */
  readonly http_response_headers_match?: TapHttpHeadersMatch;
  /** oneof rule */
  readonly http_response_trailers_match?: TapHttpHeadersMatch;
  /** oneof rule */
  readonly http_request_generic_body_match?: TapHttpGenericBodyMatch;
  /** oneof rule */
  readonly http_response_generic_body_match?: TapHttpGenericBodyMatch;
}

/** envoy.config.tap.v3.MatchPredicate.MatchSet */
export interface TapMatchPredicate_MatchSet {
  readonly rules?: readonly TapMatchPredicate[];
}

/** envoy.config.tap.v3.OutputConfig */
export interface OutputConfig {
  readonly sinks?: readonly OutputSink[];
  readonly max_buffered_rx_bytes?: number;
  readonly max_buffered_tx_bytes?: number;
  readonly streaming?: boolean;
  readonly min_streamed_sent_bytes?: number;
}

/** envoy.config.tap.v3.OutputSink */
export interface OutputSink {
  readonly format?: OutputSink_Format;
  /** oneof output_sink_type */
  readonly streaming_admin?: StreamingAdminSink;
  /** oneof output_sink_type */
  readonly file_per_tap?: FilePerTapSink;
  /** oneof output_sink_type */
  readonly streaming_grpc?: StreamingGrpcSink;
  /** oneof output_sink_type */
  readonly buffered_admin?: BufferedAdminSink;
  /** oneof output_sink_type */
  readonly custom_sink?: TypedExtensionConfig;
}

/** envoy.config.tap.v3.StreamingAdminSink */
export interface StreamingAdminSink {
}

/** envoy.config.tap.v3.StreamingGrpcSink */
export interface StreamingGrpcSink {
  readonly tap_id?: string;
  readonly grpc_service?: GrpcService;
}

/** envoy.config.tap.v3.TapConfig */
export interface TapConfig {
  /** @deprecated */
  readonly match_config?: TapMatchPredicate;
  readonly match?: CommonMatcherMatchPredicate;
  readonly output_config?: OutputConfig;
  readonly tap_enabled?: RuntimeFractionalPercent;
}

/** envoy.config.trace.v3.DatadogConfig */
export interface DatadogConfig {
  readonly '@type': 'type.googleapis.com/envoy.config.trace.v3.DatadogConfig';
  readonly collector_cluster?: string;
  readonly service_name?: string;
  readonly collector_hostname?: string;
  readonly remote_config?: DatadogRemoteConfig;
}

/** envoy.config.trace.v3.DatadogRemoteConfig */
export interface DatadogRemoteConfig {
  readonly polling_interval?: DurationText;
}

/** envoy.config.trace.v3.OpenTelemetryConfig */
export interface OpenTelemetryConfig {
  readonly '@type': 'type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig';
  readonly grpc_service?: GrpcService;
  readonly http_service?: CoreHttpService;
  readonly exporter?: TypedExtensionConfig;
  readonly service_name?: string;
  readonly resource_detectors?: readonly TypedExtensionConfig[];
  readonly sampler?: TypedExtensionConfig;
  readonly max_cache_size?: number;
  readonly set_telemetry_sdk_resource_attributes?: boolean;
  readonly set_service_name_resource_attribute?: boolean;
  readonly set_instrumentation_scope?: boolean;
}

/** envoy.config.trace.v3.Tracing */
export interface TraceTracing {
  readonly http?: Tracing_Http;
}

/** envoy.config.trace.v3.Tracing.Http */
export interface Tracing_Http {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
}

/** envoy.config.trace.v3.ZipkinConfig */
export interface ZipkinConfig {
  readonly '@type': 'type.googleapis.com/envoy.config.trace.v3.ZipkinConfig';
  readonly collector_cluster?: string;
  readonly collector_endpoint?: string;
  readonly trace_id_128bit?: boolean;
  readonly shared_span_context?: boolean;
  readonly collector_endpoint_version?: ZipkinConfig_CollectorEndpointVersion;
  readonly collector_hostname?: string;
  /** @deprecated */
  readonly split_spans_for_request?: boolean;
  readonly trace_context_option?: ZipkinConfig_TraceContextOption;
  readonly collector_service?: CoreHttpService;
  readonly timestamp_trace_ids?: boolean;
}

/** envoy.data.dns.v3.DnsTable */
export interface DnsTable {
  readonly external_retry_count?: number;
  readonly virtual_domains?: readonly DnsTable_DnsVirtualDomain[];
  /** @deprecated */
  readonly known_suffixes?: readonly TypeMatcherStringMatcher[];
}

/** envoy.data.dns.v3.DnsTable.AddressList */
export interface DnsTable_AddressList {
  readonly address?: readonly string[];
}

/** envoy.data.dns.v3.DnsTable.DnsEndpoint */
export interface DnsTable_DnsEndpoint {
  /** oneof endpoint_config */
  readonly address_list?: DnsTable_AddressList;
  /** oneof endpoint_config */
  readonly cluster_name?: string;
  /** oneof endpoint_config */
  readonly service_list?: DnsTable_DnsServiceList;
}

/** envoy.data.dns.v3.DnsTable.DnsService */
export interface DnsTable_DnsService {
  readonly service_name?: string;
  readonly protocol?: DnsTable_DnsServiceProtocol;
  readonly ttl?: DurationText;
  readonly targets?: readonly DnsTable_DnsServiceTarget[];
}

/** envoy.data.dns.v3.DnsTable.DnsServiceList */
export interface DnsTable_DnsServiceList {
  readonly services?: readonly DnsTable_DnsService[];
}

/** envoy.data.dns.v3.DnsTable.DnsServiceProtocol */
export interface DnsTable_DnsServiceProtocol {
  /** oneof protocol_config */
  readonly number?: number;
  /** oneof protocol_config */
  readonly name?: string;
}

/** envoy.data.dns.v3.DnsTable.DnsServiceTarget */
export interface DnsTable_DnsServiceTarget {
  /** oneof endpoint_type */
  readonly host_name?: string;
  /** oneof endpoint_type */
  readonly cluster_name?: string;
  readonly priority?: number;
  readonly weight?: number;
  readonly port?: number;
}

/** envoy.data.dns.v3.DnsTable.DnsVirtualDomain */
export interface DnsTable_DnsVirtualDomain {
  readonly name?: string;
  readonly endpoint?: DnsTable_DnsEndpoint;
  readonly answer_ttl?: DurationText;
}

/** envoy.extensions.access_loggers.dynamic_modules.v3.DynamicModuleAccessLog */
export interface DynamicModuleAccessLog {
  readonly '@type': 'type.googleapis.com/envoy.extensions.access_loggers.dynamic_modules.v3.DynamicModuleAccessLog';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly logger_name?: string;
  readonly logger_config?: Any;
}

/** envoy.extensions.access_loggers.file.v3.FileAccessLog */
export interface FileAccessLog {
  readonly '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog';
  readonly path?: string;
  /** @deprecated, oneof access_log_format */
  readonly format?: string;
  /** @deprecated, oneof access_log_format */
  readonly json_format?: Plain;
  /** @deprecated, oneof access_log_format */
  readonly typed_json_format?: Plain;
  /** oneof access_log_format */
  readonly log_format?: SubstitutionFormatString;
}

/** envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter */
export interface ExpressionFilter {
  readonly '@type': 'type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter';
  readonly expression?: string;
  readonly cel_config?: CelExpressionConfig;
}

/** envoy.extensions.access_loggers.filters.process_ratelimit.v3.DynamicTokenBucket */
export interface DynamicTokenBucket {
  readonly resource_name?: string;
  readonly config_source?: ConfigSource;
}

/** envoy.extensions.access_loggers.filters.process_ratelimit.v3.ProcessRateLimitFilter */
export interface ProcessRateLimitFilter {
  readonly '@type': 'type.googleapis.com/envoy.extensions.access_loggers.filters.process_ratelimit.v3.ProcessRateLimitFilter';
  readonly dynamic_config?: DynamicTokenBucket;
}

/** envoy.extensions.access_loggers.fluentd.v3.FluentdAccessLogConfig */
export interface FluentdAccessLogConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.access_loggers.fluentd.v3.FluentdAccessLogConfig';
  readonly cluster?: string;
  readonly tag?: string;
  readonly stat_prefix?: string;
  readonly buffer_flush_interval?: DurationText;
  readonly buffer_size_bytes?: number;
  readonly record?: Plain;
  readonly retry_options?: FluentdAccessLogConfig_RetryOptions;
  readonly formatters?: readonly TypedExtensionConfig[];
}

/** envoy.extensions.access_loggers.fluentd.v3.FluentdAccessLogConfig.RetryOptions */
export interface FluentdAccessLogConfig_RetryOptions {
  readonly max_connect_attempts?: number;
  readonly backoff_options?: BackoffStrategy;
}

/** envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig */
export interface CommonGrpcAccessLogConfig {
  readonly log_name?: string;
  readonly grpc_service?: GrpcService;
  readonly transport_api_version?: ApiVersion;
  readonly buffer_flush_interval?: DurationText;
  readonly buffer_size_bytes?: number;
  readonly filter_state_objects_to_log?: readonly string[];
  readonly grpc_stream_retry_policy?: CoreRetryPolicy;
  readonly custom_tags?: readonly CustomTag[];
}

/** envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig */
export interface HttpGrpcAccessLogConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig';
  readonly common_config?: CommonGrpcAccessLogConfig;
  readonly additional_request_headers_to_log?: readonly string[];
  readonly additional_response_headers_to_log?: readonly string[];
  readonly additional_response_trailers_to_log?: readonly string[];
}

/** envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig */
export interface TcpGrpcAccessLogConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig';
  readonly common_config?: CommonGrpcAccessLogConfig;
}

/** envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig */
export interface OpenTelemetryAccessLogConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig';
  /** @deprecated */
  readonly common_config?: CommonGrpcAccessLogConfig;
  readonly http_service?: CoreHttpService;
  readonly grpc_service?: GrpcService;
  readonly disable_builtin_labels?: boolean;
  readonly resource_attributes?: KeyValueList;
  readonly resource_detectors?: readonly TypedExtensionConfig[];
  readonly body?: AnyValue;
  readonly attributes?: KeyValueList;
  readonly stat_prefix?: string;
  readonly formatters?: readonly TypedExtensionConfig[];
  readonly log_name?: string;
  readonly buffer_flush_interval?: DurationText;
  readonly buffer_size_bytes?: number;
  readonly filter_state_objects_to_log?: readonly string[];
  readonly custom_tags?: readonly CustomTag[];
}

/** envoy.extensions.access_loggers.stats.v3.Config */
export interface AccessLoggersStatsConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.access_loggers.stats.v3.Config';
  /** @deprecated */
  readonly stat_prefix?: string;
  readonly stats_scope?: Scope;
  readonly histograms?: readonly Config_Histogram[];
  readonly counters?: readonly Config_Counter[];
  readonly gauges?: readonly Config_Gauge[];
}

/** envoy.extensions.access_loggers.stats.v3.Config.Counter */
export interface Config_Counter {
  readonly stat?: Config_Stat;
  readonly value_format?: string;
  readonly value_fixed?: Integer64;
}

/** envoy.extensions.access_loggers.stats.v3.Config.Gauge */
export interface Config_Gauge {
  readonly stat?: Config_Stat;
  readonly value_format?: string;
  readonly value_fixed?: Integer64;
  readonly add_subtract?: Config_Gauge_PairedAddSubtract;
  readonly set?: Config_Gauge_Set;
}

/** envoy.extensions.access_loggers.stats.v3.Config.Gauge.PairedAddSubtract */
export interface Config_Gauge_PairedAddSubtract {
  readonly add_log_type?: AccessLogType;
  readonly sub_log_type?: AccessLogType;
}

/** envoy.extensions.access_loggers.stats.v3.Config.Gauge.Set */
export interface Config_Gauge_Set {
  readonly log_type?: AccessLogType;
}

/** envoy.extensions.access_loggers.stats.v3.Config.Histogram */
export interface Config_Histogram {
  readonly stat?: Config_Stat;
  readonly unit?: Config_Histogram_Unit;
  readonly value_format?: string;
}

/** envoy.extensions.access_loggers.stats.v3.Config.Stat */
export interface Config_Stat {
  readonly name?: string;
  readonly tags?: readonly Config_Tag[];
}

/** envoy.extensions.access_loggers.stats.v3.Config.Tag */
export interface Config_Tag {
  readonly name?: string;
  readonly value_format?: string;
  readonly rules?: XdsTypeMatcherMatcher;
}

/** envoy.extensions.access_loggers.stream.v3.StderrAccessLog */
export interface StderrAccessLog {
  readonly '@type': 'type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StderrAccessLog';
  /** oneof access_log_format */
  readonly log_format?: SubstitutionFormatString;
}

/** envoy.extensions.access_loggers.stream.v3.StdoutAccessLog */
export interface StdoutAccessLog {
  readonly '@type': 'type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog';
  /** oneof access_log_format */
  readonly log_format?: SubstitutionFormatString;
}

/** envoy.extensions.access_loggers.wasm.v3.WasmAccessLog */
export interface WasmAccessLog {
  readonly '@type': 'type.googleapis.com/envoy.extensions.access_loggers.wasm.v3.WasmAccessLog';
  readonly config?: PluginConfig;
}

/** envoy.extensions.bootstrap.dynamic_modules.v3.DynamicModuleBootstrapExtension */
export interface DynamicModuleBootstrapExtension {
  readonly '@type': 'type.googleapis.com/envoy.extensions.bootstrap.dynamic_modules.v3.DynamicModuleBootstrapExtension';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly extension_name?: string;
  readonly extension_config?: Any;
}

/** envoy.extensions.bootstrap.internal_listener.v3.InternalListener */
export interface InternalListener {
  readonly '@type': 'type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener';
  readonly buffer_size_kb?: number;
}

/** envoy.extensions.bootstrap.reverse_tunnel.downstream_socket_interface.v3.DownstreamReverseConnectionSocketInterface */
export interface DownstreamReverseConnectionSocketInterface {
  readonly '@type': 'type.googleapis.com/envoy.extensions.bootstrap.reverse_tunnel.downstream_socket_interface.v3.DownstreamReverseConnectionSocketInterface';
  readonly stat_prefix?: string;
  readonly enable_detailed_stats?: boolean;
  readonly http_handshake?: DownstreamReverseConnectionSocketInterface_HttpHandshakeConfig;
  readonly access_log?: readonly AccessLog[];
  readonly max_reconnect_backoff?: DurationText;
  readonly maintain_interval?: DurationText;
}

/** envoy.extensions.bootstrap.reverse_tunnel.downstream_socket_interface.v3.DownstreamReverseConnectionSocketInterface.HttpHandshakeConfig */
export interface DownstreamReverseConnectionSocketInterface_HttpHandshakeConfig {
  readonly request_path?: string;
  readonly additional_headers?: readonly HeaderValueOption[];
  readonly use_http_upgrade?: boolean;
  readonly formatters?: readonly TypedExtensionConfig[];
  readonly handshake_timeout?: DurationText;
}

/** envoy.extensions.bootstrap.reverse_tunnel.upstream_socket_interface.v3.UpstreamReverseConnectionSocketInterface */
export interface UpstreamReverseConnectionSocketInterface {
  readonly '@type': 'type.googleapis.com/envoy.extensions.bootstrap.reverse_tunnel.upstream_socket_interface.v3.UpstreamReverseConnectionSocketInterface';
  readonly stat_prefix?: string;
  readonly ping_failure_threshold?: number;
  readonly enable_detailed_stats?: boolean;
  readonly reporter_config?: TypedExtensionConfig;
  readonly enable_tenant_isolation?: boolean;
  readonly access_log?: readonly AccessLog[];
  readonly max_connections_per_node?: number;
}

/** envoy.extensions.clusters.aggregate.v3.AggregateClusterResource */
export interface AggregateClusterResource {
  readonly '@type': 'type.googleapis.com/envoy.extensions.clusters.aggregate.v3.AggregateClusterResource';
  readonly config_source?: ConfigSource;
  readonly resource_name?: string;
}

/** envoy.extensions.clusters.aggregate.v3.ClusterConfig */
export interface ClustersAggregateClusterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig';
  readonly clusters?: readonly string[];
}

/** envoy.extensions.clusters.composite.v3.ClusterConfig */
export interface ClustersCompositeClusterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.clusters.composite.v3.ClusterConfig';
  readonly clusters?: readonly ClusterConfig_ClusterEntry[];
}

/** envoy.extensions.clusters.composite.v3.ClusterConfig.ClusterEntry */
export interface ClusterConfig_ClusterEntry {
  readonly name?: string;
}

/** envoy.extensions.clusters.dns.v3.DnsCluster */
export interface DnsCluster {
  readonly dns_refresh_rate?: DurationText;
  readonly dns_failure_refresh_rate?: DnsCluster_RefreshRate;
  readonly respect_dns_ttl?: boolean;
  readonly dns_jitter?: DurationText;
  readonly typed_dns_resolver_config?: TypedExtensionConfig;
  readonly dns_lookup_family?: DnsLookupFamily;
  readonly all_addresses_in_single_endpoint?: boolean;
  readonly dns_min_refresh_rate?: DurationText;
}

/** envoy.extensions.clusters.dns.v3.DnsCluster.RefreshRate */
export interface DnsCluster_RefreshRate {
  readonly base_interval?: DurationText;
  readonly max_interval?: DurationText;
}

/** envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig */
export interface ClustersDynamicForwardProxyClusterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig';
  /** oneof cluster_implementation_specifier */
  readonly dns_cache_config?: DnsCacheConfig;
  /** oneof cluster_implementation_specifier */
  readonly sub_clusters_config?: SubClustersConfig;
  readonly allow_insecure_cluster_options?: boolean;
  readonly allow_coalesced_connections?: boolean;
}

/** envoy.extensions.clusters.dynamic_forward_proxy.v3.SubClustersConfig */
export interface SubClustersConfig {
  readonly lb_policy?: Cluster_LbPolicy;
  readonly max_sub_clusters?: number;
  readonly sub_cluster_ttl?: DurationText;
  readonly preresolve_clusters?: readonly SocketAddress[];
  readonly dns_cluster_config?: DnsCluster;
}

/** envoy.extensions.clusters.dynamic_modules.v3.ClusterConfig */
export interface ClustersDynamicModulesClusterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.clusters.dynamic_modules.v3.ClusterConfig';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly cluster_name?: string;
  readonly cluster_config?: Any;
}

/** envoy.extensions.clusters.mcp_multicluster.v3.ClusterConfig */
export interface ClustersMcpMulticlusterClusterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.clusters.mcp_multicluster.v3.ClusterConfig';
  readonly servers?: readonly ClusterConfig_McpBackend[];
}

/** envoy.extensions.clusters.mcp_multicluster.v3.ClusterConfig.HeaderForwarding */
export interface ClusterConfig_HeaderForwarding {
  readonly forward_all?: boolean;
  readonly allowed_headers?: ListStringMatcher;
  readonly disallowed_headers?: ListStringMatcher;
}

/** envoy.extensions.clusters.mcp_multicluster.v3.ClusterConfig.McpBackend */
export interface ClusterConfig_McpBackend {
  readonly name?: string;
  readonly mcp_cluster?: ClusterConfig_McpCluster;
  readonly header_forwarding?: ClusterConfig_HeaderForwarding;
}

/** envoy.extensions.clusters.mcp_multicluster.v3.ClusterConfig.McpCluster */
export interface ClusterConfig_McpCluster {
  readonly cluster?: string;
  readonly path?: string;
  readonly timeout?: DurationText;
  readonly host_rewrite_literal?: string;
}

/** envoy.extensions.clusters.original_dst.v3.OriginalDstCluster */
export interface OriginalDstCluster {
  readonly '@type': 'type.googleapis.com/envoy.extensions.clusters.original_dst.v3.OriginalDstCluster';
  readonly use_http_header?: boolean;
  readonly http_header_name?: string;
  readonly upstream_port_override?: number;
  readonly metadata_key?: MetadataKey;
}

/** envoy.extensions.clusters.redis.v3.RedisClusterConfig */
export interface RedisClusterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.clusters.redis.v3.RedisClusterConfig';
  readonly cluster_refresh_rate?: DurationText;
  readonly cluster_refresh_timeout?: DurationText;
  readonly redirect_refresh_interval?: DurationText;
  readonly redirect_refresh_threshold?: number;
  readonly failure_refresh_threshold?: number;
  readonly host_degraded_refresh_threshold?: number;
  readonly enable_zone_discovery?: boolean;
}

/** envoy.extensions.clusters.reverse_connection.v3.ReverseConnectionClusterConfig */
export interface ReverseConnectionClusterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.clusters.reverse_connection.v3.ReverseConnectionClusterConfig';
  readonly cleanup_interval?: DurationText;
  readonly host_id_format?: string;
  readonly tenant_id_format?: string;
}

/** envoy.extensions.common.async_files.v3.AsyncFileManagerConfig */
export interface AsyncFileManagerConfig {
  readonly id?: string;
  /** oneof manager_type */
  readonly thread_pool?: AsyncFileManagerConfig_ThreadPool;
}

/** envoy.extensions.common.async_files.v3.AsyncFileManagerConfig.ThreadPool */
export interface AsyncFileManagerConfig_ThreadPool {
  readonly thread_count?: number;
}

/** envoy.extensions.common.aws.v3.AssumeRoleCredentialProvider */
export interface AssumeRoleCredentialProvider {
  readonly role_arn?: string;
  readonly role_session_name?: string;
  readonly external_id?: string;
  readonly session_duration?: DurationText;
  readonly credential_provider?: AwsCredentialProvider;
}

/** envoy.extensions.common.aws.v3.AssumeRoleWithWebIdentityCredentialProvider */
export interface AssumeRoleWithWebIdentityCredentialProvider {
  readonly web_identity_token_data_source?: DataSource;
  readonly role_arn?: string;
  readonly role_session_name?: string;
}

/** envoy.extensions.common.aws.v3.AwsCredentialProvider */
export interface AwsCredentialProvider {
  readonly assume_role_with_web_identity_provider?: AssumeRoleWithWebIdentityCredentialProvider;
  readonly inline_credential?: InlineCredentialProvider;
  readonly credentials_file_provider?: CredentialsFileCredentialProvider;
  readonly custom_credential_provider_chain?: boolean;
  readonly iam_roles_anywhere_credential_provider?: IAMRolesAnywhereCredentialProvider;
  readonly config_credential_provider?: ConfigCredentialProvider;
  readonly container_credential_provider?: ContainerCredentialProvider;
  readonly environment_credential_provider?: EnvironmentCredentialProvider;
  readonly instance_profile_credential_provider?: InstanceProfileCredentialProvider;
  readonly assume_role_credential_provider?: AssumeRoleCredentialProvider;
}

/** envoy.extensions.common.aws.v3.ConfigCredentialProvider */
export interface ConfigCredentialProvider {
}

/** envoy.extensions.common.aws.v3.ContainerCredentialProvider */
export interface ContainerCredentialProvider {
}

/** envoy.extensions.common.aws.v3.CredentialsFileCredentialProvider */
export interface CredentialsFileCredentialProvider {
  readonly credentials_data_source?: DataSource;
  readonly profile?: string;
}

/** envoy.extensions.common.aws.v3.EnvironmentCredentialProvider */
export interface EnvironmentCredentialProvider {
}

/** envoy.extensions.common.aws.v3.IAMRolesAnywhereCredentialProvider */
export interface IAMRolesAnywhereCredentialProvider {
  readonly role_arn?: string;
  readonly certificate?: DataSource;
  readonly certificate_chain?: DataSource;
  readonly private_key?: DataSource;
  readonly trust_anchor_arn?: string;
  readonly profile_arn?: string;
  readonly role_session_name?: string;
  readonly session_duration?: DurationText;
}

/** envoy.extensions.common.aws.v3.InlineCredentialProvider */
export interface InlineCredentialProvider {
  readonly access_key_id?: string;
  readonly secret_access_key?: string;
  readonly session_token?: string;
}

/** envoy.extensions.common.aws.v3.InstanceProfileCredentialProvider */
export interface InstanceProfileCredentialProvider {
}

/** envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheCircuitBreakers */
export interface DnsCacheCircuitBreakers {
  readonly max_pending_requests?: number;
}

/** envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig */
export interface DnsCacheConfig {
  readonly name?: string;
  readonly dns_lookup_family?: Cluster_DnsLookupFamily;
  readonly dns_refresh_rate?: DurationText;
  readonly dns_min_refresh_rate?: DurationText;
  readonly host_ttl?: DurationText;
  readonly max_hosts?: number;
  readonly disable_dns_refresh_on_failure?: boolean;
  readonly dns_failure_refresh_rate?: Cluster_RefreshRate;
  readonly dns_cache_circuit_breaker?: DnsCacheCircuitBreakers;
  /** @deprecated */
  readonly use_tcp_for_dns_lookups?: boolean;
  /** @deprecated */
  readonly dns_resolution_config?: DnsResolutionConfig;
  readonly typed_dns_resolver_config?: TypedExtensionConfig;
  readonly preresolve_hostnames?: readonly SocketAddress[];
  readonly dns_query_timeout?: DurationText;
  readonly key_value_config?: KeyValueStoreConfig;
  readonly resolved_address_filter?: AddressMatcher;
}

/** envoy.extensions.common.matching.v3.ExtensionWithMatcher */
export interface ExtensionWithMatcher {
  readonly '@type': 'type.googleapis.com/envoy.extensions.common.matching.v3.ExtensionWithMatcher';
  /** @deprecated */
  readonly matcher?: CommonMatcherMatcher;
  readonly xds_matcher?: XdsTypeMatcherMatcher;
  readonly extension_config?: TypedExtensionConfig;
}

/** envoy.extensions.common.matching.v3.ExtensionWithMatcherPerRoute */
export interface ExtensionWithMatcherPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.common.matching.v3.ExtensionWithMatcherPerRoute';
  readonly xds_matcher?: XdsTypeMatcherMatcher;
}

/** envoy.extensions.common.ratelimit.v3.LocalClusterRateLimit */
export interface LocalClusterRateLimit {
}

/** envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor */
export interface LocalRateLimitDescriptor {
  readonly entries?: readonly RateLimitDescriptor_Entry[];
  readonly token_bucket?: TokenBucket;
  readonly shadow_mode?: boolean;
}

/** envoy.extensions.common.ratelimit.v3.RateLimitDescriptor */
export interface RateLimitDescriptor {
  readonly entries?: readonly RateLimitDescriptor_Entry[];
  readonly limit?: RateLimitDescriptor_RateLimitOverride;
  readonly hits_addend?: Integer64;
  readonly is_negative_hits?: boolean;
}

/** envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.Entry */
export interface RateLimitDescriptor_Entry {
  readonly key?: string;
  readonly value?: string;
}

/** envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.RateLimitOverride */
export interface RateLimitDescriptor_RateLimitOverride {
  readonly requests_per_unit?: number;
  readonly unit?: RateLimitUnit;
  readonly unit_multiplier?: number;
}

/** envoy.extensions.common.tap.v3.AdminConfig */
export interface AdminConfig {
  readonly config_id?: string;
}

/** envoy.extensions.common.tap.v3.CommonExtensionConfig */
export interface CommonExtensionConfig {
  /** oneof config_type */
  readonly admin_config?: AdminConfig;
  /** oneof config_type */
  readonly static_config?: TapConfig;
}

/** envoy.extensions.compression.brotli.compressor.v3.Brotli */
export interface CompressionBrotliCompressorBrotli {
  readonly '@type': 'type.googleapis.com/envoy.extensions.compression.brotli.compressor.v3.Brotli';
  readonly quality?: number;
  readonly encoder_mode?: Brotli_EncoderMode;
  readonly window_bits?: number;
  readonly input_block_bits?: number;
  readonly chunk_size?: number;
  readonly disable_literal_context_modeling?: boolean;
}

/** envoy.extensions.compression.brotli.decompressor.v3.Brotli */
export interface CompressionBrotliDecompressorBrotli {
  readonly '@type': 'type.googleapis.com/envoy.extensions.compression.brotli.decompressor.v3.Brotli';
  readonly disable_ring_buffer_reallocation?: boolean;
  readonly chunk_size?: number;
}

/** envoy.extensions.compression.gzip.compressor.v3.Gzip */
export interface CompressionGzipCompressorGzip {
  readonly '@type': 'type.googleapis.com/envoy.extensions.compression.gzip.compressor.v3.Gzip';
  readonly memory_level?: number;
  readonly compression_level?: Gzip_CompressionLevel;
  readonly compression_strategy?: CompressionGzipCompressorGzip_CompressionStrategy;
  readonly window_bits?: number;
  readonly chunk_size?: number;
}

/** envoy.extensions.compression.gzip.decompressor.v3.Gzip */
export interface CompressionGzipDecompressorGzip {
  readonly '@type': 'type.googleapis.com/envoy.extensions.compression.gzip.decompressor.v3.Gzip';
  readonly window_bits?: number;
  readonly chunk_size?: number;
  readonly max_inflate_ratio?: number;
}

/** envoy.extensions.compression.zstd.compressor.v3.Zstd */
export interface CompressionZstdCompressorZstd {
  readonly '@type': 'type.googleapis.com/envoy.extensions.compression.zstd.compressor.v3.Zstd';
  readonly compression_level?: number;
  readonly enable_checksum?: boolean;
  readonly strategy?: Zstd_Strategy;
  readonly dictionary?: DataSource;
  readonly chunk_size?: number;
}

/** envoy.extensions.compression.zstd.decompressor.v3.Zstd */
export interface CompressionZstdDecompressorZstd {
  readonly '@type': 'type.googleapis.com/envoy.extensions.compression.zstd.decompressor.v3.Zstd';
  readonly dictionaries?: readonly DataSource[];
  readonly chunk_size?: number;
}

/** envoy.extensions.config.validators.dynamic_modules.v3.DynamicModuleConfigValidator */
export interface DynamicModuleConfigValidator {
  readonly '@type': 'type.googleapis.com/envoy.extensions.config.validators.dynamic_modules.v3.DynamicModuleConfigValidator';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly extension_name?: string;
  readonly extension_config?: Any;
  readonly type_urls?: readonly string[];
}

/** envoy.extensions.config.validators.minimum_clusters.v3.MinimumClustersValidator */
export interface MinimumClustersValidator {
  readonly '@type': 'type.googleapis.com/envoy.extensions.config.validators.minimum_clusters.v3.MinimumClustersValidator';
  readonly min_clusters_num?: number;
}

/** envoy.extensions.content_parsers.json.v3.JsonContentParser */
export interface JsonContentParser {
  readonly '@type': 'type.googleapis.com/envoy.extensions.content_parsers.json.v3.JsonContentParser';
  readonly rules?: readonly JsonContentParser_RuleConfig[];
}

/** envoy.extensions.content_parsers.json.v3.JsonContentParser.RuleConfig */
export interface JsonContentParser_RuleConfig {
  readonly rule?: JsonToMetadata_Rule;
  readonly stop_processing_after_matches?: number;
}

/** envoy.extensions.dynamic_modules.v3.DynamicModuleConfig */
export interface DynamicModuleConfig {
  readonly name?: string;
  readonly do_not_close?: boolean;
  readonly load_globally?: boolean;
  readonly metrics_namespace?: string;
  readonly module?: AsyncDataSource;
  readonly nack_on_cache_miss?: boolean;
}

/** envoy.extensions.early_data.v3.DefaultEarlyDataPolicy */
export interface DefaultEarlyDataPolicy {
  readonly '@type': 'type.googleapis.com/envoy.extensions.early_data.v3.DefaultEarlyDataPolicy';
}

/** envoy.extensions.filters.common.dependency.v3.Dependency */
export interface Dependency {
  readonly type?: Dependency_DependencyType;
  readonly name?: string;
}

/** envoy.extensions.filters.common.dependency.v3.FilterDependencies */
export interface FilterDependencies {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.common.dependency.v3.FilterDependencies';
  readonly decode_required?: readonly Dependency[];
  readonly decode_provided?: readonly Dependency[];
  readonly encode_required?: readonly Dependency[];
  readonly encode_provided?: readonly Dependency[];
}

/** envoy.extensions.filters.common.dependency.v3.MatchingRequirements */
export interface MatchingRequirements {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.common.dependency.v3.MatchingRequirements';
  readonly data_input_allow_list?: MatchingRequirements_DataInputAllowList;
}

/** envoy.extensions.filters.common.dependency.v3.MatchingRequirements.DataInputAllowList */
export interface MatchingRequirements_DataInputAllowList {
  readonly type_url?: readonly string[];
}

/** envoy.extensions.filters.common.fault.v3.FaultDelay */
export interface FaultDelay {
  /** oneof fault_delay_secifier */
  readonly fixed_delay?: DurationText;
  /** oneof fault_delay_secifier */
  readonly header_delay?: FaultDelay_HeaderDelay;
  readonly percentage?: FractionalPercent;
}

/** envoy.extensions.filters.common.fault.v3.FaultDelay.HeaderDelay */
export interface FaultDelay_HeaderDelay {
}

/** envoy.extensions.filters.common.fault.v3.FaultRateLimit */
export interface FaultRateLimit {
  /** oneof limit_type */
  readonly fixed_limit?: FaultRateLimit_FixedLimit;
  /** oneof limit_type */
  readonly header_limit?: FaultRateLimit_HeaderLimit;
  readonly percentage?: FractionalPercent;
}

/** envoy.extensions.filters.common.fault.v3.FaultRateLimit.FixedLimit */
export interface FaultRateLimit_FixedLimit {
  readonly limit_kbps?: Integer64;
}

/** envoy.extensions.filters.common.fault.v3.FaultRateLimit.HeaderLimit */
export interface FaultRateLimit_HeaderLimit {
}

/** envoy.extensions.filters.common.jwks.v3.JwksAsyncFetch */
export interface FiltersCommonJwksJwksAsyncFetch {
  readonly fast_listener?: boolean;
  readonly failed_refetch_duration?: DurationText;
}

/** envoy.extensions.filters.common.jwks.v3.JwtHandshakeValidator */
export interface JwtHandshakeValidator {
  readonly issuer?: string;
  readonly audiences?: readonly string[];
  /** oneof jwks_source_specifier */
  readonly local_jwks?: DataSource;
  /** oneof jwks_source_specifier */
  readonly remote_jwks?: FiltersCommonJwksRemoteJwks;
  readonly token_header?: string;
  readonly claims_metadata_namespace?: string;
  readonly allow_missing_or_failed?: boolean;
  readonly clock_skew_seconds?: number;
}

/** envoy.extensions.filters.common.jwks.v3.RemoteJwks */
export interface FiltersCommonJwksRemoteJwks {
  readonly http_uri?: HttpUri;
  readonly cache_duration?: DurationText;
  readonly async_fetch?: FiltersCommonJwksJwksAsyncFetch;
  readonly retry_policy?: CoreRetryPolicy;
}

/** envoy.extensions.filters.common.matcher.action.v3.SkipFilter */
export interface SkipFilter {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.common.matcher.action.v3.SkipFilter';
}

/** envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue */
export interface FilterStateValue {
  /** oneof key */
  readonly object_key?: string;
  readonly factory_key?: string;
  /** oneof value */
  readonly format_string?: SubstitutionFormatString;
  /** @deprecated */
  readonly read_only?: boolean;
  readonly shared_with_upstream?: FilterStateValue_SharedWithUpstream;
  readonly skip_if_empty?: boolean;
}

/** envoy.extensions.filters.http.a2a.v3.A2a */
export interface A2a {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.a2a.v3.A2a';
  readonly traffic_mode?: A2a_TrafficMode;
  readonly max_request_body_size?: number;
  readonly parser_config?: FiltersHttpA2aParserConfig;
  readonly storage_mode?: A2a_StorageMode;
}

/** envoy.extensions.filters.http.a2a.v3.MethodParsingConfig */
export interface MethodParsingConfig {
  readonly group?: string;
  readonly paths?: readonly string[];
}

/** envoy.extensions.filters.http.a2a.v3.ParserConfig */
export interface FiltersHttpA2aParserConfig {
  readonly method_configs?: { readonly [key: string]: MethodParsingConfig };
  readonly always_extract_attributes?: readonly string[];
  readonly group_metadata_key?: string;
}

/** envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency */
export interface AdaptiveConcurrency {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency';
  /** oneof concurrency_controller_config */
  readonly gradient_controller_config?: GradientControllerConfig;
  readonly enabled?: RuntimeFeatureFlag;
  readonly concurrency_limit_exceeded_status?: HttpStatus;
}

/** envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig */
export interface GradientControllerConfig {
  readonly sample_aggregate_percentile?: Percent;
  readonly concurrency_limit_params?: GradientControllerConfig_ConcurrencyLimitCalculationParams;
  readonly min_rtt_calc_params?: GradientControllerConfig_MinimumRTTCalculationParams;
}

/** envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig.ConcurrencyLimitCalculationParams */
export interface GradientControllerConfig_ConcurrencyLimitCalculationParams {
  readonly max_concurrency_limit?: number;
  readonly concurrency_update_interval?: DurationText;
  readonly min_concurrency_limit?: number;
}

/** envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig.MinimumRTTCalculationParams */
export interface GradientControllerConfig_MinimumRTTCalculationParams {
  readonly interval?: DurationText;
  readonly fixed_value?: DurationText;
  readonly request_count?: number;
  readonly jitter?: Percent;
  readonly min_concurrency?: number;
  readonly buffer?: Percent;
}

/** envoy.extensions.filters.http.admission_control.v3.AdmissionControl */
export interface AdmissionControl {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.admission_control.v3.AdmissionControl';
  readonly enabled?: RuntimeFeatureFlag;
  /** oneof evaluation_criteria */
  readonly success_criteria?: AdmissionControl_SuccessCriteria;
  readonly sampling_window?: DurationText;
  readonly aggression?: RuntimeDouble;
  readonly sr_threshold?: RuntimePercent;
  readonly rps_threshold?: RuntimeUInt32;
  readonly max_rejection_probability?: RuntimePercent;
}

/** envoy.extensions.filters.http.admission_control.v3.AdmissionControl.SuccessCriteria */
export interface AdmissionControl_SuccessCriteria {
  readonly http_criteria?: AdmissionControl_SuccessCriteria_HttpCriteria;
  readonly grpc_criteria?: AdmissionControl_SuccessCriteria_GrpcCriteria;
}

/** envoy.extensions.filters.http.admission_control.v3.AdmissionControl.SuccessCriteria.GrpcCriteria */
export interface AdmissionControl_SuccessCriteria_GrpcCriteria {
  readonly grpc_success_status?: readonly number[];
}

/** envoy.extensions.filters.http.admission_control.v3.AdmissionControl.SuccessCriteria.HttpCriteria */
export interface AdmissionControl_SuccessCriteria_HttpCriteria {
  readonly http_success_status?: readonly Int32Range[];
}

/** envoy.extensions.filters.http.ai_protocol_manager.v3.AiProtocolManager */
export interface AiProtocolManager {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.ai_protocol_manager.v3.AiProtocolManager';
  readonly request_handling?: RequestHandling;
  readonly response_handling?: ResponseHandling;
  readonly filters?: readonly TypedExtensionConfig[];
}

/** envoy.extensions.filters.http.ai_protocol_manager.v3.AiProtocolManagerPerRoute */
export interface AiProtocolManagerPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.ai_protocol_manager.v3.AiProtocolManagerPerRoute';
  readonly request?: RequestPerRoute;
  readonly response?: ResponsePerRoute;
}

/** envoy.extensions.filters.http.ai_protocol_manager.v3.RequestHandling */
export interface RequestHandling {
  readonly parse_unconfigured_routes?: boolean;
  readonly limits?: RequestParsingLimits;
  readonly reserialize_body?: RequestHandling_BodyReserialization;
}

/** envoy.extensions.filters.http.ai_protocol_manager.v3.RequestParsingLimits */
export interface RequestParsingLimits {
  readonly inline_string_threshold_bytes?: number;
}

/** envoy.extensions.filters.http.ai_protocol_manager.v3.RequestPerRoute */
export interface RequestPerRoute {
  readonly llm_protocol?: LLMProtocol;
}

/** envoy.extensions.filters.http.ai_protocol_manager.v3.ResponseHandling */
export interface ResponseHandling {
  readonly token_usage?: TokenUsageExtraction;
}

/** envoy.extensions.filters.http.ai_protocol_manager.v3.ResponsePerRoute */
export interface ResponsePerRoute {
  readonly llm_protocol?: LLMProtocol;
}

/** envoy.extensions.filters.http.ai_protocol_manager.v3.TokenUsageExtraction */
export interface TokenUsageExtraction {
  readonly include_unconfigured_routes?: boolean;
  readonly default_llm_protocol?: LLMProtocol;
  readonly metadata_namespace?: string;
  readonly limits?: TokenUsageExtractionLimits;
  readonly usage_signal?: TokenUsageExtraction_UsageSignal;
}

/** envoy.extensions.filters.http.ai_protocol_manager.v3.TokenUsageExtractionLimits */
export interface TokenUsageExtractionLimits {
  readonly max_sse_event_size?: number;
  readonly max_json_body_size?: number;
  readonly max_parsed_sse_events?: number;
}

/** envoy.extensions.filters.http.alternate_protocols_cache.v3.FilterConfig */
export interface FiltersHttpAlternateProtocolsCacheFilterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.alternate_protocols_cache.v3.FilterConfig';
  /** @deprecated */
  readonly alternate_protocols_cache_options?: AlternateProtocolsCacheOptions;
}

/** envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth */
export interface ApiKeyAuth {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth';
  readonly credentials?: readonly Credential[];
  readonly key_sources?: readonly KeySource[];
  readonly forwarding?: Forwarding;
}

/** envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuthPerRoute */
export interface ApiKeyAuthPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuthPerRoute';
  readonly credentials?: readonly Credential[];
  readonly key_sources?: readonly KeySource[];
  readonly allowed_clients?: readonly string[];
  readonly forwarding?: Forwarding;
}

/** envoy.extensions.filters.http.api_key_auth.v3.Credential */
export interface Credential {
  readonly key?: string;
  readonly client?: string;
}

/** envoy.extensions.filters.http.api_key_auth.v3.Forwarding */
export interface Forwarding {
  readonly header?: string;
  readonly hide_credentials?: boolean;
}

/** envoy.extensions.filters.http.api_key_auth.v3.KeySource */
export interface KeySource {
  readonly header?: string;
  readonly query?: string;
  readonly cookie?: string;
}

/** envoy.extensions.filters.http.aws_eventstream_parser.v3.AwsEventstreamParser */
export interface AwsEventstreamParser {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.aws_eventstream_parser.v3.AwsEventstreamParser';
  readonly response_rules?: AwsEventstreamParser_ProcessingRules;
}

/** envoy.extensions.filters.http.aws_eventstream_parser.v3.AwsEventstreamParser.HeaderKeyValuePair */
export interface AwsEventstreamParser_HeaderKeyValuePair {
  readonly metadata_namespace?: string;
  readonly key?: string;
  readonly value?: unknown;
}

/** envoy.extensions.filters.http.aws_eventstream_parser.v3.AwsEventstreamParser.HeaderRule */
export interface AwsEventstreamParser_HeaderRule {
  readonly header_name?: string;
  readonly on_present?: AwsEventstreamParser_HeaderKeyValuePair;
  readonly on_missing?: AwsEventstreamParser_HeaderKeyValuePair;
  readonly stop_processing_after_matches?: number;
}

/** envoy.extensions.filters.http.aws_eventstream_parser.v3.AwsEventstreamParser.ProcessingRules */
export interface AwsEventstreamParser_ProcessingRules {
  readonly content_parser?: TypedExtensionConfig;
  readonly header_rules?: readonly AwsEventstreamParser_HeaderRule[];
}

/** envoy.extensions.filters.http.aws_lambda.v3.Config */
export interface FiltersHttpAwsLambdaConfig {
  readonly arn?: string;
  readonly payload_passthrough?: boolean;
  readonly invocation_mode?: Config_InvocationMode;
  readonly host_rewrite?: string;
  readonly credentials_profile?: string;
  readonly credentials?: Credentials;
  readonly match_excluded_headers?: readonly TypeMatcherStringMatcher[];
  readonly match_included_headers?: readonly TypeMatcherStringMatcher[];
}

/** envoy.extensions.filters.http.aws_lambda.v3.Credentials */
export interface Credentials {
  readonly access_key_id?: string;
  readonly secret_access_key?: string;
  readonly session_token?: string;
}

/** envoy.extensions.filters.http.aws_lambda.v3.PerRouteConfig */
export interface FiltersHttpAwsLambdaPerRouteConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.aws_lambda.v3.PerRouteConfig';
  readonly invoke_config?: FiltersHttpAwsLambdaConfig;
}

/** envoy.extensions.filters.http.aws_request_signing.v3.AwsRequestSigning */
export interface AwsRequestSigning {
  readonly service_name?: string;
  readonly region?: string;
  readonly host_rewrite?: string;
  readonly use_unsigned_payload?: boolean;
  readonly match_excluded_headers?: readonly TypeMatcherStringMatcher[];
  readonly signing_algorithm?: AwsRequestSigning_SigningAlgorithm;
  readonly query_string?: AwsRequestSigning_QueryString;
  readonly credential_provider?: AwsCredentialProvider;
  readonly match_included_headers?: readonly TypeMatcherStringMatcher[];
}

/** envoy.extensions.filters.http.aws_request_signing.v3.AwsRequestSigning.QueryString */
export interface AwsRequestSigning_QueryString {
  readonly expiration_time?: DurationText;
}

/** envoy.extensions.filters.http.aws_request_signing.v3.AwsRequestSigningPerRoute */
export interface AwsRequestSigningPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.aws_request_signing.v3.AwsRequestSigningPerRoute';
  readonly aws_request_signing?: AwsRequestSigning;
  readonly stat_prefix?: string;
}

/** envoy.extensions.filters.http.bandwidth_limit.v3.BandwidthLimit */
export interface BandwidthLimit {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.bandwidth_limit.v3.BandwidthLimit';
  readonly stat_prefix?: string;
  readonly enable_mode?: BandwidthLimit_EnableMode;
  readonly limit_kbps?: Integer64;
  readonly fill_interval?: DurationText;
  readonly runtime_enabled?: RuntimeFeatureFlag;
  readonly enable_response_trailers?: boolean;
  readonly response_trailer_prefix?: string;
}

/** envoy.extensions.filters.http.bandwidth_share.v3.BandwidthShare */
export interface BandwidthShare {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.bandwidth_share.v3.BandwidthShare';
  readonly request_limit?: BandwidthShare_Limit;
  readonly response_limit?: BandwidthShare_Limit;
  readonly fill_interval?: DurationText;
  readonly enable_response_trailers?: boolean;
  readonly response_trailer_prefix?: string;
  readonly tenant_name_selector?: XdsTypeMatcherMatcher;
  readonly tenant_configs?: { readonly [key: string]: BandwidthShare_TenantConfig };
  readonly default_tenant_config?: BandwidthShare_TenantConfig;
}

/** envoy.extensions.filters.http.bandwidth_share.v3.BandwidthShare.Limit */
export interface BandwidthShare_Limit {
  readonly bucket_id?: string;
  readonly kbps?: RuntimeUInt32;
}

/** envoy.extensions.filters.http.bandwidth_share.v3.BandwidthShare.TenantConfig */
export interface BandwidthShare_TenantConfig {
  readonly weight?: number;
  readonly include_stats_tag?: boolean;
}

/** envoy.extensions.filters.http.basic_auth.v3.BasicAuth */
export interface BasicAuth {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.basic_auth.v3.BasicAuth';
  readonly users?: DataSource;
  readonly forward_username_header?: string;
  readonly authentication_header?: string;
  readonly allow_missing?: boolean;
  readonly emit_dynamic_metadata?: boolean;
  readonly realm?: string;
}

/** envoy.extensions.filters.http.basic_auth.v3.BasicAuthPerRoute */
export interface BasicAuthPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.basic_auth.v3.BasicAuthPerRoute';
  readonly users?: DataSource;
  readonly realm?: string;
}

/** envoy.extensions.filters.http.body_size_limit.v3.BodySizeLimit */
export interface BodySizeLimit {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.body_size_limit.v3.BodySizeLimit';
  readonly max_request_bytes?: Integer64;
}

/** envoy.extensions.filters.http.buffer.v3.Buffer */
export interface Buffer {
  readonly max_request_bytes?: number;
}

/** envoy.extensions.filters.http.buffer.v3.BufferPerRoute */
export interface BufferPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute';
  /** oneof override */
  readonly disabled?: boolean;
  /** oneof override */
  readonly buffer?: Buffer;
}

/** envoy.extensions.filters.http.cache.v3.CacheConfig */
export interface FiltersHttpCacheCacheConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.cache.v3.CacheConfig';
  readonly typed_config?: Any;
  readonly disabled?: boolean;
  readonly allowed_vary_headers?: readonly TypeMatcherStringMatcher[];
  readonly key_creator_params?: CacheConfig_KeyCreatorParams;
  readonly max_body_bytes?: number;
  readonly ignore_request_cache_control_header?: boolean;
}

/** envoy.extensions.filters.http.cache.v3.CacheConfig.KeyCreatorParams */
export interface CacheConfig_KeyCreatorParams {
  readonly exclude_scheme?: boolean;
  readonly exclude_host?: boolean;
  readonly query_parameters_included?: readonly QueryParameterMatcher[];
  readonly query_parameters_excluded?: readonly QueryParameterMatcher[];
}

/** envoy.extensions.filters.http.cache_v2.v3.CacheV2Config */
export interface CacheV2Config {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.cache_v2.v3.CacheV2Config';
  readonly typed_config?: Any;
  readonly disabled?: boolean;
  readonly allowed_vary_headers?: readonly TypeMatcherStringMatcher[];
  readonly key_creator_params?: CacheV2Config_KeyCreatorParams;
  readonly max_body_bytes?: number;
  readonly ignore_request_cache_control_header?: boolean;
  readonly override_upstream_cluster?: string;
}

/** envoy.extensions.filters.http.cache_v2.v3.CacheV2Config.KeyCreatorParams */
export interface CacheV2Config_KeyCreatorParams {
  readonly exclude_scheme?: boolean;
  readonly exclude_host?: boolean;
  readonly query_parameters_included?: readonly QueryParameterMatcher[];
  readonly query_parameters_excluded?: readonly QueryParameterMatcher[];
}

/** envoy.extensions.filters.http.cdn_loop.v3.CdnLoopConfig */
export interface CdnLoopConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.cdn_loop.v3.CdnLoopConfig';
  readonly cdn_id?: string;
  readonly max_allowed_occurrences?: number;
}

/** envoy.extensions.filters.http.composite.v3.Composite */
export interface Composite {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.composite.v3.Composite';
  readonly named_filter_chains?: { readonly [key: string]: FilterChainConfiguration };
  readonly matcher?: XdsTypeMatcherMatcher;
}

/** envoy.extensions.filters.http.composite.v3.CompositePerRoute */
export interface CompositePerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.composite.v3.CompositePerRoute';
  readonly matcher?: XdsTypeMatcherMatcher;
}

/** envoy.extensions.filters.http.composite.v3.DynamicConfig */
export interface DynamicConfig {
  readonly name?: string;
  readonly config_discovery?: ExtensionConfigSource;
}

/** envoy.extensions.filters.http.composite.v3.ExecuteFilterAction */
export interface ExecuteFilterAction {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.composite.v3.ExecuteFilterAction';
  readonly typed_config?: TypedExtensionConfig;
  readonly dynamic_config?: DynamicConfig;
  readonly filter_chain?: FilterChainConfiguration;
  readonly filter_chain_name?: string;
  readonly sample_percent?: RuntimeFractionalPercent;
}

/** envoy.extensions.filters.http.composite.v3.FilterChainConfiguration */
export interface FilterChainConfiguration {
  readonly typed_config?: readonly TypedExtensionConfig[];
}

/** envoy.extensions.filters.http.compressor.v3.Compressor */
export interface Compressor {
  /** @deprecated */
  readonly content_length?: number;
  /** @deprecated */
  readonly content_type?: readonly string[];
  /** @deprecated */
  readonly disable_on_etag_header?: boolean;
  /** @deprecated */
  readonly remove_accept_encoding_header?: boolean;
  /** @deprecated */
  readonly runtime_enabled?: RuntimeFeatureFlag;
  readonly compressor_library?: TypedExtensionConfig;
  readonly request_direction_config?: Compressor_RequestDirectionConfig;
  readonly response_direction_config?: Compressor_ResponseDirectionConfig;
  readonly choose_first?: boolean;
}

/** envoy.extensions.filters.http.compressor.v3.Compressor.CommonDirectionConfig */
export interface Compressor_CommonDirectionConfig {
  readonly enabled?: RuntimeFeatureFlag;
  readonly min_content_length?: number;
  /** @deprecated */
  readonly content_type?: readonly string[];
  readonly content_type_matcher?: readonly TypeMatcherStringMatcher[];
}

/** envoy.extensions.filters.http.compressor.v3.Compressor.RequestDirectionConfig */
export interface Compressor_RequestDirectionConfig {
  readonly common_config?: Compressor_CommonDirectionConfig;
}

/** envoy.extensions.filters.http.compressor.v3.Compressor.ResponseDirectionConfig */
export interface Compressor_ResponseDirectionConfig {
  readonly common_config?: Compressor_CommonDirectionConfig;
  readonly disable_on_etag_header?: boolean;
  readonly weaken_etag_on_compress?: boolean;
  readonly remove_accept_encoding_header?: boolean;
  readonly uncompressible_response_codes?: readonly number[];
  readonly status_header_enabled?: boolean;
}

/** envoy.extensions.filters.http.compressor.v3.CompressorOverrides */
export interface CompressorOverrides {
  readonly response_direction_config?: ResponseDirectionOverrides;
  readonly compressor_library?: TypedExtensionConfig;
}

/** envoy.extensions.filters.http.compressor.v3.CompressorPerRoute */
export interface CompressorPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.compressor.v3.CompressorPerRoute';
  /** oneof override */
  readonly disabled?: boolean;
  /** oneof override */
  readonly overrides?: CompressorOverrides;
}

/** envoy.extensions.filters.http.compressor.v3.ResponseDirectionOverrides */
export interface ResponseDirectionOverrides {
  readonly remove_accept_encoding_header?: boolean;
}

/** envoy.extensions.filters.http.connect_grpc_bridge.v3.FilterConfig */
export interface FiltersHttpConnectGrpcBridgeFilterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.connect_grpc_bridge.v3.FilterConfig';
}

/** envoy.extensions.filters.http.cors.v3.Cors */
export interface Cors {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors';
}

/** envoy.extensions.filters.http.cors.v3.CorsPolicy */
export interface FiltersHttpCorsCorsPolicy {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy';
  readonly allow_origin_string_match?: readonly TypeMatcherStringMatcher[];
  readonly allow_methods?: string;
  readonly allow_headers?: string;
  readonly expose_headers?: string;
  readonly max_age?: string;
  readonly allow_credentials?: boolean;
  readonly filter_enabled?: RuntimeFractionalPercent;
  readonly shadow_enabled?: RuntimeFractionalPercent;
  readonly allow_private_network_access?: boolean;
  readonly forward_not_matching_preflights?: boolean;
}

/** envoy.extensions.filters.http.credential_injector.v3.CredentialInjector */
export interface CredentialInjector {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.credential_injector.v3.CredentialInjector';
  readonly overwrite?: boolean;
  readonly allow_request_without_credential?: boolean;
  readonly credential?: TypedExtensionConfig;
}

/** envoy.extensions.filters.http.csrf.v3.CsrfPolicy */
export interface CsrfPolicy {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.csrf.v3.CsrfPolicy';
  readonly filter_enabled?: RuntimeFractionalPercent;
  readonly shadow_enabled?: RuntimeFractionalPercent;
  readonly additional_origins?: readonly TypeMatcherStringMatcher[];
}

/** envoy.extensions.filters.http.custom_response.v3.CustomResponse */
export interface CustomResponse {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.custom_response.v3.CustomResponse';
  readonly custom_response_matcher?: XdsTypeMatcherMatcher;
}

/** envoy.extensions.filters.http.decompressor.v3.Decompressor */
export interface Decompressor {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.decompressor.v3.Decompressor';
  readonly decompressor_library?: TypedExtensionConfig;
  readonly request_direction_config?: Decompressor_RequestDirectionConfig;
  readonly response_direction_config?: Decompressor_ResponseDirectionConfig;
}

/** envoy.extensions.filters.http.decompressor.v3.Decompressor.CommonDirectionConfig */
export interface Decompressor_CommonDirectionConfig {
  readonly enabled?: RuntimeFeatureFlag;
  readonly ignore_no_transform_header?: boolean;
}

/** envoy.extensions.filters.http.decompressor.v3.Decompressor.RequestDirectionConfig */
export interface Decompressor_RequestDirectionConfig {
  readonly common_config?: Decompressor_CommonDirectionConfig;
  readonly advertise_accept_encoding?: boolean;
}

/** envoy.extensions.filters.http.decompressor.v3.Decompressor.ResponseDirectionConfig */
export interface Decompressor_ResponseDirectionConfig {
  readonly common_config?: Decompressor_CommonDirectionConfig;
}

/** envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig */
export interface FiltersHttpDynamicForwardProxyFilterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig';
  /** oneof implementation_specifier */
  readonly dns_cache_config?: DnsCacheConfig;
  /** oneof implementation_specifier */
  readonly sub_cluster_config?: SubClusterConfig;
  readonly save_upstream_address?: boolean;
  readonly allow_dynamic_host_from_filter_state?: boolean;
}

/** envoy.extensions.filters.http.dynamic_forward_proxy.v3.PerRouteConfig */
export interface FiltersHttpDynamicForwardProxyPerRouteConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.dynamic_forward_proxy.v3.PerRouteConfig';
  /** oneof host_rewrite_specifier */
  readonly host_rewrite_literal?: string;
  /** oneof host_rewrite_specifier */
  readonly host_rewrite_header?: string;
}

/** envoy.extensions.filters.http.dynamic_forward_proxy.v3.SubClusterConfig */
export interface SubClusterConfig {
  readonly cluster_init_timeout?: DurationText;
}

/** envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter */
export interface DynamicModuleFilter {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly filter_name?: string;
  readonly filter_config?: Any;
  readonly terminal_filter?: boolean;
}

/** envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilterPerRoute */
export interface DynamicModuleFilterPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilterPerRoute';
  readonly dynamic_module_config?: DynamicModuleConfig;
  /** @deprecated */
  readonly per_route_config_name?: string;
  readonly filter_name?: string;
  readonly filter_config?: Any;
}

/** envoy.extensions.filters.http.dynamo.v3.Dynamo */
export interface Dynamo {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.dynamo.v3.Dynamo';
}

/** envoy.extensions.filters.http.ext_authz.v3.AuthorizationRequest */
export interface AuthorizationRequest {
  /** @deprecated */
  readonly allowed_headers?: ListStringMatcher;
  readonly headers_to_add?: readonly HeaderValue[];
}

/** envoy.extensions.filters.http.ext_authz.v3.AuthorizationResponse */
export interface AuthorizationResponse {
  readonly allowed_upstream_headers?: ListStringMatcher;
  readonly allowed_upstream_headers_to_append?: ListStringMatcher;
  readonly allowed_client_headers?: ListStringMatcher;
  readonly allowed_client_headers_on_success?: ListStringMatcher;
  readonly dynamic_metadata_from_headers?: ListStringMatcher;
}

/** envoy.extensions.filters.http.ext_authz.v3.BufferSettings */
export interface BufferSettings {
  readonly max_request_bytes?: number;
  readonly allow_partial_message?: boolean;
  readonly pack_as_bytes?: boolean;
}

/** envoy.extensions.filters.http.ext_authz.v3.CheckSettings */
export interface CheckSettings {
  readonly context_extensions?: { readonly [key: string]: string };
  readonly disable_request_body_buffering?: boolean;
  readonly with_request_body?: BufferSettings;
  /** oneof service_override */
  readonly grpc_service?: GrpcService;
  /** oneof service_override */
  readonly http_service?: FiltersHttpExtAuthzHttpService;
  readonly emit_client_span?: boolean;
}

/** envoy.extensions.filters.http.ext_authz.v3.ExtAuthz */
export interface FiltersHttpExtAuthzExtAuthz {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz';
  /** oneof services */
  readonly grpc_service?: GrpcService;
  /** oneof services */
  readonly http_service?: FiltersHttpExtAuthzHttpService;
  readonly transport_api_version?: ApiVersion;
  readonly failure_mode_allow?: boolean;
  readonly failure_mode_allow_header_add?: boolean;
  readonly with_request_body?: BufferSettings;
  readonly clear_route_cache?: boolean;
  readonly clear_route_cache_headers?: readonly string[];
  readonly status_on_error?: HttpStatus;
  readonly validate_mutations?: boolean;
  readonly metadata_context_namespaces?: readonly string[];
  readonly typed_metadata_context_namespaces?: readonly string[];
  readonly route_metadata_context_namespaces?: readonly string[];
  readonly route_typed_metadata_context_namespaces?: readonly string[];
  readonly filter_enabled?: RuntimeFractionalPercent;
  readonly filter_enabled_metadata?: MetadataMatcher;
  readonly deny_at_disable?: RuntimeFeatureFlag;
  readonly include_peer_certificate?: boolean;
  readonly stat_prefix?: string;
  readonly bootstrap_metadata_labels_key?: string;
  readonly allowed_headers?: ListStringMatcher;
  readonly disallowed_headers?: ListStringMatcher;
  readonly include_tls_session?: boolean;
  readonly charge_cluster_response_stats?: boolean;
  readonly encode_raw_headers?: boolean;
  readonly decoder_header_mutation_rules?: HeaderMutationRules;
  readonly enable_dynamic_metadata_ingestion?: boolean;
  readonly filter_metadata?: Plain;
  readonly emit_filter_state_stats?: boolean;
  readonly max_denied_response_body_bytes?: number;
  readonly enforce_response_header_limits?: boolean;
  readonly shadow_mode?: boolean;
  readonly emit_client_span?: boolean;
}

/** envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute */
export interface ExtAuthzPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute';
  /** oneof override */
  readonly disabled?: boolean;
  /** oneof override */
  readonly check_settings?: CheckSettings;
}

/** envoy.extensions.filters.http.ext_authz.v3.HttpService */
export interface FiltersHttpExtAuthzHttpService {
  readonly server_uri?: HttpUri;
  readonly path_prefix?: string;
  readonly path_override?: string;
  readonly authorization_request?: AuthorizationRequest;
  readonly authorization_response?: AuthorizationResponse;
  readonly retry_policy?: CoreRetryPolicy;
}

/** envoy.extensions.filters.http.ext_authz.v3.ShadowDecision */
export interface ShadowDecision {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ShadowDecision';
  readonly check_result?: ShadowDecision_CheckResult;
  readonly status_code?: number;
  readonly response_headers?: readonly HeaderValue[];
}

/** envoy.extensions.filters.http.ext_proc.v3.ExtProcHttpService */
export interface ExtProcHttpService {
  readonly http_service?: CoreHttpService;
}

/** envoy.extensions.filters.http.ext_proc.v3.ExtProcOverrides */
export interface ExtProcOverrides {
  readonly processing_mode?: FiltersHttpExtProcProcessingMode;
  /** @deprecated */
  readonly async_mode?: boolean;
  readonly request_attributes?: readonly string[];
  readonly response_attributes?: readonly string[];
  readonly grpc_service?: GrpcService;
  readonly metadata_options?: FiltersHttpExtProcMetadataOptions;
  readonly grpc_initial_metadata?: readonly HeaderValue[];
  readonly failure_mode_allow?: boolean;
  readonly processing_request_modifier?: TypedExtensionConfig;
  readonly emit_client_span?: boolean;
}

/** envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute */
export interface ExtProcPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute';
  /** oneof override */
  readonly disabled?: boolean;
  /** oneof override */
  readonly overrides?: ExtProcOverrides;
}

/** envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor */
export interface ExternalProcessor {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor';
  readonly grpc_service?: GrpcService;
  readonly http_service?: ExtProcHttpService;
  readonly failure_mode_allow?: boolean;
  readonly processing_mode?: FiltersHttpExtProcProcessingMode;
  readonly request_attributes?: readonly string[];
  readonly response_attributes?: readonly string[];
  readonly message_timeout?: DurationText;
  readonly stat_prefix?: string;
  readonly mutation_rules?: HeaderMutationRules;
  readonly max_message_timeout?: DurationText;
  readonly forward_rules?: HeaderForwardingRules;
  readonly filter_metadata?: Plain;
  readonly allow_mode_override?: boolean;
  readonly disable_immediate_response?: boolean;
  readonly metadata_options?: FiltersHttpExtProcMetadataOptions;
  readonly observability_mode?: boolean;
  readonly disable_clear_route_cache?: boolean;
  readonly route_cache_action?: ExternalProcessor_RouteCacheAction;
  readonly deferred_close_timeout?: DurationText;
  readonly send_body_without_waiting_for_header_response?: boolean;
  readonly allowed_override_modes?: readonly FiltersHttpExtProcProcessingMode[];
  readonly processing_request_modifier?: TypedExtensionConfig;
  readonly on_processing_response?: TypedExtensionConfig;
  readonly status_on_error?: HttpStatus;
  readonly allow_content_length_header?: boolean;
  readonly emit_client_span?: boolean;
}

/** envoy.extensions.filters.http.ext_proc.v3.HeaderForwardingRules */
export interface HeaderForwardingRules {
  readonly allowed_headers?: ListStringMatcher;
  readonly disallowed_headers?: ListStringMatcher;
}

/** envoy.extensions.filters.http.ext_proc.v3.MetadataOptions */
export interface FiltersHttpExtProcMetadataOptions {
  readonly forwarding_namespaces?: FiltersHttpExtProcMetadataOptions_MetadataNamespaces;
  readonly receiving_namespaces?: FiltersHttpExtProcMetadataOptions_MetadataNamespaces;
  readonly cluster_metadata_forwarding_namespaces?: FiltersHttpExtProcMetadataOptions_MetadataNamespaces;
}

/** envoy.extensions.filters.http.ext_proc.v3.MetadataOptions.MetadataNamespaces */
export interface FiltersHttpExtProcMetadataOptions_MetadataNamespaces {
  readonly untyped?: readonly string[];
  readonly typed?: readonly string[];
}

/** envoy.extensions.filters.http.ext_proc.v3.ProcessingMode */
export interface FiltersHttpExtProcProcessingMode {
  readonly request_header_mode?: ProcessingMode_HeaderSendMode;
  readonly response_header_mode?: ProcessingMode_HeaderSendMode;
  readonly request_body_mode?: ProcessingMode_BodySendMode;
  readonly response_body_mode?: ProcessingMode_BodySendMode;
  readonly request_trailer_mode?: ProcessingMode_HeaderSendMode;
  readonly response_trailer_mode?: ProcessingMode_HeaderSendMode;
}

/** envoy.extensions.filters.http.fault.v3.FaultAbort */
export interface FaultAbort {
  /** oneof error_type */
  readonly http_status?: number;
  /** oneof error_type */
  readonly grpc_status?: number;
  /** oneof error_type */
  readonly header_abort?: FaultAbort_HeaderAbort;
  readonly percentage?: FractionalPercent;
  readonly response_body?: string;
}

/** envoy.extensions.filters.http.fault.v3.FaultAbort.HeaderAbort */
export interface FaultAbort_HeaderAbort {
}

/** envoy.extensions.filters.http.fault.v3.HTTPFault */
export interface HTTPFault {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault';
  readonly delay?: FaultDelay;
  readonly abort?: FaultAbort;
  readonly upstream_cluster?: string;
  readonly headers?: readonly HeaderMatcher[];
  readonly downstream_nodes?: readonly string[];
  readonly max_active_faults?: number;
  readonly response_rate_limit?: FaultRateLimit;
  readonly delay_percent_runtime?: string;
  readonly abort_percent_runtime?: string;
  readonly delay_duration_runtime?: string;
  readonly abort_http_status_runtime?: string;
  readonly max_active_faults_runtime?: string;
  readonly response_rate_limit_percent_runtime?: string;
  readonly abort_grpc_status_runtime?: string;
  readonly disable_downstream_cluster_stats?: boolean;
  readonly filter_metadata?: Plain;
}

/** envoy.extensions.filters.http.file_server.v3.FileServerConfig */
export interface FileServerConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.file_server.v3.FileServerConfig';
  readonly manager_config?: AsyncFileManagerConfig;
  readonly path_mappings?: readonly FileServerConfig_PathMapping[];
  readonly content_types?: { readonly [key: string]: string };
  readonly default_content_type?: string;
  readonly directory_behaviors?: readonly FileServerConfig_DirectoryBehavior[];
}

/** envoy.extensions.filters.http.file_server.v3.FileServerConfig.DirectoryBehavior */
export interface FileServerConfig_DirectoryBehavior {
  readonly default_file?: string;
  readonly list?: FileServerConfig_DirectoryBehavior_List;
}

/** envoy.extensions.filters.http.file_server.v3.FileServerConfig.DirectoryBehavior.List */
export interface FileServerConfig_DirectoryBehavior_List {
}

/** envoy.extensions.filters.http.file_server.v3.FileServerConfig.PathMapping */
export interface FileServerConfig_PathMapping {
  readonly request_path_prefix?: string;
  readonly file_path_prefix?: string;
}

/** envoy.extensions.filters.http.file_system_buffer.v3.BufferBehavior */
export interface BufferBehavior {
  /** oneof behavior */
  readonly stream_when_possible?: BufferBehavior_StreamWhenPossible;
  /** oneof behavior */
  readonly bypass?: BufferBehavior_Bypass;
  /** oneof behavior */
  readonly inject_content_length_if_necessary?: BufferBehavior_InjectContentLengthIfNecessary;
  /** oneof behavior */
  readonly fully_buffer_and_always_inject_content_length?: BufferBehavior_FullyBufferAndAlwaysInjectContentLength;
  /** oneof behavior */
  readonly fully_buffer?: BufferBehavior_FullyBuffer;
}

/** envoy.extensions.filters.http.file_system_buffer.v3.BufferBehavior.Bypass */
export interface BufferBehavior_Bypass {
}

/** envoy.extensions.filters.http.file_system_buffer.v3.BufferBehavior.FullyBuffer */
export interface BufferBehavior_FullyBuffer {
}

/** envoy.extensions.filters.http.file_system_buffer.v3.BufferBehavior.FullyBufferAndAlwaysInjectContentLength */
export interface BufferBehavior_FullyBufferAndAlwaysInjectContentLength {
}

/** envoy.extensions.filters.http.file_system_buffer.v3.BufferBehavior.InjectContentLengthIfNecessary */
export interface BufferBehavior_InjectContentLengthIfNecessary {
}

/** envoy.extensions.filters.http.file_system_buffer.v3.BufferBehavior.StreamWhenPossible */
export interface BufferBehavior_StreamWhenPossible {
}

/** envoy.extensions.filters.http.file_system_buffer.v3.FileSystemBufferFilterConfig */
export interface FileSystemBufferFilterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.file_system_buffer.v3.FileSystemBufferFilterConfig';
  readonly manager_config?: AsyncFileManagerConfig;
  readonly storage_buffer_path?: string;
  readonly request?: StreamConfig;
  readonly response?: StreamConfig;
}

/** envoy.extensions.filters.http.file_system_buffer.v3.StreamConfig */
export interface StreamConfig {
  readonly behavior?: BufferBehavior;
  readonly memory_buffer_bytes_limit?: Integer64;
  readonly storage_buffer_bytes_limit?: Integer64;
  readonly storage_buffer_queue_high_watermark_bytes?: Integer64;
}

/** envoy.extensions.filters.http.filter_chain.v3.FilterChain */
export interface FiltersHttpFilterChainFilterChain {
  readonly filters?: readonly TypedExtensionConfig[];
}

/** envoy.extensions.filters.http.filter_chain.v3.FilterChainConfig */
export interface FilterChainConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.filter_chain.v3.FilterChainConfig';
  readonly default_filter_chain?: FiltersHttpFilterChainFilterChain;
}

/** envoy.extensions.filters.http.filter_chain.v3.FilterChainConfigPerRoute */
export interface FilterChainConfigPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.filter_chain.v3.FilterChainConfigPerRoute';
  readonly filter_chain?: FiltersHttpFilterChainFilterChain;
}

/** envoy.extensions.filters.http.gcp_authn.v3.Audience */
export interface Audience {
  readonly url?: string;
  readonly access_token?: Audience_AccessToken;
  readonly bound_jwt?: Audience_BoundJwt;
  readonly bound_access_token?: Audience_BoundAccessToken;
  readonly iam_access_token?: Audience_IAMAccessToken;
}

/** envoy.extensions.filters.http.gcp_authn.v3.Audience.AccessToken */
export interface Audience_AccessToken {
  readonly scopes?: readonly string[];
}

/** envoy.extensions.filters.http.gcp_authn.v3.Audience.BoundAccessToken */
export interface Audience_BoundAccessToken {
  readonly scopes?: readonly string[];
}

/** envoy.extensions.filters.http.gcp_authn.v3.Audience.BoundJwt */
export interface Audience_BoundJwt {
  readonly url?: string;
}

/** envoy.extensions.filters.http.gcp_authn.v3.Audience.IAMAccessToken */
export interface Audience_IAMAccessToken {
  readonly account?: string;
  readonly authorization?: string;
  readonly scopes?: readonly string[];
}

/** envoy.extensions.filters.http.gcp_authn.v3.GcpAuthnFilterConfig */
export interface GcpAuthnFilterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.gcp_authn.v3.GcpAuthnFilterConfig';
  /** @deprecated */
  readonly http_uri?: HttpUri;
  readonly retry_policy?: CoreRetryPolicy;
  readonly cache_config?: TokenCacheConfig;
  readonly token_header?: TokenHeader;
  readonly token_metadata_key?: string;
  readonly cluster?: string;
  readonly timeout?: DurationText;
  readonly audience?: Audience;
}

/** envoy.extensions.filters.http.gcp_authn.v3.TokenCacheConfig */
export interface TokenCacheConfig {
  readonly cache_size?: Integer64;
}

/** envoy.extensions.filters.http.gcp_authn.v3.TokenHeader */
export interface TokenHeader {
  readonly name?: string;
  readonly value_prefix?: string;
  readonly preserve_existing?: TokenHeader_PreserveExisting;
}

/** envoy.extensions.filters.http.gcp_authn.v3.TokenHeader.PreserveExisting */
export interface TokenHeader_PreserveExisting {
}

/** envoy.extensions.filters.http.geoip.v3.Geoip */
export interface FiltersHttpGeoipGeoip {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.geoip.v3.Geoip';
  readonly xff_config?: Geoip_XffConfig;
  readonly custom_header_config?: Geoip_CustomHeaderConfig;
  readonly provider?: TypedExtensionConfig;
}

/** envoy.extensions.filters.http.geoip.v3.Geoip.CustomHeaderConfig */
export interface Geoip_CustomHeaderConfig {
  readonly header_name?: string;
}

/** envoy.extensions.filters.http.geoip.v3.Geoip.XffConfig */
export interface Geoip_XffConfig {
  readonly xff_num_trusted_hops?: number;
}

/** envoy.extensions.filters.http.grpc_field_extraction.v3.FieldExtractions */
export interface FieldExtractions {
  readonly request_field_extractions?: { readonly [key: string]: RequestFieldValueDisposition };
}

/** envoy.extensions.filters.http.grpc_field_extraction.v3.GrpcFieldExtractionConfig */
export interface GrpcFieldExtractionConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.grpc_field_extraction.v3.GrpcFieldExtractionConfig';
  readonly descriptor_set?: DataSource;
  readonly extractions_by_method?: { readonly [key: string]: FieldExtractions };
}

/** envoy.extensions.filters.http.grpc_field_extraction.v3.RequestFieldValueDisposition */
export interface RequestFieldValueDisposition {
  /** oneof disposition */
  readonly dynamic_metadata?: string;
  readonly metadata_key?: string;
}

/** envoy.extensions.filters.http.grpc_http1_bridge.v3.Config */
export interface FiltersHttpGrpcHttp1BridgeConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.grpc_http1_bridge.v3.Config';
  readonly upgrade_protobuf_to_grpc?: boolean;
  readonly ignore_query_parameters?: boolean;
}

/** envoy.extensions.filters.http.grpc_http1_reverse_bridge.v3.FilterConfig */
export interface FiltersHttpGrpcHttp1ReverseBridgeFilterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.grpc_http1_reverse_bridge.v3.FilterConfig';
  readonly content_type?: string;
  readonly withhold_grpc_frames?: boolean;
  readonly response_size_header?: string;
}

/** envoy.extensions.filters.http.grpc_http1_reverse_bridge.v3.FilterConfigPerRoute */
export interface FilterConfigPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.grpc_http1_reverse_bridge.v3.FilterConfigPerRoute';
  readonly disabled?: boolean;
}

/** envoy.extensions.filters.http.grpc_json_reverse_transcoder.v3.GrpcJsonReverseTranscoder */
export interface GrpcJsonReverseTranscoder {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.grpc_json_reverse_transcoder.v3.GrpcJsonReverseTranscoder';
  readonly descriptor_path?: string;
  readonly descriptor_binary?: Base64;
  readonly max_request_body_size?: number;
  readonly max_response_body_size?: number;
  readonly api_version_header?: string;
  readonly request_json_print_options?: GrpcJsonReverseTranscoder_PrintOptions;
}

/** envoy.extensions.filters.http.grpc_json_reverse_transcoder.v3.GrpcJsonReverseTranscoder.PrintOptions */
export interface GrpcJsonReverseTranscoder_PrintOptions {
  readonly always_print_primitive_fields?: boolean;
  readonly always_print_enums_as_ints?: boolean;
  readonly use_canonical_field_names?: boolean;
}

/** envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder */
export interface GrpcJsonTranscoder {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder';
  /** oneof descriptor_set */
  readonly proto_descriptor?: string;
  /** oneof descriptor_set */
  readonly proto_descriptor_bin?: Base64;
  readonly services?: readonly string[];
  readonly print_options?: GrpcJsonTranscoder_PrintOptions;
  readonly match_incoming_request_route?: boolean;
  readonly ignored_query_parameters?: readonly string[];
  readonly auto_mapping?: boolean;
  readonly ignore_unknown_query_parameters?: boolean;
  readonly convert_grpc_status?: boolean;
  readonly url_unescape_spec?: GrpcJsonTranscoder_UrlUnescapeSpec;
  readonly query_param_unescape_plus?: boolean;
  readonly match_unregistered_custom_verb?: boolean;
  readonly request_validation_options?: GrpcJsonTranscoder_RequestValidationOptions;
  readonly case_insensitive_enum_parsing?: boolean;
  readonly max_request_body_size?: number;
  readonly max_response_body_size?: number;
  readonly capture_unknown_query_parameters?: boolean;
}

/** envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder.PrintOptions */
export interface GrpcJsonTranscoder_PrintOptions {
  readonly add_whitespace?: boolean;
  readonly always_print_primitive_fields?: boolean;
  readonly always_print_enums_as_ints?: boolean;
  readonly preserve_proto_field_names?: boolean;
  readonly stream_newline_delimited?: boolean;
  readonly stream_sse_style_delimited?: boolean;
}

/** envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder.RequestValidationOptions */
export interface GrpcJsonTranscoder_RequestValidationOptions {
  readonly reject_unknown_method?: boolean;
  readonly reject_unknown_query_parameters?: boolean;
  readonly reject_binding_body_field_collisions?: boolean;
}

/** envoy.extensions.filters.http.grpc_json_transcoder.v3.UnknownQueryParams */
export interface UnknownQueryParams {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.grpc_json_transcoder.v3.UnknownQueryParams';
  readonly key?: { readonly [key: string]: UnknownQueryParams_Values };
}

/** envoy.extensions.filters.http.grpc_json_transcoder.v3.UnknownQueryParams.Values */
export interface UnknownQueryParams_Values {
  readonly values?: readonly string[];
}

/** envoy.extensions.filters.http.grpc_stats.v3.FilterConfig */
export interface FiltersHttpGrpcStatsFilterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.grpc_stats.v3.FilterConfig';
  readonly emit_filter_state?: boolean;
  /** oneof per_method_stat_specifier */
  readonly individual_method_stats_allowlist?: GrpcMethodList;
  /** oneof per_method_stat_specifier */
  readonly stats_for_all_methods?: boolean;
  readonly enable_upstream_stats?: boolean;
  readonly replace_dots_in_grpc_service_name?: boolean;
}

/** envoy.extensions.filters.http.grpc_stats.v3.FilterObject */
export interface FilterObject {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.grpc_stats.v3.FilterObject';
  readonly request_message_count?: Integer64;
  readonly response_message_count?: Integer64;
}

/** envoy.extensions.filters.http.grpc_web.v3.GrpcWeb */
export interface GrpcWeb {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb';
}

/** envoy.extensions.filters.http.gzip.v3.Gzip */
export interface FiltersHttpGzipGzip {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.gzip.v3.Gzip';
  readonly memory_level?: number;
  readonly compression_level?: Gzip_CompressionLevel_Enum;
  readonly compression_strategy?: FiltersHttpGzipGzip_CompressionStrategy;
  readonly window_bits?: number;
  readonly compressor?: Compressor;
  readonly chunk_size?: number;
}

/** envoy.extensions.filters.http.header_mutation.v3.HeaderMutation */
export interface FiltersHttpHeaderMutationHeaderMutation {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation';
  readonly mutations?: Mutations;
  readonly most_specific_header_mutations_wins?: boolean;
}

/** envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute */
export interface HeaderMutationPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute';
  readonly mutations?: Mutations;
}

/** envoy.extensions.filters.http.header_mutation.v3.Mutations */
export interface Mutations {
  readonly request_mutations?: readonly CommonMutationRulesHeaderMutation[];
  readonly query_parameter_mutations?: readonly KeyValueMutation[];
  readonly response_mutations?: readonly CommonMutationRulesHeaderMutation[];
  readonly response_trailers_mutations?: readonly CommonMutationRulesHeaderMutation[];
  readonly request_trailers_mutations?: readonly CommonMutationRulesHeaderMutation[];
  readonly formatters?: readonly TypedExtensionConfig[];
}

/** envoy.extensions.filters.http.header_to_metadata.v3.Config */
export interface FiltersHttpHeaderToMetadataConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.header_to_metadata.v3.Config';
  readonly request_rules?: readonly Config_Rule[];
  readonly response_rules?: readonly Config_Rule[];
  readonly stat_prefix?: string;
}

/** envoy.extensions.filters.http.header_to_metadata.v3.Config.KeyValuePair */
export interface Config_KeyValuePair {
  readonly metadata_namespace?: string;
  readonly key?: string;
  readonly value?: string;
  readonly regex_value_rewrite?: RegexMatchAndSubstitute;
  readonly type?: Config_ValueType;
  readonly encode?: Config_ValueEncode;
}

/** envoy.extensions.filters.http.header_to_metadata.v3.Config.Rule */
export interface Config_Rule {
  readonly header?: string;
  readonly cookie?: string;
  readonly on_header_present?: Config_KeyValuePair;
  readonly on_header_missing?: Config_KeyValuePair;
  readonly remove?: boolean;
}

/** envoy.extensions.filters.http.health_check.v3.HealthCheck */
export interface FiltersHttpHealthCheckHealthCheck {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck';
  readonly pass_through_mode?: boolean;
  readonly cache_time?: DurationText;
  readonly cluster_min_healthy_percentages?: { readonly [key: string]: Percent };
  readonly headers?: readonly HeaderMatcher[];
}

/** envoy.extensions.filters.http.ip_tagging.v3.IPTagging */
export interface IPTagging {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.ip_tagging.v3.IPTagging';
  readonly request_type?: IPTagging_RequestType;
  readonly ip_tags?: readonly IPTagging_IPTag[];
  readonly ip_tag_header?: IPTagging_IpTagHeader;
  readonly ip_tags_datasource?: DataSource;
}

/** envoy.extensions.filters.http.ip_tagging.v3.IPTagging.IPTag */
export interface IPTagging_IPTag {
  readonly ip_tag_name?: string;
  readonly ip_list?: readonly CoreCidrRange[];
}

/** envoy.extensions.filters.http.ip_tagging.v3.IPTagging.IpTagHeader */
export interface IPTagging_IpTagHeader {
  readonly header?: string;
  readonly action?: IPTagging_IpTagHeader_HeaderAction;
}

/** envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata */
export interface JsonToMetadata {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata';
  readonly request_rules?: JsonToMetadata_MatchRules;
  readonly response_rules?: JsonToMetadata_MatchRules;
}

/** envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata.KeyValuePair */
export interface JsonToMetadata_KeyValuePair {
  readonly metadata_namespace?: string;
  readonly key?: string;
  /** oneof value_type */
  readonly value?: unknown;
  readonly type?: JsonToMetadata_ValueType;
  readonly preserve_existing_metadata_value?: boolean;
}

/** envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata.MatchRules */
export interface JsonToMetadata_MatchRules {
  readonly rules?: readonly JsonToMetadata_Rule[];
  readonly allow_content_types?: readonly string[];
  readonly allow_empty_content_type?: boolean;
  readonly allow_content_types_regex?: TypeMatcherRegexMatcher;
}

/** envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata.Rule */
export interface JsonToMetadata_Rule {
  readonly selectors?: readonly JsonToMetadata_Selector[];
  readonly on_present?: JsonToMetadata_KeyValuePair;
  readonly on_missing?: JsonToMetadata_KeyValuePair;
  readonly on_error?: JsonToMetadata_KeyValuePair;
}

/** envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata.Selector */
export interface JsonToMetadata_Selector {
  /** oneof selector */
  readonly key?: string;
}

/** envoy.extensions.filters.http.jwt_authn.v3.ExtractOnlyWithoutValidation */
export interface ExtractOnlyWithoutValidation {
  readonly verification_status_header?: string;
}

/** envoy.extensions.filters.http.jwt_authn.v3.FilterStateRule */
export interface FilterStateRule {
  readonly name?: string;
  readonly requires?: { readonly [key: string]: JwtRequirement };
}

/** envoy.extensions.filters.http.jwt_authn.v3.JwksAsyncFetch */
export interface FiltersHttpJwtAuthnJwksAsyncFetch {
  readonly fast_listener?: boolean;
  readonly failed_refetch_duration?: DurationText;
}

/** envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication */
export interface JwtAuthentication {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication';
  readonly providers?: { readonly [key: string]: JwtProvider };
  readonly rules?: readonly RequirementRule[];
  readonly filter_state_rules?: FilterStateRule;
  readonly bypass_cors_preflight?: boolean;
  readonly requirement_map?: { readonly [key: string]: JwtRequirement };
  readonly strip_failure_response?: boolean;
  readonly stat_prefix?: string;
}

/** envoy.extensions.filters.http.jwt_authn.v3.JwtCacheConfig */
export interface JwtCacheConfig {
  readonly jwt_cache_size?: number;
  readonly jwt_max_token_size?: number;
}

/** envoy.extensions.filters.http.jwt_authn.v3.JwtClaimToHeader */
export interface JwtClaimToHeader {
  readonly header_name?: string;
  readonly claim_name?: string;
  readonly claim_path?: readonly JwtClaimToHeader_PathSegment[];
}

/** envoy.extensions.filters.http.jwt_authn.v3.JwtClaimToHeader.PathSegment */
export interface JwtClaimToHeader_PathSegment {
  readonly key?: string;
}

/** envoy.extensions.filters.http.jwt_authn.v3.JwtHeader */
export interface JwtHeader {
  readonly name?: string;
  readonly value_prefix?: string;
}

/** envoy.extensions.filters.http.jwt_authn.v3.JwtProvider */
export interface JwtProvider {
  readonly issuer?: string;
  readonly audiences?: readonly string[];
  readonly subjects?: TypeMatcherStringMatcher;
  readonly require_expiration?: boolean;
  readonly max_lifetime?: DurationText;
  /** oneof jwks_source_specifier */
  readonly remote_jwks?: FiltersHttpJwtAuthnRemoteJwks;
  /** oneof jwks_source_specifier */
  readonly local_jwks?: DataSource;
  readonly forward?: boolean;
  readonly from_headers?: readonly JwtHeader[];
  readonly from_params?: readonly string[];
  readonly from_cookies?: readonly string[];
  readonly forward_payload_header?: string;
  readonly pad_forward_payload_header?: boolean;
  readonly payload_in_metadata?: string;
  readonly normalize_payload_in_metadata?: JwtProvider_NormalizePayload;
  readonly header_in_metadata?: string;
  readonly failed_status_in_metadata?: string;
  readonly clock_skew_seconds?: number;
  readonly jwt_cache_config?: JwtCacheConfig;
  readonly claim_to_headers?: readonly JwtClaimToHeader[];
  readonly clear_route_cache?: boolean;
}

/** envoy.extensions.filters.http.jwt_authn.v3.JwtProvider.NormalizePayload */
export interface JwtProvider_NormalizePayload {
  readonly space_delimited_claims?: readonly string[];
}

/** envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement */
export interface JwtRequirement {
  /** oneof requires_type */
  readonly provider_name?: string;
  /** oneof requires_type */
  readonly provider_and_audiences?: ProviderWithAudiences;
  /** oneof requires_type */
  readonly requires_any?: JwtRequirementOrList;
  /** oneof requires_type */
  readonly requires_all?: JwtRequirementAndList;
  /** oneof requires_type */
  readonly allow_missing_or_failed?: {};
  /** oneof requires_type */
  readonly allow_missing?: {};
  /** oneof requires_type */
  readonly extract_only_without_validation?: ExtractOnlyWithoutValidation;
}

/** envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementAndList */
export interface JwtRequirementAndList {
  readonly requirements?: readonly JwtRequirement[];
}

/** envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementOrList */
export interface JwtRequirementOrList {
  readonly requirements?: readonly JwtRequirement[];
}

/** envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig */
export interface FiltersHttpJwtAuthnPerRouteConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig';
  /** oneof requirement_specifier */
  readonly disabled?: boolean;
  /** oneof requirement_specifier */
  readonly requirement_name?: string;
}

/** envoy.extensions.filters.http.jwt_authn.v3.ProviderWithAudiences */
export interface ProviderWithAudiences {
  readonly provider_name?: string;
  readonly audiences?: readonly string[];
}

/** envoy.extensions.filters.http.jwt_authn.v3.RemoteJwks */
export interface FiltersHttpJwtAuthnRemoteJwks {
  readonly http_uri?: HttpUri;
  readonly cache_duration?: DurationText;
  readonly async_fetch?: FiltersHttpJwtAuthnJwksAsyncFetch;
  readonly retry_policy?: CoreRetryPolicy;
}

/** envoy.extensions.filters.http.jwt_authn.v3.RequirementRule */
export interface RequirementRule {
  readonly match?: RouteRouteMatch;
  /** oneof requirement_type */
  readonly requires?: JwtRequirement;
  /** oneof requirement_type */
  readonly requirement_name?: string;
}

/** envoy.extensions.filters.http.kill_request.v3.KillRequest */
export interface KillRequest {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.kill_request.v3.KillRequest';
  readonly probability?: FractionalPercent;
  readonly kill_request_header?: string;
  readonly direction?: KillRequest_Direction;
}

/** envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit */
export interface FiltersHttpLocalRatelimitLocalRateLimit {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit';
  readonly stat_prefix?: string;
  readonly status?: HttpStatus;
  readonly token_bucket?: TokenBucket;
  readonly filter_enabled?: RuntimeFractionalPercent;
  readonly filter_enforced?: RuntimeFractionalPercent;
  readonly request_headers_to_add_when_not_enforced?: readonly HeaderValueOption[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly descriptors?: readonly LocalRateLimitDescriptor[];
  readonly stage?: number;
  readonly local_rate_limit_per_downstream_connection?: boolean;
  readonly local_cluster_rate_limit?: LocalClusterRateLimit;
  readonly enable_x_ratelimit_headers?: XRateLimitHeadersRFCVersion;
  readonly vh_rate_limits?: VhRateLimitsOptions;
  readonly always_consume_default_token_bucket?: boolean;
  readonly rate_limited_as_resource_exhausted?: boolean;
  readonly rate_limits?: readonly RouteRateLimit[];
  readonly max_dynamic_descriptors?: number;
  readonly enable_retry_after_header?: boolean;
}

/** envoy.extensions.filters.http.lua.v3.Lua */
export interface FiltersHttpLuaLua {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua';
  /** @deprecated */
  readonly inline_code?: string;
  readonly source_codes?: { readonly [key: string]: DataSource };
  readonly default_source_code?: DataSource;
  readonly stat_prefix?: string;
  readonly clear_route_cache?: boolean;
  readonly filter_context?: Plain;
  readonly package_paths?: readonly string[];
  readonly package_cpaths?: readonly string[];
  readonly shared_vm_id?: string;
}

/** envoy.extensions.filters.http.lua.v3.LuaPerRoute */
export interface LuaPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute';
  /** oneof override */
  readonly disabled?: boolean;
  /** oneof override */
  readonly name?: string;
  /** oneof override */
  readonly source_code?: DataSource;
  readonly filter_context?: Plain;
  readonly package_paths?: readonly string[];
  readonly package_cpaths?: readonly string[];
  readonly shared_vm_id?: string;
}

/** envoy.extensions.filters.http.mcp.v3.Mcp */
export interface Mcp {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.mcp.v3.Mcp';
  readonly traffic_mode?: Mcp_TrafficMode;
  readonly clear_route_cache?: boolean;
  readonly max_request_body_size?: number;
  readonly parser_config?: FiltersHttpMcpParserConfig;
  readonly request_storage_mode?: Mcp_RequestStorageMode;
  readonly propagate_trace_context?: Mcp_TraceContextPropagationConfig;
  readonly propagate_baggage?: Mcp_BaggagePropagationConfig;
  readonly reject_duplicate_keys?: boolean;
  readonly attribute_source?: Mcp_AttributeSource;
  readonly early_terminate_when_routable?: boolean;
  readonly max_supported_protocol_version?: string;
}

/** envoy.extensions.filters.http.mcp.v3.Mcp.BaggagePropagationConfig */
export interface Mcp_BaggagePropagationConfig {
}

/** envoy.extensions.filters.http.mcp.v3.Mcp.TraceContextPropagationConfig */
export interface Mcp_TraceContextPropagationConfig {
}

/** envoy.extensions.filters.http.mcp.v3.McpOverride */
export interface McpOverride {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.mcp.v3.McpOverride';
  readonly traffic_mode?: Mcp_TrafficMode;
  readonly max_request_body_size?: number;
  readonly clear_route_cache?: boolean;
  readonly parser_config?: FiltersHttpMcpParserConfig;
  readonly request_storage_mode?: Mcp_RequestStorageMode;
  readonly reject_duplicate_keys?: boolean;
}

/** envoy.extensions.filters.http.mcp.v3.ParserConfig */
export interface FiltersHttpMcpParserConfig {
  readonly methods?: readonly ParserConfig_MethodConfig[];
  readonly group_metadata_key?: string;
}

/** envoy.extensions.filters.http.mcp.v3.ParserConfig.AttributeExtractionRule */
export interface ParserConfig_AttributeExtractionRule {
  readonly path?: string;
}

/** envoy.extensions.filters.http.mcp.v3.ParserConfig.MethodConfig */
export interface ParserConfig_MethodConfig {
  readonly method?: string;
  readonly group?: string;
  readonly extraction_rules?: readonly ParserConfig_AttributeExtractionRule[];
}

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.CacheConfig */
export interface FiltersHttpMcpJsonRestBridgeCacheConfig {
  readonly ttl?: DurationText;
  readonly cache_scope?: CacheScope;
}

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.HttpRule */
export interface HttpRule {
  readonly get?: string;
  readonly put?: string;
  readonly post?: string;
  readonly delete?: string;
  readonly patch?: string;
  readonly body?: string;
  readonly bindings?: readonly HttpRule_ParameterBinding[];
}

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.HttpRule.ParameterBinding */
export interface HttpRule_ParameterBinding {
  readonly type?: HttpRule_ParameterBinding_Type;
  readonly name?: string;
  readonly argument_path?: string;
}

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.McpJsonRestBridge */
export interface McpJsonRestBridge {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.mcp_json_rest_bridge.v3.McpJsonRestBridge';
  readonly server_info?: ServerInfo;
  readonly tool_config?: ServerToolConfig;
  readonly max_request_body_size?: number;
  readonly max_response_body_size?: number;
  readonly request_storage_mode?: McpJsonRestBridge_RequestStorageMode;
  readonly trace_context_extraction?: TraceContextExtractionOptions;
  readonly disable_clear_route_cache?: boolean;
  readonly per_route_only?: boolean;
}

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.McpJsonRestBridgePerRoute */
export interface McpJsonRestBridgePerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.mcp_json_rest_bridge.v3.McpJsonRestBridgePerRoute';
  readonly tool_config?: readonly ServerToolConfig[];
}

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.McpServerInfo */
export interface McpServerInfo {
  readonly path?: string;
  readonly host?: string;
}

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.ServerInfo */
export interface ServerInfo {
  readonly max_supported_protocol_version?: string;
  readonly description?: string;
  readonly fallback_protocol_version?: string;
  readonly server_discovery_cache_config?: FiltersHttpMcpJsonRestBridgeCacheConfig;
}

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.ServerToolConfig */
export interface ServerToolConfig {
  readonly tools?: readonly ToolConfig[];
  readonly list_changed?: boolean;
  /** oneof tool_list_config */
  readonly tool_list_http_rule?: HttpRule;
  /** oneof tool_list_config */
  readonly tool_list_local?: ToolsListLocal;
  readonly default_server_info?: McpServerInfo;
}

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.ToolConfig */
export interface ToolConfig {
  readonly name?: string;
  readonly http_rule?: HttpRule;
  readonly tool_list_config?: ToolsListSpecificConfig;
  readonly text_content_streaming_enabled?: boolean;
  readonly server_info?: readonly McpServerInfo[];
}

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.ToolsListLocal */
export interface ToolsListLocal {
}

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.ToolsListSpecificConfig */
export interface ToolsListSpecificConfig {
  readonly title?: string;
  readonly description?: string;
  readonly input_schema?: string;
}

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.TraceContextExtractionOptions */
export interface TraceContextExtractionOptions {
}

/** envoy.extensions.filters.http.mcp_router.v3.DynamicMetadataSource */
export interface DynamicMetadataSource {
  readonly key?: MetadataKey;
}

/** envoy.extensions.filters.http.mcp_router.v3.HeaderSource */
export interface HeaderSource {
  readonly name?: string;
}

/** envoy.extensions.filters.http.mcp_router.v3.IdentityExtractor */
export interface IdentityExtractor {
  readonly header?: HeaderSource;
  readonly dynamic_metadata?: DynamicMetadataSource;
}

/** envoy.extensions.filters.http.mcp_router.v3.McpRouter */
export interface McpRouter {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.mcp_router.v3.McpRouter';
  readonly servers?: readonly McpRouter_McpBackend[];
  readonly session_identity?: SessionIdentity;
  readonly lazy_initialization?: boolean;
}

/** envoy.extensions.filters.http.mcp_router.v3.McpRouter.HeaderForwarding */
export interface McpRouter_HeaderForwarding {
  readonly forward_all?: boolean;
  readonly allowed_headers?: ListStringMatcher;
  readonly disallowed_headers?: ListStringMatcher;
}

/** envoy.extensions.filters.http.mcp_router.v3.McpRouter.McpBackend */
export interface McpRouter_McpBackend {
  readonly name?: string;
  readonly mcp_cluster?: McpRouter_McpCluster;
  readonly header_forwarding?: McpRouter_HeaderForwarding;
}

/** envoy.extensions.filters.http.mcp_router.v3.McpRouter.McpCluster */
export interface McpRouter_McpCluster {
  readonly cluster?: string;
  readonly path?: string;
  readonly timeout?: DurationText;
  readonly host_rewrite_literal?: string;
}

/** envoy.extensions.filters.http.mcp_router.v3.SessionIdentity */
export interface SessionIdentity {
  readonly identity?: IdentityExtractor;
  readonly validation?: ValidationPolicy;
}

/** envoy.extensions.filters.http.mcp_router.v3.ValidationPolicy */
export interface ValidationPolicy {
  readonly mode?: ValidationPolicy_Mode;
}

/** envoy.extensions.filters.http.oauth2.v3.CookieConfig */
export interface CookieConfig {
  readonly same_site?: CookieConfig_SameSite;
  readonly path?: string;
  readonly partitioned?: boolean;
}

/** envoy.extensions.filters.http.oauth2.v3.CookieConfigs */
export interface CookieConfigs {
  readonly bearer_token_cookie_config?: CookieConfig;
  readonly oauth_hmac_cookie_config?: CookieConfig;
  readonly oauth_expires_cookie_config?: CookieConfig;
  readonly id_token_cookie_config?: CookieConfig;
  readonly refresh_token_cookie_config?: CookieConfig;
  readonly oauth_nonce_cookie_config?: CookieConfig;
  readonly code_verifier_cookie_config?: CookieConfig;
}

/** envoy.extensions.filters.http.oauth2.v3.OAuth2 */
export interface FiltersHttpOauth2OAuth2 {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.oauth2.v3.OAuth2';
  readonly config?: OAuth2Config;
}

/** envoy.extensions.filters.http.oauth2.v3.OAuth2Config */
export interface OAuth2Config {
  readonly token_endpoint?: HttpUri;
  readonly retry_policy?: CoreRetryPolicy;
  readonly authorization_endpoint?: string;
  readonly end_session_endpoint?: string;
  readonly post_logout_redirect_uri?: PostLogoutRedirectUri;
  readonly credentials?: OAuth2Credentials;
  readonly redirect_uri?: string;
  readonly redirect_path_matcher?: PathMatcher;
  readonly signout_path?: PathMatcher;
  readonly forward_bearer_token?: boolean;
  readonly forward_id_token?: OAuth2TokenForwarding;
  readonly preserve_authorization_header?: boolean;
  readonly pass_through_matcher?: readonly HeaderMatcher[];
  readonly auth_scopes?: readonly string[];
  readonly resources?: readonly string[];
  readonly auth_type?: OAuth2Config_AuthType;
  readonly use_refresh_token?: boolean;
  readonly default_expires_in?: DurationText;
  readonly deny_redirect_matcher?: readonly HeaderMatcher[];
  readonly default_refresh_token_expires_in?: DurationText;
  readonly disable_id_token_set_cookie?: boolean;
  readonly disable_access_token_set_cookie?: boolean;
  readonly disable_refresh_token_set_cookie?: boolean;
  readonly cookie_configs?: CookieConfigs;
  readonly stat_prefix?: string;
  readonly csrf_token_expires_in?: DurationText;
  readonly code_verifier_token_expires_in?: DurationText;
  readonly disable_token_encryption?: boolean;
  readonly allow_failed_matcher?: readonly HeaderMatcher[];
  readonly original_request_uri?: string;
  readonly allowed_redirect_domains?: readonly string[];
  readonly use_access_token_expiry_for_id_token_cookie?: boolean;
  readonly private_key_jwt_config?: PrivateKeyJwtConfig;
  readonly token_cookie_chunking?: TokenCookieChunking;
}

/** envoy.extensions.filters.http.oauth2.v3.OAuth2Credentials */
export interface OAuth2Credentials {
  readonly client_id?: string;
  readonly token_secret?: SdsSecretConfig;
  /** oneof token_formation */
  readonly hmac_secret?: SdsSecretConfig;
  readonly cookie_names?: OAuth2Credentials_CookieNames;
  readonly cookie_domain?: string;
}

/** envoy.extensions.filters.http.oauth2.v3.OAuth2Credentials.CookieNames */
export interface OAuth2Credentials_CookieNames {
  readonly bearer_token?: string;
  readonly oauth_hmac?: string;
  readonly oauth_expires?: string;
  readonly id_token?: string;
  readonly refresh_token?: string;
  readonly oauth_nonce?: string;
  readonly code_verifier?: string;
}

/** envoy.extensions.filters.http.oauth2.v3.OAuth2PerRoute */
export interface OAuth2PerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.oauth2.v3.OAuth2PerRoute';
  readonly config?: OAuth2Config;
}

/** envoy.extensions.filters.http.oauth2.v3.OAuth2TokenForwarding */
export interface OAuth2TokenForwarding {
  readonly header?: string;
}

/** envoy.extensions.filters.http.oauth2.v3.PostLogoutRedirectUri */
export interface PostLogoutRedirectUri {
  /** oneof config */
  readonly disabled?: boolean;
  /** oneof config */
  readonly uri?: string;
}

/** envoy.extensions.filters.http.oauth2.v3.PrivateKeyJwtConfig */
export interface PrivateKeyJwtConfig {
  readonly signing_algorithm?: PrivateKeyJwtConfig_SigningAlgorithm;
  readonly assertion_lifetime?: DurationText;
  readonly assertion_audience?: string;
}

/** envoy.extensions.filters.http.oauth2.v3.TokenCookieChunking */
export interface TokenCookieChunking {
  readonly max_cookie_size?: number;
  readonly max_chunks?: number;
}

/** envoy.extensions.filters.http.on_demand.v3.OnDemand */
export interface OnDemand {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.on_demand.v3.OnDemand';
  readonly odcds?: OnDemandCds;
}

/** envoy.extensions.filters.http.on_demand.v3.OnDemandCds */
export interface OnDemandCds {
  readonly source?: ConfigSource;
  readonly resources_locator?: string;
  readonly timeout?: DurationText;
}

/** envoy.extensions.filters.http.on_demand.v3.PerRouteConfig */
export interface FiltersHttpOnDemandPerRouteConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.on_demand.v3.PerRouteConfig';
  readonly odcds?: OnDemandCds;
}

/** envoy.extensions.filters.http.original_src.v3.OriginalSrc */
export interface FiltersHttpOriginalSrcOriginalSrc {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.original_src.v3.OriginalSrc';
  readonly mark?: number;
}

/** envoy.extensions.filters.http.proto_api_scrubber.v3.DescriptorSet */
export interface DescriptorSet {
  readonly data_source?: DataSource;
}

/** envoy.extensions.filters.http.proto_api_scrubber.v3.MessageRestrictions */
export interface MessageRestrictions {
  readonly config?: RestrictionConfig;
  readonly field_restrictions?: { readonly [key: string]: RestrictionConfig };
}

/** envoy.extensions.filters.http.proto_api_scrubber.v3.MethodRestrictions */
export interface MethodRestrictions {
  readonly request_field_restrictions?: { readonly [key: string]: RestrictionConfig };
  readonly response_field_restrictions?: { readonly [key: string]: RestrictionConfig };
  readonly method_restriction?: RestrictionConfig;
}

/** envoy.extensions.filters.http.proto_api_scrubber.v3.ProtoApiScrubberConfig */
export interface ProtoApiScrubberConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.proto_api_scrubber.v3.ProtoApiScrubberConfig';
  readonly descriptor_set?: DescriptorSet;
  readonly restrictions?: Restrictions;
  readonly filtering_mode?: ProtoApiScrubberConfig_FilteringMode;
  readonly scrub_unknown_fields?: boolean;
}

/** envoy.extensions.filters.http.proto_api_scrubber.v3.RemoveFieldAction */
export interface RemoveFieldAction {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.proto_api_scrubber.v3.RemoveFieldAction';
}

/** envoy.extensions.filters.http.proto_api_scrubber.v3.RestrictionConfig */
export interface RestrictionConfig {
  readonly matcher?: XdsTypeMatcherMatcher;
}

/** envoy.extensions.filters.http.proto_api_scrubber.v3.Restrictions */
export interface Restrictions {
  readonly method_restrictions?: { readonly [key: string]: MethodRestrictions };
  readonly message_restrictions?: { readonly [key: string]: MessageRestrictions };
}

/** envoy.extensions.filters.http.proto_message_extraction.v3.MethodExtraction */
export interface MethodExtraction {
  readonly request_extraction_by_field?: { readonly [key: string]: MethodExtraction_ExtractDirective };
  readonly response_extraction_by_field?: { readonly [key: string]: MethodExtraction_ExtractDirective };
}

/** envoy.extensions.filters.http.proto_message_extraction.v3.ProtoMessageExtractionConfig */
export interface ProtoMessageExtractionConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.proto_message_extraction.v3.ProtoMessageExtractionConfig';
  /** oneof descriptor_set */
  readonly data_source?: DataSource;
  /** oneof descriptor_set */
  readonly proto_descriptor_typed_metadata?: string;
  readonly mode?: ProtoMessageExtractionConfig_ExtractMode;
  readonly extraction_by_method?: { readonly [key: string]: MethodExtraction };
}

/** envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaBucketSettings */
export interface RateLimitQuotaBucketSettings {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaBucketSettings';
  readonly bucket_id_builder?: RateLimitQuotaBucketSettings_BucketIdBuilder;
  readonly reporting_interval?: DurationText;
  readonly deny_response_settings?: RateLimitQuotaBucketSettings_DenyResponseSettings;
  readonly no_assignment_behavior?: RateLimitQuotaBucketSettings_NoAssignmentBehavior;
  readonly expired_assignment_behavior?: RateLimitQuotaBucketSettings_ExpiredAssignmentBehavior;
}

/** envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaBucketSettings.BucketIdBuilder */
export interface RateLimitQuotaBucketSettings_BucketIdBuilder {
  readonly bucket_id_builder?: { readonly [key: string]: RateLimitQuotaBucketSettings_BucketIdBuilder_ValueBuilder };
}

/** envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaBucketSettings.BucketIdBuilder.ValueBuilder */
export interface RateLimitQuotaBucketSettings_BucketIdBuilder_ValueBuilder {
  /** oneof value_specifier */
  readonly string_value?: string;
  /** oneof value_specifier */
  readonly custom_value?: TypedExtensionConfig;
}

/** envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaBucketSettings.DenyResponseSettings */
export interface RateLimitQuotaBucketSettings_DenyResponseSettings {
  readonly http_status?: HttpStatus;
  readonly http_body?: Base64;
  readonly grpc_status?: Status;
  readonly response_headers_to_add?: readonly HeaderValueOption[];
}

/** envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaBucketSettings.ExpiredAssignmentBehavior */
export interface RateLimitQuotaBucketSettings_ExpiredAssignmentBehavior {
  readonly expired_assignment_behavior_timeout?: DurationText;
  /** oneof expired_assignment_behavior */
  readonly fallback_rate_limit?: RateLimitStrategy;
  /** oneof expired_assignment_behavior */
  readonly reuse_last_assignment?: RateLimitQuotaBucketSettings_ExpiredAssignmentBehavior_ReuseLastAssignment;
}

/** envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaBucketSettings.ExpiredAssignmentBehavior.ReuseLastAssignment */
export interface RateLimitQuotaBucketSettings_ExpiredAssignmentBehavior_ReuseLastAssignment {
}

/** envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaBucketSettings.NoAssignmentBehavior */
export interface RateLimitQuotaBucketSettings_NoAssignmentBehavior {
  /** oneof no_assignment_behavior */
  readonly fallback_rate_limit?: RateLimitStrategy;
}

/** envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaFilterConfig */
export interface RateLimitQuotaFilterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaFilterConfig';
  readonly rlqs_server?: GrpcService;
  readonly domain?: string;
  readonly bucket_matchers?: XdsTypeMatcherMatcher;
  readonly filter_enabled?: RuntimeFractionalPercent;
  readonly filter_enforced?: RuntimeFractionalPercent;
  readonly request_headers_to_add_when_not_enforced?: readonly HeaderValueOption[];
}

/** envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaOverride */
export interface RateLimitQuotaOverride {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.rate_limit_quota.v3.RateLimitQuotaOverride';
  readonly domain?: string;
  readonly bucket_matchers?: XdsTypeMatcherMatcher;
}

/** envoy.extensions.filters.http.ratelimit.v3.RateLimit */
export interface FiltersHttpRatelimitRateLimit {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit';
  readonly domain?: string;
  readonly stage?: number;
  readonly request_type?: string;
  readonly timeout?: DurationText;
  readonly failure_mode_deny?: boolean;
  readonly rate_limited_as_resource_exhausted?: boolean;
  readonly rate_limit_service?: RateLimitServiceConfig;
  readonly enable_x_ratelimit_headers?: RateLimit_XRateLimitHeadersRFCVersion;
  readonly disable_x_envoy_ratelimited_header?: boolean;
  readonly rate_limited_status?: HttpStatus;
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly status_on_error?: HttpStatus;
  readonly stat_prefix?: string;
  readonly filter_enabled?: RuntimeFractionalPercent;
  readonly filter_enforced?: RuntimeFractionalPercent;
  readonly failure_mode_deny_percent?: RuntimeFractionalPercent;
  readonly rate_limits?: readonly RouteRateLimit[];
  readonly metadata_namespace?: string;
  readonly enable_retry_after_header?: boolean;
}

/** envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute */
export interface RateLimitPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute';
  readonly vh_rate_limits?: RateLimitPerRoute_VhRateLimitsOptions;
  readonly override_option?: RateLimitPerRoute_OverrideOptions;
  readonly rate_limits?: readonly RouteRateLimit[];
  readonly domain?: string;
}

/** envoy.extensions.filters.http.rbac.v3.RBAC */
export interface FiltersHttpRbacRBAC {
  readonly rules?: RbacRBAC;
  readonly rules_stat_prefix?: string;
  readonly matcher?: XdsTypeMatcherMatcher;
  readonly shadow_rules?: RbacRBAC;
  readonly shadow_matcher?: XdsTypeMatcherMatcher;
  readonly shadow_rules_stat_prefix?: string;
  readonly track_per_rule_stats?: boolean;
}

/** envoy.extensions.filters.http.rbac.v3.RBACPerRoute */
export interface RBACPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBACPerRoute';
  readonly rbac?: FiltersHttpRbacRBAC;
}

/** envoy.extensions.filters.http.router.v3.Router */
export interface Router {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router';
  readonly dynamic_stats?: boolean;
  /** @deprecated */
  readonly start_child_span?: boolean;
  readonly upstream_log?: readonly AccessLog[];
  readonly upstream_log_options?: Router_UpstreamAccessLogOptions;
  readonly suppress_envoy_headers?: boolean;
  readonly strict_check_headers?: readonly string[];
  readonly respect_expected_rq_timeout?: boolean;
  readonly suppress_grpc_request_failure_code_stats?: boolean;
  readonly upstream_http_filters?: readonly HttpFilter[];
  readonly reject_connect_request_early_data?: boolean;
}

/** envoy.extensions.filters.http.router.v3.Router.UpstreamAccessLogOptions */
export interface Router_UpstreamAccessLogOptions {
  readonly flush_upstream_log_on_upstream_stream?: boolean;
  readonly upstream_log_flush_interval?: DurationText;
}

/** envoy.extensions.filters.http.set_filter_state.v3.Config */
export interface FiltersHttpSetFilterStateConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.set_filter_state.v3.Config';
  readonly on_request_headers?: readonly FilterStateValue[];
  readonly clear_route_cache?: boolean;
}

/** envoy.extensions.filters.http.set_metadata.v3.Config */
export interface FiltersHttpSetMetadataConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.set_metadata.v3.Config';
  /** @deprecated */
  readonly metadata_namespace?: string;
  /** @deprecated */
  readonly value?: Plain;
  readonly metadata?: readonly FiltersHttpSetMetadataMetadata[];
}

/** envoy.extensions.filters.http.set_metadata.v3.Metadata */
export interface FiltersHttpSetMetadataMetadata {
  readonly metadata_namespace?: string;
  readonly allow_overwrite?: boolean;
  readonly value?: Plain;
  readonly typed_value?: Any;
}

/** envoy.extensions.filters.http.sse_to_metadata.v3.SseToMetadata */
export interface SseToMetadata {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.sse_to_metadata.v3.SseToMetadata';
  readonly response_rules?: SseToMetadata_ProcessingRules;
}

/** envoy.extensions.filters.http.sse_to_metadata.v3.SseToMetadata.ProcessingRules */
export interface SseToMetadata_ProcessingRules {
  readonly content_parser?: TypedExtensionConfig;
  readonly max_event_size?: number;
}

/** envoy.extensions.filters.http.stateful_session.v3.StatefulSession */
export interface StatefulSession {
  readonly session_state?: TypedExtensionConfig;
  readonly strict?: boolean;
  readonly stat_prefix?: string;
  readonly status_on_strict_destination_not_found?: number;
}

/** envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute */
export interface StatefulSessionPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute';
  /** oneof override */
  readonly disabled?: boolean;
  /** oneof override */
  readonly stateful_session?: StatefulSession;
}

/** envoy.extensions.filters.http.tap.v3.Tap */
export interface FiltersHttpTapTap {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.tap.v3.Tap';
  readonly common_config?: CommonExtensionConfig;
  readonly record_headers_received_time?: boolean;
  readonly record_downstream_connection?: boolean;
  readonly record_upstream_connection?: boolean;
}

/** envoy.extensions.filters.http.thrift_to_metadata.v3.FieldSelector */
export interface FieldSelector {
  readonly name?: string;
  readonly id?: number;
  readonly child?: FieldSelector;
}

/** envoy.extensions.filters.http.thrift_to_metadata.v3.KeyValuePair */
export interface FiltersHttpThriftToMetadataKeyValuePair {
  readonly metadata_namespace?: string;
  readonly key?: string;
  readonly value?: unknown;
}

/** envoy.extensions.filters.http.thrift_to_metadata.v3.Rule */
export interface Rule {
  readonly field?: Field;
  readonly field_selector?: FieldSelector;
  readonly method_name?: string;
  readonly on_present?: FiltersHttpThriftToMetadataKeyValuePair;
  readonly on_missing?: FiltersHttpThriftToMetadataKeyValuePair;
}

/** envoy.extensions.filters.http.thrift_to_metadata.v3.ThriftToMetadata */
export interface ThriftToMetadata {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.thrift_to_metadata.v3.ThriftToMetadata';
  readonly request_rules?: readonly Rule[];
  readonly response_rules?: readonly Rule[];
  readonly transport?: TransportType;
  readonly protocol?: FiltersNetworkThriftProxyProtocolType;
  readonly allow_content_types?: readonly string[];
  readonly allow_empty_content_type?: boolean;
}

/** envoy.extensions.filters.http.thrift_to_metadata.v3.ThriftToMetadataPerRoute */
export interface ThriftToMetadataPerRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.thrift_to_metadata.v3.ThriftToMetadataPerRoute';
  readonly request_rules?: readonly Rule[];
  readonly response_rules?: readonly Rule[];
}

/** envoy.extensions.filters.http.transform.v3.BodyTransformation */
export interface BodyTransformation {
  readonly body_format?: SubstitutionFormatString;
  readonly action?: BodyTransformation_TransformAction;
}

/** envoy.extensions.filters.http.transform.v3.TransformConfig */
export interface TransformConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.transform.v3.TransformConfig';
  readonly request_transformation?: Transformation;
  readonly response_transformation?: Transformation;
  readonly clear_cluster_cache?: boolean;
  readonly clear_route_cache?: boolean;
}

/** envoy.extensions.filters.http.transform.v3.Transformation */
export interface Transformation {
  readonly headers_mutations?: readonly CommonMutationRulesHeaderMutation[];
  readonly body_transformation?: BodyTransformation;
}

/** envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec */
export interface UpstreamCodec {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec';
}

/** envoy.extensions.filters.http.wasm.v3.Wasm */
export interface FiltersHttpWasmWasm {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm';
  readonly config?: PluginConfig;
}

/** envoy.extensions.filters.listener.dynamic_modules.v3.DynamicModuleListenerFilter */
export interface DynamicModuleListenerFilter {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.listener.dynamic_modules.v3.DynamicModuleListenerFilter';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly filter_name?: string;
  readonly filter_config?: Any;
}

/** envoy.extensions.filters.listener.http_inspector.v3.HttpInspector */
export interface HttpInspector {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.listener.http_inspector.v3.HttpInspector';
}

/** envoy.extensions.filters.listener.local_ratelimit.v3.LocalRateLimit */
export interface FiltersListenerLocalRatelimitLocalRateLimit {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.listener.local_ratelimit.v3.LocalRateLimit';
  readonly stat_prefix?: string;
  readonly token_bucket?: TokenBucket;
  readonly runtime_enabled?: RuntimeFeatureFlag;
}

/** envoy.extensions.filters.listener.original_dst.v3.OriginalDst */
export interface OriginalDst {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst';
}

/** envoy.extensions.filters.listener.original_src.v3.OriginalSrc */
export interface FiltersListenerOriginalSrcOriginalSrc {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.listener.original_src.v3.OriginalSrc';
  readonly bind_port?: boolean;
  readonly mark?: number;
}

/** envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol */
export interface ProxyProtocol {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol';
  readonly rules?: readonly ProxyProtocol_Rule[];
  readonly allow_requests_without_proxy_protocol?: boolean;
  readonly pass_through_tlvs?: ProxyProtocolPassThroughTLVs;
  readonly disallowed_versions?: readonly ProxyProtocolConfig_Version[];
  readonly stat_prefix?: string;
  readonly tlv_location?: ProxyProtocol_TlvLocation;
}

/** envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol.KeyValuePair */
export interface ProxyProtocol_KeyValuePair {
  readonly metadata_namespace?: string;
  readonly key?: string;
  readonly value_string_encoding?: ProxyProtocol_KeyValuePair_ValueStringEncoding;
}

/** envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol.Rule */
export interface ProxyProtocol_Rule {
  readonly tlv_type?: number;
  readonly on_tlv_present?: ProxyProtocol_KeyValuePair;
}

/** envoy.extensions.filters.listener.set_filter_state.v3.Config */
export interface FiltersListenerSetFilterStateConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.listener.set_filter_state.v3.Config';
  readonly on_accept?: readonly FilterStateValue[];
}

/** envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector */
export interface TlsInspector {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector';
  readonly enable_ja3_fingerprinting?: boolean;
  readonly enable_ja4_fingerprinting?: boolean;
  readonly initial_read_buffer_size?: number;
  readonly close_connection_on_client_hello_parsing_errors?: boolean;
  readonly max_client_hello_size?: number;
}

/** envoy.extensions.filters.network.client_ssl_auth.v3.ClientSSLAuth */
export interface ClientSSLAuth {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.client_ssl_auth.v3.ClientSSLAuth';
  readonly auth_api_cluster?: string;
  readonly stat_prefix?: string;
  readonly refresh_delay?: DurationText;
  readonly ip_white_list?: readonly CoreCidrRange[];
}

/** envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit */
export interface ConnectionLimit {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit';
  readonly stat_prefix?: string;
  readonly max_connections?: Integer64;
  readonly delay?: DurationText;
  readonly runtime_enabled?: RuntimeFeatureFlag;
}

/** envoy.extensions.filters.network.direct_response.v3.Config */
export interface FiltersNetworkDirectResponseConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config';
  readonly response?: DataSource;
}

/** envoy.extensions.filters.network.dubbo_proxy.router.v3.Router */
export interface FiltersNetworkDubboProxyRouterRouter {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.dubbo_proxy.router.v3.Router';
}

/** envoy.extensions.filters.network.dubbo_proxy.v3.Drds */
export interface Drds {
  readonly config_source?: ConfigSource;
  readonly route_config_name?: string;
}

/** envoy.extensions.filters.network.dubbo_proxy.v3.DubboFilter */
export interface DubboFilter {
  readonly name?: string;
  readonly config?: Any;
}

/** envoy.extensions.filters.network.dubbo_proxy.v3.DubboProxy */
export interface DubboProxy {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.dubbo_proxy.v3.DubboProxy';
  readonly stat_prefix?: string;
  readonly protocol_type?: FiltersNetworkDubboProxyProtocolType;
  readonly serialization_type?: SerializationType;
  /** @deprecated */
  readonly route_config?: readonly FiltersNetworkDubboProxyRouteConfiguration[];
  /** oneof route_specifier */
  readonly drds?: Drds;
  /** oneof route_specifier */
  readonly multiple_route_config?: MultipleRouteConfiguration;
  readonly dubbo_filters?: readonly DubboFilter[];
}

/** envoy.extensions.filters.network.dubbo_proxy.v3.MethodMatch */
export interface MethodMatch {
  readonly name?: TypeMatcherStringMatcher;
  readonly params_match?: { readonly [key: string]: MethodMatch_ParameterMatchSpecifier };
}

/** envoy.extensions.filters.network.dubbo_proxy.v3.MethodMatch.ParameterMatchSpecifier */
export interface MethodMatch_ParameterMatchSpecifier {
  /** oneof parameter_match_specifier */
  readonly exact_match?: string;
  /** oneof parameter_match_specifier */
  readonly range_match?: Int64Range;
}

/** envoy.extensions.filters.network.dubbo_proxy.v3.MultipleRouteConfiguration */
export interface MultipleRouteConfiguration {
  readonly name?: string;
  readonly route_config?: readonly FiltersNetworkDubboProxyRouteConfiguration[];
}

/** envoy.extensions.filters.network.dubbo_proxy.v3.Route */
export interface FiltersNetworkDubboProxyRoute {
  readonly match?: FiltersNetworkDubboProxyRouteMatch;
  readonly route?: FiltersNetworkDubboProxyRouteAction;
}

/** envoy.extensions.filters.network.dubbo_proxy.v3.RouteAction */
export interface FiltersNetworkDubboProxyRouteAction {
  /** oneof cluster_specifier */
  readonly cluster?: string;
  /** oneof cluster_specifier */
  readonly weighted_clusters?: RouteWeightedCluster;
  readonly metadata_match?: CoreMetadata;
}

/** envoy.extensions.filters.network.dubbo_proxy.v3.RouteConfiguration */
export interface FiltersNetworkDubboProxyRouteConfiguration {
  readonly name?: string;
  readonly interface?: string;
  readonly group?: string;
  readonly version?: string;
  readonly routes?: readonly FiltersNetworkDubboProxyRoute[];
}

/** envoy.extensions.filters.network.dubbo_proxy.v3.RouteMatch */
export interface FiltersNetworkDubboProxyRouteMatch {
  readonly method?: MethodMatch;
  readonly headers?: readonly HeaderMatcher[];
}

/** envoy.extensions.filters.network.dynamic_modules.v3.DynamicModuleNetworkFilter */
export interface DynamicModuleNetworkFilter {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.dynamic_modules.v3.DynamicModuleNetworkFilter';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly filter_name?: string;
  readonly filter_config?: Any;
  readonly terminal_filter?: boolean;
}

/** envoy.extensions.filters.network.echo.v3.Echo */
export interface Echo {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo';
}

/** envoy.extensions.filters.network.ext_authz.v3.ExtAuthz */
export interface FiltersNetworkExtAuthzExtAuthz {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.ext_authz.v3.ExtAuthz';
  readonly stat_prefix?: string;
  readonly grpc_service?: GrpcService;
  readonly failure_mode_allow?: boolean;
  readonly include_peer_certificate?: boolean;
  readonly transport_api_version?: ApiVersion;
  readonly filter_enabled_metadata?: MetadataMatcher;
  readonly bootstrap_metadata_labels_key?: string;
  readonly include_tls_session?: boolean;
  readonly send_tls_alert_on_denial?: boolean;
  readonly metadata_context_namespaces?: readonly string[];
  readonly typed_metadata_context_namespaces?: readonly string[];
  readonly shadow_mode?: boolean;
}

/** envoy.extensions.filters.network.ext_proc.v3.MetadataOptions */
export interface FiltersNetworkExtProcMetadataOptions {
  readonly forwarding_namespaces?: FiltersNetworkExtProcMetadataOptions_MetadataNamespaces;
  readonly receiving_namespaces?: FiltersNetworkExtProcMetadataOptions_MetadataNamespaces;
}

/** envoy.extensions.filters.network.ext_proc.v3.MetadataOptions.MetadataNamespaces */
export interface FiltersNetworkExtProcMetadataOptions_MetadataNamespaces {
  readonly untyped?: readonly string[];
  readonly typed?: readonly string[];
}

/** envoy.extensions.filters.network.ext_proc.v3.NetworkExternalProcessor */
export interface NetworkExternalProcessor {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.ext_proc.v3.NetworkExternalProcessor';
  readonly grpc_service?: GrpcService;
  readonly failure_mode_allow?: boolean;
  readonly processing_mode?: FiltersNetworkExtProcProcessingMode;
  readonly message_timeout?: DurationText;
  readonly stat_prefix?: string;
  readonly metadata_options?: FiltersNetworkExtProcMetadataOptions;
  readonly connection_attributes?: readonly string[];
}

/** envoy.extensions.filters.network.ext_proc.v3.ProcessingMode */
export interface FiltersNetworkExtProcProcessingMode {
  readonly process_read?: ProcessingMode_DataSendMode;
  readonly process_write?: ProcessingMode_DataSendMode;
}

/** envoy.extensions.filters.network.generic_proxy.action.v3.RouteAction */
export interface FiltersNetworkGenericProxyActionRouteAction {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.generic_proxy.action.v3.RouteAction';
  readonly name?: string;
  /** oneof cluster_specifier */
  readonly cluster?: string;
  /** oneof cluster_specifier */
  readonly weighted_clusters?: RouteWeightedCluster;
  readonly metadata?: CoreMetadata;
  readonly per_filter_config?: { readonly [key: string]: Any };
  readonly timeout?: DurationText;
  readonly retry_policy?: CoreRetryPolicy;
}

/** envoy.extensions.filters.network.generic_proxy.codecs.dubbo.v3.DubboCodecConfig */
export interface DubboCodecConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.generic_proxy.codecs.dubbo.v3.DubboCodecConfig';
}

/** envoy.extensions.filters.network.generic_proxy.codecs.http1.v3.Http1CodecConfig */
export interface Http1CodecConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.generic_proxy.codecs.http1.v3.Http1CodecConfig';
  readonly single_frame_mode?: boolean;
  readonly max_buffer_size?: number;
}

/** envoy.extensions.filters.network.generic_proxy.codecs.kafka.v3.KafkaCodecConfig */
export interface KafkaCodecConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.generic_proxy.codecs.kafka.v3.KafkaCodecConfig';
}

/** envoy.extensions.filters.network.generic_proxy.matcher.v3.HostMatchInput */
export interface HostMatchInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.generic_proxy.matcher.v3.HostMatchInput';
}

/** envoy.extensions.filters.network.generic_proxy.matcher.v3.KeyValueMatchEntry */
export interface KeyValueMatchEntry {
  readonly name?: string;
  readonly string_match?: TypeMatcherStringMatcher;
}

/** envoy.extensions.filters.network.generic_proxy.matcher.v3.MethodMatchInput */
export interface MethodMatchInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.generic_proxy.matcher.v3.MethodMatchInput';
}

/** envoy.extensions.filters.network.generic_proxy.matcher.v3.PathMatchInput */
export interface PathMatchInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.generic_proxy.matcher.v3.PathMatchInput';
}

/** envoy.extensions.filters.network.generic_proxy.matcher.v3.PropertyMatchInput */
export interface PropertyMatchInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.generic_proxy.matcher.v3.PropertyMatchInput';
  readonly property_name?: string;
}

/** envoy.extensions.filters.network.generic_proxy.matcher.v3.RequestMatchInput */
export interface RequestMatchInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.generic_proxy.matcher.v3.RequestMatchInput';
}

/** envoy.extensions.filters.network.generic_proxy.matcher.v3.RequestMatcher */
export interface RequestMatcher {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.generic_proxy.matcher.v3.RequestMatcher';
  readonly host?: TypeMatcherStringMatcher;
  readonly path?: TypeMatcherStringMatcher;
  readonly method?: TypeMatcherStringMatcher;
  readonly properties?: readonly KeyValueMatchEntry[];
}

/** envoy.extensions.filters.network.generic_proxy.matcher.v3.ServiceMatchInput */
export interface ServiceMatchInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.generic_proxy.matcher.v3.ServiceMatchInput';
}

/** envoy.extensions.filters.network.generic_proxy.router.v3.Router */
export interface FiltersNetworkGenericProxyRouterRouter {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.generic_proxy.router.v3.Router';
  readonly bind_upstream_connection?: boolean;
}

/** envoy.extensions.filters.network.generic_proxy.v3.GenericProxy */
export interface GenericProxy {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.generic_proxy.v3.GenericProxy';
  readonly stat_prefix?: string;
  readonly codec_config?: TypedExtensionConfig;
  /** oneof route_specifier */
  readonly generic_rds?: GenericRds;
  /** oneof route_specifier */
  readonly route_config?: FiltersNetworkGenericProxyRouteConfiguration;
  readonly filters?: readonly TypedExtensionConfig[];
  readonly tracing?: HttpConnectionManager_Tracing;
  readonly access_log?: readonly AccessLog[];
}

/** envoy.extensions.filters.network.generic_proxy.v3.GenericRds */
export interface GenericRds {
  readonly config_source?: ConfigSource;
  readonly route_config_name?: string;
}

/** envoy.extensions.filters.network.generic_proxy.v3.RouteConfiguration */
export interface FiltersNetworkGenericProxyRouteConfiguration {
  readonly name?: string;
  readonly routes?: XdsTypeMatcherMatcher;
  readonly virtual_hosts?: readonly FiltersNetworkGenericProxyVirtualHost[];
}

/** envoy.extensions.filters.network.generic_proxy.v3.VirtualHost */
export interface FiltersNetworkGenericProxyVirtualHost {
  readonly name?: string;
  readonly hosts?: readonly string[];
  readonly routes?: XdsTypeMatcherMatcher;
}

/** envoy.extensions.filters.network.geoip.v3.Geoip */
export interface FiltersNetworkGeoipGeoip {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.geoip.v3.Geoip';
  readonly stat_prefix?: string;
  readonly provider?: TypedExtensionConfig;
  readonly client_ip?: string;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.EnvoyMobileHttpConnectionManager */
export interface EnvoyMobileHttpConnectionManager {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.EnvoyMobileHttpConnectionManager';
  readonly config?: HttpConnectionManager;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.ForwardProtoConfig */
export interface ForwardProtoConfig {
  readonly https_destination_ports?: readonly number[];
  readonly http_destination_ports?: readonly number[];
}

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager */
export interface HttpConnectionManager {
  readonly codec_type?: HttpConnectionManager_CodecType;
  readonly stat_prefix?: string;
  /** oneof route_specifier */
  readonly rds?: Rds;
  /** oneof route_specifier */
  readonly route_config?: RouteConfiguration;
  /** oneof route_specifier */
  readonly scoped_routes?: ScopedRoutes;
  readonly http_filters?: readonly HttpFilter[];
  readonly add_user_agent?: boolean;
  readonly tracing?: HttpConnectionManager_Tracing;
  readonly common_http_protocol_options?: CoreHttpProtocolOptions;
  readonly http1_safe_max_connection_duration?: boolean;
  readonly http_protocol_options?: Http1ProtocolOptions;
  readonly http2_protocol_options?: Http2ProtocolOptions;
  readonly http3_protocol_options?: Http3ProtocolOptions;
  readonly server_name?: string;
  readonly server_header_transformation?: HttpConnectionManager_ServerHeaderTransformation;
  readonly scheme_header_transformation?: SchemeHeaderTransformation;
  readonly max_request_headers_kb?: number;
  readonly stream_idle_timeout?: DurationText;
  readonly stream_flush_timeout?: DurationText;
  readonly request_timeout?: DurationText;
  readonly request_headers_timeout?: DurationText;
  readonly drain_timeout?: DurationText;
  readonly drain_timeout_jitter?: Percent;
  readonly delayed_close_timeout?: DurationText;
  readonly access_log?: readonly AccessLog[];
  /** @deprecated */
  readonly access_log_flush_interval?: DurationText;
  /** @deprecated */
  readonly flush_access_log_on_new_request?: boolean;
  readonly access_log_options?: HttpConnectionManager_HcmAccessLogOptions;
  readonly use_remote_address?: boolean;
  readonly xff_num_trusted_hops?: number;
  readonly original_ip_detection_extensions?: readonly TypedExtensionConfig[];
  readonly early_header_mutation_extensions?: readonly TypedExtensionConfig[];
  readonly internal_address_config?: HttpConnectionManager_InternalAddressConfig;
  readonly skip_xff_append?: boolean;
  readonly via?: string;
  readonly generate_request_id?: boolean;
  readonly preserve_external_request_id?: boolean;
  readonly always_set_request_id_in_response?: boolean;
  readonly forward_client_cert_details?: HttpConnectionManager_ForwardClientCertDetails;
  readonly set_current_client_cert_details?: HttpConnectionManager_SetCurrentClientCertDetails;
  readonly forward_client_cert_matcher?: XdsTypeMatcherMatcher;
  readonly proxy_100_continue?: boolean;
  readonly represent_ipv4_remote_address_as_ipv4_mapped_ipv6?: boolean;
  readonly upgrade_configs?: readonly HttpConnectionManager_UpgradeConfig[];
  readonly normalize_path?: boolean;
  readonly merge_slashes?: boolean;
  readonly path_with_escaped_slashes_action?: HttpConnectionManager_PathWithEscapedSlashesAction;
  readonly request_id_extension?: RequestIDExtension;
  readonly local_reply_config?: LocalReplyConfig;
  readonly strip_matching_host_port?: boolean;
  /** oneof strip_port_mode */
  readonly strip_any_host_port?: boolean;
  readonly stream_error_on_invalid_http_message?: boolean;
  readonly path_normalization_options?: HttpConnectionManager_PathNormalizationOptions;
  readonly strip_trailing_host_dot?: boolean;
  readonly proxy_status_config?: HttpConnectionManager_ProxyStatusConfig;
  readonly typed_header_validation_config?: TypedExtensionConfig;
  readonly append_x_forwarded_port?: boolean;
  readonly append_local_overload?: boolean;
  readonly add_proxy_protocol_connection_state?: boolean;
  readonly forward_proto_config?: ForwardProtoConfig;
  readonly record_route_resolution_stats?: boolean;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.HcmAccessLogOptions */
export interface HttpConnectionManager_HcmAccessLogOptions {
  readonly access_log_flush_interval?: DurationText;
  readonly flush_access_log_on_new_request?: boolean;
  readonly flush_log_on_tunnel_successfully_established?: boolean;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.InternalAddressConfig */
export interface HttpConnectionManager_InternalAddressConfig {
  readonly unix_sockets?: boolean;
  readonly cidr_ranges?: readonly CoreCidrRange[];
}

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathNormalizationOptions */
export interface HttpConnectionManager_PathNormalizationOptions {
  readonly forwarding_transformation?: PathTransformation;
  readonly http_filter_transformation?: PathTransformation;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ProxyStatusConfig */
export interface HttpConnectionManager_ProxyStatusConfig {
  readonly remove_details?: boolean;
  readonly remove_connection_termination_details?: boolean;
  readonly remove_response_flags?: boolean;
  readonly set_recommended_response_code?: boolean;
  /** oneof proxy_name */
  readonly use_node_id?: boolean;
  /** oneof proxy_name */
  readonly literal_proxy_name?: string;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.SetCurrentClientCertDetails */
export interface HttpConnectionManager_SetCurrentClientCertDetails {
  readonly subject?: boolean;
  readonly cert?: boolean;
  readonly chain?: boolean;
  readonly dns?: boolean;
  readonly uri?: boolean;
  readonly issuer?: boolean;
  readonly format?: HttpConnectionManager_ForwardClientCertFormat;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing */
export interface HttpConnectionManager_Tracing {
  readonly client_sampling?: Percent;
  readonly random_sampling?: Percent;
  readonly overall_sampling?: Percent;
  readonly verbose?: boolean;
  readonly max_path_tag_length?: number;
  readonly custom_tags?: readonly CustomTag[];
  readonly provider?: Tracing_Http;
  readonly spawn_upstream_span?: boolean;
  readonly operation?: string;
  readonly upstream_operation?: string;
  readonly no_context_propagation?: boolean;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig */
export interface HttpConnectionManager_UpgradeConfig {
  readonly upgrade_type?: string;
  readonly filters?: readonly HttpFilter[];
  readonly enabled?: boolean;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter */
export interface HttpFilter {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
  /** oneof config_type */
  readonly config_discovery?: ExtensionConfigSource;
  readonly is_optional?: boolean;
  readonly disabled?: boolean;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig */
export interface LocalReplyConfig {
  readonly mappers?: readonly ResponseMapper[];
  readonly body_format?: SubstitutionFormatString;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.Rds */
export interface Rds {
  readonly config_source?: ConfigSource;
  readonly route_config_name?: string;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.RequestIDExtension */
export interface RequestIDExtension {
  readonly typed_config?: Any;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper */
export interface ResponseMapper {
  readonly filter?: AccessLogFilter;
  readonly status_code?: number;
  readonly body?: DataSource;
  readonly body_format_override?: SubstitutionFormatString;
  readonly headers_to_add?: readonly HeaderValueOption[];
}

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRds */
export interface ScopedRds {
  readonly scoped_rds_config_source?: ConfigSource;
  readonly srds_resources_locator?: string;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRouteConfigurationsList */
export interface ScopedRouteConfigurationsList {
  readonly scoped_route_configurations?: readonly ScopedRouteConfiguration[];
}

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes */
export interface ScopedRoutes {
  readonly name?: string;
  readonly scope_key_builder?: ScopedRoutes_ScopeKeyBuilder;
  readonly rds_config_source?: ConfigSource;
  /** oneof config_specifier */
  readonly scoped_route_configurations_list?: ScopedRouteConfigurationsList;
  /** oneof config_specifier */
  readonly scoped_rds?: ScopedRds;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder */
export interface ScopedRoutes_ScopeKeyBuilder {
  readonly fragments?: readonly ScopedRoutes_ScopeKeyBuilder_FragmentBuilder[];
}

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder */
export interface ScopedRoutes_ScopeKeyBuilder_FragmentBuilder {
  /** oneof type */
  readonly header_value_extractor?: ScopedRoutes_ScopeKeyBuilder_FragmentBuilder_HeaderValueExtractor;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor */
export interface ScopedRoutes_ScopeKeyBuilder_FragmentBuilder_HeaderValueExtractor {
  readonly name?: string;
  readonly element_separator?: string;
  /** oneof extract_type */
  readonly index?: number;
  /** oneof extract_type */
  readonly element?: ScopedRoutes_ScopeKeyBuilder_FragmentBuilder_HeaderValueExtractor_KvElement;
}

/** envoy.extensions.filters.network.http_connection_manager.v3.ScopedRoutes.ScopeKeyBuilder.FragmentBuilder.HeaderValueExtractor.KvElement */
export interface ScopedRoutes_ScopeKeyBuilder_FragmentBuilder_HeaderValueExtractor_KvElement {
  readonly separator?: string;
  readonly key?: string;
}

/** envoy.extensions.filters.network.kafka_broker.v3.IdBasedBrokerRewriteRule */
export interface IdBasedBrokerRewriteRule {
  readonly id?: number;
  readonly host?: string;
  readonly port?: number;
}

/** envoy.extensions.filters.network.kafka_broker.v3.IdBasedBrokerRewriteSpec */
export interface IdBasedBrokerRewriteSpec {
  readonly rules?: readonly IdBasedBrokerRewriteRule[];
}

/** envoy.extensions.filters.network.kafka_broker.v3.KafkaBroker */
export interface KafkaBroker {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.kafka_broker.v3.KafkaBroker';
  readonly stat_prefix?: string;
  readonly force_response_rewrite?: boolean;
  /** oneof broker_address_rewrite_spec */
  readonly id_based_broker_address_rewrite_spec?: IdBasedBrokerRewriteSpec;
  readonly api_keys_allowed?: readonly number[];
  readonly api_keys_denied?: readonly number[];
}

/** envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit */
export interface FiltersNetworkLocalRatelimitLocalRateLimit {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit';
  readonly stat_prefix?: string;
  readonly token_bucket?: TokenBucket;
  readonly runtime_enabled?: RuntimeFeatureFlag;
  readonly share_key?: string;
}

/** envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy */
export interface MongoProxy {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy';
  readonly stat_prefix?: string;
  readonly access_log?: string;
  readonly delay?: FaultDelay;
  readonly emit_dynamic_metadata?: boolean;
  readonly commands?: readonly string[];
  readonly max_bson_depth?: number;
}

/** envoy.extensions.filters.network.mysql_proxy.v3.MySQLProxy */
export interface MySQLProxy {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.mysql_proxy.v3.MySQLProxy';
  readonly stat_prefix?: string;
  readonly access_log?: string;
  readonly downstream_ssl?: MySQLProxy_SSLMode;
}

/** envoy.extensions.filters.network.ratelimit.v3.RateLimit */
export interface FiltersNetworkRatelimitRateLimit {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.ratelimit.v3.RateLimit';
  readonly stat_prefix?: string;
  readonly domain?: string;
  readonly descriptors?: readonly RateLimitDescriptor[];
  readonly timeout?: DurationText;
  readonly failure_mode_deny?: boolean;
  readonly rate_limit_service?: RateLimitServiceConfig;
}

/** envoy.extensions.filters.network.rbac.v3.RBAC */
export interface FiltersNetworkRbacRBAC {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC';
  readonly rules?: RbacRBAC;
  readonly matcher?: XdsTypeMatcherMatcher;
  readonly shadow_rules?: RbacRBAC;
  readonly shadow_matcher?: XdsTypeMatcherMatcher;
  readonly shadow_rules_stat_prefix?: string;
  readonly stat_prefix?: string;
  readonly enforcement_type?: RBAC_EnforcementType;
  readonly delay_deny?: DurationText;
}

/** envoy.extensions.filters.network.redis_proxy.v3.AwsIam */
export interface AwsIam {
  readonly credential_provider?: AwsCredentialProvider;
  readonly cache_name?: string;
  readonly service_name?: string;
  readonly region?: string;
  readonly expiration_time?: DurationText;
}

/** envoy.extensions.filters.network.redis_proxy.v3.RedisExternalAuthProvider */
export interface RedisExternalAuthProvider {
  readonly grpc_service?: GrpcService;
  readonly enable_auth_expiration?: boolean;
}

/** envoy.extensions.filters.network.redis_proxy.v3.RedisProtocolOptions */
export interface RedisProtocolOptions {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.redis_proxy.v3.RedisProtocolOptions';
  readonly auth_password?: DataSource;
  readonly auth_username?: DataSource;
  readonly aws_iam?: AwsIam;
  readonly credentials?: readonly RedisProtocolOptions_Credential[];
}

/** envoy.extensions.filters.network.redis_proxy.v3.RedisProtocolOptions.Credential */
export interface RedisProtocolOptions_Credential {
  readonly address?: Address;
  readonly auth_password?: DataSource;
  readonly auth_username?: DataSource;
}

/** envoy.extensions.filters.network.redis_proxy.v3.RedisProxy */
export interface RedisProxy {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.redis_proxy.v3.RedisProxy';
  readonly stat_prefix?: string;
  readonly settings?: RedisProxy_ConnPoolSettings;
  readonly latency_in_micros?: boolean;
  readonly prefix_routes?: RedisProxy_PrefixRoutes;
  /** @deprecated */
  readonly downstream_auth_password?: DataSource;
  readonly downstream_auth_passwords?: readonly DataSource[];
  readonly faults?: readonly RedisProxy_RedisFault[];
  readonly downstream_auth_username?: DataSource;
  readonly external_auth_provider?: RedisExternalAuthProvider;
  readonly custom_commands?: readonly string[];
  readonly protocol_version?: RedisProxy_ProtocolVersion;
}

/** envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.ConnPoolSettings */
export interface RedisProxy_ConnPoolSettings {
  readonly op_timeout?: DurationText;
  readonly enable_hashtagging?: boolean;
  readonly enable_redirection?: boolean;
  readonly dns_cache_config?: DnsCacheConfig;
  readonly max_buffer_size_before_flush?: number;
  readonly buffer_flush_timeout?: DurationText;
  readonly max_upstream_unknown_connections?: number;
  readonly enable_command_stats?: boolean;
  readonly read_policy?: RedisProxy_ConnPoolSettings_ReadPolicy;
  readonly connection_rate_limit?: RedisProxy_ConnectionRateLimit;
}

/** envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.ConnectionRateLimit */
export interface RedisProxy_ConnectionRateLimit {
  readonly connection_rate_limit_per_sec?: number;
}

/** envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.PrefixRoutes */
export interface RedisProxy_PrefixRoutes {
  readonly routes?: readonly RedisProxy_PrefixRoutes_Route[];
  readonly case_insensitive?: boolean;
  readonly catch_all_route?: RedisProxy_PrefixRoutes_Route;
}

/** envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.PrefixRoutes.Route */
export interface RedisProxy_PrefixRoutes_Route {
  readonly prefix?: string;
  readonly remove_prefix?: boolean;
  readonly cluster?: string;
  readonly request_mirror_policy?: readonly RedisProxy_PrefixRoutes_Route_RequestMirrorPolicy[];
  readonly key_formatter?: string;
  readonly read_command_policy?: RedisProxy_PrefixRoutes_Route_ReadCommandPolicy;
}

/** envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.PrefixRoutes.Route.ReadCommandPolicy */
export interface RedisProxy_PrefixRoutes_Route_ReadCommandPolicy {
  readonly cluster?: string;
}

/** envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.PrefixRoutes.Route.RequestMirrorPolicy */
export interface RedisProxy_PrefixRoutes_Route_RequestMirrorPolicy {
  readonly cluster?: string;
  readonly runtime_fraction?: RuntimeFractionalPercent;
  readonly exclude_read_commands?: boolean;
}

/** envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.RedisFault */
export interface RedisProxy_RedisFault {
  readonly fault_type?: RedisProxy_RedisFault_RedisFaultType;
  readonly fault_enabled?: RuntimeFractionalPercent;
  readonly delay?: DurationText;
  readonly commands?: readonly string[];
}

/** envoy.extensions.filters.network.reverse_tunnel.v3.DrainAwareHttpConnectionManager */
export interface DrainAwareHttpConnectionManager {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.reverse_tunnel.v3.DrainAwareHttpConnectionManager';
  readonly hcm_config?: HttpConnectionManager;
  readonly enable_drain_with_goaway?: boolean;
}

/** envoy.extensions.filters.network.reverse_tunnel.v3.ReverseTunnel */
export interface ReverseTunnel {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.reverse_tunnel.v3.ReverseTunnel';
  readonly ping_interval?: DurationText;
  /** @deprecated */
  readonly auto_close_connections?: boolean;
  readonly request_path?: string;
  readonly request_method?: RequestMethod;
  readonly validation?: Validation;
  readonly required_cluster_name?: string;
  readonly use_http_upgrade?: boolean;
  readonly skip_rebalancing?: boolean;
  readonly jwt_validator?: JwtHandshakeValidator;
  readonly enable_connection_limit?: boolean;
  readonly handshake_timeout?: DurationText;
}

/** envoy.extensions.filters.network.reverse_tunnel.v3.Validation */
export interface Validation {
  readonly node_id_format?: string;
  readonly cluster_id_format?: string;
  readonly tenant_id_format?: string;
  readonly emit_dynamic_metadata?: boolean;
  readonly dynamic_metadata_namespace?: string;
}

/** envoy.extensions.filters.network.rocketmq_proxy.v3.RocketmqProxy */
export interface RocketmqProxy {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.rocketmq_proxy.v3.RocketmqProxy';
  readonly stat_prefix?: string;
  readonly route_config?: FiltersNetworkRocketmqProxyRouteConfiguration;
  readonly transient_object_life_span?: DurationText;
  readonly develop_mode?: boolean;
}

/** envoy.extensions.filters.network.rocketmq_proxy.v3.Route */
export interface FiltersNetworkRocketmqProxyRoute {
  readonly match?: FiltersNetworkRocketmqProxyRouteMatch;
  readonly route?: FiltersNetworkRocketmqProxyRouteAction;
}

/** envoy.extensions.filters.network.rocketmq_proxy.v3.RouteAction */
export interface FiltersNetworkRocketmqProxyRouteAction {
  readonly cluster?: string;
  readonly metadata_match?: CoreMetadata;
}

/** envoy.extensions.filters.network.rocketmq_proxy.v3.RouteConfiguration */
export interface FiltersNetworkRocketmqProxyRouteConfiguration {
  readonly name?: string;
  readonly routes?: readonly FiltersNetworkRocketmqProxyRoute[];
}

/** envoy.extensions.filters.network.rocketmq_proxy.v3.RouteMatch */
export interface FiltersNetworkRocketmqProxyRouteMatch {
  readonly topic?: TypeMatcherStringMatcher;
  readonly headers?: readonly HeaderMatcher[];
}

/** envoy.extensions.filters.network.set_filter_state.v3.Config */
export interface FiltersNetworkSetFilterStateConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.set_filter_state.v3.Config';
  readonly on_new_connection?: readonly FilterStateValue[];
  readonly on_downstream_tls_handshake?: readonly FilterStateValue[];
  readonly on_downstream_data?: readonly FilterStateValue[];
}

/** envoy.extensions.filters.network.sni_cluster.v3.SniCluster */
export interface SniCluster {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.sni_cluster.v3.SniCluster';
}

/** envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig */
export interface FiltersNetworkSniDynamicForwardProxyFilterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig';
  readonly dns_cache_config?: DnsCacheConfig;
  /** oneof port_specifier */
  readonly port_value?: number;
  readonly save_upstream_address?: boolean;
}

/** envoy.extensions.filters.network.tcp_bandwidth_limit.v3.TcpBandwidthLimit */
export interface TcpBandwidthLimit {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_bandwidth_limit.v3.TcpBandwidthLimit';
  readonly stat_prefix?: string;
  readonly read_limit_kbps?: Integer64;
  readonly write_limit_kbps?: Integer64;
  readonly fill_interval?: DurationText;
  readonly runtime_enabled?: RuntimeFeatureFlag;
}

/** envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy */
export interface TcpProxy {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';
  readonly stat_prefix?: string;
  /** oneof cluster_specifier */
  readonly cluster?: string;
  /** oneof cluster_specifier */
  readonly weighted_clusters?: TcpProxy_WeightedCluster;
  readonly on_demand?: TcpProxy_OnDemand;
  readonly metadata_match?: CoreMetadata;
  readonly idle_timeout?: DurationText;
  readonly downstream_idle_timeout?: DurationText;
  readonly upstream_idle_timeout?: DurationText;
  readonly access_log?: readonly AccessLog[];
  readonly max_connect_attempts?: number;
  readonly backoff_options?: BackoffStrategy;
  readonly hash_policy?: readonly HashPolicy[];
  readonly tunneling_config?: TcpProxy_TunnelingConfig;
  readonly max_downstream_connection_duration?: DurationText;
  readonly max_downstream_connection_duration_jitter_percentage?: Percent;
  /** @deprecated */
  readonly access_log_flush_interval?: DurationText;
  /** @deprecated */
  readonly flush_access_log_on_connected?: boolean;
  readonly access_log_options?: TcpProxy_TcpAccessLogOptions;
  readonly proxy_protocol_tlvs?: readonly TlvEntry[];
  readonly proxy_protocol_tlv_merge_policy?: ProxyProtocolTlvMergePolicy;
  readonly upstream_connect_mode?: UpstreamConnectMode;
  readonly max_early_data_bytes?: number;
  readonly check_drain_close?: boolean;
}

/** envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.OnDemand */
export interface TcpProxy_OnDemand {
  readonly odcds_config?: ConfigSource;
  readonly resources_locator?: string;
  readonly timeout?: DurationText;
}

/** envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TcpAccessLogOptions */
export interface TcpProxy_TcpAccessLogOptions {
  readonly access_log_flush_interval?: DurationText;
  readonly flush_access_log_on_connected?: boolean;
  readonly flush_access_log_on_start?: boolean;
}

/** envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.TunnelingConfig */
export interface TcpProxy_TunnelingConfig {
  readonly hostname?: string;
  readonly use_post?: boolean;
  readonly headers_to_add?: readonly HeaderValueOption[];
  readonly propagate_response_headers?: boolean;
  readonly post_path?: string;
  readonly propagate_response_trailers?: boolean;
  readonly request_id_extension?: RequestIDExtension;
  readonly request_id_header?: string;
  readonly request_id_metadata_key?: string;
  readonly formatters?: readonly TypedExtensionConfig[];
}

/** envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster */
export interface TcpProxy_WeightedCluster {
  readonly clusters?: readonly TcpProxy_WeightedCluster_ClusterWeight[];
}

/** envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight */
export interface TcpProxy_WeightedCluster_ClusterWeight {
  readonly name?: string;
  readonly weight?: number;
  readonly metadata_match?: CoreMetadata;
}

/** envoy.extensions.filters.network.thrift_proxy.filters.header_to_metadata.v3.HeaderToMetadata */
export interface HeaderToMetadata {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.thrift_proxy.filters.header_to_metadata.v3.HeaderToMetadata';
  readonly request_rules?: readonly HeaderToMetadata_Rule[];
}

/** envoy.extensions.filters.network.thrift_proxy.filters.header_to_metadata.v3.HeaderToMetadata.KeyValuePair */
export interface HeaderToMetadata_KeyValuePair {
  readonly metadata_namespace?: string;
  readonly key?: string;
  /** oneof value_type */
  readonly value?: string;
  /** oneof value_type */
  readonly regex_value_rewrite?: RegexMatchAndSubstitute;
  readonly type?: HeaderToMetadata_ValueType;
  readonly encode?: HeaderToMetadata_ValueEncode;
}

/** envoy.extensions.filters.network.thrift_proxy.filters.header_to_metadata.v3.HeaderToMetadata.Rule */
export interface HeaderToMetadata_Rule {
  readonly header?: string;
  readonly on_present?: HeaderToMetadata_KeyValuePair;
  readonly on_missing?: HeaderToMetadata_KeyValuePair;
  readonly remove?: boolean;
}

/** envoy.extensions.filters.network.thrift_proxy.filters.payload_to_metadata.v3.PayloadToMetadata */
export interface PayloadToMetadata {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.thrift_proxy.filters.payload_to_metadata.v3.PayloadToMetadata';
  readonly request_rules?: readonly PayloadToMetadata_Rule[];
}

/** envoy.extensions.filters.network.thrift_proxy.filters.payload_to_metadata.v3.PayloadToMetadata.FieldSelector */
export interface PayloadToMetadata_FieldSelector {
  readonly name?: string;
  readonly id?: number;
  readonly child?: PayloadToMetadata_FieldSelector;
}

/** envoy.extensions.filters.network.thrift_proxy.filters.payload_to_metadata.v3.PayloadToMetadata.KeyValuePair */
export interface PayloadToMetadata_KeyValuePair {
  readonly metadata_namespace?: string;
  readonly key?: string;
  /** oneof value_type */
  readonly value?: string;
  /** oneof value_type */
  readonly regex_value_rewrite?: RegexMatchAndSubstitute;
  readonly type?: PayloadToMetadata_ValueType;
}

/** envoy.extensions.filters.network.thrift_proxy.filters.payload_to_metadata.v3.PayloadToMetadata.Rule */
export interface PayloadToMetadata_Rule {
  /** oneof match_specifier */
  readonly method_name?: string;
  /** oneof match_specifier */
  readonly service_name?: string;
  readonly field_selector?: PayloadToMetadata_FieldSelector;
  readonly on_present?: PayloadToMetadata_KeyValuePair;
  readonly on_missing?: PayloadToMetadata_KeyValuePair;
}

/** envoy.extensions.filters.network.thrift_proxy.filters.ratelimit.v3.RateLimit */
export interface FiltersNetworkThriftProxyFiltersRatelimitRateLimit {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.thrift_proxy.filters.ratelimit.v3.RateLimit';
  readonly domain?: string;
  readonly stage?: number;
  readonly timeout?: DurationText;
  readonly failure_mode_deny?: boolean;
  readonly rate_limit_service?: RateLimitServiceConfig;
}

/** envoy.extensions.filters.network.thrift_proxy.router.v3.Router */
export interface FiltersNetworkThriftProxyRouterRouter {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.thrift_proxy.router.v3.Router';
  readonly close_downstream_on_upstream_error?: boolean;
}

/** envoy.extensions.filters.network.thrift_proxy.v3.Route */
export interface FiltersNetworkThriftProxyRoute {
  readonly match?: FiltersNetworkThriftProxyRouteMatch;
  readonly route?: FiltersNetworkThriftProxyRouteAction;
}

/** envoy.extensions.filters.network.thrift_proxy.v3.RouteAction */
export interface FiltersNetworkThriftProxyRouteAction {
  /** oneof cluster_specifier */
  readonly cluster?: string;
  /** oneof cluster_specifier */
  readonly weighted_clusters?: FiltersNetworkThriftProxyWeightedCluster;
  /** oneof cluster_specifier */
  readonly cluster_header?: string;
  readonly metadata_match?: CoreMetadata;
  readonly rate_limits?: readonly RouteRateLimit[];
  readonly strip_service_name?: boolean;
  readonly request_mirror_policies?: readonly FiltersNetworkThriftProxyRouteAction_RequestMirrorPolicy[];
}

/** envoy.extensions.filters.network.thrift_proxy.v3.RouteAction.RequestMirrorPolicy */
export interface FiltersNetworkThriftProxyRouteAction_RequestMirrorPolicy {
  readonly cluster?: string;
  readonly runtime_fraction?: RuntimeFractionalPercent;
}

/** envoy.extensions.filters.network.thrift_proxy.v3.RouteConfiguration */
export interface FiltersNetworkThriftProxyRouteConfiguration {
  readonly name?: string;
  readonly routes?: readonly FiltersNetworkThriftProxyRoute[];
  readonly validate_clusters?: boolean;
}

/** envoy.extensions.filters.network.thrift_proxy.v3.RouteMatch */
export interface FiltersNetworkThriftProxyRouteMatch {
  /** oneof match_specifier */
  readonly method_name?: string;
  /** oneof match_specifier */
  readonly service_name?: string;
  readonly invert?: boolean;
  readonly headers?: readonly HeaderMatcher[];
}

/** envoy.extensions.filters.network.thrift_proxy.v3.ThriftFilter */
export interface ThriftFilter {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
}

/** envoy.extensions.filters.network.thrift_proxy.v3.ThriftProtocolOptions */
export interface ThriftProtocolOptions {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.thrift_proxy.v3.ThriftProtocolOptions';
  readonly transport?: TransportType;
  readonly protocol?: FiltersNetworkThriftProxyProtocolType;
}

/** envoy.extensions.filters.network.thrift_proxy.v3.ThriftProxy */
export interface ThriftProxy {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.thrift_proxy.v3.ThriftProxy';
  readonly transport?: TransportType;
  readonly protocol?: FiltersNetworkThriftProxyProtocolType;
  readonly stat_prefix?: string;
  readonly route_config?: FiltersNetworkThriftProxyRouteConfiguration;
  readonly trds?: Trds;
  readonly thrift_filters?: readonly ThriftFilter[];
  readonly payload_passthrough?: boolean;
  readonly max_requests_per_connection?: number;
  readonly access_log?: readonly AccessLog[];
  readonly header_keys_preserve_case?: boolean;
}

/** envoy.extensions.filters.network.thrift_proxy.v3.Trds */
export interface Trds {
  readonly config_source?: ConfigSource;
  readonly route_config_name?: string;
}

/** envoy.extensions.filters.network.thrift_proxy.v3.WeightedCluster */
export interface FiltersNetworkThriftProxyWeightedCluster {
  readonly clusters?: readonly FiltersNetworkThriftProxyWeightedCluster_ClusterWeight[];
}

/** envoy.extensions.filters.network.thrift_proxy.v3.WeightedCluster.ClusterWeight */
export interface FiltersNetworkThriftProxyWeightedCluster_ClusterWeight {
  readonly name?: string;
  readonly weight?: number;
  readonly metadata_match?: CoreMetadata;
}

/** envoy.extensions.filters.network.wasm.v3.Wasm */
export interface FiltersNetworkWasmWasm {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.wasm.v3.Wasm';
  readonly config?: PluginConfig;
}

/** envoy.extensions.filters.network.zookeeper_proxy.v3.LatencyThresholdOverride */
export interface LatencyThresholdOverride {
  readonly opcode?: LatencyThresholdOverride_Opcode;
  readonly threshold?: DurationText;
}

/** envoy.extensions.filters.network.zookeeper_proxy.v3.ZooKeeperProxy */
export interface ZooKeeperProxy {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.network.zookeeper_proxy.v3.ZooKeeperProxy';
  readonly stat_prefix?: string;
  readonly access_log?: string;
  readonly max_packet_bytes?: number;
  readonly enable_latency_threshold_metrics?: boolean;
  readonly default_latency_threshold?: DurationText;
  readonly latency_threshold_overrides?: readonly LatencyThresholdOverride[];
  readonly enable_per_opcode_request_bytes_metrics?: boolean;
  readonly enable_per_opcode_response_bytes_metrics?: boolean;
  readonly enable_per_opcode_decoder_error_metrics?: boolean;
}

/** envoy.extensions.filters.udp.dns_filter.v3.DnsFilterConfig */
export interface DnsFilterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.udp.dns_filter.v3.DnsFilterConfig';
  readonly stat_prefix?: string;
  readonly server_config?: DnsFilterConfig_ServerContextConfig;
  readonly client_config?: DnsFilterConfig_ClientContextConfig;
  readonly access_log?: readonly AccessLog[];
  readonly case_insensitive?: boolean;
}

/** envoy.extensions.filters.udp.dns_filter.v3.DnsFilterConfig.ClientContextConfig */
export interface DnsFilterConfig_ClientContextConfig {
  readonly resolver_timeout?: DurationText;
  /** @deprecated */
  readonly upstream_resolvers?: readonly Address[];
  /** @deprecated */
  readonly dns_resolution_config?: DnsResolutionConfig;
  readonly typed_dns_resolver_config?: TypedExtensionConfig;
  readonly max_pending_lookups?: Integer64;
}

/** envoy.extensions.filters.udp.dns_filter.v3.DnsFilterConfig.ServerContextConfig */
export interface DnsFilterConfig_ServerContextConfig {
  /** oneof config_source */
  readonly inline_dns_table?: DnsTable;
  /** oneof config_source */
  readonly external_dns_table?: DataSource;
}

/** envoy.extensions.filters.udp.dynamic_modules.v3.DynamicModuleUdpListenerFilter */
export interface DynamicModuleUdpListenerFilter {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.udp.dynamic_modules.v3.DynamicModuleUdpListenerFilter';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly filter_name?: string;
  readonly filter_config?: Any;
}

/** envoy.extensions.filters.udp.udp_proxy.session.dynamic_forward_proxy.v3.FilterConfig */
export interface FiltersUdpUdpProxySessionDynamicForwardProxyFilterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.session.dynamic_forward_proxy.v3.FilterConfig';
  readonly stat_prefix?: string;
  /** oneof implementation_specifier */
  readonly dns_cache_config?: DnsCacheConfig;
  readonly buffer_options?: FiltersUdpUdpProxySessionDynamicForwardProxyFilterConfig_BufferOptions;
}

/** envoy.extensions.filters.udp.udp_proxy.session.dynamic_forward_proxy.v3.FilterConfig.BufferOptions */
export interface FiltersUdpUdpProxySessionDynamicForwardProxyFilterConfig_BufferOptions {
  readonly max_buffered_datagrams?: number;
  readonly max_buffered_bytes?: Integer64;
}

/** envoy.extensions.filters.udp.udp_proxy.session.ext_authz.v3.FilterConfig */
export interface FiltersUdpUdpProxySessionExtAuthzFilterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.session.ext_authz.v3.FilterConfig';
  readonly stat_prefix?: string;
  readonly grpc_service?: GrpcService;
  readonly failure_mode_allow?: boolean;
  readonly buffer_options?: FiltersUdpUdpProxySessionExtAuthzFilterConfig_BufferOptions;
}

/** envoy.extensions.filters.udp.udp_proxy.session.ext_authz.v3.FilterConfig.BufferOptions */
export interface FiltersUdpUdpProxySessionExtAuthzFilterConfig_BufferOptions {
  readonly max_buffered_datagrams?: number;
  readonly max_buffered_bytes?: Integer64;
}

/** envoy.extensions.filters.udp.udp_proxy.session.http_capsule.v3.FilterConfig */
export interface FiltersUdpUdpProxySessionHttpCapsuleFilterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.session.http_capsule.v3.FilterConfig';
}

/** envoy.extensions.filters.udp.udp_proxy.v3.Route */
export interface FiltersUdpUdpProxyRoute {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.v3.Route';
  readonly cluster?: string;
}

/** envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig */
export interface UdpProxyConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig';
  readonly stat_prefix?: string;
  /** @deprecated, oneof route_specifier */
  readonly cluster?: string;
  /** oneof route_specifier */
  readonly matcher?: XdsTypeMatcherMatcher;
  readonly idle_timeout?: DurationText;
  readonly use_original_src_ip?: boolean;
  readonly hash_policies?: readonly UdpProxyConfig_HashPolicy[];
  readonly upstream_socket_config?: UdpSocketConfig;
  readonly use_per_packet_load_balancing?: boolean;
  readonly access_log?: readonly AccessLog[];
  readonly proxy_access_log?: readonly AccessLog[];
  readonly session_filters?: readonly UdpProxyConfig_SessionFilter[];
  readonly tunneling_config?: UdpProxyConfig_UdpTunnelingConfig;
  readonly access_log_options?: UdpProxyConfig_UdpAccessLogOptions;
}

/** envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig.HashPolicy */
export interface UdpProxyConfig_HashPolicy {
  /** oneof policy_specifier */
  readonly source_ip?: boolean;
  /** oneof policy_specifier */
  readonly key?: string;
}

/** envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig.SessionFilter */
export interface UdpProxyConfig_SessionFilter {
  readonly name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
  /** oneof config_type */
  readonly config_discovery?: ExtensionConfigSource;
}

/** envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig.UdpAccessLogOptions */
export interface UdpProxyConfig_UdpAccessLogOptions {
  readonly access_log_flush_interval?: DurationText;
  readonly flush_access_log_on_tunnel_connected?: boolean;
}

/** envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig.UdpTunnelingConfig */
export interface UdpProxyConfig_UdpTunnelingConfig {
  readonly proxy_host?: string;
  readonly proxy_port?: number;
  readonly target_host?: string;
  readonly default_target_port?: number;
  readonly use_post?: boolean;
  readonly post_path?: string;
  readonly retry_options?: UdpProxyConfig_UdpTunnelingConfig_RetryOptions;
  readonly headers_to_add?: readonly HeaderValueOption[];
  readonly buffer_options?: UdpProxyConfig_UdpTunnelingConfig_BufferOptions;
  readonly propagate_response_headers?: boolean;
  readonly propagate_response_trailers?: boolean;
  readonly formatters?: readonly TypedExtensionConfig[];
}

/** envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig.UdpTunnelingConfig.BufferOptions */
export interface UdpProxyConfig_UdpTunnelingConfig_BufferOptions {
  readonly max_buffered_datagrams?: number;
  readonly max_buffered_bytes?: Integer64;
}

/** envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig.UdpTunnelingConfig.RetryOptions */
export interface UdpProxyConfig_UdpTunnelingConfig_RetryOptions {
  readonly max_connect_attempts?: number;
  readonly backoff_options?: BackoffStrategy;
}

/** envoy.extensions.formatter.cel.v3.Cel */
export interface Cel {
  readonly '@type': 'type.googleapis.com/envoy.extensions.formatter.cel.v3.Cel';
  readonly cel_config?: CelExpressionConfig;
}

/** envoy.extensions.formatter.dynamic_modules.v3.DynamicModuleFormatter */
export interface DynamicModuleFormatter {
  readonly '@type': 'type.googleapis.com/envoy.extensions.formatter.dynamic_modules.v3.DynamicModuleFormatter';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly formatter_name?: string;
  readonly formatter_config?: Any;
}

/** envoy.extensions.formatter.file_content.v3.FileContent */
export interface FileContent {
  readonly '@type': 'type.googleapis.com/envoy.extensions.formatter.file_content.v3.FileContent';
}

/** envoy.extensions.formatter.generic_secret.v3.GenericSecret */
export interface FormatterGenericSecretGenericSecret {
  readonly '@type': 'type.googleapis.com/envoy.extensions.formatter.generic_secret.v3.GenericSecret';
  readonly secret_configs?: { readonly [key: string]: SdsSecretConfig };
}

/** envoy.extensions.formatter.metadata.v3.Metadata */
export interface FormatterMetadataMetadata {
  readonly '@type': 'type.googleapis.com/envoy.extensions.formatter.metadata.v3.Metadata';
}

/** envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery */
export interface ReqWithoutQuery {
  readonly '@type': 'type.googleapis.com/envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery';
}

/** envoy.extensions.geoip_providers.common.v3.CommonGeoipProviderConfig */
export interface CommonGeoipProviderConfig {
  /** @deprecated */
  readonly geo_headers_to_add?: CommonGeoipProviderConfig_GeolocationHeadersToAdd;
  readonly geo_field_keys?: CommonGeoipProviderConfig_GeolocationFieldKeys;
}

/** envoy.extensions.geoip_providers.common.v3.CommonGeoipProviderConfig.GeolocationFieldKeys */
export interface CommonGeoipProviderConfig_GeolocationFieldKeys {
  readonly country?: string;
  readonly city?: string;
  readonly region?: string;
  readonly asn?: string;
  readonly asn_org?: string;
  readonly anon?: string;
  readonly anon_vpn?: string;
  readonly anon_hosting?: string;
  readonly anon_tor?: string;
  readonly anon_proxy?: string;
  readonly isp?: string;
  readonly apple_private_relay?: string;
}

/** envoy.extensions.geoip_providers.common.v3.CommonGeoipProviderConfig.GeolocationHeadersToAdd */
export interface CommonGeoipProviderConfig_GeolocationHeadersToAdd {
  readonly country?: string;
  readonly city?: string;
  readonly region?: string;
  readonly asn?: string;
  readonly asn_org?: string;
  /** @deprecated */
  readonly is_anon?: string;
  readonly anon?: string;
  readonly anon_vpn?: string;
  readonly anon_hosting?: string;
  readonly anon_tor?: string;
  readonly anon_proxy?: string;
  readonly isp?: string;
  readonly apple_private_relay?: string;
}

/** envoy.extensions.geoip_providers.maxmind.v3.MaxMindConfig */
export interface MaxMindConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.geoip_providers.maxmind.v3.MaxMindConfig';
  readonly city_db_path?: string;
  readonly asn_db_path?: string;
  readonly anon_db_path?: string;
  readonly isp_db_path?: string;
  readonly country_db_path?: string;
  readonly common_provider_config?: CommonGeoipProviderConfig;
}

/** envoy.extensions.grpc_service.call_credentials.access_token.v3.AccessTokenCredentials */
export interface AccessTokenCredentials {
  readonly '@type': 'type.googleapis.com/envoy.extensions.grpc_service.call_credentials.access_token.v3.AccessTokenCredentials';
  readonly token?: string;
}

/** envoy.extensions.grpc_service.call_credentials.file_based_metadata.v3.FileBasedMetadataCallCredentials */
export interface FileBasedMetadataCallCredentials {
  readonly '@type': 'type.googleapis.com/envoy.extensions.grpc_service.call_credentials.file_based_metadata.v3.FileBasedMetadataCallCredentials';
  readonly secret_data?: DataSource;
  readonly header_key?: string;
  readonly header_prefix?: string;
}

/** envoy.extensions.grpc_service.call_credentials.google_compute_engine.v3.GoogleComputeEngineCredentials */
export interface GoogleComputeEngineCredentials {
  readonly '@type': 'type.googleapis.com/envoy.extensions.grpc_service.call_credentials.google_compute_engine.v3.GoogleComputeEngineCredentials';
}

/** envoy.extensions.grpc_service.call_credentials.google_iam.v3.GoogleIamCredentials */
export interface GoogleIamCredentials {
  readonly '@type': 'type.googleapis.com/envoy.extensions.grpc_service.call_credentials.google_iam.v3.GoogleIamCredentials';
  readonly authorization_token?: string;
  readonly authority_selector?: string;
}

/** envoy.extensions.grpc_service.call_credentials.google_refresh_token.v3.GoogleRefreshTokenCredentials */
export interface GoogleRefreshTokenCredentials {
  readonly '@type': 'type.googleapis.com/envoy.extensions.grpc_service.call_credentials.google_refresh_token.v3.GoogleRefreshTokenCredentials';
  readonly token?: string;
}

/** envoy.extensions.grpc_service.call_credentials.service_account_jwt_access.v3.ServiceAccountJwtAccessCredentials */
export interface ServiceAccountJwtAccessCredentials {
  readonly '@type': 'type.googleapis.com/envoy.extensions.grpc_service.call_credentials.service_account_jwt_access.v3.ServiceAccountJwtAccessCredentials';
  readonly json_key?: string;
  readonly token_lifetime?: DurationText;
}

/** envoy.extensions.grpc_service.call_credentials.sts_service.v3.StsServiceCredentials */
export interface StsServiceCredentials {
  readonly '@type': 'type.googleapis.com/envoy.extensions.grpc_service.call_credentials.sts_service.v3.StsServiceCredentials';
  readonly token_exchange_service_uri?: string;
  readonly resource?: string;
  readonly audience?: string;
  readonly scope?: string;
  readonly requested_token_type?: string;
  readonly subject_token_path?: string;
  readonly subject_token_type?: string;
  readonly actor_token_path?: string;
  readonly actor_token_type?: string;
}

/** envoy.extensions.grpc_service.channel_credentials.google_default.v3.GoogleDefaultCredentials */
export interface GoogleDefaultCredentials {
  readonly '@type': 'type.googleapis.com/envoy.extensions.grpc_service.channel_credentials.google_default.v3.GoogleDefaultCredentials';
}

/** envoy.extensions.grpc_service.channel_credentials.insecure.v3.InsecureCredentials */
export interface InsecureCredentials {
  readonly '@type': 'type.googleapis.com/envoy.extensions.grpc_service.channel_credentials.insecure.v3.InsecureCredentials';
}

/** envoy.extensions.grpc_service.channel_credentials.local.v3.LocalCredentials */
export interface LocalCredentials {
  readonly '@type': 'type.googleapis.com/envoy.extensions.grpc_service.channel_credentials.local.v3.LocalCredentials';
}

/** envoy.extensions.grpc_service.channel_credentials.tls.v3.TlsCredentials */
export interface TlsCredentials {
  readonly '@type': 'type.googleapis.com/envoy.extensions.grpc_service.channel_credentials.tls.v3.TlsCredentials';
  readonly root_certificate_provider?: CommonTlsContext_CertificateProviderInstance;
  readonly identity_certificate_provider?: CommonTlsContext_CertificateProviderInstance;
}

/** envoy.extensions.grpc_service.channel_credentials.xds.v3.XdsCredentials */
export interface XdsCredentials {
  readonly '@type': 'type.googleapis.com/envoy.extensions.grpc_service.channel_credentials.xds.v3.XdsCredentials';
  readonly fallback_credentials?: Any;
}

/** envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink */
export interface HealthCheckEventFileSink {
  readonly '@type': 'type.googleapis.com/envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink';
  readonly event_log_path?: string;
}

/** envoy.extensions.health_checkers.dynamic_modules.v3.DynamicModuleHealthCheck */
export interface DynamicModuleHealthCheck {
  readonly '@type': 'type.googleapis.com/envoy.extensions.health_checkers.dynamic_modules.v3.DynamicModuleHealthCheck';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly health_checker_name?: string;
  readonly health_checker_config?: Any;
}

/** envoy.extensions.health_checkers.redis.v3.Redis */
export interface Redis {
  readonly '@type': 'type.googleapis.com/envoy.extensions.health_checkers.redis.v3.Redis';
  readonly key?: string;
  readonly aws_iam?: AwsIam;
}

/** envoy.extensions.health_checkers.thrift.v3.Thrift */
export interface Thrift {
  readonly '@type': 'type.googleapis.com/envoy.extensions.health_checkers.thrift.v3.Thrift';
  readonly method_name?: string;
  readonly transport?: TransportType;
  readonly protocol?: FiltersNetworkThriftProxyProtocolType;
}

/** envoy.extensions.health_checkers.udp.v3.UdpHealthCheck */
export interface UdpHealthCheck {
  readonly '@type': 'type.googleapis.com/envoy.extensions.health_checkers.udp.v3.UdpHealthCheck';
  readonly send?: HealthCheck_Payload;
  readonly receive?: HealthCheck_Payload;
}

/** envoy.extensions.http.ai_filters.request_info.v3.RequestInfo */
export interface RequestInfo {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.ai_filters.request_info.v3.RequestInfo';
  readonly metadata_namespace?: string;
  readonly token_estimation?: RequestInfo_TokenEstimation;
}

/** envoy.extensions.http.ai_filters.request_info.v3.RequestInfo.TokenEstimation */
export interface RequestInfo_TokenEstimation {
  readonly tokens_per_byte?: number;
}

/** envoy.extensions.http.ai_filters.schema_validation.v3.SchemaValidation */
export interface SchemaValidation {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.ai_filters.schema_validation.v3.SchemaValidation';
  readonly default_llm_protocol?: LLMProtocol;
  readonly fail_open?: boolean;
}

/** envoy.extensions.http.ai_filters.transcoder.v3.Transcoder */
export interface Transcoder {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.ai_filters.transcoder.v3.Transcoder';
  readonly request_handling?: Transcoder_Direction;
  readonly response_handling?: Transcoder_Direction;
}

/** envoy.extensions.http.cache.file_system_http_cache.v3.FileSystemHttpCacheConfig */
export interface FileSystemHttpCacheConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.cache.file_system_http_cache.v3.FileSystemHttpCacheConfig';
  readonly manager_config?: AsyncFileManagerConfig;
  readonly cache_path?: string;
  readonly max_cache_size_bytes?: Integer64;
  readonly max_individual_cache_entry_size_bytes?: Integer64;
  readonly max_cache_entry_count?: Integer64;
  readonly cache_subdivisions?: number;
  readonly evict_fraction?: number;
  readonly max_eviction_period?: DurationText;
  readonly min_eviction_period?: DurationText;
  readonly create_cache_path?: boolean;
}

/** envoy.extensions.http.cache.simple_http_cache.v3.SimpleHttpCacheConfig */
export interface SimpleHttpCacheConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.cache.simple_http_cache.v3.SimpleHttpCacheConfig';
}

/** envoy.extensions.http.cache_v2.file_system_http_cache.v3.FileSystemHttpCacheV2Config */
export interface FileSystemHttpCacheV2Config {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.cache_v2.file_system_http_cache.v3.FileSystemHttpCacheV2Config';
  readonly manager_config?: AsyncFileManagerConfig;
  readonly cache_path?: string;
  readonly max_cache_size_bytes?: Integer64;
  readonly max_individual_cache_entry_size_bytes?: Integer64;
  readonly max_cache_entry_count?: Integer64;
  readonly cache_subdivisions?: number;
  readonly evict_fraction?: number;
  readonly max_eviction_period?: DurationText;
  readonly min_eviction_period?: DurationText;
  readonly create_cache_path?: boolean;
}

/** envoy.extensions.http.cache_v2.simple_http_cache.v3.SimpleHttpCacheV2Config */
export interface SimpleHttpCacheV2Config {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.cache_v2.simple_http_cache.v3.SimpleHttpCacheV2Config';
}

/** envoy.extensions.http.custom_response.local_response_policy.v3.LocalResponsePolicy */
export interface LocalResponsePolicy {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.custom_response.local_response_policy.v3.LocalResponsePolicy';
  readonly body?: DataSource;
  readonly body_format?: SubstitutionFormatString;
  readonly status_code?: number;
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  /** oneof response_code_details_action */
  readonly preserve_response_code_details?: boolean;
  /** oneof response_code_details_action */
  readonly response_code_details?: string;
}

/** envoy.extensions.http.custom_response.redirect_policy.v3.RedirectPolicy */
export interface RedirectPolicy {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.custom_response.redirect_policy.v3.RedirectPolicy';
  /** oneof redirect_action_specifier */
  readonly uri?: string;
  /** oneof redirect_action_specifier */
  readonly redirect_action?: RedirectAction;
  readonly status_code?: number;
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly modify_request_headers_action?: TypedExtensionConfig;
}

/** envoy.extensions.http.early_header_mutation.dynamic_modules.v3.DynamicModuleEarlyHeaderMutation */
export interface DynamicModuleEarlyHeaderMutation {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.early_header_mutation.dynamic_modules.v3.DynamicModuleEarlyHeaderMutation';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly early_header_mutation_name?: string;
  readonly early_header_mutation_config?: Any;
}

/** envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation */
export interface HttpEarlyHeaderMutationHeaderMutationHeaderMutation {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation';
  readonly mutations?: readonly CommonMutationRulesHeaderMutation[];
}

/** envoy.extensions.http.ext_proc.processing_request_modifiers.mapped_attribute_builder.v3.MappedAttributeBuilder */
export interface MappedAttributeBuilder {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.ext_proc.processing_request_modifiers.mapped_attribute_builder.v3.MappedAttributeBuilder';
  readonly mapped_request_attributes?: { readonly [key: string]: string };
  readonly mapped_response_attributes?: { readonly [key: string]: string };
}

/** envoy.extensions.http.ext_proc.response_processors.save_processing_response.v3.SaveProcessingResponse */
export interface SaveProcessingResponse {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.ext_proc.response_processors.save_processing_response.v3.SaveProcessingResponse';
  readonly filter_state_name_suffix?: string;
  readonly save_request_headers?: SaveProcessingResponse_SaveOptions;
  readonly save_response_headers?: SaveProcessingResponse_SaveOptions;
  readonly save_request_trailers?: SaveProcessingResponse_SaveOptions;
  readonly save_response_trailers?: SaveProcessingResponse_SaveOptions;
  readonly save_immediate_response?: SaveProcessingResponse_SaveOptions;
}

/** envoy.extensions.http.ext_proc.response_processors.save_processing_response.v3.SaveProcessingResponse.SaveOptions */
export interface SaveProcessingResponse_SaveOptions {
  readonly save_response?: boolean;
  readonly save_on_error?: boolean;
}

/** envoy.extensions.http.header_formatters.dynamic_modules.v3.DynamicModuleHeaderFormatter */
export interface DynamicModuleHeaderFormatter {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.header_formatters.dynamic_modules.v3.DynamicModuleHeaderFormatter';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly header_formatter_name?: string;
  readonly header_formatter_config?: Any;
}

/** envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig */
export interface PreserveCaseFormatterConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig';
  readonly forward_reason_phrase?: boolean;
  readonly formatter_type_on_envoy_headers?: PreserveCaseFormatterConfig_FormatterTypeOnEnvoyHeaders;
}

/** envoy.extensions.http.header_validators.envoy_default.v3.HeaderValidatorConfig */
export interface HeaderValidatorConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.header_validators.envoy_default.v3.HeaderValidatorConfig';
  readonly http1_protocol_options?: HeaderValidatorConfig_Http1ProtocolOptions;
  readonly uri_path_normalization_options?: HeaderValidatorConfig_UriPathNormalizationOptions;
  readonly restrict_http_methods?: boolean;
  readonly headers_with_underscores_action?: HeaderValidatorConfig_HeadersWithUnderscoresAction;
  readonly strip_fragment_from_path?: boolean;
}

/** envoy.extensions.http.header_validators.envoy_default.v3.HeaderValidatorConfig.Http1ProtocolOptions */
export interface HeaderValidatorConfig_Http1ProtocolOptions {
  readonly allow_chunked_length?: boolean;
}

/** envoy.extensions.http.header_validators.envoy_default.v3.HeaderValidatorConfig.UriPathNormalizationOptions */
export interface HeaderValidatorConfig_UriPathNormalizationOptions {
  readonly skip_path_normalization?: boolean;
  readonly skip_merging_slashes?: boolean;
  readonly path_with_escaped_slashes_action?: HeaderValidatorConfig_UriPathNormalizationOptions_PathWithEscapedSlashesAction;
}

/** envoy.extensions.http.injected_credentials.generic.v3.Generic */
export interface Generic {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.injected_credentials.generic.v3.Generic';
  readonly credential?: SdsSecretConfig;
  readonly header?: string;
  readonly header_value_prefix?: string;
}

/** envoy.extensions.http.injected_credentials.oauth2.v3.OAuth2 */
export interface HttpInjectedCredentialsOauth2OAuth2 {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.injected_credentials.oauth2.v3.OAuth2';
  readonly token_endpoint?: HttpUri;
  readonly scopes?: readonly string[];
  /** oneof flow_type */
  readonly client_credentials?: OAuth2_ClientCredentials;
  readonly token_fetch_retry_interval?: DurationText;
  readonly endpoint_params?: readonly OAuth2_EndpointParameter[];
}

/** envoy.extensions.http.injected_credentials.oauth2.v3.OAuth2.ClientCredentials */
export interface OAuth2_ClientCredentials {
  readonly client_id?: string;
  readonly client_secret?: SdsSecretConfig;
  readonly auth_type?: OAuth2_AuthType;
}

/** envoy.extensions.http.injected_credentials.oauth2.v3.OAuth2.EndpointParameter */
export interface OAuth2_EndpointParameter {
  readonly name?: string;
  readonly value?: string;
}

/** envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig */
export interface CustomHeaderConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig';
  readonly header_name?: string;
  readonly allow_extension_to_set_address_as_trusted?: boolean;
  readonly reject_with_status?: HttpStatus;
}

/** envoy.extensions.http.original_ip_detection.xff.v3.XffConfig */
export interface XffConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.original_ip_detection.xff.v3.XffConfig';
  readonly xff_num_trusted_hops?: number;
  readonly xff_trusted_cidrs?: XffTrustedCidrs;
  readonly skip_xff_append?: boolean;
}

/** envoy.extensions.http.original_ip_detection.xff.v3.XffTrustedCidrs */
export interface XffTrustedCidrs {
  readonly cidrs?: readonly CoreCidrRange[];
}

/** envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState */
export interface CookieBasedSessionState {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState';
  readonly cookie?: Cookie;
}

/** envoy.extensions.http.stateful_session.envelope.v3.EnvelopeSessionState */
export interface EnvelopeSessionState {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.stateful_session.envelope.v3.EnvelopeSessionState';
  readonly header?: EnvelopeSessionState_Header;
}

/** envoy.extensions.http.stateful_session.envelope.v3.EnvelopeSessionState.Header */
export interface EnvelopeSessionState_Header {
  readonly name?: string;
}

/** envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState */
export interface HeaderBasedSessionState {
  readonly '@type': 'type.googleapis.com/envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState';
  readonly name?: string;
}

/** envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig */
export interface AllowListedRoutesConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.internal_redirect.allow_listed_routes.v3.AllowListedRoutesConfig';
  readonly allowed_route_names?: readonly string[];
}

/** envoy.extensions.internal_redirect.filter_state.v3.FilterStateConfig */
export interface FilterStateConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.internal_redirect.filter_state.v3.FilterStateConfig';
  readonly redirect_enabled_key?: string;
  readonly redirect_if_absent?: boolean;
}

/** envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig */
export interface PreviousRoutesConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.internal_redirect.previous_routes.v3.PreviousRoutesConfig';
}

/** envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig */
export interface SafeCrossSchemeConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.internal_redirect.safe_cross_scheme.v3.SafeCrossSchemeConfig';
}

/** envoy.extensions.key_value.file_based.v3.FileBasedKeyValueStoreConfig */
export interface FileBasedKeyValueStoreConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.key_value.file_based.v3.FileBasedKeyValueStoreConfig';
  readonly filename?: string;
  readonly flush_interval?: DurationText;
  readonly max_entries?: number;
}

/** envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin */
export interface ClientSideWeightedRoundRobin {
  readonly '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin';
  readonly enable_oob_load_report?: boolean;
  readonly oob_reporting_period?: DurationText;
  readonly blackout_period?: DurationText;
  readonly weight_expiration_period?: DurationText;
  readonly weight_update_period?: DurationText;
  readonly error_utilization_penalty?: number;
  readonly metric_names_for_computing_utilization?: readonly string[];
  readonly slow_start_config?: SlowStartConfig;
  readonly oob_reporting_config?: OrcaOobReportingConfig;
}

/** envoy.extensions.load_balancing_policies.cluster_provided.v3.ClusterProvided */
export interface ClusterProvided {
  readonly '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.cluster_provided.v3.ClusterProvided';
}

/** envoy.extensions.load_balancing_policies.common.v3.ConsistentHashingLbConfig */
export interface ConsistentHashingLbConfig {
  readonly use_hostname_for_hashing?: boolean;
  readonly hash_balance_factor?: number;
  readonly hash_policy?: readonly RouteAction_HashPolicy[];
}

/** envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig */
export interface LocalityLbConfig {
  /** oneof locality_config_specifier */
  readonly zone_aware_lb_config?: LocalityLbConfig_ZoneAwareLbConfig;
  /** oneof locality_config_specifier */
  readonly locality_weighted_lb_config?: LocalityLbConfig_LocalityWeightedLbConfig;
}

/** envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig.LocalityWeightedLbConfig */
export interface LocalityLbConfig_LocalityWeightedLbConfig {
}

/** envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig.ZoneAwareLbConfig */
export interface LocalityLbConfig_ZoneAwareLbConfig {
  readonly routing_enabled?: Percent;
  readonly min_cluster_size?: Integer64;
  readonly fail_traffic_on_panic?: boolean;
  /** @deprecated */
  readonly force_locality_direct_routing?: boolean;
  readonly force_local_zone?: LocalityLbConfig_ZoneAwareLbConfig_ForceLocalZone;
  readonly locality_basis?: LocalityLbConfig_ZoneAwareLbConfig_LocalityBasis;
}

/** envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig.ZoneAwareLbConfig.ForceLocalZone */
export interface LocalityLbConfig_ZoneAwareLbConfig_ForceLocalZone {
  readonly min_size?: number;
}

/** envoy.extensions.load_balancing_policies.common.v3.OrcaOobReportingConfig */
export interface OrcaOobReportingConfig {
  readonly port_value?: number;
  readonly authority?: string;
  readonly transport_socket_match_criteria?: Plain;
}

/** envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig */
export interface SlowStartConfig {
  readonly slow_start_window?: DurationText;
  readonly aggression?: RuntimeDouble;
  readonly min_weight_percent?: Percent;
}

/** envoy.extensions.load_balancing_policies.dynamic_modules.v3.DynamicModulesLoadBalancerConfig */
export interface DynamicModulesLoadBalancerConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.dynamic_modules.v3.DynamicModulesLoadBalancerConfig';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly lb_policy_name?: string;
  readonly lb_policy_config?: Any;
}

/** envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest */
export interface LeastRequest {
  readonly '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest';
  readonly choice_count?: number;
  readonly active_request_bias?: RuntimeDouble;
  readonly slow_start_config?: SlowStartConfig;
  readonly locality_lb_config?: LocalityLbConfig;
  /** @deprecated */
  readonly enable_full_scan?: boolean;
  readonly selection_method?: LeastRequest_SelectionMethod;
}

/** envoy.extensions.load_balancing_policies.load_aware_locality.v3.LoadAwareLocality */
export interface LoadAwareLocality {
  readonly '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.load_aware_locality.v3.LoadAwareLocality';
  readonly endpoint_picking_policy?: LoadBalancingPolicy;
  readonly weight_update_period?: DurationText;
  readonly metric_names_for_computing_utilization?: readonly string[];
  readonly utilization_variance_threshold?: number;
  readonly smoothing_time_constant?: DurationText;
  readonly remote_probe_fraction?: number;
  readonly weight_expiration_period?: DurationText;
  readonly enable_oob_load_report?: boolean;
  readonly oob_reporting_period?: DurationText;
  readonly oob_reporting_config?: OrcaOobReportingConfig;
}

/** envoy.extensions.load_balancing_policies.maglev.v3.Maglev */
export interface Maglev {
  readonly '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.maglev.v3.Maglev';
  readonly table_size?: Integer64;
  readonly consistent_hashing_lb_config?: ConsistentHashingLbConfig;
  readonly locality_weighted_lb_config?: LocalityLbConfig_LocalityWeightedLbConfig;
}

/** envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost */
export interface OverrideHost {
  readonly '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost';
  readonly override_host_sources?: readonly OverrideHost_OverrideHostSource[];
  readonly selected_host_key?: MetadataKey;
  readonly fallback_policy?: LoadBalancingPolicy;
}

/** envoy.extensions.load_balancing_policies.override_host.v3.OverrideHost.OverrideHostSource */
export interface OverrideHost_OverrideHostSource {
  readonly header?: string;
  readonly metadata?: MetadataKey;
}

/** envoy.extensions.load_balancing_policies.pick_first.v3.PickFirst */
export interface PickFirst {
  readonly '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.pick_first.v3.PickFirst';
  readonly shuffle_address_list?: boolean;
}

/** envoy.extensions.load_balancing_policies.random.v3.Random */
export interface Random {
  readonly '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.random.v3.Random';
  readonly locality_lb_config?: LocalityLbConfig;
}

/** envoy.extensions.load_balancing_policies.random_subsetting.v3.RandomSubsetting */
export interface RandomSubsetting {
  readonly '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.random_subsetting.v3.RandomSubsetting';
  readonly subset_size?: number;
  readonly child_policy?: LoadBalancingPolicy;
}

/** envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash */
export interface RingHash {
  readonly '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash';
  readonly hash_function?: RingHash_HashFunction;
  readonly minimum_ring_size?: Integer64;
  readonly maximum_ring_size?: Integer64;
  /** @deprecated */
  readonly use_hostname_for_hashing?: boolean;
  /** @deprecated */
  readonly hash_balance_factor?: number;
  readonly consistent_hashing_lb_config?: ConsistentHashingLbConfig;
  readonly locality_weighted_lb_config?: LocalityLbConfig_LocalityWeightedLbConfig;
}

/** envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin */
export interface RoundRobin {
  readonly '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin';
  readonly slow_start_config?: SlowStartConfig;
  readonly locality_lb_config?: LocalityLbConfig;
}

/** envoy.extensions.load_balancing_policies.subset.v3.Subset */
export interface Subset {
  readonly '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.subset.v3.Subset';
  readonly fallback_policy?: Subset_LbSubsetFallbackPolicy;
  readonly default_subset?: Plain;
  readonly subset_selectors?: readonly Subset_LbSubsetSelector[];
  readonly allow_redundant_keys?: boolean;
  readonly locality_weight_aware?: boolean;
  readonly scale_locality_weight?: boolean;
  readonly panic_mode_any?: boolean;
  readonly list_as_any?: boolean;
  readonly metadata_fallback_policy?: Subset_LbSubsetMetadataFallbackPolicy;
  readonly subset_lb_policy?: LoadBalancingPolicy;
}

/** envoy.extensions.load_balancing_policies.subset.v3.Subset.LbSubsetSelector */
export interface Subset_LbSubsetSelector {
  readonly keys?: readonly string[];
  readonly single_host_per_subset?: boolean;
  readonly fallback_policy?: Subset_LbSubsetSelector_LbSubsetSelectorFallbackPolicy;
  readonly fallback_keys_subset?: readonly string[];
}

/** envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality */
export interface WrrLocality {
  readonly '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality';
  readonly endpoint_picking_policy?: LoadBalancingPolicy;
}

/** envoy.extensions.local_address_selectors.filter_state_override.v3.Config */
export interface LocalAddressSelectorsFilterStateOverrideConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.local_address_selectors.filter_state_override.v3.Config';
}

/** envoy.extensions.matching.actions.transform_stat.v3.TransformStat */
export interface TransformStat {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.actions.transform_stat.v3.TransformStat';
  readonly drop_stat?: TransformStat_DropStat;
  readonly drop_tag?: TransformStat_DropTag;
  readonly update_tag?: TransformStat_UpdateTag;
}

/** envoy.extensions.matching.actions.transform_stat.v3.TransformStat.DropStat */
export interface TransformStat_DropStat {
}

/** envoy.extensions.matching.actions.transform_stat.v3.TransformStat.DropTag */
export interface TransformStat_DropTag {
}

/** envoy.extensions.matching.actions.transform_stat.v3.TransformStat.UpdateTag */
export interface TransformStat_UpdateTag {
  readonly new_tag_value?: string;
}

/** envoy.extensions.matching.common_inputs.environment_variable.v3.Config */
export interface MatchingCommonInputsEnvironmentVariableConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.environment_variable.v3.Config';
  readonly name?: string;
}

/** envoy.extensions.matching.common_inputs.network.v3.ApplicationProtocolInput */
export interface ApplicationProtocolInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.ApplicationProtocolInput';
}

/** envoy.extensions.matching.common_inputs.network.v3.DestinationIPInput */
export interface DestinationIPInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.DestinationIPInput';
}

/** envoy.extensions.matching.common_inputs.network.v3.DestinationPortInput */
export interface DestinationPortInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.DestinationPortInput';
}

/** envoy.extensions.matching.common_inputs.network.v3.DirectSourceIPInput */
export interface DirectSourceIPInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.DirectSourceIPInput';
}

/** envoy.extensions.matching.common_inputs.network.v3.DynamicMetadataInput */
export interface DynamicMetadataInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.DynamicMetadataInput';
  readonly filter?: string;
  readonly path?: readonly DynamicMetadataInput_PathSegment[];
}

/** envoy.extensions.matching.common_inputs.network.v3.DynamicMetadataInput.PathSegment */
export interface DynamicMetadataInput_PathSegment {
  /** oneof segment */
  readonly key?: string;
}

/** envoy.extensions.matching.common_inputs.network.v3.FilterStateInput */
export interface MatchingCommonInputsNetworkFilterStateInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.FilterStateInput';
  readonly key?: string;
  readonly field?: string;
}

/** envoy.extensions.matching.common_inputs.network.v3.NetworkNamespaceInput */
export interface NetworkNamespaceInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.NetworkNamespaceInput';
}

/** envoy.extensions.matching.common_inputs.network.v3.ServerNameInput */
export interface ServerNameInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.ServerNameInput';
}

/** envoy.extensions.matching.common_inputs.network.v3.SourceIPInput */
export interface SourceIPInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.SourceIPInput';
}

/** envoy.extensions.matching.common_inputs.network.v3.SourcePortInput */
export interface SourcePortInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.SourcePortInput';
}

/** envoy.extensions.matching.common_inputs.network.v3.SourceTypeInput */
export interface SourceTypeInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.SourceTypeInput';
}

/** envoy.extensions.matching.common_inputs.network.v3.TransportProtocolInput */
export interface TransportProtocolInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.TransportProtocolInput';
}

/** envoy.extensions.matching.common_inputs.ssl.v3.DnsSanInput */
export interface DnsSanInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.ssl.v3.DnsSanInput';
}

/** envoy.extensions.matching.common_inputs.ssl.v3.SubjectInput */
export interface SubjectInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.ssl.v3.SubjectInput';
}

/** envoy.extensions.matching.common_inputs.ssl.v3.UriSanInput */
export interface UriSanInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.ssl.v3.UriSanInput';
}

/** envoy.extensions.matching.common_inputs.stats.v3.StatFullNameMatchInput */
export interface StatFullNameMatchInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.stats.v3.StatFullNameMatchInput';
}

/** envoy.extensions.matching.common_inputs.stats.v3.StatTagValueInput */
export interface StatTagValueInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.stats.v3.StatTagValueInput';
}

/** envoy.extensions.matching.common_inputs.transport_socket.v3.EndpointMetadataInput */
export interface EndpointMetadataInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.transport_socket.v3.EndpointMetadataInput';
  readonly filter?: string;
  readonly path?: readonly EndpointMetadataInput_PathSegment[];
}

/** envoy.extensions.matching.common_inputs.transport_socket.v3.EndpointMetadataInput.PathSegment */
export interface EndpointMetadataInput_PathSegment {
  /** oneof segment */
  readonly key?: string;
}

/** envoy.extensions.matching.common_inputs.transport_socket.v3.FilterStateInput */
export interface MatchingCommonInputsTransportSocketFilterStateInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.transport_socket.v3.FilterStateInput';
  readonly key?: string;
}

/** envoy.extensions.matching.common_inputs.transport_socket.v3.LocalityMetadataInput */
export interface LocalityMetadataInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.transport_socket.v3.LocalityMetadataInput';
  readonly filter?: string;
  readonly path?: readonly LocalityMetadataInput_PathSegment[];
}

/** envoy.extensions.matching.common_inputs.transport_socket.v3.LocalityMetadataInput.PathSegment */
export interface LocalityMetadataInput_PathSegment {
  /** oneof segment */
  readonly key?: string;
}

/** envoy.extensions.matching.common_inputs.transport_socket.v3.TransportSocketNameAction */
export interface TransportSocketNameAction {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.common_inputs.transport_socket.v3.TransportSocketNameAction';
  readonly name?: string;
}

/** envoy.extensions.matching.http.dynamic_modules.v3.DynamicModuleDataInput */
export interface DynamicModuleDataInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.http.dynamic_modules.v3.DynamicModuleDataInput';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly input_name?: string;
  readonly input_config?: Any;
}

/** envoy.extensions.matching.http.dynamic_modules.v3.HttpDynamicModuleMatchInput */
export interface HttpDynamicModuleMatchInput {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.http.dynamic_modules.v3.HttpDynamicModuleMatchInput';
}

/** envoy.extensions.matching.input_matchers.consistent_hashing.v3.ConsistentHashing */
export interface ConsistentHashing {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.input_matchers.consistent_hashing.v3.ConsistentHashing';
  readonly threshold?: number;
  readonly modulo?: number;
  readonly seed?: Integer64;
}

/** envoy.extensions.matching.input_matchers.dynamic_modules.v3.DynamicModuleMatcher */
export interface DynamicModuleMatcher {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.input_matchers.dynamic_modules.v3.DynamicModuleMatcher';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly matcher_name?: string;
  readonly matcher_config?: Any;
  readonly on_error?: DynamicModuleMatcher_OnError;
}

/** envoy.extensions.matching.input_matchers.ip.v3.Ip */
export interface Ip {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.input_matchers.ip.v3.Ip';
  readonly cidr_ranges?: readonly CoreCidrRange[];
  readonly stat_prefix?: string;
}

/** envoy.extensions.matching.input_matchers.metadata.v3.Metadata */
export interface MatchingInputMatchersMetadataMetadata {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.input_matchers.metadata.v3.Metadata';
  readonly value?: ValueMatcher;
  readonly invert?: boolean;
}

/** envoy.extensions.matching.input_matchers.runtime_fraction.v3.RuntimeFraction */
export interface RuntimeFraction {
  readonly '@type': 'type.googleapis.com/envoy.extensions.matching.input_matchers.runtime_fraction.v3.RuntimeFraction';
  readonly runtime_fraction?: RuntimeFractionalPercent;
  readonly seed?: Integer64;
}

/** envoy.extensions.network.dns_resolver.apple.v3.AppleDnsResolverConfig */
export interface AppleDnsResolverConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.network.dns_resolver.apple.v3.AppleDnsResolverConfig';
  readonly include_unroutable_families?: boolean;
}

/** envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig */
export interface CaresDnsResolverConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig';
  readonly resolvers?: readonly Address[];
  readonly use_resolvers_as_fallback?: boolean;
  readonly filter_unroutable_families?: boolean;
  readonly dns_resolver_options?: DnsResolverOptions;
  readonly udp_max_queries?: number;
  readonly query_timeout_seconds?: Integer64;
  readonly query_tries?: number;
  readonly rotate_nameservers?: boolean;
  readonly edns0_max_payload_size?: number;
  readonly max_udp_channel_duration?: DurationText;
  readonly reinit_channel_on_timeout?: boolean;
  readonly qcache_max_ttl?: number;
}

/** envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig */
export interface GetAddrInfoDnsResolverConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.network.dns_resolver.getaddrinfo.v3.GetAddrInfoDnsResolverConfig';
  readonly num_retries?: number;
  readonly num_resolver_threads?: number;
}

/** envoy.extensions.network.dns_resolver.hickory.v3.DnsOverHttpsConfig */
export interface DnsOverHttpsConfig {
  readonly server_urls?: readonly string[];
}

/** envoy.extensions.network.dns_resolver.hickory.v3.DnsOverTlsConfig */
export interface DnsOverTlsConfig {
  readonly servers?: readonly Address[];
  readonly tls_server_name?: string;
}

/** envoy.extensions.network.dns_resolver.hickory.v3.HickoryDnsResolverConfig */
export interface HickoryDnsResolverConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.network.dns_resolver.hickory.v3.HickoryDnsResolverConfig';
  readonly resolvers?: readonly Address[];
  readonly dns_over_tls?: DnsOverTlsConfig;
  readonly dns_over_https?: DnsOverHttpsConfig;
  readonly enable_dnssec?: boolean;
  readonly cache_size?: number;
  readonly num_resolver_threads?: number;
  readonly use_system_config?: boolean;
  readonly query_timeout?: DurationText;
  readonly query_tries?: number;
}

/** envoy.extensions.network.socket_interface.sockmap.v3.Sockmap */
export interface Sockmap {
  readonly '@type': 'type.googleapis.com/envoy.extensions.network.socket_interface.sockmap.v3.Sockmap';
  readonly bpf_program_path?: string;
  readonly cgroup_path?: string;
  readonly sockhash_max_entries?: number;
  readonly register_user_space_sockets?: boolean;
  readonly accelerated_ports?: readonly Int64Range[];
}

/** envoy.extensions.network.socket_interface.v3.DefaultSocketInterface */
export interface DefaultSocketInterface {
  readonly '@type': 'type.googleapis.com/envoy.extensions.network.socket_interface.v3.DefaultSocketInterface';
  readonly io_uring_options?: IoUringOptions;
}

/** envoy.extensions.network.socket_interface.v3.IoUringOptions */
export interface IoUringOptions {
  readonly io_uring_size?: number;
  readonly enable_submission_queue_polling?: boolean;
  readonly read_buffer_size?: number;
  readonly write_timeout_ms?: number;
  readonly write_high_watermark_bytes?: number;
  readonly write_low_watermark_bytes?: number;
  readonly enable_multishot_receive?: boolean;
}

/** envoy.extensions.outlier_detection_monitors.common.v3.DatabaseErrors */
export interface DatabaseErrors {
}

/** envoy.extensions.outlier_detection_monitors.common.v3.ErrorBuckets */
export interface ErrorBuckets {
  readonly http_errors?: readonly HttpErrors[];
  readonly local_origin_errors?: readonly LocalOriginErrors[];
  readonly database_errors?: readonly DatabaseErrors[];
}

/** envoy.extensions.outlier_detection_monitors.common.v3.HttpErrors */
export interface HttpErrors {
  readonly range?: Int32Range;
}

/** envoy.extensions.outlier_detection_monitors.common.v3.LocalOriginErrors */
export interface LocalOriginErrors {
}

/** envoy.extensions.outlier_detection_monitors.consecutive_errors.v3.ConsecutiveErrors */
export interface ConsecutiveErrors {
  readonly '@type': 'type.googleapis.com/envoy.extensions.outlier_detection_monitors.consecutive_errors.v3.ConsecutiveErrors';
  readonly name?: string;
  readonly threshold?: number;
  readonly enforcing?: number;
  readonly error_buckets?: ErrorBuckets;
}

/** envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig */
export interface UriTemplateMatchConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig';
  readonly path_template?: string;
}

/** envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig */
export interface UriTemplateRewriteConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig';
  readonly path_template_rewrite?: string;
}

/** envoy.extensions.queue_policy.fifo.v3.FifoQueuePolicyConfig */
export interface FifoQueuePolicyConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.queue_policy.fifo.v3.FifoQueuePolicyConfig';
}

/** envoy.extensions.quic.client_writer_factory.v3.DefaultClientWriter */
export interface DefaultClientWriter {
  readonly '@type': 'type.googleapis.com/envoy.extensions.quic.client_writer_factory.v3.DefaultClientWriter';
}

/** envoy.extensions.quic.connection_debug_visitor.quic_stats.v3.Config */
export interface QuicConnectionDebugVisitorQuicStatsConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.quic.connection_debug_visitor.quic_stats.v3.Config';
  readonly update_period?: DurationText;
}

/** envoy.extensions.quic.connection_debug_visitor.v3.BasicConfig */
export interface BasicConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.quic.connection_debug_visitor.v3.BasicConfig';
}

/** envoy.extensions.quic.connection_id_generator.quic_lb.v3.Config */
export interface QuicConnectionIdGeneratorQuicLbConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.quic.connection_id_generator.quic_lb.v3.Config';
  readonly server_id?: DataSource;
  readonly server_id_base64_encoded?: boolean;
  readonly expected_server_id_length?: number;
  readonly nonce_length_bytes?: number;
  readonly encryption_parameters?: SdsSecretConfig;
  readonly unencrypted_mode?: boolean;
}

/** envoy.extensions.quic.connection_id_generator.v3.DeterministicConnectionIdGeneratorConfig */
export interface DeterministicConnectionIdGeneratorConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.quic.connection_id_generator.v3.DeterministicConnectionIdGeneratorConfig';
}

/** envoy.extensions.quic.crypto_stream.v3.CryptoServerStreamConfig */
export interface CryptoServerStreamConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.quic.crypto_stream.v3.CryptoServerStreamConfig';
}

/** envoy.extensions.quic.proof_source.v3.ProofSourceConfig */
export interface ProofSourceConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.quic.proof_source.v3.ProofSourceConfig';
}

/** envoy.extensions.quic.server_preferred_address.v3.DataSourceServerPreferredAddressConfig */
export interface DataSourceServerPreferredAddressConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.quic.server_preferred_address.v3.DataSourceServerPreferredAddressConfig';
  readonly ipv4_config?: DataSourceServerPreferredAddressConfig_AddressFamilyConfig;
  readonly ipv6_config?: DataSourceServerPreferredAddressConfig_AddressFamilyConfig;
}

/** envoy.extensions.quic.server_preferred_address.v3.DataSourceServerPreferredAddressConfig.AddressFamilyConfig */
export interface DataSourceServerPreferredAddressConfig_AddressFamilyConfig {
  readonly address?: DataSource;
  readonly port?: DataSource;
  readonly dnat_address?: DataSource;
}

/** envoy.extensions.quic.server_preferred_address.v3.FixedServerPreferredAddressConfig */
export interface FixedServerPreferredAddressConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.quic.server_preferred_address.v3.FixedServerPreferredAddressConfig';
  readonly ipv4_address?: string;
  readonly ipv4_config?: FixedServerPreferredAddressConfig_AddressFamilyConfig;
  readonly ipv6_address?: string;
  readonly ipv6_config?: FixedServerPreferredAddressConfig_AddressFamilyConfig;
}

/** envoy.extensions.quic.server_preferred_address.v3.FixedServerPreferredAddressConfig.AddressFamilyConfig */
export interface FixedServerPreferredAddressConfig_AddressFamilyConfig {
  readonly address?: SocketAddress;
  readonly dnat_address?: SocketAddress;
}

/** envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor */
export interface RateLimitDescriptorsExprDescriptor {
  readonly '@type': 'type.googleapis.com/envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor';
  readonly descriptor_key?: string;
  readonly skip_if_error?: boolean;
  /** oneof expr_specifier */
  readonly text?: string;
  /** oneof expr_specifier */
  readonly parsed?: GoogleApiExprV1alpha1Expr;
}

/** envoy.extensions.rate_limit_descriptors.jwt_claim.v3.Descriptor */
export interface RateLimitDescriptorsJwtClaimDescriptor {
  readonly '@type': 'type.googleapis.com/envoy.extensions.rate_limit_descriptors.jwt_claim.v3.Descriptor';
  readonly descriptor_key?: string;
  readonly header_name?: string;
  readonly cookie?: string;
  readonly value_prefix?: string;
  readonly claim_name?: string;
  readonly default_value?: string;
  readonly skip_if_absent?: boolean;
}

/** envoy.extensions.rbac.audit_loggers.stream.v3.StdoutAuditLog */
export interface StdoutAuditLog {
  readonly '@type': 'type.googleapis.com/envoy.extensions.rbac.audit_loggers.stream.v3.StdoutAuditLog';
}

/** envoy.extensions.rbac.matchers.upstream_ip_port.v3.UpstreamIpPortMatcher */
export interface UpstreamIpPortMatcher {
  readonly '@type': 'type.googleapis.com/envoy.extensions.rbac.matchers.upstream_ip_port.v3.UpstreamIpPortMatcher';
  readonly upstream_ip?: CoreCidrRange;
  readonly upstream_port_range?: Int64Range;
}

/** envoy.extensions.rbac.principals.mtls_authenticated.v3.Config */
export interface RbacPrincipalsMtlsAuthenticatedConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.rbac.principals.mtls_authenticated.v3.Config';
  readonly san_matcher?: SubjectAltNameMatcher;
  readonly any_validated_client_certificate?: boolean;
}

/** envoy.extensions.regex_engines.v3.GoogleRE2 */
export interface GoogleRE2 {
  readonly '@type': 'type.googleapis.com/envoy.extensions.regex_engines.v3.GoogleRE2';
}

/** envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig */
export interface UuidRequestIdConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig';
  readonly pack_trace_reason?: boolean;
  readonly use_request_id_for_trace_sampling?: boolean;
}

/** envoy.extensions.resource_monitors.cgroup_memory.v3.CgroupMemoryConfig */
export interface CgroupMemoryConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.resource_monitors.cgroup_memory.v3.CgroupMemoryConfig';
  readonly max_memory_bytes?: Integer64;
}

/** envoy.extensions.resource_monitors.cpu_utilization.v3.CpuUtilizationConfig */
export interface CpuUtilizationConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.resource_monitors.cpu_utilization.v3.CpuUtilizationConfig';
  readonly mode?: CpuUtilizationConfig_UtilizationComputeStrategy;
}

/** envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig */
export interface DownstreamConnectionsConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig';
  readonly max_active_downstream_connections?: Integer64;
}

/** envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig */
export interface FixedHeapConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig';
  readonly max_heap_size_bytes?: Integer64;
  readonly max_heap_size_bytes_runtime?: RuntimeUInt64;
}

/** envoy.extensions.resource_monitors.injected_resource.v3.InjectedResourceConfig */
export interface InjectedResourceConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.resource_monitors.injected_resource.v3.InjectedResourceConfig';
  readonly filename?: string;
}

/** envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate */
export interface OmitCanaryHostsPredicate {
  readonly '@type': 'type.googleapis.com/envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate';
}

/** envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig */
export interface OmitHostMetadataConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig';
  readonly metadata_match?: CoreMetadata;
}

/** envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate */
export interface PreviousHostsPredicate {
  readonly '@type': 'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate';
}

/** envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig */
export interface PreviousPrioritiesConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig';
  readonly update_frequency?: number;
}

/** envoy.extensions.router.cluster_specifiers.dynamic_modules.v3.DynamicModuleClusterSpecifier */
export interface DynamicModuleClusterSpecifier {
  readonly '@type': 'type.googleapis.com/envoy.extensions.router.cluster_specifiers.dynamic_modules.v3.DynamicModuleClusterSpecifier';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly specifier_name?: string;
  readonly specifier_config?: Any;
  readonly route_action_overrides?: { readonly [key: string]: RouteActionOverride };
}

/** envoy.extensions.router.cluster_specifiers.dynamic_modules.v3.RouteActionOverride */
export interface RouteActionOverride {
  readonly retry_policy?: RouteRetryPolicy;
  readonly metadata_match?: CoreMetadata;
  readonly request_mirror_policies?: readonly RouteRouteAction_RequestMirrorPolicy[];
  readonly hash_policy?: readonly RouteAction_HashPolicy[];
}

/** envoy.extensions.router.cluster_specifiers.lua.v3.LuaConfig */
export interface LuaConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.router.cluster_specifiers.lua.v3.LuaConfig';
  readonly source_code?: DataSource;
  readonly default_cluster?: string;
}

/** envoy.extensions.router.cluster_specifiers.matcher.v3.ClusterAction */
export interface ClusterAction {
  readonly '@type': 'type.googleapis.com/envoy.extensions.router.cluster_specifiers.matcher.v3.ClusterAction';
  readonly cluster?: string;
}

/** envoy.extensions.router.cluster_specifiers.matcher.v3.MatcherClusterSpecifier */
export interface MatcherClusterSpecifier {
  readonly '@type': 'type.googleapis.com/envoy.extensions.router.cluster_specifiers.matcher.v3.MatcherClusterSpecifier';
  readonly cluster_matcher?: XdsTypeMatcherMatcher;
}

/** envoy.extensions.router.cluster_specifiers.priority_group.v3.ClusterWeight */
export interface ClusterWeight {
  readonly cluster_name?: string;
  readonly weight?: number;
}

/** envoy.extensions.router.cluster_specifiers.priority_group.v3.PriorityGroup */
export interface PriorityGroup {
  readonly name?: string;
  readonly clusters?: readonly ClusterWeight[];
}

/** envoy.extensions.router.cluster_specifiers.priority_group.v3.PriorityGroupClusterSpecifier */
export interface PriorityGroupClusterSpecifier {
  readonly '@type': 'type.googleapis.com/envoy.extensions.router.cluster_specifiers.priority_group.v3.PriorityGroupClusterSpecifier';
  readonly priority_groups?: readonly PriorityGroup[];
  readonly override_metadata_namespace?: string;
  /** oneof random_value_specifier */
  readonly header_name?: string;
  /** oneof random_value_specifier */
  readonly use_hash_policy?: boolean;
}

/** envoy.extensions.router.cluster_specifiers.priority_group.v3.PriorityGroupsOverride */
export interface PriorityGroupsOverride {
  readonly '@type': 'type.googleapis.com/envoy.extensions.router.cluster_specifiers.priority_group.v3.PriorityGroupsOverride';
  readonly priority_groups?: readonly PriorityGroup[];
}

/** envoy.extensions.router.route_specifiers.dynamic_modules.v3.DynamicModuleRouteSpecifier */
export interface DynamicModuleRouteSpecifier {
  readonly '@type': 'type.googleapis.com/envoy.extensions.router.route_specifiers.dynamic_modules.v3.DynamicModuleRouteSpecifier';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly specifier_name?: string;
  readonly specifier_config?: Any;
  readonly stat_prefix?: string;
  readonly route_templates?: readonly RouteTemplate[];
  readonly route_overrides?: readonly RouteOverride[];
  readonly runtime_fraction?: RuntimeFractionalPercent;
  readonly failure_policy?: RouterRouteSpecifiersDynamicModulesFailurePolicy;
  readonly validate_clusters?: boolean;
  readonly max_rewritten_path_bytes?: number;
  readonly specifier_instance_id?: string;
}

/** envoy.extensions.router.route_specifiers.dynamic_modules.v3.RouteOverride */
export interface RouteOverride {
  readonly override_id?: string;
  readonly retry_policy?: RouteRetryPolicy;
  readonly metadata_match?: CoreMetadata;
  readonly request_mirror_policies?: readonly RouteRouteAction_RequestMirrorPolicy[];
  readonly hash_policy?: readonly RouteAction_HashPolicy[];
  readonly hedge_policy?: HedgePolicy;
  readonly rate_limits?: readonly RouteRateLimit[];
  readonly cors?: RouteCorsPolicy;
  readonly regex_rewrite?: RegexMatchAndSubstitute;
  readonly tracing?: RouteTracing;
  readonly metadata?: CoreMetadata;
}

/** envoy.extensions.router.route_specifiers.dynamic_modules.v3.RouteTemplate */
export interface RouteTemplate {
  readonly template_id?: string;
  readonly route?: RouteRoute;
}

/** envoy.extensions.stat_sinks.dynamic_modules.v3.DynamicModuleStatsSink */
export interface DynamicModuleStatsSink {
  readonly '@type': 'type.googleapis.com/envoy.extensions.stat_sinks.dynamic_modules.v3.DynamicModuleStatsSink';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly sink_name?: string;
  readonly sink_config?: Any;
}

/** envoy.extensions.stat_sinks.graphite_statsd.v3.GraphiteStatsdSink */
export interface GraphiteStatsdSink {
  readonly '@type': 'type.googleapis.com/envoy.extensions.stat_sinks.graphite_statsd.v3.GraphiteStatsdSink';
  /** oneof statsd_specifier */
  readonly address?: Address;
  readonly prefix?: string;
  readonly max_bytes_per_datagram?: Integer64;
  readonly scale_histogram_units_to_milliseconds?: boolean;
}

/** envoy.extensions.stat_sinks.kafka.v3.KafkaStatsSinkConfig */
export interface KafkaStatsSinkConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.stat_sinks.kafka.v3.KafkaStatsSinkConfig';
  readonly broker_list?: string;
  readonly topic?: string;
  readonly batch_size?: number;
  readonly report_counters_as_deltas?: boolean;
  readonly emit_tags_as_labels?: boolean;
  readonly producer_config?: { readonly [key: string]: string };
  readonly buffer_flush_timeout_ms?: number;
  readonly format?: SerializationFormat;
}

/** envoy.extensions.stat_sinks.open_telemetry.v3.SinkConfig */
export interface SinkConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.stat_sinks.open_telemetry.v3.SinkConfig';
  /** oneof protocol_specifier */
  readonly grpc_service?: GrpcService;
  /** oneof protocol_specifier */
  readonly http_service?: CoreHttpService;
  readonly resource_detectors?: readonly TypedExtensionConfig[];
  readonly report_counters_as_deltas?: boolean;
  readonly report_histograms_as_deltas?: boolean;
  readonly emit_tags_as_attributes?: boolean;
  readonly use_tag_extracted_name?: boolean;
  readonly prefix?: string;
  readonly custom_metric_conversions?: XdsTypeMatcherMatcher;
  readonly max_data_points_per_request?: number;
}

/** envoy.extensions.stat_sinks.wasm.v3.Wasm */
export interface StatSinksWasmWasm {
  readonly '@type': 'type.googleapis.com/envoy.extensions.stat_sinks.wasm.v3.Wasm';
  readonly config?: PluginConfig;
}

/** envoy.extensions.stat_sinks.wasm_filter.v3.WasmFilterStatsSinkConfig */
export interface WasmFilterStatsSinkConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.stat_sinks.wasm_filter.v3.WasmFilterStatsSinkConfig';
  readonly wasm_config?: PluginConfig;
  readonly inner_sink?: StatsSink;
}

/** envoy.extensions.string_matcher.lua.v3.Lua */
export interface StringMatcherLuaLua {
  readonly '@type': 'type.googleapis.com/envoy.extensions.string_matcher.lua.v3.Lua';
  readonly source_code?: DataSource;
}

/** envoy.extensions.tracers.dynamic_modules.v3.DynamicModuleTracer */
export interface DynamicModuleTracer {
  readonly '@type': 'type.googleapis.com/envoy.extensions.tracers.dynamic_modules.v3.DynamicModuleTracer';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly tracer_name?: string;
  readonly tracer_config?: Any;
}

/** envoy.extensions.tracers.fluentd.v3.FluentdConfig */
export interface FluentdConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.tracers.fluentd.v3.FluentdConfig';
  readonly cluster?: string;
  readonly tag?: string;
  readonly stat_prefix?: string;
  readonly buffer_flush_interval?: DurationText;
  readonly buffer_size_bytes?: number;
  readonly retry_policy?: CoreRetryPolicy;
}

/** envoy.extensions.tracers.opentelemetry.resource_detectors.v3.DynatraceResourceDetectorConfig */
export interface DynatraceResourceDetectorConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.tracers.opentelemetry.resource_detectors.v3.DynatraceResourceDetectorConfig';
}

/** envoy.extensions.tracers.opentelemetry.resource_detectors.v3.EnvironmentResourceDetectorConfig */
export interface EnvironmentResourceDetectorConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.tracers.opentelemetry.resource_detectors.v3.EnvironmentResourceDetectorConfig';
}

/** envoy.extensions.tracers.opentelemetry.resource_detectors.v3.StaticConfigResourceDetectorConfig */
export interface StaticConfigResourceDetectorConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.tracers.opentelemetry.resource_detectors.v3.StaticConfigResourceDetectorConfig';
  readonly attributes?: { readonly [key: string]: string };
}

/** envoy.extensions.tracers.opentelemetry.samplers.v3.AlwaysOnSamplerConfig */
export interface AlwaysOnSamplerConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.tracers.opentelemetry.samplers.v3.AlwaysOnSamplerConfig';
}

/** envoy.extensions.tracers.opentelemetry.samplers.v3.CELSamplerConfig */
export interface CELSamplerConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.tracers.opentelemetry.samplers.v3.CELSamplerConfig';
  readonly expression?: CelExpression;
}

/** envoy.extensions.tracers.opentelemetry.samplers.v3.DynatraceSamplerConfig */
export interface DynatraceSamplerConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.tracers.opentelemetry.samplers.v3.DynatraceSamplerConfig';
  readonly tenant?: string;
  readonly cluster_id?: number;
  readonly http_service?: CoreHttpService;
  readonly root_spans_per_minute?: number;
}

/** envoy.extensions.tracers.opentelemetry.samplers.v3.ParentBasedSamplerConfig */
export interface ParentBasedSamplerConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.tracers.opentelemetry.samplers.v3.ParentBasedSamplerConfig';
  readonly wrapped_sampler?: TypedExtensionConfig;
}

/** envoy.extensions.tracers.opentelemetry.samplers.v3.TraceIdRatioBasedSamplerConfig */
export interface TraceIdRatioBasedSamplerConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.tracers.opentelemetry.samplers.v3.TraceIdRatioBasedSamplerConfig';
  readonly sampling_percentage?: FractionalPercent;
}

/** envoy.extensions.transport_sockets.alts.v3.Alts */
export interface Alts {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.alts.v3.Alts';
  readonly handshaker_service?: string;
  readonly peer_service_accounts?: readonly string[];
}

/** envoy.extensions.transport_sockets.dynamic_modules.v3.DynamicModuleTransportSocket */
export interface DynamicModuleTransportSocket {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.dynamic_modules.v3.DynamicModuleTransportSocket';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly transport_socket_name?: string;
  readonly transport_socket_config?: Any;
  readonly implements_secure_transport?: boolean;
}

/** envoy.extensions.transport_sockets.http_11_proxy.v3.Http11ProxyUpstreamTransport */
export interface Http11ProxyUpstreamTransport {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.http_11_proxy.v3.Http11ProxyUpstreamTransport';
  readonly transport_socket?: TransportSocket;
  readonly default_proxy_address?: Address;
}

/** envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport */
export interface InternalUpstreamTransport {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport';
  readonly passthrough_metadata?: readonly InternalUpstreamTransport_MetadataValueSource[];
  readonly transport_socket?: TransportSocket;
}

/** envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport.MetadataValueSource */
export interface InternalUpstreamTransport_MetadataValueSource {
  readonly kind?: MetadataKind;
  readonly name?: string;
}

/** envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport */
export interface ProxyProtocolUpstreamTransport {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport';
  readonly config?: ProxyProtocolConfig;
  readonly transport_socket?: TransportSocket;
  readonly allow_unspecified_address?: boolean;
  readonly tlv_as_pool_key?: boolean;
}

/** envoy.extensions.transport_sockets.quic.v3.QuicDownstreamTransport */
export interface QuicDownstreamTransport {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.quic.v3.QuicDownstreamTransport';
  readonly downstream_tls_context?: DownstreamTlsContext;
  readonly enable_early_data?: boolean;
  readonly enable_resumption?: boolean;
}

/** envoy.extensions.transport_sockets.quic.v3.QuicUpstreamTransport */
export interface QuicUpstreamTransport {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.quic.v3.QuicUpstreamTransport';
  readonly upstream_tls_context?: UpstreamTlsContext;
}

/** envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer */
export interface RawBuffer {
}

/** envoy.extensions.transport_sockets.s2a.v3.S2AConfiguration */
export interface S2AConfiguration {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.s2a.v3.S2AConfiguration';
  readonly s2a_address?: string;
}

/** envoy.extensions.transport_sockets.starttls.v3.StartTlsConfig */
export interface StartTlsConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.starttls.v3.StartTlsConfig';
  readonly cleartext_socket_config?: RawBuffer;
  readonly tls_socket_config?: DownstreamTlsContext;
}

/** envoy.extensions.transport_sockets.starttls.v3.UpstreamStartTlsConfig */
export interface UpstreamStartTlsConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.starttls.v3.UpstreamStartTlsConfig';
  readonly cleartext_socket_config?: RawBuffer;
  readonly tls_socket_config?: UpstreamTlsContext;
}

/** envoy.extensions.transport_sockets.tap.v3.SocketTapConfig */
export interface SocketTapConfig {
  readonly set_connection_per_event?: boolean;
  readonly stats_prefix?: string;
}

/** envoy.extensions.transport_sockets.tap.v3.Tap */
export interface TransportSocketsTapTap {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tap.v3.Tap';
  readonly common_config?: CommonExtensionConfig;
  readonly transport_socket?: TransportSocket;
  readonly socket_tap_config?: SocketTapConfig;
}

/** envoy.extensions.transport_sockets.tcp_stats.v3.Config */
export interface TransportSocketsTcpStatsConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tcp_stats.v3.Config';
  readonly transport_socket?: TransportSocket;
  readonly update_period?: DurationText;
}

/** envoy.extensions.transport_sockets.tls.cert_mappers.filter_state_override.v3.Config */
export interface TransportSocketsTlsCertMappersFilterStateOverrideConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.cert_mappers.filter_state_override.v3.Config';
  readonly default_value?: string;
}

/** envoy.extensions.transport_sockets.tls.cert_mappers.sni.v3.SNI */
export interface SNI {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.cert_mappers.sni.v3.SNI';
  readonly default_value?: string;
}

/** envoy.extensions.transport_sockets.tls.cert_mappers.static_name.v3.StaticName */
export interface StaticName {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.cert_mappers.static_name.v3.StaticName';
  readonly name?: string;
}

/** envoy.extensions.transport_sockets.tls.cert_selectors.on_demand_secret.v3.Config */
export interface TransportSocketsTlsCertSelectorsOnDemandSecretConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.cert_selectors.on_demand_secret.v3.Config';
  readonly config_source?: ConfigSource;
  readonly certificate_mapper?: TypedExtensionConfig;
  readonly prefetch_secret_names?: readonly string[];
}

/** envoy.extensions.transport_sockets.tls.cert_validator.dynamic_modules.v3.DynamicModuleCertValidatorConfig */
export interface DynamicModuleCertValidatorConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.cert_validator.dynamic_modules.v3.DynamicModuleCertValidatorConfig';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly validator_name?: string;
  readonly validator_config?: Any;
}

/** envoy.extensions.transport_sockets.tls.handshakers.dynamic_modules.v3.DynamicModuleTlsHandshaker */
export interface DynamicModuleTlsHandshaker {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.handshakers.dynamic_modules.v3.DynamicModuleTlsHandshaker';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly handshaker_name?: string;
  readonly handshaker_config?: Any;
}

/** envoy.extensions.transport_sockets.tls.v3.CertificateProviderPluginInstance */
export interface CertificateProviderPluginInstance {
  readonly instance_name?: string;
  readonly certificate_name?: string;
}

/** envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext */
export interface CertificateValidationContext {
  readonly trusted_ca?: DataSource;
  readonly ca_certificate_provider_instance?: CertificateProviderPluginInstance;
  readonly system_root_certs?: CertificateValidationContext_SystemRootCerts;
  readonly watched_directory?: WatchedDirectory;
  readonly verify_certificate_spki?: readonly string[];
  readonly verify_certificate_hash?: readonly string[];
  readonly match_typed_subject_alt_names?: readonly SubjectAltNameMatcher[];
  /** @deprecated */
  readonly match_subject_alt_names?: readonly TypeMatcherStringMatcher[];
  readonly require_signed_certificate_timestamp?: boolean;
  readonly crl?: DataSource;
  readonly allow_expired_certificate?: boolean;
  readonly trust_chain_verification?: CertificateValidationContext_TrustChainVerification;
  readonly custom_validator_config?: TypedExtensionConfig;
  readonly only_verify_leaf_cert_crl?: boolean;
  readonly max_verify_depth?: number;
  readonly suppress_client_ca_list?: boolean;
}

/** envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.SystemRootCerts */
export interface CertificateValidationContext_SystemRootCerts {
}

/** envoy.extensions.transport_sockets.tls.v3.CommonTlsContext */
export interface CommonTlsContext {
  readonly tls_params?: TlsParameters;
  readonly tls_certificates?: readonly TlsCertificate[];
  readonly tls_certificate_sds_secret_configs?: readonly SdsSecretConfig[];
  readonly tls_certificate_provider_instance?: CertificateProviderPluginInstance;
  readonly custom_tls_certificate_selector?: TypedExtensionConfig;
  /** @deprecated */
  readonly tls_certificate_certificate_provider?: CommonTlsContext_CertificateProvider;
  /** @deprecated */
  readonly tls_certificate_certificate_provider_instance?: CommonTlsContext_CertificateProviderInstance;
  /** oneof validation_context_type */
  readonly validation_context?: CertificateValidationContext;
  /** oneof validation_context_type */
  readonly validation_context_sds_secret_config?: SdsSecretConfig;
  /** oneof validation_context_type */
  readonly combined_validation_context?: CommonTlsContext_CombinedCertificateValidationContext;
  /** @deprecated, oneof validation_context_type */
  readonly validation_context_certificate_provider?: CommonTlsContext_CertificateProvider;
  /** @deprecated, oneof validation_context_type */
  readonly validation_context_certificate_provider_instance?: CommonTlsContext_CertificateProviderInstance;
  readonly alpn_protocols?: readonly string[];
  readonly custom_handshaker?: TypedExtensionConfig;
  readonly key_log?: TlsKeyLog;
}

/** envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CertificateProvider */
export interface CommonTlsContext_CertificateProvider {
  readonly name?: string;
  /** oneof config */
  readonly typed_config?: TypedExtensionConfig;
}

/** envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CertificateProviderInstance */
export interface CommonTlsContext_CertificateProviderInstance {
  readonly instance_name?: string;
  readonly certificate_name?: string;
}

/** envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext */
export interface CommonTlsContext_CombinedCertificateValidationContext {
  readonly default_validation_context?: CertificateValidationContext;
  readonly validation_context_sds_secret_config?: SdsSecretConfig;
  /** @deprecated */
  readonly validation_context_certificate_provider?: CommonTlsContext_CertificateProvider;
  /** @deprecated */
  readonly validation_context_certificate_provider_instance?: CommonTlsContext_CertificateProviderInstance;
}

/** envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext */
export interface DownstreamTlsContext {
  readonly common_tls_context?: CommonTlsContext;
  readonly require_client_certificate?: boolean;
  readonly require_sni?: boolean;
  /** oneof session_ticket_keys_type */
  readonly session_ticket_keys?: TlsSessionTicketKeys;
  /** oneof session_ticket_keys_type */
  readonly session_ticket_keys_sds_secret_config?: SdsSecretConfig;
  /** oneof session_ticket_keys_type */
  readonly disable_stateless_session_resumption?: boolean;
  readonly disable_stateful_session_resumption?: boolean;
  readonly session_timeout?: DurationText;
  readonly ocsp_staple_policy?: DownstreamTlsContext_OcspStaplePolicy;
  readonly full_scan_certs_on_sni_mismatch?: boolean;
  readonly prefer_client_ciphers?: boolean;
}

/** envoy.extensions.transport_sockets.tls.v3.GenericSecret */
export interface TransportSocketsTlsGenericSecret {
  readonly secret?: DataSource;
  readonly secrets?: { readonly [key: string]: DataSource };
}

/** envoy.extensions.transport_sockets.tls.v3.PrivateKeyProvider */
export interface PrivateKeyProvider {
  readonly provider_name?: string;
  /** oneof config_type */
  readonly typed_config?: Any;
  readonly fallback?: boolean;
}

/** envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig */
export interface SPIFFECertValidatorConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig';
  readonly trust_domains?: readonly SPIFFECertValidatorConfig_TrustDomain[];
  readonly trust_bundles?: DataSource;
}

/** envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig.TrustDomain */
export interface SPIFFECertValidatorConfig_TrustDomain {
  readonly name?: string;
  readonly trust_bundle?: DataSource;
  readonly workload_trust_domain?: string;
}

/** envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig */
export interface SdsSecretConfig {
  readonly name?: string;
  readonly sds_config?: ConfigSource;
}

/** envoy.extensions.transport_sockets.tls.v3.Secret */
export interface Secret {
  readonly name?: string;
  /** oneof type */
  readonly tls_certificate?: TlsCertificate;
  /** oneof type */
  readonly session_ticket_keys?: TlsSessionTicketKeys;
  /** oneof type */
  readonly validation_context?: CertificateValidationContext;
  /** oneof type */
  readonly generic_secret?: TransportSocketsTlsGenericSecret;
}

/** envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher */
export interface SubjectAltNameMatcher {
  readonly san_type?: SubjectAltNameMatcher_SanType;
  readonly matcher?: TypeMatcherStringMatcher;
  readonly oid?: string;
}

/** envoy.extensions.transport_sockets.tls.v3.TlsCertificate */
export interface TlsCertificate {
  readonly certificate_chain?: DataSource;
  readonly private_key?: DataSource;
  readonly pkcs12?: DataSource;
  readonly watched_directory?: WatchedDirectory;
  readonly private_key_provider?: PrivateKeyProvider;
  readonly password?: DataSource;
  readonly ocsp_staple?: DataSource;
  readonly signed_certificate_timestamp?: readonly DataSource[];
  readonly tls_params?: TlsParameters;
}

/** envoy.extensions.transport_sockets.tls.v3.TlsKeyLog */
export interface TlsKeyLog {
  readonly path?: string;
  readonly local_address_range?: readonly CoreCidrRange[];
  readonly remote_address_range?: readonly CoreCidrRange[];
}

/** envoy.extensions.transport_sockets.tls.v3.TlsParameters */
export interface TlsParameters {
  readonly tls_minimum_protocol_version?: TlsParameters_TlsProtocol;
  readonly tls_maximum_protocol_version?: TlsParameters_TlsProtocol;
  readonly cipher_suites?: readonly string[];
  readonly ecdh_curves?: readonly string[];
  readonly signature_algorithms?: readonly string[];
  readonly compliance_policies?: readonly TlsParameters_CompliancePolicy[];
}

/** envoy.extensions.transport_sockets.tls.v3.TlsSessionTicketKeys */
export interface TlsSessionTicketKeys {
  readonly keys?: readonly DataSource[];
}

/** envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext */
export interface UpstreamTlsContext {
  readonly common_tls_context?: CommonTlsContext;
  readonly sni?: string;
  readonly auto_host_sni?: boolean;
  readonly auto_sni_san_validation?: boolean;
  readonly allow_renegotiation?: boolean;
  readonly max_session_keys?: number;
  /** @deprecated */
  readonly enforce_rsa_key_usage?: boolean;
}

/** envoy.extensions.udp_packet_writer.v3.UdpDefaultWriterFactory */
export interface UdpDefaultWriterFactory {
  readonly '@type': 'type.googleapis.com/envoy.extensions.udp_packet_writer.v3.UdpDefaultWriterFactory';
}

/** envoy.extensions.udp_packet_writer.v3.UdpGsoBatchWriterFactory */
export interface UdpGsoBatchWriterFactory {
  readonly '@type': 'type.googleapis.com/envoy.extensions.udp_packet_writer.v3.UdpGsoBatchWriterFactory';
}

/** envoy.extensions.upstreams.http.dynamic_modules.v3.Config */
export interface UpstreamsHttpDynamicModulesConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.dynamic_modules.v3.Config';
  readonly dynamic_module_config?: DynamicModuleConfig;
  readonly bridge_name?: string;
  readonly bridge_config?: Any;
}

/** envoy.extensions.upstreams.http.generic.v3.GenericConnectionPoolProto */
export interface UpstreamsHttpGenericGenericConnectionPoolProto {
  readonly '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.generic.v3.GenericConnectionPoolProto';
}

/** envoy.extensions.upstreams.http.http.v3.HttpConnectionPoolProto */
export interface HttpConnectionPoolProto {
  readonly '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.http.v3.HttpConnectionPoolProto';
}

/** envoy.extensions.upstreams.http.reverse_tunnel.v3.ReverseTunnelUpstreamCodecOptions */
export interface ReverseTunnelUpstreamCodecOptions {
  readonly '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.reverse_tunnel.v3.ReverseTunnelUpstreamCodecOptions';
  readonly enable_drain_with_goaway?: boolean;
}

/** envoy.extensions.upstreams.http.tcp.v3.TcpConnectionPoolProto */
export interface TcpConnectionPoolProto {
  readonly '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.tcp.v3.TcpConnectionPoolProto';
}

/** envoy.extensions.upstreams.http.udp.v3.UdpConnectionPoolProto */
export interface UdpConnectionPoolProto {
  readonly '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.udp.v3.UdpConnectionPoolProto';
}

/** envoy.extensions.upstreams.http.v3.HttpProtocolOptions */
export interface UpstreamsHttpHttpProtocolOptions {
  readonly '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  readonly common_http_protocol_options?: CoreHttpProtocolOptions;
  readonly upstream_http_protocol_options?: UpstreamHttpProtocolOptions;
  /** oneof upstream_protocol_options */
  readonly explicit_http_config?: HttpProtocolOptions_ExplicitHttpConfig;
  /** oneof upstream_protocol_options */
  readonly use_downstream_protocol_config?: HttpProtocolOptions_UseDownstreamHttpConfig;
  /** oneof upstream_protocol_options */
  readonly auto_config?: HttpProtocolOptions_AutoHttpConfig;
  readonly http_filters?: readonly HttpFilter[];
  readonly header_validation_config?: TypedExtensionConfig;
  readonly outlier_detection?: HttpProtocolOptions_OutlierDetection;
  readonly request_mirror_policies?: readonly RouteRouteAction_RequestMirrorPolicy[];
  readonly hash_policy?: readonly RouteAction_HashPolicy[];
  readonly retry_policy?: RouteRetryPolicy;
}

/** envoy.extensions.upstreams.http.v3.HttpProtocolOptions.AutoHttpConfig */
export interface HttpProtocolOptions_AutoHttpConfig {
  readonly http_protocol_options?: Http1ProtocolOptions;
  readonly http2_protocol_options?: Http2ProtocolOptions;
  readonly http3_protocol_options?: Http3ProtocolOptions;
  readonly alternate_protocols_cache_options?: AlternateProtocolsCacheOptions;
}

/** envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig */
export interface HttpProtocolOptions_ExplicitHttpConfig {
  /** oneof protocol_config */
  readonly http_protocol_options?: Http1ProtocolOptions;
  /** oneof protocol_config */
  readonly http2_protocol_options?: Http2ProtocolOptions;
  /** oneof protocol_config */
  readonly http3_protocol_options?: Http3ProtocolOptions;
}

/** envoy.extensions.upstreams.http.v3.HttpProtocolOptions.OutlierDetection */
export interface HttpProtocolOptions_OutlierDetection {
  readonly error_matcher?: CommonMatcherMatchPredicate;
}

/** envoy.extensions.upstreams.http.v3.HttpProtocolOptions.UseDownstreamHttpConfig */
export interface HttpProtocolOptions_UseDownstreamHttpConfig {
  readonly http_protocol_options?: Http1ProtocolOptions;
  readonly http2_protocol_options?: Http2ProtocolOptions;
  readonly http3_protocol_options?: Http3ProtocolOptions;
}

/** envoy.extensions.upstreams.tcp.generic.v3.GenericConnectionPoolProto */
export interface UpstreamsTcpGenericGenericConnectionPoolProto {
  readonly '@type': 'type.googleapis.com/envoy.extensions.upstreams.tcp.generic.v3.GenericConnectionPoolProto';
}

/** envoy.extensions.upstreams.tcp.v3.TcpProtocolOptions */
export interface TcpProtocolOptions {
  readonly '@type': 'type.googleapis.com/envoy.extensions.upstreams.tcp.v3.TcpProtocolOptions';
  readonly idle_timeout?: DurationText;
}

/** envoy.extensions.wasm.v3.CapabilityRestrictionConfig */
export interface CapabilityRestrictionConfig {
  readonly allowed_capabilities?: { readonly [key: string]: SanitizationConfig };
}

/** envoy.extensions.wasm.v3.EnvironmentVariables */
export interface EnvironmentVariables {
  readonly host_env_keys?: readonly string[];
  readonly key_values?: { readonly [key: string]: string };
}

/** envoy.extensions.wasm.v3.PluginConfig */
export interface PluginConfig {
  readonly name?: string;
  readonly root_id?: string;
  /** oneof vm */
  readonly vm_config?: VmConfig;
  readonly configuration?: Any;
  /** @deprecated */
  readonly fail_open?: boolean;
  readonly failure_policy?: WasmFailurePolicy;
  readonly reload_config?: ReloadConfig;
  /** @deprecated */
  readonly capability_restriction_config?: CapabilityRestrictionConfig;
  readonly allow_on_headers_stop_iteration?: boolean;
}

/** envoy.extensions.wasm.v3.ReloadConfig */
export interface ReloadConfig {
  readonly backoff?: BackoffStrategy;
}

/** envoy.extensions.wasm.v3.SanitizationConfig */
export interface SanitizationConfig {
}

/** envoy.extensions.wasm.v3.VmConfig */
export interface VmConfig {
  readonly vm_id?: string;
  readonly runtime?: string;
  readonly code?: AsyncDataSource;
  readonly configuration?: Any;
  readonly allow_precompiled?: boolean;
  readonly nack_on_code_cache_miss?: boolean;
  readonly environment_variables?: EnvironmentVariables;
  readonly capability_restriction_config?: CapabilityRestrictionConfig;
}

/** envoy.extensions.wasm.v3.WasmService */
export interface WasmService {
  readonly '@type': 'type.googleapis.com/envoy.extensions.wasm.v3.WasmService';
  readonly config?: PluginConfig;
  readonly singleton?: boolean;
}

/** envoy.extensions.watchdog.backtrace_action.v3.BacktraceActionConfig */
export interface BacktraceActionConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.watchdog.backtrace_action.v3.BacktraceActionConfig';
  readonly cooldown_duration?: DurationText;
}

/** envoy.extensions.watchdog.profile_action.v3.ProfileActionConfig */
export interface ProfileActionConfig {
  readonly '@type': 'type.googleapis.com/envoy.extensions.watchdog.profile_action.v3.ProfileActionConfig';
  readonly profile_duration?: DurationText;
  readonly profile_path?: string;
  readonly max_profiles?: Integer64;
}

/** envoy.service.runtime.v3.Runtime */
export interface Runtime {
  readonly name?: string;
  readonly layer?: Plain;
}

/** envoy.type.http.v3.Cookie */
export interface Cookie {
  readonly name?: string;
  readonly ttl?: DurationText;
  readonly path?: string;
  readonly attributes?: readonly CookieAttribute[];
}

/** envoy.type.http.v3.CookieAttribute */
export interface CookieAttribute {
  readonly name?: string;
  readonly value?: string;
}

/** envoy.type.http.v3.PathTransformation */
export interface PathTransformation {
  readonly operations?: readonly PathTransformation_Operation[];
}

/** envoy.type.http.v3.PathTransformation.Operation */
export interface PathTransformation_Operation {
  /** oneof operation_specifier */
  readonly normalize_path_rfc_3986?: PathTransformation_Operation_NormalizePathRFC3986;
  /** oneof operation_specifier */
  readonly merge_slashes?: PathTransformation_Operation_MergeSlashes;
}

/** envoy.type.http.v3.PathTransformation.Operation.MergeSlashes */
export interface PathTransformation_Operation_MergeSlashes {
}

/** envoy.type.http.v3.PathTransformation.Operation.NormalizePathRFC3986 */
export interface PathTransformation_Operation_NormalizePathRFC3986 {
}

/** envoy.type.matcher.v3.AddressMatcher */
export interface AddressMatcher {
  readonly ranges?: readonly XdsCoreCidrRange[];
  readonly invert_match?: boolean;
}

/** envoy.type.matcher.v3.DoubleMatcher */
export interface DoubleMatcher {
  /** oneof match_pattern */
  readonly range?: DoubleRange;
  /** oneof match_pattern */
  readonly exact?: number;
}

/** envoy.type.matcher.v3.FilterStateMatcher */
export interface FilterStateMatcher {
  readonly key?: string;
  /** oneof matcher */
  readonly string_match?: TypeMatcherStringMatcher;
  /** oneof matcher */
  readonly address_match?: AddressMatcher;
}

/** envoy.type.matcher.v3.ListMatcher */
export interface ListMatcher {
  /** oneof match_pattern */
  readonly one_of?: ValueMatcher;
}

/** envoy.type.matcher.v3.ListStringMatcher */
export interface ListStringMatcher {
  readonly patterns?: readonly TypeMatcherStringMatcher[];
}

/** envoy.type.matcher.v3.MetadataMatcher */
export interface MetadataMatcher {
  readonly filter?: string;
  readonly path?: readonly MetadataMatcher_PathSegment[];
  readonly value?: ValueMatcher;
  readonly invert?: boolean;
}

/** envoy.type.matcher.v3.MetadataMatcher.PathSegment */
export interface MetadataMatcher_PathSegment {
  /** oneof segment */
  readonly key?: string;
}

/** envoy.type.matcher.v3.OrMatcher */
export interface OrMatcher {
  readonly value_matchers?: readonly ValueMatcher[];
}

/** envoy.type.matcher.v3.PathMatcher */
export interface PathMatcher {
  /** oneof rule */
  readonly path?: TypeMatcherStringMatcher;
}

/** envoy.type.matcher.v3.RegexMatchAndSubstitute */
export interface RegexMatchAndSubstitute {
  readonly pattern?: TypeMatcherRegexMatcher;
  readonly substitution?: string;
}

/** envoy.type.matcher.v3.RegexMatcher */
export interface TypeMatcherRegexMatcher {
  /** @deprecated, oneof engine_type */
  readonly google_re2?: TypeMatcherRegexMatcher_GoogleRE2;
  readonly regex?: string;
}

/** envoy.type.matcher.v3.RegexMatcher.GoogleRE2 */
export interface TypeMatcherRegexMatcher_GoogleRE2 {
  /** @deprecated */
  readonly max_program_size?: number;
}

/** envoy.type.matcher.v3.StringMatcher */
export interface TypeMatcherStringMatcher {
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
}

/** envoy.type.matcher.v3.ValueMatcher */
export interface ValueMatcher {
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
}

/** envoy.type.matcher.v3.ValueMatcher.NullMatch */
export interface ValueMatcher_NullMatch {
}

/** envoy.type.metadata.v3.MetadataKey */
export interface MetadataKey {
  readonly key?: string;
  readonly path?: readonly MetadataKey_PathSegment[];
}

/** envoy.type.metadata.v3.MetadataKey.PathSegment */
export interface MetadataKey_PathSegment {
  /** oneof segment */
  readonly key?: string;
  /** oneof segment */
  readonly index?: number;
}

/** envoy.type.metadata.v3.MetadataKind */
export interface MetadataKind {
  /** oneof kind */
  readonly request?: MetadataKind_Request;
  /** oneof kind */
  readonly route?: MetadataKind_Route;
  /** oneof kind */
  readonly cluster?: MetadataKind_Cluster;
  /** oneof kind */
  readonly host?: MetadataKind_Host;
}

/** envoy.type.metadata.v3.MetadataKind.Cluster */
export interface MetadataKind_Cluster {
}

/** envoy.type.metadata.v3.MetadataKind.Host */
export interface MetadataKind_Host {
}

/** envoy.type.metadata.v3.MetadataKind.Request */
export interface MetadataKind_Request {
}

/** envoy.type.metadata.v3.MetadataKind.Route */
export interface MetadataKind_Route {
}

/** envoy.type.tracing.v3.CustomTag */
export interface CustomTag {
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
  readonly value_type?: CustomTag_ValueType;
}

/** envoy.type.tracing.v3.CustomTag.Environment */
export interface CustomTag_Environment {
  readonly name?: string;
  readonly default_value?: string;
}

/** envoy.type.tracing.v3.CustomTag.Header */
export interface CustomTag_Header {
  readonly name?: string;
  readonly default_value?: string;
}

/** envoy.type.tracing.v3.CustomTag.Literal */
export interface CustomTag_Literal {
  readonly value?: string;
}

/** envoy.type.tracing.v3.CustomTag.Metadata */
export interface CustomTag_Metadata {
  readonly kind?: MetadataKind;
  readonly metadata_key?: MetadataKey;
  readonly default_value?: string;
}

/** envoy.type.v3.DoubleRange */
export interface DoubleRange {
  readonly start?: number;
  readonly end?: number;
}

/** envoy.type.v3.FractionalPercent */
export interface FractionalPercent {
  readonly numerator?: number;
  readonly denominator?: FractionalPercent_DenominatorType;
}

/** envoy.type.v3.HashPolicy */
export interface HashPolicy {
  /** oneof policy_specifier */
  readonly source_ip?: HashPolicy_SourceIp;
  /** oneof policy_specifier */
  readonly filter_state?: HashPolicy_FilterState;
}

/** envoy.type.v3.HashPolicy.FilterState */
export interface HashPolicy_FilterState {
  readonly key?: string;
}

/** envoy.type.v3.HashPolicy.SourceIp */
export interface HashPolicy_SourceIp {
}

/** envoy.type.v3.HttpStatus */
export interface HttpStatus {
  readonly code?: StatusCode;
}

/** envoy.type.v3.Int32Range */
export interface Int32Range {
  readonly start?: number;
  readonly end?: number;
}

/** envoy.type.v3.Int64Range */
export interface Int64Range {
  readonly start?: Integer64;
  readonly end?: Integer64;
}

/** envoy.type.v3.Percent */
export interface Percent {
  readonly value?: number;
}

/** envoy.type.v3.RateLimitStrategy */
export interface RateLimitStrategy {
  /** oneof strategy */
  readonly blanket_rule?: RateLimitStrategy_BlanketRule;
  /** oneof strategy */
  readonly requests_per_time_unit?: RateLimitStrategy_RequestsPerTimeUnit;
  /** oneof strategy */
  readonly token_bucket?: TokenBucket;
}

/** envoy.type.v3.RateLimitStrategy.RequestsPerTimeUnit */
export interface RateLimitStrategy_RequestsPerTimeUnit {
  readonly requests_per_time_unit?: Integer64;
  readonly time_unit?: RateLimitUnit;
}

/** envoy.type.v3.Scope */
export interface Scope {
  readonly max_counters?: number;
  readonly max_gauges?: number;
  readonly max_histograms?: number;
  readonly enable_eviction?: boolean;
  readonly prefix?: string;
  readonly sharing_name?: string;
}

/** envoy.type.v3.SemanticVersion */
export interface SemanticVersion {
  readonly major_number?: number;
  readonly minor_number?: number;
  readonly patch?: number;
}

/** envoy.type.v3.TokenBucket */
export interface TokenBucket {
  readonly max_tokens?: number;
  readonly tokens_per_fill?: number;
  readonly fill_interval?: DurationText;
}

/** google.api.expr.v1alpha1.CheckedExpr */
export interface GoogleApiExprV1alpha1CheckedExpr {
  readonly reference_map?: { readonly [key: string]: GoogleApiExprV1alpha1Reference };
  readonly type_map?: { readonly [key: string]: GoogleApiExprV1alpha1Type };
  readonly source_info?: GoogleApiExprV1alpha1SourceInfo;
  readonly expr_version?: string;
  readonly expr?: GoogleApiExprV1alpha1Expr;
}

/** google.api.expr.v1alpha1.Constant */
export interface GoogleApiExprV1alpha1Constant {
  /** oneof constant_kind */
  readonly null_value?: null;
  /** oneof constant_kind */
  readonly bool_value?: boolean;
  /** oneof constant_kind */
  readonly int64_value?: Integer64;
  /** oneof constant_kind */
  readonly uint64_value?: Integer64;
  /** oneof constant_kind */
  readonly double_value?: number;
  /** oneof constant_kind */
  readonly string_value?: string;
  /** oneof constant_kind */
  readonly bytes_value?: Base64;
  /** @deprecated, oneof constant_kind */
  readonly duration_value?: DurationText;
  /** @deprecated, oneof constant_kind */
  readonly timestamp_value?: string;
}

/** google.api.expr.v1alpha1.Expr */
export interface GoogleApiExprV1alpha1Expr {
  readonly id?: Integer64;
  /** oneof expr_kind */
  readonly const_expr?: GoogleApiExprV1alpha1Constant;
  /** oneof expr_kind */
  readonly ident_expr?: GoogleApiExprV1alpha1Expr_Ident;
  /** oneof expr_kind */
  readonly select_expr?: GoogleApiExprV1alpha1Expr_Select;
  /** oneof expr_kind */
  readonly call_expr?: GoogleApiExprV1alpha1Expr_Call;
  /** oneof expr_kind */
  readonly list_expr?: GoogleApiExprV1alpha1Expr_CreateList;
  /** oneof expr_kind */
  readonly struct_expr?: GoogleApiExprV1alpha1Expr_CreateStruct;
  /** oneof expr_kind */
  readonly comprehension_expr?: GoogleApiExprV1alpha1Expr_Comprehension;
}

/** google.api.expr.v1alpha1.Expr.Call */
export interface GoogleApiExprV1alpha1Expr_Call {
  readonly target?: GoogleApiExprV1alpha1Expr;
  readonly function?: string;
  readonly args?: readonly GoogleApiExprV1alpha1Expr[];
}

/** google.api.expr.v1alpha1.Expr.Comprehension */
export interface GoogleApiExprV1alpha1Expr_Comprehension {
  readonly iter_var?: string;
  readonly iter_var2?: string;
  readonly iter_range?: GoogleApiExprV1alpha1Expr;
  readonly accu_var?: string;
  readonly accu_init?: GoogleApiExprV1alpha1Expr;
  readonly loop_condition?: GoogleApiExprV1alpha1Expr;
  readonly loop_step?: GoogleApiExprV1alpha1Expr;
  readonly result?: GoogleApiExprV1alpha1Expr;
}

/** google.api.expr.v1alpha1.Expr.CreateList */
export interface GoogleApiExprV1alpha1Expr_CreateList {
  readonly elements?: readonly GoogleApiExprV1alpha1Expr[];
  readonly optional_indices?: readonly number[];
}

/** google.api.expr.v1alpha1.Expr.CreateStruct */
export interface GoogleApiExprV1alpha1Expr_CreateStruct {
  readonly message_name?: string;
  readonly entries?: readonly GoogleApiExprV1alpha1Expr_CreateStruct_Entry[];
}

/** google.api.expr.v1alpha1.Expr.CreateStruct.Entry */
export interface GoogleApiExprV1alpha1Expr_CreateStruct_Entry {
  readonly id?: Integer64;
  /** oneof key_kind */
  readonly field_key?: string;
  /** oneof key_kind */
  readonly map_key?: GoogleApiExprV1alpha1Expr;
  readonly value?: GoogleApiExprV1alpha1Expr;
  readonly optional_entry?: boolean;
}

/** google.api.expr.v1alpha1.Expr.Ident */
export interface GoogleApiExprV1alpha1Expr_Ident {
  readonly name?: string;
}

/** google.api.expr.v1alpha1.Expr.Select */
export interface GoogleApiExprV1alpha1Expr_Select {
  readonly operand?: GoogleApiExprV1alpha1Expr;
  readonly field?: string;
  readonly test_only?: boolean;
}

/** google.api.expr.v1alpha1.ParsedExpr */
export interface GoogleApiExprV1alpha1ParsedExpr {
  readonly expr?: GoogleApiExprV1alpha1Expr;
  readonly source_info?: GoogleApiExprV1alpha1SourceInfo;
}

/** google.api.expr.v1alpha1.Reference */
export interface GoogleApiExprV1alpha1Reference {
  readonly name?: string;
  readonly overload_id?: readonly string[];
  readonly value?: GoogleApiExprV1alpha1Constant;
}

/** google.api.expr.v1alpha1.SourceInfo */
export interface GoogleApiExprV1alpha1SourceInfo {
  readonly syntax_version?: string;
  readonly location?: string;
  readonly line_offsets?: readonly number[];
  readonly positions?: { readonly [key: string]: number };
  readonly macro_calls?: { readonly [key: string]: GoogleApiExprV1alpha1Expr };
  readonly extensions?: readonly GoogleApiExprV1alpha1SourceInfo_Extension[];
}

/** google.api.expr.v1alpha1.SourceInfo.Extension */
export interface GoogleApiExprV1alpha1SourceInfo_Extension {
  readonly id?: string;
  readonly affected_components?: readonly GoogleApiExprV1alpha1SourceInfo_Extension_Component[];
  readonly version?: GoogleApiExprV1alpha1SourceInfo_Extension_Version;
}

/** google.api.expr.v1alpha1.SourceInfo.Extension.Version */
export interface GoogleApiExprV1alpha1SourceInfo_Extension_Version {
  readonly major?: Integer64;
  readonly minor?: Integer64;
}

/** google.api.expr.v1alpha1.Type */
export interface GoogleApiExprV1alpha1Type {
  /** oneof type_kind */
  readonly dyn?: {};
  /** oneof type_kind */
  readonly null?: null;
  /** oneof type_kind */
  readonly primitive?: GoogleApiExprV1alpha1Type_PrimitiveType;
  /** oneof type_kind */
  readonly wrapper?: GoogleApiExprV1alpha1Type_PrimitiveType;
  /** oneof type_kind */
  readonly well_known?: GoogleApiExprV1alpha1Type_WellKnownType;
  /** oneof type_kind */
  readonly list_type?: GoogleApiExprV1alpha1Type_ListType;
  /** oneof type_kind */
  readonly map_type?: GoogleApiExprV1alpha1Type_MapType;
  /** oneof type_kind */
  readonly function?: GoogleApiExprV1alpha1Type_FunctionType;
  /** oneof type_kind */
  readonly message_type?: string;
  /** oneof type_kind */
  readonly type_param?: string;
  /** oneof type_kind */
  readonly type?: GoogleApiExprV1alpha1Type;
  /** oneof type_kind */
  readonly error?: {};
  /** oneof type_kind */
  readonly abstract_type?: GoogleApiExprV1alpha1Type_AbstractType;
}

/** google.api.expr.v1alpha1.Type.AbstractType */
export interface GoogleApiExprV1alpha1Type_AbstractType {
  readonly name?: string;
  readonly parameter_types?: readonly GoogleApiExprV1alpha1Type[];
}

/** google.api.expr.v1alpha1.Type.FunctionType */
export interface GoogleApiExprV1alpha1Type_FunctionType {
  readonly result_type?: GoogleApiExprV1alpha1Type;
  readonly arg_types?: readonly GoogleApiExprV1alpha1Type[];
}

/** google.api.expr.v1alpha1.Type.ListType */
export interface GoogleApiExprV1alpha1Type_ListType {
  readonly elem_type?: GoogleApiExprV1alpha1Type;
}

/** google.api.expr.v1alpha1.Type.MapType */
export interface GoogleApiExprV1alpha1Type_MapType {
  readonly key_type?: GoogleApiExprV1alpha1Type;
  readonly value_type?: GoogleApiExprV1alpha1Type;
}

/** google.rpc.Status */
export interface Status {
  readonly code?: number;
  readonly message?: string;
  readonly details?: readonly Any[];
}

/** opentelemetry.proto.common.v1.AnyValue */
export interface AnyValue {
  /** oneof value */
  readonly string_value?: string;
  /** oneof value */
  readonly bool_value?: boolean;
  /** oneof value */
  readonly int_value?: Integer64;
  /** oneof value */
  readonly double_value?: number;
  /** oneof value */
  readonly array_value?: ArrayValue;
  /** oneof value */
  readonly kvlist_value?: KeyValueList;
  /** oneof value */
  readonly bytes_value?: Base64;
  /** oneof value */
  readonly string_value_strindex?: number;
}

/** opentelemetry.proto.common.v1.ArrayValue */
export interface ArrayValue {
  readonly values?: readonly AnyValue[];
}

/** opentelemetry.proto.common.v1.KeyValue */
export interface OpentelemetryProtoCommonKeyValue {
  readonly key?: string;
  readonly value?: AnyValue;
  readonly key_strindex?: number;
}

/** opentelemetry.proto.common.v1.KeyValueList */
export interface KeyValueList {
  readonly values?: readonly OpentelemetryProtoCommonKeyValue[];
}

/** udpa.type.v1.TypedStruct */
export interface UdpaTypeTypedStruct {
  readonly '@type': 'type.googleapis.com/udpa.type.v1.TypedStruct';
  readonly type_url?: string;
  readonly value?: Plain;
}

/** xds.core.v3.Authority */
export interface Authority {
  readonly name?: string;
}

/** xds.core.v3.CidrRange */
export interface XdsCoreCidrRange {
  readonly address_prefix?: string;
  readonly prefix_len?: number;
}

/** xds.core.v3.ContextParams */
export interface ContextParams {
  readonly params?: { readonly [key: string]: string };
}

/** xds.core.v3.TypedExtensionConfig */
export interface XdsCoreTypedExtensionConfig {
  readonly name?: string;
  readonly typed_config?: Any;
}

/** xds.type.matcher.v3.Matcher */
export interface XdsTypeMatcherMatcher {
  /** oneof matcher_type */
  readonly matcher_list?: XdsTypeMatcherMatcher_MatcherList;
  /** oneof matcher_type */
  readonly matcher_tree?: XdsTypeMatcherMatcher_MatcherTree;
  readonly on_no_match?: XdsTypeMatcherMatcher_OnMatch;
}

/** xds.type.matcher.v3.Matcher.MatcherList */
export interface XdsTypeMatcherMatcher_MatcherList {
  readonly matchers?: readonly XdsTypeMatcherMatcher_MatcherList_FieldMatcher[];
}

/** xds.type.matcher.v3.Matcher.MatcherList.FieldMatcher */
export interface XdsTypeMatcherMatcher_MatcherList_FieldMatcher {
  readonly predicate?: XdsTypeMatcherMatcher_MatcherList_Predicate;
  readonly on_match?: XdsTypeMatcherMatcher_OnMatch;
}

/** xds.type.matcher.v3.Matcher.MatcherList.Predicate */
export interface XdsTypeMatcherMatcher_MatcherList_Predicate {
  /** oneof match_type */
  readonly single_predicate?: XdsTypeMatcherMatcher_MatcherList_Predicate_SinglePredicate;
  /** oneof match_type */
  readonly or_matcher?: XdsTypeMatcherMatcher_MatcherList_Predicate_PredicateList;
  /** oneof match_type */
  readonly and_matcher?: XdsTypeMatcherMatcher_MatcherList_Predicate_PredicateList;
  /** oneof match_type */
  readonly not_matcher?: XdsTypeMatcherMatcher_MatcherList_Predicate;
}

/** xds.type.matcher.v3.Matcher.MatcherList.Predicate.PredicateList */
export interface XdsTypeMatcherMatcher_MatcherList_Predicate_PredicateList {
  readonly predicate?: readonly XdsTypeMatcherMatcher_MatcherList_Predicate[];
}

/** xds.type.matcher.v3.Matcher.MatcherList.Predicate.SinglePredicate */
export interface XdsTypeMatcherMatcher_MatcherList_Predicate_SinglePredicate {
  readonly input?: XdsCoreTypedExtensionConfig;
  /** oneof matcher */
  readonly value_match?: XdsTypeMatcherStringMatcher;
  /** oneof matcher */
  readonly custom_match?: XdsCoreTypedExtensionConfig;
}

/** xds.type.matcher.v3.Matcher.MatcherTree */
export interface XdsTypeMatcherMatcher_MatcherTree {
  readonly input?: XdsCoreTypedExtensionConfig;
  /** oneof tree_type */
  readonly exact_match_map?: XdsTypeMatcherMatcher_MatcherTree_MatchMap;
  /** oneof tree_type */
  readonly prefix_match_map?: XdsTypeMatcherMatcher_MatcherTree_MatchMap;
  /** oneof tree_type */
  readonly custom_match?: XdsCoreTypedExtensionConfig;
}

/** xds.type.matcher.v3.Matcher.MatcherTree.MatchMap */
export interface XdsTypeMatcherMatcher_MatcherTree_MatchMap {
  readonly map?: { readonly [key: string]: XdsTypeMatcherMatcher_OnMatch };
}

/** xds.type.matcher.v3.Matcher.OnMatch */
export interface XdsTypeMatcherMatcher_OnMatch {
  /** oneof on_match */
  readonly matcher?: XdsTypeMatcherMatcher;
  /** oneof on_match */
  readonly action?: XdsCoreTypedExtensionConfig;
  readonly keep_matching?: boolean;
}

/** xds.type.matcher.v3.RegexMatcher */
export interface XdsTypeMatcherRegexMatcher {
  /** oneof engine_type */
  readonly google_re2?: XdsTypeMatcherRegexMatcher_GoogleRE2;
  readonly regex?: string;
}

/** xds.type.matcher.v3.RegexMatcher.GoogleRE2 */
export interface XdsTypeMatcherRegexMatcher_GoogleRE2 {
}

/** xds.type.matcher.v3.StringMatcher */
export interface XdsTypeMatcherStringMatcher {
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
}

/** xds.type.v3.CelExpression */
export interface CelExpression {
  /** @deprecated, oneof expr_specifier */
  readonly parsed_expr?: GoogleApiExprV1alpha1ParsedExpr;
  /** @deprecated, oneof expr_specifier */
  readonly checked_expr?: GoogleApiExprV1alpha1CheckedExpr;
  readonly cel_expr_parsed?: CelExprParsedExpr;
  readonly cel_expr_checked?: CelExprCheckedExpr;
  readonly cel_expr_string?: string;
}

/** xds.type.v3.TypedStruct */
export interface XdsTypeTypedStruct {
  readonly '@type': 'type.googleapis.com/xds.type.v3.TypedStruct';
  readonly type_url?: string;
  readonly value?: Plain;
}

/** cel.expr.SourceInfo.Extension.Component */
export type CelExprSourceInfo_Extension_Component = 'COMPONENT_UNSPECIFIED' | 'COMPONENT_PARSER' | 'COMPONENT_TYPE_CHECKER' | 'COMPONENT_RUNTIME';

/** cel.expr.Type.PrimitiveType */
export type CelExprType_PrimitiveType = 'PRIMITIVE_TYPE_UNSPECIFIED' | 'BOOL' | 'INT64' | 'UINT64' | 'DOUBLE' | 'STRING' | 'BYTES';

/** cel.expr.Type.WellKnownType */
export type CelExprType_WellKnownType = 'WELL_KNOWN_TYPE_UNSPECIFIED' | 'ANY' | 'TIMESTAMP' | 'DURATION';

/** envoy.config.accesslog.v3.ComparisonFilter.Op */
export type ComparisonFilter_Op = 'EQ' | 'GE' | 'LE' | 'NE';

/** envoy.config.accesslog.v3.GrpcStatusFilter.Status */
export type GrpcStatusFilter_Status = 'OK' | 'CANCELED' | 'UNKNOWN' | 'INVALID_ARGUMENT' | 'DEADLINE_EXCEEDED' | 'NOT_FOUND' | 'ALREADY_EXISTS' | 'PERMISSION_DENIED' | 'RESOURCE_EXHAUSTED' | 'FAILED_PRECONDITION' | 'ABORTED' | 'OUT_OF_RANGE' | 'UNIMPLEMENTED' | 'INTERNAL' | 'UNAVAILABLE' | 'DATA_LOSS' | 'UNAUTHENTICATED';

/** envoy.config.bootstrap.v3.CustomInlineHeader.InlineHeaderType */
export type CustomInlineHeader_InlineHeaderType = 'REQUEST_HEADER' | 'REQUEST_TRAILER' | 'RESPONSE_HEADER' | 'RESPONSE_TRAILER';

/** envoy.config.bootstrap.v3.Watchdog.WatchdogAction.WatchdogEvent */
export type Watchdog_WatchdogAction_WatchdogEvent = 'UNKNOWN' | 'KILL' | 'MULTIKILL' | 'MEGAMISS' | 'MISS';

/** envoy.config.cluster.v3.Cluster.ClusterProtocolSelection */
export type Cluster_ClusterProtocolSelection = 'USE_CONFIGURED_PROTOCOL' | 'USE_DOWNSTREAM_PROTOCOL';

/** envoy.config.cluster.v3.Cluster.DiscoveryType */
export type Cluster_DiscoveryType = 'STATIC' | 'STRICT_DNS' | 'LOGICAL_DNS' | 'EDS' | 'ORIGINAL_DST';

/** envoy.config.cluster.v3.Cluster.DnsLookupFamily */
export type Cluster_DnsLookupFamily = 'AUTO' | 'V4_ONLY' | 'V6_ONLY' | 'V4_PREFERRED' | 'ALL';

/** envoy.config.cluster.v3.Cluster.LbPolicy */
export type Cluster_LbPolicy = 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'RING_HASH' | 'RANDOM' | 'MAGLEV' | 'CLUSTER_PROVIDED' | 'LOAD_BALANCING_POLICY_CONFIG';

/** envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetFallbackPolicy */
export type Cluster_LbSubsetConfig_LbSubsetFallbackPolicy = 'NO_FALLBACK' | 'ANY_ENDPOINT' | 'DEFAULT_SUBSET';

/** envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetMetadataFallbackPolicy */
export type Cluster_LbSubsetConfig_LbSubsetMetadataFallbackPolicy = 'METADATA_NO_FALLBACK' | 'FALLBACK_LIST';

/** envoy.config.cluster.v3.Cluster.LbSubsetConfig.LbSubsetSelector.LbSubsetSelectorFallbackPolicy */
export type Cluster_LbSubsetConfig_LbSubsetSelector_LbSubsetSelectorFallbackPolicy = 'NOT_DEFINED' | 'NO_FALLBACK' | 'ANY_ENDPOINT' | 'DEFAULT_SUBSET' | 'KEYS_SUBSET';

/** envoy.config.cluster.v3.Cluster.RingHashLbConfig.HashFunction */
export type Cluster_RingHashLbConfig_HashFunction = 'XX_HASH' | 'MURMUR_HASH_2';

/** envoy.config.cluster.v3.UpstreamConnectionOptions.FirstAddressFamilyVersion */
export type UpstreamConnectionOptions_FirstAddressFamilyVersion = 'DEFAULT' | 'V4' | 'V6' | 'PIPE' | 'INTERNAL';

/** envoy.config.core.v3.ApiConfigSource.ApiType */
export type ApiConfigSource_ApiType = 'DEPRECATED_AND_UNAVAILABLE_DO_NOT_USE' | 'REST' | 'GRPC' | 'DELTA_GRPC' | 'AGGREGATED_GRPC' | 'AGGREGATED_DELTA_GRPC';

/** envoy.config.core.v3.ApiVersion */
export type ApiVersion = 'AUTO' | 'V2' | 'V3';

/** envoy.config.core.v3.HeaderValueOption.HeaderAppendAction */
export type HeaderValueOption_HeaderAppendAction = 'APPEND_IF_EXISTS_OR_ADD' | 'ADD_IF_ABSENT' | 'OVERWRITE_IF_EXISTS_OR_ADD' | 'OVERWRITE_IF_EXISTS';

/** envoy.config.core.v3.HealthStatus */
export type HealthStatus = 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY' | 'DRAINING' | 'TIMEOUT' | 'DEGRADED';

/** envoy.config.core.v3.HttpProtocolOptions.HeadersWithUnderscoresAction */
export type HttpProtocolOptions_HeadersWithUnderscoresAction = 'ALLOW' | 'REJECT_REQUEST' | 'DROP_HEADER';

/** envoy.config.core.v3.KeyValueAppend.KeyValueAppendAction */
export type KeyValueAppend_KeyValueAppendAction = 'APPEND_IF_EXISTS_OR_ADD' | 'ADD_IF_ABSENT' | 'OVERWRITE_IF_EXISTS_OR_ADD' | 'OVERWRITE_IF_EXISTS';

/** envoy.config.core.v3.ProxyProtocolConfig.Version */
export type ProxyProtocolConfig_Version = 'V1' | 'V2';

/** envoy.config.core.v3.ProxyProtocolPassThroughTLVs.PassTLVsMatchType */
export type ProxyProtocolPassThroughTLVs_PassTLVsMatchType = 'INCLUDE_ALL' | 'INCLUDE';

/** envoy.config.core.v3.RequestMethod */
export type RequestMethod = 'METHOD_UNSPECIFIED' | 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'CONNECT' | 'OPTIONS' | 'TRACE' | 'PATCH';

/** envoy.config.core.v3.RoutingPriority */
export type RoutingPriority = 'DEFAULT' | 'HIGH';

/** envoy.config.core.v3.SocketAddress.Protocol */
export type SocketAddress_Protocol = 'TCP' | 'UDP';

/** envoy.config.core.v3.SocketOption.SocketIpVersion */
export type SocketOption_SocketIpVersion = 'SOCKET_IP_VERSION_UNSPECIFIED' | 'SOCKET_IP_VERSION_IPV4' | 'SOCKET_IP_VERSION_IPV6';

/** envoy.config.core.v3.SocketOption.SocketState */
export type SocketOption_SocketState = 'STATE_PREBIND' | 'STATE_BOUND' | 'STATE_LISTENING';

/** envoy.config.core.v3.TrafficDirection */
export type TrafficDirection = 'UNSPECIFIED' | 'INBOUND' | 'OUTBOUND';

/** envoy.config.listener.v3.FilterChainMatch.ConnectionSourceType */
export type FilterChainMatch_ConnectionSourceType = 'ANY' | 'SAME_IP_OR_LOOPBACK' | 'EXTERNAL';

/** envoy.config.listener.v3.Listener.DrainType */
export type Listener_DrainType = 'DEFAULT' | 'MODIFY_ONLY';

/** envoy.config.metrics.v3.HistogramEmitMode */
export type HistogramEmitMode = 'SUMMARY_AND_HISTOGRAM' | 'SUMMARY' | 'HISTOGRAM';

/** envoy.config.rbac.v3.MetadataSource */
export type MetadataSource = 'DYNAMIC' | 'ROUTE';

/** envoy.config.rbac.v3.RBAC.Action */
export type RBAC_Action = 'ALLOW' | 'DENY' | 'LOG';

/** envoy.config.rbac.v3.RBAC.AuditLoggingOptions.AuditCondition */
export type RBAC_AuditLoggingOptions_AuditCondition = 'NONE' | 'ON_DENY' | 'ON_ALLOW' | 'ON_DENY_AND_ALLOW';

/** envoy.config.route.v3.RateLimit.Action.MetaData.Source */
export type RateLimit_Action_MetaData_Source = 'DYNAMIC' | 'ROUTE_ENTRY' | 'CLUSTER_ENTRY' | 'CLUSTER_LOCALITY_ENTRY';

/** envoy.config.route.v3.RateLimit.XRateLimitOption */
export type RateLimit_XRateLimitOption = 'UNSPECIFIED' | 'OFF' | 'DRAFT_VERSION_03';

/** envoy.config.route.v3.RedirectAction.RedirectResponseCode */
export type RedirectAction_RedirectResponseCode = 'MOVED_PERMANENTLY' | 'FOUND' | 'SEE_OTHER' | 'TEMPORARY_REDIRECT' | 'PERMANENT_REDIRECT';

/** envoy.config.route.v3.RetryPolicy.ResetHeaderFormat */
export type RetryPolicy_ResetHeaderFormat = 'SECONDS' | 'UNIX_TIMESTAMP';

/** envoy.config.route.v3.RouteAction.ClusterNotFoundResponseCode */
export type RouteAction_ClusterNotFoundResponseCode = 'SERVICE_UNAVAILABLE' | 'NOT_FOUND' | 'INTERNAL_SERVER_ERROR';

/** envoy.config.route.v3.RouteAction.InternalRedirectAction */
export type RouteAction_InternalRedirectAction = 'PASS_THROUGH_INTERNAL_REDIRECT' | 'HANDLE_INTERNAL_REDIRECT';

/** envoy.config.route.v3.VirtualHost.TlsRequirementType */
export type VirtualHost_TlsRequirementType = 'NONE' | 'EXTERNAL_ONLY' | 'ALL';

/** envoy.config.tap.v3.OutputSink.Format */
export type OutputSink_Format = 'JSON_BODY_AS_BYTES' | 'JSON_BODY_AS_STRING' | 'PROTO_BINARY' | 'PROTO_BINARY_LENGTH_DELIMITED' | 'PROTO_TEXT';

/** envoy.config.trace.v3.ZipkinConfig.CollectorEndpointVersion */
export type ZipkinConfig_CollectorEndpointVersion = 'DEPRECATED_AND_UNAVAILABLE_DO_NOT_USE' | 'HTTP_JSON' | 'HTTP_PROTO' | 'GRPC';

/** envoy.config.trace.v3.ZipkinConfig.TraceContextOption */
export type ZipkinConfig_TraceContextOption = 'USE_B3' | 'USE_B3_WITH_W3C_PROPAGATION';

/** envoy.data.accesslog.v3.AccessLogType */
export type AccessLogType = 'NotSet' | 'TcpUpstreamConnected' | 'TcpPeriodic' | 'TcpConnectionStart' | 'TcpConnectionEnd' | 'DownstreamStart' | 'DownstreamPeriodic' | 'DownstreamEnd' | 'UpstreamPoolReady' | 'UpstreamPeriodic' | 'UpstreamEnd' | 'DownstreamTunnelSuccessfullyEstablished' | 'UdpTunnelUpstreamConnected' | 'UdpPeriodic' | 'UdpSessionEnd';

/** envoy.extensions.access_loggers.stats.v3.Config.Histogram.Unit */
export type Config_Histogram_Unit = 'Unspecified' | 'Bytes' | 'Microseconds' | 'Milliseconds' | 'Percent';

/** envoy.extensions.clusters.common.dns.v3.DnsLookupFamily */
export type DnsLookupFamily = 'UNSPECIFIED' | 'AUTO' | 'V4_ONLY' | 'V6_ONLY' | 'V4_PREFERRED' | 'ALL';

/** envoy.extensions.common.ratelimit.v3.VhRateLimitsOptions */
export type VhRateLimitsOptions = 'OVERRIDE' | 'INCLUDE' | 'IGNORE';

/** envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion */
export type XRateLimitHeadersRFCVersion = 'OFF' | 'DRAFT_VERSION_03';

/** envoy.extensions.compression.brotli.compressor.v3.Brotli.EncoderMode */
export type Brotli_EncoderMode = 'DEFAULT' | 'GENERIC' | 'TEXT' | 'FONT';

/** envoy.extensions.compression.gzip.compressor.v3.Gzip.CompressionLevel */
export type Gzip_CompressionLevel = 'DEFAULT_COMPRESSION' | 'BEST_SPEED' | 'COMPRESSION_LEVEL_1' | 'COMPRESSION_LEVEL_2' | 'COMPRESSION_LEVEL_3' | 'COMPRESSION_LEVEL_4' | 'COMPRESSION_LEVEL_5' | 'COMPRESSION_LEVEL_6' | 'COMPRESSION_LEVEL_7' | 'COMPRESSION_LEVEL_8' | 'COMPRESSION_LEVEL_9' | 'BEST_COMPRESSION';

/** envoy.extensions.compression.gzip.compressor.v3.Gzip.CompressionStrategy */
export type CompressionGzipCompressorGzip_CompressionStrategy = 'DEFAULT_STRATEGY' | 'FILTERED' | 'HUFFMAN_ONLY' | 'RLE' | 'FIXED';

/** envoy.extensions.compression.zstd.compressor.v3.Zstd.Strategy */
export type Zstd_Strategy = 'DEFAULT' | 'FAST' | 'DFAST' | 'GREEDY' | 'LAZY' | 'LAZY2' | 'BTLAZY2' | 'BTOPT' | 'BTULTRA' | 'BTULTRA2';

/** envoy.extensions.filters.common.dependency.v3.Dependency.DependencyType */
export type Dependency_DependencyType = 'HEADER' | 'FILTER_STATE_KEY' | 'DYNAMIC_METADATA';

/** envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue.SharedWithUpstream */
export type FilterStateValue_SharedWithUpstream = 'NONE' | 'ONCE' | 'TRANSITIVE';

/** envoy.extensions.filters.http.a2a.v3.A2a.StorageMode */
export type A2a_StorageMode = 'NONE' | 'DYNAMIC_METADATA' | 'FILTER_STATE' | 'DYNAMIC_METADATA_AND_FILTER_STATE';

/** envoy.extensions.filters.http.a2a.v3.A2a.TrafficMode */
export type A2a_TrafficMode = 'PASS_THROUGH' | 'REJECT';

/** envoy.extensions.filters.http.ai_protocol_manager.v3.RequestHandling.BodyReserialization */
export type RequestHandling_BodyReserialization = 'ALWAYS' | 'DISABLE';

/** envoy.extensions.filters.http.ai_protocol_manager.v3.TokenUsageExtraction.UsageSignal */
export type TokenUsageExtraction_UsageSignal = 'USAGE_SIGNAL_UNSPECIFIED' | 'SYNTHESIZE_TRAILERS';

/** envoy.extensions.filters.http.aws_lambda.v3.Config.InvocationMode */
export type Config_InvocationMode = 'SYNCHRONOUS' | 'ASYNCHRONOUS';

/** envoy.extensions.filters.http.aws_request_signing.v3.AwsRequestSigning.SigningAlgorithm */
export type AwsRequestSigning_SigningAlgorithm = 'AWS_SIGV4' | 'AWS_SIGV4A';

/** envoy.extensions.filters.http.bandwidth_limit.v3.BandwidthLimit.EnableMode */
export type BandwidthLimit_EnableMode = 'DISABLED' | 'REQUEST' | 'RESPONSE' | 'REQUEST_AND_RESPONSE';

/** envoy.extensions.filters.http.ext_authz.v3.ShadowDecision.CheckResult */
export type ShadowDecision_CheckResult = 'UNSPECIFIED' | 'OK' | 'DENIED' | 'ERROR';

/** envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor.RouteCacheAction */
export type ExternalProcessor_RouteCacheAction = 'DEFAULT' | 'CLEAR' | 'RETAIN';

/** envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode */
export type ProcessingMode_BodySendMode = 'NONE' | 'STREAMED' | 'BUFFERED' | 'BUFFERED_PARTIAL' | 'FULL_DUPLEX_STREAMED' | 'GRPC';

/** envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.HeaderSendMode */
export type ProcessingMode_HeaderSendMode = 'DEFAULT' | 'SEND' | 'SKIP';

/** envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder.UrlUnescapeSpec */
export type GrpcJsonTranscoder_UrlUnescapeSpec = 'ALL_CHARACTERS_EXCEPT_RESERVED' | 'ALL_CHARACTERS_EXCEPT_SLASH' | 'ALL_CHARACTERS';

/** envoy.extensions.filters.http.gzip.v3.Gzip.CompressionLevel.Enum */
export type Gzip_CompressionLevel_Enum = 'DEFAULT' | 'BEST' | 'SPEED';

/** envoy.extensions.filters.http.gzip.v3.Gzip.CompressionStrategy */
export type FiltersHttpGzipGzip_CompressionStrategy = 'DEFAULT' | 'FILTERED' | 'HUFFMAN' | 'RLE';

/** envoy.extensions.filters.http.header_to_metadata.v3.Config.ValueEncode */
export type Config_ValueEncode = 'NONE' | 'BASE64';

/** envoy.extensions.filters.http.header_to_metadata.v3.Config.ValueType */
export type Config_ValueType = 'STRING' | 'NUMBER' | 'PROTOBUF_VALUE';

/** envoy.extensions.filters.http.ip_tagging.v3.IPTagging.IpTagHeader.HeaderAction */
export type IPTagging_IpTagHeader_HeaderAction = 'SANITIZE' | 'APPEND_IF_EXISTS_OR_ADD';

/** envoy.extensions.filters.http.ip_tagging.v3.IPTagging.RequestType */
export type IPTagging_RequestType = 'BOTH' | 'INTERNAL' | 'EXTERNAL';

/** envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata.ValueType */
export type JsonToMetadata_ValueType = 'PROTOBUF_VALUE' | 'STRING' | 'NUMBER';

/** envoy.extensions.filters.http.kill_request.v3.KillRequest.Direction */
export type KillRequest_Direction = 'REQUEST' | 'RESPONSE';

/** envoy.extensions.filters.http.mcp.v3.Mcp.AttributeSource */
export type Mcp_AttributeSource = 'BODY' | 'VERIFY' | 'HEADERS';

/** envoy.extensions.filters.http.mcp.v3.Mcp.RequestStorageMode */
export type Mcp_RequestStorageMode = 'MODE_UNSPECIFIED' | 'DYNAMIC_METADATA' | 'FILTER_STATE' | 'DYNAMIC_METADATA_AND_FILTER_STATE';

/** envoy.extensions.filters.http.mcp.v3.Mcp.TrafficMode */
export type Mcp_TrafficMode = 'PASS_THROUGH' | 'REJECT_NO_MCP' | 'NOOP';

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.CacheScope */
export type CacheScope = 'CACHE_SCOPE_UNSPECIFIED' | 'CACHE_SCOPE_PUBLIC' | 'CACHE_SCOPE_PRIVATE';

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.HttpRule.ParameterBinding.Type */
export type HttpRule_ParameterBinding_Type = 'TYPE_UNSPECIFIED' | 'HEADER' | 'COOKIE';

/** envoy.extensions.filters.http.mcp_json_rest_bridge.v3.McpJsonRestBridge.RequestStorageMode */
export type McpJsonRestBridge_RequestStorageMode = 'MODE_UNSPECIFIED' | 'DYNAMIC_METADATA';

/** envoy.extensions.filters.http.mcp_router.v3.ValidationPolicy.Mode */
export type ValidationPolicy_Mode = 'MODE_UNSPECIFIED' | 'DISABLED' | 'ENFORCE';

/** envoy.extensions.filters.http.oauth2.v3.CookieConfig.SameSite */
export type CookieConfig_SameSite = 'DISABLED' | 'STRICT' | 'LAX' | 'NONE';

/** envoy.extensions.filters.http.oauth2.v3.OAuth2Config.AuthType */
export type OAuth2Config_AuthType = 'URL_ENCODED_BODY' | 'BASIC_AUTH' | 'TLS_CLIENT_AUTH' | 'PRIVATE_KEY_JWT';

/** envoy.extensions.filters.http.oauth2.v3.PrivateKeyJwtConfig.SigningAlgorithm */
export type PrivateKeyJwtConfig_SigningAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512';

/** envoy.extensions.filters.http.proto_api_scrubber.v3.ProtoApiScrubberConfig.FilteringMode */
export type ProtoApiScrubberConfig_FilteringMode = 'OVERRIDE';

/** envoy.extensions.filters.http.proto_message_extraction.v3.MethodExtraction.ExtractDirective */
export type MethodExtraction_ExtractDirective = 'ExtractDirective_UNSPECIFIED' | 'EXTRACT' | 'EXTRACT_REDACT' | 'EXTRACT_REPEATED_CARDINALITY';

/** envoy.extensions.filters.http.proto_message_extraction.v3.ProtoMessageExtractionConfig.ExtractMode */
export type ProtoMessageExtractionConfig_ExtractMode = 'ExtractMode_UNSPECIFIED' | 'FIRST_AND_LAST';

/** envoy.extensions.filters.http.ratelimit.v3.RateLimit.XRateLimitHeadersRFCVersion */
export type RateLimit_XRateLimitHeadersRFCVersion = 'OFF' | 'DRAFT_VERSION_03';

/** envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute.OverrideOptions */
export type RateLimitPerRoute_OverrideOptions = 'DEFAULT' | 'OVERRIDE_POLICY' | 'INCLUDE_POLICY' | 'IGNORE_POLICY';

/** envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute.VhRateLimitsOptions */
export type RateLimitPerRoute_VhRateLimitsOptions = 'OVERRIDE' | 'INCLUDE' | 'IGNORE';

/** envoy.extensions.filters.http.thrift_to_metadata.v3.Field */
export type Field = 'METHOD_NAME' | 'PROTOCOL' | 'TRANSPORT' | 'HEADER_FLAGS' | 'SEQUENCE_ID' | 'MESSAGE_TYPE' | 'REPLY_TYPE';

/** envoy.extensions.filters.http.transform.v3.BodyTransformation.TransformAction */
export type BodyTransformation_TransformAction = 'MERGE' | 'REPLACE';

/** envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol.KeyValuePair.ValueStringEncoding */
export type ProxyProtocol_KeyValuePair_ValueStringEncoding = 'UNSPECIFIED' | 'SANITIZED_UTF8' | 'BASE64';

/** envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol.TlvLocation */
export type ProxyProtocol_TlvLocation = 'DYNAMIC_METADATA' | 'FILTER_STATE';

/** envoy.extensions.filters.network.dubbo_proxy.v3.ProtocolType */
export type FiltersNetworkDubboProxyProtocolType = 'Dubbo';

/** envoy.extensions.filters.network.dubbo_proxy.v3.SerializationType */
export type SerializationType = 'Hessian2';

/** envoy.extensions.filters.network.ext_proc.v3.ProcessingMode.DataSendMode */
export type ProcessingMode_DataSendMode = 'STREAMED' | 'SKIP';

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.CodecType */
export type HttpConnectionManager_CodecType = 'AUTO' | 'HTTP1' | 'HTTP2' | 'HTTP3';

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertDetails */
export type HttpConnectionManager_ForwardClientCertDetails = 'SANITIZE' | 'FORWARD_ONLY' | 'APPEND_FORWARD' | 'SANITIZE_SET' | 'ALWAYS_FORWARD_ONLY';

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ForwardClientCertFormat */
export type HttpConnectionManager_ForwardClientCertFormat = 'TEXT' | 'JSON';

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction */
export type HttpConnectionManager_PathWithEscapedSlashesAction = 'IMPLEMENTATION_SPECIFIC_DEFAULT' | 'KEEP_UNCHANGED' | 'REJECT_REQUEST' | 'UNESCAPE_AND_REDIRECT' | 'UNESCAPE_AND_FORWARD';

/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ServerHeaderTransformation */
export type HttpConnectionManager_ServerHeaderTransformation = 'OVERWRITE' | 'APPEND_IF_ABSENT' | 'PASS_THROUGH';

/** envoy.extensions.filters.network.mysql_proxy.v3.MySQLProxy.SSLMode */
export type MySQLProxy_SSLMode = 'DISABLE' | 'REQUIRE' | 'ALLOW';

/** envoy.extensions.filters.network.rbac.v3.RBAC.EnforcementType */
export type RBAC_EnforcementType = 'ONE_TIME_ON_FIRST_BYTE' | 'CONTINUOUS';

/** envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.ConnPoolSettings.ReadPolicy */
export type RedisProxy_ConnPoolSettings_ReadPolicy = 'MASTER' | 'PREFER_MASTER' | 'REPLICA' | 'PREFER_REPLICA' | 'ANY' | 'LOCAL_ZONE_AFFINITY' | 'LOCAL_ZONE_AFFINITY_REPLICAS_AND_PRIMARY';

/** envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.ProtocolVersion */
export type RedisProxy_ProtocolVersion = 'RESP2' | 'RESP3';

/** envoy.extensions.filters.network.redis_proxy.v3.RedisProxy.RedisFault.RedisFaultType */
export type RedisProxy_RedisFault_RedisFaultType = 'DELAY' | 'ERROR';

/** envoy.extensions.filters.network.tcp_proxy.v3.ProxyProtocolTlvMergePolicy */
export type ProxyProtocolTlvMergePolicy = 'ADD_IF_ABSENT' | 'OVERWRITE_BY_TYPE_IF_EXISTS_OR_ADD' | 'APPEND_IF_EXISTS_OR_ADD';

/** envoy.extensions.filters.network.tcp_proxy.v3.UpstreamConnectMode */
export type UpstreamConnectMode = 'IMMEDIATE' | 'ON_DOWNSTREAM_DATA' | 'ON_DOWNSTREAM_TLS_HANDSHAKE';

/** envoy.extensions.filters.network.thrift_proxy.filters.header_to_metadata.v3.HeaderToMetadata.ValueEncode */
export type HeaderToMetadata_ValueEncode = 'NONE' | 'BASE64';

/** envoy.extensions.filters.network.thrift_proxy.filters.header_to_metadata.v3.HeaderToMetadata.ValueType */
export type HeaderToMetadata_ValueType = 'STRING' | 'NUMBER' | 'PROTOBUF_VALUE';

/** envoy.extensions.filters.network.thrift_proxy.filters.payload_to_metadata.v3.PayloadToMetadata.ValueType */
export type PayloadToMetadata_ValueType = 'STRING' | 'NUMBER';

/** envoy.extensions.filters.network.thrift_proxy.v3.ProtocolType */
export type FiltersNetworkThriftProxyProtocolType = 'AUTO_PROTOCOL' | 'BINARY' | 'LAX_BINARY' | 'COMPACT' | 'TWITTER';

/** envoy.extensions.filters.network.thrift_proxy.v3.TransportType */
export type TransportType = 'AUTO_TRANSPORT' | 'FRAMED' | 'UNFRAMED' | 'HEADER';

/** envoy.extensions.filters.network.zookeeper_proxy.v3.LatencyThresholdOverride.Opcode */
export type LatencyThresholdOverride_Opcode = 'Connect' | 'Create' | 'Delete' | 'Exists' | 'GetData' | 'SetData' | 'GetAcl' | 'SetAcl' | 'GetChildren' | 'Sync' | 'Ping' | 'GetChildren2' | 'Check' | 'Multi' | 'Create2' | 'Reconfig' | 'CheckWatches' | 'RemoveWatches' | 'CreateContainer' | 'CreateTtl' | 'Close' | 'SetAuth' | 'SetWatches' | 'GetEphemerals' | 'GetAllChildrenNumber' | 'SetWatches2' | 'AddWatch';

/** envoy.extensions.http.ai_filters.transcoder.v3.Transcoder.Direction */
export type Transcoder_Direction = 'DIRECTION_UNSPECIFIED' | 'TO_IR' | 'FROM_IR';

/** envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig.FormatterTypeOnEnvoyHeaders */
export type PreserveCaseFormatterConfig_FormatterTypeOnEnvoyHeaders = 'DEFAULT' | 'PROPER_CASE';

/** envoy.extensions.http.header_validators.envoy_default.v3.HeaderValidatorConfig.HeadersWithUnderscoresAction */
export type HeaderValidatorConfig_HeadersWithUnderscoresAction = 'ALLOW' | 'REJECT_REQUEST' | 'DROP_HEADER';

/** envoy.extensions.http.header_validators.envoy_default.v3.HeaderValidatorConfig.UriPathNormalizationOptions.PathWithEscapedSlashesAction */
export type HeaderValidatorConfig_UriPathNormalizationOptions_PathWithEscapedSlashesAction = 'IMPLEMENTATION_SPECIFIC_DEFAULT' | 'KEEP_UNCHANGED' | 'REJECT_REQUEST' | 'UNESCAPE_AND_REDIRECT' | 'UNESCAPE_AND_FORWARD';

/** envoy.extensions.http.injected_credentials.oauth2.v3.OAuth2.AuthType */
export type OAuth2_AuthType = 'BASIC_AUTH' | 'URL_ENCODED_BODY' | 'TLS_CLIENT_AUTH';

/** envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig.ZoneAwareLbConfig.LocalityBasis */
export type LocalityLbConfig_ZoneAwareLbConfig_LocalityBasis = 'HEALTHY_HOSTS_NUM' | 'HEALTHY_HOSTS_WEIGHT';

/** envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest.SelectionMethod */
export type LeastRequest_SelectionMethod = 'N_CHOICES' | 'FULL_SCAN';

/** envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash.HashFunction */
export type RingHash_HashFunction = 'DEFAULT_HASH' | 'XX_HASH' | 'MURMUR_HASH_2';

/** envoy.extensions.load_balancing_policies.subset.v3.Subset.LbSubsetFallbackPolicy */
export type Subset_LbSubsetFallbackPolicy = 'NO_FALLBACK' | 'ANY_ENDPOINT' | 'DEFAULT_SUBSET';

/** envoy.extensions.load_balancing_policies.subset.v3.Subset.LbSubsetMetadataFallbackPolicy */
export type Subset_LbSubsetMetadataFallbackPolicy = 'METADATA_NO_FALLBACK' | 'FALLBACK_LIST';

/** envoy.extensions.load_balancing_policies.subset.v3.Subset.LbSubsetSelector.LbSubsetSelectorFallbackPolicy */
export type Subset_LbSubsetSelector_LbSubsetSelectorFallbackPolicy = 'NOT_DEFINED' | 'NO_FALLBACK' | 'ANY_ENDPOINT' | 'DEFAULT_SUBSET' | 'KEYS_SUBSET';

/** envoy.extensions.matching.input_matchers.dynamic_modules.v3.DynamicModuleMatcher.OnError */
export type DynamicModuleMatcher_OnError = 'NO_MATCH' | 'MATCH';

/** envoy.extensions.resource_monitors.cpu_utilization.v3.CpuUtilizationConfig.UtilizationComputeStrategy */
export type CpuUtilizationConfig_UtilizationComputeStrategy = 'HOST' | 'CONTAINER';

/** envoy.extensions.router.route_specifiers.dynamic_modules.v3.FailurePolicy */
export type RouterRouteSpecifiersDynamicModulesFailurePolicy = 'FAILURE_POLICY_UNSPECIFIED' | 'PASS_THROUGH' | 'NO_ROUTE' | 'CONTINUE_MATCHING';

/** envoy.extensions.stat_sinks.kafka.v3.SerializationFormat */
export type SerializationFormat = 'JSON' | 'PROTOBUF';

/** envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.TrustChainVerification */
export type CertificateValidationContext_TrustChainVerification = 'VERIFY_TRUST_CHAIN' | 'ACCEPT_UNTRUSTED';

/** envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext.OcspStaplePolicy */
export type DownstreamTlsContext_OcspStaplePolicy = 'LENIENT_STAPLING' | 'STRICT_STAPLING' | 'MUST_STAPLE';

/** envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType */
export type SubjectAltNameMatcher_SanType = 'SAN_TYPE_UNSPECIFIED' | 'EMAIL' | 'DNS' | 'URI' | 'IP_ADDRESS' | 'OTHER_NAME';

/** envoy.extensions.transport_sockets.tls.v3.TlsParameters.CompliancePolicy */
export type TlsParameters_CompliancePolicy = 'FIPS_202205' | 'CNSA2_202603' | 'CNSA1_202603';

/** envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol */
export type TlsParameters_TlsProtocol = 'TLS_AUTO' | 'TLSv1_0' | 'TLSv1_1' | 'TLSv1_2' | 'TLSv1_3';

/** envoy.extensions.wasm.v3.FailurePolicy */
export type WasmFailurePolicy = 'UNSPECIFIED' | 'FAIL_RELOAD' | 'FAIL_CLOSED' | 'FAIL_OPEN';

/** envoy.type.ai.v3.LLMProtocol */
export type LLMProtocol = 'LLM_PROTOCOL_UNSPECIFIED' | 'OPENAI_CHAT_COMPLETIONS' | 'OPENAI_RESPONSES' | 'ANTHROPIC_MESSAGES' | 'GEMINI_GENERATE_CONTENT';

/** envoy.type.tracing.v3.CustomTag.ValueType */
export type CustomTag_ValueType = 'UNSPECIFIED' | 'STRING' | 'INT' | 'DOUBLE' | 'BOOL';

/** envoy.type.v3.CodecClientType */
export type CodecClientType = 'HTTP1' | 'HTTP2' | 'HTTP3';

/** envoy.type.v3.FractionalPercent.DenominatorType */
export type FractionalPercent_DenominatorType = 'HUNDRED' | 'TEN_THOUSAND' | 'MILLION';

/** envoy.type.v3.RateLimitStrategy.BlanketRule */
export type RateLimitStrategy_BlanketRule = 'ALLOW_ALL' | 'DENY_ALL';

/** envoy.type.v3.RateLimitUnit */
export type RateLimitUnit = 'UNKNOWN' | 'SECOND' | 'MINUTE' | 'HOUR' | 'DAY' | 'MONTH' | 'YEAR';

/** envoy.type.v3.StatusCode */
export type StatusCode = 'Empty' | 'Continue' | 'OK' | 'Created' | 'Accepted' | 'NonAuthoritativeInformation' | 'NoContent' | 'ResetContent' | 'PartialContent' | 'MultiStatus' | 'AlreadyReported' | 'IMUsed' | 'MultipleChoices' | 'MovedPermanently' | 'Found' | 'SeeOther' | 'NotModified' | 'UseProxy' | 'TemporaryRedirect' | 'PermanentRedirect' | 'BadRequest' | 'Unauthorized' | 'PaymentRequired' | 'Forbidden' | 'NotFound' | 'MethodNotAllowed' | 'NotAcceptable' | 'ProxyAuthenticationRequired' | 'RequestTimeout' | 'Conflict' | 'Gone' | 'LengthRequired' | 'PreconditionFailed' | 'PayloadTooLarge' | 'URITooLong' | 'UnsupportedMediaType' | 'RangeNotSatisfiable' | 'ExpectationFailed' | 'MisdirectedRequest' | 'UnprocessableEntity' | 'Locked' | 'FailedDependency' | 'UpgradeRequired' | 'PreconditionRequired' | 'TooManyRequests' | 'RequestHeaderFieldsTooLarge' | 'InternalServerError' | 'NotImplemented' | 'BadGateway' | 'ServiceUnavailable' | 'GatewayTimeout' | 'HTTPVersionNotSupported' | 'VariantAlsoNegotiates' | 'InsufficientStorage' | 'LoopDetected' | 'NotExtended' | 'NetworkAuthenticationRequired';

/** google.api.expr.v1alpha1.SourceInfo.Extension.Component */
export type GoogleApiExprV1alpha1SourceInfo_Extension_Component = 'COMPONENT_UNSPECIFIED' | 'COMPONENT_PARSER' | 'COMPONENT_TYPE_CHECKER' | 'COMPONENT_RUNTIME';

/** google.api.expr.v1alpha1.Type.PrimitiveType */
export type GoogleApiExprV1alpha1Type_PrimitiveType = 'PRIMITIVE_TYPE_UNSPECIFIED' | 'BOOL' | 'INT64' | 'UINT64' | 'DOUBLE' | 'STRING' | 'BYTES';

/** google.api.expr.v1alpha1.Type.WellKnownType */
export type GoogleApiExprV1alpha1Type_WellKnownType = 'WELL_KNOWN_TYPE_UNSPECIFIED' | 'ANY' | 'TIMESTAMP' | 'DURATION';
