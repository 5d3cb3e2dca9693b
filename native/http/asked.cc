#include "http/asked.h"

#include <algorithm>
#include <iterator>

#include "base/decimal.h"
#include "codec/h1.h"
#include "http/retry.h"

namespace attache::http {

namespace {

struct Condition {
  std::string_view name;
  RetryOn bit;  // 0: known, and never so here
};
constexpr Condition kConditions[] = {
    {"5xx", RetryOn::Any5xx},
    {"gateway-error", RetryOn::GatewayError},
    {"connect-failure", RetryOn::ConnectFailure},
    {"envoy-ratelimited", RetryOn::RateLimited},
    {"retriable-4xx", RetryOn::Retriable4xx},
    {"refused-stream", RetryOn::RefusedStream},
    {"retriable-status-codes", RetryOn::StatusCodes},
    {"retriable-headers", RetryOn::Headers},
    {"reset", RetryOn::Reset},
    {"reset-before-request", RetryOn::ResetBeforeRequest},
    {"http3-post-connect-failure", RetryOn{}},
};
constexpr Condition kGrpcConditions[] = {
    {"cancelled", RetryOn::Cancelled},
    {"deadline-exceeded", RetryOn::DeadlineExceeded},
    {"resource-exhausted", RetryOn::ResourceExhausted},
    {"unavailable", RetryOn::Unavailable},
    {"internal", RetryOn::Internal},
};

template <size_t N>
uint32_t read(const Condition (&known)[N], std::string_view list, bool* valid) {
  uint32_t bits = 0;
  if (valid) *valid = true;
  h1::forEachToken(list, [&](std::string_view name) {
    const Condition* found = std::find_if(std::begin(known), std::end(known),
                                          [&](const Condition& each) { return each.name == name; });
    if (found != std::end(known))
      bits |= static_cast<uint32_t>(found->bit);
    else if (valid)
      *valid = false;
    return true;
  });
  return bits;
}

bool isNumber(std::string_view text) {
  uint64_t number;
  return readDecimal(text, number);
}

bool isGood(StrictHeader of, std::string_view value) {
  bool valid;
  switch (of) {
    case StrictHeader::RetryOn:
      retryConditions(value, &valid);
      return valid;
    case StrictHeader::RetryGrpcOn:
      retryGrpcConditions(value, &valid);
      return valid;
    default:
      return isNumber(value);
  }
}

}  // namespace

uint32_t retryConditions(std::string_view list, bool* valid) {
  return read(kConditions, list, valid);
}

uint32_t retryGrpcConditions(std::string_view list, bool* valid) {
  return read(kGrpcConditions, list, valid);
}

const Header* badHeader(const HeaderMap& headers, uint8_t strict) {
  struct Strict {
    StrictHeader bit;
    HeaderId id;
  };
  constexpr Strict kAll[] = {
      {StrictHeader::RqTimeout, HeaderId::XEnvoyUpstreamRqTimeoutMs},
      {StrictHeader::PerTryTimeout, HeaderId::XEnvoyUpstreamRqPerTryTimeoutMs},
      {StrictHeader::MaxRetries, HeaderId::XEnvoyMaxRetries},
      {StrictHeader::RetryOn, HeaderId::XEnvoyRetryOn},
      {StrictHeader::RetryGrpcOn, HeaderId::XEnvoyRetryGrpcOn},
  };
  for (const Strict& each : kAll) {
    if (!(strict & static_cast<uint8_t>(each.bit))) continue;
    const Header* field = headers.find(each.id);
    if (field && !isGood(each.bit, field->valueView())) return field;
  }
  return nullptr;
}

}  // namespace attache::http
