#include "base/uuid.h"

#include <cstdint>
#include <cstring>

namespace attache {

namespace {

// 16 bytes at once; compilers know these types for every instruction set.
using Bytes [[gnu::vector_size(16)]] = uint8_t;
using Signed [[gnu::vector_size(16)]] = int8_t;

// The hexadecimal digits of 16 halves of bytes.
inline Bytes digitsOf(Bytes halves) {
  Bytes letters = reinterpret_cast<Bytes>(reinterpret_cast<Signed>(halves) > 9);
  return halves + '0' + (letters & ('a' - '0' - 10));
}

}  // namespace

void writeUuid(Random& random, char* out) {
  uint64_t words[2] = {random.next(), random.next()};
  Bytes bytes;
  std::memcpy(&bytes, words, 16);
  // Version 4 in the high half of byte 6, the variant in the two high bits of byte 8.
  constexpr Bytes kFree = {255,  255, 255, 255, 255, 255, 0x0f, 255,
                           0x3f, 255, 255, 255, 255, 255, 255,  255};
  constexpr Bytes kFixed = {0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 0};
  bytes = (bytes & kFree) | kFixed;
  Bytes high = bytes >> 4, low = bytes & 15;
  Bytes first = digitsOf(
      __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
  Bytes second = digitsOf(__builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
                                                  13, 29, 14, 30, 15, 31));
  char text[32];
  std::memcpy(text, &first, 16);
  std::memcpy(text + 16, &second, 16);
  // 8-4-4-4-12
  std::memcpy(out, text, 8);
  std::memcpy(out + 9, text + 8, 4);
  std::memcpy(out + 14, text + 12, 4);
  std::memcpy(out + 19, text + 16, 4);
  std::memcpy(out + 24, text + 20, 12);
  out[8] = out[13] = out[18] = out[23] = '-';
}

}  // namespace attache
