#include "extensions/http/on_demand.h"

#include <charconv>
#include <new>
#include <string>

#include "extensions/http/route_cluster.h"
#include "http/demands.h"
#include "http/stream.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

using http::DemandKind;
using http::FilterContext;
using http::FilterStatus;

struct State {
  FilterContext* context;
  const tables::OnDemand* own;
  io::Timer timer;
  uint32_t token = 0;  // of what it waits for; 0: nothing
  DemandKind kind = DemandKind::Cluster;
};

http::Demands& demands(const State& state) {
  return state.context->stream->worker().process.demands;
}

// Answers true: the filter has to pause until it is woken.
bool wait(State& state, DemandKind kind, std::string_view of, std::string_view name) {
  state.kind = kind;
  state.token =
      demands(state).wait(kind, of, name, state.context->stream->handle(), state.context->index);
  return true;
}

bool wait(State& state, DemandKind kind, uint32_t table, std::string_view name) {
  char digits[12];
  char* end = std::to_chars(digits, digits + sizeof digits, table).ptr;
  return wait(state, kind, {digits, static_cast<size_t>(end - digits)}, name);
}

// A request without a route: there may be a virtual host that is not here yet. Its name is what the
// client asked for, in lower case, with its port.
bool awaitRoute(State& state) {
  http::Stream& stream = *state.context->stream;
  const tables::RouteConfig* routes = stream.routeConfig();
  if (routes && routes->vhds && stream.routeTable()) {
    std::string host(stream.request().get(HeaderId::Authority));
    for (char& c : host) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return wait(state, DemandKind::VirtualHost, stream.routeTable(), host);
  }
  uint32_t table = routes ? 0 : stream.missingTable();
  return table && wait(state, DemandKind::RouteTable, table, {});
}

void onTimeout(void* self) {
  State& state = *static_cast<State*>(self);
  demands(state).leave(state.token, state.context->stream->handle());
  state.token = 0;
  // The router answers that there is no such cluster.
  state.context->resumeDecoding();
}

// A route to a cluster that is not there.
bool awaitCluster(State& state) {
  http::Stream& stream = *state.context->stream;
  const auto* of_route = static_cast<const tables::OnDemand*>(state.context->routeConfig());
  const tables::OnDemand& config = of_route ? *of_route : *state.own;
  const tables::Route* route = stream.route().route;
  if (config.odcds.empty() || !route) return false;
  // The one that the router will pick, by the same number.
  route::ClusterChoice choice =
      route::chooseCluster(*route, stream.request(), [&] { return stream.random(); });
  if (choice.name.empty() || clusterOf(stream, choice)) return false;
  stream.worker().loop.arm(state.timer, config.timeout_ms);
  return wait(state, DemandKind::Cluster, config.odcds.view(), choice.name);
}

void* create(FilterContext& context, const void* config) {
  void* memory = context.stream->arena().allocAligned(sizeof(State), alignof(State));
  auto* state = static_cast<State*>(memory);
  return new (memory)
      State{&context, static_cast<const tables::OnDemand*>(config), {onTimeout, state}};
}

FilterStatus decodeHeaders(void* self, FilterContext& context, HeaderMap&, bool) {
  State& state = *static_cast<State*>(self);
  http::Stream& stream = *context.stream;
  if (stream.needsTls()) return FilterStatus::Continue;
  bool waits = stream.route().route ? awaitCluster(state) : awaitRoute(state);
  return waits ? FilterStatus::Pause : FilterStatus::Continue;
}

// Whatever the answer is, the request goes on: with what is there now.
void onWake(void* self, FilterContext& context) {
  State& state = *static_cast<State*>(self);
  if (!state.token) return;
  state.token = 0;
  state.timer.cancel();
  if (state.kind != DemandKind::Cluster) {
    if (!context.stream->refreshRoute(context)) return;
    if (!context.stream->needsTls() && awaitCluster(state)) return;
  }
  context.resumeDecoding();
}

void onDestroy(void* self, FilterContext& context) {
  State& state = *static_cast<State*>(self);
  state.timer.cancel();
  if (state.token) demands(state).leave(state.token, context.stream->handle());
  state.token = 0;
}

void onLocalReply(void* self, FilterContext& context) {
  onDestroy(self, context);
}

}  // namespace

const http::FilterHooks kOnDemandFilter = {
    .name = "envoy.filters.http.on_demand",
    .create = create,
    .decodeHeaders = decodeHeaders,
    .onDestroy = onDestroy,
    .onLocalReply = onLocalReply,
    .onWake = onWake,
};

}  // namespace attache::extensions
