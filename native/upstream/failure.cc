#include "upstream/failure.h"

namespace attache::upstream {

using http::Flag;
using http::UpstreamFailure;

FailureText describe(UpstreamFailure failure) {
  switch (failure) {
    case UpstreamFailure::Overflow:
      return {"overflow", "overflow", Flag::UpstreamOverflow, 503, true};
    case UpstreamFailure::ConnectFailure:
      return {"remote_connection_failure", "remote connection failure",
              Flag::UpstreamConnectionFailure, 503, true};
    case UpstreamFailure::LocalConnectFailure:
      return {"local_connection_failure", "local connection failure",
              Flag::UpstreamConnectionFailure, 503, true};
    case UpstreamFailure::ConnectTimeout:
      return {"connection_timeout", "connection timeout", Flag::UpstreamConnectionFailure, 503};
    case UpstreamFailure::ProtocolError:
      return {"protocol_error", "protocol error", Flag::UpstreamProtocolError, 502};
    case UpstreamFailure::RemoteReset:
      return {"remote_reset", "remote reset", Flag::UpstreamRemoteReset, 503};
    case UpstreamFailure::Refused:
      return {"remote_refused_stream_reset", "remote refused stream reset",
              Flag::UpstreamRemoteReset, 503};
    case UpstreamFailure::ConnectError:
      return {"remote_error_with_CONNECT_request", "remote error with CONNECT request",
              Flag::UpstreamRemoteReset, 503};
    default:
      return {"connection_termination", "connection termination",
              Flag::UpstreamConnectionTermination, 503};
  }
}

std::string failureDetails(const FailureText& failure, bool response_started,
                           std::string_view reason) {
  std::string details(response_started ? "upstream_reset_after_response_started{"
                                       : "upstream_reset_before_response_started{");
  details.append(failure.name);
  // Envoy 1.40 keeps the transport's reason out of the body, not out of this.
  if (!reason.empty()) details.append("|");
  // As in Envoy, one word.
  for (char c : reason) details += c == ' ' ? '_' : c;
  return details.append("}");
}

// As Envoy's pools do: that of HTTP/1 knows one way.
void countReset(stats::Block* cluster, http::Protocol protocol, UpstreamFailure failure) {
  namespace cs = stats::cluster;
  if (protocol != http::Protocol::Http2) return stats::inc(cluster, cs::upstream_rq_rx_reset);
  switch (failure) {
    case UpstreamFailure::RemoteReset:
      return stats::inc(cluster, cs::upstream_rq_rx_reset);
    case UpstreamFailure::ProtocolError:
      return stats::inc(cluster, cs::upstream_rq_tx_reset);
    case UpstreamFailure::Refused:
      return;
    default:
      return stats::inc(cluster, cs::upstream_rq_pending_failure_eject);
  }
}

bool isIdempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "PUT" ||
         method == "DELETE" || method == "TRACE";
}

}  // namespace attache::upstream
