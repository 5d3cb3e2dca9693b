// Retries as a route's policy has them: whether an attempt that failed is made once more, and when.
// envoy.config.route.v3.RetryPolicy; what each condition means is Envoy's (x-envoy-retry-on).
#pragma once

#include <array>
#include <cstdint>

#include "base/random.h"
#include "codec/headers.h"
#include "http/types.h"
#include "io/timers.h"
#include "tables/generated/layout.h"

namespace attache::http {

// Bits of RetryPolicy::on.
enum class RetryOn : uint32_t {
  Any5xx = 1u << 0,
  GatewayError = 1u << 1,
  ConnectFailure = 1u << 2,
  Retriable4xx = 1u << 3,
  RefusedStream = 1u << 4,
  StatusCodes = 1u << 5,
  Headers = 1u << 6,
  Reset = 1u << 7,
  ResetBeforeRequest = 1u << 8,
  RateLimited = 1u << 9,
  Cancelled = 1u << 10,
  DeadlineExceeded = 1u << 11,
  ResourceExhausted = 1u << 12,
  Unavailable = 1u << 13,
  Internal = 1u << 14,
};

// Whether a response is one to be asked for again. A status of gRPC counts where it is in the head.
bool retriesResponse(const tables::RetryPolicy& policy, const HeaderMap& headers, int status);
// Whether an attempt that got no response is. `started`: something of the request was sent.
bool retriesFailure(const tables::RetryPolicy& policy, UpstreamFailure failure, bool started);
// Whether requests like this one are retried at all.
bool retriesRequest(const tables::RetryPolicy& policy, const HeaderMap& headers);

// The retries of one request; lives in its stream's arena. `policy` lives as long as the stream.
class RetryState {
 public:
  using Callback = void (*)(void* self);
  RetryState(const tables::RetryPolicy& of, Callback again, Callback too_long, Callback too_quiet,
             void* self)
      : policy(of),
        backoff(again, self),
        per_try(too_long, self),
        idle(too_quiet, self),
        remaining_(of.retries),
        next_ms_(of.backoff_base_ms) {}

  // False: there is none left.
  bool take() { return remaining_ > 0 && remaining_-- > 0; }
  // Milliseconds until the next attempt: fully jittered, each time up to twice as long.
  uint64_t nextDelay(Random& random);
  // A host that has been tried; by its address in memory, which is not looked at.
  void tried(const void* host) { hosts_[tries_++ % hosts_.size()] = host; }
  bool wasTried(const void* host) const;
  void cancel() {
    backoff.cancel();
    per_try.cancel();
    idle.cancel();
  }

  const tables::RetryPolicy& policy;
  io::Timer backoff, per_try, idle;
  // An attempt of the policy's is under way, or waits: counted as an active retry.
  bool armed = false;

 private:
  uint32_t remaining_;
  uint32_t tries_ = 0;
  uint64_t next_ms_;
  std::array<const void*, 16> hosts_{};
};

}  // namespace attache::http
