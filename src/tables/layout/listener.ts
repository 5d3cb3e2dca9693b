import { defineLayout } from './dsl.ts';

/** envoy.config.listener.v3 */
export const listener = defineLayout({
  enums: {
    SourceType: ['Any', 'SameIpOrLoopback', 'External'],
    ListenerMatchKind: ['Any', 'DestinationPort', 'Not', 'And', 'Or'],
  },
  structs: {
    Listener: {
      record: true,
      fields: {
        name: 'str',
        stat_prefix: 'str',
        stats: 'stats:Listener',
        addresses: 'vec:ListenerAddress',
        shape: 'u64',
        filter_chains: 'vec:FilterChainRef',
        default_filter_chain: 'ref:FilterChain',
        listener_filters: 'vec:ListenerFilter',
        hand_off_restored: 'bool',
        listener_filters_timeout_ms: 'u32',
        continue_on_listener_filters_timeout: 'bool',
        access_logs: 'vec:AccessLog',
        per_connection_buffer_limit: 'u32',
        max_connections: 'u32',
        max_connections_per_event: 'u32',
        traffic_direction: 'u8',
        ignore_global_limit: 'bool',
      },
      doc: 'max_connections 0: no limit. Buffer limit default 1 MiB. hand_off_restored: use_original_dst. shape: of all but its filter chains.',
    },
    FilterChainRef: { fields: { chain: 'ref:FilterChain' } },
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
      record: true,
      fields: {
        hash: 'u64',
        name: 'str',
        match: 'opt:FilterChainMatch',
        filters: 'vec:Filter',
        tls: 'id:TlsContext',
        ssl_stats: 'stats:ListenerSsl',
        transport_socket_connect_timeout_ms: 'u32',
      },
      doc: 'A record of its own: one that did not change is the same in the next version. hash: of its message. Without tls plain bytes. transport_socket_connect_timeout_ms 0: none.',
    },
    FilterChainMatch: {
      fields: {
        destination_port: 'u32',
        prefix_ranges: 'vec:CidrRange',
        server_names: 'vec:str',
        transport_protocol: 'str',
        application_protocols: 'vec:str',
        direct_source_prefix_ranges: 'vec:CidrRange',
        source_type: 'enum:SourceType',
        source_prefix_ranges: 'vec:CidrRange',
        source_ports: 'vec:u32',
      },
      doc: 'What is empty or 0 takes everything. server_names are lower case, "*.a.example" for all below.',
    },
    CidrRange: { fields: { ip: 'u8[16]', length: 'u8', ipv6: 'bool' }, doc: 'length in bits' },
    ListenerFilter: {
      fields: { config: 'ext', disabled: 'vec:ListenerMatch' },
      doc: 'disabled: in postfix order; without it never.',
    },
    ListenerMatch: {
      fields: { kind: 'enum:ListenerMatchKind', start: 'i32', end: 'i32' },
      doc: 'And, Or and Not take the values before them. DestinationPort: from start on, below end.',
    },
    TlsContext: {
      record: true,
      fields: { context: 'tls' },
      doc: 'A TLS configuration with its certificates; replaced when one of its files is.',
    },
  },
});
