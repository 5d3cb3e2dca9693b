#include "upstream/grpc_client.h"

#include "grpc/status.h"
#include "grpc/timeout.h"
#include "upstream/failure.h"
#include "worker/worker.h"

namespace attache::upstream {

using http::UpstreamFailure;

namespace {

// What a client of the proxy would be told before the head of a response.
std::string textOf(UpstreamFailure failure, std::string_view details) {
  switch (failure) {
    case UpstreamFailure::NoHost:
      return details == "cluster_not_found" ? "Cluster not available" : "no healthy upstream";
    case UpstreamFailure::Timeout:
      return "upstream request timeout";
    default: {
      std::string text =
          "upstream connect error or disconnect/reset before headers. reset reason: ";
      return text.append(describe(failure).text);
    }
  }
}

int statusOf(UpstreamFailure failure) {
  switch (failure) {
    case UpstreamFailure::NoHost:
      return 503;
    case UpstreamFailure::Timeout:
      return 504;
    default:
      return describe(failure).status;
  }
}

}  // namespace

GrpcStream::GrpcStream(Worker& worker, GrpcCallbacks& callbacks, const Options& options)
    : worker_(worker),
      callbacks_(callbacks),
      options_(options),
      request_(worker, *this),
      messages_(options.max_message_bytes),
      later_(onLater, this) {}

GrpcStream::~GrpcStream() {
  if (gone_) *gone_ = true;
}

void GrpcStream::prepare(std::string_view authority, std::string_view service,
                         std::string_view method) {
  HeaderMap& headers = request_.headers();
  headers.add(HeaderId::Method, "POST");
  std::string path("/");
  path.append(service).append("/").append(method);
  headers.addCopy(HeaderId::Path, path);
  headers.addCopy(HeaderId::Authority, authority);
  if (options_.timeout_ms) {
    grpc::TimeoutText timeout(options_.timeout_ms);
    headers.addCopy(HeaderId::GrpcTimeout, timeout.view());
  }
  headers.add(HeaderId::Te, "trailers");
  headers.add(HeaderId::ContentType, grpc::kContentType);
}

void GrpcStream::start(uint32_t cluster) {
  AsyncRequest::Options options;
  options.timeout_ms = options_.timeout_ms;
  options.timeout_from_start = true;
  options.high_priority = options_.high_priority;
  under_way_ = starting_ = true;
  request_.start(cluster, false, options);
  starting_ = false;
}

void GrpcStream::send(std::string_view message) {
  if (!request_.underWay()) return;
  std::string framed(grpc::kPrefix, 0);
  framed.reserve(grpc::kPrefix + message.size());
  grpc::writePrefix(framed.data(), static_cast<uint32_t>(message.size()));
  framed.append(message);
  request_.sendData(framed.data(), framed.size(), false);
}

void GrpcStream::end() {
  if (request_.underWay()) request_.sendData(nullptr, 0, true);
}

void GrpcStream::cancel() {
  under_way_ = false;
  later_.unlink();
  request_.cancel();
}

void GrpcStream::onHeaders(HeaderMap& headers, int status, bool end) {
  head_received_ = true;
  int64_t code = 0;
  bool has_code = grpc::readStatus(headers, code, true);
  if (end && has_code) return finishWith(headers);
  // A gateway's answer.
  if (status != 200) return finish(grpc::ofHttpStatus(status), {}, nullptr);
  if (end) return finishWith(headers);
  callbacks_.onInitialMetadata(headers);
}

void GrpcStream::onData(const char* data, size_t n, bool end) {
  std::string_view bytes(data, n);
  bool gone = false;
  gone_ = &gone;
  using Step = grpc::MessageAssembler::Step;
  for (Step step = messages_.next(bytes); step != Step::More; step = messages_.next(bytes)) {
    if (step == Step::Message) {
      callbacks_.onMessage(messages_.message());
      if (gone) return;
      if (under_way_) continue;
    } else if (step == Step::TooLarge) {
      gone_ = nullptr;
      return finish(grpc::kResourceExhausted, "a message is larger than the limit", nullptr);
    } else {
      gone_ = nullptr;
      return finish(grpc::kInternal, {}, nullptr);
    }
    break;
  }
  gone_ = nullptr;
  // The server has to say how it ended.
  if (end && under_way_) finish(grpc::kUnknown, {}, nullptr);
}

void GrpcStream::onTrailers(HeaderMap& trailers) {
  finishWith(trailers);
}

void GrpcStream::finishWith(const HeaderMap& trailers) {
  int64_t code = grpc::kUnknown;
  grpc::readStatus(trailers, code, true);
  finish(code, grpc::percentDecode(trailers.get(HeaderId::GrpcMessage)), &trailers);
}

void GrpcStream::onFailure(UpstreamFailure failure, std::string_view details) {
  if (head_received_) return finish(grpc::kInternal, {}, nullptr);
  finish(grpc::ofHttpStatus(statusOf(failure)), textOf(failure, details), nullptr);
}

void GrpcStream::finish(int64_t code, std::string_view message, const HeaderMap* trailers) {
  if (!under_way_) return;
  if (starting_) {
    late_code_ = code;
    late_message_ = message;
    worker_.loop.again(later_);
    return;
  }
  under_way_ = false;
  request_.cancel();
  callbacks_.onStatus(code, message, trailers);
}

void GrpcStream::onLater(void* self) {
  auto* stream = static_cast<GrpcStream*>(self);
  stream->finish(stream->late_code_, stream->late_message_, nullptr);
}

// ---- one message, one answer ---------------------------------------------------------------

void GrpcCall::start(uint32_t cluster, std::string_view message) {
  stream_.start(cluster);
  stream_.send(message);
  stream_.end();
}

void GrpcCall::onMessage(std::string_view message) {
  response_ = message;
  answered_ = true;
}

void GrpcCall::onStatus(int64_t code, std::string_view message, const HeaderMap*) {
  if (code == grpc::kOk && !answered_) return reply_.onReply(grpc::kInternal, {}, {});
  if (code != grpc::kOk) response_.clear();
  reply_.onReply(code, message, response_);
}

}  // namespace attache::upstream
