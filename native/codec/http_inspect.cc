#include "codec/http_inspect.h"

#include <algorithm>

namespace attache::h1 {

namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isAlpha(char c) {
  return (c | 32) >= 'a' && (c | 32) <= 'z';
}
bool isAlphaNumeric(char c) {
  return isAlpha(c) || isDigit(c);
}

template <class Test>
bool all(std::string_view text, Test&& test) {
  return std::all_of(text.begin(), text.end(), test);
}

bool isOneOf(char c, std::string_view set) {
  return set.find(c) != set.npos;
}

bool isToken(std::string_view text) {
  return !text.empty() &&
         all(text, [](char c) { return isAlphaNumeric(c) || isOneOf(c, "!#$%&'*+-.^_`|~"); });
}

bool isPath(std::string_view text) {
  return all(text, [](char c) { return c == '\t' || c == '\f' || (c > ' ' && c < 127); });
}

// A path, "*", or an absolute form; of CONNECT an authority.
bool isTarget(std::string_view target, bool connect) {
  if (target.empty()) return false;
  if (target[0] == '/' || target[0] == '*') return isPath(target.substr(1));
  if (!connect) {
    size_t colon = target.find("://");
    if (colon == target.npos || colon == 0 || !isAlpha(target[0])) return false;
    if (!all(target.substr(0, colon),
             [](char c) { return isAlphaNumeric(c) || c == '+' || c == '-' || c == '.'; }))
      return false;
    target.remove_prefix(colon + 3);
  }
  size_t path = std::min(target.find_first_of("/?"), target.size());
  std::string_view host = target.substr(0, path);
  return host.find("@@") == host.npos && isPath(target.substr(path)) &&
         all(host, [](char c) { return isAlphaNumeric(c) || isOneOf(c, "!$%&'()*+,-.:;=@[]_~"); });
}

bool isBlank(char c) {
  return static_cast<unsigned char>(c) <= ' ';
}

// Words stand between blanks.
std::string_view word(std::string_view* line) {
  auto from = std::find_if_not(line->begin(), line->end(), isBlank);
  auto to = std::find_if(from, line->end(), isBlank);
  std::string_view found(from, to);
  line->remove_prefix(static_cast<size_t>(to - line->begin()));
  return found;
}

Spoken readLine(std::string_view line) {
  std::string_view method = word(&line), target = word(&line), version = word(&line);
  if (!isToken(method) || !isTarget(target, method == "CONNECT") || !word(&line).empty())
    return Spoken::Nothing;
  if (version == "HTTP/1.1") return Spoken::Http11;
  // HTTP/0.9 says no version at all.
  bool numbered = version.size() == 8 && version.starts_with("HTTP/") && isDigit(version[5]) &&
                  version[6] == '.' && isDigit(version[7]);
  return version.empty() || numbered ? Spoken::Http10 : Spoken::Nothing;
}

}  // namespace

Spoken inspectHttp(std::string_view bytes) {
  if (kPreface.starts_with(bytes.substr(0, kPreface.size())))
    return bytes.size() < kPreface.size() ? Spoken::More : Spoken::Http2;
  if (bytes[0] == '\r' || bytes[0] == '\n') return Spoken::Nothing;
  size_t end = bytes.find('\n');
  if (end == bytes.npos) return Spoken::More;
  return isBlank(bytes[0]) ? Spoken::Nothing : readLine(bytes.substr(0, end));
}

}  // namespace attache::h1
