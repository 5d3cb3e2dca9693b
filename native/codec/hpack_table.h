// The dynamic table of RFC 7541 section 2.3.2: a ring of entries and one run of bytes.
//
// Entries enter at the end of both and leave at their front, so eviction is a subtraction. When the
// bytes reach the end of their memory, the live ones move to its front, at most once in every third
// of the table's size that has entered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "codec/header_names.h"

namespace attache::hpack {

inline constexpr uint32_t kDefaultTableSize = 4096;
inline constexpr uint32_t kEntryOverhead = 32;

// Copies in whole vectors: up to kCopySlack bytes more than n are read and written.
inline constexpr size_t kCopySlack = 16;
inline void copyWide(char* to, const char* from, size_t n) {
  char* end = to + n;
  do {
    std::memcpy(to, from, kCopySlack);
    to += kCopySlack;
    from += kCopySlack;
  } while (to < end);
}

// Entry: at least pos, name_len, value_len and id. A well-known name is not stored.
template <class Entry>
class Table {
 public:
  explicit Table(uint32_t max_size) : max_size_(max_size) {}
  ~Table() {
    std::free(ring_);
    std::free(bytes_);
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  uint32_t count() const { return count_; }
  uint32_t size() const { return size_; }
  uint32_t maxSize() const { return max_size_; }
  // Number of entries that ever entered: the newest one's, modulo 2^32.
  uint32_t inserted() const { return inserted_; }
  size_t memory() const {
    return (ring_ ? (mask_ + 1) * sizeof(Entry) : 0) + (bytes_ ? capacity_ + kCopySlack : 0);
  }

  // `age` 0 is the newest; age < count().
  Entry& entry(uint32_t age) { return ring_[(inserted_ - age) & mask_]; }
  const Entry& entry(uint32_t age) const { return ring_[(inserted_ - age) & mask_]; }
  static uint32_t storedName(const Entry& e) { return e.id == HeaderId::Unknown ? e.name_len : 0; }
  // The name, if stored, and right behind it the value.
  const char* text(const Entry& e) const { return bytes_ + (e.pos - base_); }
  const char* value(const Entry& e) const { return text(e) + storedName(e); }

  // Evicts what does not fit any more.
  void setMaxSize(uint32_t max_size) {
    max_size_ = max_size;
    while (size_ > max_size_) evict();
  }

  // Makes room and copies the strings, which must not be the table's own. The caller fills the rest
  // of the entry. Null when the field is larger than the table, which is empty then.
  Entry* insert(HeaderId id, std::string_view name, std::string_view value) {
    uint64_t need = uint64_t{name.size()} + value.size() + kEntryOverhead;
    while (count_ != 0 && size_ + need > max_size_) evict();
    if (need > max_size_) return nullptr;
    size_t stored = (id == HeaderId::Unknown ? name.size() : 0) + value.size();
    if (count_ > mask_ || ring_ == nullptr) [[unlikely]]
      growRing();
    // Not only when it does not fit: the bytes are there as soon as an entry is.
    if (stored >= capacity_ - (end_ - base_)) [[unlikely]]
      makeRoom(static_cast<uint32_t>(stored));
    inserted_++;
    count_++;
    size_ += static_cast<uint32_t>(need);
    Entry& e = ring_[inserted_ & mask_];
    e.pos = end_;
    e.name_len = static_cast<decltype(e.name_len)>(name.size());
    e.value_len = static_cast<decltype(e.value_len)>(value.size());
    e.id = id;
    char* to = bytes_ + (end_ - base_);
    if (id == HeaderId::Unknown && !name.empty()) {
      std::memcpy(to, name.data(), name.size());
      to += name.size();
    }
    if (!value.empty()) std::memcpy(to, value.data(), value.size());
    end_ += static_cast<uint32_t>(stored);
    return &e;
  }

 private:
  static constexpr uint32_t kFirstRing = 8;
  static constexpr uint32_t kFirstBytes = 256;

  void evict() {
    const Entry& e = entry(count_ - 1);
    size_ -= static_cast<uint32_t>(e.name_len) + e.value_len + kEntryOverhead;
    count_--;
  }

  void growRing() {
    uint32_t slots = ring_ == nullptr ? kFirstRing : (mask_ + 1) * 2;
    Entry* ring = static_cast<Entry*>(std::malloc(slots * sizeof(Entry)));
    if (ring == nullptr) std::abort();
    for (uint32_t age = 0; ring_ != nullptr && age < count_; age++) {
      ring[(inserted_ - age) & (slots - 1)] = entry(age);
    }
    std::free(ring_);
    ring_ = ring;
    mask_ = slots - 1;
  }

  // Moves what is live to the front, of a larger block unless a quarter of this one becomes free.
  void makeRoom(uint32_t more) {
    uint32_t first = count_ == 0 ? end_ : entry(count_ - 1).pos;
    uint32_t live = end_ - first;
    uint64_t most = uint64_t{max_size_} + max_size_ / 2;
    uint64_t wanted = capacity_ == 0 ? kFirstBytes : capacity_;
    while ((uint64_t{live} + more) * 4 > wanted * 3 && wanted < most) wanted *= 2;
    if (wanted > most) wanted = most;
    if (wanted > UINT32_MAX - kCopySlack) wanted = UINT32_MAX - kCopySlack;
    if (wanted > capacity_) {
      char* bytes = static_cast<char*>(std::malloc(wanted + kCopySlack));
      if (bytes == nullptr) std::abort();
      if (live != 0) std::memcpy(bytes, bytes_ + (first - base_), live);
      std::free(bytes_);
      bytes_ = bytes;
      capacity_ = static_cast<uint32_t>(wanted);
    } else if (live != 0) {
      std::memmove(bytes_, bytes_ + (first - base_), live);
    }
    base_ = first;
  }

  Entry* ring_ = nullptr;
  char* bytes_ = nullptr;
  uint32_t mask_ = 0;
  uint32_t capacity_ = 0;
  uint32_t base_ = 0;  // position of bytes_[0]; positions only grow, modulo 2^32
  uint32_t end_ = 0;
  uint32_t inserted_ = 0;
  uint32_t count_ = 0;
  uint32_t size_ = 0;
  uint32_t max_size_;
};

}  // namespace attache::hpack
