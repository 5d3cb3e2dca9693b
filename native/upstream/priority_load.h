// How much of a cluster's load each priority takes, by the health of its hosts.
// Envoy's documentation: "Priority levels", "Degraded endpoints", "Panic threshold".
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace attache::upstream {

// The hosts of a priority; with weighted_priority_health weights stand for them in `availability`.
struct PriorityHosts {
  struct Count {
    uint64_t all = 0, healthy = 0, degraded = 0;
    uint64_t excluded = 0;  // of all: draining, and no loss
    uint64_t counted() const { return all - excluded; }
  };
  Count hosts;
  Count availability;
};

struct PriorityLoad {
  uint32_t healthy = 0;   // percent of the requests
  uint32_t degraded = 0;  // that go to its degraded hosts
  bool panic = false;     // too few are healthy: all of its hosts are used
};

// One for each of the priorities, which are at least one; together 100 percent.
// `overprovisioning` and `panic_threshold` in percent, 0: no panic.
std::vector<PriorityLoad> priorityLoads(std::span<const PriorityHosts> priorities,
                                        uint32_t overprovisioning, uint32_t panic_threshold);

}  // namespace attache::upstream
