import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.http.health_check.v3 */
export const layout = defineLayout({
  structs: {
    HealthyShare: { fields: { cluster: 'id:Cluster', percent: 'u32' } },
    HealthCheckFilter: {
      extension: 'envoy.filters.http.health_check',
      fields: {
        headers: 'vec:HeaderMatcher',
        clusters: 'vec:HealthyShare',
        cache_key: 'u64',
        cache_ms: 'u64',
        pass_through: 'bool',
      },
      doc: 'headers: of a request that is a health check. clusters: how many of their hosts have to be healthy. cache_ms: how long an answer is given again, 0: not; filters with the same cache_key share it.',
    },
  },
});
