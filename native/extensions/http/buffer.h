// The buffer filter: a request goes on when all of it is here.
// envoy.extensions.filters.http.buffer.v3.Buffer
#pragma once

#include "http/filter.h"

namespace attache::extensions {
extern const http::FilterHooks kBufferFilter;
}
