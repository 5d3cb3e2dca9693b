// envoy.filters.http.grpc_http1_bridge: lets clients of HTTP/1 without trailers make unary calls.
#pragma once

#include "http/filter.h"

namespace attache::extensions {

extern const http::FilterHooks kGrpcHttp1BridgeFilter;

}  // namespace attache::extensions
