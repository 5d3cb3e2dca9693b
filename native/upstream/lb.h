// Choosing a host: priorities and health first, then the cluster's policy.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "tables/generated/layout.h"

namespace attache::upstream {

class Host;

// Rebuilt when hosts change; picking is O(1), or O(choice count) for least request, and O(log n)
// for weighted round robin.
class LoadBalancer {
 public:
  void rebuild(const std::vector<Host*>& hosts, const tables::Cluster& config,
               uint32_t overprovisioning, Random& random);
  // Null when no host may be used. `*panic`: the healthy ones are too few, all were considered.
  Host* pick(Random& random, bool* panic);

 private:
  struct Level {  // one priority
    std::vector<Host*> all, healthy, degraded;
    double available = 0;  // percent of hosts that may take load, overprovisioned, at most 100
  };
  // Earliest deadline first over weights (as Envoy's EDF scheduler): spreads evenly at any moment.
  struct Edf {
    struct Entry {
      double deadline;
      uint64_t order;
      Host* host;
    };
    std::vector<Entry> heap;
    uint64_t order = 0;
    double now = 0;
    Host* next(double bias);
  };
  struct Set {
    std::vector<Host*> hosts;
    bool weighted = false;
    size_t at = 0;
    Edf edf;
    bool panic = false;
    uint32_t share = 0;  // of 100
  };
  Host* pickFrom(Set& set, Random& random);
  void addSet(const std::vector<Host*>& hosts, uint32_t share, bool panic, Random& random);

  tables::LbPolicy policy_ = tables::LbPolicy::RoundRobin;
  uint32_t choices_ = 2;
  double bias_ = 1;
  bool panics_ = false;  // too few healthy hosts, none of all too, are a panic
  std::vector<Set> sets_;
};

}  // namespace attache::upstream
