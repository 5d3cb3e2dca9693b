// How an attempt that failed upstream is told: the words and the flag that Envoy has for it.
#pragma once

#include <string>
#include <string_view>

#include "http/types.h"
#include "stats/stats.h"

namespace attache::upstream {

struct FailureText {
  std::string_view name;  // in %RESPONSE_CODE_DETAILS%
  std::string_view text;  // in the body of the answer
  http::Flag flag;
  int status;               // of the answer when no response has begun
  bool has_reason = false;  // the transport's reason says more
};

// Source: Envoy's StreamResetReason names and what its router answers to each.
FailureText describe(http::UpstreamFailure failure);

// "upstream_reset_before_response_started{connection_termination}", with the transport's reason if
// the failure has one.
std::string failureDetails(const FailureText& failure, bool response_started,
                           std::string_view reason);

// Counts an attempt that ended so, in the statistics of its cluster.
void countReset(stats::Block* cluster, http::Protocol protocol, http::UpstreamFailure failure);

// A method whose request may be sent twice when it is not known whether the first one was seen
// (RFC 9110 section 9.2.2).
bool isIdempotent(std::string_view method);

}  // namespace attache::upstream
