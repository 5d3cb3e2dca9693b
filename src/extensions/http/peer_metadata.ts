import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import { child, flag, has, messages } from '../../tables/route_read.ts';
import type { Extension } from '../types.ts';

const TYPE = 'io.istio.http.peer_metadata.Config';
const HEADERS = [{ istio_headers: {} }];

function declare(registry: SupportRegistry): void {
  const method = (sample: object) => implemented({ sample });
  registry
    .message(TYPE, {
      downstream_discovery: method(HEADERS),
      upstream_discovery: method(HEADERS),
      downstream_propagation: method(HEADERS),
      upstream_propagation: method(HEADERS),
      shared_with_upstream: harmless('what peers say of themselves is not kept'),
    })
    .message(`${TYPE}.DiscoveryMethod`, {
      istio_headers: implemented({
        uncompiled: 'the list that it stands in tells',
        without: ['skip_external_clusters'],
      }),
      workload_discovery: harmless('nobody discovers workloads without a bootstrap extension for it'),
    })
    .message(`${TYPE}.PropagationMethod`, {
      istio_headers: implemented({ uncompiled: 'the list that it stands in tells' }),
    })
    .message(
      `${TYPE}.IstioHeaders`,
      { skip_external_clusters: implemented() },
      { embed: { message: TYPE, wrap: (json) => ({ upstream_propagation: [{ istio_headers: json }] }) } },
    );
}

/** Peers of a mesh say in headers who they are: `istio.metadata_exchange` of connection managers. */
export const peerMetadata: Extension = {
  name: 'io.istio.http.peer_metadata',
  aliases: ['istio.metadata_exchange'],
  category: 'envoy.filters.http',
  type: TYPE,
  declare,
  compile: (config) => {
    const headersIn = (field: string) =>
      messages(config, field).filter((method) => has(method, 'istio_headers'));
    const toHosts = headersIn('upstream_propagation');
    return {
      struct: 'PeerMetadata',
      value: {
        from_clients: headersIn('downstream_discovery').length > 0,
        from_hosts: headersIn('upstream_discovery').length > 0,
        to_clients: headersIn('downstream_propagation').length > 0,
        to_hosts: toHosts.length > 0,
        skip_external: toHosts.some((method) => {
          const headers = child(method, 'istio_headers');
          return headers !== undefined && flag(headers, 'skip_external_clusters');
        }),
      },
    };
  },
};
