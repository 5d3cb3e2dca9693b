#include "http/request_headers.h"

#include <cstring>
#include <span>
#include <string_view>

#include "http/client_cert.h"
#include "http/stream.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::http {

namespace {

// "00" to "ff".
struct HexPairs {
  char text[256][2];
  constexpr HexPairs() : text() {
    constexpr char kDigits[] = "0123456789abcdef";
    for (int i = 0; i < 256; i++) text[i][0] = kDigits[i >> 4], text[i][1] = kDigits[i & 15];
  }
};
constexpr HexPairs kHexPairs;

// A version 4 UUID (RFC 9562 section 5.4) of two random words.
void writeUuid(Random& random, char* out) {
  uint64_t words[2] = {random.next(), random.next()};
  words[0] = (words[0] & ~uint64_t{0xf000}) | 0x4000;
  words[1] = (words[1] & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);
  // Where in the text each byte stands: 8-4-4-4-12.
  static constexpr uint8_t kAt[16] = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
  for (int i = 0; i < 16; i++) {
    std::memcpy(out + kAt[i], kHexPairs.text[(words[i / 8] >> (56 - 8 * (i % 8))) & 255], 2);
  }
  out[8] = out[13] = out[18] = out[23] = '-';
}

// Names that tell the proxy what to do: from the outside they are lies.
constexpr HeaderId kInternalNames[] = {
    HeaderId::XEnvoyRetriableStatusCodes,
    HeaderId::XEnvoyRetriableHeaderNames,
    HeaderId::XEnvoyRetryOn,
    HeaderId::XEnvoyRetryGrpcOn,
    HeaderId::XEnvoyMaxRetries,
    HeaderId::XEnvoyUpstreamAltStatName,
    HeaderId::XEnvoyUpstreamRqTimeoutMs,
    HeaderId::XEnvoyUpstreamRqPerTryTimeoutMs,
    HeaderId::XEnvoyExpectedRqTimeoutMs,
    HeaderId::XEnvoyForceTrace,
    HeaderId::XEnvoyIpTags,
    HeaderId::XEnvoyOriginalUrl,
    HeaderId::XEnvoyHedgeOnPerTryTimeout,
    HeaderId::XEnvoyInternal,
};
// The same, to see with one look that none is there.
constexpr HeaderSet setOf(std::span<const HeaderId> ids) {
  HeaderSet set{};
  for (HeaderId id : ids) set.insert(id);
  return set;
}
constexpr HeaderSet kInternalSet = setOf(kInternalNames);
constexpr HeaderId kEdgeNames[] = {
    HeaderId::XEnvoyDecoratorOperation,
    HeaderId::XEnvoyDownstreamServiceCluster,
    HeaderId::XEnvoyDownstreamServiceNode,
};

void forwardedFor(Stream& stream, HeaderMap& headers) {
  const tables::HttpConnectionManager& config = stream.manager().config;
  if (!config.use_remote_address) return;
  const Peer& peer = stream.peer();
  std::string_view client = peer.remoteIp();
  // A loopback client is named by the machine's own address: its next reader is elsewhere.
  if (peer.loopback() && !stream.worker().process.options.local_address.empty()) {
    client = stream.worker().process.options.local_address;
  }
  if (!config.skip_xff_append) headers.appendValue(HeaderId::XForwardedFor, client, ",");
  if (config.xff_num_trusted_hops == 0 || !headers.has(HeaderId::XForwardedProto)) {
    headers.set(HeaderId::XForwardedProto, peer.tls ? "https" : "http");
  }
  headers.setCopy(HeaderId::XEnvoyExternalAddress, peer.remoteIp());
}

void requestId(Stream& stream, HeaderMap& headers) {
  const tables::HttpConnectionManager& config = stream.manager().config;
  // At the edge an id from outside is not to be trusted.
  bool edge = config.use_remote_address;
  if (edge && !config.preserve_external_request_id) headers.remove(HeaderId::XRequestId);
  if (!config.generate_request_id || headers.has(HeaderId::XRequestId)) return;
  char* id = stream.arena().alloc(36);
  writeUuid(stream.worker().random, id);
  headers.add(HeaderId::XRequestId, std::string_view(id, 36));
}

}  // namespace

void mutateRequestHeaders(Stream& stream) {
  HeaderMap& headers = stream.request();
  const tables::HttpConnectionManager& config = stream.manager().config;
  if (headers.hasAny(kInternalSet)) {
    for (HeaderId id : kInternalNames) headers.remove(id);
  }
  if (config.use_remote_address) {
    for (HeaderId id : kEdgeNames) headers.remove(id);
  }
  if (headers.has(HeaderId::XForwardedClientCert) || stream.peer().tls) forwardClientCert(stream);
  forwardedFor(stream, headers);
  if (!headers.has(HeaderId::XForwardedProto)) {
    headers.add(HeaderId::XForwardedProto, stream.peer().tls ? "https" : "http");
  }
  std::string_view proto = headers.get(HeaderId::XForwardedProto);
  headers.set(HeaderId::Scheme, proto == "https" ? "https" : "http");
  requestId(stream, headers);
  if (!config.via.empty()) headers.appendValue(HeaderId::Via, config.via.view(), ", ");
}

}  // namespace attache::http
