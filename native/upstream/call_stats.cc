#include "upstream/call_stats.h"

#include "worker/process.h"
#include "worker/worker.h"

namespace attache::upstream {

CallStats::~CallStats() {
  for (auto& [what, block] : blocks_) {
    worker_.rows.letGo(block);
    worker_.process.named_stats.release(stats::Group::Grpc, nameOf(what));
  }
}

std::string CallStats::nameOf(std::string_view what) const {
  std::string name = cluster_;
  return name.append(".").append(what);
}

stats::Block* CallStats::block(std::string_view what) {
  auto it = blocks_.find(what);
  if (it != blocks_.end()) [[likely]]
    return it->second;
  size_t dot = what.find('.');
  if (dot != std::string_view::npos && blocks_.size() >= kMost) return block(what.substr(0, dot));
  Process& process = worker_.process;
  uint32_t index =
      process.named_stats.acquire(stats::Group::Grpc, nameOf(what), process.records.settled());
  stats::Block* block = worker_.rows.hold(index, stats::Group::Grpc);
  blocks_.emplace(what, block);
  return block;
}

}  // namespace attache::upstream
