import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.listener.tls_inspector.v3 */
export const layout = defineLayout({
  structs: {
    TlsInspector: {
      extension: 'envoy.filters.listener.tls_inspector',
      fields: { stats: 'stats:TlsInspector', max_client_hello_size: 'u32', close_on_errors: 'bool' },
    },
  },
});
