#include "tables/pins.h"

namespace attache::tables {

Pins::~Pins() {
  records_.removeWorker(this);
  // Nothing runs on this worker any more: whatever it held, it lets go.
  while (Retirement* next = take()) {
    auto it = orphans_.find(next->ref);
    if (it != orphans_.end()) it->second->retirement = nullptr;
    records_.letGo(next);
  }
  for (auto& [ref, pinned] : orphans_) {
    if (pinned->retirement) records_.letGo(pinned->retirement);
    delete pinned;
  }
  for (Pinned* pinned : current_) delete pinned;
}

Pinned* Pins::pin(uint32_t id) {
  uint32_t ref = records_.current(id);
  if (id < current_.size()) {
    if (Pinned* have = current_[id]) {
      if (have->ref == ref) [[likely]] {
        have->pins++;
        return have;
      }
      supersede(have);
      current_[id] = nullptr;
    }
  }
  if (!ref) return nullptr;
  if (id >= current_.size()) current_.resize(id + 64, nullptr);
  auto* pinned = new Pinned{records_.resolve(ref), id, ref, 1, true, nullptr};
  current_[id] = pinned;
  return pinned;
}

void Pins::supersede(Pinned* pinned) {
  pinned->current = false;
  if (pinned->pins == 0) {
    delete pinned;
  } else {
    orphans_[pinned->ref] = pinned;
  }
}

void Pins::discard(Pinned* pinned) {
  orphans_.erase(pinned->ref);
  if (pinned->retirement) records_.letGo(pinned->retirement);
  delete pinned;
}

void Pins::retire(Retirement* retirement) {
  bool first;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    first = queue_.empty();
    queue_.push_back(retirement);
  }
  if (first) wake_();
}

Retirement* Pins::take() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (queue_.empty()) return nullptr;
  Retirement* next = queue_.front();
  queue_.pop_front();
  return next;
}

void Pins::settle(Retirement* retirement) {
  uint32_t id = retirement->id;
  if (id < current_.size() && current_[id] && current_[id]->ref == retirement->ref) {
    supersede(current_[id]);
    current_[id] = nullptr;
  }
  auto it = orphans_.find(retirement->ref);
  if (it == orphans_.end()) {
    records_.letGo(retirement);
  } else {
    it->second->retirement = retirement;
  }
}

}  // namespace attache::tables
