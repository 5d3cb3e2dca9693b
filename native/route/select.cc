#include "route/select.h"

namespace attache::route {
namespace {

bool startsWith(const tables::Route& route, std::string_view path, std::string_view want) {
  if (path.size() < want.size()) return false;
  return route.case_sensitive ? path.starts_with(want)
                              : equalsLowered(path.substr(0, want.size()), want);
}

}  // namespace

bool pathMatches(const tables::Route& route, std::string_view path) {
  std::string_view want = route.path.view();
  switch (route.path_match) {
    case tables::PathMatch::Prefix:
      return startsWith(route, path, want);
    case tables::PathMatch::Exact:
      return path.size() == want.size() && startsWith(route, path, want);
    case tables::PathMatch::PathSeparatedPrefix:
      return startsWith(route, path, want) &&
             (path.size() == want.size() || path[want.size()] == '/');
    case tables::PathMatch::Connect:
      return path.data() == nullptr;
    case tables::PathMatch::Regex:
      return RegexRegistry::instance().at(route.path_regex).fullMatch(path);
  }
  return false;
}

const std::vector<int>& matchRegexSet(const tables::RouteIndex& index, std::string_view path) {
  // Grows to the largest set once in a thread's life; matching then allocates nothing here.
  thread_local std::vector<int> matches;
  RegexRegistry::instance().at(index.regex_set).matchAll(path, matches);
  for (int& match : matches) {
    match = static_cast<int>(index.regex_routes[static_cast<uint32_t>(match)]);
  }
  return matches;
}

}  // namespace attache::route
