#include "extensions/http/grpc_http1_bridge.h"

#include <algorithm>
#include <new>
#include <string>

#include "grpc/messages.h"
#include "grpc/status.h"
#include "http/stream.h"
#include "tables/generated/layout.h"

namespace attache::extensions {

namespace {

using http::FilterContext;
using http::FilterStatus;

constexpr std::string_view kProtobuf = "application/x-protobuf";

struct State {
  explicit State(const tables::GrpcHttp1Bridge& config) : config(config) {}
  const tables::GrpcHttp1Bridge& config;
  bool bridges = false;  // the client hears of the status in the head
  bool frames = false;   // and knows nothing of the prefixes of messages
};

void* create(FilterContext& context, const void* config) {
  void* memory = context.stream->arena().allocAligned(sizeof(State), alignof(State));
  return new (memory) State(*static_cast<const tables::GrpcHttp1Bridge*>(config));
}

// ---- requests ------------------------------------------------------------------------------

// In front of what there is of the message.
void addPrefix(FilterContext& context) {
  Buffer& held = context.decodeBuffer();
  char prefix[grpc::kPrefix];
  grpc::writePrefix(prefix, static_cast<uint32_t>(held.size()));
  Buffer all(held.pool());
  all.append(prefix, sizeof prefix);
  all.append(std::move(held));
  held = std::move(all);
}

FilterStatus decodeHeaders(void* self, FilterContext& context, HeaderMap& headers, bool end) {
  State& state = *static_cast<State*>(self);
  http::Stream& stream = *context.stream;
  bool protobuf = state.config.upgrade_protobuf && headers.has(HeaderId::Path) &&
                  headers.get(HeaderId::ContentType) == kProtobuf;
  bool call = grpc::isRequest(headers);
  if (!protobuf && !call) return FilterStatus::Continue;
  std::string_view path = headers.get(HeaderId::Path);
  if (protobuf) headers.set(HeaderId::ContentType, grpc::kContentType);
  if (stream.protocol() == http::Protocol::Http2) return FilterStatus::Continue;
  state.bridges = true;
  if (state.config.ignore_query) headers.set(HeaderId::Path, path.substr(0, path.find('?')));
  if (!protobuf) return FilterStatus::Continue;
  state.frames = true;
  headers.remove(HeaderId::ContentLength);
  // A message may be empty.
  if (end) addPrefix(context);
  return FilterStatus::Continue;
}

// The length has to be known first.
FilterStatus decodeData(void* self, FilterContext& context, Buffer& data, bool end) {
  State& state = *static_cast<State*>(self);
  if (!state.frames) return FilterStatus::Continue;
  if (!end) return FilterStatus::Buffer;
  context.decodeBuffer().append(std::move(data));
  addPrefix(context);
  return FilterStatus::Continue;
}

FilterStatus decodeTrailers(void* self, FilterContext& context, HeaderMap&) {
  if (static_cast<State*>(self)->frames) addPrefix(context);
  return FilterStatus::Continue;
}

// ---- responses -----------------------------------------------------------------------------

FilterStatus encodeHeaders(void* self, FilterContext&, HeaderMap&, bool end) {
  // All of it is waited for, to know how it ends.
  return static_cast<State*>(self)->bridges && !end ? FilterStatus::Buffer : FilterStatus::Continue;
}

FilterStatus encodeData(void* self, FilterContext&, Buffer&, bool end) {
  return static_cast<State*>(self)->bridges && !end ? FilterStatus::Buffer : FilterStatus::Continue;
}

FilterStatus encodeTrailers(void* self, FilterContext& context, HeaderMap& trailers) {
  State& state = *static_cast<State*>(self);
  if (!state.bridges) return FilterStatus::Continue;
  HeaderMap& headers = context.stream->response();
  std::string_view status = trailers.get(HeaderId::GrpcStatus);
  if (status.data()) {
    int64_t code = grpc::kInvalid;
    bool good = grpc::readStatus(trailers, code, true) && code == grpc::kOk;
    if (!good) headers.set(HeaderId::Status, "503");
    headers.setCopy(HeaderId::GrpcStatus, status);
  }
  std::string_view message = trailers.get(HeaderId::GrpcMessage);
  if (message.data()) headers.setCopy(HeaderId::GrpcMessage, message);
  Buffer& held = context.encodeBuffer();
  if (state.frames) held.drain(std::min(held.size(), grpc::kPrefix));
  headers.setCopy(HeaderId::ContentLength, std::to_string(held.size()));
  return FilterStatus::Continue;
}

}  // namespace

const http::FilterHooks kGrpcHttp1BridgeFilter = {
    .name = "envoy.filters.http.grpc_http1_bridge",
    .create = create,
    .decodeHeaders = decodeHeaders,
    .decodeData = decodeData,
    .decodeTrailers = decodeTrailers,
    .encodeHeaders = encodeHeaders,
    .encodeData = encodeData,
    .encodeTrailers = encodeTrailers,
};

}  // namespace attache::extensions
