#include "grpc/status.h"

#include <charconv>

namespace attache::grpc {

bool isResponse(const HeaderMap& headers, bool end) {
  if (end) return headers.has(HeaderId::GrpcStatus);
  return headers.get(HeaderId::Status) == "200" && hasContentType(headers);
}

bool readStatus(const HeaderMap& headers, int64_t& status, bool any) {
  std::string_view text = headers.get(HeaderId::GrpcStatus);
  if (text.empty()) return false;
  uint32_t number = 0;
  auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool whole = error == std::errc{} && at == text.data() + text.size();
  status = whole && (any || number <= kLastStatus) ? int64_t{number} : int64_t{kInvalid};
  return true;
}

int64_t ofHttpStatus(int status) {
  switch (status) {
    case 400:
      return kInternal;
    case 401:
      return kUnauthenticated;
    case 403:
      return kPermissionDenied;
    case 404:
      return kUnimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
      return kUnavailable;
    default:
      return kUnknown;
  }
}

int toHttpStatus(int64_t status) {
  switch (status) {
    case kOk:
      return 200;
    case kCancelled:
      return 499;
    case kInvalidArgument:
    case kFailedPrecondition:
    case kOutOfRange:
      return 400;
    case kDeadlineExceeded:
      return 504;
    case kNotFound:
      return 404;
    case kAlreadyExists:
    case kAborted:
      return 409;
    case kPermissionDenied:
      return 403;
    case kResourceExhausted:
      return 429;
    case kUnimplemented:
      return 501;
    case kUnavailable:
      return 503;
    case kUnauthenticated:
      return 401;
    default:
      return 500;
  }
}

std::string percentEncode(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (char each : text) {
    auto byte = static_cast<unsigned char>(each);
    if (byte >= ' ' && byte < '~' && byte != '%') {
      out.push_back(each);
      continue;
    }
    out.push_back('%');
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

std::string percentDecode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); i++) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size()) {
      const char* digits = text.data() + i + 1;
      auto [at, error] = std::from_chars(digits, digits + 2, value, 16);
      if (error == std::errc{} && at == digits + 2) {
        out.push_back(static_cast<char>(value));
        i += 2;
        continue;
      }
    }
    out.push_back(text[i]);
  }
  return out;
}

}  // namespace attache::grpc
