import { defineLayout } from './dsl.ts';

/** Pieces that several records share. */
export const core = defineLayout({
  enums: {
    AddressFamily: ['None', 'Ipv4', 'Ipv6', 'Pipe'],
    AppendAction: ['AppendIfExistsOrAdd', 'AddIfAbsent', 'OverwriteIfExistsOrAdd', 'OverwriteIfExists'],
  },
  structs: {
    Address: {
      fields: { ip: 'u8[16]', port: 'u16', family: 'enum:AddressFamily', mode: 'u16', path: 'str' },
      doc: 'ip: network order, the first 4 bytes for IPv4. path: of a Unix socket ("@" first: abstract).',
    },
    TcpKeepalive: {
      fields: { probes: 'u32', time_s: 'u32', interval_s: 'u32' },
      doc: '0: the kernel default',
    },
    Http2Options: {
      fields: {
        keepalive_interval_ms: 'u64',
        keepalive_timeout_ms: 'u64',
        keepalive_idle_interval_ms: 'u64',
        keepalive_jitter_percent: 'u32',
        hpack_table_size: 'u32',
        max_concurrent_streams: 'u32',
        initial_stream_window_size: 'u32',
        initial_connection_window_size: 'u32',
        max_outbound_frames: 'u32',
        max_outbound_control_frames: 'u32',
        max_consecutive_inbound_frames_with_empty_payload: 'u32',
        max_inbound_priority_frames_per_stream: 'u32',
        max_inbound_window_update_frames_per_data_frame_sent: 'u32',
        allow_connect: 'bool',
        stream_error_on_invalid_http_message: 'bool',
      },
      doc: 'envoy.config.core.v3.Http2ProtocolOptions. Intervals 0: no pings. Defaults are filled in by the compiler.',
    },
    SocketOption: { fields: { level: 'i32', name: 'i32', value: 'bytes', state: 'u8' } },
    Filter: {
      fields: { name: 'str', config: 'ext', discovered: 'id:ExtensionConfig', disabled: 'bool' },
      doc: 'discovered: its configuration comes from elsewhere; config is what it has until then, if anything.',
    },
    ExtensionConfig: {
      record: true,
      fields: { config: 'ext' },
      doc: 'The configuration of a filter that a discovery service delivers (ECDS).',
    },
    FilterOverride: {
      fields: { name: 'str', config: 'ext', disabled: 'bool' },
      doc: 'What a route says of the filter of that name: it is off, or on, with settings of its own if there are any.',
    },
    FilterOverrides: { fields: { list: 'vec:FilterOverride' } },
    HeaderValueOption: {
      fields: { name: 'str', value: 'opt:Format', action: 'enum:AppendAction', keep_empty_value: 'bool' },
      doc: 'envoy.config.core.v3.HeaderValueOption; name is lower case.',
    },
    HeaderMutations: {
      fields: {
        request_add: 'vec:HeaderValueOption',
        request_remove: 'vec:str',
        response_add: 'vec:HeaderValueOption',
        response_remove: 'vec:str',
      },
    },
  },
});
