// envoy.filters.network.connection_limit: so many connections at once, and no more.
#pragma once

#include "network/filter.h"

namespace attache::extensions {

extern const network::FilterHooks kConnectionLimit;

}  // namespace attache::extensions
