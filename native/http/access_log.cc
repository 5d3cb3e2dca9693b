#include "http/access_log.h"

#include "accesslog/format.h"
#include "accesslog/writer.h"
#include "http/stream.h"
#include "worker/worker.h"

namespace attache::http {

namespace {

using accesslog::LogInput;
using accesslog::Mark;

void gather(Stream& stream, LogInput& input, bool finished) {
  input.request = &stream.request();
  input.response = &stream.response();
  input.response_trailers = stream.responseTrailers();
  input.start_us = stream.startWallUs() ? stream.startWallUs() : Worker::wallUs();
  if (finished && stream.startUs()) {
    input.duration_us = static_cast<int64_t>(stream.worker().loop.nowUs() - stream.startUs());
  }
  auto mark = [&](Mark m, uint64_t us) {
    if (us) input.setMark(m, static_cast<int64_t>(us));
  };
  mark(Mark::DownstreamRxEnd, stream.request_ended_us);
  mark(Mark::UpstreamTxBegin, stream.upstream.request_sent);
  mark(Mark::UpstreamRxBegin, stream.upstream.first_byte);
  mark(Mark::UpstreamRxEnd, stream.upstream.last_byte);
  mark(Mark::DownstreamTxBegin, stream.response_started_us);
  input.bytes_received = stream.bytesReceived();
  input.bytes_sent = stream.bytesSent();
  input.flags = stream.flags();
  input.connection_id = stream.connectionId();
  input.attempt_count = stream.upstream.attempts;
  input.status = static_cast<uint16_t>(stream.status());
  input.protocol = protocolName(stream.protocol());
  input.details = stream.details();
  if (stream.route().route) input.route_name = stream.route().route->name.view();
  input.upstream_cluster = input.upstream_cluster_raw = stream.upstream.cluster;
  input.upstream_host = stream.upstream.host;
  input.upstream_local_address = stream.upstream.local;
  input.upstream_transport_failure_reason = stream.upstream.failure;
  input.downstream_remote = input.downstream_direct_remote = stream.peer().remote();
  input.downstream_local = input.downstream_direct_local = stream.peer().local();
  input.stream_id = stream.request().get(HeaderId::XRequestId);
}

}  // namespace

void writeAccessLogs(Stream& stream) {
  LogInput input;
  gather(stream, input, true);
  // One for each thread, kept: formatting a line allocates nothing.
  static thread_local accesslog::LineBuffer line;
  for (const LogTarget& target : stream.manager().logs) {
    const tables::AccessLogFilter* filter = target.config->filter.get();
    if (filter && !accesslog::passes(*filter, input, stream.random())) continue;
    line.clear();
    uint64_t now = input.start_us + static_cast<uint64_t>(input.duration_us > 0 ? input.duration_us : 0);
    accesslog::format(target.config->format, input, now, line);
    static_cast<accesslog::Sink*>(target.sink)->write(line.view());
  }
}

std::string_view formatHeaderValue(const tables::Format& format, Stream& stream) {
  // A constant is read where it lies: no facts have to be gathered for it.
  if (format.ops.size() == 1 && format.ops[0].kind == tables::FormatNodeKind::Text) return format.ops[0].text.view();
  LogInput input;
  gather(stream, input, false);
  return accesslog::formatInto(format, input, Worker::wallUs(), stream.arena());
}

void* openLogSink(const tables::AccessLog& log) {
  return accesslog::Writer::process().open(log.sink, log.path.view());
}

}  // namespace attache::http
