import { TYPE_URL_PREFIX } from '../api/message.ts';

/** What a kind of resource is called in snapshots. */
export type ResourceKind =
  | 'secrets'
  | 'clusters'
  | 'endpoints'
  | 'listeners'
  | 'scopedRoutes'
  | 'routes'
  | 'virtualHosts'
  | 'extensions'
  | 'runtimes';

export type TypeInfo = {
  readonly kind: ResourceKind | undefined;
  readonly typeUrl: string;
  /** The message's full name. */
  readonly message: string;
  /** The field that names a resource. */
  readonly nameField: string;
  /** The gRPC service of its own streams. */
  readonly service?: string;
  /** `Clusters`: what Stream..., Delta... and Fetch... stand before. */
  readonly method?: string;
  /** Only delta: the others have no way to say what this type needs. */
  readonly deltaOnly: boolean;
  /** The last part of /v3/discovery:clusters. */
  readonly rest?: string;
  /** A state-of-the-world response holds all there are: what it leaves out is gone. */
  readonly full: boolean;
  /** Asked for by name only: a first request without names wants nothing, not everything. */
  readonly named: boolean;
  /** Names are paths, and a subscription to `a` is one to all `a/...` (VHDS). */
  readonly namespaced: boolean;
  /** The place in what an aggregated stream sends. */
  readonly order: number;
};

type Row = Partial<TypeInfo> & { readonly kind: ResourceKind; readonly message: string };

const ROWS: readonly Row[] = [
  {
    kind: 'secrets',
    message: 'envoy.extensions.transport_sockets.tls.v3.Secret',
    service: 'envoy.service.secret.v3.SecretDiscoveryService',
    method: 'Secrets',
    rest: 'secrets',
    named: true,
  },
  {
    kind: 'clusters',
    message: 'envoy.config.cluster.v3.Cluster',
    service: 'envoy.service.cluster.v3.ClusterDiscoveryService',
    method: 'Clusters',
    rest: 'clusters',
    full: true,
  },
  {
    kind: 'endpoints',
    message: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
    nameField: 'cluster_name',
    service: 'envoy.service.endpoint.v3.EndpointDiscoveryService',
    method: 'Endpoints',
    rest: 'endpoints',
    named: true,
  },
  {
    kind: 'listeners',
    message: 'envoy.config.listener.v3.Listener',
    service: 'envoy.service.listener.v3.ListenerDiscoveryService',
    method: 'Listeners',
    rest: 'listeners',
    full: true,
  },
  {
    kind: 'scopedRoutes',
    message: 'envoy.config.route.v3.ScopedRouteConfiguration',
    service: 'envoy.service.route.v3.ScopedRoutesDiscoveryService',
    method: 'ScopedRoutes',
    rest: 'scoped-routes',
    full: true,
  },
  {
    kind: 'routes',
    message: 'envoy.config.route.v3.RouteConfiguration',
    service: 'envoy.service.route.v3.RouteDiscoveryService',
    method: 'Routes',
    rest: 'routes',
    named: true,
  },
  {
    kind: 'virtualHosts',
    message: 'envoy.config.route.v3.VirtualHost',
    service: 'envoy.service.route.v3.VirtualHostDiscoveryService',
    method: 'VirtualHosts',
    deltaOnly: true,
    // Envoy's first request has no names; all virtual hosts are sorted out by their route tables there.
    namespaced: true,
  },
  {
    kind: 'extensions',
    message: 'envoy.config.core.v3.TypedExtensionConfig',
    service: 'envoy.service.extension.v3.ExtensionConfigDiscoveryService',
    method: 'ExtensionConfigs',
    rest: 'extension_configs',
    named: true,
  },
  {
    kind: 'runtimes',
    message: 'envoy.service.runtime.v3.Runtime',
    service: 'envoy.service.runtime.v3.RuntimeDiscoveryService',
    method: 'Runtime',
    rest: 'runtime',
    named: true,
  },
];

/** In the order in which an aggregated stream sends them. */
export const TYPES: readonly TypeInfo[] = ROWS.map((row, order) => ({
  typeUrl: `${TYPE_URL_PREFIX}${row.message}`,
  nameField: 'name',
  deltaOnly: false,
  full: false,
  named: false,
  namespaced: false,
  order,
  ...row,
}));

/** Envoy's aggregated discovery service. */
export const ADS = 'envoy.service.discovery.v3.AggregatedDiscoveryService';

const byUrl = new Map(TYPES.map((type) => [type.typeUrl, type]));
const byKind = new Map(TYPES.map((type) => [type.kind, type]));

/** The type URL of each kind. */
export const typeUrls: Readonly<Record<ResourceKind, string>> = Object.fromEntries(
  TYPES.map(({ kind, typeUrl }) => [kind, typeUrl]),
) as Record<ResourceKind, string>;

/** What is known of a type; of one that is not Envoy's, what holds for all. */
export function typeOf(typeUrl: string): TypeInfo {
  const known = byUrl.get(typeUrl);
  if (known !== undefined) return known;
  const made: TypeInfo = {
    kind: undefined,
    typeUrl,
    message: typeUrl.slice(typeUrl.lastIndexOf('/') + 1),
    nameField: 'name',
    deltaOnly: false,
    full: false,
    named: false,
    namespaced: false,
    order: TYPES.length,
  };
  return made;
}

/** The type of a kind (`clusters`) or of a type URL. */
export function typeFrom(kindOrUrl: string): TypeInfo {
  return byKind.get(kindOrUrl as ResourceKind) ?? typeOf(kindOrUrl);
}
