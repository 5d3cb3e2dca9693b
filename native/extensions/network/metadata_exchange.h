// Peers of a mesh tell each other who they are before the bytes of a connection
// (envoy.tcp.metadataexchange.config.MetadataExchange), on either side of the proxy.
#pragma once

#include "network/filter.h"

namespace attache::extensions {

extern const network::FilterHooks kMetadataExchange;

}  // namespace attache::extensions
