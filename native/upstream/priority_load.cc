#include "upstream/priority_load.h"

#include <algorithm>

namespace attache::upstream {
namespace {

uint32_t availability(uint64_t some, uint64_t all, uint32_t overprovisioning) {
  if (all == 0) return 0;
  return static_cast<uint32_t>(std::min<uint64_t>(100, overprovisioning * some / all));
}

// Everybody panics: hosts count, whatever their health.
void shareByHosts(std::span<const PriorityHosts> priorities, std::vector<PriorityLoad>& loads) {
  uint64_t total = 0;
  for (const PriorityHosts& each : priorities) total += each.hosts.all;
  if (total == 0) {
    loads[0].healthy = 100;
    return;
  }
  uint32_t left = 100;
  size_t first = priorities.size();
  for (size_t i = 0; i < priorities.size(); i++) {
    uint64_t hosts = priorities[i].hosts.all;
    if (hosts > 0) first = std::min(first, i);
    loads[i].healthy = static_cast<uint32_t>(100 * hosts / total);
    loads[i].degraded = 0;
    left -= loads[i].healthy;
  }
  loads[first].healthy += left;
}

// Gives `left` to priorities in order, as far as each is available; answers the first that is.
size_t share(const std::vector<uint32_t>& available, uint32_t total, uint32_t& left,
             std::vector<PriorityLoad>& loads, uint32_t PriorityLoad::*field) {
  size_t first = available.size();
  for (size_t i = 0; i < available.size(); i++) {
    if (available[i] > 0) first = std::min(first, i);
    loads[i].*field = std::min(left, available[i] * 100 / total);
    left -= loads[i].*field;
  }
  return first;
}

}  // namespace

std::vector<PriorityLoad> priorityLoads(std::span<const PriorityHosts> priorities,
                                        uint32_t overprovisioning, uint32_t panic_threshold) {
  size_t n = priorities.size();
  std::vector<PriorityLoad> loads(n);
  std::vector<uint32_t> healthy(n), degraded(n);
  uint32_t total = 0;
  for (size_t i = 0; i < n; i++) {
    const PriorityHosts::Count& count = priorities[i].availability;
    healthy[i] = availability(count.healthy, count.counted(), overprovisioning);
    degraded[i] = availability(count.degraded, count.counted(), overprovisioning);
    total += healthy[i] + degraded[i];
  }
  total = std::min<uint32_t>(total, 100);
  if (total > 0) {
    uint32_t left = 100;
    size_t first = share(healthy, total, left, loads, &PriorityLoad::healthy);
    size_t second = share(degraded, total, left, loads, &PriorityLoad::degraded);
    // What rounding has left over.
    if (first < n) {
      loads[first].healthy += left;
    } else {
      loads[second].degraded += left;
    }
  } else if (panic_threshold == 0) {
    loads[0].healthy = 100;  // in vain: it has no healthy host
    return loads;
  }
  bool all_panic = true;
  for (size_t i = 0; i < n; i++) {
    const PriorityHosts::Count& hosts = priorities[i].hosts;
    double usable = hosts.counted() == 0
                        ? 0
                        : 100.0 * static_cast<double>(hosts.healthy + hosts.degraded) /
                              static_cast<double>(hosts.counted());
    loads[i].panic = total < 100 && usable < std::min<uint32_t>(panic_threshold, 100);
    all_panic = all_panic && loads[i].panic;
  }
  if (all_panic) shareByHosts(priorities, loads);
  return loads;
}

}  // namespace attache::upstream
