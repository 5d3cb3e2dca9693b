// Choosing a host: priorities and health first, then localities, then the cluster's policy.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "tables/generated/layout.h"
#include "upstream/edf.h"
#include "upstream/host_hash.h"
#include "upstream/priority_load.h"

namespace attache::upstream {

class Host;

// What priorityLoads() wants to know of the hosts of one priority.
PriorityHosts countHosts(const std::vector<Host*>& hosts);

// Rebuilt when hosts change; picking is O(1), or O(choice count) for least request, and O(log n)
// for weighted round robin, for localities by weight and on a hash ring.
class LoadBalancer {
 public:
  // `endpoints` has the localities of the hosts; null: there are none. `one_priority`: the hosts
  // are all of one, whichever that is. `avoided`: priorities that take nothing, one bit each; if no
  // other has hosts that can be used, there is nothing to pick.
  void rebuild(const std::vector<Host*>& hosts, const tables::Cluster& config,
               const tables::Endpoints* endpoints, Random& random, bool one_priority = false,
               uint64_t avoided = 0);
  // Null when no host may be used. `*panic`: the healthy ones are too few, all were considered.
  // `hash` is for policies that choose by it; without one they choose at random. `attempt`: see
  // ChoiceContext.
  Host* pick(Random& random, std::optional<uint64_t> hash, bool* panic, uint32_t attempt = 0);
  // Nothing can be picked.
  bool empty() const { return groups_.empty(); }
  // Of the ring or table of the last priority that has hosts; null: there is none.
  const HashNumbers* hashNumbers() const;

 private:
  friend PriorityHosts countHosts(const std::vector<Host*>& hosts);
  // Of one priority, or one locality of it.
  struct Hosts {
    std::vector<Host*> all, healthy, degraded, excluded;
    uint32_t weight = 0;  // of a locality
    void add(Host* host);
    PriorityHosts::Count count(bool by_weight) const;
  };
  struct Level : Hosts {
    std::vector<Hosts> localities;  // empty: their weights do not count
  };
  struct Set {
    std::vector<Host*> hosts;
    bool scheduled = false;
    size_t at = 0;
    Edf<Host*> edf;
  };
  // What a part of the requests goes to: one set of hosts, several that share it, or a table.
  struct Group {
    uint32_t share = 0;  // of 100
    bool panic = false;
    std::vector<Set> sets;
    Edf<uint32_t> localities;  // numbers of sets, if there are several
    std::vector<double> locality_weights;
    const HostHash* hash = nullptr;
  };
  using Kind = std::vector<Host*> Hosts::*;

  static std::vector<Level> levelsOf(const std::vector<Host*>& hosts,
                                     const tables::Endpoints* localities, bool one_priority);
  static bool leaveOut(uint64_t avoided, std::vector<PriorityHosts>& counts);
  void fill(Group& group, const Level& level, Kind kind, Random& random);
  void addHash(const Level& level, Kind kind, const tables::Cluster& config);
  void addSet(Group& group, const std::vector<Host*>& hosts, Random& random);
  bool addLocalities(Group& group, const Level& level, Kind kind, Random& random);
  double weightOf(Host* host, bool by_requests) const;
  Host* pickFrom(Set& set, Random& random);
  Host* pickLeastRequest(Set& set, Random& random);

  tables::LbPolicy policy_ = tables::LbPolicy::RoundRobin;
  bool by_hash_ = false;
  bool full_scan_ = false;
  uint32_t choices_ = 2;
  double bias_ = 1;
  uint32_t overprovisioning_ = 140;
  std::vector<Group> groups_;
  std::vector<std::unique_ptr<HostHash>> hashes_;  // of each priority
};

}  // namespace attache::upstream
