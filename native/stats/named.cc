#include "stats/named.h"

namespace attache::stats {

uint32_t NamedBlocks::acquire(Group group, std::string_view name, bool settled) {
  std::lock_guard<std::mutex> lock(mutex_);
  Entry& entry = entries_[{group, std::string(name)}];
  if (entry.holders++ == 0) {
    entry.index = registry_.alloc(group, settled);
    // Under the lock: whoever listens hears of a name in the order of what happened to it.
    if (told_) told_(true, entry.index, group, name);
  }
  return entry.index;
}

void NamedBlocks::release(Group group, std::string_view name) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto it = entries_.find({group, std::string(name)});
  if (it == entries_.end() || --it->second.holders > 0) return;
  registry_.release(it->second.index);
  if (told_) told_(false, it->second.index, group, name);
  entries_.erase(it);
}

}  // namespace attache::stats
