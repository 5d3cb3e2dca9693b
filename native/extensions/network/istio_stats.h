// The metrics of a mesh for connections, by who asks whom: istio_tcp_sent_bytes_total and others.
// stats.PluginConfig; https://istio.io/latest/docs/reference/config/metrics/
#pragma once

#include "network/filter.h"

namespace attache::extensions {
extern const network::FilterHooks kTcpIstioStats;
}
