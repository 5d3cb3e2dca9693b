import { buffer } from './http/buffer.ts';
import { cors } from './http/cors.ts';
import { fault } from './http/fault.ts';
import { grpcHttp1Bridge } from './http/grpc_http1_bridge.ts';
import { grpcStats } from './http/grpc_stats.ts';
import { grpcWeb } from './http/grpc_web.ts';
import { healthCheck } from './http/health_check.ts';
import { istioAlpn } from './http/istio_alpn.ts';
import { onDemand } from './http/on_demand.ts';
import { httpIstioStats } from './http/istio_stats.ts';
import { peerMetadata } from './http/peer_metadata.ts';
import { httpRbac } from './http/rbac.ts';
import { router } from './http/router.ts';
import { connectionLimit } from './network/connection_limit.ts';
import { directResponse } from './network/direct_response.ts';
import { echo } from './network/echo.ts';
import { httpConnectionManager } from './network/http_connection_manager.ts';
import { networkIstioStats } from './network/istio_stats.ts';
import { localRatelimit } from './network/local_ratelimit.ts';
import { metadataExchange, upstreamMetadataExchange } from './network/metadata_exchange.ts';
import { networkRbac } from './network/rbac.ts';
import { tcpProxy } from './network/tcp_proxy.ts';
import { httpInspector } from './listener/http_inspector.ts';
import { originalDst } from './listener/original_dst.ts';
import { proxyProtocol } from './listener/proxy_protocol.ts';
import { tlsInspector } from './listener/tls_inspector.ts';
import { downstreamRawBuffer, upstreamRawBuffer } from './transport/raw_buffer.ts';
import { downstreamTls, upstreamTls } from './transport/tls.ts';
import { upstreamProxyProtocol } from './transport/upstream_proxy_protocol.ts';
import type { Extension, TransportSocket, UpstreamFilter } from './types.ts';

/** What is built in: one line each. */
export const extensions: readonly Extension[] = [
  httpConnectionManager,
  tcpProxy,
  echo,
  directResponse,
  connectionLimit,
  networkIstioStats,
  localRatelimit,
  metadataExchange,
  networkRbac,
  buffer,
  cors,
  fault,
  grpcHttp1Bridge,
  grpcStats,
  grpcWeb,
  healthCheck,
  istioAlpn,
  onDemand,
  httpIstioStats,
  peerMetadata,
  httpRbac,
  router,
  httpInspector,
  originalDst,
  proxyProtocol,
  tlsInspector,
];

const byType = new Map<string, Extension[]>();
for (const extension of extensions) {
  for (const type of [extension.type, extension.perRoute?.type]) {
    if (type !== undefined) byType.set(type, [...(byType.get(type) ?? []), extension]);
  }
}
/** The extension whose configuration, or whose settings for routes, are of this message type; of a category, or any. */
export const findExtension = (type: string, category?: string): Extension | undefined => {
  const found = byType.get(type);
  return category === undefined ? found?.[0] : found?.find((extension) => extension.category === category);
};
/** Names of the extensions of a category that may end a chain of filters. */
export const terminalExtensions = (category: string): string[] =>
  extensions.filter((e) => e.category === category && e.terminal === true).map(({ name }) => name);
/** The listener filter that a flag of a listener stands for. */
export const impliedExtension = (field: string): Extension | undefined =>
  extensions.find(({ impliedBy }) => impliedBy === field);

/** What may be between a socket and a codec. */
export const transportSockets: readonly TransportSocket[] = [
  downstreamRawBuffer,
  downstreamTls,
  upstreamRawBuffer,
  upstreamTls,
  upstreamProxyProtocol,
];
/** The transport socket of a category whose configuration is of this message type. */
export const findTransportSocket = (type: string, category: string): TransportSocket | undefined =>
  transportSockets.find((socket) => socket.type === type && socket.category === category);

/** What may be at connections to hosts. */
export const upstreamFilters: readonly UpstreamFilter[] = [upstreamMetadataExchange];
/** The upstream filter whose configuration is of this message type. */
export const findUpstreamFilter = (type: string): UpstreamFilter | undefined =>
  upstreamFilters.find((filter) => filter.type === type);
