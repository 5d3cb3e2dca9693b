// The router: the filter at the end of a chain that has requests answered by a cluster.
// envoy.extensions.filters.http.router.v3.Router
#pragma once

#include "http/filter.h"

namespace attache::extensions {
extern const http::FilterHooks kRouterFilter;
}
