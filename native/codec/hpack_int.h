// Integers with a prefix, RFC 7541 section 5.1.
#pragma once

#include <cstdint>

namespace attache::hpack {

// Continues an integer whose prefix of `bits` bits was full. Null when it is cut off; `bad` when it
// is longer than 32 bits ever need (five bytes, leading zeros among them) or does not fit in them.
inline const uint8_t* readIntTail(const uint8_t* p, const uint8_t* end, uint32_t bits,
                                  uint32_t& value, bool& bad) {
  uint64_t v = (1u << bits) - 1;
  for (uint32_t shift = 0; shift < 35; shift += 7) {
    if (p == end) return nullptr;
    uint8_t b = *p++;
    v += static_cast<uint64_t>(b & 0x7f) << shift;
    if ((b & 0x80) == 0) {
      bad = v > UINT32_MAX;
      value = static_cast<uint32_t>(v);
      return p;
    }
  }
  bad = true;
  return p;
}

// Writes `value` in a prefix of `bits` bits and what follows it; `flags` are the bits before it.
inline char* writeInt(char* out, uint8_t flags, uint32_t bits, uint32_t value) {
  uint32_t full = (1u << bits) - 1;
  if (value < full) [[likely]] {
    *out++ = static_cast<char>(flags | value);
    return out;
  }
  *out++ = static_cast<char>(flags | full);
  for (value -= full; value >= 0x80; value >>= 7) *out++ = static_cast<char>(value | 0x80);
  *out++ = static_cast<char>(value);
  return out;
}

// How many bytes that takes.
constexpr uint32_t intSize(uint32_t bits, uint32_t value) {
  uint32_t full = (1u << bits) - 1;
  if (value < full) return 1;
  uint32_t n = 2;
  for (value -= full; value >= 0x80; value >>= 7) n++;
  return n;
}

}  // namespace attache::hpack
