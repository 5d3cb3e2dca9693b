#include "http/access_log.h"

#include <cstring>

#include "accesslog/format.h"
#include "http/stream.h"
#include "network/server_connection.h"
#include "tls/session.h"
#include "worker/worker.h"

namespace attache::http {

namespace {

using accesslog::LogInput;
using accesslog::Mark;

void gatherFacts(const LogFacts& facts, Stream& stream, LogInput& input, bool finished) {
  static_assert(LogFacts::kNever == LogInput::kNever &&
                sizeof facts.marks_us == sizeof input.marks_us);
  std::memcpy(input.marks_us, facts.marks_us, sizeof input.marks_us);
  if (finished) {
    // A complete response ends the stream.
    int64_t end = facts.at(Mark::DownstreamTxEnd);
    input.duration_us =
        end >= 0 ? end : static_cast<int64_t>(stream.worker().loop.nowUs() - facts.start_us);
  }
  input.downstream_wire_bytes_received = facts.downstream.received;
  input.downstream_wire_bytes_sent = facts.downstream.sent;
  input.downstream_header_bytes_received = facts.downstream.header_received;
  input.downstream_header_bytes_sent = facts.downstream.header_sent;
  input.upstream_wire_bytes_received = facts.upstream.received;
  input.upstream_wire_bytes_sent = facts.upstream.sent;
  input.upstream_header_bytes_received = facts.upstream.header_received;
  input.upstream_header_bytes_sent = facts.upstream.header_sent;
  input.upstream_host_name = facts.upstream_host_name;
  input.upstream_connection_id = facts.upstream_connection_id;
  input.upstream_tls_version = facts.upstream_tls_version;
  input.upstream_tls_cipher = facts.upstream_tls_cipher;
  if (facts.upstream_ready) {
    input.upstream_remote = stream.upstream.host;
    input.upstream_protocol = protocolName(facts.upstream_protocol);
  }
}

void gather(Stream& stream, LogInput& input, bool finished) {
  input.request = &stream.request();
  input.response = &stream.response();
  input.response_trailers = stream.responseTrailers();
  input.start_us = stream.startWallUs() ? stream.startWallUs() : Worker::wallUs();
  if (LogFacts* facts = stream.facts()) gatherFacts(*facts, stream, input, finished);
  input.bytes_received = stream.bytesReceived();
  input.bytes_sent = stream.bytesSent();
  input.flags = stream.flags();
  input.health_check = stream.isHealthCheck();
  input.connection_id = stream.connectionId();
  input.attempt_count = stream.upstream.attempts;
  input.status = static_cast<uint16_t>(stream.status());
  input.protocol = protocolName(stream.protocol());
  input.details = stream.details();
  if (stream.route().route) input.route_name = stream.route().route->name.view();
  input.upstream_cluster_raw = stream.upstream.cluster;
  input.upstream_cluster = stream.upstream.observed_cluster;
  input.listener_name = stream.manager().listener_name;
  input.filter_chain_name = stream.manager().filter_chain_name;
  input.upstream_host = stream.upstream.host;
  input.upstream_local_address = stream.upstream.local;
  input.upstream_transport_failure_reason = stream.upstream.failure;
  input.downstream_remote = stream.remote();
  network::gatherPeer(stream.peer(), input);
  input.stream_id = stream.request().get(HeaderId::XRequestId);
}

}  // namespace

void gatherFacts(Stream& stream, LogInput& input, bool finished) {
  gather(stream, input, finished);
}

void writeAccessLogs(Stream& stream) {
  LogInput input;
  gather(stream, input, true);
  accesslog::writeLines(stream.manager().logs, input, stream.random());
}

std::string_view formatHeaderValue(const tables::Format& format, Stream& stream) {
  // A constant is read where it lies: no facts have to be gathered for it.
  if (format.ops.size() == 1 && format.ops[0].kind == tables::FormatNodeKind::Text)
    return format.ops[0].text.view();
  LogInput input;
  gather(stream, input, false);
  return accesslog::formatInto(format, input, Worker::wallUs(), stream.arena());
}

}  // namespace attache::http
