// What TLS connections to hosts offer (ALPN) is by the protocol that the cluster speaks.
// istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig
#pragma once

#include "http/filter.h"

namespace attache::extensions {
extern const http::FilterHooks kIstioAlpn;
}
