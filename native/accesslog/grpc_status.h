// The status of a gRPC call, as access logs tell it.
#pragma once

#include <cstdint>
#include <string_view>

#include "accesslog/format.h"

namespace attache::accesslog {

// content-type application/grpc, alone or with "+" and a codec (not grpc-web).
bool isGrpcRequest(const HeaderMap* request);

// From the trailers, from the headers of a response without body, or by the HTTP status
// (gRPC: http-grpc-status-mapping.md). -1 when the peer's value is not a number.
bool findGrpcStatus(const LogInput& input, int64_t& status);

// "DeadlineExceeded" or "DEADLINE_EXCEEDED"; empty for a number without a name.
std::string_view grpcStatusName(int64_t status, bool snake);

}  // namespace attache::accesslog
