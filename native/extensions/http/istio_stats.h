// The metrics of a mesh, by who asks whom: istio_requests_total and others.
// stats.PluginConfig; https://istio.io/latest/docs/reference/config/metrics/
#pragma once

#include "http/filter.h"

namespace attache::extensions {
extern const http::FilterHooks kIstioStats;
}
