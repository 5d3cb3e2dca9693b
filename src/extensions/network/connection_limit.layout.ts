import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.network.connection_limit.v3 */
export const layout = defineLayout({
  structs: {
    ConnectionLimit: {
      extension: 'envoy.filters.network.connection_limit',
      fields: {
        max_connections: 'u64',
        stats: 'stats:ConnectionLimit',
        delay_ms: 'u32',
        disabled: 'bool',
      },
      doc: 'delay_ms: how long a connection too many is left waiting for its end.',
    },
  },
});
