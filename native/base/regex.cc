#include "base/regex.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <mutex>
#include <unordered_map>

#include "re2/re2.h"
#include "re2/set.h"

namespace attache {
namespace {

// Slots come in chunks that never move, so that readers need no lock.
constexpr uint32_t kChunkBits = 10;
constexpr uint32_t kChunkSize = 1 << kChunkBits;
constexpr uint32_t kMaxChunks = 4096;

// A set's automaton is shared by everything it matches: RE2's 8 MB, and room to grow for many
// patterns. Memory is taken only as texts are matched.
constexpr int64_t kSetMemory = int64_t{8} << 20;
constexpr int64_t kSetMemoryPerPattern = 8 << 10;

RE2::Options optionsFor(bool ignore_case) {
  RE2::Options options(RE2::Quiet);
  options.set_case_sensitive(!ignore_case);
  return options;
}

// Unambiguous text of the content: lengths before patterns.
std::string keyOf(std::span<const std::string_view> patterns, bool ignore_case) {
  std::string key(1, ignore_case ? 'i' : 's');
  for (std::string_view p : patterns) {
    key += std::to_string(p.size());
    key += ':';
    key += p;
  }
  return key;
}

}  // namespace

struct Regex::Compiled {
  std::unique_ptr<RE2> single;        // of one pattern
  std::unique_ptr<RE2::Set> set;      // of several; null when RE2 could not make one of them
  mutable std::once_flag split_once;  // `split` is made when the set fails, which it hardly does
  mutable std::vector<std::unique_ptr<RE2>> split;

  void makeSplit(const std::vector<std::string>& patterns, bool ignore_case) const {
    std::call_once(split_once, [&] {
      RE2::Options options = optionsFor(ignore_case);
      split.reserve(patterns.size());
      for (const std::string& p : patterns) split.push_back(std::make_unique<RE2>(p, options));
    });
  }
};

Regex::Regex(std::span<const std::string_view> patterns, bool ignore_case)
    : patterns_(patterns.begin(), patterns.end()),
      ignore_case_(ignore_case),
      compiled_(std::make_unique<Compiled>()) {}

Regex::~Regex() = default;

bool Regex::isOneAutomaton() const {
  return compiled_->single != nullptr || compiled_->set != nullptr;
}

bool Regex::fullMatch(std::string_view text) const {
  if (compiled_->single) [[likely]] {
    return RE2::FullMatch(text, *compiled_->single);
  }
  std::vector<int> found;
  matchAll(text, found);
  return !found.empty();
}

void Regex::matchAll(std::string_view text, std::vector<int>& out) const {
  out.clear();
  if (compiled_->single) {
    if (RE2::FullMatch(text, *compiled_->single)) out.push_back(0);
    return;
  }
  if (compiled_->set) {
    RE2::Set::ErrorInfo info{RE2::Set::kNoError};
    if (compiled_->set->Match(text, &out, &info)) {
      if (out.size() > 1) std::sort(out.begin(), out.end());
      return;
    }
    if (info.kind == RE2::Set::kNoError) return;
    out.clear();
  }
  compiled_->makeSplit(patterns_, ignore_case_);
  for (size_t i = 0; i < compiled_->split.size(); i++) {
    if (RE2::FullMatch(text, *compiled_->split[i])) out.push_back(static_cast<int>(i));
  }
}

std::string_view Regex::replaceAll(std::string_view text, std::string_view substitution,
                                   Arena& arena) const {
  if (!compiled_->single) return text;
  std::string result(text);
  if (RE2::GlobalReplace(&result, *compiled_->single, substitution) == 0) return text;
  return arena.copy(result);
}

struct RegexRegistry::State {
  struct Entry {
    std::string_view key;  // of the map's node
    uint32_t uses = 0;
  };

  mutable std::mutex mutex;
  std::unordered_map<std::string, uint32_t> by_content;
  std::vector<Entry> entries{1};  // number 0 is nobody's
  std::vector<uint32_t> free;
  // Written under the mutex, read by everybody: a number reaches a reader through a published
  // record, which orders the writes before it.
  std::atomic<std::atomic<const Regex*>*> chunks[kMaxChunks] = {};

  std::atomic<const Regex*>* slot(uint32_t number) const {
    std::atomic<const Regex*>* chunk = chunks[number >> kChunkBits].load(std::memory_order_acquire);
    return chunk == nullptr ? nullptr : chunk + (number & (kChunkSize - 1));
  }
};

RegexRegistry& RegexRegistry::instance() {
  // Never destroyed: threads may outlive static destruction.
  static RegexRegistry* registry = new RegexRegistry;
  return *registry;
}

RegexRegistry::RegexRegistry() : state_(std::make_unique<State>()) {}

RegexRegistry::~RegexRegistry() {
  for (auto& chunk : state_->chunks) {
    std::atomic<const Regex*>* slots = chunk.load(std::memory_order_relaxed);
    if (slots == nullptr) continue;
    for (uint32_t i = 0; i < kChunkSize; i++) delete slots[i].load(std::memory_order_relaxed);
    delete[] slots;
  }
}

uint32_t RegexRegistry::acquire(std::span<const std::string_view> patterns, bool ignore_case,
                                Error* error) {
  State& s = *state_;
  if (patterns.empty()) {
    *error = {0, "no pattern"};
    return 0;
  }
  std::string key = keyOf(patterns, ignore_case);
  {
    std::lock_guard lock(s.mutex);
    if (auto it = s.by_content.find(key); it != s.by_content.end()) {
      s.entries[it->second].uses++;
      return it->second;
    }
  }
  // Compiled without the lock: two threads that build the same at once waste one of the two.
  std::unique_ptr<Regex> made(new Regex(patterns, ignore_case));
  RE2::Options options = optionsFor(ignore_case);
  if (patterns.size() == 1) {
    made->compiled_->single = std::make_unique<RE2>(patterns[0], options);
    if (!made->compiled_->single->ok()) {
      *error = {0, made->compiled_->single->error()};
      return 0;
    }
  } else {
    options.set_max_mem(kSetMemory + kSetMemoryPerPattern * static_cast<int64_t>(patterns.size()));
    auto set = std::make_unique<RE2::Set>(options, RE2::ANCHOR_BOTH);
    for (size_t i = 0; i < patterns.size(); i++) {
      std::string message;
      if (set->Add(patterns[i], &message) < 0) {
        *error = {i, message};
        return 0;
      }
    }
    if (set->Compile()) {
      made->compiled_->set = std::move(set);
    } else {
      made->compiled_->makeSplit(made->patterns_, ignore_case);
      for (size_t i = 0; i < patterns.size(); i++) {
        const RE2& re = *made->compiled_->split[i];
        if (re.ok()) continue;
        *error = {i, re.error()};
        return 0;
      }
    }
  }
  std::lock_guard lock(s.mutex);
  auto [it, added] = s.by_content.try_emplace(std::move(key), 0);
  if (!added) {
    s.entries[it->second].uses++;
    return it->second;
  }
  uint32_t number;
  if (!s.free.empty()) {
    number = s.free.back();
    s.free.pop_back();
  } else {
    number = static_cast<uint32_t>(s.entries.size());
    if ((number >> kChunkBits) >= kMaxChunks) {
      s.by_content.erase(it);
      *error = {0, "too many regular expressions"};
      return 0;
    }
    s.entries.emplace_back();
    if (s.slot(number) == nullptr) {
      s.chunks[number >> kChunkBits].store(new std::atomic<const Regex*>[kChunkSize](),
                                           std::memory_order_release);
    }
  }
  it->second = number;
  s.entries[number] = {it->first, 1};
  s.slot(number)->store(made.release(), std::memory_order_release);
  return number;
}

void RegexRegistry::retain(uint32_t number) {
  if (number == 0) return;
  std::lock_guard lock(state_->mutex);
  assert(number < state_->entries.size() && state_->entries[number].uses != 0);
  state_->entries[number].uses++;
}

void RegexRegistry::release(uint32_t number) {
  if (number == 0) return;
  State& s = *state_;
  const Regex* dead;
  {
    std::lock_guard lock(s.mutex);
    assert(number < s.entries.size() && s.entries[number].uses != 0);
    if (--s.entries[number].uses != 0) return;
    s.by_content.erase(std::string(s.entries[number].key));
    s.entries[number] = {};
    dead = s.slot(number)->exchange(nullptr, std::memory_order_acq_rel);
    s.free.push_back(number);
  }
  delete dead;
}

const Regex& RegexRegistry::at(uint32_t number) const {
  return *state_->slot(number)->load(std::memory_order_acquire);
}

const Regex* RegexRegistry::find(uint32_t number) const {
  if (number == 0 || (number >> kChunkBits) >= kMaxChunks) return nullptr;
  std::atomic<const Regex*>* slot = state_->slot(number);
  return slot == nullptr ? nullptr : slot->load(std::memory_order_acquire);
}

size_t RegexRegistry::size() const {
  std::lock_guard lock(state_->mutex);
  return state_->by_content.size();
}

std::string checkSubstitution(std::string_view pattern, std::string_view substitution) {
  RE2 re(pattern, RE2::Quiet);
  if (!re.ok()) return re.error();
  std::string error;
  return re.CheckRewriteString(substitution, &error) ? std::string() : error;
}

}  // namespace attache
