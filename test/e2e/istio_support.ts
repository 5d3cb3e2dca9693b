// Proxies of a mesh for end-to-end tests: nodes, filters of Istio, and the metrics that they show.
import { eventually, type Fields, listener, router } from './support.ts';

const typed = (type: string, fields: Fields): Fields => ({
  '@type': `type.googleapis.com/${type}`,
  ...fields,
});
const own = [{ istio_headers: {} }];

/** A node as Istio's agent describes it. */
export const node = (name: string, version = 'v1'): Fields => ({
  id: `sidecar~10.0.0.1~${name}-1.shop~shop.svc.cluster.local`,
  cluster: `${name}.shop`,
  metadata: {
    NAME: `${name}-1`,
    NAMESPACE: 'shop',
    WORKLOAD_NAME: name,
    OWNER: `kubernetes://apis/apps/v1/namespaces/shop/deployments/${name}`,
    CLUSTER_ID: 'Kubernetes',
    ISTIO_VERSION: '1.29.6',
    LABELS: {
      app: name,
      version,
      'service.istio.io/canonical-name': name,
      'service.istio.io/canonical-revision': version,
    },
  },
});

/** The metadata exchange over HTTP of a listener for one direction. */
export const exchange = (outbound: boolean): Fields => ({
  name: 'istio.metadata_exchange',
  typed_config: typed(
    'io.istio.http.peer_metadata.Config',
    outbound
      ? { upstream_discovery: own, upstream_propagation: own }
      : { downstream_discovery: own, downstream_propagation: own },
  ),
});

export const meshStats = (fields: Fields = {}): Fields => ({
  name: 'istio.stats',
  typed_config: typed('stats.PluginConfig', fields),
});

export const grpcStats = (emit: boolean): Fields => ({
  name: 'envoy.filters.http.grpc_stats',
  typed_config: typed('envoy.extensions.filters.http.grpc_stats.v3.FilterConfig', {
    emit_filter_state: emit,
  }),
});

export type Direction = 'INBOUND' | 'OUTBOUND';

/** A listener of the mesh with these HTTP filters before the router. */
export const meshListener = (
  name: string,
  port: number,
  direction: Direction,
  filters: Fields[],
  manager: Fields,
): Fields =>
  listener(name, port, { http_filters: [...filters, router], ...manager }, { traffic_direction: direction });

/** One series of a metric. */
export type Series = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

/** The series of a metric, as /stats/prometheus shows them. */
export async function metric(admin: number, name: string): Promise<Series[]> {
  const text = await (await fetch(`http://127.0.0.1:${admin}/stats/prometheus`)).text();
  return text.split('\n').flatMap((line) => {
    const [, found, labels = '', value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
    if (found !== name) return [];
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
    return [{ labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }];
  });
}

/** The one series of a metric whose labels are these, among others, when it has counted something. */
export const series = (admin: number, name: string, wanted: Record<string, string> = {}): Promise<Series> =>
  eventually(`${name} of ${JSON.stringify(wanted)}`, async () => {
    const all = await metric(admin, name);
    const found = all.filter(
      ({ labels, value }) => value > 0 && Object.entries(wanted).every(([key, text]) => labels[key] === text),
    );
    if (found.length > 1) throw new Error(`${found.length} series of ${name}`);
    return found[0];
  });

export const adminOf = (port: number): Fields => ({
  address: { socket_address: { address: '127.0.0.1', port_value: port } },
});
