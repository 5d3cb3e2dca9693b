#include "extensions/http/istio_stats.h"

#include <algorithm>
#include <new>

#include "cel/evaluate.h"
#include "extensions/http/route_cluster.h"
#include "grpc/status.h"
#include "http/access_log.h"
#include "http/stream.h"
#include "mesh/facts.h"
#include "mesh/mesh.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

using http::FilterContext;
using http::FilterStatus;
using tables::IstioReporter;

struct State {
  State(http::Stream& stream, mesh::Facts& facts, const tables::IstioStats& config)
      : stream(stream), facts(facts), config(config), timer(onTimer, this) {
    facts.users++;
  }
  http::Stream& stream;
  mesh::Facts& facts;
  const tables::IstioStats& config;
  std::shared_ptr<const tls::Principals> downstream;  // of the client's connection; null: no TLS
  io::Timer timer;
  // Messages that were counted already, of a call that goes on.
  uint64_t request_messages = 0, response_messages = 0;
  bool grpc = false;

  static void onTimer(void* self);
};

void* create(FilterContext& context, const void* config) {
  http::Stream& stream = *context.stream;
  if (!stream.mesh) {
    stream.mesh =
        new (stream.arena().allocAligned(sizeof(mesh::Facts), alignof(mesh::Facts))) mesh::Facts();
  }
  void* memory = stream.arena().allocAligned(sizeof(State), alignof(State));
  auto* state =
      new (memory) State(stream, *stream.mesh, *static_cast<const tables::IstioStats*>(config));
  if (tls::Session* session = stream.peer().session()) state->downstream = session->principals();
  return state;
}

mesh::Service serviceOf(State& state) {
  mesh::Service service;
  if (!state.config.no_host_fallback) {
    service.host = service.name = state.stream.request().get(HeaderId::Authority);
    service.by_client = true;
  }
  const tables::Route* route = state.stream.route().route;
  std::string_view name = route ? route->name.view() : std::string_view();
  if (name == "block_all") {
    service.name = "BlackHoleCluster";
  } else if (name == "allow_any") {
    service.name = "PassthroughCluster";
  } else if (upstream::Cluster* cluster = routedCluster(state.stream)) {
    mesh::Service known = mesh::serviceOf(cluster->config());
    if (!known.name.empty()) service.name = known.name;
    if (!known.host.empty()) service.host = known.host;
    service.home = known.home;
    service.by_client &= known.host.empty();
  }
  return service;
}

// Who the other end is. `kept` owns what was not told.
void findPeers(State& state, mesh::Subject& subject, mesh::WorkloadRef& kept) {
  const mesh::Facts& facts = state.facts;
  if (state.config.reporter != IstioReporter::Source) {
    subject.peer = facts.client.get();
    if (state.config.reporter == IstioReporter::Waypoint) subject.host = facts.host.get();
    if (!state.downstream) return;
    subject.peer_principal = state.downstream->peer;
    subject.own_principal = state.downstream->own;
    return;
  }
  subject.peer = facts.host.get();
  if (facts.upstream) {
    subject.peer_principal = facts.upstream->peer;
    subject.own_principal = facts.upstream->own;
  }
  if (subject.peer_principal.empty() && subject.peer)
    subject.peer_principal = subject.peer->identity;
  if (!subject.peer && !facts.endpoint.empty()) {
    kept = state.stream.worker().mesh().workloads.ofEndpoint(facts.endpoint);
    subject.peer = kept.get();
  }
}

bool isConstant(const tables::IstioExpression& expression) {
  return expression.cel->op == tables::CelOp::String;
}

// In the arena, or in the configuration.
size_t evaluate(State& state, bool end, std::string_view (&values)[mesh::Mesh::kMostExpressions]) {
  const auto& expressions = state.config.expressions;
  if (expressions.empty()) return 0;
  accesslog::LogInput input;
  if (!std::all_of(expressions.begin(), expressions.end(), isConstant))
    http::gatherFacts(state.stream, input, end);
  accesslog::LineBuffer& scratch = state.stream.worker().mesh().scratch;
  size_t n = 0;
  for (const tables::IstioExpression& expression : expressions) {
    if (n == mesh::Mesh::kMostExpressions) break;
    if (isConstant(expression)) {
      values[n++] = expression.cel->text.view();
      continue;
    }
    scratch.clear();
    bool valued = cel::appendValue(*expression.cel, input, scratch);
    values[n++] = valued ? state.stream.arena().copy(scratch.view()) : "unknown";
  }
  return n;
}

void countMessages(State& state, mesh::Subject subject) {
  const mesh::Facts& facts = state.facts;
  if (!state.grpc || !facts.counts_messages) return;
  subject.kind = mesh::Kind::Messages;
  const mesh::Series& series = state.stream.worker().mesh().series(subject);
  auto count = [&](stats::Block* block, uint64_t now, uint64_t& before) {
    if (block) stats::inc(block, stats::mesh_counter::value, now - before);
    before = now;
  };
  count(series.blocks[0], facts.request_messages, state.request_messages);
  count(series.blocks[1], facts.response_messages, state.response_messages);
}

void countRequest(State& state, mesh::Subject& subject) {
  http::Stream& stream = state.stream;
  subject.status = stream.status();
  subject.flags = stream.flags();
  subject.grpc = state.grpc;
  if (state.grpc) {
    const HeaderMap* trailers = stream.responseTrailers();
    int64_t status = -1;
    if (trailers && grpc::readStatus(*trailers, status, true)) {
      subject.grpc_status = status;
    } else if (grpc::readStatus(stream.response(), status, true)) {
      subject.grpc_status = status;
    } else if (stream.status()) {
      subject.grpc_status = grpc::ofHttpStatus(stream.status());
    }
  }
  const mesh::Series& series = stream.worker().mesh().series(subject);
  if (series.blocks[0]) stats::inc(series.blocks[0], stats::mesh_counter::value);
  const http::LogFacts* facts = stream.facts();
  if (!facts) return;
  uint64_t values[] = {(stream.worker().loop.nowUs() - facts->start_us) / 1000,
                       facts->downstream.received, facts->downstream.sent};
  for (size_t i = 0; i < 3; i++) {
    if (stats::Block* block = series.blocks[i + 1])
      stats::record(block, stats::mesh_histogram::value, values[i]);
  }
}

// `end`: the request is over. Else what has come of a call so far.
void report(State& state, bool end) {
  mesh::Subject subject;
  subject.config = &state.config;
  mesh::WorkloadRef kept;
  findPeers(state, subject, kept);
  subject.service = serviceOf(state);
  std::string_view values[mesh::Mesh::kMostExpressions];
  subject.expressions = {values, evaluate(state, end, values)};
  countMessages(state, subject);
  if (end) countRequest(state, subject);
}

void State::onTimer(void* self) {
  State& state = *static_cast<State*>(self);
  const mesh::Facts& facts = state.facts;
  bool known = state.config.reporter == IstioReporter::Source ? facts.host != nullptr
                                                              : facts.client != nullptr;
  // Before that it would be counted for somebody unknown.
  if (known) report(state, false);
  state.stream.worker().loop.arm(state.timer, state.config.report_ms);
}

FilterStatus decodeHeaders(void* self, FilterContext& context, HeaderMap& headers, bool) {
  State& state = *static_cast<State*>(self);
  state.grpc = grpc::isRequest(headers);
  if (state.grpc && state.config.report_ms)
    context.stream->worker().loop.arm(state.timer, state.config.report_ms);
  return FilterStatus::Continue;
}

void destroy(void* self, FilterContext& context) {
  State& state = *static_cast<State*>(self);
  state.timer.cancel();
  // Who is only made anew has nothing to tell yet, and finds the facts again.
  bool over = context.stream->filtersAreOver();
  if (over) report(state, true);
  if (--state.facts.users == 0 && over) {
    state.facts.~Facts();
    state.stream.mesh = nullptr;
  }
  state.~State();
}

}  // namespace

const http::FilterHooks kIstioStats = {
    .name = "istio.stats",
    .create = create,
    .decodeHeaders = decodeHeaders,
    .onDestroy = destroy,
    .wants_facts = true,
};

}  // namespace attache::extensions
