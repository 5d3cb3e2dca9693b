#include "base/uuid.h"

#include <cstdint>
#include <cstring>

namespace attache {

namespace {

// "00" to "ff".
struct HexPairs {
  char text[256][2];
  constexpr HexPairs() : text() {
    constexpr char kDigits[] = "0123456789abcdef";
    for (int i = 0; i < 256; i++) text[i][0] = kDigits[i >> 4], text[i][1] = kDigits[i & 15];
  }
};
constexpr HexPairs kHexPairs;

}  // namespace

void writeUuid(Random& random, char* out) {
  uint64_t words[2] = {random.next(), random.next()};
  words[0] = (words[0] & ~uint64_t{0xf000}) | 0x4000;
  words[1] = (words[1] & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);
  // Where in the text each byte stands: 8-4-4-4-12.
  static constexpr uint8_t kAt[16] = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
  for (int i = 0; i < 16; i++) {
    std::memcpy(out + kAt[i], kHexPairs.text[(words[i / 8] >> (56 - 8 * (i % 8))) & 255], 2);
  }
  out[8] = out[13] = out[18] = out[23] = '-';
}

}  // namespace attache
