// The runtime halves that are built in: one line each (the config halves are in
// src/extensions/manifest.ts).
#include <map>

#include "extensions/http/buffer.h"
#include "extensions/http/cors.h"
#include "extensions/http/fault.h"
#include "extensions/http/grpc_http1_bridge.h"
#include "extensions/http/grpc_stats.h"
#include "extensions/http/grpc_web.h"
#include "extensions/http/health_check.h"
#include "extensions/http/istio_alpn.h"
#include "extensions/http/istio_stats.h"
#include "extensions/http/on_demand.h"
#include "extensions/http/peer_metadata.h"
#include "extensions/http/rbac.h"
#include "extensions/http/router.h"
#include "extensions/listener/http_inspector.h"
#include "extensions/listener/original_dst.h"
#include "extensions/listener/proxy_protocol.h"
#include "extensions/listener/tls_inspector.h"
#include "extensions/network/connection_limit.h"
#include "extensions/network/direct_response.h"
#include "extensions/network/echo.h"
#include "extensions/network/http_connection_manager.h"
#include "extensions/network/istio_stats.h"
#include "extensions/network/local_ratelimit.h"
#include "extensions/network/metadata_exchange.h"
#include "extensions/network/rbac.h"
#include "extensions/network/tcp_proxy.h"
#include "http/manager.h"
#include "network/filter.h"
#include "tables/generated/layout.h"

namespace attache::http {

namespace {
std::map<uint32_t, const FilterHooks*>& table() {
  static std::map<uint32_t, const FilterHooks*> hooks = {
      {tables::BufferFilter::kExtension, &extensions::kBufferFilter},
      {tables::CorsFilter::kExtension, &extensions::kCorsFilter},
      {tables::FaultFilter::kExtension, &extensions::kFaultFilter},
      {tables::GrpcHttp1Bridge::kExtension, &extensions::kGrpcHttp1BridgeFilter},
      {tables::GrpcStats::kExtension, &extensions::kGrpcStatsFilter},
      {tables::GrpcWeb::kExtension, &extensions::kGrpcWebFilter},
      {tables::HealthCheckFilter::kExtension, &extensions::kHealthCheckFilter},
      {tables::HttpRbac::kExtension, &extensions::kHttpRbac},
      {tables::IstioAlpn::kExtension, &extensions::kIstioAlpn},
      {tables::OnDemand::kExtension, &extensions::kOnDemandFilter},
      {tables::IstioStats::kExtension, &extensions::kIstioStats},
      {tables::PeerMetadata::kExtension, &extensions::kPeerMetadata},
      {tables::Router::kExtension, &extensions::kRouterFilter},
  };
  return hooks;
}
}  // namespace

const FilterHooks* findHttpFilter(uint32_t extension) {
  auto it = table().find(extension);
  return it == table().end() ? nullptr : it->second;
}

void registerHttpFilter(uint32_t extension, const FilterHooks* hooks) {
  table()[extension] = hooks;
}

}  // namespace attache::http

namespace attache::network {

const TerminalFilter* findTerminalFilter(uint32_t extension) {
  static const std::map<uint32_t, const TerminalFilter*> filters = {
      {tables::HttpConnectionManager::kExtension, &extensions::kHttpConnectionManager},
      {tables::TcpProxy::kExtension, &extensions::kTcpProxy},
      {tables::Echo::kExtension, &extensions::kEcho},
      {tables::TcpDirectResponse::kExtension, &extensions::kDirectResponse},
  };
  auto it = filters.find(extension);
  return it == filters.end() ? nullptr : it->second;
}

const FilterHooks* findFilter(uint32_t extension) {
  static const std::map<uint32_t, const FilterHooks*> filters = {
      {tables::ConnectionLimit::kExtension, &extensions::kConnectionLimit},
      {tables::NetworkLocalRateLimit::kExtension, &extensions::kLocalRatelimit},
      {tables::MetadataExchange::kExtension, &extensions::kMetadataExchange},
      {tables::IstioStats::kExtension, &extensions::kTcpIstioStats},
      {tables::NetworkRbac::kExtension, &extensions::kNetworkRbac},
  };
  auto it = filters.find(extension);
  return it == filters.end() ? nullptr : it->second;
}

}  // namespace attache::network

namespace attache::listener {

const FilterHooks* findFilter(uint32_t extension) {
  static const std::map<uint32_t, const FilterHooks*> hooks = {
      {tables::HttpInspector::kExtension, &extensions::kHttpInspector},
      {tables::OriginalDst::kExtension, &extensions::kOriginalDst},
      {tables::ProxyProtocol::kExtension, &extensions::kProxyProtocol},
      {tables::TlsInspector::kExtension, &extensions::kTlsInspector},
  };
  auto it = hooks.find(extension);
  return it == hooks.end() ? nullptr : it->second;
}

}  // namespace attache::listener
