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
  sockaddr_storage direct_remote;  // of the socket, whatever a proxy in front says
  std::string_view server_name;    // lower case; empty: none
  std::string_view transport;      // "tls"; empty is "raw_buffer"
  std::span<const std::string> protocols;
};

// The number of the chain, -1: none. As Envoy: criterion by criterion, in the order of the
// message's documentation, what fits most closely decides, and there is no way back. `matches` has
// null for a chain without criteria.
int matchChain(std::span<const tables::FilterChainMatch* const> matches,
               const ConnectionTraits& traits);

}  // namespace attache
