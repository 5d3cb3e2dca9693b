/**
 * Statistics that the data plane counts, by group: one block of a group for each listener, HTTP
 * connection manager, cluster or host. The names are Envoy's; scripts/gen-stats.ts gives C++ and
 * TypeScript their slots.
 *
 * Kinds: a counter or gauge is the sum over the workers, a flag the largest of their values (0 or 1);
 * a codes slot stands for counters `<name>_<status>`, one for each status that was seen.
 */
export type SlotKind = 'counter' | 'gauge' | 'flag' | 'histogram' | 'codes';

export type SlotOptions = {
  /**
   * When the statistic exists: as soon as it was used itself (`self`), as soon as that counter of the
   * block was used, or never (for the data plane's own use). Without it: from the start.
   */
  readonly born?: 'self' | 'never' | (string & {});
  /** A gauge that is 0 counts as used when that counter of the block was used. */
  readonly usedWith?: string;
};
export type Slot = readonly [name: string, kind: SlotKind, options?: SlotOptions];

const slots = (kind: SlotKind, names: readonly string[], options?: SlotOptions): Slot[] =>
  names.map((name) => (options === undefined ? [name, kind] : [name, kind, options]));
const counters = (...names: string[]): Slot[] => slots('counter', names);
const gauges = (...names: string[]): Slot[] => slots('gauge', names);
const histograms = (...names: string[]): Slot[] => slots('histogram', names);
const gauge = (name: string, usedWith: string): Slot => [name, 'gauge', { usedWith }];

const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'];
const CODEC1 = [
  'http1.dropped_headers_with_underscores',
  'http1.metadata_not_supported_error',
  'http1.requests_rejected_with_underscores_in_headers',
  'http1.response_flood',
];

/** http2.*, one after another: native/http/h2_session.h counts by their order. */
const codec2 = (end: 'downstream' | 'upstream'): Slot[] => {
  const born = { born: `http2.nghttp2_${end}_connections` };
  return [
    ...slots(
      'counter',
      [
        'cookies_total_bytes_too_large',
        'dropped_headers_with_underscores',
        'goaway_sent',
        'header_list_size_too_large',
        'header_overflow',
        'headers_cb_no_stream',
        'inbound_empty_frames_flood',
        'inbound_priority_frames_flood',
        'inbound_window_update_frames_flood',
        'keepalive_timeout',
        'metadata_empty_frames',
        'nghttp2_downstream_connections',
        'nghttp2_upstream_connections',
        'oghttp2_downstream_connections',
        'oghttp2_upstream_connections',
        'outbound_control_flood',
        'outbound_flood',
        'requests_rejected_with_underscores_in_headers',
        'rx_messaging_error',
        'rx_reset',
        'stream_refused_errors',
        'trailers',
        'tx_flush_timeout',
        'tx_reset',
      ].map((name) => `http2.${name}`),
      born,
    ),
    ...slots(
      'gauge',
      [
        'deferred_stream_close',
        'outbound_control_frames_active',
        'outbound_frames_active',
        'pending_send_bytes',
        'streams_active',
      ].map((name) => `http2.${name}`),
      born,
    ),
  ];
};

const breakers = (priority: string): Slot[] => [
  ...slots(
    'flag',
    ['cx_open', 'cx_pool_open', 'rq_open', 'rq_pending_open'].map((n) => `circuit_breakers.${priority}.${n}`),
    priority === 'default' ? { usedWith: 'upstream_rq_total' } : {},
  ),
  [`circuit_breakers.${priority}.rq_retry_open`, 'flag', { usedWith: 'upstream_rq_retry' }],
];

/** ssl.*: the first ones are there from the start, the others as soon as a handshake used them. */
const ssl = (factory: string): Slot[] => [
  ...counters(
    ...[
      'downstream_context_secrets_not_ready',
      'ssl_context_update_by_sds',
      'upstream_context_secrets_not_ready',
    ].map((name) => `${factory}.${name}`),
    'ssl.connection_error',
    'ssl.fail_verify_cert_hash',
    'ssl.fail_verify_error',
    'ssl.fail_verify_no_cert',
    'ssl.fail_verify_san',
    'ssl.handshake',
    'ssl.no_certificate',
    'ssl.ocsp_staple_failed',
    'ssl.ocsp_staple_omitted',
    'ssl.ocsp_staple_requests',
    'ssl.ocsp_staple_responses',
    'ssl.session_reused',
  ),
  ...slots(
    'counter',
    [
      'ssl.was_key_usage_invalid',
      ...['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'].map((v) => `ssl.versions.${v}`),
      ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'].map(
        (c) => `ssl.ciphers.${c}`,
      ),
      ...['ECDSA', 'RSA'].flatMap((key) =>
        ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305', 'AES128-SHA', 'AES256-SHA'].map(
          (c) => `ssl.ciphers.ECDHE-${key}-${c}`,
        ),
      ),
      ...['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'AES128-SHA', 'AES256-SHA'].map(
        (c) => `ssl.ciphers.${c}`,
      ),
      ...['X25519', 'P-256', 'P-384', 'P-521'].map((c) => `ssl.curves.${c}`),
      ...[
        'ecdsa_secp256r1_sha256',
        'ecdsa_secp384r1_sha384',
        'ecdsa_secp521r1_sha512',
        'ed25519',
        'rsa_pkcs1_sha256',
        'rsa_pkcs1_sha384',
        'rsa_pkcs1_sha512',
        'rsa_pss_rsae_sha256',
        'rsa_pss_rsae_sha384',
        'rsa_pss_rsae_sha512',
      ].map((s) => `ssl.sigalgs.${s}`),
    ],
    { born: 'self' },
  ),
];

export const groups = {
  /** Of the process: its one block exists from the start, with the number 1. */
  Server: [...slots('counter', CODEC1, { born: 'self' }), ...codec2('downstream')],
  /** listener.<address>. */
  Listener: [
    ...counters(
      'downstream_cx_total',
      'downstream_cx_destroy',
      'downstream_cx_overflow',
      'downstream_cx_overload_reject',
      'downstream_cx_transport_socket_connect_timeout',
      'downstream_global_cx_overflow',
      'downstream_pre_cx_timeout',
      'downstream_listener_filter_error',
      'downstream_listener_filter_remote_close',
      'extension_config_missing',
      'network_extension_config_missing',
      'no_filter_chain_match',
    ),
    gauge('downstream_cx_active', 'downstream_cx_total'),
    gauge('downstream_pre_cx_active', 'downstream_cx_total'),
    ...histograms('connections_accepted_per_socket_event', 'downstream_cx_length_ms'),
  ],
  /** http.<stat_prefix>. */
  Hcm: [
    ...counters(
      'downstream_cx_total',
      'downstream_cx_http1_total',
      'downstream_cx_http2_total',
      'downstream_cx_http3_total',
      'downstream_cx_ssl_total',
      'downstream_cx_upgrades_total',
      'downstream_cx_destroy',
      'downstream_cx_destroy_active_rq',
      'downstream_cx_destroy_local',
      'downstream_cx_destroy_local_active_rq',
      'downstream_cx_destroy_remote',
      'downstream_cx_destroy_remote_active_rq',
      'downstream_cx_drain_close',
      'downstream_cx_delayed_close_timeout',
      'downstream_cx_idle_timeout',
      'downstream_cx_max_duration_reached',
      'downstream_cx_max_requests_reached',
      'downstream_cx_overload_disable_keepalive',
      'downstream_cx_protocol_error',
      'downstream_cx_rx_bytes_total',
      'downstream_cx_tx_bytes_total',
      'downstream_flow_control_paused_reading_total',
      'downstream_flow_control_resumed_reading_total',
      'downstream_rq_total',
      'downstream_rq_http1_total',
      'downstream_rq_http2_total',
      'downstream_rq_http3_total',
      'downstream_rq_1xx',
      'downstream_rq_2xx',
      'downstream_rq_3xx',
      'downstream_rq_4xx',
      'downstream_rq_5xx',
      'downstream_rq_completed',
      'downstream_rq_failed_path_normalization',
      'downstream_rq_header_timeout',
      'downstream_rq_idle_timeout',
      'downstream_rq_max_duration_reached',
      'downstream_rq_non_relative_path',
      'downstream_rq_overload_close',
      'downstream_rq_redirected_with_normalized_path',
      'downstream_rq_rejected_via_ip_detection',
      'downstream_rq_response_before_rq_complete',
      'downstream_rq_rx_reset',
      'downstream_rq_timeout',
      'downstream_rq_too_large',
      'downstream_rq_too_many_premature_resets',
      'downstream_rq_tx_reset',
      'downstream_rq_ws_on_non_ws_route',
      'no_cluster',
      'no_route',
      'passthrough_internal_redirect_bad_location',
      'passthrough_internal_redirect_no_route',
      'passthrough_internal_redirect_predicate',
      'passthrough_internal_redirect_too_many_redirects',
      'passthrough_internal_redirect_unsafe_scheme',
      'rq_direct_response',
      'rq_overload_local_reply',
      'rq_redirect',
      'rq_reset_after_downstream_response_started',
      'rq_total',
      'rs_too_large',
      'tracing.client_enabled',
      'tracing.health_check',
      'tracing.not_traceable',
      'tracing.random_sampling',
      'tracing.service_forced',
    ),
    gauge('downstream_cx_active', 'downstream_cx_total'),
    gauge('downstream_cx_http1_active', 'downstream_cx_http1_total'),
    gauge('downstream_cx_http2_active', 'downstream_cx_http2_total'),
    gauge('downstream_cx_http3_active', 'downstream_cx_http3_total'),
    gauge('downstream_cx_rx_bytes_buffered', 'downstream_cx_rx_bytes_total'),
    gauge('downstream_cx_ssl_active', 'downstream_cx_ssl_total'),
    gauge('downstream_cx_upgrades_active', 'downstream_cx_upgrades_total'),
    gauge('downstream_rq_active', 'downstream_rq_total'),
    ...gauges('downstream_cx_http1_soft_drain', 'downstream_cx_tx_bytes_buffered'),
    ...histograms('downstream_cx_length_ms', 'downstream_rq_time'),
  ],
  /** listener.<address>.http.<stat_prefix>. */
  ListenerHcm: counters(...CLASSES.map((c) => `downstream_rq_${c}`), 'downstream_rq_completed'),
  /** tcp.<stat_prefix>. */
  TcpProxy: [
    ...counters(
      'downstream_cx_drain_close',
      'downstream_cx_no_route',
      'downstream_cx_overload_close',
      'downstream_cx_rx_bytes_total',
      'downstream_cx_total',
      'downstream_cx_tx_bytes_total',
      'downstream_flow_control_paused_reading_total',
      'downstream_flow_control_resumed_reading_total',
      'early_data_received_count_total',
      'idle_timeout',
      'max_downstream_connection_duration',
      'route_delayed_total',
      'upstream_flush_total',
    ),
    gauge('downstream_cx_rx_bytes_buffered', 'downstream_cx_rx_bytes_total'),
    gauge('downstream_cx_tx_bytes_buffered', 'downstream_cx_tx_bytes_total'),
    gauge('upstream_flush_active', 'upstream_flush_total'),
  ],
  /** cluster.<name>. */
  Cluster: [
    ...breakers('default'),
    ...breakers('high'),
    ...slots('counter', CODEC1, { born: 'upstream_cx_http1_total' }),
    ...codec2('upstream'),
    ...counters(
      'bind_errors',
      'lb_healthy_panic',
      'lb_local_cluster_not_ok',
      'lb_recalculate_zone_structures',
      'lb_subsets_created',
      'lb_subsets_fallback',
      'lb_subsets_fallback_panic',
      'lb_subsets_removed',
      'lb_subsets_selected',
      'lb_zone_cluster_too_small',
      'lb_zone_no_capacity_left',
      'lb_zone_routing_all_directly',
      'lb_zone_routing_cross_zone',
      'lb_zone_routing_sampled',
      'original_dst_host_invalid',
      'retry_or_shadow_abandoned',
      'upstream_cx_close_notify',
      'upstream_cx_connect_attempts_exceeded',
      'upstream_cx_connect_fail',
      'upstream_cx_connect_timeout',
      'upstream_cx_connect_with_0_rtt',
      'upstream_cx_destroy',
      'upstream_cx_destroy_local',
      'upstream_cx_destroy_local_with_active_rq',
      'upstream_cx_destroy_remote',
      'upstream_cx_destroy_remote_with_active_rq',
      'upstream_cx_destroy_with_active_rq',
      'upstream_cx_http1_total',
      'upstream_cx_http2_total',
      'upstream_cx_http3_total',
      'upstream_cx_idle_timeout',
      'upstream_cx_max_duration_reached',
      'upstream_cx_max_requests',
      'upstream_cx_none_healthy',
      'upstream_cx_overflow',
      'upstream_cx_pool_overflow',
      'upstream_cx_preconnect_skipped',
      'upstream_cx_protocol_error',
      'upstream_cx_rx_bytes_total',
      'upstream_cx_total',
      'upstream_cx_tx_bytes_total',
      'upstream_flow_control_backed_up_total',
      'upstream_flow_control_drained_total',
      'upstream_flow_control_paused_reading_total',
      'upstream_flow_control_resumed_reading_total',
      'upstream_http3_broken',
      'upstream_internal_redirect_failed_total',
      'upstream_internal_redirect_succeeded_total',
      'upstream_rq_0rtt',
      'upstream_rq_active_overflow',
      'upstream_rq_cancelled',
      'upstream_rq_completed',
      'upstream_rq_maintenance_mode',
      'upstream_rq_max_duration_reached',
      'upstream_rq_pending_failure_eject',
      'upstream_rq_pending_overflow',
      'upstream_rq_pending_total',
      'upstream_rq_per_try_idle_timeout',
      'upstream_rq_per_try_timeout',
      'upstream_rq_retry',
      'upstream_rq_retry_backoff_exponential',
      'upstream_rq_retry_backoff_ratelimited',
      'upstream_rq_retry_limit_exceeded',
      'upstream_rq_retry_overflow',
      'upstream_rq_retry_success',
      'upstream_rq_rx_reset',
      'upstream_rq_rx_reset_no_error',
      'upstream_rq_timeout',
      'upstream_rq_total',
      'upstream_rq_tx_reset',
    ),
    ...['', 'external.', 'internal.'].flatMap((origin) =>
      slots(
        'counter',
        CLASSES.map((c) => `${origin}upstream_rq_${c}`),
        { born: 'self' },
      ),
    ),
    ...slots('counter', ['external.upstream_rq_completed', 'internal.upstream_rq_completed'], {
      born: 'self',
    }),
    gauge('upstream_cx_active', 'upstream_cx_total'),
    gauge('upstream_cx_rx_bytes_buffered', 'upstream_cx_rx_bytes_total'),
    gauge('upstream_rq_active', 'upstream_rq_total'),
    gauge('upstream_rq_pending_active', 'upstream_rq_pending_total'),
    ...gauges('lb_subsets_active', 'upstream_cx_tx_bytes_buffered', 'upstream_queue_overloaded'),
    ...slots('gauge', ['upstream_cx_http1_active', 'upstream_cx_http2_active', 'upstream_rq_retry_active'], {
      born: 'never',
    }),
    ...histograms('upstream_cx_connect_ms', 'upstream_cx_length_ms', 'upstream_rq_per_cx'),
    ...slots('histogram', ['upstream_rq_time', 'external.upstream_rq_time', 'internal.upstream_rq_time'], {
      born: 'self',
    }),
    ...slots('codes', ['upstream_rq', 'external.upstream_rq', 'internal.upstream_rq']),
  ],
  /** listener.<address>., where a filter chain has TLS. */
  ListenerSsl: ssl('server_ssl_socket_factory'),
  /** tls_inspector., of all listeners. */
  TlsInspector: [
    ...counters(
      'alpn_found',
      'alpn_not_found',
      'client_hello_too_large',
      'sni_found',
      'sni_not_found',
      'tls_found',
      'tls_not_found',
    ),
    ...histograms('bytes_processed'),
  ],
  /** http_inspector., of all listeners. */
  HttpInspector: counters('http10_found', 'http11_found', 'http2_found', 'http_not_found', 'read_error'),
  /** proxy_proto. or proxy_proto.<stat_prefix>. */
  ProxyProtocol: counters(
    'not_found_allowed',
    'not_found_disallowed',
    ...['v1', 'v2'].flatMap((v) => ['disallowed', 'error', 'found'].map((name) => `versions.${v}.${name}`)),
  ),
  /** The older one of all listeners, which has no prefix: its block's name is its own. */
  ProxyProtocolErrors: counters(''),
  /** cluster.<name>., with TLS. */
  ClusterSsl: ssl('client_ssl_socket_factory'),
  /** cluster.<name>., with a PROXY header. */
  ClusterProxyProtocol: counters('upstream.proxyprotocol.v2_tlvs_exceed_max_length'),
  /** cluster.<name>., of the newest ring or table: all workers make the same. */
  ClusterRing: slots('flag', [
    'ring_hash_lb.max_hashes_per_host',
    'ring_hash_lb.min_hashes_per_host',
    'ring_hash_lb.size',
  ]),
  ClusterMaglev: slots('flag', ['maglev_lb.max_entries_per_host', 'maglev_lb.min_entries_per_host']),
  /** cluster.<name>.grpc. or .grpc-web., with <service>.<method>. behind it where those are told apart. */
  Grpc: [
    ...slots(
      'counter',
      [
        ...Array.from({ length: 17 }, (_, status) => String(status)),
        ...['failure', 'request_message_count', 'response_message_count', 'success', 'total'],
      ],
      { born: 'self' },
    ),
    ...slots('histogram', ['upstream_rq_time'], { born: 'self' }),
  ],
  /** connection_limit.<stat_prefix>. */
  ConnectionLimit: [...gauges('active_connections'), ...counters('limited_connections')],
  /** One count of a filter rbac: its block's name is its own. */
  RbacCount: counters(''),
  /** http.<stat_prefix>.fault. */
  Fault: [
    ...gauges('active_faults'),
    ...counters('aborts_injected', 'delays_injected', 'faults_overflow', 'response_rl_injected'),
  ],
  /** http.<stat_prefix>.cors. */
  Cors: counters('origin_invalid', 'origin_valid'),
  /** access_logs.grpc_access_log., of all gRPC access logs. */
  GrpcAccessLog: counters('logs_dropped', 'logs_written'),
  /** metadata_exchange., of listeners, and below cluster.<name>. */
  MetadataExchange: counters(
    'alpn_protocol_found',
    'alpn_protocol_not_found',
    'header_not_found',
    'initial_header_not_found',
    'metadata_added',
  ),
  /** tracing.zipkin., of all its tracers. */
  Zipkin: counters(
    'reports_dropped',
    'reports_failed',
    'reports_sent',
    'reports_skipped_no_cluster',
    'spans_sent',
    'timer_flushed',
  ),
  /** Metrics of a mesh; names with their tags come up with traffic (native/mesh/series.h). */
  MeshCounter: counters(''),
  MeshHistogram: histograms(''),
  MeshBuild: slots('flag', ['']),
  /** local_rate_limit.<stat_prefix>., of network filters. */
  NetworkLocalRateLimit: counters('rate_limited'),
  /** One endpoint of a cluster: `/clusters` shows them. */
  Host: [
    ...counters('cx_connect_fail', 'cx_total', 'rq_error', 'rq_success', 'rq_timeout', 'rq_total'),
    ...gauges('cx_active', 'rq_active', 'rq_pending_active'),
  ],
} as const satisfies Record<string, readonly Slot[]>;

export type GroupName = keyof typeof groups;
