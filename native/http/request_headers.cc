#include "http/request_headers.h"

#include <string>
#include <string_view>

#include "base/uuid.h"
#include "codec/h1.h"
#include "http/asked.h"
#include "http/client_cert.h"
#include "http/stream.h"
#include "io/address.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::http {

namespace {

// What only the inside may ask of this proxy, or say of a request: from the outside it is a lie.
constexpr HeaderId kInternalNames[] = {
    HeaderId::XEnvoyRetriableStatusCodes,
    HeaderId::XEnvoyRetriableHeaderNames,
    HeaderId::XEnvoyRetryOn,
    HeaderId::XEnvoyRetryGrpcOn,
    HeaderId::XEnvoyMaxRetries,
    HeaderId::XEnvoyUpstreamAltStatName,
    HeaderId::XEnvoyUpstreamRqTimeoutMs,
    HeaderId::XEnvoyUpstreamRqPerTryTimeoutMs,
    HeaderId::XEnvoyUpstreamRqTimeoutAltResponse,
    HeaderId::XEnvoyExpectedRqTimeoutMs,
    HeaderId::XEnvoyHedgeOnPerTryTimeout,
    HeaderId::XEnvoyInternal,
    HeaderId::XEnvoyForceTrace,
    HeaderId::XEnvoyIpTags,
    HeaderId::XEnvoyOriginalUrl,
};
// The same, to see with one look that none is there.
constexpr HeaderSet kInternalSet = setOf(kInternalNames);
constexpr HeaderId kEdgeNames[] = {
    HeaderId::XEnvoyDecoratorOperation,
    HeaderId::XEnvoyDownstreamServiceCluster,
    HeaderId::XEnvoyDownstreamServiceNode,
};

// Proxies in front may have sent several fields: one list of them all.
void joinForwardedFor(Stream& stream, HeaderMap& headers) {
  const Header* field = headers.find(HeaderId::XForwardedFor);
  if (!field || !headers.next(field)) return;
  std::string all;
  for (; field; field = headers.next(field)) {
    if (!all.empty() && field->value_len > 0) all += ',';
    all += field->valueView();
  }
  headers.set(HeaderId::XForwardedFor, stream.arena().copy(all));
}

// The address that stands before the last `skip` of the list; empty: there is none. Sets *alone if
// it is the list's only one.
std::string_view lastAddress(std::string_view list, uint32_t skip, bool* alone) {
  size_t comma;
  for (uint32_t i = 0; i < skip; i++) {
    comma = list.rfind(',');
    if (comma == std::string_view::npos) return {};
    list = list.substr(0, comma);
  }
  comma = list.rfind(',');
  *alone = skip == 0 && comma == std::string_view::npos;
  if (comma != std::string_view::npos && comma + 1 < list.size()) list = list.substr(comma + 1);
  while (!list.empty() && (list.front() == ' ' || list.front() == '\t')) list.remove_prefix(1);
  while (!list.empty() && (list.back() == ' ' || list.back() == '\t')) list.remove_suffix(1);
  return list;
}

// Who the client is. True: it may be one of the inside, because nobody can have made its address
// up.
[[gnu::noinline]] bool findClient(Stream& stream, HeaderMap& headers) {
  const tables::HttpConnectionManager& config = stream.manager().config;
  joinForwardedFor(stream, headers);
  if (config.use_remote_address && config.xff_num_trusted_hops == 0) return false;
  // Of those that append, the last is the peer, which is not in the list yet at an edge.
  uint32_t skip = config.xff_num_trusted_hops - (config.use_remote_address ? 1 : 0);
  bool alone = false;
  stream.nameClient(lastAddress(headers.get(HeaderId::XForwardedFor), skip, &alone));
  return !config.use_remote_address && alone;
}

[[gnu::noinline]] bool isInternal(Stream& stream) {
  const tables::HttpConnectionManager& config = stream.manager().config;
  io::Ip ip = stream.clientIp();
  // An x-forwarded-for that names nobody is no reason to trust the peer.
  if (!config.use_remote_address && !stream.clientNamed()) return false;
  if (ip.size == 0) return config.internal_unix_sockets;
  for (const tables::CidrRange& range : config.internal_ranges) {
    if (io::inPrefix(ip, range.ip, range.length, range.ipv6)) return true;
  }
  return false;
}

// The peer is added to the list, and its protocol told, at an edge.
void forwardedFor(Stream& stream, HeaderMap& headers) {
  const tables::HttpConnectionManager& config = stream.manager().config;
  if (!config.use_remote_address) return;
  const Peer& peer = stream.peer();
  std::string_view client = peer.remoteIp();
  // A loopback client is named by the machine's own address: its next reader is elsewhere.
  if (peer.loopback() && !stream.worker().process.options.local_address.empty()) {
    client = stream.worker().process.options.local_address;
  }
  if (!config.skip_xff_append && !client.empty()) {
    if (headers.get(HeaderId::XForwardedFor).empty()) {
      headers.setCopy(HeaderId::XForwardedFor, client);
    } else {
      headers.appendValue(HeaderId::XForwardedFor, client, ",");
    }
  }
  if (config.xff_num_trusted_hops == 0 || !headers.has(HeaderId::XForwardedProto)) {
    headers.set(HeaderId::XForwardedProto, peer.tls ? "https" : "http");
  }
}

// What only the inside may ask of a proxy, and what an edge says of the outside.
void sanitize(Stream& stream, HeaderMap& headers, bool internal, bool edge) {
  if (internal) {
    // Behind what came, as Envoy has it.
    headers.remove(HeaderId::XEnvoyInternal);
    headers.add(HeaderId::XEnvoyInternal, "true");
  } else if (headers.hasAny(kInternalSet)) {
    for (HeaderId id : kInternalNames) headers.remove(id);
  }
  if (!edge) return;
  for (HeaderId id : kEdgeNames) headers.remove(id);
  std::string_view client = stream.remoteIp();
  if (!client.empty()) headers.setCopy(HeaderId::XEnvoyExternalAddress, client);
}

void requestId(Stream& stream, HeaderMap& headers, bool edge) {
  const tables::HttpConnectionManager& config = stream.manager().config;
  // At the edge an id from outside is not to be trusted.
  bool keep = !edge || config.preserve_external_request_id;
  if (!config.generate_request_id || (keep && headers.has(HeaderId::XRequestId))) return;
  char* id = stream.arena().alloc(kUuidSize);
  writeUuid(stream.worker().random, id);
  std::string_view text(id, kUuidSize);
  // One that is replaced keeps its place, as in Envoy.
  headers.has(HeaderId::XRequestId) ? headers.set(HeaderId::XRequestId, text)
                                    : headers.add(HeaderId::XRequestId, text);
}

// What a client of HTTP/2 says holds, if it is one of the two that a proxy has.
void setScheme(Stream& stream, HeaderMap& headers) {
  std::string_view scheme = headers.get(HeaderId::XForwardedProto);
  if (stream.protocol() == Protocol::Http2) {
    std::string_view own = headers.get(HeaderId::Scheme);
    if (own == "http" || own == "https") return;
    if (h1::equalsIgnoreCase(own, "http") || h1::equalsIgnoreCase(own, "https"))
      scheme = own.size() == 5 ? "https" : "http";
  }
  headers.set(HeaderId::Scheme,
              scheme == "https" ? std::string_view("https") : std::string_view("http"));
}

}  // namespace

void mutateRequestHeaders(Stream& stream) {
  HeaderMap& headers = stream.request();
  const tables::HttpConnectionManager& config = stream.manager().config;
  if (headers.has(HeaderId::XForwardedClientCert) || stream.peer().tls) forwardClientCert(stream);
  bool trusted = config.use_remote_address;
  if (headers.has(HeaderId::XForwardedFor)) trusted = findClient(stream, headers);
  bool internal = trusted && config.knows_inside && isInternal(stream);
  bool edge = config.use_remote_address && !internal;
  forwardedFor(stream, headers);
  if (!headers.has(HeaderId::XForwardedProto)) {
    headers.add(HeaderId::XForwardedProto, stream.peer().tls ? "https" : "http");
  }
  sanitize(stream, headers, internal, edge);
  setScheme(stream, headers);
  requestId(stream, headers, edge);
  if (!config.via.empty()) headers.appendValue(HeaderId::Via, config.via.view(), ", ");
}

}  // namespace attache::http
