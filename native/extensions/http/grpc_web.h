// envoy.filters.http.grpc_web: speaks gRPC-Web with browsers, gRPC with hosts.
#pragma once

#include "http/filter.h"

namespace attache::extensions {

extern const http::FilterHooks kGrpcWebFilter;

}  // namespace attache::extensions
