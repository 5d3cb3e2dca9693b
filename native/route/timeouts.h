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

// The same where attempts have a time of their own, or the request may ask for times.
struct RequestTimeouts {
  uint64_t all_ms = 0;      // 0: as long as it likes
  uint64_t per_try_ms = 0;  // of each attempt; 0: as the request
};
// x-envoy-upstream-rq-timeout-ms and x-envoy-upstream-rq-per-try-timeout-ms go before what the
// route says, and are taken out. `respect_expected`: so does x-envoy-expected-rq-timeout-ms, which
// the proxy before this one has set.
RequestTimeouts readTimeouts(const tables::Route& route, HeaderMap& headers, bool grpc,
                             uint64_t per_try_ms, bool respect_expected);
// Tells the host how long this attempt may take, of a request that has had `elapsed_ms`. `whole`:
// as long as the request, whatever the time of an attempt is.
void tellTimeout(const tables::Route& route, HeaderMap& headers, bool grpc, bool expected,
                 const RequestTimeouts& timeouts, uint64_t elapsed_ms, bool whole);

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
