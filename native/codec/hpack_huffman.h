// The Huffman code of RFC 7541 appendix B.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace attache::hpack {

// The most characters that n bytes can stand for: the shortest codes have five bits.
constexpr size_t huffmanBound(size_t n) {
  return n * 8 / 5;
}
// Bytes behind the decoded string that the decoder may overwrite.
inline constexpr size_t kHuffmanSlack = 8;

// Decodes [in, in + n) to `out`, which has room for huffmanBound(n) + kHuffmanSlack bytes. What
// lies between it and `readable` may be read too. Returns the end of the string, null if it is
// malformed. `plain` becomes false when something outside 0x20..0x7e is in it.
char* huffmanDecode(const uint8_t* in, size_t n, const uint8_t* readable, char* out, bool& plain);

// Encodes to [out, limit), of which up to eight bytes behind `limit` may be overwritten. Returns
// the end; null when it would not be before `limit`.
char* huffmanEncode(char* out, const char* limit, std::string_view text);

}  // namespace attache::hpack
