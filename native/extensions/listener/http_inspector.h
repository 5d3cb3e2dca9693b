// envoy.filters.listener.http_inspector: which version of HTTP a client speaks without TLS.
#pragma once

#include "listener/filter.h"

namespace attache::extensions {
extern const listener::FilterHooks kHttpInspector;
}
