#include "http/retry.h"

#include <algorithm>

#include "grpc/status.h"
#include "route/conditions.h"

namespace attache::http {

namespace {

constexpr uint32_t kOnGrpc =
    static_cast<uint32_t>(RetryOn::Cancelled) | static_cast<uint32_t>(RetryOn::DeadlineExceeded) |
    static_cast<uint32_t>(RetryOn::ResourceExhausted) |
    static_cast<uint32_t>(RetryOn::Unavailable) | static_cast<uint32_t>(RetryOn::Internal);

bool on(const tables::RetryPolicy& policy, RetryOn condition) {
  return policy.on & static_cast<uint32_t>(condition);
}

bool retriesGrpc(const tables::RetryPolicy& policy, const HeaderMap& headers) {
  int64_t status;
  if (!(policy.on & kOnGrpc) || !grpc::readStatus(headers, status, false)) return false;
  switch (status) {
    case 1:
      return on(policy, RetryOn::Cancelled);
    case 4:
      return on(policy, RetryOn::DeadlineExceeded);
    case 8:
      return on(policy, RetryOn::ResourceExhausted);
    case 13:
      return on(policy, RetryOn::Internal);
    case 14:
      return on(policy, RetryOn::Unavailable);
    default:
      return false;
  }
}

bool anyMatches(const tables::Vec<tables::HeaderMatcher>& matchers, const HeaderMap& headers) {
  return std::any_of(matchers.begin(), matchers.end(), [&](const tables::HeaderMatcher& matcher) {
    return route::headerMatches(matcher, headers);
  });
}

}  // namespace

bool retriesRequest(const tables::RetryPolicy& policy, const HeaderMap& headers) {
  return policy.request_headers.empty() || anyMatches(policy.request_headers, headers);
}

bool retriesResponse(const tables::RetryPolicy& policy, const HeaderMap& headers, int status) {
  // Another proxy's limit of rates: more of the same would only be refused again.
  if (headers.get("x-envoy-ratelimited").data()) return on(policy, RetryOn::RateLimited);
  if (on(policy, RetryOn::Any5xx) && status / 100 == 5) return true;
  if (on(policy, RetryOn::GatewayError) && status >= 502 && status <= 504) return true;
  if (on(policy, RetryOn::Retriable4xx) && status == 409) return true;
  if (on(policy, RetryOn::StatusCodes)) {
    const auto& codes = policy.status_codes;
    if (std::find(codes.begin(), codes.end(), static_cast<uint32_t>(status)) != codes.end())
      return true;
  }
  if (on(policy, RetryOn::Headers) && anyMatches(policy.headers, headers)) return true;
  return retriesGrpc(policy, headers);
}

bool retriesFailure(const tables::RetryPolicy& policy, UpstreamFailure failure, bool started) {
  switch (failure) {
    case UpstreamFailure::Overflow:
    case UpstreamFailure::NoHost:
      return false;  // it would make things worse
    case UpstreamFailure::ConnectFailure:
    case UpstreamFailure::LocalConnectFailure:
    case UpstreamFailure::ConnectTimeout:
      if (on(policy, RetryOn::ConnectFailure)) return true;
      break;
    case UpstreamFailure::Refused:
      if (on(policy, RetryOn::RefusedStream)) return true;
      break;
    default:
      break;
  }
  if (on(policy, RetryOn::Reset)) return true;
  if (on(policy, RetryOn::ResetBeforeRequest) && !started) return true;
  // Without an answer it will be a 5xx.
  return on(policy, RetryOn::Any5xx) || on(policy, RetryOn::GatewayError);
}

uint64_t RetryState::nextDelay(Random& random) {
  uint64_t most = std::max<uint64_t>(next_ms_, 1);
  next_ms_ = std::min<uint64_t>(most * 2, policy.backoff_max_ms);
  return random.below(most);
}

bool RetryState::wasTried(const void* host) const {
  size_t n = std::min<size_t>(tries_, hosts_.size());
  return std::find(hosts_.begin(), hosts_.begin() + n, host) != hosts_.begin() + n;
}

}  // namespace attache::http
