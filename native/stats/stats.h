// Counting without sharing: every worker has its own row of each block, written by that worker
// alone with plain stores; readers add the rows up.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>

#include "stats/generated/groups.h"

namespace attache::stats {

using Word = std::atomic<uint64_t>;

// Log-linear buckets as in circllhist, which Envoy uses: 90 for each power of ten (1.0 to 9.9).
// A decade is allocated when its first value comes. Values are whole numbers, in ms as a rule.
class Histogram {
 public:
  static constexpr int kDecades = 16;
  static constexpr int kPerDecade = 90;
  ~Histogram();
  void record(uint64_t value);
  // Calls fn(lower bound, count) for each bucket in use, ascending. The width of a bucket is a
  // tenth of its power of ten (bucket 0 holds zeros only).
  template <class Fn>
  void forEach(Fn&& fn) const {
    if (uint64_t zeros = zeros_.load(std::memory_order_relaxed)) fn(0.0, zeros);
    double scale = 0.1;
    for (int d = 0; d < kDecades; d++, scale *= 10) {
      const Word* decade = decades_[d].load(std::memory_order_acquire);
      if (!decade) continue;
      for (int i = 0; i < kPerDecade; i++) {
        if (uint64_t n = decade[i].load(std::memory_order_relaxed)) fn((i + 10) * scale, n);
      }
    }
  }

 private:
  Word zeros_{0};
  std::atomic<Word*> decades_[kDecades] = {};
};

// Response codes: an array of 512 counters (100 to 611), made when the first response comes.
struct Codes {
  static constexpr int kCount = 512;
  Word counts[kCount];
};

// One worker's values of one group. A word for each slot; histograms and codes hang off theirs.
struct Block {
  Group group;
  Word words[1];
};

inline Word& word(Block* block, uint16_t slot) { return block->words[slot]; }
inline void inc(Block* block, uint16_t slot, uint64_t n = 1) {
  Word& w = block->words[slot];
  w.store(w.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}
inline void dec(Block* block, uint16_t slot, uint64_t n = 1) {
  Word& w = block->words[slot];
  w.store(w.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
}
inline void set(Block* block, uint16_t slot, uint64_t n) {
  block->words[slot].store(n, std::memory_order_relaxed);
}
inline uint64_t get(const Block* block, uint16_t slot) {
  return block->words[slot].load(std::memory_order_relaxed);
}
// Records a value in a histogram slot.
void record(Block* block, uint16_t slot, uint64_t value);
// Counts a status in a codes slot; statuses outside 100 to 611 are not counted by code.
void countCode(Block* block, uint16_t slot, unsigned status);

class Rows;

// Which blocks there are, over all workers. Belongs to the process; methods may be called from
// any thread but are meant for the primary.
class Registry {
 public:
  Registry();
  ~Registry();
  // A new block of a group: its number, above 0.
  uint32_t alloc(Group group);
  // The number may be given out again; its rows are cleared before.
  void release(uint32_t index);
  Group group(uint32_t index);
  // Sums over the workers: `out` has room for the group's slots (histogram and codes slots: 0).
  void read(uint32_t index, double* out);
  // Lower bounds and counts of a histogram, ascending, as pairs.
  std::vector<double> histogram(uint32_t index, uint16_t slot);
  // Status and count, as pairs, ascending.
  std::vector<double> codes(uint32_t index, uint16_t slot);
  // Sum of one gauge slot over all workers: limits that hold for the process.
  uint64_t sum(uint32_t index, uint16_t slot) const;
  // Counters start again at 0 (gauges and histograms stay).
  void resetCounters();
  size_t rowCount() const { return row_count_.load(std::memory_order_acquire); }

 private:
  friend class Rows;
  void addRows(Rows* rows);
  void removeRows(Rows* rows);
  struct Info {
    Group group = Group::None;
    std::vector<double> base;  // what resetCounters() subtracts
    std::vector<double> dead;  // counters of workers that are gone
  };
  static constexpr int kMaxRows = 256;
  std::mutex mutex_;
  std::vector<Info> infos_;
  std::vector<uint32_t> free_;
  std::atomic<Rows*> rows_[kMaxRows] = {};
  std::atomic<size_t> row_count_{0};
};

// One worker's rows. block() belongs to that worker.
class Rows {
 public:
  explicit Rows(Registry& registry) : registry_(registry) { registry_.addRows(this); }
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  // This worker's block; made when first asked for. `group` must be the block's own.
  Block* block(uint32_t index, Group group);
  // The same, null when this worker has not counted there. For readers on any thread.
  Block* peek(uint32_t index) const;
  Registry& registry() const { return registry_; }

 private:
  friend class Registry;
  // Two levels, so that growing never moves what a reader may look at.
  static constexpr uint32_t kChunk = 1024;
  static constexpr uint32_t kChunks = 1024;
  using Chunk = std::atomic<Block*>[kChunk];
  Registry& registry_;
  std::atomic<std::atomic<Block*>*> chunks_[kChunks] = {};
};

}  // namespace attache::stats
