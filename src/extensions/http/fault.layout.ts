import { defineLayout } from '../../tables/layout/dsl.ts';

/** envoy.extensions.filters.http.fault.v3 */
export const layout = defineLayout({
  structs: {
    FaultFilter: {
      extension: 'envoy.filters.http.fault',
      fields: {
        stats: 'stats:Fault',
        upstream_cluster: 'str',
        downstream_nodes: 'vec:str',
        headers: 'vec:HeaderMatcher',
        abort_body: 'str',
        delay_ms: 'u64',
        delay_share: 'u32',
        abort_share: 'u32',
        http_status: 'u32',
        grpc_status: 'i32',
        max_active: 'u32',
        delays: 'bool',
        delay_by_header: 'bool',
        aborts: 'bool',
        abort_by_header: 'bool',
        limits_active: 'bool',
      },
      doc: 'Shares: of a million requests. grpc_status -1: http_status. By header: what the request asks for. The filter itself has the statistics.',
    },
  },
});
