#include "stats/stats.h"

#include <algorithm>
#include <map>

namespace attache::stats {

namespace {

template <class T>
T* hang(Word& word) {
  return reinterpret_cast<T*>(word.load(std::memory_order_acquire));
}

// Made by the worker that owns the row; readers see it whole or not at all.
template <class T>
T* hangOrMake(Word& word) {
  T* have = reinterpret_cast<T*>(word.load(std::memory_order_relaxed));
  if (have) return have;
  T* made = new T();
  word.store(reinterpret_cast<uint64_t>(made), std::memory_order_release);
  return made;
}

void destroyBlock(Block* block) {
  if (!block) return;
  const GroupInfo& info = kGroups[static_cast<size_t>(block->group)];
  for (uint16_t i = 0; i < info.slots; i++) {
    if (info.kinds[i] == SlotKind::Histogram) delete hang<Histogram>(block->words[i]);
    if (info.kinds[i] == SlotKind::Codes) delete hang<Codes>(block->words[i]);
  }
  std::free(block);
}

}  // namespace

Histogram::~Histogram() {
  for (auto& decade : decades_) delete[] decade.load(std::memory_order_relaxed);
}

void Histogram::record(uint64_t value) {
  if (value == 0) {
    zeros_.store(zeros_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    return;
  }
  // Two significant digits: 10 to 99, and the decade.
  int decade = 1;
  while (value >= 100) {
    value /= 10;
    decade++;
  }
  if (value < 10) {
    value *= 10;
    decade--;
  }
  std::atomic<Word*>& slot = decades_[std::min(decade, kDecades - 1)];
  Word* counts = slot.load(std::memory_order_relaxed);
  if (!counts) {
    counts = new Word[kPerDecade]();
    slot.store(counts, std::memory_order_release);
  }
  Word& count = counts[value - 10];
  count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void record(Block* block, uint16_t slot, uint64_t value) {
  hangOrMake<Histogram>(block->words[slot])->record(value);
}

void countCode(Block* block, uint16_t slot, unsigned status) {
  if (status < 100 || status >= 100 + Codes::kCount) return;
  Word& count = hangOrMake<Codes>(block->words[slot])->counts[status - 100];
  count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

// ---- Rows ----------------------------------------------------------------------------------

Rows::~Rows() {
  registry_.removeRows(this);
  for (auto& chunk : chunks_) {
    std::atomic<Block*>* blocks = chunk.load(std::memory_order_relaxed);
    if (!blocks) continue;
    for (uint32_t i = 0; i < kChunk; i++) destroyBlock(blocks[i].load(std::memory_order_relaxed));
    delete[] blocks;
  }
}

Block* Rows::block(uint32_t index, Group group) {
  std::atomic<std::atomic<Block*>*>& chunk = chunks_[index / kChunk % kChunks];
  std::atomic<Block*>* blocks = chunk.load(std::memory_order_relaxed);
  if (!blocks) {
    blocks = new std::atomic<Block*>[kChunk]();
    chunk.store(blocks, std::memory_order_release);
  }
  Block* block = blocks[index % kChunk].load(std::memory_order_relaxed);
  if (block && block->group == group) [[likely]] return block;
  const GroupInfo& info = kGroups[static_cast<size_t>(group)];
  block = static_cast<Block*>(std::calloc(1, sizeof(Block) + sizeof(Word) * info.slots));
  if (!block) std::abort();
  block->group = group;
  blocks[index % kChunk].store(block, std::memory_order_release);
  return block;
}

Block* Rows::peek(uint32_t index) const {
  std::atomic<Block*>* blocks = chunks_[index / kChunk % kChunks].load(std::memory_order_acquire);
  return blocks ? blocks[index % kChunk].load(std::memory_order_acquire) : nullptr;
}

// ---- Registry ------------------------------------------------------------------------------

Registry::Registry() : infos_(1) {}
Registry::~Registry() = default;

uint32_t Registry::alloc(Group group) {
  std::lock_guard<std::mutex> lock(mutex_);
  uint32_t index;
  // Numbers of the same group first: rows that workers already have then fit. Their old counts
  // become the base that reading subtracts.
  auto it = std::find_if(free_.begin(), free_.end(), [&](uint32_t i) { return infos_[i].group == group; });
  if (it != free_.end()) {
    index = *it;
    free_.erase(it);
  } else {
    index = static_cast<uint32_t>(infos_.size());
    infos_.emplace_back();
    infos_[index].group = group;
  }
  return index;
}

void Registry::release(uint32_t index) {
  std::lock_guard<std::mutex> lock(mutex_);
  Info& info = infos_[index];
  const GroupInfo& group = kGroups[static_cast<size_t>(info.group)];
  info.base.assign(group.slots, 0);
  for (size_t r = 0; r < kMaxRows; r++) {
    Rows* rows = rows_[r].load(std::memory_order_acquire);
    Block* block = rows ? rows->peek(index) : nullptr;
    if (!block || block->group != info.group) continue;
    for (uint16_t i = 0; i < group.slots; i++) {
      if (group.kinds[i] == SlotKind::Counter) info.base[i] += static_cast<double>(get(block, i));
    }
  }
  if (!info.dead.empty()) {
    for (uint16_t i = 0; i < group.slots; i++) info.base[i] += info.dead[i];
  }
  free_.push_back(index);
}

Group Registry::group(uint32_t index) {
  std::lock_guard<std::mutex> lock(mutex_);
  return index < infos_.size() ? infos_[index].group : Group::None;
}

void Registry::read(uint32_t index, double* out) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Info& info = infos_[index];
  const GroupInfo& group = kGroups[static_cast<size_t>(info.group)];
  std::fill(out, out + group.slots, 0.0);
  for (size_t r = 0; r < kMaxRows; r++) {
    Rows* rows = rows_[r].load(std::memory_order_acquire);
    Block* block = rows ? rows->peek(index) : nullptr;
    if (!block || block->group != info.group) continue;
    for (uint16_t i = 0; i < group.slots; i++) {
      // Gauges of one worker may go below 0 (what another worker opened): two's complement.
      if (group.kinds[i] <= SlotKind::Gauge) out[i] += static_cast<double>(static_cast<int64_t>(get(block, i)));
    }
  }
  for (uint16_t i = 0; i < group.slots && !info.dead.empty(); i++) out[i] += info.dead[i];
  for (uint16_t i = 0; i < group.slots && !info.base.empty(); i++) out[i] -= info.base[i];
}

std::vector<double> Registry::histogram(uint32_t index, uint16_t slot) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::map<double, double> merged;
  for (size_t r = 0; r < kMaxRows; r++) {
    Rows* rows = rows_[r].load(std::memory_order_acquire);
    Block* block = rows ? rows->peek(index) : nullptr;
    Histogram* histogram = block ? hang<Histogram>(block->words[slot]) : nullptr;
    if (!histogram) continue;
    histogram->forEach([&](double bound, uint64_t n) { merged[bound] += static_cast<double>(n); });
  }
  std::vector<double> out;
  for (auto [bound, n] : merged) out.insert(out.end(), {bound, n});
  return out;
}

std::vector<double> Registry::codes(uint32_t index, uint16_t slot) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::map<int, double> merged;
  for (size_t r = 0; r < kMaxRows; r++) {
    Rows* rows = rows_[r].load(std::memory_order_acquire);
    Block* block = rows ? rows->peek(index) : nullptr;
    Codes* codes = block ? hang<Codes>(block->words[slot]) : nullptr;
    if (!codes) continue;
    for (int i = 0; i < Codes::kCount; i++) {
      if (uint64_t n = codes->counts[i].load(std::memory_order_relaxed)) merged[i + 100] += static_cast<double>(n);
    }
  }
  std::vector<double> out;
  for (auto [code, n] : merged) out.insert(out.end(), {static_cast<double>(code), n});
  return out;
}

uint64_t Registry::sum(uint32_t index, uint16_t slot) const {
  uint64_t total = 0;
  for (size_t r = 0, seen = 0, all = rowCount(); r < kMaxRows && seen < all; r++) {
    Rows* rows = rows_[r].load(std::memory_order_acquire);
    if (!rows) continue;
    seen++;
    if (Block* block = rows->peek(index)) total += get(block, slot);
  }
  return total;
}

void Registry::resetCounters() {
  size_t count;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    count = infos_.size();
  }
  for (uint32_t index = 1; index < count; index++) {
    Group g = group(index);
    const GroupInfo& info = kGroups[static_cast<size_t>(g)];
    std::vector<double> values(info.slots);
    read(index, values.data());
    std::lock_guard<std::mutex> lock(mutex_);
    Info& mine = infos_[index];
    mine.base.resize(info.slots, 0);
    for (uint16_t i = 0; i < info.slots; i++) {
      if (info.kinds[i] == SlotKind::Counter) mine.base[i] += values[i];
    }
  }
}

void Registry::addRows(Rows* rows) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (auto& slot : rows_) {
    if (slot.load(std::memory_order_relaxed)) continue;
    slot.store(rows, std::memory_order_release);
    row_count_.fetch_add(1, std::memory_order_acq_rel);
    return;
  }
  std::abort();  // more than 256 workers
}

void Registry::removeRows(Rows* rows) {
  std::lock_guard<std::mutex> lock(mutex_);
  // Its counters live on, its gauges go with it.
  for (uint32_t index = 1; index < infos_.size(); index++) {
    Block* block = rows->peek(index);
    if (!block || block->group != infos_[index].group) continue;
    const GroupInfo& group = kGroups[static_cast<size_t>(block->group)];
    infos_[index].dead.resize(group.slots, 0);
    for (uint16_t i = 0; i < group.slots; i++) {
      if (group.kinds[i] == SlotKind::Counter) infos_[index].dead[i] += static_cast<double>(get(block, i));
    }
  }
  for (auto& slot : rows_) {
    if (slot.load(std::memory_order_relaxed) != rows) continue;
    slot.store(nullptr, std::memory_order_release);
    row_count_.fetch_sub(1, std::memory_order_acq_rel);
  }
}

}  // namespace attache::stats
