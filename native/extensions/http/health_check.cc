#include "extensions/http/health_check.h"

#include <unordered_map>

#include "http/stream.h"
#include "route/conditions.h"
#include "upstream/cluster.h"
#include "upstream/lb.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

using http::FilterContext;
using http::FilterStatus;
using http::Flag;
using tables::HealthCheckFilter;

// The last answer of a host to a check.
struct Kept {
  int status = 0;
  bool degraded = false;
  uint64_t until_us = 0;  // Loop::nowUs()
};

// By HealthCheckFilter.cache_key; each worker asks for itself.
Kept& kept(const HealthCheckFilter& config) {
  static thread_local std::unordered_map<uint64_t, Kept> all;
  return all[config.cache_key];
}

struct State {
  const HealthCheckFilter* config;
  bool is_check = false;
  bool answers = false;   // here, when the request is complete
  bool degraded = false;  // say so
};

bool isFailed(const FilterContext& context) {
  return context.stream->worker().process.healthcheck_failed.load(std::memory_order_relaxed);
}

struct Verdict {
  int status;
  std::string_view details;
};

// Whether enough hosts of these clusters can be used.
Verdict askClusters(const HealthCheckFilter& config, Worker& worker) {
  for (const tables::HealthyShare& share : config.clusters) {
    upstream::Cluster* cluster = worker.clusters->get(share.cluster);
    if (!cluster) return {503, "health_check_failed_no_cluster_found"};
    upstream::PriorityHosts::Count hosts = upstream::countHosts(cluster->hosts()).hosts;
    if (hosts.all == 0 && share.percent > 0) return {503, "health_check_failed_cluster_empty"};
    if (100 * (hosts.healthy + hosts.degraded) < hosts.all * share.percent)
      return {503, "health_check_failed_cluster_unhealthy"};
  }
  return {200, config.clusters.empty() ? "health_check_ok" : "health_check_ok_cluster_healthy"};
}

Verdict judge(State& state, FilterContext& context) {
  if (isFailed(context)) return {503, "health_check_failed"};
  const HealthCheckFilter& config = *state.config;
  Worker& worker = context.stream->worker();
  if (config.cache_ms) {
    const Kept& last = kept(config);
    state.degraded = last.degraded;
    return {last.status, "health_check_cached"};
  }
  return askClusters(config, worker);
}

// The request is complete: its answer.
FilterStatus answer(State& state, FilterContext& context) {
  Verdict verdict = judge(state, context);
  Flag flag = verdict.status == 200 ? Flag::kCount : Flag::FailedLocalHealthCheck;
  context.stream->sendLocalReply(verdict.status, "", flag, verdict.details);
  return FilterStatus::Replied;
}

void* create(FilterContext& context, const void* config) {
  void* memory = context.stream->arena().allocAligned(sizeof(State), alignof(State));
  return new (memory) State{static_cast<const HealthCheckFilter*>(config)};
}

FilterStatus decodeHeaders(void* self, FilterContext& context, HeaderMap& headers, bool end) {
  State& state = *static_cast<State*>(self);
  const HealthCheckFilter& config = *state.config;
  if (!route::headersMatch(config.headers, headers)) return FilterStatus::Continue;
  state.is_check = true;
  context.stream->markHealthCheck();
  bool known = config.cache_ms && kept(config).until_us > context.stream->worker().loop.nowUs();
  state.answers = !config.pass_through || isFailed(context) || known;
  if (!state.answers) return FilterStatus::Continue;
  return end ? answer(state, context) : FilterStatus::Pause;
}

FilterStatus decodeData(void* self, FilterContext& context, Buffer& data, bool end) {
  State& state = *static_cast<State*>(self);
  if (!state.answers) return FilterStatus::Continue;
  data.clear();
  return end ? answer(state, context) : FilterStatus::Pause;
}

FilterStatus decodeTrailers(void* self, FilterContext& context, HeaderMap&) {
  State& state = *static_cast<State*>(self);
  return state.answers ? answer(state, context) : FilterStatus::Continue;
}

FilterStatus encodeHeaders(void* self, FilterContext& context, HeaderMap& headers, bool) {
  State& state = *static_cast<State*>(self);
  Worker& worker = context.stream->worker();
  if (isFailed(context)) headers.set("x-envoy-immediate-health-check-fail", "true");
  if (!state.is_check) return FilterStatus::Continue;
  const HealthCheckFilter& config = *state.config;
  if (config.cache_ms && !state.answers) {
    Kept& last = kept(config);
    last.status = static_cast<int>(context.stream->status());
    last.degraded = headers.has(HeaderId::XEnvoyDegraded);
    last.until_us = worker.loop.nowUs() + config.cache_ms * 1000;
  }
  if (state.degraded) headers.set(HeaderId::XEnvoyDegraded, "");
  headers.set(HeaderId::XEnvoyUpstreamHealthcheckedCluster, worker.process.options.service_cluster);
  return FilterStatus::Continue;
}

}  // namespace

const http::FilterHooks kHealthCheckFilter = {
    .name = "envoy.filters.http.health_check",
    .create = create,
    .decodeHeaders = decodeHeaders,
    .decodeData = decodeData,
    .decodeTrailers = decodeTrailers,
    .encodeHeaders = encodeHeaders,
};

}  // namespace attache::extensions
