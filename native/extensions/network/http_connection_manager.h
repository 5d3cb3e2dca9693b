// envoy.filters.network.http_connection_manager: the filter that speaks HTTP.
#pragma once

#include "network/filter.h"

namespace attache::extensions {

extern const network::TerminalFilter kHttpConnectionManager;

}  // namespace attache::extensions
