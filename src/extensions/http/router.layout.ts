import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.http.router.v3 */
export const layout = defineLayout({
  structs: {
    Router: {
      extension: 'envoy.filters.http.router',
      fields: {
        suppress_envoy_headers: 'bool',
        suppress_grpc_request_failure_code_stats: 'bool',
        respect_expected_rq_timeout: 'bool',
        dynamic_stats: 'bool',
        strict_headers: 'u8',
      },
      doc: 'strict_headers: bits of StrictHeader of native/http/asked.h: a request whose field of that name is no good is refused.',
    },
  },
});
