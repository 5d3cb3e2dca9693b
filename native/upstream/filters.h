// The network filters of a cluster (Cluster.filters): at its connections to hosts, whatever these
// speak. Hooks and their run are those of network/filter.h. A connection is not theirs to hold up:
// what onNewConnection() answers does not matter.
#pragma once

#include <memory>
#include <vector>

#include "network/chain.h"
#include "network/filter_run.h"
#include "tables/pins.h"

namespace attache::upstream {

// Those of one version of the cluster, on one worker. Its connections keep it.
class ClusterFilters {
 public:
  // Holds a pin of the record.
  ClusterFilters(Worker& worker, tables::Pinned* cluster);
  ~ClusterFilters();
  ClusterFilters(const ClusterFilters&) = delete;
  ClusterFilters& operator=(const ClusterFilters&) = delete;

  std::vector<network::FilterEntry> entries;

 private:
  Worker& worker_;
  tables::Pinned* cluster_;
};

// At one connection.
struct ConnectionFilters {
  std::shared_ptr<ClusterFilters> of;
  network::FilterRun run;
};

}  // namespace attache::upstream
