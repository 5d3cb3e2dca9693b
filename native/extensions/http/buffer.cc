#include "extensions/http/buffer.h"

#include <charconv>

#include "http/stream.h"
#include "tables/generated/layout.h"

namespace attache::extensions {

namespace {

using http::FilterContext;
using http::FilterStatus;

struct State {
  const tables::BufferFilter* config;
  uint64_t bytes = 0;
  bool waits = false;
};

void* create(FilterContext& context, const void* config) {
  const void* own = context.routeConfig();
  void* memory = context.stream->arena().allocAligned(sizeof(State), alignof(State));
  return new (memory) State{static_cast<const tables::BufferFilter*>(own ? own : config)};
}

FilterStatus decodeHeaders(void* self, FilterContext& context, HeaderMap&, bool end) {
  State& state = *static_cast<State*>(self);
  if (end || state.config->disabled) return FilterStatus::Continue;
  context.decode.limit = state.config->max_request_bytes;
  state.waits = true;
  return FilterStatus::Buffer;
}

// The host is told the length that is known now.
void addLength(State& state, FilterContext& context) {
  HeaderMap& headers = context.stream->request();
  if (headers.has(HeaderId::ContentLength)) return;
  char digits[24];
  char* end = std::to_chars(digits, digits + sizeof digits, state.bytes).ptr;
  headers.addCopy(HeaderId::ContentLength, {digits, static_cast<size_t>(end - digits)});
}

FilterStatus decodeData(void* self, FilterContext& context, Buffer& data, bool end) {
  State& state = *static_cast<State*>(self);
  if (!state.waits) return FilterStatus::Continue;
  state.bytes += data.size();
  // The last piece is held to the limit as the others are: hold() is not asked about it.
  if (state.bytes > state.config->max_request_bytes || !end) return FilterStatus::Buffer;
  addLength(state, context);
  return FilterStatus::Continue;
}

FilterStatus decodeTrailers(void* self, FilterContext& context, HeaderMap&) {
  State& state = *static_cast<State*>(self);
  if (state.waits) addLength(state, context);
  return FilterStatus::Continue;
}

}  // namespace

const http::FilterHooks kBufferFilter = {
    .name = "envoy.filters.http.buffer",
    .create = create,
    .decodeHeaders = decodeHeaders,
    .decodeData = decodeData,
    .decodeTrailers = decodeTrailers,
};

}  // namespace attache::extensions
