#include "extensions/http/grpc_web.h"

#include <algorithm>
#include <charconv>
#include <new>
#include <string>

#include "base/base64.h"
#include "extensions/http/grpc_calls.h"
#include "grpc/messages.h"
#include "grpc/status.h"
#include "http/stream.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

using http::FilterContext;
using http::FilterStatus;

constexpr std::string_view kWeb = "application/grpc-web";
constexpr std::string_view kWebProto = "application/grpc-web+proto";
constexpr std::string_view kText = "application/grpc-web-text";
constexpr std::string_view kTextProto = "application/grpc-web-text+proto";
constexpr uint8_t kTrailers = 0x80;
// Of a body that becomes a grpc-message, as in Envoy.
constexpr size_t kMaxMessage = 16384;

bool isText(std::string_view type) {
  return type == kText || type == kTextProto;
}

struct State {
  CallCounter call;
  bool active = false;
  bool text_request = false, text_response = false;
  // The response is no call's: it becomes a status and its body the message.
  bool transforms = false;
  // Characters of a group that is not whole.
  char rest[3];
  uint8_t rest_size = 0;
  Base64Encoder encoder;
  grpc::MessageReader reader;
};

void* create(FilterContext& context, const void*) {
  void* memory = context.stream->arena().allocAligned(sizeof(State), alignof(State));
  return new (memory) State();
}

// ---- requests ------------------------------------------------------------------------------

FilterStatus decodeHeaders(void* self, FilterContext& context, HeaderMap& headers, bool) {
  State& state = *static_cast<State*>(self);
  std::string_view type = headers.get(HeaderId::ContentType);
  if (!headers.has(HeaderId::Path) || !(isText(type) || type == kWeb || type == kWebProto))
    return FilterStatus::Continue;
  state.active = true;
  // That of the HTTP/1 message, which is not that of the call.
  headers.remove(HeaderId::ContentLength);
  CallNames names;
  if (readCallNames(headers.get(HeaderId::Path), names))
    state.call.begin(*context.stream, "grpc-web", &names);
  state.text_request = isText(type);
  state.text_response = isText(headers.get("accept"));
  headers.set(HeaderId::ContentType, grpc::kContentType);
  headers.set(HeaderId::Te, "trailers");
  if (!headers.has("grpc-accept-encoding")) headers.set("grpc-accept-encoding", "identity");
  return FilterStatus::Continue;
}

FilterStatus refuse(FilterContext& context, std::string_view details) {
  context.stream->sendLocalReply(400, "Bad gRPC-web request, invalid base64 data.",
                                 http::Flag::kCount, details);
  return FilterStatus::Replied;
}

FilterStatus decodeData(void* self, FilterContext& context, Buffer& data, bool end) {
  State& state = *static_cast<State*>(self);
  if (!state.text_request) return FilterStatus::Continue;
  std::string text(state.rest, state.rest_size);
  text.append(data.str());
  if (end && text.empty()) return FilterStatus::Continue;
  if (end && text.size() % 4 != 0) return refuse(context, "grpc_base_64_decode_failed_bad_size");
  size_t whole = text.size() / 4 * 4;
  state.rest_size = static_cast<uint8_t>(text.size() - whole);
  std::copy_n(text.data() + whole, state.rest_size, state.rest);
  data.clear();
  // Later filters need not hear of nothing.
  if (whole == 0) return FilterStatus::Pause;
  std::string bytes;
  if (!decodeBase64(std::string_view(text).substr(0, whole), &bytes))
    return refuse(context, "grpc_base_64_decode_failed");
  data.append(bytes);
  return FilterStatus::Continue;
}

// What is left of a group is dropped.
FilterStatus decodeTrailers(void*, FilterContext&, HeaderMap&) {
  return FilterStatus::Continue;
}

// ---- responses -----------------------------------------------------------------------------

// 200 with a type of gRPC-Web, whatever its parameters: as it should be already.
bool isWebResponse(const HeaderMap& headers) {
  std::string_view type = headers.get(HeaderId::ContentType);
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  auto same = [&](std::string_view other) {
    return std::equal(type.begin(), type.end(), other.begin(), other.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
  };
  return headers.get(HeaderId::Status) == "200" && (same(kWeb) || same(kWebProto));
}

FilterStatus encodeHeaders(void* self, FilterContext& context, HeaderMap& headers, bool end) {
  State& state = *static_cast<State*>(self);
  if (!state.active) return FilterStatus::Continue;
  state.call.countStatus(*context.stream, headers);
  state.transforms = !end && !grpc::isResponse(headers, end) && !isWebResponse(headers);
  headers.remove(HeaderId::ContentLength);
  headers.set(HeaderId::ContentType, state.text_response ? kTextProto : kWebProto);
  if (!state.transforms) return FilterStatus::Continue;
  // What is held of it is little, so that its sender is never stopped.
  context.encode.limit = Worker::kReadBytes + 2 * kMaxMessage;
  return FilterStatus::Pause;
}

// The head of a response whose body was `text`.
void transform(FilterContext& context, std::string_view text) {
  HeaderMap& headers = context.stream->response();
  headers.setCopy(HeaderId::GrpcMessage, grpc::percentEncode(text));
  std::string_view status = headers.get(HeaderId::Status);
  int code = 0;
  std::from_chars(status.data(), status.data() + status.size(), code);
  headers.setCopy(HeaderId::GrpcStatus, std::to_string(grpc::ofHttpStatus(code)));
  headers.set(HeaderId::ContentLength, "0");
}

FilterStatus transformData(State& state, FilterContext& context, Buffer& data, bool end) {
  Buffer& held = context.encodeBuffer();
  if (!end) {
    if (held.size() >= kMaxMessage) data.clear();
    return FilterStatus::Pause;
  }
  state.transforms = false;
  // As in Envoy a body that came whole is taken whole.
  bool whole = held.empty();
  held.append(std::move(data));
  std::string text = held.str();
  if (!whole) text.resize(std::min(text.size(), kMaxMessage));
  transform(context, text);
  held.clear();
  return FilterStatus::Continue;
}

// Each message of its own: padded where it ends.
std::string encodeMessages(State& state, Buffer& data) {
  std::string out;
  data.forEach([&](const char* bytes, size_t n) {
    std::string_view left(bytes, n);
    grpc::MessageReader::Piece piece;
    while (state.reader.next(left, piece)) {
      if (piece.begins) {
        char prefix[grpc::kPrefix];
        grpc::writePrefix(prefix, state.reader.length(), state.reader.flags());
        state.encoder.add({prefix, sizeof prefix}, &out);
      }
      state.encoder.add(piece.bytes, &out);
      if (piece.ends) state.encoder.finish(&out);
    }
  });
  return out;
}

FilterStatus encodeData(void* self, FilterContext& context, Buffer& data, bool end) {
  State& state = *static_cast<State*>(self);
  if (state.transforms) return transformData(state, context, data, end);
  if (!state.text_response) return FilterStatus::Continue;
  std::string text = encodeMessages(state, data);
  if (end) state.encoder.finish(&text);
  data.clear();
  data.append(text);
  return text.empty() && !end ? FilterStatus::Pause : FilterStatus::Continue;
}

// Trailers become the last message of the body, with a flag of its own.
FilterStatus encodeTrailers(void* self, FilterContext& context, HeaderMap& trailers) {
  State& state = *static_cast<State*>(self);
  if (!state.active) return FilterStatus::Continue;
  state.call.countStatus(*context.stream, trailers);
  Buffer& held = context.encodeBuffer();
  if (state.transforms) {
    state.transforms = false;
    std::string text = held.str();
    text.resize(std::min(text.size(), kMaxMessage));
    transform(context, text);
    held.clear();
    return FilterStatus::Continue;
  }
  std::string message(grpc::kPrefix, 0);
  for (const Header& field : trailers)
    message.append(field.nameView()).append(":").append(field.valueView()).append("\r\n");
  grpc::writePrefix(message.data(), static_cast<uint32_t>(message.size() - grpc::kPrefix),
                    kTrailers);
  if (state.text_response) {
    std::string text;
    state.encoder.finish(&text);
    state.encoder.add(message, &text);
    state.encoder.finish(&text);
    message = std::move(text);
  }
  held.append(message);
  trailers.clear();
  return FilterStatus::Continue;
}

}  // namespace

const http::FilterHooks kGrpcWebFilter = {
    .name = "envoy.filters.http.grpc_web",
    .create = create,
    .decodeHeaders = decodeHeaders,
    .decodeData = decodeData,
    .decodeTrailers = decodeTrailers,
    .encodeHeaders = encodeHeaders,
    .encodeData = encodeData,
    .encodeTrailers = encodeTrailers,
};

}  // namespace attache::extensions
