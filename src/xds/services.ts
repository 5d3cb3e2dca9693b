/** The discovery services of Envoy's API (envoy.service.*.v3), by the type of what they deliver. */

const PREFIX = 'type.googleapis.com/';
export const TYPE_URL = {
  cluster: `${PREFIX}envoy.config.cluster.v3.Cluster`,
  endpoints: `${PREFIX}envoy.config.endpoint.v3.ClusterLoadAssignment`,
  listener: `${PREFIX}envoy.config.listener.v3.Listener`,
  route: `${PREFIX}envoy.config.route.v3.RouteConfiguration`,
  scopedRoute: `${PREFIX}envoy.config.route.v3.ScopedRouteConfiguration`,
  virtualHost: `${PREFIX}envoy.config.route.v3.VirtualHost`,
  secret: `${PREFIX}envoy.extensions.transport_sockets.tls.v3.Secret`,
  runtime: `${PREFIX}envoy.service.runtime.v3.Runtime`,
  extension: `${PREFIX}envoy.config.core.v3.TypedExtensionConfig`,
  lbEndpoint: `${PREFIX}envoy.config.endpoint.v3.LbEndpoint`,
} as const;
export type TypeUrl = (typeof TYPE_URL)[keyof typeof TYPE_URL];

/** How a service of one type is called: its methods, and what is behind `/v3/discovery:` over REST. */
type Service = {
  readonly service: string;
  readonly method: string;
  readonly rest: string | undefined;
  /** Has no state-of-the-world variant. */
  readonly deltaOnly?: boolean;
};

const SERVICES: Readonly<Record<TypeUrl, Service>> = {
  [TYPE_URL.cluster]: {
    service: 'envoy.service.cluster.v3.ClusterDiscoveryService',
    method: 'Clusters',
    rest: 'clusters',
  },
  [TYPE_URL.endpoints]: {
    service: 'envoy.service.endpoint.v3.EndpointDiscoveryService',
    method: 'Endpoints',
    rest: 'endpoints',
  },
  [TYPE_URL.listener]: {
    service: 'envoy.service.listener.v3.ListenerDiscoveryService',
    method: 'Listeners',
    rest: 'listeners',
  },
  [TYPE_URL.route]: {
    service: 'envoy.service.route.v3.RouteDiscoveryService',
    method: 'Routes',
    rest: 'routes',
  },
  [TYPE_URL.scopedRoute]: {
    service: 'envoy.service.route.v3.ScopedRoutesDiscoveryService',
    method: 'ScopedRoutes',
    rest: 'scoped-routes',
  },
  [TYPE_URL.virtualHost]: {
    service: 'envoy.service.route.v3.VirtualHostDiscoveryService',
    method: 'VirtualHosts',
    rest: undefined,
    deltaOnly: true,
  },
  [TYPE_URL.secret]: {
    service: 'envoy.service.secret.v3.SecretDiscoveryService',
    method: 'Secrets',
    rest: 'secrets',
  },
  [TYPE_URL.runtime]: {
    service: 'envoy.service.runtime.v3.RuntimeDiscoveryService',
    method: 'Runtime',
    rest: 'runtime',
  },
  [TYPE_URL.extension]: {
    service: 'envoy.service.extension.v3.ExtensionConfigDiscoveryService',
    method: 'ExtensionConfigs',
    rest: 'extension_configs',
  },
  [TYPE_URL.lbEndpoint]: {
    service: 'envoy.service.endpoint.v3.LocalityEndpointDiscoveryService',
    method: 'LocalityEndpoints',
    rest: undefined,
    deltaOnly: true,
  },
};

export type Variant = 'sotw' | 'delta';
const HEAD: Readonly<Record<Variant, string>> = { sotw: 'Stream', delta: 'Delta' };

/** The path of a stream of one type. */
export function streamPath(typeUrl: TypeUrl, variant: Variant): string {
  const { service, method, deltaOnly } = SERVICES[typeUrl];
  return `/${service}/${HEAD[deltaOnly === true ? 'delta' : variant]}${method}`;
}

/** The path of the stream that carries all types (ADS). */
export function adsPath(variant: Variant): string {
  return `/envoy.service.discovery.v3.AggregatedDiscoveryService/${HEAD[variant]}AggregatedResources`;
}

/** Where a type is polled for; undefined for those that only a stream delivers. */
export function restPath(typeUrl: TypeUrl): string | undefined {
  const { rest } = SERVICES[typeUrl];
  return rest === undefined ? undefined : `/v3/discovery:${rest}`;
}
