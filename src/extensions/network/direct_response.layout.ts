import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.network.direct_response.v3 */
export const layout = defineLayout({
  structs: {
    TcpDirectResponse: {
      extension: 'envoy.filters.network.direct_response',
      fields: { response: 'bytes' },
    },
  },
});
