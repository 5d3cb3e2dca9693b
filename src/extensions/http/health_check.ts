import { implemented, type SupportRegistry } from '../../api/support.ts';
import { child, duration, messages, number, wrappedFlag } from '../../tables/route_read.ts';
import { compileHeaderMatcher } from '../../tables/route_string.ts';
import { xxhash64 } from '../../xxhash64.ts';
import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.http.health_check.v3.HealthCheck';
const HEADERS = [{ name: ':path', string_match: { exact: '/healthz' } }];

function declare(registry: SupportRegistry): void {
  registry.message(
    TYPE,
    {
      pass_through_mode: implemented({ sample: true }),
      cache_time: implemented({ sample: '3s', base: { pass_through_mode: true } }),
      cluster_min_healthy_percentages: implemented({ sample: { sample: { value: 50 } } }),
      headers: implemented({ sample: HEADERS }),
    },
    { minimal: { pass_through_mode: false } },
  );
}

/** envoy.filters.http.health_check: answers the checks of those in front of this proxy. */
export const healthCheck: Extension = {
  name: 'envoy.filters.http.health_check',
  category: 'envoy.filters.http',
  type: TYPE,
  aliases: ['envoy.health_check'],
  declare,
  compile: (config, context) => {
    const passThrough = wrappedFlag(config, 'pass_through_mode', false);
    const cacheMs = duration(config, 'cache_time') ?? 0;
    if (!passThrough && child(config, 'cache_time') !== undefined) {
      context.diagnostics.error(
        [...context.path, 'cache_time'],
        'rule',
        'there is nothing to keep: no host is asked',
        {
          expected: 'pass_through_mode',
        },
      );
      return undefined;
    }
    const shares = config.cluster_min_healthy_percentages;
    const clusters = [...(shares instanceof Map ? shares : [])].map(([cluster, percent]) => ({
      cluster: String(cluster),
      // Envoy drops fractions too.
      percent: Math.floor(number(percent, 'value')),
    }));
    const headers = messages(config, 'headers');
    return {
      struct: 'HealthCheckFilter',
      value: {
        headers: headers.map((matcher, i) =>
          compileHeaderMatcher(matcher, [...context.path, 'headers', i], context),
        ),
        clusters,
        pass_through: passThrough,
        cache_ms: BigInt(cacheMs),
        // The filter of this place, in each of its versions.
        cache_key: xxhash64(`${context.listenerStat} ${context.httpStat} ${context.path.join('.')}`),
      },
    };
  },
};
