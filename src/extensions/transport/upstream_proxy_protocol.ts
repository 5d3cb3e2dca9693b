import { implemented, type SupportRegistry } from '../../api/support.ts';
import type { Message } from '../../api/message.ts';
import type { ProxyHeaderInput } from '../../tables/generated/layout.ts';
import { passThroughTlvs } from '../../tables/proxy_protocol.ts';
import { child, messages, number } from '../../tables/route_read.ts';
import type { TransportSocket } from '../types.ts';

const TYPE = 'envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport';
const CORE = 'envoy.config.core.v3';
const V2 = 1;
const RAW = 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer';
const BELOW = { transport_socket: { name: 'raw', typed_config: { '@type': `type.googleapis.com/${RAW}` } } };
const SECOND = { version: 'V2' };

function declare(registry: SupportRegistry): void {
  registry
    .message(
      TYPE,
      { config: implemented({ sample: SECOND }), transport_socket: implemented() },
      {
        minimal: BELOW,
        embed: {
          message: 'envoy.config.cluster.v3.Cluster',
          wrap: (json) => ({
            name: 'base',
            load_assignment: { cluster_name: 'base' },
            transport_socket: {
              name: 'proxy',
              typed_config: { '@type': `type.googleapis.com/${TYPE}`, ...json },
            },
          }),
        },
      },
    )
    .message(
      `${CORE}.ProxyProtocolConfig`,
      {
        version: implemented({ enum: ['V1', 'V2'] }),
        pass_through_tlvs: implemented({ base: SECOND }),
        added_tlvs: implemented({ base: SECOND }),
      },
      { embed: { message: TYPE, wrap: (config) => ({ ...BELOW, config }) } },
    )
    .message(
      `${CORE}.ProxyProtocolPassThroughTLVs`,
      {
        match_type: implemented({ enum: ['INCLUDE_ALL', 'INCLUDE'] }),
        tlv_type: implemented({ sample: [234], base: { match_type: 'INCLUDE' } }),
      },
      {
        embed: {
          message: `${CORE}.ProxyProtocolConfig`,
          wrap: (pass_through_tlvs) => ({ ...SECOND, pass_through_tlvs }),
        },
      },
    )
    .message(
      `${CORE}.TlvEntry`,
      { type: implemented(), value: implemented({ sample: 'AAAA' }) },
      {
        minimal: { type: 1, value: 'AQ==' },
        embed: {
          message: `${CORE}.ProxyProtocolConfig`,
          wrap: (entry) => ({ ...SECOND, added_tlvs: [entry] }),
        },
      },
    );
}

/** As they stand in a header (PROXY protocol, section 2.2): type, length, value. */
function encodeTlvs(config: Message): Uint8Array {
  const parts = messages(config, 'added_tlvs').map((entry) => {
    const value = Buffer.from((entry.value as Uint8Array | undefined) ?? []).subarray(0, 0xffff);
    const head = Buffer.alloc(3);
    head.writeUInt8(number(entry, 'type') & 0xff);
    head.writeUInt16BE(value.length, 1);
    return Buffer.concat([head, value]);
  });
  return Buffer.concat(parts);
}

/** envoy.config.core.v3.ProxyProtocolConfig */
function proxyHeader(config: Message | undefined): ProxyHeaderInput {
  // TLVs are of version 2 alone.
  if (config === undefined || number(config, 'version') !== V2) return { version2: false };
  const { all, types } = passThroughTlvs(child(config, 'pass_through_tlvs'));
  return { version2: true, pass_all_tlvs: all, pass_tlvs: types, added_tlvs: encodeTlvs(config) };
}

/** envoy.transport_sockets.upstream_proxy_protocol: hosts are told first whom a connection is made for. */
export const upstreamProxyProtocol: TransportSocket = {
  name: 'envoy.transport_sockets.upstream_proxy_protocol',
  category: 'envoy.transport_sockets.upstream',
  type: TYPE,
  declare,
  wrap: (config) => ({
    inner: child(config, 'transport_socket'),
    field: 'transport_socket',
    header: proxyHeader(child(config, 'config')),
  }),
};
