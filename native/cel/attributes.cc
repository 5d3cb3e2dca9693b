// Envoy's attributes, from the facts of a stream.
#include <charconv>

#include "accesslog/address.h"
#include "accesslog/grpc_status.h"
#include "base/arena.h"
#include "cel/evaluate.h"
#include "tls/facts.h"
#include "tls/names.h"

namespace attache::cel {
namespace {

using accesslog::LogInput;
using accesslog::Mark;
using tables::CelAttribute;
using tables::TlsFact;

Value ifAny(std::string_view text) {
  return text.empty() ? Value::error() : Value::string(text);
}

Value header(const HeaderMap* headers, HeaderId id) {
  if (!headers) return Value::error();
  std::string_view text = headers->get(id);
  return text.data() ? Value::string(text) : Value::error();
}

Value header(const HeaderMap* headers, std::string_view name) {
  const Header* found = headers ? headers->find(name) : nullptr;
  return found ? Value::string(found->valueView()) : Value::error();
}

// The part of the path before or after its question mark.
Value pathPart(const HeaderMap* headers, bool query) {
  Value path = header(headers, HeaderId::Path);
  if (path.isError()) return path;
  size_t mark = path.text.find('?');
  if (!query) return Value::string(path.text.substr(0, mark));
  return Value::string(mark == std::string_view::npos ? "" : path.text.substr(mark + 1));
}

size_t byteSize(const HeaderMap* headers) {
  return headers ? headers->byteSize() : 0;
}

Value size(uint64_t n) {
  return Value::integer(static_cast<int64_t>(n));
}

// What the request says of its body's length, else what came of it.
Value requestSize(const LogInput& in) {
  std::string_view text = in.request ? in.request->get(HeaderId::ContentLength) : "";
  int64_t length = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (!text.empty() && fault == std::errc{} && end == text.data() + text.size())
    return Value::integer(length);
  return size(in.bytes_received);
}

Value duration(int64_t us) {
  return us < 0 ? Value::error() : Value::durationUs(static_cast<uint64_t>(us));
}

Value backendLatency(const LogInput& in) {
  int64_t begin = in.mark(Mark::UpstreamTxBegin);
  int64_t end = in.mark(Mark::UpstreamRxEnd);
  return begin < 0 || end < begin ? Value::error() : duration(end - begin);
}

Value grpcStatus(const LogInput& in) {
  int64_t status;
  return accesslog::findGrpcStatus(in, status) ? Value::integer(status) : Value::error();
}

Value port(std::string_view address) {
  std::string_view host = accesslog::withoutPort(address);
  // Longer by the colon and the digits, and the brackets of IPv6.
  if (host.size() == address.size()) return Value::error();
  std::string_view digits = address.substr(address.rfind(':') + 1);
  int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return Value::integer(number);
}

// The first of these names of a certificate.
Value firstName(SSL* ssl, bool local, tls::SanType type, Arena& arena) {
  X509* certificate = local ? SSL_get_certificate(ssl) : SSL_get0_peer_certificate(ssl);
  if (!certificate) return Value::error();
  for (const tls::San& san : tls::sansOf(certificate)) {
    if (san.type == type) return Value::string(arena.copy(san.value));
  }
  return Value::error();
}

Value tlsFact(TlsFact fact, SSL* ssl, Arena& arena) {
  if (!ssl) return Value::error();
  switch (fact) {
    case TlsFact::PeerDnsSan:
    case TlsFact::LocalDnsSan:
      return firstName(ssl, fact == TlsFact::LocalDnsSan, tls::SanType::Dns, arena);
    case TlsFact::PeerUriSan:
    case TlsFact::LocalUriSan:
      return firstName(ssl, fact == TlsFact::LocalUriSan, tls::SanType::Uri, arena);
    default:
      break;
  }
  std::string text;
  return tls::appendFact(ssl, fact, &text) ? Value::string(arena.copy(text)) : Value::error();
}

Value requestAttribute(CelAttribute attribute, const LogInput& in) {
  switch (attribute) {
    case CelAttribute::RequestPath:
      return header(in.request, HeaderId::Path);
    case CelAttribute::RequestUrlPath:
      return pathPart(in.request, false);
    case CelAttribute::RequestQuery:
      return pathPart(in.request, true);
    case CelAttribute::RequestHost:
      return header(in.request, HeaderId::Authority);
    case CelAttribute::RequestScheme:
      return header(in.request, HeaderId::Scheme);
    case CelAttribute::RequestMethod:
      return header(in.request, HeaderId::Method);
    case CelAttribute::RequestReferer:
      return header(in.request, "referer");
    case CelAttribute::RequestUseragent:
      return header(in.request, HeaderId::UserAgent);
    case CelAttribute::RequestId:
      return header(in.request, HeaderId::XRequestId);
    case CelAttribute::RequestTime:
      return Value::ofNanos(Value::Kind::Timestamp, static_cast<__int128>(in.start_us) * 1000);
    case CelAttribute::RequestProtocol:
      return ifAny(in.protocol);
    case CelAttribute::RequestDuration:
      return duration(in.duration_us);
    case CelAttribute::RequestSize:
      return requestSize(in);
    default:
      return size(in.bytes_received + byteSize(in.request));
  }
}

Value responseAttribute(CelAttribute attribute, const LogInput& in) {
  switch (attribute) {
    case CelAttribute::ResponseCode:
      return in.status ? Value::integer(in.status) : Value::error();
    case CelAttribute::ResponseCodeDetails:
      return ifAny(in.details);
    case CelAttribute::ResponseFlags:
      return size(in.flags);
    case CelAttribute::ResponseGrpcStatus:
      return grpcStatus(in);
    case CelAttribute::ResponseSize:
      return size(in.bytes_sent);
    case CelAttribute::ResponseTotalSize:
      return size(in.bytes_sent + byteSize(in.response) + byteSize(in.response_trailers));
    default:
      return backendLatency(in);
  }
}

Value upstreamAttribute(CelAttribute attribute, const LogInput& in) {
  switch (attribute) {
    case CelAttribute::UpstreamAddress:
      return ifAny(in.upstream_host);
    case CelAttribute::UpstreamPort:
      return port(in.upstream_host);
    case CelAttribute::UpstreamLocalAddress:
      return ifAny(in.upstream_local_address);
    case CelAttribute::UpstreamTlsVersion:
      return ifAny(in.upstream_tls_version);
    case CelAttribute::UpstreamTransportFailureReason:
      // Empty where a host was chosen and nothing failed.
      return !in.upstream_host.empty() || !in.upstream_transport_failure_reason.empty()
                 ? Value::string(in.upstream_transport_failure_reason)
                 : Value::error();
    case CelAttribute::UpstreamRequestAttemptCount:
      return size(in.attempt_count);
    default:
      return duration(in.mark(Mark::UpstreamPoolReady));
  }
}

}  // namespace

Value attribute(CelAttribute attribute, TlsFact fact, const LogInput& in, Arena& arena) {
  if (attribute <= CelAttribute::RequestTotalSize) return requestAttribute(attribute, in);
  if (attribute <= CelAttribute::ResponseBackendLatency) return responseAttribute(attribute, in);
  if (attribute >= CelAttribute::UpstreamAddress &&
      attribute <= CelAttribute::UpstreamPoolReadyDuration)
    return upstreamAttribute(attribute, in);
  switch (attribute) {
    case CelAttribute::ConnectionId:
      return size(in.connection_id);
    case CelAttribute::ConnectionMtls:
      return Value::boolean(in.downstream_tls && SSL_get0_peer_certificate(in.downstream_tls));
    case CelAttribute::ConnectionRequestedServerName:
      return Value::string(in.requested_server_name);
    case CelAttribute::ConnectionTerminationDetails:
      return ifAny(in.connection_termination_details);
    case CelAttribute::ConnectionTransportFailureReason:
      return ifAny(in.downstream_transport_failure_reason);
    case CelAttribute::ConnectionTls:
      return tlsFact(fact, in.downstream_tls, arena);
    case CelAttribute::SourceAddress:
      return ifAny(in.downstream_remote);
    case CelAttribute::SourcePort:
      return port(in.downstream_remote);
    case CelAttribute::DestinationAddress:
      return ifAny(in.downstream_local);
    case CelAttribute::DestinationPort:
      return port(in.downstream_local);
    case CelAttribute::ClusterName:
      return ifAny(in.upstream_cluster_raw);
    case CelAttribute::RouteName:
      // A route may have no name, and is one all the same.
      return in.route_name.data() ? Value::string(in.route_name) : Value::error();
    case CelAttribute::FilterChainName:
      return ifAny(in.filter_chain_name);
    default:
      return Value::error();
  }
}

}  // namespace attache::cel
