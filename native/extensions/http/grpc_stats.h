// envoy.filters.http.grpc_stats: counts calls and their messages.
#pragma once

#include "http/filter.h"

namespace attache::extensions {

extern const http::FilterHooks kGrpcStatsFilter;

}  // namespace attache::extensions
