// Answers health checks of this process, by itself or with the answers of hosts.
// envoy.extensions.filters.http.health_check.v3.HealthCheck
#pragma once

#include "http/filter.h"

namespace attache::extensions {
extern const http::FilterHooks kHealthCheckFilter;
}
