// The hash of a request or a connection, by which some clusters choose their host.
// envoy.config.route.v3.RouteAction.HashPolicy
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "codec/headers.h"
#include "tables/generated/layout.h"

namespace attache::route {

// What policies look at besides headers; asked for when one wants it.
class HashSource {
 public:
  // The client's address without its port; empty: it has none.
  virtual std::string_view sourceIp() = 0;
  // The value of a cookie that is made for the client, which has none of that name.
  virtual std::string_view makeCookie(const tables::HashPolicy& policy) = 0;

 protected:
  ~HashSource() = default;
};

// The hashes of all policies that find something, combined; none when none does. The same number
// as Envoy's.
std::optional<uint64_t> requestHash(const tables::HashPolicies& policies, const HeaderMap& headers,
                                    HashSource& source);

}  // namespace attache::route
