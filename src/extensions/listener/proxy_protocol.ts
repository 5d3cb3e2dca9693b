import { implemented } from '../../api/support.ts';
import { child, flag, text } from '../../tables/route_read.ts';
import { passThroughTlvs } from '../../tables/proxy_protocol.ts';
import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol';
const V1 = 0;
const V2 = 1;

/** envoy.filters.listener.proxy_protocol: a proxy in front says first who the client is and where it meant to go. */
export const proxyProtocol: Extension = {
  name: 'envoy.filters.listener.proxy_protocol',
  category: 'envoy.filters.listener',
  type: TYPE,
  aliases: ['envoy.listener.proxy_protocol'],
  declare: (registry) => {
    registry.message(TYPE, {
      allow_requests_without_proxy_protocol: implemented(),
      disallowed_versions: implemented({ sample: ['V1'], enum: ['V1', 'V2'] }),
      stat_prefix: implemented(),
      pass_through_tlvs: implemented(),
    });
  },
  compile: (config, { diagnostics, path }) => {
    const refused = (config.disallowed_versions as readonly number[] | undefined) ?? [];
    if (refused.includes(V1) && refused.includes(V2)) {
      const message = 'no version of the PROXY protocol is left';
      diagnostics.error([...path, 'disallowed_versions'], 'rule', message, {
        expected: 'at most one of them',
      });
      return undefined;
    }
    const prefix = text(config, 'stat_prefix');
    const { all, types } = passThroughTlvs(child(config, 'pass_through_tlvs'));
    return {
      struct: 'ProxyProtocol',
      value: {
        stats: prefix === '' ? 'proxy_proto' : `proxy_proto.${prefix}`,
        errors: 'downstream_cx_proxy_proto_error',
        keep_tlvs: types,
        keep_all_tlvs: all,
        optional: flag(config, 'allow_requests_without_proxy_protocol'),
        refuse_v1: refused.includes(V1),
        refuse_v2: refused.includes(V2),
      },
    };
  },
};
