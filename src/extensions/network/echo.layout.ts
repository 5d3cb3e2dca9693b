import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.network.echo.v3 */
export const layout = defineLayout({
  structs: { Echo: { extension: 'envoy.filters.network.echo', fields: {} } },
});
