// A worker's hold on records: plain counts, touched by one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "tables/records.h"

namespace attache::tables {

// One version of one directory entry, as a worker uses it. Held by pins (streams, connections,
// clusters); while it is the current version the Pins object keeps it too.
struct Pinned {
  const void* record;
  uint32_t id;
  uint32_t ref;
  uint32_t pins;
  bool current;
  Retirement* retirement;
  template <class T>
  const T& as() const {
    return *static_cast<const T*>(record);
  }
};

// Not thread safe but for retire(), which the primary calls.
class Pins : public RetirementSink {
 public:
  // `wake` is called (from the primary's thread) when there are retirements to process.
  Pins(Records& records, std::function<void()> wake) : records_(records), wake_(std::move(wake)) {
    records_.addWorker(this);
  }
  ~Pins() override;

  // The current version of `id`, pinned once more; null when there is none. unpin() it.
  Pinned* pin(uint32_t id);
  void unpin(Pinned* pinned) {
    if (--pinned->pins == 0 && !pinned->current) discard(pinned);
  }
  // True while `pinned` is what the directory names.
  bool isCurrent(const Pinned* pinned) const { return records_.current(pinned->id) == pinned->ref; }

  void retire(Retirement* retirement) override;
  // Answers up to `budget` retirements; calls `changed(id)` before each, so that long holders can
  // move to the new version. True when more are waiting.
  template <class Fn>
  bool process(size_t budget, Fn&& changed) {
    for (size_t i = 0; i < budget; i++) {
      Retirement* next = take();
      if (!next) return false;
      changed(next->id);
      settle(next);
    }
    return true;
  }
  const Records& records() const { return records_; }

 private:
  Retirement* take();
  void settle(Retirement* retirement);
  void discard(Pinned* pinned);
  void supersede(Pinned* pinned);
  Records& records_;
  std::function<void()> wake_;
  std::vector<Pinned*> current_;                   // by directory id
  std::unordered_map<uint32_t, Pinned*> orphans_;  // superseded and still pinned, by reference
  std::mutex mutex_;
  std::deque<Retirement*> queue_;
};

}  // namespace attache::tables
