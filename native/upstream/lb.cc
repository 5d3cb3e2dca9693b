#include "upstream/lb.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <tuple>

#include "upstream/cluster.h"

namespace attache::upstream {

namespace {

using tables::HostHealth;
using tables::LbPolicy;

// Hosts with their shares of `share`, by weight.
void shareOut(const std::vector<Host*>& hosts, double share, std::vector<HostHash::Share>& out) {
  uint64_t sum = 0;
  for (const Host* host : hosts) sum += host->weight;
  for (Host* host : hosts) out.emplace_back(host, host->weight * share / static_cast<double>(sum));
}

}  // namespace

void LoadBalancer::Hosts::add(Host* host) {
  all.push_back(host);
  if (host->ejected()) return;  // as unhealthy
  if (host->health == HostHealth::Healthy) healthy.push_back(host);
  if (host->health == HostHealth::Degraded) degraded.push_back(host);
  if (host->health == HostHealth::Draining) excluded.push_back(host);
}

PriorityHosts::Count LoadBalancer::Hosts::count(bool by_weight) const {
  auto sum = [&](const std::vector<Host*>& hosts) {
    uint64_t weights = 0;
    for (const Host* host : hosts) weights += host->weight;
    return by_weight ? weights : hosts.size();
  };
  return {sum(all), sum(healthy), sum(degraded), sum(excluded)};
}

PriorityHosts countHosts(const std::vector<Host*>& hosts) {
  LoadBalancer::Hosts all;
  for (Host* host : hosts) all.add(host);
  return {all.count(false), all.count(false)};
}

// ---- when hosts change ----------------------------------------------------------------------

// By priority; with `localities` by those too, in the order of their names, as in Envoy.
std::vector<LoadBalancer::Level> LoadBalancer::levelsOf(const std::vector<Host*>& hosts,
                                                        const tables::Endpoints* localities,
                                                        bool one_priority) {
  std::vector<Level> levels(1);
  using Name = std::tuple<std::string_view, std::string_view, std::string_view>;
  std::vector<std::map<Name, Hosts>> near(1);
  for (Host* host : hosts) {
    size_t priority = one_priority ? 0 : host->priority;
    if (priority >= levels.size()) {
      levels.resize(priority + 1);
      near.resize(priority + 1);
    }
    levels[priority].add(host);
    if (!localities || host->locality >= localities->localities.size()) continue;
    const tables::Locality& where = localities->localities[host->locality];
    Name name(where.region.view(), where.zone.view(), where.sub_zone.view());
    Hosts& own = near[priority][name];
    own.add(host);
    if (where.weight) own.weight = where.weight;
  }
  for (size_t i = 0; i < levels.size(); i++) {
    for (auto& [name, own] : near[i]) levels[i].localities.push_back(std::move(own));
  }
  return levels;
}

void LoadBalancer::rebuild(const std::vector<Host*>& hosts, const tables::Cluster& config,
                           const tables::Endpoints* endpoints, Random& random, bool one_priority,
                           uint64_t avoided) {
  policy_ = config.lb_policy;
  by_hash_ = config.hashing.get() != nullptr;
  full_scan_ = config.full_scan;
  choices_ = config.choice_count ? config.choice_count : 2;
  bias_ = config.active_request_bias;
  groups_.clear();
  hashes_.clear();
  overprovisioning_ = endpoints ? endpoints->overprovisioning_factor : 140;
  bool by_weight = endpoints && endpoints->weighted_priority_health;
  std::vector<Level> levels =
      levelsOf(hosts, config.locality_weighted ? endpoints : nullptr, one_priority);
  std::vector<PriorityHosts> counts;
  for (const Level& level : levels) counts.push_back({level.count(false), level.count(by_weight)});
  if (avoided && !leaveOut(avoided, counts)) return;
  std::vector<PriorityLoad> loads =
      priorityLoads(counts, overprovisioning_, config.panic_threshold);
  if (by_hash_) {
    for (size_t i = 0; i < levels.size(); i++)
      addHash(levels[i], loads[i].panic ? &Hosts::all : &Hosts::healthy, config);
  }
  auto add = [&](Kind kind, uint32_t PriorityLoad::*share) {
    for (size_t i = 0; i < levels.size(); i++) {
      const PriorityLoad& load = loads[i];
      if (load.*share == 0) continue;
      Group& group = groups_.emplace_back();
      group.share = load.*share;
      group.panic = load.panic;
      // As in Envoy: the table of a priority has its healthy hosts, whoever the load is for.
      if (by_hash_) group.hash = hashes_[i].get();
      if (!by_hash_) fill(group, levels[i], load.panic ? &Hosts::all : kind, random);
    }
  };
  add(&Hosts::healthy, &PriorityLoad::healthy);
  add(&Hosts::degraded, &PriorityLoad::degraded);
}

// The priorities have nobody available; false: nor has any other.
bool LoadBalancer::leaveOut(uint64_t avoided, std::vector<PriorityHosts>& counts) {
  bool any = false;
  for (size_t i = 0; i < counts.size(); i++) {
    PriorityHosts::Count& count = counts[i].availability;
    if (i < 64 && (avoided >> i & 1)) count.healthy = count.degraded = 0;
    any |= count.healthy + count.degraded > 0;
  }
  return any;
}

void LoadBalancer::addHash(const Level& level, Kind kind, const tables::Cluster& config) {
  std::vector<HostHash::Share> shares;
  if (level.localities.empty()) {
    shareOut(level.*kind, 1, shares);
  } else {
    uint64_t sum = 0;
    for (const Hosts& each : level.localities) sum += each.weight;
    for (const Hosts& each : level.localities) {
      if (each.weight)
        shareOut(each.*kind, static_cast<double>(each.weight) / static_cast<double>(sum), shares);
    }
  }
  hashes_.push_back(std::make_unique<HostHash>(std::move(shares), *config.hashing,
                                               config.lb_policy == LbPolicy::Maglev));
}

void LoadBalancer::fill(Group& group, const Level& level, Kind kind, Random& random) {
  // In a panic localities do not count.
  if (group.panic || !addLocalities(group, level, kind, random)) addSet(group, level.*kind, random);
}

// Localities weigh what is left of their weight by the share of their hosts that can be used.
bool LoadBalancer::addLocalities(Group& group, const Level& level, Kind kind, Random& random) {
  double spare = overprovisioning_ / 100.0;
  std::vector<double> weights;
  for (const Hosts& each : level.localities) {
    size_t counted = each.all.size() - each.excluded.size();
    if (counted == 0) continue;
    double usable = static_cast<double>((each.*kind).size()) / static_cast<double>(counted);
    double weight = each.weight * std::min(1.0, spare * usable);
    if (weight <= 0) continue;
    addSet(group, each.*kind, random);
    weights.push_back(weight);
  }
  auto n = static_cast<uint32_t>(weights.size());
  if (n < 2) return n == 1;
  uint64_t first = random.below(n);
  for (uint32_t i = 0; i < n; i++) {
    auto number = static_cast<uint32_t>((first + i) % n);
    group.localities.add(number, weights[number]);
  }
  group.localities.start();
  for (uint64_t skip = random.below(n); skip > 0; skip--)
    group.localities.next([&](uint32_t number) { return weights[number]; });
  group.locality_weights = std::move(weights);
  return true;
}

void LoadBalancer::addSet(Group& group, const std::vector<Host*>& hosts, Random& random) {
  Set& set = group.sets.emplace_back();
  set.hosts = hosts;
  if (hosts.empty()) return;
  set.scheduled = std::any_of(hosts.begin(), hosts.end(), [&](Host* h) {
    return h->weight != hosts[0]->weight || h->startFactor() < 1;
  });
  // Workers start at different places, or a rarely used cluster would load its first host.
  set.at = random.below(hosts.size());
  if (!set.scheduled) return;
  for (size_t i = 0; i < hosts.size(); i++) {
    Host* host = hosts[(i + set.at) % hosts.size()];
    set.edf.add(host, weightOf(host, false));
  }
  set.edf.start();
  for (uint64_t skip = random.below(hosts.size()); skip > 0; skip--)
    set.edf.next([&](Host* host) { return weightOf(host, false); });
}

const HashNumbers* LoadBalancer::hashNumbers() const {
  for (size_t i = hashes_.size(); i > 0; i--) {
    if (!hashes_[i - 1]->empty()) return &hashes_[i - 1]->numbers();
  }
  return nullptr;
}

// ---- for each request -----------------------------------------------------------------------

// Least request: a busy host weighs less (weight / (active + 1)^bias).
double LoadBalancer::weightOf(Host* host, bool by_requests) const {
  double weight = host->weight;
  if (by_requests && bias_ > 0)
    weight /= std::pow(static_cast<double>(host->activeRequests() + 1), bias_);
  return weight * host->startFactor();
}

Host* LoadBalancer::pickLeastRequest(Set& set, Random& random) {
  size_t n = set.hosts.size();
  if (set.scheduled) return set.edf.next([this](Host* host) { return weightOf(host, true); });
  Host* best = nullptr;
  uint64_t best_active = 0;
  if (full_scan_) {
    uint64_t equal = 0;
    for (Host* host : set.hosts) {
      uint64_t active = host->activeRequests();
      if (!best || active < best_active) {
        best = host, best_active = active, equal = 1;
      } else if (active == best_active && random.below(++equal) == 0) {
        best = host;  // of those that are equal each is as likely
      }
    }
    return best;
  }
  for (uint32_t i = 0; i < choices_; i++) {
    Host* host = set.hosts[random.below(n)];
    uint64_t active = host->activeRequests();
    if (!best || active < best_active) best = host, best_active = active;
  }
  return best;
}

Host* LoadBalancer::pickFrom(Set& set, Random& random) {
  size_t n = set.hosts.size();
  if (n <= 1) return n ? set.hosts[0] : nullptr;
  switch (policy_) {
    case LbPolicy::Random:
      return set.hosts[random.below(n)];
    case LbPolicy::LeastRequest:
      return pickLeastRequest(set, random);
    default:
      if (set.scheduled) return set.edf.next([this](Host* host) { return weightOf(host, false); });
      if (++set.at >= n) set.at = 0;
      return set.hosts[set.at];
  }
}

Host* LoadBalancer::pick(Random& random, std::optional<uint64_t> hash, bool* panic,
                         uint32_t attempt) {
  Group* chosen = &groups_[0];
  uint64_t roll = 0;
  if (by_hash_ || groups_.size() > 1) roll = hash && by_hash_ ? *hash : random.next();
  uint64_t at = roll % 100;
  for (size_t i = 0; i + 1 < groups_.size() && at >= groups_[i].share; i++) {
    at -= groups_[i].share;
    chosen = &groups_[i + 1];
  }
  *panic = chosen->panic;
  if (chosen->hash) return chosen->hash->choose(roll, attempt);
  if (chosen->sets.size() == 1) [[likely]]
    return pickFrom(chosen->sets[0], random);
  uint32_t number =
      chosen->localities.next([&](uint32_t i) { return chosen->locality_weights[i]; });
  return pickFrom(chosen->sets[number], random);
}

}  // namespace attache::upstream
