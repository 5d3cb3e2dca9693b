#include "tls/registry.h"

#include <openssl/sha.h>

#include <atomic>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace attache::tls {

namespace {

constexpr uint32_t kChunkBits = 8;
constexpr uint32_t kChunkSize = 1u << kChunkBits;
constexpr uint32_t kMaxChunks = 4096;

// Keys are kept by hash: the text of a private key is not held twice.
std::string keyOf(std::string_view spec) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(spec.data()), spec.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

}  // namespace

// Numbers are looked up in chunks that never move.
struct Registry::State {
  struct Entry {
    std::string key;
    uint32_t uses = 0;
  };
  mutable std::mutex mutex;
  std::unordered_map<std::string, uint32_t> by_content;
  std::vector<Entry> entries{1};  // 0 is no number
  std::vector<uint32_t> free;
  std::atomic<std::atomic<Context*>*> chunks[kMaxChunks] = {};

  std::atomic<Context*>& slot(uint32_t number) const {
    return chunks[number >> kChunkBits].load(std::memory_order_acquire)[number & (kChunkSize - 1)];
  }
  // 0: there are too many.
  uint32_t newNumber() {
    if (!free.empty()) {
      uint32_t number = free.back();
      free.pop_back();
      return number;
    }
    uint32_t number = static_cast<uint32_t>(entries.size());
    if ((number >> kChunkBits) >= kMaxChunks) return 0;
    entries.emplace_back();
    auto& chunk = chunks[number >> kChunkBits];
    if (!chunk.load(std::memory_order_relaxed)) {
      chunk.store(new std::atomic<Context*>[kChunkSize](), std::memory_order_release);
    }
    return number;
  }
};

Registry& Registry::instance() {
  // Never destroyed: threads may outlive static destruction.
  static Registry* registry = new Registry;
  return *registry;
}

Registry::Registry() : state_(std::make_unique<State>()) {}
Registry::~Registry() = default;

uint32_t Registry::acquire(std::string_view bytes, BuildError* error) {
  State& s = *state_;
  std::string key = keyOf(bytes);
  std::lock_guard lock(s.mutex);
  if (auto it = s.by_content.find(key); it != s.by_content.end()) {
    s.entries[it->second].uses++;
    return it->second;
  }
  Spec spec;
  if (!parseSpec(bytes, &spec)) {
    *error = {Tag::Client, 0, "not a TLS specification"};
    return 0;
  }
  Context* made = Context::build(std::move(spec), error);
  if (!made) return 0;
  uint32_t number = s.newNumber();
  if (!number) {
    made->release();
    *error = {Tag::Client, 0, "too many TLS contexts"};
    return 0;
  }
  s.by_content.emplace(key, number);
  s.entries[number] = {std::move(key), 1};
  s.slot(number).store(made, std::memory_order_release);
  return number;
}

void Registry::release(uint32_t number) {
  if (number == 0) return;
  State& s = *state_;
  Context* dead;
  {
    std::lock_guard lock(s.mutex);
    if (number >= s.entries.size() || s.entries[number].uses == 0 || --s.entries[number].uses > 0)
      return;
    s.by_content.erase(s.entries[number].key);
    s.entries[number] = {};
    dead = s.slot(number).exchange(nullptr, std::memory_order_acq_rel);
    s.free.push_back(number);
  }
  dead->release();
}

Context* Registry::at(uint32_t number) const {
  return number ? state_->slot(number).load(std::memory_order_acquire) : nullptr;
}

size_t Registry::size() const {
  std::lock_guard lock(state_->mutex);
  return state_->by_content.size();
}

}  // namespace attache::tls
