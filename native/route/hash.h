// Text as host names are compared: ASCII letters without case, eight bytes at a time.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace attache::route {

static_assert(std::endian::native == std::endian::little, "records are little endian");

constexpr uint8_t lower(uint8_t c) {
  return static_cast<uint8_t>(c - 'A') < 26 ? static_cast<uint8_t>(c | 0x20) : c;
}

// lower() of four bytes at once. The sums never carry from one byte into the next: both work on
// seven bits, and bytes of 0x80 and above are left alone.
constexpr uint32_t lower4(uint32_t v) {
  uint32_t low = v & 0x7f7f7f7f;
  uint32_t from_a = low + 0x3f3f3f3f;   // bit 7: >= 'A'
  uint32_t above_z = low + 0x25252525;  // bit 7: > 'Z'
  uint32_t letters = from_a & ~above_z & ~v & 0x80808080;
  return v | (letters >> 2);
}
constexpr uint64_t lower8(uint64_t v) {
  return lower4(static_cast<uint32_t>(v)) |
         static_cast<uint64_t>(lower4(static_cast<uint32_t>(v >> 32))) << 32;
}

// The hash of the lower-cased text. src/tables/route_hash.ts computes the same.
inline uint32_t hashLower(std::string_view text) {
  constexpr uint32_t kA = 0xcc9e2d51, kB = 0x85ebca6b, kC = 0xc2b2ae35;
  const char* p = text.data();
  size_t n = text.size();
  uint32_t h = static_cast<uint32_t>(n) * kA;
  for (; n >= 4; p += 4, n -= 4) {
    uint32_t v;
    std::memcpy(&v, p, 4);
    h = (h ^ lower4(v)) * kB;
    h ^= h >> 15;
  }
  if (n != 0) {
    uint32_t v = 0;
    for (size_t i = 0; i < n; i++) v |= static_cast<uint32_t>(static_cast<uint8_t>(p[i])) << 8 * i;
    h = (h ^ lower4(v)) * kB;
    h ^= h >> 15;
  }
  h *= kC;
  return h ^ (h >> 16);
}

// True when `text` in lower case equals `lowered`, which is in lower case, of the same length.
inline bool equalsLowered(const char* text, const char* lowered, size_t n) {
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    uint64_t a, b;
    std::memcpy(&a, text + i, 8);
    std::memcpy(&b, lowered + i, 8);
    if (lower8(a) != b) return false;
  }
  for (; i < n; i++) {
    if (lower(static_cast<uint8_t>(text[i])) != static_cast<uint8_t>(lowered[i])) return false;
  }
  return true;
}
inline bool equalsLowered(std::string_view text, std::string_view lowered) {
  return text.size() == lowered.size() && equalsLowered(text.data(), lowered.data(), text.size());
}

}  // namespace attache::route
