// The first route of a virtual host that matches a request: by scan of a short list, or through
// the index, which visits in ascending order only routes whose path already fits.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/regex.h"
#include "codec/headers.h"
#include "grpc/status.h"
#include "route/conditions.h"
#include "route/trie.h"
#include "tables/generated/layout.h"

namespace attache::route {

// What a candidate failed on.
enum class Check : uint8_t { Path, Header, Query, Cookie, Fraction, Grpc };

// The tracer that does nothing, and the shape of one that explains: `failed` for each candidate
// that did not match (`detail`: the number of the header, query or cookie matcher), in the order
// of the routes. With an index, routes whose path does not fit are not candidates.
struct NoTrace {
  void host(uint32_t /*number*/) const {}
  void failed(uint32_t /*route*/, Check /*check*/, uint32_t /*detail*/) const {}
  void matched(uint32_t /*route*/) const {}
};

// A request, once for all candidates.
struct Request {
  const HeaderMap& headers;
  std::string_view path;  // without query and fragment
  uint64_t random;
};

// Does the path of `route` fit? Not for routes that are matched as part of a regex set.
bool pathMatches(const tables::Route& route, std::string_view path);

// Everything but the path.
template <class Trace>
bool restMatches(const tables::Route& route, uint32_t number, const Request& request,
                 Trace& trace) {
  const auto& headers = route.headers;
  for (uint32_t i = 0; i < headers.size(); i++) {
    if (!headerMatches(headers[i], request.headers)) {
      trace.failed(number, Check::Header, i);
      return false;
    }
  }
  const tables::RouteConditions* more = route.conditions.get();
  if (more == nullptr) [[likely]] {
    return true;
  }
  if (!fractionHolds(*more, request.random)) {
    trace.failed(number, Check::Fraction, 0);
    return false;
  }
  if (more->grpc && !grpc::isRequest(request.headers)) {
    trace.failed(number, Check::Grpc, 0);
    return false;
  }
  for (uint32_t i = 0; i < more->query.size(); i++) {
    if (!queryMatches(more->query[i], request.headers.get(HeaderId::Path))) {
      trace.failed(number, Check::Query, i);
      return false;
    }
  }
  for (uint32_t i = 0; i < more->cookies.size(); i++) {
    if (!cookieMatches(more->cookies[i], request.headers)) {
      trace.failed(number, Check::Cookie, i);
      return false;
    }
  }
  return true;
}

// The routes of the set's patterns that match `path`, ascending. Valid until the next call on
// this thread.
const std::vector<int>& matchRegexSet(const tables::RouteIndex& index, std::string_view path);

// The scan that the index must agree with, and the way for short lists.
template <class Trace>
const tables::Route* scanRoutes(const tables::VirtualHost& host, const Request& request,
                                Trace& trace) {
  const tables::Route* routes = host.routes.data();
  uint32_t count = host.routes.size();
  const tables::RouteIndex* index = host.index.get();
  const std::vector<int>* set =
      index != nullptr && index->regex_set != 0 ? &matchRegexSet(*index, request.path) : nullptr;
  for (uint32_t i = 0; i < count; i++) {
    const tables::Route& route = routes[i];
    bool in_set = set != nullptr && route.path_match == tables::PathMatch::Regex;
    if (in_set ? !std::binary_search(set->begin(), set->end(), static_cast<int>(i))
               : !pathMatches(route, request.path)) {
      trace.failed(i, Check::Path, 0);
      continue;
    }
    if (restMatches(route, i, request, trace)) {
      trace.matched(i);
      return &route;
    }
  }
  return nullptr;
}

// Several ascending sequences, taken in ascending order. At most kMax of them.
class Merge {
 public:
  static constexpr uint32_t kMax = 64;

  // False when there is no room.
  bool add(Candidates c) {
    if (count_ == kMax) return false;
    cursors_[count_++] = c;
    return true;
  }
  // The next value (with its kNeedsRegex bit), or kEmpty.
  static constexpr uint32_t kEmpty = 0xffffffff;
  uint32_t peek() {
    uint32_t best = kEmpty;
    for (uint32_t i = 0; i < count_; i++) {
      uint32_t number = *cursors_[i].at & kCandidateMask;
      if (number < best) {
        best = number;
        from_ = i;
      }
    }
    return best == kEmpty ? kEmpty : *cursors_[from_].at & ~kInline;
  }
  // Goes past the value that peek() gave.
  void pop() {
    if (++cursors_[from_].at == cursors_[from_].end) cursors_[from_] = cursors_[--count_];
  }

 private:
  uint32_t count_ = 0;
  uint32_t from_ = 0;
  Candidates cursors_[kMax];
};

// Collects the candidates of one tree; lowers `regex_min` (1 + a route number, 0: none yet).
template <bool kFold>
bool collect(const tables::ByteTrie& trie, std::string_view path, Merge& merge,
             uint32_t& regex_min) {
  bool room = true;
  walkTrie<kFold>(trie, path, [&](const tables::TrieNode& node, size_t length) {
    if (node.prefix != 0) room = merge.add(candidatesOf(trie, node.prefix)) && room;
    if (node.exact != 0 && length == path.size()) {
      room = merge.add(candidatesOf(trie, node.exact)) && room;
    }
    if (node.regex_min - 1 < regex_min - 1) regex_min = node.regex_min;
  });
  return room;
}

template <class Trace>
const tables::Route* selectIndexed(const tables::VirtualHost& host, const tables::RouteIndex& index,
                                   const Request& request, Trace& trace) {
  Merge merge;
  uint32_t regex_min = 0;
  bool room = collect<false>(index.sensitive, request.path, merge, regex_min);
  if (index.folded.nodes.size() != 0) {
    room = collect<true>(index.folded, request.path, merge, regex_min) && room;
  }
  // A path below more than 64 nested prefixes: rare enough to be slow.
  if (!room) [[unlikely]] {
    return scanRoutes(host, request, trace);
  }
  const tables::Route* routes = host.routes.data();
  const int* set_at = nullptr;
  const int* set_end = nullptr;
  bool set_done = regex_min == 0;
  while (true) {
    uint32_t value = merge.peek();
    uint32_t number = value & kCandidateMask;
    // The set is asked only when no earlier route has matched.
    if (!set_done && regex_min - 1 < number) {
      const std::vector<int>& set = matchRegexSet(index, request.path);
      set_at = set.data();
      set_end = set_at + set.size();
      set_done = true;
    }
    if (set_at != set_end && static_cast<uint32_t>(*set_at) < number) {
      number = static_cast<uint32_t>(*set_at++);
    } else {
      if (value == Merge::kEmpty) return nullptr;
      merge.pop();
      if ((value & kNeedsRegex) != 0 && !pathMatches(routes[number], request.path)) {
        trace.failed(number, Check::Path, 0);
        continue;
      }
    }
    if (restMatches(routes[number], number, request, trace)) {
      trace.matched(number);
      return &routes[number];
    }
  }
}

// A request without a path (CONNECT): only routes with a connect_matcher are for it, of which there
// are few.
template <class Trace>
const tables::Route* scanConnect(const tables::VirtualHost& host, const Request& request,
                                 Trace& trace) {
  const tables::Route* routes = host.routes.data();
  for (uint32_t i = 0; i < host.routes.size(); i++) {
    if (routes[i].path_match != tables::PathMatch::Connect) {
      trace.failed(i, Check::Path, 0);
    } else if (restMatches(routes[i], i, request, trace)) {
      trace.matched(i);
      return &routes[i];
    }
  }
  return nullptr;
}

// The first route of `host` that matches, or null.
template <class Trace>
const tables::Route* select(const tables::VirtualHost& host, const HeaderMap& headers,
                            uint64_t random, Trace& trace) {
  std::string_view path = headers.get(HeaderId::Path);
  if (path.data() == nullptr) [[unlikely]]
    return scanConnect(host, Request{headers, {}, random}, trace);
  Request request{headers, barePath(path), random};
  const tables::RouteIndex* index = host.index.get();
  return index == nullptr ? scanRoutes(host, request, trace)
                          : selectIndexed(host, *index, request, trace);
}

}  // namespace attache::route
