#include "upstream/aggregate.h"

#include <algorithm>

#include "worker/worker.h"

namespace attache::upstream {

Host* Aggregate::choose(const ChoiceContext& context) {
  refresh();
  Random& random = cluster_.worker.random;
  uint32_t at = static_cast<uint32_t>(random.below(100));
  for (const std::unique_ptr<Level>& level : levels_) {
    if (at >= level->share) {
      at -= level->share;
      continue;
    }
    bool panic;
    Host* host = level->balancer.pick(random, context.hash, &panic);
    if (panic) stats::inc(level->member->stats(), stats::cluster::lb_healthy_panic);
    return host;
  }
  return nullptr;
}

bool Aggregate::choosesByHash() {
  refresh();
  return by_hash_;
}

// The clusters may have come, gone or changed since the last request.
void Aggregate::refresh() {
  now_.clear();
  for (const tables::AggregateMember& each : cluster_.config().aggregate) {
    Cluster* member = cluster_.worker.clusters->get(each.cluster);
    now_.push_back({member, member ? member->version() : 0});
  }
  if (now_ == seen_) return;
  seen_ = now_;
  rebuild();
}

void Aggregate::rebuild() {
  levels_.clear();
  by_hash_ = false;
  std::vector<PriorityHosts> counts;
  uint32_t overprovisioning = 140;
  for (const Seen& seen : seen_) {
    Cluster* member = seen.member;
    // As in Envoy: one that finds its hosts request by request has none to offer here.
    if (!member || !member->config().aggregate.empty()) continue;
    by_hash_ |= member->choosesByHash();
    std::vector<std::vector<Host*>> priorities;
    for (Host* host : member->hosts()) {
      if (host->removed) continue;
      if (host->priority >= priorities.size()) priorities.resize(host->priority + 1);
      priorities[host->priority].push_back(host);
    }
    for (const std::vector<Host*>& hosts : priorities) {
      auto& level = *levels_.emplace_back(new Level{member, 0, {}});
      level.balancer.rebuild(hosts, member->config(), member->endpoints(), cluster_.worker.random,
                             true);
      counts.push_back(countHosts(hosts));
    }
    if (member->endpoints()) overprovisioning = member->endpoints()->overprovisioning_factor;
  }
  if (counts.empty()) return;
  std::vector<PriorityLoad> loads =
      priorityLoads(counts, overprovisioning, cluster_.config().panic_threshold);
  for (size_t i = 0; i < loads.size(); i++)
    levels_[i]->share = loads[i].healthy + loads[i].degraded;
}

}  // namespace attache::upstream
