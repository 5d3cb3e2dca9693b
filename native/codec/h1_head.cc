// What the kernels leave to bytewise code, and the choice of the kernel.
#include "codec/h1_head.h"

namespace attache::h1 {
namespace internal {
namespace {

constexpr bool isAlphaNumeric(int c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr bool isOneOf(int c, const char* set) {
  for (; *set != '\0'; set++) {
    if (*set == c) return true;
  }
  return false;
}

constexpr CharTable tokenTable() {
  CharTable t{};
  for (int c = 0; c < 128; c++) {
    if (isAlphaNumeric(c) || isOneOf(c, "!#$%&'*+-.^_`|~")) {
      t.of[c] = static_cast<uint8_t>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
  }
  return t;
}

constexpr CharTable hostTable() {
  CharTable t{};
  for (int c = 0; c < 128; c++) {
    // unreserved, sub-delims, percent-encoded; colon and brackets of IPv6 addresses and ports
    if (isAlphaNumeric(c) || isOneOf(c, "-._~!$&'()*+,;=%:[]")) t.of[c] = 1;
  }
  return t;
}

bool isDigits(std::string_view s) {
  for (char c : s) {
    if (c < '0' || c > '9') return false;
  }
  return !s.empty();
}

bool isToken(std::string_view s) {
  for (char c : s) {
    if (kTokenLower[c] == 0) return false;
  }
  return !s.empty();
}

struct NamedMethod {
  std::string_view name;
  Method method;
};

// What Envoy 1.40 takes for a method unless allow_custom_methods is set.
constexpr NamedMethod kMethods[] = {
    {"GET", Method::Get},         {"POST", Method::Post},         {"HEAD", Method::Head},
    {"PUT", Method::Put},         {"DELETE", Method::Delete},     {"PATCH", Method::Patch},
    {"OPTIONS", Method::Options}, {"CONNECT", Method::Connect},   {"TRACE", Method::Trace},
    {"ACL", Method::Other},       {"BIND", Method::Other},        {"CHECKOUT", Method::Other},
    {"COPY", Method::Other},      {"LINK", Method::Other},        {"LOCK", Method::Other},
    {"MERGE", Method::Other},     {"MKACTIVITY", Method::Other},  {"MKCALENDAR", Method::Other},
    {"MKCOL", Method::Other},     {"MOVE", Method::Other},        {"MSEARCH", Method::Other},
    {"NOTIFY", Method::Other},    {"PROPFIND", Method::Other},    {"PROPPATCH", Method::Other},
    {"PURGE", Method::Other},     {"QUERY", Method::Other},       {"REBIND", Method::Other},
    {"REPORT", Method::Other},    {"SEARCH", Method::Other},      {"SOURCE", Method::Other},
    {"SUBSCRIBE", Method::Other}, {"UNBIND", Method::Other},      {"UNLINK", Method::Other},
    {"UNLOCK", Method::Other},    {"UNSUBSCRIBE", Method::Other},
};

// "host:port" of CONNECT (RFC 9112 section 3.2.3).
HeadError parseAuthorityForm(std::string_view target, HeaderMap& headers, HeadInfo& info) {
  info.target_form = TargetForm::Authority;
  size_t colon = target.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return HeadError::InvalidUrl;
  std::string_view port = target.substr(colon + 1);
  if (!isDigits(port) || port.size() > 5 || !validHost(target)) return HeadError::InvalidUrl;
  uint32_t number = 0;
  for (char c : port) number = number * 10 + static_cast<uint32_t>(c - '0');
  if (number > 65535) return HeadError::InvalidUrl;
  headers.add(HeaderId::Authority, target);
  return HeadError::None;
}

}  // namespace

constexpr CharTable kTokenTable = tokenTable();
constexpr CharTable kHostTable = hostTable();
const CharTable kTokenLower = kTokenTable;
const CharTable kHostChar = kHostTable;

HeadError scanSlow(const char* data, size_t base, size_t from, size_t to) {
  for (size_t i = from; i < to; i++) {
    uint8_t c = static_cast<uint8_t>(data[i]);
    bool after_cr = i > base && data[i - 1] == '\r';
    if (c == '\n') {
      if (!after_cr) return HeadError::BareLf;
    } else {
      if (after_cr) return HeadError::BareCr;
      if ((c < 0x20 && c != '\t' && c != '\r') || c == 0x7f) return HeadError::ControlCharacter;
    }
  }
  return HeadError::None;
}

HeadError fieldName(char* p, char* e, size_t& n, HeaderId& id) {
  // RFC 9112 section 5.2: folded lines are obsolete, and two readers may fold differently.
  if (*p == ' ' || *p == '\t') return HeadError::ObsFold;
  char* colon = static_cast<char*>(std::memchr(p, ':', static_cast<size_t>(e - p)));
  if (colon == nullptr) return HeadError::MissingColon;
  n = static_cast<size_t>(colon - p);
  if (n == 0) return HeadError::BadHeaderName;
  for (char* c = p; c != colon; c++) {
    uint8_t low = kTokenLower[*c];
    if (low == 0) return HeadError::BadHeaderName;
    *c = static_cast<char>(low);
  }
  id = names::lookup(p, n);
  return HeadError::None;
}

HeadError requestLineFault(const char* p, const char* e) {
  std::string_view line{p, static_cast<size_t>(e - p)};
  size_t first = line.find(' ');
  if (first == std::string_view::npos || first == 0) return HeadError::BadRequestLine;
  size_t last = line.rfind(' ');
  std::string_view version = line.substr(last + 1);
  if (version.substr(0, 5) == "HTTP/") {
    if (first == last) return HeadError::BadRequestLine;
    if (version.size() != 8 || version[6] != '.' || !isDigits(version.substr(5, 1)) ||
        !isDigits(version.substr(7, 1))) {
      return HeadError::BadVersion;
    }
    if (version == "HTTP/1.0" || version == "HTTP/1.1") return HeadError::BadRequestLine;
    return HeadError::UnsupportedVersion;
  }
  // "GET /path" is HTTP/0.9.
  if (first == last && !version.empty()) return HeadError::UnsupportedVersion;
  return HeadError::BadRequestLine;
}

HeadError parseMethodSlow(std::string_view method, const Limits& limits, HeadInfo& info) {
  for (const NamedMethod& m : kMethods) {
    if (m.name == method) {
      info.method = m.method;
      return HeadError::None;
    }
  }
  info.method = Method::Other;
  if (!isToken(method)) return method.empty() ? HeadError::BadRequestLine : HeadError::BadMethod;
  return limits.custom_methods ? HeadError::None : HeadError::UnknownMethod;
}

HeadError targetFault(char c) {
  if (c == '#') return HeadError::FragmentInTarget;
  if (c == ' ' || c == '\t') return HeadError::BadRequestLine;
  return HeadError::BadTarget;
}

bool validHost(std::string_view host) {
  for (char c : host) {
    if (kHostChar[c] == 0) return false;
  }
  return true;
}

HeadError parseTargetSlow(std::string_view target, HeaderMap& headers, HeadInfo& info) {
  if (info.method == Method::Connect) return parseAuthorityForm(target, headers, info);
  if (target == "*") {
    if (info.method != Method::Options) return HeadError::InvalidUrl;
    info.target_form = TargetForm::Asterisk;
    headers.add(HeaderId::Path, target);
    return HeadError::None;
  }
  size_t colon = target.find("://");
  if (colon == std::string_view::npos || colon == 0) return HeadError::BadTarget;
  info.target_form = TargetForm::Absolute;
  std::string_view scheme = target.substr(0, colon);
  if (equalsIgnoreCase(scheme, "http")) {
    scheme = "http";
  } else if (equalsIgnoreCase(scheme, "https")) {
    scheme = "https";
  } else {
    return HeadError::BadScheme;
  }
  std::string_view rest = target.substr(colon + 3);
  size_t end = rest.find_first_of("/?");
  std::string_view authority = rest.substr(0, end);
  // RFC 9110 section 4.2.4: userinfo from outside is an error; '@' is no host character.
  if (authority.empty() || authority[0] == ':' || !validHost(authority)) {
    return HeadError::InvalidUrl;
  }
  std::string_view path = "/";
  if (end != std::string_view::npos) {
    path = rest.substr(end);
    if (path[0] == '?') path = headers.arena()->concat("/", path);
  }
  headers.add(HeaderId::Path, path);
  headers.add(HeaderId::Scheme, scheme);
  headers.add(HeaderId::Authority, authority);
  return HeadError::None;
}

}  // namespace internal
}  // namespace attache::h1
