#include "extensions/network/rbac.h"

#include "extensions/rbac/engine.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

using network::FilterContext;
using network::FilterStatus;

class NetworkRbac {
 public:
  NetworkRbac(FilterContext& context, const tables::NetworkRbac& config)
      : context_(context), config_(config) {}

  FilterStatus onData() {
    network::Peer peer(context_.fd, context_.session(), context_.info);
    rbac::Subject subject{peer, peer.ip()};
    const tables::RbacStats& stats = config_.stats;
    if (const tables::RbacRules* shadow = config_.shadow.get())
      count(rbac::judge(*shadow, subject).allowed ? stats.shadow_allowed : stats.shadow_denied);
    if (const tables::RbacRules* rules = config_.rules.get()) {
      rbac::Verdict verdict = rbac::judge(*rules, subject);
      count(verdict.allowed ? stats.allowed : stats.denied);
      if (!verdict.allowed) {
        context_.close(0);
        return FilterStatus::Pause;
      }
    }
    context_.noMoreData();
    return FilterStatus::Continue;
  }

 private:
  void count(uint32_t block) {
    stats::inc(context_.worker.rows.block(block, stats::Group::RbacCount), 0);
  }
  FilterContext& context_;
  const tables::NetworkRbac& config_;
};

void* create(FilterContext& context, const void* config, void*) {
  return new NetworkRbac(context, *static_cast<const tables::NetworkRbac*>(config));
}

}  // namespace

const network::FilterHooks kNetworkRbac = {
    .name = "envoy.filters.network.rbac",
    .create = create,
    .onData = [](void* self, Buffer&, bool) { return static_cast<NetworkRbac*>(self)->onData(); },
    .onDestroy = [](void* self) { delete static_cast<NetworkRbac*>(self); },
};

}  // namespace attache::extensions
