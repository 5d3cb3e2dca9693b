import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.http.on_demand.v3 */
export const layout = defineLayout({
  structs: {
    OnDemand: {
      extension: 'envoy.filters.http.on_demand',
      fields: { odcds: 'str', timeout_ms: 'u32' },
      doc: 'Of OnDemand and of PerRouteConfig. odcds: where clusters come from, as src/config/on_demand.ts reads it; empty: clusters are not asked for.',
    },
  },
});
