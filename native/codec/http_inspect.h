// Which version of HTTP the first bytes of a connection speak. Sans-io: the bytes stay where they
// are. What counts as HTTP is what Envoy's inspector takes for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace attache::h1 {

enum class Spoken : uint8_t {
  More,     // so far it may be HTTP
  Nothing,  // not HTTP
  Http10,
  Http11,
  Http2,
};

// `bytes` is not empty, and has all that came.
Spoken inspectHttp(std::string_view bytes);

}  // namespace attache::h1
