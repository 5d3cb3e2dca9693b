// Texts of peers that have to be UTF-8 (RFC 3629).
#pragma once

#include <cstddef>
#include <string_view>

namespace attache {

// How many bytes the character has that `text` begins with; 0: it begins with none.
inline size_t utf8Length(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  auto continues = [&](size_t from, size_t n) {
    if (text.size() < n) return false;
    for (size_t i = from; i < n; i++) {
      if ((byte(i) & 0xc0) != 0x80) return false;
    }
    return true;
  };
  if (text.empty()) return 0;
  unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return continues(1, 2) ? 2 : 0;
  if (text.size() < 2) return 0;
  unsigned char second = byte(1);
  if (first < 0xf0) {
    // Neither longer than need be, nor half of a surrogate pair.
    bool fits = first == 0xe0 ? second >= 0xa0 : first == 0xed ? second < 0xa0 : true;
    return fits && continues(1, 3) ? 3 : 0;
  }
  if (first > 0xf4) return 0;
  bool fits = first == 0xf0 ? second >= 0x90 : first == 0xf4 ? second < 0x90 : true;
  return fits && continues(1, 4) ? 4 : 0;
}

// The bytes that are UTF-8 from the beginning on.
inline size_t utf8Prefix(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    size_t n = utf8Length(text.substr(at));
    if (n == 0) break;
    at += n;
  }
  return at;
}

}  // namespace attache
