import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.network.tcp_proxy.v3 */
export const layout = defineLayout({
  structs: {
    TcpCluster: { fields: { cluster: 'id:Cluster', name: 'str', weight: 'u32' } },
    TcpProxy: {
      extension: 'envoy.filters.network.tcp_proxy',
      fields: {
        stats: 'stats:TcpProxy',
        clusters: 'vec:TcpCluster',
        total_weight: 'u64',
        access_logs: 'vec:AccessLog',
        idle_timeout_ms: 'u64',
        max_connection_duration_ms: 'u64',
        log_interval_ms: 'u64',
        backoff_base_ms: 'u64',
        backoff_max_ms: 'u64',
        duration_jitter_percent: 'f64',
        max_connect_attempts: 'u32',
        max_early_data_bytes: 'u32',
        early_data: 'bool',
        connect_on_data: 'bool',
        log_at_start: 'bool',
        log_when_connected: 'bool',
        check_drain_close: 'bool',
        hash_source_ip: 'bool',
      },
      doc: "Times in ms, 0: none; a backoff of 0 tries again at once. max_early_data_bytes counts only with early_data: what a client sends is read before there is a host. connect_on_data: no host is connected to before it has sent something. hash_source_ip: clusters that choose hosts by hash do so by the client's address.",
    },
  },
});
