#include "extensions/http/istio_alpn.h"

#include "extensions/http/route_cluster.h"
#include "http/stream.h"
#include "tables/generated/layout.h"

namespace attache::extensions {

namespace {

using http::Protocol;

// What it will offer to a cluster in the first place.
Protocol protocolOf(const tables::Cluster& cluster, Protocol downstream) {
  switch (cluster.protocol) {
    case tables::UpstreamProtocol::UseDownstream:
      return downstream;
    case tables::UpstreamProtocol::Http2:
    case tables::UpstreamProtocol::Auto:
      return Protocol::Http2;
    default:
      return Protocol::Http11;
  }
}

const tables::Bytes& overrideOf(const tables::IstioAlpn& config, Protocol protocol) {
  switch (protocol) {
    case Protocol::Http10:
      return config.http10;
    case Protocol::Http2:
      return config.http2;
    default:
      return config.http11;
  }
}

void* create(http::FilterContext&, const void* config) {
  return const_cast<void*>(config);
}

http::FilterStatus decodeHeaders(void* self, http::FilterContext& context, HeaderMap&, bool) {
  http::Stream& stream = *context.stream;
  upstream::Cluster* cluster = routedCluster(stream);
  if (!cluster || cluster->config().keeps_alpn) return http::FilterStatus::Continue;
  const auto& config = *static_cast<const tables::IstioAlpn*>(self);
  Protocol protocol = protocolOf(cluster->config(), stream.protocol());
  stream.offered_protocols = overrideOf(config, protocol).view();
  if (!stream.offered_protocols.empty()) cluster->keepApart();
  return http::FilterStatus::Continue;
}

}  // namespace

const http::FilterHooks kIstioAlpn = {
    .name = "istio.alpn",
    .create = create,
    .decodeHeaders = decodeHeaders,
};

}  // namespace attache::extensions
