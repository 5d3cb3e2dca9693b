// attache-proxy/xds-server: a control plane for Envoy, attache, and what else speaks xDS v3.
export { type Callbacks, type FetchInfo, Refused, type ResponseInfo, type StreamInfo } from './callbacks.ts';
export type * as envoy from './generated/envoy.ts';
export type {
  Any,
  Bootstrap,
  Cluster,
  ClusterLoadAssignment,
  HttpConnectionManager,
  Listener,
  RouteConfiguration,
  Runtime,
  ScopedRouteConfiguration,
  Secret,
  TypedExtensionConfig,
  VirtualHost,
} from './generated/envoy.ts';
export type { GrpcService } from './grpc.ts';
export { LinearCache, type LinearCacheOptions } from './linear_cache.ts';
export { MuxCache, type MuxCacheOptions } from './mux_cache.ts';
export { type ReadOptions, readSnapshot } from './read.ts';
export type { DeltaRequest, ErrorDetail, Request, SotwRequest } from './request.ts';
export { Resource, ResourceError, type ResourceFinding, type ResourceOptions } from './resource.ts';
export { ResourceMap } from './resource_map.ts';
export { type ResourceKind, typeUrls } from './resource_types.ts';
export {
  type Listening,
  type ListenOptions,
  type ServerOptions,
  type TlsOptions,
  XdsServer,
} from './server.ts';
export { any } from './any.ts';
export {
  type Input,
  type Messages,
  Snapshot,
  type SnapshotResources,
  type SnapshotVersion,
} from './snapshot.ts';
export { InconsistentError, SnapshotCache, type SnapshotCacheOptions } from './snapshot_cache.ts';
export type { ClientStatus, SubscriptionStatus } from './status.ts';
export type { Refusal } from './subscription.ts';
export { type NodeInfo, type Source, View } from './view.ts';
