// Passive health: what requests say of a host, counted over all workers; and whether it is ejected.
// The primary thread decides on ejections (src/upstream/outlier.ts), these are its eyes and its
// hand. envoy.config.cluster.v3.OutlierDetection
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "tables/generated/layout.h"

namespace attache::upstream {

// Of one host of one cluster; the workers share it.
struct OutlierState {
  std::atomic<uint32_t> any_5xx{0}, gateway{0}, local{0};  // in a row
  std::atomic<bool> ejected{false};
};

// How a row of failures came to be: the numbers of src/upstream/outlier.ts.
enum class OutlierKind : uint8_t { Consecutive5xx, ConsecutiveGateway, ConsecutiveLocal };

// All of the process, by the number of the host's block of statistics. Its lock is for hosts that
// come and for ejections, never for a request.
class OutlierStates {
 public:
  std::shared_ptr<OutlierState> get(uint32_t host);
  // Ejects a host, or lets it come back. Its cluster has to be rebalanced on every worker.
  void eject(uint32_t host, bool ejected);
  // Told, on a worker's thread, of a row that is as long as the configuration allows.
  std::function<void(OutlierKind kind, std::string cluster, std::string address)> on_row;

 private:
  std::mutex mutex_;
  std::unordered_map<uint32_t, std::weak_ptr<OutlierState>> states_;
  // Those that are ejected stay so, whether a worker knows them at the moment or not.
  std::unordered_map<uint32_t, std::shared_ptr<OutlierState>> ejected_;
};

// What a host looks at with every answer: counts it; true: the row is complete, and begins anew.
inline bool countRow(std::atomic<uint32_t>& row, uint32_t limit) {
  if (row.fetch_add(1, std::memory_order_relaxed) + 1 != limit) return false;
  row.store(0, std::memory_order_relaxed);
  return true;
}
inline void endRow(std::atomic<uint32_t>& row) {
  // The line is shared with other workers: not written without need.
  if (row.load(std::memory_order_relaxed)) row.store(0, std::memory_order_relaxed);
}

}  // namespace attache::upstream
