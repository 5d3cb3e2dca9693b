#include "accesslog/values.h"

#include <unistd.h>

#include <charconv>
#include <string>

#include "accesslog/address.h"
#include "accesslog/grpc_status.h"
#include "accesslog/query.h"
#include "accesslog/time_format.h"
#include "base/random.h"
#include "cel/evaluate.h"
#include "tls/facts.h"

namespace attache::accesslog {
namespace {

using tables::FormatOp;
using tables::FormatOperator;
using tables::GrpcStatusForm;
using tables::PathSource;

inline Value header(const FormatOp& op, const HeaderMap* headers) {
  if (headers == nullptr) return {};
  const Header* found = headers->find(op.arg.view());
  if (found == nullptr && !op.arg2.empty()) found = headers->find(op.arg2.view());
  if (found == nullptr) return {};
  return Value::of(found->valueView());
}

Value milliseconds(int64_t us) {
  return us < 0 ? Value{} : Value::ofNumber(static_cast<uint64_t>(us) / 1000);
}

Value commonDuration(const FormatOp& op, const LogInput& input) {
  int64_t begin = input.marks_us[op.max_length & 0xff];
  int64_t end = input.marks_us[op.max_length >> 8 & 0xff];
  if (begin < 0 || end < begin) return {};
  uint64_t us = static_cast<uint64_t>(end - begin);
  unsigned digits = op.max_length >> 16;
  return Value::ofNumber(digits == 9 ? us * 1000 : digits == 6 ? us : us / 1000);
}

Value responseTxDuration(const LogInput& input) {
  int64_t begin = input.mark(Mark::UpstreamRxBegin);
  int64_t end = input.mark(Mark::DownstreamTxEnd);
  if (begin < 0 || end < 0) return {};
  return {Value::Kind::Number, (end - begin) / 1000, {}};
}

Value time(const FormatOp& op, uint64_t us, LineBuffer& scratch) {
  size_t from = scratch.size();
  if (op.arg.empty()) {
    appendIsoTime(us, scratch);
  } else {
    appendTime(op.arg.view(), us, scratch);
  }
  return Value::of(scratch.view().substr(from));
}

Value tlsFact(const FormatOp& op, const LogInput& in, LineBuffer& scratch) {
  std::string text;
  if (!in.downstream_tls ||
      !tls::appendFact(in.downstream_tls, static_cast<tables::TlsFact>(op.variant), &text))
    return {};
  size_t from = scratch.size();
  scratch.append(text);
  return Value::of(scratch.view().substr(from));
}

Value certificateTime(const FormatOp& op, const LogInput& in, LineBuffer& scratch) {
  uint64_t us = 0;
  if (!in.downstream_tls || !tls::peerValidity(in.downstream_tls, op.variant == 1, &us)) return {};
  return time(op, us, scratch);
}

std::string_view longFlagName(unsigned flag) {
  static constexpr std::string_view kNames[] = {"FailedLocalHealthCheck",
                                                "NoHealthyUpstream",
                                                "UpstreamRequestTimeout",
                                                "LocalReset",
                                                "UpstreamRemoteReset",
                                                "UpstreamConnectionFailure",
                                                "UpstreamConnectionTermination",
                                                "UpstreamOverflow",
                                                "NoRouteFound",
                                                "DelayInjected",
                                                "FaultInjected",
                                                "RateLimited",
                                                "UnauthorizedExternalService",
                                                "RateLimitServiceError",
                                                "DownstreamConnectionTermination",
                                                "UpstreamRetryLimitExceeded",
                                                "StreamIdleTimeout",
                                                "InvalidEnvoyRequestHeaders",
                                                "DownstreamProtocolError",
                                                "UpstreamMaxStreamDurationReached",
                                                "ResponseFromCacheFilter",
                                                "NoFilterConfigFound",
                                                "DurationTimeout",
                                                "UpstreamProtocolError",
                                                "NoClusterFound",
                                                "OverloadManagerTerminated",
                                                "DnsResolutionFailed",
                                                "DropOverload",
                                                "DownstreamRemoteReset"};
  static_assert(sizeof kNames / sizeof kNames[0] == static_cast<size_t>(http::Flag::kCount));
  return kNames[flag];
}

Value flags(const LogInput& in, bool long_names, LineBuffer& scratch) {
  http::Flags flags = in.flags;
  // "-" is the text of no flags, also where empty values are left out.
  if (flags == 0) return Value::of("-");
  size_t from = scratch.size();
  auto append = [&](unsigned flag) {
    if (scratch.size() != from) scratch.append(',');
    scratch.append(long_names ? longFlagName(flag) : http::flagName(static_cast<http::Flag>(flag)));
  };
  // Envoy has them in the order in which they came up: of a request that there is no retry left,
  // or no room for one, before what for; of a connection the other way round.
  http::Flags first = 0;
  for (http::Flag each : {http::Flag::UpstreamRetryLimitExceeded, http::Flag::UpstreamOverflow}) {
    if (!in.status || !(flags & http::bit(each))) continue;
    first |= http::bit(each);
    append(static_cast<unsigned>(each));
  }
  for (flags &= ~first; flags != 0; flags &= flags - 1) {
    unsigned flag = static_cast<unsigned>(__builtin_ctzll(flags));
    if (flag >= static_cast<unsigned>(http::Flag::kCount)) break;
    append(flag);
  }
  return Value::of(scratch.view().substr(from));
}

bool isSpace(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Log lines are split at spaces: what comes from elsewhere must not add columns.
Value withoutSpaces(std::string_view text, LineBuffer& scratch) {
  if (text.empty()) return {};
  size_t i = 0;
  while (i < text.size() && !isSpace(text[i])) i++;
  if (i == text.size()) return Value::of(text);
  size_t from = scratch.size();
  for (char c : text) scratch.append(isSpace(c) ? '_' : c);
  return Value::of(scratch.view().substr(from));
}

Value path(const FormatOp& op, const LogInput& input) {
  if (input.request == nullptr) return {};
  PathSource source = static_cast<PathSource>(op.variant & 15);
  std::string_view text;
  if (source != PathSource::Path) text = input.request->get("x-envoy-original-path");
  if (source != PathSource::Original && text.empty()) text = input.request->get(HeaderId::Path);
  if (text.empty()) return {};
  if (op.variant & 16) text = text.substr(0, text.find('?'));
  return Value::of(text);
}

Value query(const FormatOp& op, const LogInput& input, LineBuffer& scratch) {
  if (input.request == nullptr) return {};
  std::string_view path = input.request->get(HeaderId::Path);
  size_t mark = path.find('?');
  if (mark == std::string_view::npos) return {};
  std::string_view text = path.substr(mark + 1);
  if (op.op == FormatOperator::QueryParams) return Value::of(text);
  size_t from = scratch.size();
  if (!appendQueryParameter(text, op.arg.view(), scratch)) return {};
  return Value::of(scratch.view().substr(from));
}

Value expression(const FormatOp& op, const LogInput& input, LineBuffer& scratch) {
  size_t from = scratch.size();
  if (!op.cel || !cel::appendValue(*op.cel, input, scratch)) return {};
  return Value::of(scratch.view().substr(from));
}

Value grpcStatus(const FormatOp& op, const LogInput& input, LineBuffer& scratch) {
  int64_t status;
  if (!isGrpcRequest(input.request) || !findGrpcStatus(input, status)) return {};
  GrpcStatusForm form = static_cast<GrpcStatusForm>(op.variant);
  if (form == GrpcStatusForm::Number) return {Value::Kind::Number, status, {}};
  std::string_view name = grpcStatusName(status, form == GrpcStatusForm::Snake);
  if (!name.empty()) return Value::of(name);
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof digits, status);
  size_t from = scratch.size();
  scratch.append({digits, static_cast<size_t>(end.ptr - digits)});
  return Value::of(scratch.view().substr(from));
}

// A random version 4 UUID (RFC 9562 section 5.4): not a secret.
Value uuid(LineBuffer& scratch) {
  static thread_local Random random;
  constexpr char kHex[] = "0123456789abcdef";
  uint64_t words[2] = {random.next(), random.next()};
  words[0] = (words[0] & ~uint64_t{0xf000}) | 0x4000;
  words[1] = (words[1] & ~(uint64_t{3} << 62)) | uint64_t{1} << 63;
  size_t from = scratch.size();
  for (int i = 0; i < 32; i++) {
    if (i == 8 || i == 12 || i == 16 || i == 20) scratch.append('-');
    scratch.append(kHex[words[i / 16] >> (60 - 4 * (i % 16)) & 15]);
  }
  return Value::of(scratch.view().substr(from));
}

Value headersBytes(const HeaderMap* headers) {
  return Value::ofNumber(headers == nullptr ? 0 : headers->byteSize());
}

Value number(const FormatOp& op, const LogInput& in) {
  switch (op.op) {
    case FormatOperator::BytesReceived:
      return Value::ofNumber(in.bytes_received);
    case FormatOperator::BytesSent:
      return Value::ofNumber(in.bytes_sent);
    case FormatOperator::DownstreamWireBytesReceived:
      return Value::ofNumber(in.downstream_wire_bytes_received);
    case FormatOperator::DownstreamWireBytesSent:
      return Value::ofNumber(in.downstream_wire_bytes_sent);
    case FormatOperator::DownstreamHeaderBytesReceived:
      return Value::ofNumber(in.downstream_header_bytes_received);
    case FormatOperator::DownstreamHeaderBytesSent:
      return Value::ofNumber(in.downstream_header_bytes_sent);
    case FormatOperator::UpstreamWireBytesReceived:
      return Value::ofNumber(in.upstream_wire_bytes_received);
    case FormatOperator::UpstreamWireBytesSent:
      return Value::ofNumber(in.upstream_wire_bytes_sent);
    case FormatOperator::UpstreamHeaderBytesReceived:
      return Value::ofNumber(in.upstream_header_bytes_received);
    case FormatOperator::UpstreamHeaderBytesSent:
      return Value::ofNumber(in.upstream_header_bytes_sent);
    case FormatOperator::RequestHeadersBytes:
      return headersBytes(in.request);
    case FormatOperator::ResponseHeadersBytes:
      return headersBytes(in.response);
    case FormatOperator::ResponseTrailersBytes:
      return headersBytes(in.response_trailers);
    case FormatOperator::ResponseCode:
      return Value::ofNumber(in.status);
    case FormatOperator::UpstreamRequestAttemptCount:
      return Value::ofNumber(in.attempt_count);
    case FormatOperator::UpstreamConnectionId:
      return Value::ofNumber(in.upstream_connection_id);
    case FormatOperator::ConnectionId:
      return Value::ofNumber(in.connection_id);
    default:
      return {};
  }
}

Value duration(const FormatOp& op, const LogInput& in) {
  switch (op.op) {
    case FormatOperator::Duration:
      return milliseconds(in.duration_us);
    case FormatOperator::RequestDuration:
      return milliseconds(in.mark(Mark::DownstreamRxEnd));
    case FormatOperator::RequestTxDuration:
      return milliseconds(in.mark(Mark::UpstreamTxEnd));
    case FormatOperator::ResponseDuration:
      return milliseconds(in.mark(Mark::UpstreamRxBegin));
    case FormatOperator::ResponseTxDuration:
      return responseTxDuration(in);
    case FormatOperator::UpstreamPoolReadyDuration:
      return milliseconds(in.mark(Mark::UpstreamPoolReady));
    case FormatOperator::CommonDuration:
      return commonDuration(op, in);
    default:
      return {};
  }
}

Value address(const FormatOp& op, std::string_view text, LineBuffer& scratch) {
  return addressPart(op, text, scratch);
}

Value text(const FormatOp& op, const LogInput& in, LineBuffer& scratch) {
  switch (op.op) {
    case FormatOperator::Protocol:
      return Value::ifAny(in.protocol);
    case FormatOperator::UpstreamProtocol:
      return Value::ifAny(in.upstream_protocol);
    case FormatOperator::ResponseCodeDetails:
      return op.variant == 1 ? Value::ifAny(in.details) : withoutSpaces(in.details, scratch);
    case FormatOperator::ResponseFlags:
      return flags(in, false, scratch);
    case FormatOperator::ResponseFlagsLong:
      return flags(in, true, scratch);
    case FormatOperator::ConnectionTerminationDetails:
      return Value::ifAny(in.connection_termination_details);
    case FormatOperator::RouteName:
      return Value::ifAny(in.route_name);
    case FormatOperator::ListenerName:
      return Value::ifAny(in.listener_name);
    case FormatOperator::FilterChainName:
      return Value::ifAny(in.filter_chain_name);
    case FormatOperator::VirtualClusterName:
      return Value::ifAny(in.virtual_cluster_name);
    case FormatOperator::UpstreamCluster:
      return Value::ifAny(in.upstream_cluster);
    case FormatOperator::UpstreamClusterRaw:
      return Value::ifAny(in.upstream_cluster_raw);
    case FormatOperator::UpstreamTransportFailureReason:
      return withoutSpaces(in.upstream_transport_failure_reason, scratch);
    case FormatOperator::DownstreamTransportFailureReason:
      return withoutSpaces(in.downstream_transport_failure_reason, scratch);
    case FormatOperator::DownstreamTls:
      return tlsFact(op, in, scratch);
    case FormatOperator::DownstreamPeerCertValidity:
      return certificateTime(op, in, scratch);
    case FormatOperator::UpstreamTlsVersion:
      return Value::ifAny(in.upstream_tls_version);
    case FormatOperator::UpstreamTlsCipher:
      return Value::ifAny(in.upstream_tls_cipher);
    case FormatOperator::RequestedServerName:
      return Value::ifAny(in.requested_server_name);
    case FormatOperator::StreamId:
      return Value::ifAny(in.stream_id);
    case FormatOperator::UniqueId:
      return uuid(scratch);
    case FormatOperator::Hostname:
      return Value::ifAny(hostname());
    case FormatOperator::AccessLogType:
      return Value::of(in.type);
    case FormatOperator::UpstreamHost:
      return Value::ifAny(in.upstream_host);
    case FormatOperator::UpstreamHostName:
      return Value::ifAny(in.upstream_host_name);
    case FormatOperator::UpstreamHostNameWithoutPort:
      return Value::ifAny(withoutPort(in.upstream_host_name));
    case FormatOperator::UpstreamRemoteAddress:
      return address(op, in.upstream_remote, scratch);
    case FormatOperator::UpstreamLocalAddress:
      return address(op, in.upstream_local_address, scratch);
    case FormatOperator::DownstreamRemoteAddress:
      return address(op, in.downstream_remote, scratch);
    case FormatOperator::DownstreamLocalAddress:
      return address(op, in.downstream_local, scratch);
    case FormatOperator::DownstreamDirectRemoteAddress:
      return address(op, in.downstream_direct_remote, scratch);
    case FormatOperator::DownstreamDirectLocalAddress:
      return address(op, in.downstream_direct_local, scratch);
    default:
      return {};
  }
}

}  // namespace

std::string_view hostname() {
  struct Name {
    char text[256] = {};
    Name() {
      if (gethostname(text, sizeof text - 1) != 0) text[0] = '\0';
    }
  };
  static const Name name;
  return name.text;
}

Value evaluate(const FormatOp& op, const LogInput& input, uint64_t now_us, LineBuffer& scratch) {
  Value value;
  switch (op.op) {
    case FormatOperator::RequestHeader:
      value = header(op, input.request);
      if (op.variant) [[unlikely]]
        value.text = value.text.substr(0, value.text.find('?'));
      break;
    case FormatOperator::ResponseHeader:
      value = header(op, input.response);
      break;
    case FormatOperator::ResponseTrailer:
      value = header(op, input.response_trailers);
      break;
    case FormatOperator::StartTime:
      return time(op, input.start_us, scratch);
    case FormatOperator::EmitTime:
      return time(op, now_us, scratch);
    case FormatOperator::GrpcStatus:
      return grpcStatus(op, input, scratch);
    case FormatOperator::QueryParam:
    case FormatOperator::QueryParams:
      value = query(op, input, scratch);
      break;
    case FormatOperator::Path:
      value = path(op, input);
      break;
    case FormatOperator::Cel:
      value = expression(op, input, scratch);
      break;
    default:
      if (op.op >= FormatOperator::Duration && op.op <= FormatOperator::CommonDuration) {
        return duration(op, input);
      }
      value = number(op, input);
      return value.kind != Value::Kind::None ? value : text(op, input, scratch);
  }
  if (op.has_max_length && value.kind == Value::Kind::Text) {
    value.text = value.text.substr(0, op.max_length);
  }
  return value;
}

}  // namespace attache::accesslog
