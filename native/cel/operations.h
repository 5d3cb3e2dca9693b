// What the operators and functions of expressions make of values; errors are handed in by nobody.
#pragma once

#include "cel/value.h"

namespace attache::cel {

// a < b and the like; an error for what has no order.
Value ordered(tables::CelOp op, const Value& a, const Value& b);
// Sums and so on of two numbers of one type, of durations and timestamps. An error for others, for
// an overflow and a division by zero.
Value arithmetic(tables::CelOp op, const Value& a, const Value& b);
// contains, startsWith, endsWith.
Value textTest(tables::CelOp op, const Value& a, const Value& b);
Value negated(const Value& v);
// Characters of a text, bytes, elements, entries, different names of headers.
Value sizeOf(const Value& value);

// Conversions, as cel-cpp has them.
Value toInt(const Value& v);
Value toUint(const Value& v);
Value toDouble(const Value& v);
Value toBool(const Value& v);
Value toBytes(const Value& v);
Value toDuration(const Value& v);
Value toTimestamp(const Value& v);
Value typeOf(const Value& v);

}  // namespace attache::cel
