// Heads and chunk framing, written.
#include <cstdint>
#include <cstring>

#include "codec/h1.h"
#include "codec/header_lookup.h"

namespace attache::h1 {
namespace {

constexpr std::string_view kChunkedLine = "transfer-encoding: chunked\r\n";
constexpr std::string_view kCloseLine = "connection: close\r\n";
constexpr std::string_view kKeepAliveLine = "connection: keep-alive\r\n";

// Header fields are short: two overlapping moves of a fixed size beat a call of memcpy. Reads and
// writes exactly [src, src + n).
inline char* put(char* dst, const char* src, size_t n) {
  if (n >= 16) {
    if (n > 64) {
      std::memcpy(dst, src, n);
      return dst + n;
    }
    char head[16], tail[16];
    std::memcpy(head, src, 16);
    std::memcpy(tail, src + n - 16, 16);
    if (n > 32) {
      char more[16], most[16];
      std::memcpy(more, src + 16, 16);
      std::memcpy(most, src + n - 32, 16);
      std::memcpy(dst + 16, more, 16);
      std::memcpy(dst + n - 32, most, 16);
    }
    std::memcpy(dst, head, 16);
    std::memcpy(dst + n - 16, tail, 16);
  } else if (n >= 8) {
    uint64_t head, tail;
    std::memcpy(&head, src, 8);
    std::memcpy(&tail, src + n - 8, 8);
    std::memcpy(dst, &head, 8);
    std::memcpy(dst + n - 8, &tail, 8);
  } else if (n >= 4) {
    uint32_t head, tail;
    std::memcpy(&head, src, 4);
    std::memcpy(&tail, src + n - 4, 4);
    std::memcpy(dst, &head, 4);
    std::memcpy(dst + n - 4, &tail, 4);
  } else if (n != 0) {
    char first = src[0], middle = src[n / 2], last = src[n - 1];
    dst[0] = first;
    dst[n / 2] = middle;
    dst[n - 1] = last;
  }
  return dst + n;
}

inline char* put(char* dst, std::string_view s) {
  return put(dst, s.data(), s.size());
}

inline char* putCrlf(char* dst) {
  std::memcpy(dst, "\r\n", 2);
  return dst + 2;
}

// "name: " of a well-known name, as one fixed copy into the slack.
inline char* putName(char* dst, const Header& h) {
  if (h.id != HeaderId::Unknown) {
    std::memcpy(dst, names::slotText(static_cast<size_t>(h.id)), 48);
    return dst + h.name_len + 2;
  }
  dst = put(dst, h.name, h.name_len);
  std::memcpy(dst, ": ", 2);
  return dst + 2;
}

// Not fields of HTTP/1, or written from :authority.
inline bool isWritten(HeaderId id) {
  static_assert(static_cast<int>(HeaderId::Method) == 1 && static_cast<int>(HeaderId::Host) == 7);
  return static_cast<uint8_t>(static_cast<uint8_t>(id) - 1) >= 7;
}

size_t fieldsSize(const HeaderMap& headers) {
  size_t n = 0;
  for (const Header& h : headers) {
    if (isWritten(h.id)) n += size_t{h.name_len} + h.value_len + 4;
  }
  return n;
}

// Null: they do not fit into `room`.
char* writeFields(char* dst, ptrdiff_t room, const HeaderMap& headers) {
  for (const Header& h : headers) {
    if (!isWritten(h.id)) continue;
    room -= ptrdiff_t{h.name_len} + h.value_len + 4;
    if (room < 0) [[unlikely]]
      return nullptr;
    dst = putName(dst, h);
    dst = put(dst, h.value, h.value_len);
    dst = putCrlf(dst);
  }
  return dst;
}

size_t optionsSize(const HeadOptions& o) {
  return (o.chunked ? kChunkedLine.size() : 0) + (o.close ? kCloseLine.size() : 0) +
         (o.keep_alive ? kKeepAliveLine.size() : 0);
}

char* writeOptions(char* dst, const HeadOptions& o) {
  if (o.close) dst = put(dst, kCloseLine);
  if (o.keep_alive) dst = put(dst, kKeepAliveLine);
  if (o.chunked) dst = put(dst, kChunkedLine);
  return dst;
}

// The most that writeOptions() and the empty line take.
constexpr ptrdiff_t kMaxOptions =
    kChunkedLine.size() + kCloseLine.size() + kKeepAliveLine.size() + 2;
constexpr ptrdiff_t kUnbounded = PTRDIFF_MAX;

std::string_view targetOf(const HeaderMap& headers) {
  const Header* path = headers.find(HeaderId::Path);
  // RFC 9112 section 3.2.3: CONNECT has only the authority.
  return path != nullptr ? path->valueView() : headers.get(HeaderId::Authority);
}

// The longest phrase has 32 bytes.
constexpr ptrdiff_t kMaxStatusLine = 64;

size_t digits(int status) {
  return status >= 1000 ? 4 : status >= 100 ? 3 : status >= 10 ? 2 : 1;
}

}  // namespace

namespace {

char* writeRequest(char* dst, ptrdiff_t room, const HeaderMap& headers,
                   const HeadOptions& options) {
  std::string_view method = headers.get(HeaderId::Method);
  std::string_view target = targetOf(headers);
  const Header* host = headers.find(HeaderId::Authority);
  room -= static_cast<ptrdiff_t>(method.size() + target.size() + (host ? host->value_len : 0)) +
          20 + kMaxOptions;
  if (room < 0) [[unlikely]]
    return nullptr;
  dst = put(dst, method);
  *dst++ = ' ';
  dst = put(dst, target);
  std::memcpy(dst, options.http10 ? " HTTP/1.0\r\nhost: " : " HTTP/1.1\r\nhost: ", 17);
  dst += 11;
  if (host) {
    dst = put(dst + 6, host->value, host->value_len);
    dst = putCrlf(dst);
  }
  dst = writeFields(dst, room, headers);
  if (!dst) [[unlikely]]
    return nullptr;
  return putCrlf(writeOptions(dst, options));
}

// "HTTP/1.1 200 OK\r\n"
char* writeStatusLine(char* dst, int status, bool http10) {
  constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\n";
  if (status == 200 && !http10) [[likely]]
    return put(dst, kOk);
  std::memcpy(dst, http10 ? "HTTP/1.0 " : "HTTP/1.1 ", 9);
  dst += 9;
  size_t n = digits(status);
  int rest = status;
  for (size_t i = n; i > 0; i--, rest /= 10) dst[i - 1] = static_cast<char>('0' + rest % 10);
  dst[n] = ' ';
  return putCrlf(put(dst + n + 1, reasonPhrase(status)));
}

char* writeResponse(char* dst, ptrdiff_t room, const HeaderMap& headers, int status,
                    const HeadOptions& options) {
  room -= kMaxStatusLine + kMaxOptions;
  if (room < 0) [[unlikely]]
    return nullptr;
  dst = writeStatusLine(dst, status, options.http10);
  dst = writeFields(dst, room, headers);
  if (!dst) [[unlikely]]
    return nullptr;
  return putCrlf(writeOptions(dst, options));
}

}  // namespace

size_t requestHeadSize(const HeaderMap& headers, const HeadOptions& options) {
  size_t n = headers.get(HeaderId::Method).size() + targetOf(headers).size() + 12 + 2;
  if (const Header* host = headers.find(HeaderId::Authority)) n += host->value_len + 8;
  return n + fieldsSize(headers) + optionsSize(options);
}

char* writeRequestHead(char* dst, const HeaderMap& headers, const HeadOptions& options) {
  return writeRequest(dst, kUnbounded, headers, options);
}

char* writeRequestHead(char* dst, size_t room, const HeaderMap& headers,
                       const HeadOptions& options) {
  return writeRequest(dst, static_cast<ptrdiff_t>(room - kWriteSlack), headers, options);
}

size_t responseHeadSize(const HeaderMap& headers, int status, const HeadOptions& options) {
  return 9 + digits(status) + 1 + reasonPhrase(status).size() + 2 + fieldsSize(headers) +
         optionsSize(options) + 2;
}

char* writeResponseHead(char* dst, const HeaderMap& headers, int status,
                        const HeadOptions& options) {
  return writeResponse(dst, kUnbounded, headers, status, options);
}

char* writeResponseHead(char* dst, size_t room, const HeaderMap& headers, int status,
                        const HeadOptions& options) {
  return writeResponse(dst, static_cast<ptrdiff_t>(room - kWriteSlack), headers, status, options);
}

size_t chunkHeaderSize(uint64_t size) {
  size_t bits = 64 - static_cast<size_t>(__builtin_clzll(size | 1));
  return (bits + 3) / 4 + 2;
}

char* writeChunkHeader(char* dst, uint64_t size) {
  size_t n = chunkHeaderSize(size) - 2;
  for (size_t i = n; i > 0; i--) {
    dst[i - 1] = "0123456789abcdef"[size & 15];
    size >>= 4;
  }
  return putCrlf(dst + n);
}

size_t lastChunkSize(const HeaderMap& trailers) {
  return 5 + fieldsSize(trailers);
}

char* writeLastChunk(char* dst, const HeaderMap& trailers) {
  std::memcpy(dst, "0\r\n", 3);
  return putCrlf(writeFields(dst + 3, kUnbounded, trailers));
}

// Envoy 1.40's table, read off its answers; what it lacks is "Unknown", 418 and 451 among it.
std::string_view reasonPhrase(int status) {
  switch (status) {
#define ATTACHE_REASON(code, phrase) \
  case code:                         \
    return phrase;
    ATTACHE_REASON(100, "Continue")
    ATTACHE_REASON(101, "Switching Protocols")
    ATTACHE_REASON(200, "OK")
    ATTACHE_REASON(201, "Created")
    ATTACHE_REASON(202, "Accepted")
    ATTACHE_REASON(203, "Non-Authoritative Information")
    ATTACHE_REASON(204, "No Content")
    ATTACHE_REASON(205, "Reset Content")
    ATTACHE_REASON(206, "Partial Content")
    ATTACHE_REASON(207, "Multi-Status")
    ATTACHE_REASON(208, "Already Reported")
    ATTACHE_REASON(226, "IM Used")
    ATTACHE_REASON(300, "Multiple Choices")
    ATTACHE_REASON(301, "Moved Permanently")
    ATTACHE_REASON(302, "Found")
    ATTACHE_REASON(303, "See Other")
    ATTACHE_REASON(304, "Not Modified")
    ATTACHE_REASON(305, "Use Proxy")
    ATTACHE_REASON(307, "Temporary Redirect")
    ATTACHE_REASON(308, "Permanent Redirect")
    ATTACHE_REASON(400, "Bad Request")
    ATTACHE_REASON(401, "Unauthorized")
    ATTACHE_REASON(402, "Payment Required")
    ATTACHE_REASON(403, "Forbidden")
    ATTACHE_REASON(404, "Not Found")
    ATTACHE_REASON(405, "Method Not Allowed")
    ATTACHE_REASON(406, "Not Acceptable")
    ATTACHE_REASON(407, "Proxy Authentication Required")
    ATTACHE_REASON(408, "Request Timeout")
    ATTACHE_REASON(409, "Conflict")
    ATTACHE_REASON(410, "Gone")
    ATTACHE_REASON(411, "Length Required")
    ATTACHE_REASON(412, "Precondition Failed")
    ATTACHE_REASON(413, "Payload Too Large")
    ATTACHE_REASON(414, "URI Too Long")
    ATTACHE_REASON(415, "Unsupported Media Type")
    ATTACHE_REASON(416, "Range Not Satisfiable")
    ATTACHE_REASON(417, "Expectation Failed")
    ATTACHE_REASON(421, "Misdirected Request")
    ATTACHE_REASON(422, "Unprocessable Entity")
    ATTACHE_REASON(423, "Locked")
    ATTACHE_REASON(424, "Failed Dependency")
    ATTACHE_REASON(425, "Too Early")
    ATTACHE_REASON(426, "Upgrade Required")
    ATTACHE_REASON(428, "Precondition Required")
    ATTACHE_REASON(429, "Too Many Requests")
    ATTACHE_REASON(431, "Request Header Fields Too Large")
    ATTACHE_REASON(500, "Internal Server Error")
    ATTACHE_REASON(501, "Not Implemented")
    ATTACHE_REASON(502, "Bad Gateway")
    ATTACHE_REASON(503, "Service Unavailable")
    ATTACHE_REASON(504, "Gateway Timeout")
    ATTACHE_REASON(505, "HTTP Version Not Supported")
    ATTACHE_REASON(506, "Variant Also Negotiates")
    ATTACHE_REASON(507, "Insufficient Storage")
    ATTACHE_REASON(508, "Loop Detected")
    ATTACHE_REASON(510, "Not Extended")
    ATTACHE_REASON(511, "Network Authentication Required")
    ATTACHE_REASON(599, "Last Unassigned Server Error Code")
#undef ATTACHE_REASON
    default:
      return "Unknown";
  }
}

}  // namespace attache::h1
