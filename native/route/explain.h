// Why a request takes its route, and what becomes of it: the code of the data path with a tracer,
// for people and for tests of route tables. Not for the request path.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "route/match.h"

namespace attache::route {

// A route that was tried and did not match, and on what.
struct Miss {
  uint32_t route;
  Check check;
  uint32_t detail;  // the number of the header, query or cookie matcher
};

// Views are of the table, of the request's arena, or static.
struct Explanation {
  Match match;
  uint32_t host = kNoHost;  // numbers in the table; kNoHost: none
  uint32_t route = kNoHost;
  std::vector<Miss> misses;
  bool to_tls = false;        // require_tls: sent to https, whatever the route
  std::string_view cluster;   // empty: no host is asked
  std::string_view location;  // of a redirect
  int status = 0;             // of an answer that is given here
};

// Routes `request`, and changes its headers and those of `response` as the router would: all of
// :authority, :path, :method, :scheme and x-forwarded-proto have to be there. `resolve` as of
// match(), `format(const tables::Format&)` as of applyMutations().
Explanation explain(const tables::RouteConfig& config, const void* (*resolve)(uint32_t),
                    HeaderMap& request, HeaderMap& response, uint64_t random,
                    std::string_view (*format)(const tables::Format&, const HeaderMap&, Arena&));

}  // namespace attache::route
