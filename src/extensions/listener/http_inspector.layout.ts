import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.listener.http_inspector.v3 */
export const layout = defineLayout({
  structs: {
    HttpInspector: {
      extension: 'envoy.filters.listener.http_inspector',
      fields: { stats: 'stats:HttpInspector' },
    },
  },
});
