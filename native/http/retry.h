// Retries as a route's policy has them, or as a request asks for them: whether an attempt that
// failed is made once more, and when. envoy.config.route.v3.RetryPolicy, x-envoy-retry-on and its
// likes; what each condition means is Envoy's.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

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

// The retries of one request; lives in its stream's arena. The policy lives as long as the stream.
class RetryState {
 public:
  using Callback = void (*)(void* self);
  // `of` null: the route has no policy, and what the request asks for decides alone.
  RetryState(const tables::RetryPolicy* of, Callback again, Callback too_long, Callback too_quiet,
             void* self);

  // Takes what the request asks for out of its head, and looks whether the policy is for requests
  // like this one. Once, before any of the following.
  void readRequest(HeaderMap& headers);
  // There may be retries.
  bool enabled() const { return on_ != 0; }
  // The body may be wanted again.
  bool keepsBody() const { return on_ != 0 || redirects; }
  // Nothing is to be asked for again.
  void settle() { on_ = 0, redirects = false; }
  // Whether a response is one to be asked for again. A status of gRPC counts where it is in the
  // head.
  bool wants(const HeaderMap& headers, int status) const;
  // Whether an attempt that got no response is. `started`: something of the request was sent.
  bool wants(UpstreamFailure failure, bool started) const;

  // False: there is none left.
  bool take() { return remaining_ > 0 && remaining_-- > 0; }
  // Milliseconds until the next attempt: fully jittered, each time up to twice as long.
  uint64_t nextDelay(Random& random);
  // The same for the attempt after this response; false: it does not say when to come again.
  bool readReset(const HeaderMap& headers, uint64_t now_s);
  bool waitsForReset() const { return reset_ms_ != 0; }
  // A host that has been tried; by its address in memory, which is not looked at.
  void tried(const void* host, uint32_t priority);
  bool wasTried(const void* host) const;
  // The priorities that the next attempt leaves out, one bit each; those from 64 on never are.
  uint64_t avoidedPriorities();
  // None is left: all count again.
  void forgetPriorities() { priority_tries_ = 0, priorities_ = avoided_ = 0; }
  void cancel() {
    backoff.cancel();
    per_try.cancel();
    idle.cancel();
  }

  const tables::RetryPolicy& policy;
  io::Timer backoff, per_try, idle;
  // Of one attempt, 0: none. What a request asks for goes before what the policy says.
  uint64_t per_try_ms;
  // What a request that takes too long is answered with.
  int timeout_status = 504;
  // An attempt of the policy's is under way, or waits: counted as an active retry.
  bool armed = false;
  // Responses of the host may be redirects that are followed; one is.
  bool redirects = false, redirected = false;
  // An attempt that has had its time goes on beside the next one.
  bool hedges = false;
  // The last attempt was given up because it took too long.
  bool timed_out = false;

 private:
  bool on(RetryOn condition) const { return on_ & static_cast<uint32_t>(condition); }
  bool wantsGrpc(const HeaderMap& headers) const;
  bool hasCode(int status) const;
  bool hasHeader(const HeaderMap& headers) const;
  uint32_t on_;
  uint32_t remaining_;
  uint32_t tries_ = 0;
  uint64_t next_ms_;
  uint64_t reset_ms_ = 0;  // when the last response wants to be asked again
  uint32_t priority_tries_ = 0;
  uint64_t priorities_ = 0;  // of the hosts that were tried
  uint64_t avoided_ = 0;
  // Lists that the request has brought; in its arena.
  std::string_view codes_, header_names_;
  std::array<const void*, 16> hosts_{};
};

}  // namespace attache::http
