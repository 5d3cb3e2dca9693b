// Values as text.
#include "cel/text.h"

#include <cmath>
#include <cstdio>

namespace attache::cel {
namespace {

using Kind = Value::Kind;
using accesslog::LineBuffer;

void appendReal(double d, LineBuffer& out) {
  char text[32];
  int n = std::snprintf(text, sizeof text, "%g", d);
  // Of NaN the sign is not said.
  out.append(std::isnan(d) ? std::string_view("nan")
                           : std::string_view(text, static_cast<size_t>(n)));
}

void appendInteger(int64_t n, LineBuffer& out) {
  if (n < 0) out.append('-');
  uint64_t size = n < 0 ? ~static_cast<uint64_t>(n) + 1 : static_cast<uint64_t>(n);
  out.appendNumber(size);
}

// `n` in at least `width` digits.
void appendPadded(uint64_t n, int width, LineBuffer& out) {
  for (uint64_t limit = 10; width > 1; width--, limit *= 10) {
    if (n < limit) out.append('0');
  }
  out.appendNumber(n);
}

// ".5" of 500,000,000 of 1,000,000,000 and so on: nothing of 0.
void appendFraction(uint64_t part, uint64_t whole, LineBuffer& out) {
  if (part == 0) return;
  out.append('.');
  for (whole /= 10; part != 0; whole /= 10) {
    out.append(static_cast<char>('0' + part / whole));
    part %= whole;
  }
}

void appendUnit(uint64_t n, uint64_t unit, std::string_view name, LineBuffer& out) {
  out.appendNumber(n / unit);
  appendFraction(n % unit, unit, out);
  out.append(name);
}

// As absl does: the greatest unit that fits below a second, else hours, minutes, seconds.
void appendDuration(const Value& value, LineBuffer& out) {
  constexpr uint64_t kSecond = 1'000'000'000;
  __int128 nanos = value.allNanos();
  if (nanos == 0) return out.append('0');
  if (nanos < 0) {
    out.append('-');
    nanos = -nanos;
  }
  if (nanos < 1000) return appendUnit(static_cast<uint64_t>(nanos), 1, "ns", out);
  if (nanos < 1'000'000) return appendUnit(static_cast<uint64_t>(nanos), 1000, "us", out);
  if (nanos < kSecond) return appendUnit(static_cast<uint64_t>(nanos), 1'000'000, "ms", out);
  uint64_t seconds = static_cast<uint64_t>(nanos / kSecond);
  uint64_t fraction = static_cast<uint64_t>(nanos % kSecond);
  if (seconds >= 3600) {
    out.appendNumber(seconds / 3600);
    out.append('h');
  }
  if (seconds / 60 % 60 != 0) {
    out.appendNumber(seconds / 60 % 60);
    out.append('m');
  }
  if (seconds % 60 == 0 && fraction == 0) return;
  out.appendNumber(seconds % 60);
  appendFraction(fraction, kSecond, out);
  out.append('s');
}

void appendTimestamp(const Value& value, LineBuffer& out) {
  Civil at = civil(value.number);
  appendInteger(at.year, out);
  for (auto [separator, part] : {std::pair{'-', at.month},
                                 {'-', at.day},
                                 {'T', at.hour},
                                 {':', at.minute},
                                 {':', at.second}}) {
    out.append(separator);
    appendPadded(static_cast<uint64_t>(part), 2, out);
  }
  appendFraction(value.nanos, 1'000'000'000, out);
  out.append(std::string_view("+00:00"));
}

}  // namespace

void appendText(const Value& value, LineBuffer& out) {
  switch (value.kind) {
    case Kind::Error:
      return;
    case Kind::Null:
      return out.append(std::string_view("NULL"));
    case Kind::Bool:
      return out.append(std::string_view(value.number ? "true" : "false"));
    case Kind::Int:
      return appendInteger(value.number, out);
    case Kind::Uint:
      return out.appendNumber(value.unsignedNumber());
    case Kind::Double:
      return appendReal(value.real(), out);
    case Kind::String:
    case Kind::Bytes:
      return out.append(value.text);
    case Kind::Duration:
      return appendDuration(value, out);
    case Kind::Timestamp:
      return appendTimestamp(value, out);
    case Kind::Type:
      return out.append(std::string_view("CelType value"));
    case Kind::List:
      return out.append(std::string_view("CelList value"));
    case Kind::Map:
    case Kind::Headers:
      return out.append(std::string_view("CelMap value"));
  }
}

}  // namespace attache::cel
