// The two kinds of calls: gRPC, and one HTTP request with its whole answer.
#include "binding/calls.h"
#include "binding/napi.h"

namespace attache::binding {

namespace {

std::vector<std::string> fieldsOf(const HeaderMap& headers) {
  std::vector<std::string> list;
  for (const Header& field : headers) {
    if (field.nameView().starts_with(':')) continue;
    list.emplace_back(field.nameView());
    list.emplace_back(field.valueView());
  }
  return list;
}

// Names and values in turns.
std::vector<std::string> textsOf(napi_env env, napi_value array) {
  std::vector<std::string> list(length(env, array));
  for (uint32_t i = 0; i < list.size(); i++) list[i] = toText(env, element(env, array, i));
  return list;
}

void addFields(HeaderMap& headers, const std::vector<std::string>& fields) {
  for (size_t i = 0; i + 1 < fields.size(); i += 2) headers.addCopy(fields[i], fields[i + 1]);
}

class GrpcCall final : public Call, private upstream::GrpcCallbacks {
 public:
  GrpcCall(Caller& caller, uint32_t id, uint32_t cluster,
           const upstream::GrpcStream::Options& options)
      : Call(caller, id), cluster_(cluster), stream_(caller.worker(), *this, options) {}
  upstream::GrpcStream& stream() { return stream_; }
  void start() override { stream_.start(cluster_); }
  void send(const std::string& message) override { stream_.send(message); }
  void end() override { stream_.end(); }
  void pause(bool pause) override { stream_.pause(pause); }
  size_t waiting() const override { return stream_.waiting(); }

 private:
  void onInitialMetadata(const HeaderMap& headers) override {
    tell(CallEvent::Metadata, {.call = 0, .type = {}, .fields = fieldsOf(headers)});
  }
  void onMessage(std::string_view message) override {
    tell(CallEvent::Message, {.call = 0, .type = {}, .bytes = std::string(message)});
  }
  void onStatus(int64_t code, std::string_view message, const HeaderMap* trailers) override {
    tell(CallEvent::Status,
         {.call = 0,
          .type = {},
          .number = code,
          .text = std::string(message),
          .fields = trailers ? fieldsOf(*trailers) : std::vector<std::string>()});
    finish();
  }
  uint32_t cluster_;
  upstream::GrpcStream stream_;
};

// src/engine/grpc_transport.ts has these reasons.
std::string_view reasonOf(http::UpstreamFailure failure, std::string_view details) {
  using http::UpstreamFailure;
  switch (failure) {
    case UpstreamFailure::NoHost:
      return details == "cluster_not_found" ? "no-cluster" : "no-host";
    case UpstreamFailure::Overflow:
      return "overflow";
    case UpstreamFailure::ConnectFailure:
    case UpstreamFailure::LocalConnectFailure:
      return "connect-failure";
    case UpstreamFailure::ConnectTimeout:
      return "connect-timeout";
    case UpstreamFailure::Timeout:
      return "timeout";
    case UpstreamFailure::ProtocolError:
      return "protocol-error";
    default:
      return "reset";
  }
}

class HttpCall final : public Call, private upstream::AsyncCallbacks {
 public:
  HttpCall(Caller& caller, uint32_t id, uint32_t cluster, std::string body, uint32_t timeout_ms,
           uint64_t max_bytes)
      : Call(caller, id),
        cluster_(cluster),
        body_(std::move(body)),
        timeout_ms_(timeout_ms),
        max_bytes_(max_bytes),
        request_(caller.worker(), *this) {}
  HeaderMap& headers() { return request_.headers(); }
  void start() override {
    upstream::AsyncRequest::Options options;
    options.timeout_ms = timeout_ms_;
    request_.start(cluster_, body_.empty(), options);
    if (!body_.empty()) request_.sendData(body_.data(), body_.size(), true);
    body_.clear();
  }

 private:
  void onHeaders(HeaderMap& headers, int status, bool end) override {
    answer_.number = status;
    answer_.fields = fieldsOf(headers);
    if (end) complete();
  }
  void onData(const char* data, size_t n, bool end) override {
    if (answer_.bytes.size() + n > max_bytes_) {
      request_.cancel();
      return fail("too-large", "the answer is larger than the limit");
    }
    if (n > 0) answer_.bytes.append(data, n);
    if (end) complete();
  }
  void onTrailers(HeaderMap&) override { complete(); }
  void onFailure(http::UpstreamFailure failure, std::string_view details) override {
    fail(reasonOf(failure, details), details);
  }
  void complete() {
    tell(CallEvent::Answer, std::move(answer_));
    finish();
  }
  void fail(std::string_view reason, std::string_view details) {
    tell(CallEvent::Failure,
         {.call = 0, .type = {}, .text = std::string(reason), .fields = {std::string(details)}});
    finish();
  }
  uint32_t cluster_;
  std::string body_;
  uint32_t timeout_ms_;
  uint64_t max_bytes_;
  CallEvent answer_{};
  upstream::AsyncRequest request_;
};

}  // namespace

std::unique_ptr<Call> makeGrpcCall(napi_env env, Caller& caller, uint32_t id, uint32_t cluster,
                                   napi_value head, napi_value fields) {
  auto value = [&](const char* name) { return property(env, head, name); };
  upstream::GrpcStream::Options options;
  options.timeout_ms = static_cast<uint32_t>(toNumber(env, value("timeoutMs")));
  options.max_message_bytes = static_cast<uint32_t>(toNumber(env, value("maxMessageBytes")));
  auto call = std::make_unique<GrpcCall>(caller, id, cluster, options);
  call->stream().prepare(toText(env, value("authority")), toText(env, value("service")),
                         toText(env, value("method")));
  addFields(call->stream().metadata(), textsOf(env, fields));
  return call;
}

std::unique_ptr<Call> makeHttpCall(napi_env env, Caller& caller, uint32_t id, uint32_t cluster,
                                   napi_value fields, napi_value body, napi_value options) {
  std::span<uint8_t> bytes = toBytes(env, body);
  auto call = std::make_unique<HttpCall>(
      caller, id, cluster, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
      static_cast<uint32_t>(toNumber(env, property(env, options, "timeoutMs"))),
      static_cast<uint64_t>(toNumber(env, property(env, options, "maxBytes"))));
  addFields(call->headers(), textsOf(env, fields));
  return call;
}

}  // namespace attache::binding
