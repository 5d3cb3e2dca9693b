// A token bucket that several threads take from without a lock. As Envoy's it fills all the time,
// not once for each interval.
#pragma once

#include <algorithm>
#include <atomic>

namespace attache {

class TokenBucket {
 public:
  // Full at first: `most` tokens. Times are in seconds, of one clock.
  TokenBucket(double most, double seconds_per_token, double now)
      : per_token_(seconds_per_token),
        full_(most * seconds_per_token),
        empty_at_(now - most * seconds_per_token) {}

  // Takes one; false: there is none.
  bool take(double now) {
    double before = empty_at_.load(std::memory_order_relaxed);
    for (;;) {
      double next = std::max(before, now - full_) + per_token_;
      // What sums of fractions lack of a whole is no reason to refuse.
      if (next > now + per_token_ * 1e-6) return false;
      if (empty_at_.compare_exchange_weak(before, next, std::memory_order_relaxed)) return true;
    }
  }

 private:
  double per_token_, full_;
  std::atomic<double> empty_at_;  // when the last token was, or would have been, taken
};

}  // namespace attache
