// grpc-timeout: how long a call may take, as its client says (PROTOCOL-HTTP2.md, "Timeout").
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace attache::grpc {

// At most 8 digits and a unit of H, M, S, m, u or n; in milliseconds, parts of one rounded up.
// False: not a time.
bool parseTimeout(std::string_view text, uint64_t& ms);

// The text of a time in the finest unit, from milliseconds up, that 8 digits are enough for.
struct TimeoutText {
  explicit TimeoutText(uint64_t ms);
  std::string_view view() const { return {text, size}; }
  char text[12];
  size_t size;
};

}  // namespace attache::grpc
