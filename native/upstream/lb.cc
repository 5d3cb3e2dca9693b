#include "upstream/lb.h"

#include <algorithm>
#include <cmath>

#include "upstream/cluster.h"

namespace attache::upstream {

namespace {
bool later(double a, uint64_t ao, double b, uint64_t bo) {
  return a != b ? a > b : ao > bo;
}
}  // namespace

Host* LoadBalancer::Edf::next(double bias) {
  if (heap.empty()) return nullptr;
  auto cmp = [](const Entry& a, const Entry& b) {
    return later(a.deadline, a.order, b.deadline, b.order);
  };
  std::pop_heap(heap.begin(), heap.end(), cmp);
  Entry& entry = heap.back();
  now = entry.deadline;
  Host* host = entry.host;
  double weight = static_cast<double>(host->weight);
  // Least request: a busy host weighs less (weight / (active + 1)^bias).
  if (bias > 0) weight /= std::pow(static_cast<double>(host->activeRequests() + 1), bias);
  entry.deadline = now + 1.0 / std::max(weight, 1e-9);
  entry.order = order++;
  std::push_heap(heap.begin(), heap.end(), cmp);
  return host;
}

void LoadBalancer::addSet(const std::vector<Host*>& hosts, uint32_t share, bool panic,
                          Random& random) {
  if (hosts.empty() || share == 0) return;
  Set set;
  set.hosts = hosts;
  set.share = share;
  set.panic = panic;
  set.weighted = std::any_of(hosts.begin(), hosts.end(),
                             [&](Host* h) { return h->weight != hosts[0]->weight; });
  // Workers start at different places, or a rarely used cluster would load its first host.
  set.at = random.below(hosts.size());
  if (set.weighted) {
    for (size_t i = 0; i < hosts.size(); i++) {
      Host* host = hosts[(i + set.at) % hosts.size()];
      set.edf.heap.push_back({1.0 / std::max<uint32_t>(host->weight, 1), set.edf.order++, host});
    }
    std::make_heap(set.edf.heap.begin(), set.edf.heap.end(),
                   [](const Edf::Entry& a, const Edf::Entry& b) {
                     return later(a.deadline, a.order, b.deadline, b.order);
                   });
    uint64_t skip = random.below(hosts.size());
    for (uint64_t i = 0; i < skip; i++) set.edf.next(0);
  }
  sets_.push_back(std::move(set));
}

void LoadBalancer::rebuild(const std::vector<Host*>& hosts, const tables::Cluster& config,
                           uint32_t overprovisioning, Random& random) {
  policy_ = config.lb_policy;
  choices_ = config.choice_count ? config.choice_count : 2;
  bias_ = config.active_request_bias;
  panics_ = config.panic_threshold > 0;
  sets_.clear();
  std::vector<Level> levels;
  for (Host* host : hosts) {
    if (host->priority >= levels.size()) levels.resize(host->priority + 1);
    Level& level = levels[host->priority];
    level.all.push_back(host);
    if (host->health == tables::HostHealth::Healthy) level.healthy.push_back(host);
    if (host->health == tables::HostHealth::Degraded) level.degraded.push_back(host);
  }
  double factor = (overprovisioning ? overprovisioning : 140) / 100.0;
  // Load goes to the first priorities up to what their healthy hosts carry, then to degraded ones
  // in the same order (docs: "Priority levels", "Degraded endpoints").
  uint32_t left = 100;
  std::vector<uint32_t> healthy_share(levels.size()), degraded_share(levels.size());
  double total = 0;
  auto percent = [&](size_t some, size_t all) {
    return all ? std::min(100.0, std::floor(100.0 * factor * static_cast<double>(some) /
                                            static_cast<double>(all)))
               : 0.0;
  };
  for (Level& level : levels) {
    total += percent(level.healthy.size(), level.all.size()) +
             percent(level.degraded.size(), level.all.size());
  }
  double normal = std::min(100.0, total);
  auto take = [&](size_t some, size_t all) {
    uint32_t share =
        normal > 0 ? static_cast<uint32_t>(std::lround(percent(some, all) * 100 / normal)) : 0;
    share = std::min(share, left);
    left -= share;
    return share;
  };
  for (size_t i = 0; i < levels.size(); i++)
    healthy_share[i] = take(levels[i].healthy.size(), levels[i].all.size());
  for (size_t i = 0; i < levels.size(); i++)
    degraded_share[i] = take(levels[i].degraded.size(), levels[i].all.size());
  // Rounding's rest goes to the first priority that carries anything.
  for (size_t i = 0; i < levels.size() && left > 0; i++) {
    uint32_t& share = healthy_share[i] ? healthy_share[i] : degraded_share[i];
    if (share) share += left, left = 0;
  }
  bool all_panic = normal < 100;
  if (left == 100) {
    // Nobody is available anywhere: panic over the first priority that has hosts.
    for (size_t i = 0; i < levels.size(); i++) {
      if (levels[i].all.empty()) continue;
      healthy_share[i] = 100;
      break;
    }
  }
  for (size_t i = 0; i < levels.size(); i++) {
    Level& level = levels[i];
    size_t usable = level.healthy.size() + level.degraded.size();
    bool panic = config.panic_threshold > 0 && !level.all.empty() && all_panic &&
                 100.0 * static_cast<double>(usable) / static_cast<double>(level.all.size()) <
                     static_cast<double>(config.panic_threshold);
    if (panic) {
      addSet(level.all, healthy_share[i] + degraded_share[i], true, random);
    } else {
      addSet(level.healthy, healthy_share[i], false, random);
      addSet(level.degraded, degraded_share[i], false, random);
    }
  }
}

Host* LoadBalancer::pickFrom(Set& set, Random& random) {
  size_t n = set.hosts.size();
  if (n == 1) return set.hosts[0];
  switch (policy_) {
    case tables::LbPolicy::Random:
      return set.hosts[random.below(n)];
    case tables::LbPolicy::LeastRequest: {
      if (set.weighted) return set.edf.next(bias_);
      Host* best = nullptr;
      uint64_t best_active = 0;
      for (uint32_t i = 0; i < choices_; i++) {
        Host* host = set.hosts[random.below(n)];
        uint64_t active = host->activeRequests();
        if (!best || active < best_active) best = host, best_active = active;
      }
      return best;
    }
    default:
      if (set.weighted) return set.edf.next(0);
      if (++set.at >= n) set.at = 0;
      return set.hosts[set.at];
  }
}

Host* LoadBalancer::pick(Random& random, bool* panic) {
  *panic = sets_.empty() && panics_;
  if (sets_.empty()) return nullptr;
  Set* chosen = &sets_[0];
  if (sets_.size() > 1) {
    uint64_t roll = random.below(100);
    for (Set& set : sets_) {
      chosen = &set;
      if (roll < set.share) break;
      roll -= set.share;
    }
  }
  *panic = chosen->panic;
  return pickFrom(*chosen, random);
}

}  // namespace attache::upstream
