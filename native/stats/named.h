// Statistics whose names come up while traffic flows: those of a gRPC method, of a zone. A block
// for each name that is in use anywhere in the process.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "stats/stats.h"

namespace attache::stats {

class NamedBlocks {
 public:
  explicit NamedBlocks(Registry& registry) : registry_(registry) {}
  // Told of blocks as they come (true) and go, by whatever thread; before there are any.
  using Told = std::function<void(bool added, uint32_t index, Group group, std::string_view name)>;
  void setTold(Told told) { told_ = std::move(told); }

  // The number of the block of a name (Registry::alloc()); held until release(). Takes a lock: once
  // for a name on a worker, not for each request. `settled`: see Registry::alloc().
  uint32_t acquire(Group group, std::string_view name, bool settled);
  // The last one to let go takes the name away; its values are gone.
  void release(Group group, std::string_view name);
  // The same by its number.
  void release(uint32_t index);

 private:
  struct Entry {
    uint32_t index = 0;
    uint32_t holders = 0;
  };
  Registry& registry_;
  Told told_;
  std::mutex mutex_;
  using Entries = std::map<std::pair<Group, std::string>, Entry>;
  void release(Entries::iterator it);
  Entries entries_;
  std::unordered_map<uint32_t, Entries::iterator> numbers_;
};

}  // namespace attache::stats
