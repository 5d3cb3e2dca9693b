#include "upstream/outlier.h"

namespace attache::upstream {

std::shared_ptr<OutlierState> OutlierStates::get(uint32_t host) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::weak_ptr<OutlierState>& known = states_[host];
  std::shared_ptr<OutlierState> state = known.lock();
  if (!state) known = state = std::make_shared<OutlierState>();
  return state;
}

void OutlierStates::eject(uint32_t host, bool ejected) {
  std::shared_ptr<OutlierState> state = get(host);
  state->ejected.store(ejected, std::memory_order_relaxed);
  std::lock_guard<std::mutex> lock(mutex_);
  if (ejected) {
    ejected_[host] = std::move(state);
    return;
  }
  ejected_.erase(host);
  for (auto it = states_.begin(); it != states_.end();)
    it = it->second.expired() ? states_.erase(it) : std::next(it);
}

}  // namespace attache::upstream
