// Calendar arithmetic against the C library's, and texts of durations there and back.
#include <ctime>
#include <string>

#include "base/random.h"
#include "base/test.h"
#include "cel/text.h"

namespace attache::cel {
namespace {

std::string textOf(const Value& value) {
  accesslog::LineBuffer out;
  appendText(value, out);
  return std::string(out.view());
}

TEST(civil_is_what_the_c_library_says) {
  Random random(7);
  for (int i = 0; i < 200000; i++) {
    // Years -9999 to 12000, before and after 1970.
    int64_t seconds = static_cast<int64_t>(random.next() % 694'000'000'000) - 377'000'000'000;
    time_t t = seconds;
    std::tm tm;
    gmtime_r(&t, &tm);
    Civil at = civil(seconds);
    CHECK_EQ(at.year, static_cast<int64_t>(tm.tm_year) + 1900);
    CHECK_EQ(at.month, tm.tm_mon + 1);
    CHECK_EQ(at.day, tm.tm_mday);
    CHECK_EQ(at.hour, tm.tm_hour);
    CHECK_EQ(at.minute, tm.tm_min);
    CHECK_EQ(at.second, tm.tm_sec);
    CHECK_EQ(at.week_day, tm.tm_wday);
    CHECK_EQ(at.year_day, tm.tm_yday);
  }
}

TEST(timestamps_are_read_as_they_are_written) {
  Random random(8);
  for (int i = 0; i < 50000; i++) {
    int64_t seconds = static_cast<int64_t>(random.next() % 250'000'000'000);
    uint32_t nanos = static_cast<uint32_t>(random.next() % 1'000'000'000);
    Value value = Value::of(Value::Kind::Timestamp, seconds, nanos);
    Value read = parseTimestamp(textOf(value));
    CHECK(equal(value, read));
  }
}

TEST(durations_are_read_as_they_are_written) {
  Random random(9);
  for (int i = 0; i < 50000; i++) {
    int64_t nanos = static_cast<int64_t>(random.next() >> (random.next() % 60 + 2));
    if (random.next() & 1) nanos = -nanos;
    Value value = Value::ofNanos(Value::Kind::Duration, nanos);
    Value read = parseDuration(textOf(value));
    CHECK(equal(value, read));
  }
}

TEST(any_bytes_are_read_without_harm) {
  Random random(10);
  constexpr std::string_view kAlphabet = "0123456789-+:.TtZz hmsun";
  for (int i = 0; i < 200000; i++) {
    std::string text;
    for (uint64_t n = random.next() % 40; n > 0; n--)
      text += kAlphabet[random.next() % kAlphabet.size()];
    parseDuration(text);
    parseTimestamp(text);
    timePart(tables::CelTimePart::Hours, Value::of(Value::Kind::Timestamp, 0), text);
  }
}

}  // namespace
}  // namespace attache::cel
