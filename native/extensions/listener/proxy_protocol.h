// envoy.filters.listener.proxy_protocol: a proxy in front says first who the client is.
#pragma once

#include "listener/filter.h"

namespace attache::extensions {
extern const listener::FilterHooks kProxyProtocol;
}
