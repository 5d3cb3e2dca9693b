import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.http.grpc_http1_bridge.v3 */
export const layout = defineLayout({
  structs: {
    GrpcHttp1Bridge: {
      extension: 'envoy.filters.http.grpc_http1_bridge',
      fields: { upgrade_protobuf: 'bool', ignore_query: 'bool' },
    },
  },
});
