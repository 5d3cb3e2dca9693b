// Since when the hosts of a cluster are there: the same for all workers, whenever they use it
// first. Asked when hosts change, never for a request.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace attache::upstream {

class HostAges {
 public:
  // When a worker first asked for the host; `now_ms` when this is the first time.
  uint64_t since(std::string_view address, uint64_t now_ms) {
    std::lock_guard lock(mutex_);
    return since_.emplace(std::string(address), now_ms).first->second;
  }
  // Forgets all other hosts: one that comes back is new.
  void keepOnly(const std::vector<std::string_view>& addresses) {
    std::lock_guard lock(mutex_);
    std::unordered_map<std::string, uint64_t> kept;
    for (std::string_view address : addresses) {
      auto known = since_.find(std::string(address));
      if (known != since_.end()) kept.insert(*known);
    }
    since_ = std::move(kept);
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, uint64_t> since_;
};

}  // namespace attache::upstream
