#include "route/conditions.h"

#include <charconv>

#include "base/regex.h"
#include "route/hash.h"

namespace attache::route {
namespace {

bool containsLowered(std::string_view text, std::string_view lowered) {
  if (lowered.size() > text.size()) return false;
  for (size_t i = 0; i + lowered.size() <= text.size(); i++) {
    if (equalsLowered(text.data() + i, lowered.data(), lowered.size())) return true;
  }
  return false;
}

bool matchesLowered(const tables::StringMatcher& matcher, std::string_view text) {
  std::string_view want = matcher.value.view();
  switch (matcher.kind) {
    case tables::StringMatch::Exact:
      return equalsLowered(text, want);
    case tables::StringMatch::Prefix:
      return text.size() >= want.size() && equalsLowered(text.substr(0, want.size()), want);
    case tables::StringMatch::Suffix:
      return text.size() >= want.size() &&
             equalsLowered(text.substr(text.size() - want.size()), want);
    case tables::StringMatch::Contains:
      return containsLowered(text, want);
    case tables::StringMatch::Regex:
      break;
  }
  return false;
}

constexpr bool isSpace(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// A decimal integer with optional sign and surrounding white space, as Envoy reads it.
bool parseInt(std::string_view text, int64_t& value) {
  while (!text.empty() && isSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && isSpace(text.back())) text.remove_suffix(1);
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return false;
  }
  const char* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && at == end && !text.empty();
}

bool valueMatches(const tables::HeaderMatcher& matcher, std::string_view value) {
  if (matcher.kind == tables::HeaderMatch::String) return stringMatches(matcher.string, value);
  int64_t number;
  const tables::IntRange* range = matcher.range.get();
  return range != nullptr && parseInt(value, number) && number >= range->start &&
         number < range->end;
}

// Header names of which Envoy keeps one value for a request, joining those of repeated fields.
constexpr HeaderId kJoined[] = {
    HeaderId::Accept,
    HeaderId::AcceptEncoding,
    HeaderId::AccessControlRequestHeaders,
    HeaderId::AccessControlRequestMethod,
    HeaderId::AccessControlRequestPrivateNetwork,
    HeaderId::Authorization,
    HeaderId::CacheControl,
    HeaderId::Connection,
    HeaderId::ContentEncoding,
    HeaderId::ContentType,
    HeaderId::Expect,
    HeaderId::GrpcAcceptEncoding,
    HeaderId::GrpcTimeout,
    HeaderId::IfMatch,
    HeaderId::IfModifiedSince,
    HeaderId::IfNoneMatch,
    HeaderId::KeepAlive,
    HeaderId::Origin,
    HeaderId::Pragma,
    HeaderId::ProxyConnection,
    HeaderId::ProxyStatus,
    HeaderId::Referer,
    HeaderId::Te,
    HeaderId::TransferEncoding,
    HeaderId::Upgrade,
    HeaderId::UserAgent,
    HeaderId::Via,
    HeaderId::XClientTraceId,
    HeaderId::XEnvoyAttemptCount,
    HeaderId::XEnvoyDecoratorOperation,
    HeaderId::XEnvoyDownstreamServiceCluster,
    HeaderId::XEnvoyDownstreamServiceNode,
    HeaderId::XEnvoyExpectedRqTimeoutMs,
    HeaderId::XEnvoyExternalAddress,
    HeaderId::XEnvoyForceTrace,
    HeaderId::XEnvoyHedgeOnPerTryTimeout,
    HeaderId::XEnvoyInternal,
    HeaderId::XEnvoyIpTags,
    HeaderId::XEnvoyIsTimeoutRetry,
    HeaderId::XEnvoyMaxRetries,
    HeaderId::XEnvoyOriginalHost,
    HeaderId::XEnvoyOriginalPath,
    HeaderId::XEnvoyOriginalUrl,
    HeaderId::XEnvoyRetriableHeaderNames,
    HeaderId::XEnvoyRetriableStatusCodes,
    HeaderId::XEnvoyRetryGrpcOn,
    HeaderId::XEnvoyRetryOn,
    HeaderId::XEnvoyUpstreamAltStatName,
    HeaderId::XEnvoyUpstreamRqPerTryTimeoutMs,
    HeaderId::XEnvoyUpstreamRqTimeoutAltResponse,
    HeaderId::XEnvoyUpstreamRqTimeoutMs,
    HeaderId::XEnvoyUpstreamStreamDurationMs,
    HeaderId::XForwardedClientCert,
    HeaderId::XForwardedFor,
    HeaderId::XForwardedHost,
    HeaderId::XForwardedPort,
    HeaderId::XForwardedProto,
    HeaderId::XRequestId,
};
struct IdSet {
  bool has[kHeaderIdCount] = {};
  constexpr IdSet() {
    for (HeaderId id : kJoined) has[static_cast<size_t>(id)] = true;
  }
};
constexpr IdSet kJoinedSet;

}  // namespace

bool stringMatches(const tables::StringMatcher& matcher, std::string_view text) {
  if (matcher.ignore_case) return matchesLowered(matcher, text);
  std::string_view want = matcher.value.view();
  switch (matcher.kind) {
    case tables::StringMatch::Exact:
      return text == want;
    case tables::StringMatch::Prefix:
      return text.starts_with(want);
    case tables::StringMatch::Suffix:
      return text.ends_with(want);
    case tables::StringMatch::Contains:
      return text.find(want) != std::string_view::npos;
    case tables::StringMatch::Regex:
      return RegexRegistry::instance().at(matcher.regex).fullMatch(text);
  }
  return false;
}

// Envoy 1.40 asks each value of a repeated header by itself, but for the names above; one that
// matches is enough, and `invert` turns the answer over all of them round. A missing header
// matches nothing, inverted or not, unless it is to count as empty or presence is asked for.
bool headerMatches(const tables::HeaderMatcher& matcher, const HeaderMap& headers) {
  const Header* header = headers.find(matcher.name.view());
  if (matcher.kind == tables::HeaderMatch::Present) {
    bool present = header != nullptr || matcher.treat_missing_as_empty;
    return (present == matcher.present) != matcher.invert;
  }
  if (header == nullptr) {
    return matcher.treat_missing_as_empty && valueMatches(matcher, {}) != matcher.invert;
  }
  if (isJoined(header->id) && headers.next(header) != nullptr) {
    std::string_view all = headers.joined(header->id, *headers.arena());
    return valueMatches(matcher, all) != matcher.invert;
  }
  do {
    if (valueMatches(matcher, header->valueView())) return !matcher.invert;
    header = headers.next(header);
  } while (header != nullptr);
  return matcher.invert;
}

bool headersMatch(const tables::Vec<tables::HeaderMatcher>& matchers, const HeaderMap& headers) {
  for (const tables::HeaderMatcher& matcher : matchers) {
    if (!headerMatches(matcher, headers)) return false;
  }
  return true;
}

bool queryParameter(std::string_view path_and_query, std::string_view name,
                    std::string_view& value) {
  size_t start = path_and_query.find('?');
  while (start != std::string_view::npos) {
    std::string_view rest = path_and_query.substr(start + 1);
    size_t amp = rest.find('&');
    std::string_view pair = rest.substr(0, amp);
    size_t equals = pair.find('=');
    if (pair.substr(0, equals) == name) {
      value = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
      return true;
    }
    start = amp == std::string_view::npos ? amp : start + 1 + amp;
  }
  return false;
}

bool queryMatches(const tables::QueryMatcher& matcher, std::string_view path_and_query) {
  std::string_view value;
  bool found = queryParameter(path_and_query, matcher.name.view(), value);
  if (matcher.kind == tables::HeaderMatch::Present) return found == matcher.present;
  return found && stringMatches(matcher.string, value);
}

// As Envoy reads cookies: pairs without '=' are none, spaces before the name go, those after it
// and around the value stay, and so do quotes unless there are two.
bool cookieValue(const HeaderMap& headers, std::string_view name, std::string_view& value) {
  for (const Header* h = headers.find(HeaderId::Cookie); h != nullptr; h = headers.next(h)) {
    std::string_view rest = h->valueView();
    while (!rest.empty()) {
      size_t end = rest.find(';');
      std::string_view pair = rest.substr(0, end);
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      size_t equals = pair.find('=');
      size_t start = pair.find_first_not_of(' ');
      if (equals == std::string_view::npos || pair.substr(start, equals - start) != name) continue;
      value = pair.substr(equals + 1);
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
      }
      return true;
    }
  }
  return false;
}

bool cookieMatches(const tables::CookieMatcher& matcher, const HeaderMap& headers) {
  std::string_view value;
  bool found = cookieValue(headers, matcher.name.view(), value);
  return (found && stringMatches(matcher.string, value)) != matcher.invert;
}

bool isJoined(HeaderId id) {
  return kJoinedSet.has[static_cast<size_t>(id)];
}

}  // namespace attache::route
