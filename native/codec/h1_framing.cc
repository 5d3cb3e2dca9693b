// What the fields of a head mean for the message and for the connection: body length (RFC 9112
// section 6), persistence (section 9.3), hop-by-hop fields (RFC 9110 section 7.6.1).
#include <cstring>
#include <initializer_list>

#include "codec/h1_head.h"

namespace attache::h1 {

bool equalsIgnoreCase(std::string_view s, std::string_view lower) {
  if (s.size() != lower.size()) return false;
  for (size_t i = 0; i < s.size(); i++) {
    char c = s[i];
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    if (c != lower[i]) return false;
  }
  return true;
}

namespace internal {
namespace {

// 1*DIGIT up to 2^63 - 1; leading zeros are digits as well.
bool parseLength(std::string_view s, uint64_t& out) {
  while (s.size() > 19 && s[0] == '0') s.remove_prefix(1);
  if (s.empty() || s.size() > 19) return false;
  uint64_t n = 0;
  for (char c : s) {
    if (c < '0' || c > '9') return false;
    n = n * 10 + static_cast<uint64_t>(c - '0');  // 19 digits fit into 64 bits
  }
  out = n;
  return n <= uint64_t{INT64_MAX};
}

HeadError framing(const HeaderMap& headers, HeadInfo& info) {
  if (const Header* h = headers.find(HeaderId::ContentLength)) {
    // RFC 9110 section 8.6 would let equal values through; Envoy and we do not.
    if (h->next != HeaderMap::kNone) return HeadError::RepeatedContentLength;
    if (!parseLength(h->valueView(), info.content_length)) return HeadError::BadContentLength;
    info.has_content_length = true;
  }
  if (const Header* h = headers.find(HeaderId::TransferEncoding)) {
    if (info.has_content_length) return HeadError::ContentLengthWithTransferEncoding;
    // RFC 9112 section 6.1: in an HTTP/1.0 message the framing is faulty.
    if (info.minor_version == 0) return HeadError::TransferEncodingNotAllowed;
    if (h->next != HeaderMap::kNone || !equalsIgnoreCase(h->valueView(), "chunked")) {
      return HeadError::UnknownTransferEncoding;
    }
    info.chunked = true;
  }
  return HeadError::None;
}

// The whole value is "keep-alive", in any case: what most clients send. Setting 0x20 would also
// make hyphens of CRs, but a value has none.
bool isKeepAlive(std::string_view s) {
  if (s.size() != 10) return false;
  uint64_t a, b;
  std::memcpy(&a, s.data(), 8);
  std::memcpy(&b, s.data() + 2, 8);
  uint64_t x, y;
  std::memcpy(&x, "keep-ali", 8);
  std::memcpy(&y, "ep-alive", 8);
  constexpr uint64_t kCase = 0x2020202020202020u;
  return ((a | kCase) ^ x) == 0 && ((b | kCase) ^ y) == 0;
}

constexpr HeaderSet setOf(std::initializer_list<HeaderId> ids) {
  HeaderSet set{};
  for (HeaderId id : ids) set.insert(id);
  return set;
}
// What connectionOptions() looks at.
constexpr HeaderSet kOptions =
    setOf({HeaderId::Connection, HeaderId::Upgrade, HeaderId::Trailer, HeaderId::Te});

void connectionOptions(const HeaderMap& headers, HeadInfo& info) {
  if (!headers.hasAny(kOptions)) [[likely]] {
    info.close = info.minor_version == 0;
    return;
  }
  bool close = false;
  for (const Header* h = headers.find(HeaderId::Connection); h != nullptr; h = headers.next(h)) {
    if (isKeepAlive(h->valueView())) {
      info.keep_alive_token = true;
      continue;
    }
    forEachToken(h->valueView(), [&](std::string_view token) {
      if (equalsIgnoreCase(token, "keep-alive")) {
        info.keep_alive_token = true;
      } else if (equalsIgnoreCase(token, "close")) {
        close = true;
      } else if (equalsIgnoreCase(token, "upgrade")) {
        info.upgrade_token = true;
      } else {
        info.connection_names = true;
      }
      return true;
    });
  }
  info.close = close || (info.minor_version == 0 && !info.keep_alive_token);
  info.upgrade = info.upgrade_token && headers.has(HeaderId::Upgrade);
  info.has_trailer = headers.has(HeaderId::Trailer);
  for (const Header* h = headers.find(HeaderId::Te); h != nullptr; h = headers.next(h)) {
    info.has_te = true;
    forEachToken(h->valueView(), [&](std::string_view token) {
      info.te_trailers |= equalsIgnoreCase(token, "trailers");
      return true;
    });
  }
}

}  // namespace

HeadError finishRequest(const HeaderMap& headers, HeadInfo& info) {
  HeadError error = framing(headers, info);
  if (error != HeadError::None) return error;
  connectionOptions(headers, info);
  if (const Header* h = headers.find(HeaderId::Expect)) {
    info.has_expect = true;
    // RFC 9110 section 10.1.1: ignored in HTTP/1.0.
    info.expect_continue =
        info.minor_version == 1 && equalsIgnoreCase(h->valueView(), "100-continue");
  }
  if (info.chunked) {
    info.body = BodyKind::Chunked;
  } else if (info.content_length != 0) {
    info.body = BodyKind::Length;
  }
  return HeadError::None;
}

HeadError finishResponse(HeaderMap& headers, RequestKind request, HeadInfo& info) {
  HeadError error = framing(headers, info);
  if (error != HeadError::None) return error;
  connectionOptions(headers, info);
  if (info.status < 200 || info.status == 204) {
    // RFC 9110 section 8.6, RFC 9112 section 6.1; a length of 0 is papered over, as Envoy does.
    if (info.chunked) return HeadError::TransferEncodingNotAllowed;
    if (info.content_length != 0) return HeadError::ContentLengthNotAllowed;
    if (info.has_content_length) headers.remove(HeaderId::ContentLength);
    info.has_content_length = false;
    return HeadError::None;
  }
  if (request == RequestKind::Connect && info.status < 300) {
    // RFC 9110 section 9.3.6: what follows is a tunnel, whatever these say.
    headers.remove(HeaderId::ContentLength);
    headers.remove(HeaderId::TransferEncoding);
    info.has_content_length = info.chunked = false;
    info.content_length = 0;
    return HeadError::None;
  }
  if (request == RequestKind::Head || info.status == 304) return HeadError::None;
  if (info.chunked) {
    info.body = BodyKind::Chunked;
  } else if (!info.has_content_length) {
    info.body = BodyKind::UntilClose;
  } else if (info.content_length != 0) {
    info.body = BodyKind::Length;
  }
  return HeadError::None;
}

}  // namespace internal

namespace {

// Fields that no Connection option may take away from the next hop: framing and routing would
// change, or what the edge said about the client (Envoy rejects those too).
bool mayBeNamed(HeaderId id) {
  switch (id) {
    case HeaderId::Host:
    case HeaderId::ContentLength:
    case HeaderId::XForwardedFor:
    case HeaderId::XForwardedHost:
    case HeaderId::XForwardedProto:
      return false;
    default:
      return !isPseudo(id);
  }
}

// To see with one look that there is nothing to remove.
constexpr HeaderSet hopByHop() {
  HeaderSet set{};
  for (HeaderId id : {HeaderId::Connection, HeaderId::Upgrade, HeaderId::KeepAlive,
                      HeaderId::ProxyConnection, HeaderId::TransferEncoding, HeaderId::Te}) {
    set.insert(id);
  }
  return set;
}
constexpr HeaderSet kHopByHop = hopByHop();

// False when it may not be removed.
bool removeNamed(HeaderMap& headers, std::string_view token) {
  if (equalsIgnoreCase(token, "close") || equalsIgnoreCase(token, "keep-alive") ||
      equalsIgnoreCase(token, "upgrade") || equalsIgnoreCase(token, "te")) {
    return true;  // treated by their own rules
  }
  char* lower = headers.arena()->alloc(token.size());
  for (size_t i = 0; i < token.size(); i++) {
    char c = token[i];
    lower[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  std::string_view name{lower, token.size()};
  if (name[0] == ':' || !mayBeNamed(headerId(name))) return false;
  headers.remove(name);
  return true;
}

}  // namespace

bool removeHopByHop(HeaderMap& headers, const HeadInfo& info, bool keep_upgrade) {
  if (!keep_upgrade && !headers.hasAny(kHopByHop)) return true;
  if (info.connection_names) {
    bool allowed = true;
    const Header* h = headers.find(HeaderId::Connection);
    for (; h != nullptr && allowed; h = headers.next(h)) {
      forEachToken(h->valueView(), [&](std::string_view token) {
        allowed = removeNamed(headers, token);
        return allowed;
      });
    }
    if (!allowed) return false;
  }
  if (keep_upgrade) {
    if (info.connection_names) headers.set(HeaderId::Connection, "upgrade");
  } else {
    headers.remove(HeaderId::Connection);
    headers.remove(HeaderId::Upgrade);
  }
  headers.remove(HeaderId::KeepAlive);
  headers.remove(HeaderId::ProxyConnection);
  headers.remove(HeaderId::TransferEncoding);
  if (info.te_trailers) {
    headers.set(HeaderId::Te, "trailers");
  } else if (info.has_te) {
    headers.remove(HeaderId::Te);
  }
  return true;
}

}  // namespace attache::h1
