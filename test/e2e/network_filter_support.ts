// Network filters that stand before the last one of a chain.
import type { Fields, Json } from './support.ts';

const kType = 'type.googleapis.com/envoy.extensions.filters.network';

/** At most so many connections at once. */
export const connectionLimit = (prefix: string, most: number, fields: Fields = {}): Json => ({
  name: 'envoy.filters.network.connection_limit',
  typed_config: {
    '@type': `${kType}.connection_limit.v3.ConnectionLimit`,
    stat_prefix: prefix,
    max_connections: most,
    ...fields,
  },
});

/** So many connections at first, and then as few as `fill` (an hour) says. */
export const localRatelimit = (prefix: string, most: number, fields: Fields = {}, fill = '3600s'): Json => ({
  name: 'envoy.filters.network.local_ratelimit',
  typed_config: {
    '@type': `${kType}.local_ratelimit.v3.LocalRateLimit`,
    stat_prefix: prefix,
    token_bucket: { max_tokens: most, tokens_per_fill: 1, fill_interval: fill },
    ...fields,
  },
});
