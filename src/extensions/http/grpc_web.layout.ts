import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.http.grpc_web.v3 */
export const layout = defineLayout({
  structs: { GrpcWeb: { extension: 'envoy.filters.http.grpc_web', fields: {} } },
});
