// What the HTTP parts say to each other: why something failed, and how it is reported.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace attache::http {

enum class Protocol : uint8_t { Http10, Http11, Http2 };
// As logs name it: "HTTP/1.1".
std::string_view protocolName(Protocol protocol);

// Envoy's response flags (%RESPONSE_FLAGS%), one bit each.
// Source: envoy/stream_info/stream_info.h names; docs of the access log operator.
enum class Flag : uint8_t {
  FailedLocalHealthCheck,           // LH
  NoHealthyUpstream,                // UH
  UpstreamRequestTimeout,           // UT
  LocalReset,                       // LR
  UpstreamRemoteReset,              // UR
  UpstreamConnectionFailure,        // UF
  UpstreamConnectionTermination,    // UC
  UpstreamOverflow,                 // UO
  NoRouteFound,                     // NR
  DelayInjected,                    // DI
  FaultInjected,                    // FI
  RateLimited,                      // RL
  UnauthorizedExternalService,      // UAEX
  RateLimitServiceError,            // RLSE
  DownstreamConnectionTermination,  // DC
  UpstreamRetryLimitExceeded,       // URX
  StreamIdleTimeout,                // SI
  InvalidEnvoyRequestHeaders,       // IH
  DownstreamProtocolError,          // DPE
  UpstreamMaxStreamDuration,        // UMSDR
  ResponseFromCacheFilter,          // RFCF
  NoFilterConfigFound,              // NFCF
  DurationTimeout,                  // DT
  UpstreamProtocolError,            // UPE
  NoClusterFound,                   // NC
  OverloadManager,                  // OM
  DnsResolutionFailed,              // DF
  DropOverload,                     // DO
  DownstreamRemoteReset,            // DR
  kCount
};
using Flags = uint64_t;
constexpr Flags bit(Flag flag) {
  return Flags{1} << static_cast<unsigned>(flag);
}
// The two to four letters of a flag.
std::string_view flagName(Flag flag);
// Those of all of them, with commas; "-": none.
std::string flagsText(Flags flags);

// A request whose body, and the response's, are raw bytes until either end closes, if it is
// granted.
enum class Tunnel : uint8_t {
  None,
  Upgrade,  // granted with 101 (RFC 9110 section 7.8)
  Connect,  // the method, granted with 2xx (RFC 9110 section 9.3.6)
};
// Whether an answer of this status opens what was asked for.
constexpr bool opensTunnel(Tunnel tunnel, int status) {
  return tunnel == Tunnel::Upgrade ? status == 101 : tunnel == Tunnel::Connect && status / 100 == 2;
}

// How an attempt upstream ended without a complete response.
enum class UpstreamFailure : uint8_t {
  None,
  NoHost,               // no healthy host
  Overflow,             // a circuit breaker
  ConnectFailure,       // refused, unreachable
  LocalConnectFailure,  // our own socket could not be made as it should
  ConnectTimeout,
  Terminated,     // the connection closed before the response's end
  ProtocolError,  // not HTTP
  RemoteReset,
  Refused,       // the host has not acted on it (REFUSED_STREAM)
  ConnectError,  // the host could not reach what CONNECT asked for (CONNECT_ERROR)
  LocalReset,
  Timeout,
};

// One error value: what the router needs to decide on a retry, and the local reply to explain it.
struct UpstreamError {
  UpstreamFailure kind = UpstreamFailure::None;
  // The request cannot have been acted on: nothing of it was written, or a reused connection
  // closed before any byte of a response.
  bool safe_to_retry = false;
  std::string_view transport_reason;  // %UPSTREAM_TRANSPORT_FAILURE_REASON%, static text
};

}  // namespace attache::http
