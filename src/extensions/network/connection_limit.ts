import { implemented } from '../../api/support.ts';
import { child, duration, text, wrappedNumber } from '../../tables/route_read.ts';
import { enabled } from '../../tables/runtime_flag.ts';
import { beforeLast } from '../../tables/support/values.ts';
import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit';

/** envoy.filters.network.connection_limit: so many connections at once, and no more. */
export const connectionLimit: Extension = {
  name: 'envoy.filters.network.connection_limit',
  category: 'envoy.filters.network',
  type: TYPE,
  declare: (registry) => {
    registry.message(
      TYPE,
      {
        stat_prefix: implemented(),
        max_connections: implemented(),
        delay: implemented(),
        runtime_enabled: implemented(),
      },
      { minimal: { stat_prefix: 'base', max_connections: 1 }, embed: beforeLast(TYPE) },
    );
  },
  compile: (config) => ({
    struct: 'ConnectionLimit',
    value: {
      stats: `connection_limit.${text(config, 'stat_prefix')}`,
      max_connections: BigInt(wrappedNumber(config, 'max_connections', 1)),
      delay_ms: duration(config, 'delay') ?? 0,
      disabled: !enabled(child(config, 'runtime_enabled')),
    },
  }),
};
