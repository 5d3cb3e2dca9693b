import { defineLayout } from './dsl.ts';

/** envoy.config.cluster.v3, envoy.config.endpoint.v3 */
export const cluster = defineLayout({
  enums: {
    LbPolicy: ['RoundRobin', 'LeastRequest', 'Random'],
    UpstreamProtocol: ['Http1', 'Http2', 'Auto', 'UseDownstream'],
    HostHealth: ['Healthy', 'Degraded', 'Unhealthy'],
  },
  structs: {
    Thresholds: {
      fields: {
        max_connections: 'u32',
        max_pending_requests: 'u32',
        max_requests: 'u32',
        max_retries: 'u32',
        track_remaining: 'bool',
      },
    },
    Cluster: {
      record: true,
      fields: {
        name: 'str',
        alt_stat_name: 'str',
        stats: 'stats:Cluster',
        connect_timeout_ms: 'u32',
        idle_timeout_ms: 'u32',
        max_connection_duration_ms: 'u32',
        max_requests_per_connection: 'u32',
        per_connection_buffer_limit: 'u32',
        max_response_headers_kb: 'u32',
        max_response_headers_count: 'u32',
        panic_threshold: 'u32',
        choice_count: 'u32',
        active_request_bias: 'f64',
        default_priority: 'struct:Thresholds',
        high_priority: 'struct:Thresholds',
        keepalive: 'opt:TcpKeepalive',
        lb_policy: 'enum:LbPolicy',
        enable_trailers: 'bool',
        endpoints: 'id:Endpoints',
        protocol: 'enum:UpstreamProtocol',
        http2: 'opt:Http2Options',
        tls: 'id:TlsContext',
        tls_matches: 'vec:TlsMatch',
        ssl_stats: 'stats:ClusterSsl',
        auto_sni: 'bool',
        auto_san_validation: 'bool',
        auto_sni_header: 'str',
        proxy_header: 'opt:ProxyHeader',
        proxy_stats: 'stats:ClusterProxyProtocol',
        apart: 'bool',
        original_dst: 'opt:OriginalDstCluster',
        bind: 'opt:UpstreamBind',
        filters: 'vec:Filter',
        external: 'bool',
        tells_nothing: 'bool',
      },
      doc: 'Times in ms, 0: none. panic_threshold in percent (50). Buffer limit 0: none. Without enable_trailers those of HTTP/1 are dropped both ways. http2: unless the protocol is Http1; Auto: as ALPN finds out. Without tls plain bytes. auto_sni: the server name is that of the request, of auto_sni_header if it has that one. apart: connections to one host differ by what requests want (auto_sni, a PROXY header). external, tells_nothing: of the metadata of Istio (external, disable_mx). Defaults are filled in by the compiler.',
    },
    UpstreamBind: {
      fields: { freebind: 'bool', sources: 'vec:BindSource' },
      doc: 'What sockets to hosts are bound to: the first source of the family of the host, else the first.',
    },
    BindSource: {
      fields: { address: 'struct:Address', options: 'vec:SocketOption' },
      doc: 'An address without a family: the socket is not bound, and has the options.',
    },
    TlsMatch: {
      fields: { name: 'str', labels: 'vec:str', tls: 'id:TlsContext', proxy_header: 'opt:ProxyHeader' },
      doc: 'For hosts that have all of the labels: this context, 0: plain bytes. The first that fits counts, else tls and proxy_header of the cluster.',
    },
    OriginalDstCluster: {
      fields: { header: 'str', port: 'u16', cleanup_interval_ms: 'u32' },
      doc: 'The host is where the client meant to go, or what the header of that name says; empty: none does. port 0: as it is. A host that nothing has used for the interval is forgotten.',
    },
    ProxyHeader: {
      fields: { version2: 'bool', pass_all_tlvs: 'bool', pass_tlvs: 'bytes', added_tlvs: 'bytes' },
      doc: 'A PROXY header begins each connection. Of TLVs those of the types in pass_tlvs, or all, are passed on; added_tlvs are as they stand in a header.',
    },
    Host: {
      fields: {
        address: 'struct:Address',
        hostname: 'str',
        weight: 'u32',
        priority: 'u32',
        locality: 'u32',
        stats: 'stats:Host',
        health: 'enum:HostHealth',
        labels: 'vec:str',
      },
    },
    Locality: { fields: { region: 'str', zone: 'str', sub_zone: 'str', weight: 'u32', priority: 'u32' } },
    Endpoints: {
      record: true,
      fields: {
        cluster_name: 'str',
        hosts: 'vec:Host',
        localities: 'vec:Locality',
        overprovisioning_factor: 'u32',
      },
    },
  },
});
