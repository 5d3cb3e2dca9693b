// What one operator of a format says about a stream.
#pragma once

#include <cstdint>
#include <string_view>

#include "accesslog/format.h"

namespace attache::accesslog {

struct Value {
  enum class Kind : uint8_t { None, Text, Number };
  Kind kind = Kind::None;
  int64_t number = 0;
  std::string_view text;  // of the input, the format, or `scratch`

  static Value of(std::string_view t) { return {Kind::Text, 0, t}; }
  static Value ofNumber(uint64_t n) { return {Kind::Number, static_cast<int64_t>(n), {}}; }
  static Value ifAny(std::string_view t) { return t.empty() ? Value{} : of(t); }
};

// Evaluates `op` (kind Operator). Texts that have to be made are appended to `scratch`, which is
// valid until it is cleared.
Value evaluate(const tables::FormatOp& op, const LogInput& input, uint64_t now_us,
               LineBuffer& scratch);

}  // namespace attache::accesslog
