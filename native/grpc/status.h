// gRPC over HTTP as the proxy sees it: which messages are calls, their status, and how statuses of
// the two protocols stand for each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/headers.h"

namespace attache::grpc {

// The codes that gRPC defines (google.rpc.Code); a peer may send others.
enum Status : int64_t {
  kInvalid = -1,  // what the peer sent is not a number
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};
inline constexpr int64_t kLastStatus = kUnauthenticated;

inline constexpr std::string_view kContentType = "application/grpc";

// application/grpc, alone or with "+" and a codec; not grpc-web.
inline bool isContentType(std::string_view type) {
  return type.starts_with(kContentType) &&
         (type.size() == kContentType.size() || type[kContentType.size()] == '+');
}
inline bool hasContentType(const HeaderMap& headers) {
  return isContentType(headers.get(HeaderId::ContentType));
}
inline bool isRequest(const HeaderMap& headers) {
  return hasContentType(headers) && headers.has(HeaderId::Path);
}
// Of a response without body the status alone decides.
bool isResponse(const HeaderMap& headers, bool end);

// What grpc-status of headers or trailers says; false: there is none, or it is empty. Whether
// codes beyond those above stand for themselves (`any`) or are kInvalid, the caller says.
bool readStatus(const HeaderMap& headers, int64_t& status, bool any);

// doc/http-grpc-status-mapping.md of gRPC.
int64_t ofHttpStatus(int status);
// The other way, as Google's APIs do; 500 for what is no code.
int toHttpStatus(int64_t status);

// grpc-message as it is sent (PROTOCOL-HTTP2.md, Percent-Encoded): what is not printable, '%' and
// '~' as three characters; and back, where what is no escape stands for itself.
std::string percentEncode(std::string_view text);
std::string percentDecode(std::string_view text);

}  // namespace attache::grpc
