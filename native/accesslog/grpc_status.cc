#include "accesslog/grpc_status.h"

#include "grpc/status.h"

namespace attache::accesslog {

bool isGrpcRequest(const HeaderMap* request) {
  return request != nullptr && grpc::hasContentType(*request);
}

bool findGrpcStatus(const LogInput& input, int64_t& status) {
  for (const HeaderMap* headers : {input.response_trailers, input.response}) {
    if (headers != nullptr && grpc::readStatus(*headers, status, true)) return true;
  }
  if (input.status == 0) return false;
  status = grpc::ofHttpStatus(input.status);
  return true;
}

std::string_view grpcStatusName(int64_t status, bool snake) {
  static constexpr std::string_view kNames[][2] = {
      {"OK", "OK"},
      {"Canceled", "CANCELLED"},
      {"Unknown", "UNKNOWN"},
      {"InvalidArgument", "INVALID_ARGUMENT"},
      {"DeadlineExceeded", "DEADLINE_EXCEEDED"},
      {"NotFound", "NOT_FOUND"},
      {"AlreadyExists", "ALREADY_EXISTS"},
      {"PermissionDenied", "PERMISSION_DENIED"},
      {"ResourceExhausted", "RESOURCE_EXHAUSTED"},
      {"FailedPrecondition", "FAILED_PRECONDITION"},
      {"Aborted", "ABORTED"},
      {"OutOfRange", "OUT_OF_RANGE"},
      {"Unimplemented", "UNIMPLEMENTED"},
      {"Internal", "INTERNAL"},
      {"Unavailable", "UNAVAILABLE"},
      {"DataLoss", "DATA_LOSS"},
      {"Unauthenticated", "UNAUTHENTICATED"},
  };
  constexpr int64_t kCount = sizeof kNames / sizeof kNames[0];
  return status < 0 || status >= kCount ? std::string_view{} : kNames[status][snake ? 1 : 0];
}

}  // namespace attache::accesslog
