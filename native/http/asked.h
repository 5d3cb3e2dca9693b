// What a request asks of this proxy by headers of its own: x-envoy-retry-on and its likes. From the
// outside they never come this far (request_headers.cc); a filter or the route may have set them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "codec/headers.h"

namespace attache::http {

template <size_t N>
constexpr HeaderSet setOf(const HeaderId (&ids)[N]) {
  HeaderSet set{};
  for (HeaderId id : ids) set.insert(id);
  return set;
}

// Of retries.
inline constexpr HeaderId kRetryIds[] = {
    HeaderId::XEnvoyRetryOn,
    HeaderId::XEnvoyRetryGrpcOn,
    HeaderId::XEnvoyMaxRetries,
    HeaderId::XEnvoyRetriableStatusCodes,
    HeaderId::XEnvoyRetriableHeaderNames,
};
inline constexpr HeaderSet kRetryNames = setOf(kRetryIds);
// Of how long it may take, and what becomes of it then.
inline constexpr HeaderId kTimeoutIds[] = {
    HeaderId::XEnvoyUpstreamRqTimeoutMs,          HeaderId::XEnvoyUpstreamRqPerTryTimeoutMs,
    HeaderId::XEnvoyUpstreamRqTimeoutAltResponse, HeaderId::XEnvoyHedgeOnPerTryTimeout,
    HeaderId::XEnvoyUpstreamAltStatName,
};
inline constexpr HeaderSet kTimeoutNames = setOf(kTimeoutIds);

// Bits of RetryOn: of a list that x-envoy-retry-on, or x-envoy-retry-grpc-on, has. What is unknown
// is left out; *valid says whether something is.
uint32_t retryConditions(std::string_view list, bool* valid = nullptr);
uint32_t retryGrpcConditions(std::string_view list, bool* valid = nullptr);

// Bits of Router::strict_headers.
enum class StrictHeader : uint8_t {
  RqTimeout = 1 << 0,
  PerTryTimeout = 1 << 1,
  MaxRetries = 1 << 2,
  RetryOn = 1 << 3,
  RetryGrpcOn = 1 << 4,
};
// The first field of those in `strict` that is no good; null: there is none.
const Header* badHeader(const HeaderMap& headers, uint8_t strict);

}  // namespace attache::http
