// envoy.filters.listener.tls_inspector: reads the ClientHello without answering it.
#pragma once

#include "listener/filter.h"

namespace attache::extensions {
extern const listener::FilterHooks kTlsInspector;
}
