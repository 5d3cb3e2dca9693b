#include "http/normalize.h"

#include <charconv>
#include <utility>

#include "http/stream.h"
#include "worker/worker.h"

namespace attache::http {

namespace {

constexpr char kHex[] = "0123456789ABCDEF";

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that the escape at `at` stands for; -1: there is none.
int escaped(std::string_view text, size_t at) {
  if (at + 2 >= text.size() || text[at] != '%') return -1;
  int high = hexDigit(text[at + 1]), low = hexDigit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// RFC 3986 section 2.3.
bool isUnreserved(int c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

bool needsEscape(unsigned char c) {
  switch (c) {
    case '"':
    case '<':
    case '>':
    case '^':
    case '`':
    case '{':
    case '|':
    case '}':
      return true;
    default:
      return c <= ' ' || c >= 0x7f;
  }
}

size_t queryAt(std::string_view path) {
  size_t at = path.find('?');
  return at == std::string_view::npos ? path.size() : at;
}

// Where the last colon is that is not inside of the brackets of an IPv6 address; the size: nowhere.
size_t portColon(std::string_view authority) {
  size_t colon = authority.rfind(':');
  size_t bracket = authority.rfind(']');
  bool none =
      colon == std::string_view::npos || (bracket != std::string_view::npos && bracket > colon);
  return none ? authority.size() : colon;
}

// Parameters of segments that are dots (`..;a`) must not hide them: they go.
std::string withoutDotParameters(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (size_t at = 0; at < path.size();) {
    size_t end = path.find('/', at);
    if (end == std::string_view::npos) end = path.size();
    std::string_view segment = path.substr(at, end - at);
    if (segment.starts_with(".;")) segment = ".";
    if (segment.starts_with("..;")) segment = "..";
    out.append(segment);
    if (end < path.size()) out.push_back('/');
    at = end + 1;
  }
  return out;
}

// False: an escaped NUL.
bool translate(std::string_view path, std::string* out) {
  for (size_t i = 0; i < path.size(); i++) {
    char c = path[i];
    int byte = c == '%' ? escaped(path, i) : -1;
    if (byte == 0) return false;
    if (byte > 0 && isUnreserved(byte)) {
      out->push_back(static_cast<char>(byte));
      i += 2;
    } else if (c == '\\') {
      out->push_back('/');
    } else if (needsEscape(static_cast<unsigned char>(c))) {
      auto code = static_cast<unsigned char>(c);
      out->append({'%', kHex[code >> 4], kHex[code & 15]});
    } else {
      out->push_back(c);
    }
  }
  return true;
}

void removeDotSegments(std::string_view path, std::string* out) {
  size_t begin = out->size();
  for (size_t at = 0; at < path.size();) {
    // path[at] is a slash.
    size_t end = path.find('/', at + 1);
    bool last = end == std::string_view::npos;
    if (last) end = path.size();
    std::string_view segment = path.substr(at + 1, end - at - 1);
    if (segment == "..") {
      size_t slash = out->rfind('/');
      out->resize(slash == std::string::npos || slash < begin ? begin : slash);
      if (last) out->push_back('/');
    } else if (segment == ".") {
      if (last) out->push_back('/');
    } else {
      out->push_back('/');
      out->append(segment);
    }
    at = end;
  }
  if (out->size() == begin) out->push_back('/');
}

}  // namespace

bool canonicalPath(std::string_view path, std::string* out) {
  size_t query = queryAt(path);
  std::string plain;
  plain.reserve(query);
  std::string_view own = path.substr(0, query);
  std::string cleaned;
  if (own.find("/.") != std::string_view::npos && own.find(';') != std::string_view::npos) {
    cleaned = withoutDotParameters(own);
    own = cleaned;
  }
  if (!translate(own, &plain)) return false;
  out->clear();
  removeDotSegments(plain, out);
  out->append(path.substr(query));
  return true;
}

std::string mergeSlashes(std::string_view path) {
  size_t query = queryAt(path);
  std::string_view own = path.substr(0, query);
  if (own.find("//") == std::string_view::npos) return std::string(path);
  // A path of nothing but slashes keeps its first and its last one, as in Envoy.
  std::string out = own.starts_with('/') ? "/" : "";
  size_t begin = out.size();
  for (size_t at = 0; at < own.size();) {
    size_t end = own.find('/', at);
    if (end == std::string_view::npos) end = own.size();
    if (end > at) {
      if (out.size() > begin) out.push_back('/');
      out.append(own.substr(at, end - at));
    }
    at = end + 1;
  }
  if (own.ends_with('/')) out.push_back('/');
  return out.append(path.substr(query));
}

bool unescapeSlashes(std::string_view path, std::string* out) {
  size_t query = queryAt(path);
  bool found = false;
  std::string made;
  for (size_t i = 0; i < query; i++) {
    int byte = escaped(path.substr(0, query), i);
    if (byte == '/' || byte == '\\') {
      made.push_back(static_cast<char>(byte));
      i += 2;
      found = true;
    } else {
      made.push_back(path[i]);
    }
  }
  if (!found) return false;
  *out = made.append(path.substr(query));
  return true;
}

PathAction normalizePath(const tables::HttpConnectionManager& config, std::string_view path,
                         std::string* out) {
  PathAction action = PathAction::Continue;
  *out = path;
  if (config.escaped_slashes != tables::EscapedSlashes::Keep && unescapeSlashes(path, out)) {
    if (config.escaped_slashes == tables::EscapedSlashes::Reject) return PathAction::Reject;
    if (config.escaped_slashes == tables::EscapedSlashes::Redirect) action = PathAction::Redirect;
  }
  if (config.normalize_path) {
    std::string canonical;
    if (!canonicalPath(*out, &canonical)) return PathAction::Reject;
    *out = std::move(canonical);
  }
  if (config.merge_slashes) *out = mergeSlashes(*out);
  return action;
}

std::string_view stripPort(std::string_view authority, uint16_t port) {
  size_t colon = portColon(authority);
  if (colon == authority.size()) return authority;
  std::string_view digits = authority.substr(colon + 1);
  uint32_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return authority;
  return port && value != port ? authority : authority.substr(0, colon);
}

namespace {

// The port that the client has connected to; 0: of a Unix socket.
uint16_t localPort(const Stream& stream) {
  std::string_view local = stream.peer().local();
  uint16_t port = 0;
  size_t colon = local.rfind(':');
  if (colon != std::string_view::npos)
    std::from_chars(local.data() + colon + 1, local.data() + local.size(), port);
  return port;
}

void normalizeHost(Stream& stream, const tables::HttpConnectionManager& config) {
  std::string_view host = stream.request().get(HeaderId::Authority);
  std::string_view wanted = host;
  if (config.strip_trailing_host_dot) {
    // Whatever stands behind the last colon, a port or not.
    std::string_view name = wanted.substr(0, portColon(wanted));
    if (name.ends_with('.')) {
      std::string_view bare = name.substr(0, name.size() - 1);
      std::string_view port = wanted.substr(name.size());
      wanted = port.empty() ? bare : stream.arena().concat(bare, port, "");
    }
  }
  // CONNECT is about a port.
  if (stream.tunnel() != Tunnel::Connect) {
    uint16_t own = config.strip_port == tables::StripPort::Matching ? localPort(stream) : 0;
    if (config.strip_port == tables::StripPort::Any || own) wanted = stripPort(wanted, own);
  }
  if (wanted.size() != host.size()) stream.request().set(HeaderId::Authority, wanted);
}

}  // namespace

bool normalizeRequest(Stream& stream) {
  const tables::HttpConnectionManager& config = stream.manager().config;
  std::string_view path = stream.request().get(HeaderId::Path);
  if (path.data()) {
    std::string wanted;
    PathAction action = normalizePath(config, path, &wanted);
    // A gRPC client follows no redirects.
    if (action == PathAction::Redirect && stream.isGrpc()) action = PathAction::Reject;
    if (action == PathAction::Reject) {
      stats::inc(stream.manager().stats, stats::hcm::downstream_rq_failed_path_normalization);
      stream.sendLocalReply(400, "", Flag::kCount, "path_normalization_failed");
      return false;
    }
    if (wanted != path) stream.request().set(HeaderId::Path, stream.arena().copy(wanted));
    if (action == PathAction::Redirect) {
      stats::inc(stream.manager().stats, stats::hcm::downstream_rq_redirected_with_normalized_path);
      stream.sendLocalReply(307, "", Flag::kCount, "path_normalization_failed",
                            {HeaderId::Location, stream.request().get(HeaderId::Path)});
      return false;
    }
  }
  normalizeHost(stream, config);
  return true;
}

}  // namespace attache::http
