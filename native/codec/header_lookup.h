// The table behind headerId(), for the parser and the writer too, which need its insides: a
// perfect hash over the length and eight characters of a name, and one cache line per name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "codec/header_names.h"

namespace attache::names {

inline constexpr size_t kMaxNameLen = 40;
inline constexpr size_t kHashSize = 512;

// "name: " as it is written in HTTP/1, and the length of the name alone. The text is long enough
// to be compared and copied in whole vectors.
struct alignas(64) Slot {
  char text[63];
  uint8_t len;
};
static_assert(sizeof(Slot) == 64);

struct Table {
  // The parser compares 32 bytes from up to 31 before a slot: what lies there is masked out.
  char before[64];
  Slot slots[kHeaderIdCount];
  uint8_t hash[kHashSize];
};
extern const Table kTable;

inline const char* slotText(size_t id) {
  return reinterpret_cast<const char*>(&kTable) + offsetof(Table, slots) + id * sizeof(Slot);
}

constexpr uint32_t mix(uint64_t key, size_t n) {
  // The multiplier was searched for until no two names collide (kTable asserts it).
  return static_cast<uint32_t>(((key ^ static_cast<uint64_t>(n) << 27) * 0x643487B187E77F69u) >>
                               55);
}

// Offset of the first of the two four-byte pieces; names that begin and end alike, such as
// x-envoy-upstream-rq-timeout-ms and x-envoy-expected-rq-timeout-ms, differ there.
constexpr size_t firstPiece(size_t n) {
  return (n >> 2) < n - 4 ? n >> 2 : n - 4;
}

inline uint32_t load32(const char* p) {
  uint32_t v;
  std::memcpy(&v, p, 4);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  v = __builtin_bswap32(v);
#endif
  return v;
}

// Hash of a name of n > 0 bytes, in either case: setting 0x20 leaves lower-case letters, digits
// and hyphens alone, and what else it changes fails the comparison that must follow.
inline uint32_t hashName(const char* p, size_t n) {
  if (n >= 4) [[likely]] {
    uint64_t key = load32(p + firstPiece(n)) | static_cast<uint64_t>(load32(p + n - 4)) << 32;
    return mix(key | 0x2020202020202020u, n);
  }
  uint64_t key = static_cast<uint8_t>(p[0]) |
                 static_cast<uint64_t>(static_cast<uint8_t>(p[n / 2])) << 8 |
                 static_cast<uint64_t>(static_cast<uint8_t>(p[n - 1])) << 16;
  return mix(key | 0x202020u, n);
}

inline bool equalBytes(const char* a, const char* b, size_t n) {
  auto ld = [](const char* p) {
    uint64_t v;
    std::memcpy(&v, p, 8);
    return v;
  };
  if (n >= 8) {
    for (size_t i = 0; i + 8 < n; i += 8) {
      if (ld(a + i) != ld(b + i)) return false;
    }
    return ld(a + n - 8) == ld(b + n - 8);
  }
  if (n >= 4) return load32(a) == load32(b) && load32(a + n - 4) == load32(b + n - 4);
  for (size_t i = 0; i < n; i++) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

// The id of a lower-case name.
inline HeaderId lookup(const char* p, size_t n) {
  if (n - 1 >= kMaxNameLen) return HeaderId::Unknown;
  uint8_t id = kTable.hash[hashName(p, n)];
  const Slot& slot = kTable.slots[id];
  if (slot.len != n || !equalBytes(slot.text, p, n)) return HeaderId::Unknown;
  return static_cast<HeaderId>(id);
}

}  // namespace attache::names
