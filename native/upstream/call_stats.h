// Statistics of the gRPC calls to a cluster, by service and method (or for all of them together):
// one worker's blocks.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "stats/stats.h"

namespace attache {
class Worker;
}

namespace attache::upstream {

class CallStats {
 public:
  // `cluster`: the name that its statistics have.
  CallStats(Worker& worker, std::string_view cluster) : worker_(worker), cluster_(cluster) {}
  ~CallStats();
  CallStats(const CallStats&) = delete;
  CallStats& operator=(const CallStats&) = delete;

  // Clients choose the names: those beyond this many are counted without service and method.
  static constexpr size_t kMost = 10'000;

  // The block of `what` ("grpc.shop.Cart.Add", "grpc"), below cluster.<name>.; made when first
  // asked for. Valid as long as the worker, but belongs to others once this is gone.
  stats::Block* block(std::string_view what);

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::string nameOf(std::string_view what) const;
  Worker& worker_;
  std::string cluster_;
  std::unordered_map<std::string, stats::Block*, Hash, std::equal_to<>> blocks_;
};

}  // namespace attache::upstream
