import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.network.local_ratelimit.v3 */
export const layout = defineLayout({
  structs: {
    NetworkLocalRateLimit: {
      extension: 'envoy.filters.network.local_ratelimit',
      fields: {
        share_key: 'str',
        fill_interval_ms: 'u64',
        stats: 'stats:NetworkLocalRateLimit',
        max_tokens: 'u32',
        tokens_per_fill: 'u32',
        disabled: 'bool',
      },
      doc: 'share_key: filters with the same one and the same bucket share it; empty: it is the own one.',
    },
  },
});
