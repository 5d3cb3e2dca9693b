#include "http/demands.h"

namespace attache::http {

namespace {

std::string keyOf(DemandKind kind, std::string_view of, std::string_view name) {
  std::string key;
  key.reserve(of.size() + name.size() + 2);
  key.push_back(static_cast<char>(kind));
  key.append(of).push_back('\0');
  key.append(name);
  return key;
}

}  // namespace

uint32_t Demands::wait(DemandKind kind, std::string_view of, std::string_view name,
                       const StreamHandle& stream, uint32_t filter) {
  uint32_t token;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    auto [it, first] = tokens_.try_emplace(keyOf(kind, of, name), 0);
    if (first) {
      // Numbers come round after a long time: one of them may be open still.
      do {
        last_++;
      } while (last_ == 0 || open_.contains(last_));
      it->second = last_;
      open_[last_].key = it->first;
    }
    token = it->second;
    open_[token].waiters.insert_or_assign(stream.key(), Waiter{stream, filter});
    if (!first) return token;
  }
  if (told_) told_(token, kind, std::string(of), std::string(name));
  return token;
}

void Demands::leave(uint32_t token, const StreamHandle& stream) {
  std::lock_guard<std::mutex> lock(mutex_);
  // The demand stays until it is answered: who comes next joins it.
  if (auto it = open_.find(token); it != open_.end()) it->second.waiters.erase(stream.key());
}

void Demands::done(uint32_t token) {
  Demand demand;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    auto it = open_.find(token);
    if (it == open_.end()) return;
    demand = std::move(it->second);
    tokens_.erase(demand.key);
    open_.erase(it);
  }
  for (const auto& [key, waiter] : demand.waiters) waiter.stream.wake(waiter.filter);
}

}  // namespace attache::http
