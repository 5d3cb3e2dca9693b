// Clusters by their names, for requests that say where they go (cluster_header). Written by the
// primary as records are published and removed.
#pragma once

#include <cstdint>
#include <shared_mutex>
#include <span>
#include <string_view>
#include <unordered_map>

#include "tables/records.h"

namespace attache::upstream {

class ClusterNames {
 public:
  // A name stands here as this number; two that have the same are told apart by who looks.
  static uint64_t hash(std::string_view name);

  // What was published: `references` are those of the batch.
  void published(const tables::Records& records, std::span<const tables::Records::Input> batch,
                 std::span<const uint32_t> references);
  // Before the entry of the directory is taken away.
  void removing(const tables::Records& records, uint32_t id);

  // The directory id of the cluster whose name has the hash; 0: there is none. From any thread;
  // takes a lock that only the primary ever holds against it: see Clusters::named().
  uint32_t find(uint64_t hash) const;

 private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<uint64_t, uint32_t> ids_;
};

}  // namespace attache::upstream
