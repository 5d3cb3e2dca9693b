import { implemented } from '../../api/support.ts';
import { child, duration, number, text, wrappedNumber } from '../../tables/route_read.ts';
import { enabled } from '../../tables/runtime_flag.ts';
import { beforeLast } from '../../tables/support/values.ts';
import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit';
const BUCKET = { max_tokens: 1, fill_interval: '1s' };
/** As Envoy's. */
const SHORTEST_FILL_MS = 50;

/** envoy.filters.network.local_ratelimit: so many new connections in a time, and no more. */
export const localRatelimit: Extension = {
  name: 'envoy.filters.network.local_ratelimit',
  category: 'envoy.filters.network',
  type: TYPE,
  declare: (registry) => {
    registry
      .message(
        TYPE,
        {
          stat_prefix: implemented(),
          token_bucket: implemented(),
          runtime_enabled: implemented(),
          share_key: implemented(),
        },
        { minimal: { stat_prefix: 'base', token_bucket: BUCKET }, embed: beforeLast(TYPE) },
      )
      .message(
        'envoy.type.v3.TokenBucket',
        { max_tokens: implemented(), tokens_per_fill: implemented(), fill_interval: implemented() },
        { minimal: BUCKET },
      );
  },
  compile: (config, { diagnostics, path }) => {
    const bucket = child(config, 'token_bucket') ?? { $type: 'envoy.type.v3.TokenBucket' };
    const interval = duration(bucket, 'fill_interval') ?? 0;
    if (interval < SHORTEST_FILL_MS) {
      const below = [...path, 'token_bucket', 'fill_interval'];
      diagnostics.error(below, 'rule', 'the bucket is filled too often', {
        expected: `at least ${SHORTEST_FILL_MS} ms`,
      });
      return undefined;
    }
    return {
      struct: 'NetworkLocalRateLimit',
      value: {
        stats: `local_rate_limit.${text(config, 'stat_prefix')}`,
        share_key: text(config, 'share_key'),
        max_tokens: number(bucket, 'max_tokens'),
        tokens_per_fill: wrappedNumber(bucket, 'tokens_per_fill', 1),
        fill_interval_ms: BigInt(interval),
        disabled: !enabled(child(config, 'runtime_enabled')),
      },
    };
  },
};
