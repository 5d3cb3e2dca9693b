// Durations and timestamps: from text, and their parts.
#include "cel/text.h"

namespace attache::cel {
namespace {

using Kind = Value::Kind;
using tables::CelTimePart;

constexpr int64_t kDay = 86400;
constexpr int64_t kSecondNanos = 1'000'000'000;

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isSpace(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Days since 1970 of a date (months and days from 1).
int64_t daysOf(int64_t year, int month, int day) {
  // Years that begin in March, in eras of 400 years.
  year -= month <= 2;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  int64_t of_era = year - era * 400;
  int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool isLeap(int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int daysOfMonth(int64_t year, int month) {
  if (month == 2) return isLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Reads a text from its beginning.
struct Reader {
  std::string_view rest;

  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  bool takeEither(char a, char b) { return take(a) || take(b); }
  // 1 to `most` digits.
  bool number(size_t most, int64_t* out) {
    size_t n = 0;
    *out = 0;
    while (n < rest.size() && n < most && isDigit(rest[n])) *out = *out * 10 + (rest[n++] - '0');
    rest.remove_prefix(n);
    return n > 0;
  }
  bool inRange(size_t most, int64_t low, int64_t high, int* out) {
    int64_t n;
    if (!number(most, &n) || n < low || n > high) return false;
    *out = static_cast<int>(n);
    return true;
  }
  void skipSpace() {
    while (!rest.empty() && isSpace(rest.front())) rest.remove_prefix(1);
  }
  // Digits of a fraction, of which the first nine count, in billionths. False: there are none.
  bool fraction(uint32_t* nanos) {
    uint32_t scale = kSecondNanos / 10;
    *nanos = 0;
    size_t n = 0;
    for (; n < rest.size() && isDigit(rest[n]); n++, scale /= 10)
      *nanos += static_cast<uint32_t>(rest[n] - '0') * scale;
    rest.remove_prefix(n);
    return n > 0;
  }
};

// "Z", "+01:00", "+0100" or "+01", in seconds east of UTC.
bool readOffset(Reader& in, int64_t* seconds) {
  *seconds = 0;
  if (in.takeEither('Z', 'z')) return true;
  bool west = in.take('-');
  if (!west && !in.take('+')) return false;
  int hours, minutes = 0;
  if (!in.inRange(2, 0, 23, &hours)) return false;
  if (in.take(':') || (!in.rest.empty() && isDigit(in.rest.front()))) {
    if (!in.inRange(2, 0, 59, &minutes)) return false;
  }
  *seconds = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
  return true;
}

// A time zone of a method: "UTC", "+1:00", "01:00".
bool readZone(std::string_view zone, int64_t* seconds) {
  *seconds = 0;
  if (zone.empty() || zone == "UTC") return true;
  Reader in{zone};
  bool west = in.take('-');
  if (!west) in.take('+');
  int hours, minutes;
  if (!in.inRange(2, 0, 23, &hours) || !in.take(':') || !in.inRange(2, 0, 59, &minutes))
    return false;
  *seconds = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
  return in.rest.empty();
}

struct Unit {
  std::string_view name;
  int64_t nanos;
};
// Longer names before those that begin them.
constexpr Unit kUnits[] = {{"ns", 1},
                           {"us", 1000},
                           {"ms", 1'000'000},
                           {"s", kSecondNanos},
                           {"m", 60 * kSecondNanos},
                           {"h", 3600 * kSecondNanos}};

int64_t readUnit(Reader& in) {
  for (const Unit& unit : kUnits) {
    if (!in.rest.starts_with(unit.name)) continue;
    in.rest.remove_prefix(unit.name.size());
    return unit.nanos;
  }
  return 0;
}

Value durationPart(CelTimePart part, const Value& value) {
  __int128 ms = value.allNanos() / 1'000'000;
  switch (part) {
    case CelTimePart::Hours:
      return Value::integer(static_cast<int64_t>(ms / 3'600'000));
    case CelTimePart::Minutes:
      return Value::integer(static_cast<int64_t>(ms / 60'000));
    case CelTimePart::Seconds:
      return Value::integer(static_cast<int64_t>(ms / 1000));
    case CelTimePart::Milliseconds:
      return Value::integer(static_cast<int64_t>(ms % 1000));
    default:
      return Value::error();
  }
}

}  // namespace

Civil civil(int64_t seconds) {
  int64_t days = seconds / kDay;
  int64_t left = seconds % kDay;
  if (left < 0) {
    left += kDay;
    days--;
  }
  Civil out;
  out.hour = static_cast<int>(left / 3600);
  out.minute = static_cast<int>(left / 60 % 60);
  out.second = static_cast<int>(left % 60);
  // January 1st, 1970 was a Thursday.
  out.week_day = static_cast<int>(((days + 4) % 7 + 7) % 7);
  int64_t shifted = days + 719468;
  int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  int64_t of_era = shifted - era * 146097;
  int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t month = (5 * of_year + 2) / 153;
  out.day = static_cast<int>(of_year - (153 * month + 2) / 5 + 1);
  out.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  out.year = year_of_era + era * 400 + (out.month <= 2);
  out.year_day = static_cast<int>(days - daysOf(out.year, 1, 1));
  return out;
}

Value parseDuration(std::string_view text) {
  // More than 10,000 years is no duration; no count of a unit that is one has more digits.
  constexpr size_t kDigits = 18;
  constexpr __int128 kMost = static_cast<__int128>(315'576'000'000) * kSecondNanos;
  Reader in{text};
  bool negative = in.take('-');
  if (!negative) in.take('+');
  if (in.rest == "0") return Value::of(Kind::Duration, 0);
  if (in.rest.empty()) return Value::error();
  __int128 total = 0;
  while (!in.rest.empty()) {
    int64_t whole;
    uint32_t fraction = 0;
    bool any = in.number(kDigits, &whole);
    if (in.take('.') && in.fraction(&fraction)) any = true;
    int64_t unit = any ? readUnit(in) : 0;
    if (unit == 0) return Value::error();
    total +=
        static_cast<__int128>(whole) * unit + static_cast<__int128>(fraction) * unit / kSecondNanos;
    if (total > kMost) return Value::error();
  }
  return Value::ofNanos(Kind::Duration, negative ? -total : total);
}

Value parseTimestamp(std::string_view text) {
  Reader in{text};
  in.skipSpace();
  int64_t year, offset;
  int month, day, hour, minute, second;
  uint32_t nanos = 0;
  bool before = in.take('-');
  if (!in.number(9, &year) || !in.take('-') || !in.inRange(2, 1, 12, &month) || !in.take('-') ||
      !in.inRange(2, 1, 31, &day) || !in.takeEither('T', 't') || !in.inRange(2, 0, 23, &hour) ||
      !in.take(':') || !in.inRange(2, 0, 59, &minute) || !in.take(':') ||
      !in.inRange(2, 0, 60, &second))
    return Value::error();
  if (before) year = -year;
  if (in.take('.') && !in.fraction(&nanos)) return Value::error();
  if (!readOffset(in, &offset) || day > daysOfMonth(year, month)) return Value::error();
  in.skipSpace();
  if (!in.rest.empty()) return Value::error();
  int64_t seconds = daysOf(year, month, day) * kDay + hour * 3600 + minute * 60 + second - offset;
  return Value::of(Kind::Timestamp, seconds, nanos);
}

Value timePart(CelTimePart part, const Value& value, std::string_view zone) {
  int64_t offset;
  if (value.kind == Kind::Duration) return durationPart(part, value);
  if (value.kind != Kind::Timestamp || !readZone(zone, &offset)) return Value::error();
  Civil at = civil(value.number + offset);
  switch (part) {
    case CelTimePart::FullYear:
      return Value::integer(at.year);
    case CelTimePart::Month:
      return Value::integer(at.month - 1);
    case CelTimePart::Date:
      return Value::integer(at.day);
    case CelTimePart::DayOfMonth:
      return Value::integer(at.day - 1);
    case CelTimePart::DayOfWeek:
      return Value::integer(at.week_day);
    case CelTimePart::DayOfYear:
      return Value::integer(at.year_day);
    case CelTimePart::Hours:
      return Value::integer(at.hour);
    case CelTimePart::Minutes:
      return Value::integer(at.minute);
    case CelTimePart::Seconds:
      return Value::integer(at.second);
    case CelTimePart::Milliseconds:
      return Value::integer(value.nanos / 1'000'000);
  }
  return Value::error();
}

}  // namespace attache::cel
