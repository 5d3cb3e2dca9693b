#include "extensions/network/connection_limit.h"

#include <string>

#include "base/shared_state.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

namespace s = stats::connection_limit;
using network::FilterContext;
using network::FilterStatus;

using Count = std::atomic<uint64_t>;

// Of a chain on one worker.
struct Shared {
  std::shared_ptr<Count> count;  // of all workers
  stats::Block* stats;
};

class ConnectionLimit {
 public:
  ConnectionLimit(FilterContext& context, const tables::ConnectionLimit& config,
                  const Shared& shared)
      : context_(context), config_(config), shared_(shared), delay_(onDelay, this) {}

  ~ConnectionLimit() {
    delay_.cancel();
    if (!counted_) return;
    shared_.count->fetch_sub(1, std::memory_order_relaxed);
    stats::dec(shared_.stats, s::active_connections);
  }

  FilterStatus onNewConnection() {
    if (config_.disabled) return FilterStatus::Continue;
    counted_ = true;
    stats::inc(shared_.stats, s::active_connections);
    uint64_t before = shared_.count->fetch_add(1, std::memory_order_relaxed);
    if (before < config_.max_connections) return FilterStatus::Continue;
    stats::inc(shared_.stats, s::limited_connections);
    if (config_.delay_ms) {
      context_.worker.loop.arm(delay_, config_.delay_ms);
    } else {
      context_.close(0);
    }
    return FilterStatus::Pause;
  }

 private:
  static void onDelay(void* self) { static_cast<ConnectionLimit*>(self)->context_.close(0); }

  FilterContext& context_;
  const tables::ConnectionLimit& config_;
  const Shared& shared_;
  io::Timer delay_;
  bool counted_ = false;
};

std::shared_ptr<void> share(Worker& worker, std::string_view place, const void* config) {
  const auto& own = *static_cast<const tables::ConnectionLimit*>(config);
  auto make = [] { return std::make_shared<Count>(0); };
  return std::make_shared<Shared>(
      Shared{sharedState<Count>(std::string(place), make),
             worker.rows.block(own.stats, stats::Group::ConnectionLimit)});
}

void* create(FilterContext& context, const void* config, void* shared) {
  return new ConnectionLimit(context, *static_cast<const tables::ConnectionLimit*>(config),
                             *static_cast<const Shared*>(shared));
}

}  // namespace

const network::FilterHooks kConnectionLimit = {
    .name = "envoy.filters.network.connection_limit",
    .share = share,
    .create = create,
    .onNewConnection =
        [](void* self) { return static_cast<ConnectionLimit*>(self)->onNewConnection(); },
    .onDestroy = [](void* self) { delete static_cast<ConnectionLimit*>(self); },
};

}  // namespace attache::extensions
