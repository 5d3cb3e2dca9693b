#include "extensions/http/rbac.h"

#include "extensions/rbac/engine.h"
#include "http/stream.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

using http::FilterContext;
using http::FilterStatus;

struct State {
  const tables::HttpRbac* config;  // of the filter: the statistics are there
};

void* create(FilterContext& context, const void* config) {
  void* memory = context.stream->arena().allocAligned(sizeof(State), alignof(State));
  return new (memory) State{static_cast<const tables::HttpRbac*>(config)};
}

FilterStatus decodeHeaders(void* self, FilterContext& context, HeaderMap& headers, bool) {
  const tables::HttpRbac& own = *static_cast<State*>(self)->config;
  const auto* of_route = static_cast<const tables::HttpRbac*>(context.routeConfig());
  const tables::HttpRbac& config = of_route ? *of_route : own;
  http::Stream& stream = *context.stream;
  auto count = [&](uint32_t block) {
    stats::inc(stream.worker().rows.block(block, stats::Group::RbacCount), 0);
  };
  rbac::Subject subject{stream.peer(), stream.clientIp(), &headers};
  if (const tables::RbacRules* shadow = config.shadow.get())
    count(rbac::judge(*shadow, subject).allowed ? own.stats.shadow_allowed
                                                : own.stats.shadow_denied);
  const tables::RbacRules* rules = config.rules.get();
  if (!rules) return FilterStatus::Continue;
  rbac::Verdict verdict = rbac::judge(*rules, subject);
  count(verdict.allowed ? own.stats.allowed : own.stats.denied);
  if (verdict.allowed) return FilterStatus::Continue;
  stream.sendLocalReply(403, "RBAC: access denied", http::Flag::kCount,
                        stream.arena().copy(rbac::denialDetails(verdict)));
  return FilterStatus::Replied;
}

}  // namespace

const http::FilterHooks kHttpRbac = {
    .name = "envoy.filters.http.rbac",
    .create = create,
    .decodeHeaders = decodeHeaders,
};

}  // namespace attache::extensions
