// Which filter chain takes a connection: envoy.config.listener.v3.FilterChainMatch.
#pragma once

#include <sys/socket.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tables/generated/layout.h"

namespace attache {

// What is known of a connection before anything was answered.
struct ConnectionTraits {
  sockaddr_storage local, remote;
  std::string server_name;     // lower case; empty: none
  std::string_view transport;  // "tls" or "raw_buffer"
  std::vector<std::string> alpn;
};

// The number of the chain, -1: none. As Envoy: criterion by criterion, in the order of the
// message's documentation, what fits most closely decides, and there is no way back. `matches` has
// null for a chain without criteria.
int matchChain(std::span<const tables::FilterChainMatch* const> matches,
               const ConnectionTraits& traits);

}  // namespace attache
