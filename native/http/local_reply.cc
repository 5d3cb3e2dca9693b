#include "http/local_reply.h"

#include <charconv>

#include "grpc/status.h"

namespace attache::http {

void makeTrailersOnly(HeaderMap& headers, int grpc_status, std::string_view text) {
  headers.set(HeaderId::Status, "200");
  headers.set(HeaderId::ContentType, grpc::kContentType);
  // One that the route adds goes before.
  if (headers.get(HeaderId::GrpcStatus).empty()) {
    char digits[12];
    char* end = std::to_chars(digits, digits + sizeof digits, grpc_status).ptr;
    headers.setCopy(HeaderId::GrpcStatus, {digits, static_cast<size_t>(end - digits)});
  }
  if (!text.empty()) headers.setCopy(HeaderId::GrpcMessage, grpc::percentEncode(text));
  headers.remove(HeaderId::ContentLength);
}

}  // namespace attache::http
