import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.http.grpc_web.v3.GrpcWeb';

/** envoy.filters.http.grpc_web: speaks gRPC-Web with browsers, gRPC with hosts. */
export const grpcWeb: Extension = {
  name: 'envoy.filters.http.grpc_web',
  category: 'envoy.filters.http',
  type: TYPE,
  aliases: ['envoy.grpc_web'],
  declare: (registry) => {
    registry.message(TYPE, {});
  },
  compile: () => ({ struct: 'GrpcWeb', value: {} }),
};
