import { defineLayout } from './dsl.ts';

/** What a connection manager traces (HttpConnectionManager.Tracing), and for whom. */
export const layout = defineLayout({
  structs: {
    Tracing: {
      fields: {
        client_sampling: 'u32',
        random_sampling: 'u32',
        overall_sampling: 'u32',
        max_path_bytes: 'u32',
        egress: 'bool',
        spawn_upstream: 'bool',
        keeps_context: 'bool',
        tags: 'vec:TraceTag',
        zipkin: 'opt:ZipkinTracer',
      },
      doc: 'client_sampling and overall_sampling of 100, random_sampling of 10,000. egress: of a listener for what goes out. keeps_context: hosts are told nothing. Without a tracer only identifiers and operations pass through.',
    },
    TraceTag: {
      fields: { name: 'str', format: 'struct:Format', otherwise: 'str' },
      doc: 'otherwise: what stands for no value; empty: there is no tag then.',
    },
    ZipkinTracer: {
      fields: {
        key: 'str',
        cluster: 'id:Cluster',
        host: 'str',
        path: 'str',
        timeout_ms: 'u32',
        wide_ids: 'bool',
        shares_spans: 'bool',
        stats: 'stats:Zipkin',
      },
      doc: 'Tracers with the same key share what is on its way. wide_ids: traces have 128 bits. shares_spans: the span of a client and of its server are one.',
    },
  },
});
