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
    SocketOption: { fields: { level: 'i32', name: 'i32', value: 'bytes', state: 'u8' } },
    Filter: { fields: { name: 'str', config: 'ext', disabled: 'bool' } },
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
