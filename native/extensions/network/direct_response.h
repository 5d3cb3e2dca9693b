// envoy.filters.network.direct_response: says one thing to every connection and closes it.
#pragma once

#include "network/filter.h"

namespace attache::extensions {

extern const network::TerminalFilter kDirectResponse;

}  // namespace attache::extensions
