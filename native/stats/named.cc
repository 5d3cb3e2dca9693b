#include "stats/named.h"

namespace attache::stats {

uint32_t NamedBlocks::acquire(Group group, std::string_view name, bool settled) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto it = entries_.try_emplace({group, std::string(name)}).first;
  Entry& entry = it->second;
  if (entry.holders++ == 0) {
    entry.index = registry_.alloc(group, settled);
    if (entry.index) numbers_[entry.index] = it;
    // Under the lock: whoever listens hears of a name in the order of what happened to it.
    if (told_) told_(true, entry.index, group, name);
  }
  return entry.index;
}

void NamedBlocks::release(Group group, std::string_view name) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto it = entries_.find({group, std::string(name)});
  if (it != entries_.end()) release(it);
}

void NamedBlocks::release(uint32_t index) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto it = numbers_.find(index);
  if (it != numbers_.end()) release(it->second);
}

void NamedBlocks::release(Entries::iterator it) {
  Entry& entry = it->second;
  if (--entry.holders > 0) return;
  const auto& [group, name] = it->first;
  registry_.release(entry.index);
  if (told_) told_(false, entry.index, group, name);
  numbers_.erase(entry.index);
  entries_.erase(it);
}

}  // namespace attache::stats
