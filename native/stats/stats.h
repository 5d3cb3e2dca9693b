// Counting without sharing: every worker has its own row of each block, written by that worker
// alone with plain stores; readers add the rows up.
//
// A block is the values of one group (src/stats/groups.ts) for one listener, cluster, host and so
// on; its number comes from the primary and stands in the records. A worker that never counts
// there spends 8 bytes on it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "stats/generated/groups.h"

namespace attache::stats {

using Word = std::atomic<uint64_t>;

// Log-linear buckets as in circllhist, which Envoy uses: 90 for each power of ten (1.0 to 9.9).
// A decade is allocated when its first value comes. Values are whole numbers, in ms as a rule.
class Histogram {
 public:
  static constexpr int kDecades = 20;  // all of 64 bits
  static constexpr int kPerDecade = 90;
  Histogram() = default;
  ~Histogram();
  Histogram(const Histogram&) = delete;
  Histogram& operator=(const Histogram&) = delete;

  void record(uint64_t value) {
    if (value == 0) {
      bump(zeros_);
      return;
    }
    // Two significant digits, 10 to 99, cut off and not rounded, as circllhist does.
    int decade = value < 10 ? 0 : 1;
    if (decade == 0) value *= 10;
    for (; value >= 100; value /= 10) decade++;
    Word* counts = decades_[decade].load(std::memory_order_relaxed);
    if (!counts) [[unlikely]]
      counts = addDecade(decade);
    bump(counts[value - 10]);
  }
  void clear();
  // Count of zeros, and counts of one decade (null: nothing there). Bucket i of decade d goes from
  // (10 + i) / 10 * 10^d up by a tenth of 10^d.
  uint64_t zeros() const { return zeros_.load(std::memory_order_relaxed); }
  const Word* decade(int d) const { return decades_[d].load(std::memory_order_acquire); }

 private:
  static void bump(Word& word) {
    word.store(word.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  Word* addDecade(int decade);
  Word zeros_{0};
  std::atomic<Word*> decades_[kDecades] = {};
};

// Counts of each response status, 0 to 1023, in pieces of 16 that are made when they are needed.
class Codes {
 public:
  static constexpr unsigned kCount = 1024;
  static constexpr unsigned kPiece = 16;
  Codes() = default;
  ~Codes();
  Codes(const Codes&) = delete;
  Codes& operator=(const Codes&) = delete;

  void count(unsigned status) {
    if (status >= kCount) return;
    Word* words = pieces_[status / kPiece].load(std::memory_order_relaxed);
    if (!words) [[unlikely]]
      words = piece(status);
    Word& word = words[status % kPiece];
    word.store(word.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  uint64_t get(unsigned status) const;
  void set(unsigned status, uint64_t n);
  void clear();

 private:
  Word* piece(unsigned status);
  std::atomic<Word*> pieces_[kCount / kPiece] = {};
};

// One worker's values of one group. A word for each slot; histograms and codes hang off theirs.
struct Block {
  Group group;
  // How many hold it through Rows::hold(); kForever: somebody took it by block().
  std::atomic<uint32_t> holders;
  Word words[1];

  static constexpr uint32_t kForever = 1u << 31;
};

inline void inc(Block* block, uint16_t slot, uint64_t n = 1) {
  Word& w = block->words[slot];
  w.store(w.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}
// Of a gauge. One worker's share may go below 0 (what another worker opened): two's complement.
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

namespace detail {
template <class T>
T* hung(const Word& word) {
  return reinterpret_cast<T*>(word.load(std::memory_order_acquire));
}
Histogram* addHistogram(Word& word);
Codes* addCodes(Word& word);
}  // namespace detail

// Records a value in a histogram slot.
inline void record(Block* block, uint16_t slot, uint64_t value) {
  Word& word = block->words[slot];
  auto* histogram = reinterpret_cast<Histogram*>(word.load(std::memory_order_relaxed));
  if (!histogram) [[unlikely]]
    histogram = detail::addHistogram(word);
  histogram->record(value);
}
// Counts a status in a codes slot; one above 1023 is not counted.
inline void countCode(Block* block, uint16_t slot, unsigned status) {
  Word& word = block->words[slot];
  auto* codes = reinterpret_cast<Codes*>(word.load(std::memory_order_relaxed));
  if (!codes) [[unlikely]]
    codes = detail::addCodes(word);
  codes->count(status);
}

// Blocks by number, in two levels, so that growing never moves what a reader may look at.
class BlockTable {
 public:
  static constexpr uint32_t kChunk = 1024;
  static constexpr uint32_t kChunks = 1024;
  static constexpr uint32_t kCapacity = kChunk * kChunks;
  BlockTable() = default;
  ~BlockTable();
  BlockTable(const BlockTable&) = delete;
  BlockTable& operator=(const BlockTable&) = delete;

  // Null: not there. For any thread.
  Block* find(uint32_t index) const {
    if (index >= kCapacity) return nullptr;
    std::atomic<Block*>* chunk = chunks_[index / kChunk].load(std::memory_order_acquire);
    return chunk ? chunk[index % kChunk].load(std::memory_order_acquire) : nullptr;
  }
  // The block, made if needed, for the thread that owns the table.
  Block* make(uint32_t index, Group group);
  // Calls fn(index, block) for all, ascending.
  template <class Fn>
  void forEach(Fn&& fn) const {
    for (uint32_t c = 0; c < kChunks; c++) {
      std::atomic<Block*>* chunk = chunks_[c].load(std::memory_order_acquire);
      for (uint32_t i = 0; chunk && i < kChunk; i++) {
        if (Block* block = chunk[i].load(std::memory_order_acquire)) fn(c * kChunk + i, block);
      }
    }
  }

 private:
  std::atomic<std::atomic<Block*>*> chunks_[kChunks] = {};
};

class Rows;

// Which blocks there are, over all workers. Belongs to the process; any thread may call, the
// primary is meant.
class Registry {
 public:
  static constexpr int kMaxWorkers = 256;
  // Number of the row for what the primary thread does itself. Its values are among the sums that
  // are shown, but sum() leaves them out: the limits of the workers are theirs alone, and looking
  // costs them nothing.
  static constexpr int kPrimary = kMaxWorkers;
  // Number of the row for what an earlier process has counted (carry()).
  static constexpr int kCarried = kMaxWorkers + 1;
  // Number of the one block of the group Server.
  static constexpr uint32_t kServer = 1;

  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // A new block of a group: its number, above 0, or 0 when a million are in use. `settled` says
  // that no worker holds a record that is not current any more: numbers that were released before
  // the last published() may then be given out again, all their values 0.
  uint32_t alloc(Group group, bool settled = false);
  // Nothing that will be published names the number again.
  void release(uint32_t index);
  // A batch of records was published, or a record removed.
  void published();
  Group group(uint32_t index);

  // Sums over the workers: `out` has room for the group's slots (histograms and codes: 0). A
  // counter that is 0 since resetCounters(), but was used before, is -0.
  void read(uint32_t index, double* out);
  // One worker's counters and gauges, likewise; without regard to resetCounters().
  void readWorker(uint32_t index, uint32_t worker, double* out);
  // Lower bounds and counts of a histogram, ascending, as pairs.
  std::vector<double> histogram(uint32_t index, uint16_t slot);
  // Statuses that were seen and their counts, as pairs, ascending.
  std::vector<double> codes(uint32_t index, uint16_t slot);
  // Sum of one gauge over all workers, for limits that hold for the process. Takes no lock.
  uint64_t sum(uint32_t index, uint16_t slot) const;
  // Counters start again at 0 (gauges and histograms stay).
  void resetCounters();
  // What another process, from which this one takes over, has counted in a block so far: `values`
  // are of its counters and gauges, as read() gives them. Replaces what was carried before.
  void carry(uint32_t index, const double* values);
  // The same of a codes slot: `pairs` as codes() gives them.
  void carryCodes(uint32_t index, uint16_t slot, std::span<const double> pairs);
  // Workers that have rows, alive or not; without the primary's.
  size_t rowCount() const { return row_count_.load(std::memory_order_acquire); }

 private:
  friend class Rows;
  struct Row {
    BlockTable blocks;
    bool alive = false;
  };
  struct Released {
    uint32_t index;
    uint64_t epoch;
  };
  Row* attach(int worker);
  void detach(Row* row);
  Block* carried(uint32_t index);
  bool isHeld(uint32_t index) const;
  void clear(uint32_t index);
  uint32_t reuse(Group group);
  uint64_t counterSum(uint32_t index, Group group, uint16_t slot) const;
  template <class Fn>
  void forEachBlock(uint32_t index, Group group, Fn&& fn) const;

  std::mutex mutex_;
  std::vector<Group> groups_;  // by number
  std::vector<Released> released_[static_cast<size_t>(Group::kCount)];
  uint64_t epoch_ = 0;
  BlockTable base_;  // what resetCounters() takes off
  // Rows live as long as the registry: others may be reading them when a worker dies, and the
  // worker that replaces it counts on in them.
  std::atomic<Row*> rows_[kMaxWorkers + 2] = {};
  std::atomic<size_t> row_count_{0};
};

// One worker's rows. What it answers belongs to that worker's thread.
class Rows {
 public:
  // `worker` is the worker's number, or Registry::kPrimary; below 0: any that is free.
  explicit Rows(Registry& registry, int worker = -1);
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  // This worker's block; made when first asked for. `group` must be the block's own. Number 0 is
  // a block that nobody reads. The number of a block taken this way is never given out again.
  Block* block(uint32_t index, Group group);
  // The same, until letGo(): the number may be used again afterwards.
  Block* hold(uint32_t index, Group group);
  void letGo(Block* block);
  Registry& registry() const { return registry_; }
  bool ofPrimary() const { return primary_; }

 private:
  Block* get(uint32_t index, Group group);
  Registry& registry_;
  Registry::Row* row_;
  bool primary_;
  BlockTable sinks_;  // by group
};

}  // namespace attache::stats
