// Numbers as decimal text.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

namespace attache {

constexpr int kDecimalSize = 20;  // of the largest number

// Writes `n` without leading zeros, at most kDecimalSize bytes; returns the end.
inline char* writeDecimal(char* out, uint64_t n) {
  if (n < 10) {
    *out = static_cast<char>('0' + n);
    return out + 1;
  }
  int digits = 2;
  for (uint64_t rest = n / 100; rest != 0; rest /= 10) digits++;
  for (char* at = out + digits; at != out; n /= 10) *--at = static_cast<char>('0' + n % 10);
  return out + digits;
}

// The number that `text` is, with white space around it or a plus before it; false: it is none,
// and `number` stays as it is.
inline bool readDecimal(std::string_view text, uint64_t& number) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return false;
  text = text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
  if (text.front() == '+') text.remove_prefix(1);
  uint64_t read;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
  if (error != std::errc{} || end != text.data() + text.size()) return false;
  number = read;
  return true;
}

}  // namespace attache
