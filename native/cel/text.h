// Values of expressions as text, and the texts of durations and timestamps as values.
#pragma once

#include "accesslog/line_buffer.h"
#include "cel/value.h"

namespace attache::cel {

// Appends the text of a value as Envoy writes it (%CEL%): "1h30m", "2020-01-01T00:00:00+00:00".
// Nothing for an error.
void appendText(const Value& value, accesslog::LineBuffer& out);

// "1h30m5.5s": a duration as absl reads it. An error for other texts and beyond 10,000 years.
Value parseDuration(std::string_view text);
// RFC 3339. An error for other texts.
Value parseTimestamp(std::string_view text);
// A part of a timestamp in a time zone ("UTC", "+01:00"), or of a duration; an error for others.
Value timePart(tables::CelTimePart part, const Value& value, std::string_view zone);

// A point in time in the proleptic Gregorian calendar.
struct Civil {
  int64_t year;
  int month, day, hour, minute, second;  // from 1, 1, 0, 0, 0
  int week_day, year_day;                // from 0: Sunday, January 1st
};
// `seconds` since 1970 in UTC.
Civil civil(int64_t seconds);

}  // namespace attache::cel
