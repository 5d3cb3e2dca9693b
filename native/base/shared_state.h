// What all workers have in common of a piece of configuration, by a name: made by the first that
// asks for it, gone with the last. For objects that are asked for when a configuration is taken up;
// their members have to be atomic.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace attache {

template <class T>
std::shared_ptr<T> sharedState(const std::string& name,
                               const std::function<std::shared_ptr<T>()>& make) {
  // Never destroyed: worker threads may outlive static destructors at exit.
  static auto* mutex = new std::mutex();
  static auto* all = new std::unordered_map<std::string, std::weak_ptr<T>>();
  std::lock_guard<std::mutex> lock(*mutex);
  if (std::shared_ptr<T> known = (*all)[name].lock()) return known;
  std::erase_if(*all, [](const auto& entry) { return entry.second.expired(); });
  std::shared_ptr<T> made = make();
  (*all)[name] = made;
  return made;
}

}  // namespace attache
