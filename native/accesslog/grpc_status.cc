#include "accesslog/grpc_status.h"

#include <charconv>

namespace attache::accesslog {
namespace {

int64_t fromHttp(uint16_t status) {
  switch (status) {
    case 400:
      return 13;  // Internal
    case 401:
      return 16;  // Unauthenticated
    case 403:
      return 7;  // PermissionDenied
    case 404:
      return 12;  // Unimplemented
    case 429:
    case 502:
    case 503:
    case 504:
      return 14;  // Unavailable
    default:
      return 2;  // Unknown
  }
}

bool read(const HeaderMap* headers, int64_t& status) {
  const Header* found = headers == nullptr ? nullptr : headers->find("grpc-status");
  if (found == nullptr || found->value_len == 0) return false;
  std::string_view text = found->valueView();
  uint32_t number = 0;
  auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  bool whole = end.ec == std::errc{} && end.ptr == text.data() + text.size();
  status = whole ? int64_t{number} : int64_t{-1};
  return true;
}

}  // namespace

bool isGrpcRequest(const HeaderMap* request) {
  constexpr std::string_view kType = "application/grpc";
  if (request == nullptr) return false;
  std::string_view type = request->get("content-type");
  return type.substr(0, kType.size()) == kType &&
         (type.size() == kType.size() || type[kType.size()] == '+');
}

bool findGrpcStatus(const LogInput& input, int64_t& status) {
  if (read(input.response_trailers, status) || read(input.response, status)) return true;
  if (input.status == 0) return false;
  status = fromHttp(input.status);
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
