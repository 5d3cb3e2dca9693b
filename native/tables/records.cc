#include "tables/records.h"

#include <algorithm>
#include <cstring>

#include "base/regex.h"
#include "tables/generated/layout.h"
#include "tables/verify.h"
#include "tls/registry.h"

namespace attache::tables {

namespace {

// Sizes are rounded up to eight steps per doubling, so that a new version of a record nearly
// always fits where an old one was.
uint32_t sizeClass(size_t bytes) {
  size_t units = (bytes + Records::kUnit - 1) / Records::kUnit;
  size_t step = 1;
  while (step * 16 <= units) step *= 2;
  units = (units + step - 1) / step * step;
  return static_cast<uint32_t>(units * Records::kUnit);
}

// A record may hold what it was published with, and nothing else: what it names lives as long.
class Held final : public References {
 public:
  Held(const Records& records, std::vector<uint32_t>& children)
      : records_(records), children_(children) {
    std::sort(children.begin(), children.end());
  }
  bool allowed(uint32_t ref, RecordKind kind) const override {
    return std::binary_search(children_.begin(), children_.end(), ref) &&
           records_.get<RecordHeader>(ref)->kind == kind;
  }

 private:
  const Records& records_;
  const std::vector<uint32_t>& children_;
};

}  // namespace

Records::Records()
    : directory_(static_cast<std::atomic<uint32_t>*>(
          std::calloc(kMaxIds, sizeof(std::atomic<uint32_t>)))) {}
Records::~Records() = default;

void Records::addSlab(void* memory, size_t bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (slab_count_ == 256) return;
  Slab& slab = slabs_[slab_count_++];
  slab.base = static_cast<uint8_t*>(memory);
  slab.size = std::min(bytes, kMaxSlabBytes);
  slab.used = kUnit;  // reference 0 means none
}

uint32_t Records::allocate(size_t bytes, uint32_t* allocated) {
  uint32_t want = sizeClass(bytes);
  *allocated = want;
  auto it = free_.find(want);
  if (it != free_.end()) {
    uint32_t ref = it->second.back();
    it->second.pop_back();
    if (it->second.empty()) free_.erase(it);
    return ref;
  }
  for (uint32_t i = 0; i < slab_count_; i++) {
    Slab& slab = slabs_[i];
    if (slab.size - slab.used < want) continue;
    uint32_t ref = (i << 24) | static_cast<uint32_t>(slab.used / kUnit);
    slab.used += want;
    return ref;
  }
  // A larger hole that is at most twice as large is better than a new slab.
  it = free_.lower_bound(want);
  if (it == free_.end() || it->first > want * 2) return 0;
  *allocated = it->first;
  uint32_t ref = it->second.back();
  it->second.pop_back();
  if (it->second.empty()) free_.erase(it);
  return ref;
}

void Records::freeMemory(uint32_t ref, uint32_t allocated) {
  bytes_ -= allocated;
  free_[allocated].push_back(ref);
}

bool Records::checkReferences(const Input& input, size_t index, std::string* why) const {
  auto inside = [&](uint32_t offset) {
    return offset % 4 == 0 && offset + 4 <= input.bytes.size();
  };
  for (size_t i = 0; i + 1 < input.children.size(); i += 2) {
    if (!inside(input.children[i]) || input.children[i + 1] >= index) {
      *why = "a child reference is out of range";
      return false;
    }
  }
  for (size_t i = 0; i + 1 < input.shared.size(); i += 2) {
    if (!inside(input.shared[i]) || !meta_.contains(input.shared[i + 1])) {
      *why = "a shared record does not exist";
      return false;
    }
  }
  if (input.id >= kMaxIds) {
    *why = "directory id out of range";
    return false;
  }
  return true;
}

bool Records::publish(std::span<const Input> batch, std::vector<uint32_t>* refs, std::string* why) {
  std::lock_guard<std::mutex> lock(mutex_);
  reclaimSome(kReclaimed + batch.size());
  refs->clear();
  std::vector<uint32_t> sizes;
  auto undo = [&] {
    for (size_t i = 0; i < refs->size(); i++) {
      meta_.erase((*refs)[i]);
      freeMemory((*refs)[i], sizes[i]);
    }
    refs->clear();
    return false;
  };
  for (size_t i = 0; i < batch.size(); i++) {
    const Input& input = batch[i];
    if (!checkReferences(input, i, why)) return undo();
    uint32_t allocated;
    uint32_t ref = allocate(input.bytes.size(), &allocated);
    if (!ref) {
      *why = "slab";
      return undo();
    }
    bytes_ += allocated;
    refs->push_back(ref);
    sizes.push_back(allocated);
    auto* memory = static_cast<uint8_t*>(const_cast<void*>(resolve(ref)));
    std::memcpy(memory, input.bytes.data(), input.bytes.size());
    Meta meta;
    meta.size = allocated;
    meta.regexes.assign(input.regexes.begin(), input.regexes.end());
    meta.contexts.assign(input.contexts.begin(), input.contexts.end());
    for (size_t c = 0; c + 1 < input.children.size(); c += 2) {
      uint32_t child = (*refs)[input.children[c + 1]];
      std::memcpy(memory + input.children[c], &child, 4);
      meta.children.push_back(child);
    }
    for (size_t c = 0; c + 1 < input.shared.size(); c += 2) {
      std::memcpy(memory + input.shared[c], &input.shared[c + 1], 4);
      meta.children.push_back(input.shared[c + 1]);
    }
    Held held(*this, (meta_[ref] = std::move(meta)).children);
    if (!verifyRecord(memory, input.bytes.size(), why, &held)) return undo();
    if (checker_ && !checker_(memory, why)) return undo();
  }
  // Nothing can fail from here on.
  for (size_t i = 0; i < batch.size(); i++) {
    for (uint32_t child : meta_[(*refs)[i]].children) meta_[child].uses++;
  }
  for (size_t i = 0; i < batch.size(); i++) {
    uint32_t id = batch[i].id;
    if (!id) continue;
    meta_[(*refs)[i]].uses++;
    uint32_t old = directory_[id].exchange((*refs)[i], std::memory_order_acq_rel);
    if (old) retireLocked(id, old);
  }
  return true;
}

void Records::remove(uint32_t id) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!id || id >= kMaxIds) return;
  uint32_t old = directory_[id].exchange(0, std::memory_order_acq_rel);
  if (old) retireLocked(id, old);
  reclaimSome(kReclaimed);
}

void Records::retireLocked(uint32_t id, uint32_t ref) {
  auto retirement = std::make_unique<Retirement>();
  retirement->id = id;
  retirement->ref = ref;
  retirement->pending.store(static_cast<uint32_t>(workers_.size()), std::memory_order_relaxed);
  Retirement* raw = retirement.get();
  retiring_.push_back(std::move(retirement));
  for (RetirementSink* worker : workers_) worker->retire(raw);
}

void Records::letGo(Retirement* retirement) {
  retirement->pending.fetch_sub(1, std::memory_order_acq_rel);
}

void Records::reclaim() {
  std::lock_guard<std::mutex> lock(mutex_);
  reclaimSome(retiring_.size());
}

bool Records::settled() {
  std::lock_guard<std::mutex> lock(mutex_);
  reclaimSome(kReclaimed);
  return retiring_.empty();
}

void Records::reclaimSome(size_t count) {
  for (size_t left = std::min(count, retiring_.size()); left > 0; left--) {
    if (next_reclaimed_ >= retiring_.size()) next_reclaimed_ = 0;
    std::unique_ptr<Retirement>& retirement = retiring_[next_reclaimed_];
    if (retirement->pending.load(std::memory_order_acquire) != 0) {
      next_reclaimed_++;
      continue;
    }
    release(retirement->ref);
    std::swap(retirement, retiring_.back());
    retiring_.pop_back();
  }
}

void Records::release(uint32_t ref) {
  auto it = meta_.find(ref);
  if (it == meta_.end() || --it->second.uses > 0) return;
  Meta meta = std::move(it->second);
  meta_.erase(it);
  for (uint32_t child : meta.children) release(child);
  for (uint32_t regex : meta.regexes) RegexRegistry::instance().release(regex);
  for (uint32_t context : meta.contexts) tls::Registry::instance().release(context);
  freeMemory(ref, meta.size);
}

void Records::addWorker(RetirementSink* sink) {
  std::lock_guard<std::mutex> lock(mutex_);
  workers_.push_back(sink);
}

void Records::removeWorker(RetirementSink* sink) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::erase(workers_, sink);
}

Records::Stats Records::stats() {
  std::lock_guard<std::mutex> lock(mutex_);
  reclaimSome(retiring_.size());
  return {bytes_, meta_.size(), retiring_.size(), slab_count_};
}

}  // namespace attache::tables
