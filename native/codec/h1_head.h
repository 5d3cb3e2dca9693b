// Inside of the head parser: what the kernels (one per instruction set) share. A kernel finds the
// lines and the common kind of names and targets in whole vectors; whatever is not common is
// decided here, byte by byte, so that all kernels agree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "codec/h1.h"
#include "codec/header_lookup.h"

namespace attache::h1::internal {

// Line ends of a head found by the scan. More lines than kMax are counted, not recorded.
struct Lines {
  static constexpr uint32_t kMax = 128;
  uint32_t total;     // LFs up to and including the one of the empty line
  uint32_t end;       // offset behind the last LF
  uint32_t lf[kMax];  // offsets in data
};

// Offset of the LF of line k, which begins at `start`.
inline size_t lineEnd(const Lines& lines, uint32_t k, const char* data, size_t start) {
  if (k < Lines::kMax) [[likely]]
    return lines.lf[k];
  return static_cast<size_t>(
      static_cast<const char*>(std::memchr(data + start, '\n', lines.end - start)) - data);
}

// Limits::max_headers as far as a HeaderMap has room for it.
inline uint32_t maxFields(const Limits& limits) {
  return limits.max_headers < 60000 ? limits.max_headers : 60000;
}

struct HostField {
  uint32_t count = 0;
  std::string_view value;
};

struct CharTable {
  uint8_t of[256];
  constexpr uint8_t operator[](char c) const { return of[static_cast<uint8_t>(c)]; }
};
// For each byte its lower case if it is a token character (RFC 9110 section 5.6.2), else 0.
extern const CharTable kTokenLower;
// 1 for what a host and port may consist of (RFC 3986 section 3.2, without userinfo).
extern const CharTable kHostChar;

// The first fault in data[from, to), where all before `from` was found without fault; None when
// there is only what is allowed: HTAB.
HeadError scanSlow(const char* data, size_t base, size_t from, size_t to);

// Checks the name of the field line [p, e), makes it lower case in place and looks it up; sets
// its length.
HeadError fieldName(char* p, char* e, size_t& n, HeaderId& id);

inline std::string_view trim(const char* v, const char* e) {
  while (v < e && (*v == ' ' || *v == '\t')) v++;
  while (e > v && (e[-1] == ' ' || e[-1] == '\t')) e--;
  return {v, static_cast<size_t>(e - v)};
}

// What is wrong with a request line that does not end in " HTTP/1.0" or " HTTP/1.1".
HeadError requestLineFault(const char* p, const char* e);
// Sets info.method; UnknownMethod or BadMethod.
HeadError parseMethodSlow(std::string_view method, const Limits& limits, HeadInfo& info);
// The fault of a target whose byte `c` is no part of any URI.
HeadError targetFault(char c);
// Targets that are not in origin form; adds :scheme, :authority and :path.
HeadError parseTargetSlow(std::string_view target, HeaderMap& headers, HeadInfo& info);
bool validHost(std::string_view host);

// After the fields: framing (RFC 9112 section 6) and connection options. `headers` has them all.
HeadError finishRequest(const HeaderMap& headers, HeadInfo& info);
HeadError finishResponse(HeaderMap& headers, RequestKind request, HeadInfo& info);

inline ParseResult fault(HeadError e) {
  return {ParseResult::Error, e, 0};
}

struct Kernel {
  ParseResult (*request)(char* data, size_t len, size_t& scanned, const Limits& limits,
                         HeaderMap& headers, HeadInfo& info);
  ParseResult (*response)(char* data, size_t len, size_t& scanned, const Limits& limits,
                          RequestKind request, HeaderMap& headers, HeadInfo& info);
  // A trailer section with at least one field, data[0, len) up to its empty line at least.
  ParseResult (*trailers)(char* data, size_t len, size_t& scanned, const Limits& limits,
                          HeaderMap& headers);
};

namespace portable {
extern const Kernel kKernel;
}
#if defined(__x86_64__)
namespace sse2 {
extern const Kernel kKernel;
}
namespace avx2 {
extern const Kernel kKernel;
}
#endif
#if defined(__aarch64__)
namespace neon {
extern const Kernel kKernel;
}
#endif

// The one in use.
extern const Kernel* kernel;

}  // namespace attache::h1::internal
