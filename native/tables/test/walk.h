// Reads everything that a record leads to, as its users would: what the verifier lets pass must be
// safe to walk. The answer depends on all of it, so that no read is left out.
#pragma once

#include <cstdint>
#include <type_traits>

#include "tables/generated/visit.h"

namespace attache::tables::testing {

class Walker {
 public:
  uint64_t sum() const { return sum_; }

  void operator()(const Str& text) {
    // Of overlapping long texts every byte would be read over and over: both ends do.
    if (text.empty()) return;
    add(static_cast<uint8_t>(text.view().front()));
    add(static_cast<uint8_t>(text.view().back()));
  }
  template <class T>
  void operator()(const Vec<T>& items) {
    for (const T& item : items) (*this)(item);
  }
  template <class T>
  void operator()(const Opt<T>& optional) {
    if (optional) (*this)(*optional);
  }
  void operator()(const Ext& ext) { visitExtension(ext, *this); }
  template <size_t N>
  void operator()(const uint8_t (&bytes)[N]) {
    for (uint8_t byte : bytes) add(byte);
  }
  template <class T>
  void operator()(const T& value) {
    if constexpr (std::is_class_v<T>) {
      visitFields(value, *this);
    } else if constexpr (std::is_floating_point_v<T>) {
      add(value > 0);
    } else {
      add(static_cast<uint64_t>(value));
    }
  }

 private:
  void add(uint64_t value) { sum_ = sum_ * 31 + value; }
  uint64_t sum_ = 0;
};

// `record` has passed the verifier.
inline uint64_t walk(const void* record) {
  Walker walker;
  visitRecord(static_cast<const RecordHeader*>(record), walker);
  return walker.sum();
}

}  // namespace attache::tables::testing
