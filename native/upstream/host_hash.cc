#include "upstream/host_hash.h"

#include <algorithm>
#include <cmath>

#include "upstream/cluster.h"

namespace attache::upstream {

HostHash::HostHash(std::vector<Share> hosts, const tables::Hashing& config, bool maglev)
    : hosts_(std::move(hosts)), balance_factor_(config.balance_factor) {
  std::vector<HashedHost> keys;
  keys.reserve(hosts_.size());
  for (auto [host, share] : hosts_) keys.push_back({host->hashKey(config.by_hostname), share});
  if (maglev) {
    maglev_.emplace(keys, config.table_size);
  } else {
    ring_.emplace(keys, config.minimum_ring_size, config.maximum_ring_size, config.murmur);
  }
}

Host* HostHash::choose(uint64_t hash, uint32_t attempt) const {
  if (maglev_ ? maglev_->empty() : ring_->empty()) return nullptr;
  uint32_t first = maglev_ ? maglev_->choose(hash, attempt) : ring_->choose(hash, attempt);
  return balance_factor_ ? chooseBounded(hash, first) : hosts_[first].first;
}

Host* HostHash::chooseBounded(uint64_t hash, uint32_t first) const {
  Cluster& cluster = hosts_[0].first->cluster;
  auto under_way = static_cast<uint32_t>(cluster.total(stats::cluster::upstream_rq_active));
  uint32_t slots = ((under_way + 1) * balance_factor_ + 99) / 100;
  auto load = [&](uint32_t number) {
    auto [host, share] = hosts_[number];
    auto own = std::max<uint32_t>(static_cast<uint32_t>(std::ceil(slots * share)), 1);
    return static_cast<double>(host->activeRequests()) / own;
  };
  auto n = static_cast<uint32_t>(hosts_.size());
  return hosts_[upstream::chooseBounded(hash, first, n, order_, load)].first;
}

}  // namespace attache::upstream
