import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.tcp.metadataexchange.config */
export const layout = defineLayout({
  structs: {
    MetadataExchange: {
      extension: 'envoy.filters.network.metadata_exchange',
      fields: { protocol: 'str', stats: 'stats:MetadataExchange' },
      doc: 'Peers that have agreed on the protocol (ALPN) say first who they are.',
    },
  },
});
