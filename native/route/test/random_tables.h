// Random tables and requests over a small alphabet, so that they meet often.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "route/test/reference.h"

namespace attache::route::testing {

class RandomTables {
 public:
  explicit RandomTables(uint64_t seed) : random_(seed) {}

  size_t below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }
  bool chance(double p) { return std::bernoulli_distribution(p)(random_); }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

  std::string piece() {
    static const std::vector<std::string> pieces = {"a",   "b",  "ab",  "A",   "B", "aa",
                                                    "api", "v1", "/",   "-",   ".", "\xc3\xa9",
                                                    "0",   "aB", "ab/", "/a/b"};
    return pick(pieces);
  }
  std::string path() {
    std::string p = chance(0.97) ? "/" : "";
    size_t n = below(6);
    for (size_t i = 0; i < n; i++) p += chance(0.4) ? "/" + piece() : piece();
    return p;
  }
  RouteSpec route() {
    RouteSpec r;
    size_t kind = below(10);
    if (chance(0.05)) {
      r.kind = tables::PathMatch::Connect;
      if (chance(0.3)) r.headers.push_back(header());
      return r;
    }
    r.kind = kind < 4   ? tables::PathMatch::Prefix
             : kind < 7 ? tables::PathMatch::Exact
             : kind < 8 ? tables::PathMatch::PathSeparatedPrefix
                        : tables::PathMatch::Regex;
    if (r.kind == tables::PathMatch::Regex) {
      std::string literal = path();
      if (chance(0.5)) r.regex_prefix = literal;
      static const std::vector<std::string> tails = {
          "",        ".*",  "[a-b]+", "(/.*)?",  "(?:a|ab)(?:c|bcd)*", "\\d*", "[^/]+", "(?i)ab",
          "/\\w+/?", "b?$", "\\pL*",  "(/a|/b)*"};
      r.path = RE2::QuoteMeta(literal) + pick(tails);
    } else {
      r.path = path();
      r.case_sensitive = !chance(0.25);
    }
    for (size_t n = chance(0.3) ? 1 + below(2) : 0; n > 0; n--) r.headers.push_back(header());
    return r;
  }
  HeaderSpec header() {
    static const std::vector<std::string> regexes = {"a*", "(?i)AB?", "[0-9]+", ".*b"};
    HeaderSpec h;
    h.name = name();
    h.kind = static_cast<tables::HeaderMatch>(below(3));
    h.string = static_cast<tables::StringMatch>(below(5));
    h.value = h.string == tables::StringMatch::Regex ? pick(regexes) : value();
    h.ignore_case = h.string != tables::StringMatch::Regex && chance(0.3);
    h.start = static_cast<int64_t>(below(20)) - 10;
    h.end = static_cast<int64_t>(below(20)) - 5;
    h.present = !chance(0.2);
    h.invert = chance(0.3);
    h.missing_as_empty = chance(0.2);
    return h;
  }
  std::string name() {
    static const std::vector<std::string> names = {"x-a", "x-b", "accept", "user-agent"};
    return pick(names);
  }
  std::string value() {
    static const std::vector<std::string> values = {"",   "a",  "ab", "AB", "b",  "5",
                                                    "-3", "+7", "12", "1x", "a,b"};
    return pick(values);
  }
  std::vector<RouteSpec> table(size_t count) {
    std::vector<RouteSpec> routes;
    for (size_t i = 0; i < count; i++) routes.push_back(route());
    return routes;
  }
  // Often made of a path of the table.
  RequestSpec request(const std::vector<RouteSpec>& routes) {
    RequestSpec q;
    q.authority = "a";
    q.path = path();
    q.connect = chance(0.05);
    if (!routes.empty() && chance(0.7)) {
      const RouteSpec& r = pick(routes);
      q.path = r.kind == tables::PathMatch::Regex ? r.regex_prefix : r.path;
      if (chance(0.5)) q.path += piece();
      if (chance(0.1)) q.path = toLower(q.path);
    }
    if (chance(0.2)) q.path += "?a/b#c";
    if (chance(0.05)) q.path += "#a?b";
    for (size_t n = below(4); n > 0; n--) q.headers.emplace_back(name(), value());
    return q;
  }
  std::string domain() {
    static const std::vector<std::string> labels = {"a", "b", "A", "com", "www", "-", "a.b", "*"};
    std::string d = pick(labels);
    for (size_t n = below(3); n > 0; n--) d += "." + pick(labels);
    if (chance(0.1)) d += ":80";
    return d;
  }

 private:
  std::mt19937_64 random_;
};

inline void fillHeaders(HeaderMap& map, const RequestSpec& request) {
  map.clear();
  map.add(HeaderId::Method, request.connect ? "CONNECT" : "GET");
  map.add(HeaderId::Authority, request.authority);
  if (!request.connect) map.add(HeaderId::Path, request.path);
  for (const auto& [name, value] : request.headers) map.add(name, value);
}

}  // namespace attache::route::testing
