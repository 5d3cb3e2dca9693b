// Which trace a request belongs to, as B3 headers tell it.
// https://github.com/openzipkin/b3-propagation
#pragma once

#include <cstdint>
#include <optional>

#include "base/arena.h"
#include "codec/headers.h"

namespace attache::tracing {

struct Context {
  uint64_t trace_high = 0, trace = 0;  // trace_high 0: of 64 bits
  uint64_t span = 0;
  std::optional<uint64_t> parent;
  bool sampled = false;
};

// What a request says of its trace.
struct Incoming {
  std::optional<Context> context;  // whose `sampled` is not set
  std::optional<bool> sampled;
  bool single = false;  // it came in the one header b3, and goes on so
  bool bad = false;     // it cannot be read: the request is not traced
};
Incoming readContext(const HeaderMap& headers);

// Tells the next one. Texts are in the arena.
void writeContext(const Context& context, bool single, Arena& arena, HeaderMap& headers);

// 16 or 32 digits in lower case, in the arena.
std::string_view traceText(const Context& context, Arena& arena);
std::string_view idText(uint64_t id, Arena& arena);

}  // namespace attache::tracing
