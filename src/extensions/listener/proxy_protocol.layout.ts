import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.listener.proxy_protocol.v3 */
export const layout = defineLayout({
  structs: {
    ProxyProtocol: {
      extension: 'envoy.filters.listener.proxy_protocol',
      fields: {
        stats: 'stats:ProxyProtocol',
        errors: 'stats:ProxyProtocolErrors',
        keep_tlvs: 'bytes',
        optional: 'bool',
        keep_all_tlvs: 'bool',
        refuse_v1: 'bool',
        refuse_v2: 'bool',
      },
      doc: 'keep_tlvs: a byte for each type that is kept. optional: connections without a header pass.',
    },
  },
});
