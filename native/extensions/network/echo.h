// envoy.filters.network.echo: sends back what it gets.
#pragma once

#include "network/filter.h"

namespace attache::extensions {

extern const network::TerminalFilter kEcho;

}  // namespace attache::extensions
