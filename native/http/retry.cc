#include "http/retry.h"

#include <algorithm>
#include <utility>

#include "base/decimal.h"
#include "codec/h1.h"
#include "grpc/status.h"
#include "http/asked.h"
#include "route/conditions.h"

namespace attache::http {

namespace {

constexpr uint32_t kOnGrpc =
    static_cast<uint32_t>(RetryOn::Cancelled) | static_cast<uint32_t>(RetryOn::DeadlineExceeded) |
    static_cast<uint32_t>(RetryOn::ResourceExhausted) |
    static_cast<uint32_t>(RetryOn::Unavailable) | static_cast<uint32_t>(RetryOn::Internal);

// Of a route that says nothing.
tables::RetryPolicy noPolicy() {
  tables::RetryPolicy policy{};
  policy.retries = 1;
  policy.backoff_base_ms = 25;
  policy.backoff_max_ms = 250;
  policy.host_attempts = 1;
  return policy;
}
const tables::RetryPolicy kNoPolicy = noPolicy();

bool anyMatches(const tables::Vec<tables::HeaderMatcher>& matchers, const HeaderMap& headers) {
  return std::any_of(matchers.begin(), matchers.end(), [&](const tables::HeaderMatcher& matcher) {
    return route::headerMatches(matcher, headers);
  });
}

}  // namespace

RetryState::RetryState(const tables::RetryPolicy* of, Callback again, Callback too_long,
                       Callback too_quiet, void* self)
    : policy(of ? *of : kNoPolicy),
      backoff(again, self),
      per_try(too_long, self),
      idle(too_quiet, self),
      per_try_ms(policy.per_try_timeout_ms),
      on_(policy.on),
      remaining_(policy.retries),
      next_ms_(policy.backoff_base_ms) {}

void RetryState::readRequest(HeaderMap& headers) {
  bool asks = headers.hasAny(kRetryNames);
  auto all = [&](HeaderId id) { return headers.joined(id, *headers.arena()); };
  if (asks) {
    on_ |= retryConditions(all(HeaderId::XEnvoyRetryOn));
    on_ |= retryGrpcConditions(all(HeaderId::XEnvoyRetryGrpcOn));
  }
  if (!policy.request_headers.empty() && !anyMatches(policy.request_headers, headers)) on_ = 0;
  if (!asks) return;
  uint64_t most;
  if (readDecimal(all(HeaderId::XEnvoyMaxRetries), most))
    remaining_ = static_cast<uint32_t>(std::min<uint64_t>(most, UINT32_MAX));
  codes_ = headers.arena()->copy(all(HeaderId::XEnvoyRetriableStatusCodes));
  header_names_ = headers.arena()->copy(all(HeaderId::XEnvoyRetriableHeaderNames));
  for (HeaderId id : kRetryIds) headers.remove(id);
}

bool RetryState::wantsGrpc(const HeaderMap& headers) const {
  int64_t status;
  if (!(on_ & kOnGrpc) || !grpc::readStatus(headers, status, false)) return false;
  switch (status) {
    case 1:
      return on(RetryOn::Cancelled);
    case 4:
      return on(RetryOn::DeadlineExceeded);
    case 8:
      return on(RetryOn::ResourceExhausted);
    case 13:
      return on(RetryOn::Internal);
    case 14:
      return on(RetryOn::Unavailable);
    default:
      return false;
  }
}

bool RetryState::hasCode(int status) const {
  auto wanted = static_cast<uint32_t>(status);
  const auto& codes = policy.status_codes;
  if (std::find(codes.begin(), codes.end(), wanted) != codes.end()) return true;
  bool found = false;
  h1::forEachToken(codes_, [&](std::string_view text) {
    uint64_t code;
    found = readDecimal(text, code) && code == wanted;
    return !found;
  });
  return found;
}

bool RetryState::hasHeader(const HeaderMap& headers) const {
  if (anyMatches(policy.headers, headers)) return true;
  bool found = false;
  h1::forEachToken(header_names_, [&](std::string_view name) {
    for (const Header& each : headers) found |= h1::equalsIgnoreCase(name, each.nameView());
    return !found;
  });
  return found;
}

bool RetryState::wants(const HeaderMap& headers, int status) const {
  // Another proxy's limit of rates: more of the same would only be refused again.
  if (headers.get("x-envoy-ratelimited").data()) return on(RetryOn::RateLimited);
  if (on(RetryOn::Any5xx) && status / 100 == 5) return true;
  if (on(RetryOn::GatewayError) && status >= 502 && status <= 504) return true;
  if (on(RetryOn::Retriable4xx) && status == 409) return true;
  if (on(RetryOn::StatusCodes) && hasCode(status)) return true;
  if (on(RetryOn::Headers) && hasHeader(headers)) return true;
  return wantsGrpc(headers);
}

bool RetryState::wants(UpstreamFailure failure, bool started) const {
  switch (failure) {
    case UpstreamFailure::Overflow:
    case UpstreamFailure::NoHost:
      return false;  // it would make things worse
    case UpstreamFailure::ConnectFailure:
    case UpstreamFailure::LocalConnectFailure:
    case UpstreamFailure::ConnectTimeout:
      if (on(RetryOn::ConnectFailure)) return true;
      break;
    case UpstreamFailure::Refused:
      if (on(RetryOn::RefusedStream)) return true;
      break;
    default:
      break;
  }
  if (on(RetryOn::Reset)) return true;
  if (on(RetryOn::ResetBeforeRequest) && !started) return true;
  // Without an answer it will be a 5xx.
  return on(RetryOn::Any5xx) || on(RetryOn::GatewayError);
}

bool RetryState::readReset(const HeaderMap& headers, uint64_t now_s) {
  for (const tables::ResetHeader& each : policy.reset_headers) {
    uint64_t seconds;
    if (!readDecimal(headers.get(each.name.view()), seconds)) continue;
    if (each.unix) {
      if (seconds < now_s) continue;
      seconds -= now_s;
    }
    if (seconds > policy.reset_max_ms / 1000) continue;
    reset_ms_ = seconds * 1000;
    return seconds > 0;
  }
  return false;
}

uint64_t RetryState::nextDelay(Random& random) {
  // Once, and never earlier: all that were refused at the same time would come at the same time.
  if (uint64_t ms = std::exchange(reset_ms_, 0)) return ms + random.below(ms / 2);
  uint64_t most = std::max<uint64_t>(next_ms_, 1);
  next_ms_ = std::min<uint64_t>(most * 2, policy.backoff_max_ms);
  return random.below(most);
}

void RetryState::tried(const void* host, uint32_t priority) {
  hosts_[tries_++ % hosts_.size()] = host;
  priority_tries_++;
  if (priority < 64) priorities_ |= uint64_t{1} << priority;
}

uint64_t RetryState::avoidedPriorities() {
  uint32_t frequency = policy.avoid_priorities;
  if (frequency == 0 || priority_tries_ < frequency) return 0;
  if (priority_tries_ % frequency == 0) avoided_ |= priorities_;
  return avoided_;
}

bool RetryState::wasTried(const void* host) const {
  size_t n = std::min<size_t>(tries_, hosts_.size());
  return std::find(hosts_.begin(), hosts_.begin() + n, host) != hosts_.begin() + n;
}

}  // namespace attache::http
