import { implemented } from '../../api/support.ts';
import { flag } from '../../tables/route_read.ts';
import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.http.grpc_http1_bridge.v3.Config';

/** envoy.filters.http.grpc_http1_bridge: lets clients of HTTP/1 without trailers make unary calls. */
export const grpcHttp1Bridge: Extension = {
  name: 'envoy.filters.http.grpc_http1_bridge',
  category: 'envoy.filters.http',
  type: TYPE,
  aliases: ['envoy.grpc_http1_bridge'],
  declare: (registry) => {
    registry.message(TYPE, {
      upgrade_protobuf_to_grpc: implemented(),
      ignore_query_parameters: implemented(),
    });
  },
  compile: (config) => ({
    struct: 'GrpcHttp1Bridge',
    value: {
      upgrade_protobuf: flag(config, 'upgrade_protobuf_to_grpc'),
      ignore_query: flag(config, 'ignore_query_parameters'),
    },
  }),
};
