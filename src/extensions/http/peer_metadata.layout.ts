import { defineLayout } from '../../tables/layout/dsl.ts';

/** io.istio.http.peer_metadata */
export const layout = defineLayout({
  structs: {
    PeerMetadata: {
      extension: 'io.istio.http.peer_metadata',
      fields: {
        from_clients: 'bool',
        from_hosts: 'bool',
        to_clients: 'bool',
        to_hosts: 'bool',
        skip_external: 'bool',
      },
      doc: 'Whether the headers of peers are taken out of requests and responses, and own ones put into them. skip_external: not into requests to clusters that are outside of the mesh.',
    },
  },
});
