#include "grpc/timeout.h"

#include <algorithm>
#include <charconv>

namespace attache::grpc {

namespace {
constexpr uint64_t kMaxDigits = 99'999'999;
}  // namespace

bool parseTimeout(std::string_view text, uint64_t& ms) {
  if (text.empty()) return false;
  std::string_view digits = text.substr(0, text.size() - 1);
  uint64_t value = 0;
  auto [at, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc{} || at != digits.data() + digits.size()) return false;
  if (value > kMaxDigits) return false;
  switch (text.back()) {
    case 'H':
      ms = value * 3'600'000;
      return true;
    case 'M':
      ms = value * 60'000;
      return true;
    case 'S':
      ms = value * 1000;
      return true;
    case 'm':
      ms = value;
      return true;
    case 'u':
      ms = (value + 999) / 1000;
      return true;
    case 'n':
      ms = (value + 999'999) / 1'000'000;
      return true;
    default:
      return false;
  }
}

TimeoutText::TimeoutText(uint64_t ms) {
  static constexpr char kUnits[] = "mSMH";
  int unit = 0;
  if (ms > kMaxDigits) {
    ms /= 1000;
    unit++;
  }
  for (; ms > kMaxDigits && unit < 3; unit++) ms /= 60;
  ms = std::min(ms, kMaxDigits);
  char* end = std::to_chars(text, text + sizeof text - 1, ms).ptr;
  *end++ = kUnits[unit];
  size = static_cast<size_t>(end - text);
}

}  // namespace attache::grpc
