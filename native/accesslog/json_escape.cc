#include "accesslog/json_escape.h"

#include <array>

namespace attache::accesslog {
namespace {

// 0: as it is; 'u': by number; else the letter after the backslash. 0x80 and up: UTF-8 to check.
constexpr std::array<char, 256> makeEscapes() {
  std::array<char, 256> table{};
  for (int c = 0; c < 0x20; c++) table[static_cast<size_t>(c)] = 'u';
  table['\b'] = 'b';
  table['\t'] = 't';
  table['\n'] = 'n';
  table['\f'] = 'f';
  table['\r'] = 'r';
  table['"'] = '"';
  table['\\'] = '\\';
  for (size_t c = 0x80; c < 256; c++) table[c] = '8';
  return table;
}
constexpr std::array<char, 256> kEscapes = makeEscapes();

bool isTail(unsigned char c) {
  return (c & 0xc0) == 0x80;
}

// Length of the UTF-8 sequence at the start of `s` (RFC 3629: shortest form, no surrogates,
// nothing above U+10FFFF); 0 when it is not one.
size_t sequenceLength(std::string_view s) {
  auto at = [&](size_t i) { return static_cast<unsigned char>(s[i]); };
  unsigned char c = at(0);
  if (c < 0x80) return 1;
  size_t n = c >= 0xc2 && c <= 0xdf ? 2 : (c & 0xf0) == 0xe0 ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 0;
  if (n == 0 || s.size() < n) return 0;
  for (size_t i = 1; i < n; i++) {
    if (!isTail(at(i))) return 0;
  }
  if ((c == 0xe0 && at(1) < 0xa0) || (c == 0xed && at(1) > 0x9f)) return 0;
  if ((c == 0xf0 && at(1) < 0x90) || (c == 0xf4 && at(1) > 0x8f)) return 0;
  return n;
}

bool isUtf8(std::string_view s) {
  while (!s.empty()) {
    size_t n = sequenceLength(s);
    if (n == 0) return false;
    s.remove_prefix(n);
  }
  return true;
}

void appendByNumber(unsigned char c, LineBuffer& out) {
  constexpr char kHex[] = "0123456789abcdef";
  const char text[6] = {'\\', 'u', '0', '0', kHex[c >> 4], kHex[c & 15]};
  out.append({text, sizeof text});
}

void appendBytes(std::string_view text, LineBuffer& out) {
  for (char raw : text) {
    unsigned char c = static_cast<unsigned char>(raw);
    if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\') {
      appendByNumber(c, out);
    } else {
      out.append(raw);
    }
  }
}

}  // namespace

void appendJsonEscaped(std::string_view text, LineBuffer& out) {
  size_t clean = 0;
  while (clean < text.size() && kEscapes[static_cast<unsigned char>(text[clean])] == 0) clean++;
  if (clean == text.size()) [[likely]] {
    out.append(text);
    return;
  }
  if (!isUtf8(text.substr(clean))) {
    appendBytes(text, out);
    return;
  }
  size_t from = 0;
  for (size_t i = clean; i < text.size(); i++) {
    char escape = kEscapes[static_cast<unsigned char>(text[i])];
    if (escape == 0 || escape == '8') continue;
    out.append(text.substr(from, i - from));
    from = i + 1;
    if (escape == 'u') {
      appendByNumber(static_cast<unsigned char>(text[i]), out);
    } else {
      out.append('\\');
      out.append(escape);
    }
  }
  out.append(text.substr(from));
}

}  // namespace attache::accesslog
