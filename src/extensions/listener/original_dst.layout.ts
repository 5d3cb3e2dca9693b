import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.listener.original_dst.v3 */
export const layout = defineLayout({
  structs: { OriginalDst: { extension: 'envoy.filters.listener.original_dst', fields: {} } },
});
