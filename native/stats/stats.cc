#include "stats/stats.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace attache::stats {

namespace {

constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                   1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};
static_assert(sizeof kPowersOfTen / sizeof(double) == Histogram::kDecades);

const GroupInfo& infoOf(Group group) {
  return kGroups[static_cast<size_t>(group)];
}

bool isCounter(const GroupInfo& info, uint16_t slot) {
  return info.kinds[slot] == SlotKind::Counter;
}

// Gives back what hangs off a block, and the block.
void destroy(Block* block) {
  const GroupInfo& info = infoOf(block->group);
  for (uint16_t i = 0; i < info.slots; i++) {
    if (info.kinds[i] == SlotKind::Histogram) delete detail::hung<Histogram>(block->words[i]);
    if (info.kinds[i] == SlotKind::Codes) delete detail::hung<Codes>(block->words[i]);
  }
  std::free(block);
}

template <class T>
T* hang(Word& word) {
  T* made = new T();
  // Readers see it whole or not at all.
  word.store(reinterpret_cast<uint64_t>(made), std::memory_order_release);
  return made;
}

}  // namespace

Histogram* detail::addHistogram(Word& word) {
  return hang<Histogram>(word);
}
Codes* detail::addCodes(Word& word) {
  return hang<Codes>(word);
}

// ---- Histogram -----------------------------------------------------------------------------

Histogram::~Histogram() {
  for (auto& decade : decades_) delete[] decade.load(std::memory_order_relaxed);
}

Word* Histogram::addDecade(int decade) {
  Word* counts = new Word[kPerDecade]();
  decades_[decade].store(counts, std::memory_order_release);
  return counts;
}

void Histogram::clear() {
  zeros_.store(0, std::memory_order_relaxed);
  for (auto& decade : decades_) {
    Word* counts = decade.load(std::memory_order_relaxed);
    for (int i = 0; counts && i < kPerDecade; i++) counts[i].store(0, std::memory_order_relaxed);
  }
}

// ---- Codes ---------------------------------------------------------------------------------

Codes::~Codes() {
  for (auto& piece : pieces_) delete[] piece.load(std::memory_order_relaxed);
}

Word* Codes::piece(unsigned status) {
  std::atomic<Word*>& slot = pieces_[status / kPiece];
  Word* piece = slot.load(std::memory_order_relaxed);
  if (!piece) {
    piece = new Word[kPiece]();
    slot.store(piece, std::memory_order_release);
  }
  return piece;
}

uint64_t Codes::get(unsigned status) const {
  const Word* piece = pieces_[status / kPiece].load(std::memory_order_acquire);
  return piece ? piece[status % kPiece].load(std::memory_order_relaxed) : 0;
}

void Codes::set(unsigned status, uint64_t n) {
  piece(status)[status % kPiece].store(n, std::memory_order_relaxed);
}

void Codes::clear() {
  for (auto& slot : pieces_) {
    Word* piece = slot.load(std::memory_order_relaxed);
    for (unsigned i = 0; piece && i < kPiece; i++) piece[i].store(0, std::memory_order_relaxed);
  }
}

// ---- BlockTable ----------------------------------------------------------------------------

BlockTable::~BlockTable() {
  forEach([](uint32_t, Block* block) { destroy(block); });
  for (auto& chunk : chunks_) delete[] chunk.load(std::memory_order_relaxed);
}

Block* BlockTable::make(uint32_t index, Group group) {
  std::atomic<std::atomic<Block*>*>& place = chunks_[index / kChunk];
  std::atomic<Block*>* chunk = place.load(std::memory_order_relaxed);
  if (!chunk) {
    chunk = new std::atomic<Block*>[kChunk]();
    place.store(chunk, std::memory_order_release);
  }
  Block* block = chunk[index % kChunk].load(std::memory_order_relaxed);
  if (block) return block;
  size_t bytes = offsetof(Block, words) + sizeof(Word) * infoOf(group).slots;
  block = static_cast<Block*>(std::calloc(1, std::max(bytes, sizeof(Block))));
  if (!block) std::abort();
  block->group = group;
  chunk[index % kChunk].store(block, std::memory_order_release);
  return block;
}

// ---- Rows ----------------------------------------------------------------------------------

Rows::Rows(Registry& registry, int worker)
    : registry_(registry), row_(registry.attach(worker)), primary_(worker == Registry::kPrimary) {}
Rows::~Rows() {
  registry_.detach(row_);
}

Block* Rows::get(uint32_t index, Group group) {
  if (index > 0 && index < BlockTable::kCapacity) [[likely]] {
    Block* block = row_->blocks.find(index);
    if (!block) block = row_->blocks.make(index, group);
    if (block->group == group) [[likely]]
      return block;
  }
  return sinks_.make(static_cast<uint32_t>(group), group);
}

Block* Rows::block(uint32_t index, Group group) {
  Block* block = get(index, group);
  uint32_t holders = block->holders.load(std::memory_order_relaxed);
  block->holders.store(holders | Block::kForever, std::memory_order_relaxed);
  return block;
}

Block* Rows::hold(uint32_t index, Group group) {
  Block* block = get(index, group);
  uint32_t holders = block->holders.load(std::memory_order_relaxed);
  block->holders.store(holders + 1, std::memory_order_relaxed);
  return block;
}

void Rows::letGo(Block* block) {
  // Whoever sees the count at 0 sees all that was counted, and may clear it.
  uint32_t holders = block->holders.load(std::memory_order_relaxed);
  block->holders.store(holders - 1, std::memory_order_release);
}

// ---- Registry: workers ---------------------------------------------------------------------

Registry::Registry() : groups_(1, Group::None) {
  alloc(Group::Server);
}

Registry::~Registry() {
  for (auto& row : rows_) delete row.load(std::memory_order_relaxed);
}

Registry::Row* Registry::attach(int worker) {
  std::lock_guard<std::mutex> lock(mutex_);
  int number = worker;
  if (worker < 0) {
    number = 0;
    while (number < kMaxWorkers) {
      Row* row = rows_[number].load(std::memory_order_relaxed);
      if (!row || !row->alive) break;
      number++;
    }
  }
  if (number >= kMaxWorkers && worker != kPrimary) std::abort();
  Row* row = rows_[number].load(std::memory_order_relaxed);
  if (!row) {
    row = new Row();
    rows_[number].store(row, std::memory_order_release);
    if (number != kPrimary) row_count_.fetch_add(1, std::memory_order_acq_rel);
  }
  if (row->alive) std::abort();  // two workers with one number
  row->alive = true;
  return row;
}

// The worker is gone, and so are its connections and requests; what it counted stays.
void Registry::detach(Row* row) {
  std::lock_guard<std::mutex> lock(mutex_);
  row->blocks.forEach([](uint32_t, Block* block) {
    const GroupInfo& info = infoOf(block->group);
    for (uint16_t i = 0; i < info.slots; i++) {
      SlotKind kind = info.kinds[i];
      if (kind == SlotKind::Gauge || kind == SlotKind::Flag) set(block, i, 0);
    }
    block->holders.store(0, std::memory_order_relaxed);
  });
  row->alive = false;
}

// ---- Registry: numbers ---------------------------------------------------------------------

uint32_t Registry::alloc(Group group, bool settled) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (settled) {
    if (uint32_t index = reuse(group)) return index;
  }
  if (groups_.size() >= BlockTable::kCapacity) return 0;
  groups_.push_back(group);
  return static_cast<uint32_t>(groups_.size() - 1);
}

// A number that no record names and no worker counts under any longer; 0: none was found in a few
// looks at those that have waited longest.
uint32_t Registry::reuse(Group group) {
  constexpr size_t kLooks = 8;
  auto& released = released_[static_cast<size_t>(group)];
  for (size_t i = 0; i < std::min(kLooks, released.size()); i++) {
    Released candidate = released[i];
    if (candidate.epoch >= epoch_) break;
    if (isHeld(candidate.index)) continue;
    released.erase(released.begin() + static_cast<ptrdiff_t>(i));
    clear(candidate.index);
    return candidate.index;
  }
  // Those at the front may be held for long: let the others have their turn.
  size_t turn = std::min(kLooks, released.size());
  std::rotate(released.begin(), released.begin() + static_cast<ptrdiff_t>(turn), released.end());
  return 0;
}

void Registry::release(uint32_t index) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (index == 0 || index >= groups_.size()) return;
  released_[static_cast<size_t>(groups_[index])].push_back({index, epoch_});
}

void Registry::published() {
  std::lock_guard<std::mutex> lock(mutex_);
  epoch_++;
}

Group Registry::group(uint32_t index) {
  std::lock_guard<std::mutex> lock(mutex_);
  return index < groups_.size() ? groups_[index] : Group::None;
}

bool Registry::isHeld(uint32_t index) const {
  for (auto& row : rows_) {
    Row* r = row.load(std::memory_order_acquire);
    Block* block = r ? r->blocks.find(index) : nullptr;
    if (block && block->holders.load(std::memory_order_acquire) != 0) return true;
  }
  return false;
}

void Registry::clear(uint32_t index) {
  auto clearOne = [](Block* block) {
    const GroupInfo& info = infoOf(block->group);
    for (uint16_t i = 0; i < info.slots; i++) {
      if (info.kinds[i] == SlotKind::Histogram) {
        if (auto* histogram = detail::hung<Histogram>(block->words[i])) histogram->clear();
      } else if (info.kinds[i] == SlotKind::Codes) {
        if (auto* codes = detail::hung<Codes>(block->words[i])) codes->clear();
      } else {
        set(block, i, 0);
      }
    }
  };
  forEachBlock(index, groups_[index], [&](Block* block) { clearOne(block); });
  if (Block* base = base_.find(index)) clearOne(base);
}

// ---- Registry: reading ---------------------------------------------------------------------

template <class Fn>
void Registry::forEachBlock(uint32_t index, Group group, Fn&& fn) const {
  for (auto& slot : rows_) {
    Row* row = slot.load(std::memory_order_acquire);
    Block* block = row ? row->blocks.find(index) : nullptr;
    if (block && block->group == group) fn(block);
  }
}

void Registry::read(uint32_t index, double* out) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (index >= groups_.size()) return;
  const GroupInfo& info = infoOf(groups_[index]);
  std::fill(out, out + info.slots, 0.0);
  forEachBlock(index, groups_[index], [&](Block* block) {
    for (uint16_t i = 0; i < info.slots; i++) {
      double value = static_cast<double>(static_cast<int64_t>(get(block, i)));
      if (info.kinds[i] <= SlotKind::Gauge) out[i] += value;
      if (info.kinds[i] == SlotKind::Flag) out[i] = std::max(out[i], value);
    }
  });
  Block* base = base_.find(index);
  for (uint16_t i = 0; base && i < info.slots; i++) {
    if (!isCounter(info, i) || out[i] == 0) continue;
    out[i] -= static_cast<double>(get(base, i));
    if (out[i] == 0) out[i] = -0.0;
  }
}

void Registry::readWorker(uint32_t index, uint32_t worker, double* out) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (index >= groups_.size()) return;
  const GroupInfo& info = infoOf(groups_[index]);
  std::fill(out, out + info.slots, 0.0);
  Row* row = worker < kMaxWorkers ? rows_[worker].load(std::memory_order_acquire) : nullptr;
  Block* block = row ? row->blocks.find(index) : nullptr;
  if (!block || block->group != groups_[index]) return;
  for (uint16_t i = 0; i < info.slots; i++) {
    if (info.kinds[i] > SlotKind::Flag) continue;
    out[i] = static_cast<double>(static_cast<int64_t>(get(block, i)));
  }
}

std::vector<double> Registry::histogram(uint32_t index, uint16_t slot) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<double> out;
  if (index >= groups_.size() || slot >= infoOf(groups_[index]).slots ||
      infoOf(groups_[index]).kinds[slot] != SlotKind::Histogram) {
    return out;
  }
  std::vector<const Histogram*> all;
  forEachBlock(index, groups_[index], [&](Block* block) {
    if (auto* histogram = detail::hung<Histogram>(block->words[slot])) all.push_back(histogram);
  });
  uint64_t zeros = 0;
  for (const Histogram* one : all) zeros += one->zeros();
  if (zeros) out.insert(out.end(), {0.0, static_cast<double>(zeros)});
  for (int d = 0; d < Histogram::kDecades; d++) {
    uint64_t counts[Histogram::kPerDecade] = {};
    bool any = false;
    for (const Histogram* one : all) {
      const Word* decade = one->decade(d);
      if (!decade) continue;
      any = true;
      for (int i = 0; i < Histogram::kPerDecade; i++)
        counts[i] += decade[i].load(std::memory_order_relaxed);
    }
    for (int i = 0; any && i < Histogram::kPerDecade; i++) {
      double bound = (i + 10) / 10.0 * kPowersOfTen[d];
      if (counts[i]) out.insert(out.end(), {bound, static_cast<double>(counts[i])});
    }
  }
  return out;
}

std::vector<double> Registry::codes(uint32_t index, uint16_t slot) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<double> out;
  if (index >= groups_.size() || slot >= infoOf(groups_[index]).slots ||
      infoOf(groups_[index]).kinds[slot] != SlotKind::Codes) {
    return out;
  }
  std::vector<const Codes*> all;
  forEachBlock(index, groups_[index], [&](Block* block) {
    if (auto* codes = detail::hung<Codes>(block->words[slot])) all.push_back(codes);
  });
  if (all.empty()) return out;
  Block* base = base_.find(index);
  const Codes* taken = base ? detail::hung<Codes>(base->words[slot]) : nullptr;
  for (unsigned status = 0; status < Codes::kCount; status++) {
    uint64_t n = 0;
    for (const Codes* one : all) n += one->get(status);
    if (n == 0) continue;
    if (taken) n -= taken->get(status);
    out.insert(out.end(), {static_cast<double>(status), static_cast<double>(n)});
  }
  return out;
}

uint64_t Registry::sum(uint32_t index, uint16_t slot) const {
  uint64_t total = 0;
  size_t seen = 0, all = rowCount();
  for (size_t r = 0; r < kMaxWorkers && seen < all; r++) {
    Row* row = rows_[r].load(std::memory_order_acquire);
    if (!row) continue;
    seen++;
    if (Block* block = row->blocks.find(index)) total += get(block, slot);
  }
  return total;
}

uint64_t Registry::counterSum(uint32_t index, Group group, uint16_t slot) const {
  uint64_t total = 0;
  forEachBlock(index, group, [&](Block* block) { total += get(block, slot); });
  return total;
}

void Registry::resetCounters() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (uint32_t index = 1; index < groups_.size(); index++) {
    Group group = groups_[index];
    const GroupInfo& info = infoOf(group);
    bool any = false;
    forEachBlock(index, group, [&](Block*) { any = true; });
    if (!any) continue;  // nothing was counted there
    Block* base = base_.make(index, group);
    for (uint16_t i = 0; i < info.slots; i++) {
      if (isCounter(info, i)) set(base, i, counterSum(index, group, i));
      if (info.kinds[i] != SlotKind::Codes) continue;
      Codes* taken = detail::hung<Codes>(base->words[i]);
      if (!taken) taken = detail::addCodes(base->words[i]);
      for (unsigned status = 0; status < Codes::kCount; status++) {
        uint64_t n = 0;
        forEachBlock(index, group, [&](Block* block) {
          if (auto* codes = detail::hung<Codes>(block->words[i])) n += codes->get(status);
        });
        if (n) taken->set(status, n);
      }
    }
  }
}

// ---- Registry: what an earlier process has counted -------------------------------------------

// Null: there is no such block. Under the mutex.
Block* Registry::carried(uint32_t index) {
  if (index == 0 || index >= groups_.size()) return nullptr;
  Row* row = rows_[kCarried].load(std::memory_order_relaxed);
  if (!row) {
    row = new Row();
    rows_[kCarried].store(row, std::memory_order_release);
  }
  return row->blocks.make(index, groups_[index]);
}

void Registry::carry(uint32_t index, const double* values) {
  std::lock_guard<std::mutex> lock(mutex_);
  Block* block = carried(index);
  if (!block) return;
  const GroupInfo& info = infoOf(block->group);
  for (uint16_t i = 0; i < info.slots; i++) {
    if (info.kinds[i] > SlotKind::Gauge) continue;
    set(block, i, static_cast<uint64_t>(static_cast<int64_t>(values[i])));
  }
}

void Registry::carryCodes(uint32_t index, uint16_t slot, std::span<const double> pairs) {
  std::lock_guard<std::mutex> lock(mutex_);
  Block* block = carried(index);
  if (!block || slot >= infoOf(block->group).slots) return;
  if (infoOf(block->group).kinds[slot] != SlotKind::Codes) return;
  Codes* codes = detail::hung<Codes>(block->words[slot]);
  if (!codes) codes = detail::addCodes(block->words[slot]);
  for (size_t i = 0; i + 1 < pairs.size(); i += 2)
    codes->set(static_cast<unsigned>(pairs[i]), static_cast<uint64_t>(pairs[i + 1]));
}

}  // namespace attache::stats
