// The routing rules in their plainest form: strings, copies, one route after the other.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "re2/re2.h"
#include "route/test/table_builder.h"

namespace attache::route::testing {

struct RequestSpec {
  std::string authority;
  std::string path;  // with query
  std::vector<std::pair<std::string, std::string>> headers;
  bool connect = false;  // CONNECT: without a path
};

inline std::string toLower(std::string s) {
  for (char& c : s) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return s;
}

inline bool referenceString(tables::StringMatch kind, std::string want, bool ignore_case,
                            std::string text) {
  if (kind == tables::StringMatch::Regex) return RE2::FullMatch(text, RE2(want));
  if (ignore_case) {
    want = toLower(want);
    text = toLower(text);
  }
  switch (kind) {
    case tables::StringMatch::Exact:
      return text == want;
    case tables::StringMatch::Prefix:
      return text.rfind(want, 0) == 0;
    case tables::StringMatch::Suffix:
      return text.size() >= want.size() && text.substr(text.size() - want.size()) == want;
    default:
      return text.find(want) != std::string::npos;
  }
}

inline bool referenceHeader(const HeaderSpec& spec, const RequestSpec& request) {
  std::vector<std::string> values;
  for (const auto& [name, value] : request.headers) {
    if (name == spec.name) values.push_back(value);
  }
  bool missing = values.empty();
  // Of the names in the tests Envoy joins the values of these.
  if (values.size() > 1 && (spec.name == "accept" || spec.name == "user-agent")) {
    std::string joined = values[0];
    for (size_t i = 1; i < values.size(); i++) joined += "," + values[i];
    values = {joined};
  }
  if (missing && spec.missing_as_empty) values.emplace_back();
  if (spec.kind == tables::HeaderMatch::Present) {
    return (!values.empty() == spec.present) != spec.invert;
  }
  if (values.empty()) return false;
  bool any = std::any_of(values.begin(), values.end(), [&](const std::string& value) {
    if (spec.kind == tables::HeaderMatch::String) {
      return referenceString(spec.string, spec.value, spec.ignore_case, value);
    }
    if (!RE2::FullMatch(value, "\\s*[+-]?[0-9]{1,18}\\s*")) return false;
    long long n = std::strtoll(value.c_str(), nullptr, 10);
    return n >= spec.start && n < spec.end;
  });
  return any != spec.invert;
}

inline bool referencePath(const RouteSpec& spec, const RequestSpec& request) {
  bool connect = spec.kind == tables::PathMatch::Connect;
  if (connect || request.connect) return connect && request.connect;
  std::string path = request.path;
  path = path.substr(0, path.find_first_of("?#"));
  std::string want = spec.path;
  if (spec.kind == tables::PathMatch::Regex) return RE2::FullMatch(path, RE2(want));
  if (!spec.case_sensitive) {
    want = toLower(want);
    path = toLower(path);
  }
  if (spec.kind == tables::PathMatch::Exact) return path == want;
  bool prefix = path.compare(0, want.size(), want) == 0;
  if (spec.kind == tables::PathMatch::Prefix) return prefix;
  return prefix && (path.size() == want.size() || path[want.size()] == '/');
}

// The number of the first route, or nothing.
inline std::optional<size_t> referenceRoute(const std::vector<RouteSpec>& routes,
                                            const RequestSpec& request) {
  for (size_t i = 0; i < routes.size(); i++) {
    if (!referencePath(routes[i], request)) continue;
    if (std::all_of(routes[i].headers.begin(), routes[i].headers.end(),
                    [&](const HeaderSpec& h) { return referenceHeader(h, request); })) {
      return i;
    }
  }
  return std::nullopt;
}

inline std::optional<size_t> referenceHost(const std::vector<std::vector<std::string>>& domains,
                                           std::string authority) {
  authority = toLower(authority);
  std::optional<size_t> found;
  size_t best = 0;
  auto better = [&](size_t rank, size_t host) {
    if (!found || rank > best) {
      found = host;
      best = rank;
    }
  };
  for (size_t i = 0; i < domains.size(); i++) {
    for (const std::string& written : domains[i]) {
      std::string domain = toLower(written);
      size_t n = domain.size();
      if (domain == "*") {
        better(0, i);
      } else if (domain.starts_with('*')) {
        std::string rest = domain.substr(1);
        if (authority.size() > rest.size() && authority.ends_with(rest)) better(1000000 + n, i);
      } else if (domain.ends_with('*')) {
        std::string rest = domain.substr(0, n - 1);
        if (authority.size() > rest.size() && authority.starts_with(rest)) better(1000 + n, i);
      } else if (domain == authority) {
        better(1000000000, i);
      }
    }
  }
  return found;
}

}  // namespace attache::route::testing
