// How long a request may take, by its route and by what its client says.
#pragma once

#include <cstdint>

#include "codec/headers.h"
#include "tables/generated/layout.h"

namespace attache::route {

// From the request's end to the response's, in ms; 0: as long as it likes. Tells the host too:
// grpc-timeout becomes what is left of it when the route limits it, and, if `expected`,
// x-envoy-expected-rq-timeout-ms is set.
uint64_t requestTimeout(const tables::Route& route, HeaderMap& headers, bool grpc, bool expected);

// The longest life of a stream.
struct StreamDuration {
  bool limited = false;
  uint64_t ms = 0;  // from its beginning; 0: it has none left
};
// `otherwise_ms`: what the connection manager says, 0: nothing. grpc-timeout becomes what the route
// makes of it.
StreamDuration streamDuration(const tables::Route* route, uint64_t otherwise_ms, HeaderMap& headers,
                              bool grpc);

}  // namespace attache::route
