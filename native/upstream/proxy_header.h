// The PROXY header that begins connections to hosts whose transport asks for one
// (envoy.transport_sockets.upstream_proxy_protocol).
#pragma once

#include <string>

#include "network/peer.h"
#include "stats/stats.h"
#include "tables/generated/layout.h"

namespace attache::upstream {

// The header of a connection that is made for a client. Counts in `stats` (of the group
// ClusterProxyProtocol) when a TLV had no room in it.
std::string proxyHeader(const tables::ProxyHeader& config, const network::Peer& client,
                        stats::Block* stats);
// The header of a connection that is made for nobody: version 2 says so, version 1 names the ends
// of `fd` itself.
std::string ownProxyHeader(const tables::ProxyHeader& config, int fd);

}  // namespace attache::upstream
