// Numbers as decimal text.
#pragma once

#include <cstdint>

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

}  // namespace attache
