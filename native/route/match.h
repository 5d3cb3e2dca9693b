// From a request's headers to its virtual host and route, on table bytes: nothing is copied and
// nothing allocated. The answer is the one that Envoy's linear search would give.
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/headers.h"
#include "route/conditions.h"
#include "route/domains.h"
#include "route/select.h"
#include "tables/generated/layout.h"

namespace attache::route {

// Both point into the records, which the caller keeps pinned. No host: the request's authority
// has none. A host without a route: none of its routes matches. Both are a 404.
struct Match {
  const tables::VirtualHost* host = nullptr;
  const tables::Route* route = nullptr;
};

// Whether a request is to come again with TLS (VirtualHost.require_tls), whatever its route is.
inline bool wantsTls(const tables::VirtualHost& host, const HeaderMap& request) {
  if (host.require_tls == tables::RequireTls::None) [[likely]]
    return false;
  if (request.get(HeaderId::XForwardedProto) == "https") return false;
  return host.require_tls == tables::RequireTls::All ||
         request.get(HeaderId::XEnvoyInternal) != "true";
}

// The route of a request. `resolve(uint32_t ref) -> const void*` gives the record of a reference.
// `random` is the stream's random number (runtime_fraction); the same for every call of a stream.
// The header map must hold :authority and :path if the request has them.
// `trace` is told what was tried (see NoTrace in select.h); without one it costs nothing.
template <class Resolver, class Trace = NoTrace>
Match match(const tables::RouteConfig& config, const Resolver& resolve, const HeaderMap& headers,
            uint64_t random = 0, Trace&& trace = Trace()) {
  Match result;
  uint32_t number = findHost(config, headers);
  if (number == kNoHost) return result;
  result.host = static_cast<const tables::VirtualHost*>(resolve(config.virtual_hosts[number].host));
  trace.host(number);
  result.route = select(*result.host, headers, random, trace);
  return result;
}

}  // namespace attache::route
