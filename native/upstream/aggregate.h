// Clusters of the type envoy.clusters.aggregate: no hosts of their own, but an order of other
// clusters. The priorities of all of them, one cluster after the other, are the priorities of the
// aggregate.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "upstream/cluster.h"

namespace attache::upstream {

// Of one worker, as its clusters are. Envoy's documentation: "Aggregate Cluster".
class Aggregate {
 public:
  // `cluster` is the aggregate itself, and outlives this.
  explicit Aggregate(Cluster& cluster) : cluster_(cluster) {}
  Aggregate(const Aggregate&) = delete;
  Aggregate& operator=(const Aggregate&) = delete;

  // A host of one of the clusters; null: none has a host that may be used.
  Host* choose(const ChoiceContext& context);
  // Whether one of them chooses by hash.
  bool choosesByHash();

 private:
  // A priority of a cluster.
  struct Level {
    Cluster* member;
    uint32_t share = 0;  // of 100
    LoadBalancer balancer;
  };
  // What a cluster was like when the levels were made; null: there was none of that name.
  struct Seen {
    Cluster* member = nullptr;
    uint64_t version = 0;
    bool operator==(const Seen&) const = default;
  };
  void refresh();
  void rebuild();
  Cluster& cluster_;
  std::vector<Seen> seen_, now_;
  std::vector<std::unique_ptr<Level>> levels_;
  bool by_hash_ = false;
};

}  // namespace attache::upstream
