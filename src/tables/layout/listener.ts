import { defineLayout } from './dsl.ts';

/** envoy.config.listener.v3 */
export const listener = defineLayout({
  structs: {
    Listener: {
      record: true,
      fields: {
        name: 'str',
        stat_prefix: 'str',
        stats: 'stats:Listener',
        addresses: 'vec:ListenerAddress',
        filter_chains: 'vec:FilterChain',
        access_logs: 'vec:AccessLog',
        per_connection_buffer_limit: 'u32',
        max_connections: 'u32',
        max_connections_per_event: 'u32',
        traffic_direction: 'u8',
        ignore_global_limit: 'bool',
      },
      doc: 'max_connections 0: no limit. Buffer limit default 1 MiB.',
    },
    ListenerAddress: {
      fields: {
        address: 'struct:Address',
        backlog: 'u32',
        reuse_port: 'bool',
        ipv4_compat: 'bool',
        freebind: 'bool',
        transparent: 'bool',
        socket_options: 'vec:SocketOption',
        keepalive: 'opt:TcpKeepalive',
        socket: 'socket',
      },
    },
    FilterChain: {
      fields: {
        name: 'str',
        filters: 'vec:Filter',
        tls: 'id:TlsContext',
        ssl_stats: 'stats:ListenerSsl',
        transport_socket_connect_timeout_ms: 'u32',
      },
      doc: 'Without tls plain bytes. transport_socket_connect_timeout_ms 0: none.',
    },
    TlsContext: {
      record: true,
      fields: { context: 'tls' },
      doc: 'A TLS configuration with its certificates; replaced when one of its files is.',
    },
  },
});
