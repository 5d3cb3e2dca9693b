#include "extensions/http/fault.h"

#include <algorithm>
#include <charconv>

#include "http/stream.h"
#include "route/cluster.h"
#include "route/conditions.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

namespace s = stats::fault;
using http::FilterContext;
using http::FilterStatus;
using http::Flag;

constexpr std::string_view kDelay = "x-envoy-fault-delay-request";
constexpr std::string_view kDelayShare = "x-envoy-fault-delay-request-percentage";
constexpr std::string_view kAbort = "x-envoy-fault-abort-request";
constexpr std::string_view kAbortGrpc = "x-envoy-fault-abort-grpc-request";
constexpr std::string_view kAbortShare = "x-envoy-fault-abort-request-percentage";

struct State {
  FilterContext* context;
  const tables::FaultFilter* own;     // the statistics are there
  const tables::FaultFilter* config;  // of the route, or the same
  io::Timer timer;
  bool active = false;  // counted as such
};

stats::Block* counts(const State& state) {
  return state.context->stream->worker().rows.block(state.own->stats, stats::Group::Fault);
}

bool number(const HeaderMap& headers, std::string_view name, uint64_t* value) {
  std::string_view text = headers.get(name);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

// The share that is configured; a request may ask for less of it, in the same unit.
bool drawn(const State& state, const HeaderMap& headers, uint32_t share, bool by_header,
           std::string_view name) {
  uint64_t asked;
  if (by_header && number(headers, name, &asked))
    share =
        static_cast<uint32_t>(std::min<uint64_t>(std::min<uint64_t>(asked, 100) * 10'000, share));
  return share && state.context->stream->random() % 1'000'000 < share;
}

std::string_view clusterName(http::Stream& stream) {
  const tables::Route* route = stream.route().route;
  if (!route) return {};
  return route::chooseCluster(*route, stream.request(), [&] { return stream.random(); }).name;
}

bool concerns(const State& state, const HeaderMap& headers) {
  const tables::FaultFilter& config = *state.config;
  http::Stream& stream = *state.context->stream;
  if (!config.upstream_cluster.empty() && clusterName(stream) != config.upstream_cluster.view())
    return false;
  if (!config.downstream_nodes.empty()) {
    std::string_view node = headers.get(HeaderId::XEnvoyDownstreamServiceNode);
    bool found = std::any_of(config.downstream_nodes.begin(), config.downstream_nodes.end(),
                             [&](const tables::Str& each) { return each.view() == node; });
    if (node.empty() || !found) return false;
  }
  return route::headersMatch(config.headers, headers);
}

// Whether one more may be at work; counted as such.
bool begin(State& state) {
  if (state.active) return true;
  stats::Block* block = counts(state);
  http::Stream& stream = *state.context->stream;
  uint64_t now = stream.worker().rows.registry().sum(state.own->stats, s::active_faults);
  if (state.config->limits_active && now >= state.config->max_active) {
    stats::inc(block, s::faults_overflow);
    return false;
  }
  state.active = true;
  stats::inc(block, s::active_faults);
  return true;
}

bool delayOf(const State& state, const HeaderMap& headers, uint64_t* ms) {
  const tables::FaultFilter& config = *state.config;
  if (!config.delays ||
      !drawn(state, headers, config.delay_share, config.delay_by_header, kDelayShare))
    return false;
  if (!config.delay_by_header) *ms = config.delay_ms;
  return (!config.delay_by_header || number(headers, kDelay, ms)) && *ms > 0;
}

// True: the request has been answered, and the state is gone.
bool abortRequest(State& state, const HeaderMap& headers) {
  const tables::FaultFilter& config = *state.config;
  if (!config.aborts ||
      !drawn(state, headers, config.abort_share, config.abort_by_header, kAbortShare))
    return false;
  uint64_t status = config.http_status;
  int grpc = config.grpc_status;
  if (config.abort_by_header) {
    uint64_t asked;
    if (number(headers, kAbort, &asked) && asked >= 200 && asked < 600) {
      status = asked;
      grpc = -1;
    } else if (number(headers, kAbortGrpc, &asked) && asked <= INT32_MAX) {
      grpc = static_cast<int>(asked);
    } else {
      return false;
    }
  }
  if (!begin(state)) return false;
  stats::inc(counts(state), s::aborts_injected);
  std::string_view body =
      config.abort_body.empty() ? std::string_view("fault filter abort") : config.abort_body.view();
  http::Stream& stream = *state.context->stream;
  if (grpc < 0) {
    stream.sendLocalReply(static_cast<int>(status), body, Flag::FaultInjected,
                          "fault_filter_abort");
  } else {
    // Of no call it is an answer like any other, as in Envoy.
    stream.sendLocalReply(200, body, Flag::FaultInjected, "fault_filter_abort", {}, grpc);
  }
  return true;
}

void onDelayed(void* self) {
  State& state = *static_cast<State*>(self);
  FilterContext& context = *state.context;
  if (!abortRequest(state, context.stream->request())) context.resumeDecoding();
}

void* create(FilterContext& context, const void* config) {
  void* memory = context.stream->arena().allocAligned(sizeof(State), alignof(State));
  auto* own = static_cast<const tables::FaultFilter*>(config);
  auto* of_route = static_cast<const tables::FaultFilter*>(context.routeConfig());
  auto* state = static_cast<State*>(memory);
  return new (state) State{&context, own, of_route ? of_route : own, {onDelayed, state}};
}

FilterStatus decodeHeaders(void* self, FilterContext& context, HeaderMap& headers, bool) {
  State& state = *static_cast<State*>(self);
  if (!concerns(state, headers)) return FilterStatus::Continue;
  uint64_t ms;
  if (delayOf(state, headers, &ms) && begin(state)) {
    stats::inc(counts(state), s::delays_injected);
    context.stream->addFlag(Flag::DelayInjected);
    context.stream->worker().loop.arm(state.timer, ms);
    return FilterStatus::Pause;
  }
  return abortRequest(state, headers) ? FilterStatus::Replied : FilterStatus::Continue;
}

void onDestroy(void* self, FilterContext&) {
  State& state = *static_cast<State*>(self);
  state.timer.cancel();
  if (state.active) stats::dec(counts(state), s::active_faults);
  state.active = false;
}

}  // namespace

const http::FilterHooks kFaultFilter = {
    .name = "envoy.filters.http.fault",
    .create = create,
    .decodeHeaders = decodeHeaders,
    .onDestroy = onDestroy,
};

}  // namespace attache::extensions
