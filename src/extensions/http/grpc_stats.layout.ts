import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.http.grpc_stats.v3 */
export const layout = defineLayout({
  structs: {
    GrpcStats: {
      extension: 'envoy.filters.http.grpc_stats',
      fields: {
        methods: 'vec:str',
        all_methods: 'bool',
        emit: 'bool',
        upstream_stats: 'bool',
        replace_dots: 'bool',
      },
      doc: 'methods: "service/method" of those with statistics of their own, in the order of bytes.',
    },
  },
});
