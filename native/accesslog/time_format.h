// Points in time as access logs write them.
#pragma once

#include <cstdint>
#include <string_view>

#include "accesslog/line_buffer.h"

namespace attache::accesslog {

// "2026-11-23T22:53:21.035Z", as %START_TIME% without parameters; `us` since 1970.
void appendIsoTime(uint64_t us, LineBuffer& out);

// By an Envoy time format: strftime in UTC, and %f with 1 to 9 digits, %E3S, %E*S, %E3f, %E*f,
// %Ez, %E4Y, %ET, %:z. What is unknown stays as it is written.
void appendTime(std::string_view spec, uint64_t us, LineBuffer& out);

}  // namespace attache::accesslog
