// envoy.filters.listener.original_dst: where a connection was to go before the kernel redirected
// it.
#pragma once

#include "listener/filter.h"

namespace attache::extensions {
extern const listener::FilterHooks kOriginalDst;
}
