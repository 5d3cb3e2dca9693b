#include "extensions/http/grpc_stats.h"

#include <algorithm>
#include <new>
#include <string>

#include "extensions/http/grpc_calls.h"
#include "grpc/messages.h"
#include "grpc/status.h"
#include "mesh/facts.h"
#include "tables/generated/layout.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

using http::FilterContext;
using http::FilterStatus;
namespace s = stats::grpc;

// Messages of one direction, some of which could not be counted yet.
struct Messages {
  grpc::MessageReader reader;
  uint64_t counted = 0;

  void read(const Buffer& data) {
    data.forEach([&](const char* bytes, size_t n) {
      std::string_view left(bytes, n);
      grpc::MessageReader::Piece piece;
      while (reader.next(left, piece)) {
      }
    });
  }
};

struct State {
  explicit State(const tables::GrpcStats& config) : config(config) {}
  const tables::GrpcStats& config;
  CallCounter call;
  Messages request, response;
  uint64_t request_end_us = 0;
  bool is_request = false, is_response = false;
};

// Whether the call has statistics of its own.
bool listed(const tables::GrpcStats& config, const CallNames& names) {
  if (config.methods.empty()) return false;
  std::string wanted(names.service);
  wanted.append("/").append(names.method);
  const auto* begin = config.methods.begin();
  const auto* end = config.methods.end();
  const auto* found = std::lower_bound(
      begin, end, std::string_view(wanted),
      [](const tables::Str& each, std::string_view text) { return each.view() < text; });
  return found != end && found->view() == wanted;
}

void beginCounting(State& state, http::Stream& stream, std::string_view path) {
  CallNames names;
  if (!readCallNames(path, names)) return;
  const tables::GrpcStats& config = state.config;
  if (!config.all_methods && !listed(config, names)) {
    state.call.begin(stream, "grpc", nullptr);
    return;
  }
  std::string service(names.service);
  if (config.all_methods && config.replace_dots)
    std::replace(service.begin(), service.end(), '.', '_');
  names.service = service;
  state.call.begin(stream, "grpc", &names);
}

// For other filters (emit_filter_state).
void emit(State& state, http::Stream& stream) {
  mesh::Facts* mesh = stream.mesh;
  if (!mesh || !state.config.emit) return;
  mesh->counts_messages = true;
  mesh->request_messages = state.request.reader.messages();
  mesh->response_messages = state.response.reader.messages();
}

void count(State& state, http::Stream& stream, Messages& messages, uint16_t slot) {
  uint64_t found = messages.reader.messages() - messages.counted;
  if (found == 0) return;
  emit(state, stream);
  stats::Block* block = state.call.block(stream);
  if (!block) return;
  stats::inc(block, slot, found);
  messages.counted += found;
}

// From the last byte of the request to that of the response, of a host's.
void countTime(State& state, http::Stream& stream) {
  if (!state.config.upstream_stats || !state.request_end_us) return;
  if (stream.details() != "via_upstream") return;
  stats::Block* block = state.call.block(stream);
  if (!block) return;
  stats::record(block, s::upstream_rq_time,
                (stream.worker().loop.nowUs() - state.request_end_us) / 1000);
}

void requestEnded(State& state, http::Stream& stream) {
  if (state.config.upstream_stats) state.request_end_us = stream.worker().loop.nowUs();
}

void* create(FilterContext& context, const void* config) {
  void* memory = context.stream->arena().allocAligned(sizeof(State), alignof(State));
  return new (memory) State(*static_cast<const tables::GrpcStats*>(config));
}

FilterStatus decodeHeaders(void* self, FilterContext& context, HeaderMap& headers, bool end) {
  State& state = *static_cast<State*>(self);
  state.is_request = grpc::isRequest(headers);
  if (state.is_request) beginCounting(state, *context.stream, headers.get(HeaderId::Path));
  if (end) requestEnded(state, *context.stream);
  return FilterStatus::Continue;
}

FilterStatus decodeData(void* self, FilterContext& context, Buffer& data, bool end) {
  State& state = *static_cast<State*>(self);
  if (state.is_request) {
    state.request.read(data);
    count(state, *context.stream, state.request, s::request_message_count);
  }
  if (end) requestEnded(state, *context.stream);
  return FilterStatus::Continue;
}

FilterStatus decodeTrailers(void* self, FilterContext& context, HeaderMap&) {
  requestEnded(*static_cast<State*>(self), *context.stream);
  return FilterStatus::Continue;
}

FilterStatus encodeHeaders(void* self, FilterContext& context, HeaderMap& headers, bool end) {
  State& state = *static_cast<State*>(self);
  state.is_response = grpc::isResponse(headers, end);
  count(state, *context.stream, state.request, s::request_message_count);
  state.call.countStatus(*context.stream, headers);
  if (end) countTime(state, *context.stream);
  return FilterStatus::Continue;
}

FilterStatus encodeData(void* self, FilterContext& context, Buffer& data, bool) {
  State& state = *static_cast<State*>(self);
  if (state.is_response) {
    state.response.read(data);
    count(state, *context.stream, state.response, s::response_message_count);
  }
  return FilterStatus::Continue;
}

FilterStatus encodeTrailers(void* self, FilterContext& context, HeaderMap& trailers) {
  State& state = *static_cast<State*>(self);
  state.call.countStatus(*context.stream, trailers);
  countTime(state, *context.stream);
  return FilterStatus::Continue;
}

}  // namespace

const http::FilterHooks kGrpcStatsFilter = {
    .name = "envoy.filters.http.grpc_stats",
    .create = create,
    .decodeHeaders = decodeHeaders,
    .decodeData = decodeData,
    .decodeTrailers = decodeTrailers,
    .encodeHeaders = encodeHeaders,
    .encodeData = encodeData,
    .encodeTrailers = encodeTrailers,
};

}  // namespace attache::extensions
