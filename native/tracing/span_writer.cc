#include "tracing/span_writer.h"

#include "accesslog/json_escape.h"
#include "grpc/status.h"
#include "http/access_log.h"
#include "http/stream.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::tracing {

namespace {

// "1.2.3.4:80", "[::1]:80"; a path stays as it is.
std::string_view withoutPort(std::string_view address) {
  size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || address.starts_with('/')) return address;
  if (address.starts_with('[')) return address.substr(1, address.find(']') - 1);
  return address.substr(0, colon);
}

}  // namespace

void SpanWriter::text(std::string_view value) {
  out_.append('"');
  accesslog::appendJsonEscaped(value, out_);
  out_.append('"');
}

void SpanWriter::begin(const Context& context, std::string_view name, bool client,
                       uint64_t start_us, bool shared) {
  Arena& arena = stream_.arena();
  const ProcessOptions& options = stream_.worker().process.options;
  uint64_t end_us = Worker::wallUs();
  out_.append("{\"traceId\":\"");
  out_.append(traceText(context, arena));
  out_.append("\",\"id\":\"");
  out_.append(idText(context.span, arena));
  if (context.parent) {
    out_.append("\",\"parentId\":\"");
    out_.append(idText(*context.parent, arena));
  }
  out_.append("\",\"name\":");
  text(name);
  out_.append(client ? ",\"kind\":\"CLIENT\"" : ",\"kind\":\"SERVER\"");
  out_.append(",\"timestamp\":");
  out_.appendNumber(start_us);
  out_.append(",\"duration\":");
  // The clock may have been set back.
  out_.appendNumber(end_us > start_us ? end_us - start_us : 0);
  out_.append(",\"localEndpoint\":{\"serviceName\":");
  text(options.service_cluster);
  if (!options.local_address.empty()) {
    bool ipv6 = options.local_address.find(':') != std::string::npos;
    out_.append(ipv6 ? ",\"ipv6\":" : ",\"ipv4\":");
    text(options.local_address);
  }
  out_.append(",\"port\":0},\"annotations\":[{\"timestamp\":");
  out_.appendNumber(end_us);
  out_.append(client ? ",\"value\":\"cr\"}]" : ",\"value\":\"ss\"}]");
  if (shared) out_.append(",\"shared\":true");
  out_.append(",\"tags\":{");
}

void SpanWriter::tag(std::string_view name, std::string_view value) {
  if (!first_) out_.append(',');
  first_ = false;
  text(name);
  out_.append(':');
  text(value);
}

void SpanWriter::number(std::string_view name, uint64_t value) {
  if (!first_) out_.append(',');
  first_ = false;
  text(name);
  out_.append(":\"");
  out_.appendNumber(value);
  out_.append('"');
}

void SpanWriter::request(uint32_t max_path_bytes) {
  const HeaderMap& headers = stream_.request();
  Arena& arena = stream_.arena();
  auto of = [&](HeaderId id, std::string_view otherwise) {
    return headers.has(id) ? headers.get(id) : otherwise;
  };
  if (headers.has(HeaderId::XRequestId))
    tag("guid:x-request-id", headers.get(HeaderId::XRequestId));
  std::string_view path = of(HeaderId::XEnvoyOriginalPath, headers.get(HeaderId::Path));
  std::string_view at =
      arena.concat(headers.get(HeaderId::Scheme), "://", headers.get(HeaderId::Authority));
  tag("http.url", arena.concat(at, path.substr(0, max_path_bytes)));
  tag("http.method", headers.get(HeaderId::Method));
  tag("downstream_cluster", of(HeaderId::XEnvoyDownstreamServiceCluster, "-"));
  tag("user_agent", of(HeaderId::UserAgent, "-"));
  tag("http.protocol", http::protocolName(stream_.protocol()));
  tag("peer.address", withoutPort(stream_.peer().directRemote()));
  if (headers.has(HeaderId::XClientTraceId))
    tag("guid:x-client-trace-id", headers.get(HeaderId::XClientTraceId));
  if (stream_.isGrpc()) grpc();
  number("request_size", stream_.bytesReceived());
  number("response_size", stream_.bytesSent());
}

void SpanWriter::grpc() {
  const HeaderMap& headers = stream_.request();
  tag("grpc.path", headers.get(HeaderId::Path));
  tag("grpc.authority", headers.get(HeaderId::Authority));
  tag("grpc.content_type", headers.get(HeaderId::ContentType));
  if (headers.has("grpc-timeout")) tag("grpc.timeout", headers.get("grpc-timeout"));
  const HeaderMap* said = stream_.responseTrailers();
  if (!said || !said->has(HeaderId::GrpcStatus)) said = &stream_.response();
  if (!said->has(HeaderId::GrpcStatus)) return;
  tag("grpc.status_code", said->get(HeaderId::GrpcStatus));
  tag("grpc.message", said->get(HeaderId::GrpcMessage));
  int64_t status = 0;
  if (stream_.status() / 100 != 5 && grpc::readStatus(*said, status, true) && status != 0)
    tag("error", "true");
}

void SpanWriter::common(std::string_view cluster, std::string_view observed_cluster, int status,
                        http::Flags flags) {
  tag("component", "proxy");
  if (!cluster.empty()) {
    tag("upstream_cluster", cluster);
    tag("upstream_cluster.name", observed_cluster);
  }
  number("http.status_code", static_cast<uint64_t>(status));
  tag("response_flags", http::flagsText(flags));
  if (status == 0 || status / 100 == 5) tag("error", "true");
}

void SpanWriter::custom(const tables::Tracing& config) {
  for (const tables::TraceTag& each : config.tags) {
    std::string_view value;
    if (!each.format.ops.empty()) value = http::formatHeaderValue(each.format, stream_);
    if (value.empty()) value = each.otherwise.view();
    if (!value.empty()) tag(each.name.view(), value);
  }
}

void SpanWriter::end() {
  out_.append("}}");
  reporter_.added();
}

}  // namespace attache::tracing
