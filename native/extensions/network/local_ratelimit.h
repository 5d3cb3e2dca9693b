// envoy.filters.network.local_ratelimit: so many new connections in a time, and no more.
#pragma once

#include "network/filter.h"

namespace attache::extensions {

extern const network::FilterHooks kLocalRatelimit;

}  // namespace attache::extensions
