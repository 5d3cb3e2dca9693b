#include "extensions/network/local_ratelimit.h"

#include <string>

#include "base/shared_state.h"
#include "base/token_bucket.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

namespace s = stats::network_local_rate_limit;
using network::FilterContext;
using network::FilterStatus;

// Of a chain on one worker.
struct Shared {
  std::shared_ptr<TokenBucket> bucket;  // of all workers
  stats::Block* stats;
};

struct LocalRatelimit {
  FilterContext& context;
  const tables::NetworkLocalRateLimit& config;
  const Shared& shared;

  FilterStatus onNewConnection() {
    double now = static_cast<double>(context.worker.loop.nowUs()) / 1e6;
    if (config.disabled || shared.bucket->take(now)) return FilterStatus::Continue;
    stats::inc(shared.stats, s::rate_limited);
    // The flag that Envoy has for it.
    context.close(http::bit(http::Flag::UpstreamRetryLimitExceeded));
    return FilterStatus::Pause;
  }
};

std::shared_ptr<void> share(Worker& worker, std::string_view place, const void* config) {
  const auto& own = *static_cast<const tables::NetworkLocalRateLimit*>(config);
  double per_token = static_cast<double>(own.fill_interval_ms) / 1e3 / own.tokens_per_fill;
  // As in Envoy: those of the same key share a bucket if their buckets are the same.
  std::string name(own.share_key.empty() ? place : own.share_key.view());
  name.append(own.share_key.empty() ? "|place|" : "|key|").append(std::to_string(own.max_tokens));
  name.append("|").append(std::to_string(own.tokens_per_fill));
  name.append("|").append(std::to_string(own.fill_interval_ms));
  auto make = [&] {
    double now = static_cast<double>(worker.loop.nowUs()) / 1e6;
    return std::make_shared<TokenBucket>(own.max_tokens, per_token, now);
  };
  return std::make_shared<Shared>(
      Shared{sharedState<TokenBucket>(name, make),
             worker.rows.block(own.stats, stats::Group::NetworkLocalRateLimit)});
}

void* create(FilterContext& context, const void* config, void* shared) {
  return new LocalRatelimit{context, *static_cast<const tables::NetworkLocalRateLimit*>(config),
                            *static_cast<const Shared*>(shared)};
}

}  // namespace

const network::FilterHooks kLocalRatelimit = {
    .name = "envoy.filters.network.local_ratelimit",
    .share = share,
    .create = create,
    .onNewConnection =
        [](void* self) { return static_cast<LocalRatelimit*>(self)->onNewConnection(); },
    .onDestroy = [](void* self) { delete static_cast<LocalRatelimit*>(self); },
};

}  // namespace attache::extensions
