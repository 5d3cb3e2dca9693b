// The static table of RFC 7541 appendix A.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "codec/header_names.h"

namespace attache::hpack {

struct StaticField {
  const char* name;
  const char* value;
  uint8_t name_len;
  uint8_t value_len;
  HeaderId id;  // Unknown for names that are not well known

  constexpr std::string_view nameView() const { return {name, name_len}; }
  constexpr std::string_view valueView() const { return {value, value_len}; }
};

template <size_t N, size_t V>
constexpr StaticField staticField(HeaderId id, const char (&name)[N], const char (&value)[V]) {
  return {name, value, N - 1, V - 1, id};
}

inline constexpr uint32_t kStaticCount = 61;
// By index; [0] is none.
inline constexpr StaticField kStatic[] = {
    staticField(HeaderId::Unknown, "", ""),
    staticField(HeaderId::Authority, ":authority", ""),
    staticField(HeaderId::Method, ":method", "GET"),
    staticField(HeaderId::Method, ":method", "POST"),
    staticField(HeaderId::Path, ":path", "/"),
    staticField(HeaderId::Path, ":path", "/index.html"),
    staticField(HeaderId::Scheme, ":scheme", "http"),
    staticField(HeaderId::Scheme, ":scheme", "https"),
    staticField(HeaderId::Status, ":status", "200"),
    staticField(HeaderId::Status, ":status", "204"),
    staticField(HeaderId::Status, ":status", "206"),
    staticField(HeaderId::Status, ":status", "304"),
    staticField(HeaderId::Status, ":status", "400"),
    staticField(HeaderId::Status, ":status", "404"),
    staticField(HeaderId::Status, ":status", "500"),
    staticField(HeaderId::Unknown, "accept-charset", ""),
    staticField(HeaderId::AcceptEncoding, "accept-encoding", "gzip, deflate"),
    staticField(HeaderId::AcceptLanguage, "accept-language", ""),
    staticField(HeaderId::AcceptRanges, "accept-ranges", ""),
    staticField(HeaderId::Accept, "accept", ""),
    staticField(HeaderId::AccessControlAllowOrigin, "access-control-allow-origin", ""),
    staticField(HeaderId::Age, "age", ""),
    staticField(HeaderId::Unknown, "allow", ""),
    staticField(HeaderId::Authorization, "authorization", ""),
    staticField(HeaderId::CacheControl, "cache-control", ""),
    staticField(HeaderId::Unknown, "content-disposition", ""),
    staticField(HeaderId::ContentEncoding, "content-encoding", ""),
    staticField(HeaderId::Unknown, "content-language", ""),
    staticField(HeaderId::ContentLength, "content-length", ""),
    staticField(HeaderId::Unknown, "content-location", ""),
    staticField(HeaderId::Unknown, "content-range", ""),
    staticField(HeaderId::ContentType, "content-type", ""),
    staticField(HeaderId::Cookie, "cookie", ""),
    staticField(HeaderId::Date, "date", ""),
    staticField(HeaderId::Etag, "etag", ""),
    staticField(HeaderId::Expect, "expect", ""),
    staticField(HeaderId::Expires, "expires", ""),
    staticField(HeaderId::Unknown, "from", ""),
    staticField(HeaderId::Host, "host", ""),
    staticField(HeaderId::IfMatch, "if-match", ""),
    staticField(HeaderId::IfModifiedSince, "if-modified-since", ""),
    staticField(HeaderId::IfNoneMatch, "if-none-match", ""),
    staticField(HeaderId::Unknown, "if-range", ""),
    staticField(HeaderId::Unknown, "if-unmodified-since", ""),
    staticField(HeaderId::LastModified, "last-modified", ""),
    staticField(HeaderId::Unknown, "link", ""),
    staticField(HeaderId::Location, "location", ""),
    staticField(HeaderId::Unknown, "max-forwards", ""),
    staticField(HeaderId::ProxyAuthenticate, "proxy-authenticate", ""),
    staticField(HeaderId::ProxyAuthorization, "proxy-authorization", ""),
    staticField(HeaderId::Range, "range", ""),
    staticField(HeaderId::Referer, "referer", ""),
    staticField(HeaderId::Unknown, "refresh", ""),
    staticField(HeaderId::RetryAfter, "retry-after", ""),
    staticField(HeaderId::Server, "server", ""),
    staticField(HeaderId::SetCookie, "set-cookie", ""),
    staticField(HeaderId::Unknown, "strict-transport-security", ""),
    staticField(HeaderId::TransferEncoding, "transfer-encoding", ""),
    staticField(HeaderId::UserAgent, "user-agent", ""),
    staticField(HeaderId::Vary, "vary", ""),
    staticField(HeaderId::Via, "via", ""),
    staticField(HeaderId::WwwAuthenticate, "www-authenticate", ""),
};
static_assert(std::size(kStatic) == kStaticCount + 1);

struct StaticIndex {
  uint8_t of[kHeaderIdCount];
};
// For a well-known name: the first index with it, 0 if there is none.
inline constexpr StaticIndex kStaticIndex = [] {
  StaticIndex index{};
  for (uint8_t i = kStaticCount; i > 0; i--) index.of[static_cast<size_t>(kStatic[i].id)] = i;
  index.of[static_cast<size_t>(HeaderId::Unknown)] = 0;
  return index;
}();

}  // namespace attache::hpack
