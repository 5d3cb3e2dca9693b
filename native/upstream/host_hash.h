// The hosts of one priority, chosen by the hash of a request.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "tables/generated/layout.h"
#include "upstream/hash_table.h"

namespace attache::upstream {

class Host;

class HostHash {
 public:
  // A host and its share; those of all add up to 1.
  using Share = std::pair<Host*, double>;
  HostHash(std::vector<Share> hosts, const tables::Hashing& config, bool maglev);
  // Null when there are no hosts.
  Host* choose(uint64_t hash, uint32_t attempt) const;
  bool empty() const { return hosts_.empty(); }
  const HashNumbers& numbers() const { return maglev_ ? maglev_->numbers() : ring_->numbers(); }

 private:
  Host* chooseBounded(uint64_t hash, uint32_t first) const;
  std::vector<Share> hosts_;
  uint32_t balance_factor_;
  std::optional<HashRing> ring_;
  std::optional<MaglevTable> maglev_;
  mutable std::vector<uint32_t> order_;  // kept for chooseBounded()
};

}  // namespace attache::upstream
