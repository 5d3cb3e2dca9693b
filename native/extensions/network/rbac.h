// Which connections are let in, once their first bytes are here.
#pragma once

#include "network/filter.h"

namespace attache::extensions {

extern const network::FilterHooks kNetworkRbac;

}  // namespace attache::extensions
