import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.http.buffer.v3 */
export const layout = defineLayout({
  structs: {
    BufferFilter: {
      extension: 'envoy.filters.http.buffer',
      fields: { max_request_bytes: 'u32', disabled: 'bool' },
      doc: 'Buffer and BufferPerRoute: disabled is of the latter.',
    },
  },
});
