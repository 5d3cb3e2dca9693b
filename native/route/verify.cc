#include "route/verify.h"

#include "base/regex.h"
#include "route/trie.h"

namespace attache::route {
namespace {

bool refuse(std::string* why, const char* what) {
  *why = what;
  return false;
}

bool values(const tables::ByteTrie& trie, uint32_t field, uint32_t limit) {
  if (field == 0) return true;
  if ((field & kInline) != 0) return (field & kCandidateMask) < limit;
  // Not Candidates: the count may be wrong.
  uint32_t at = field - 1;
  if (at >= trie.lists.size()) return false;
  uint32_t count = trie.lists[at];
  if (count == 0 || count > trie.lists.size() - at - 1) return false;
  uint32_t last = 0;
  for (uint32_t i = 1; i <= count; i++) {
    uint32_t value = trie.lists[at + i];
    uint32_t number = value & kCandidateMask;
    if ((value & kInline) != 0 || number >= limit || (i > 1 && number <= last)) return false;
    last = number;
  }
  return true;
}

// `limit`: values are below it.
bool trieIsSound(const tables::ByteTrie& trie, uint32_t limit, std::string* why) {
  uint32_t nodes = trie.nodes.size();
  if (trie.keys.size() != nodes) return refuse(why, "a tree with another number of keys");
  for (uint32_t n = 0; n < nodes; n++) {
    const tables::TrieNode& node = trie.nodes[n];
    if (node.label > trie.labels.size() || node.label_len > trie.labels.size() - node.label) {
      return refuse(why, "a label beyond its tree");
    }
    // Children come later than their parent: no walk is longer than the tree.
    if (node.child_count != 0 &&
        (node.children <= n || node.children > nodes || node.child_count > nodes - node.children)) {
      return refuse(why, "a child beyond its tree");
    }
    if (!values(trie, node.prefix, limit) || !values(trie, node.exact, limit) ||
        node.regex_min > limit) {
      return refuse(why, "a tree with a value out of range");
    }
  }
  return true;
}

bool needsRegex(const tables::ByteTrie& trie, const tables::VirtualHost& host, bool set,
                std::string* why) {
  for (const tables::TrieNode& node : trie.nodes) {
    if (node.regex_min != 0 && !set) return refuse(why, "a regex set that is not there");
    for (const uint32_t* field : {&node.prefix, &node.exact}) {
      if (*field == 0) continue;
      for (Candidates c = candidatesOf(trie, *field); c.at != c.end; c.at++) {
        const tables::Route& route = host.routes[*c.at & kCandidateMask];
        if ((*c.at & kNeedsRegex) != 0 && route.path_match == tables::PathMatch::Regex &&
            route.path_regex == 0) {
          return refuse(why, "a route without its regex");
        }
      }
    }
  }
  return true;
}

// Open addressing over `count` entries.
bool slotsAreSound(const tables::Vec<uint32_t>& slots, uint32_t count, std::string* why) {
  uint32_t size = slots.size();
  if ((size & (size - 1)) != 0 || (size == 0) != (count == 0)) {
    return refuse(why, "a hash table of a wrong size");
  }
  uint32_t used = 0;
  for (uint32_t slot : slots) {
    if (slot > count) return refuse(why, "a hash table with an entry out of range");
    used += slot != 0;
  }
  // A free slot ends every search.
  if (size != 0 && used == size) return refuse(why, "a full hash table");
  return true;
}

bool regexIsThere(uint32_t number) {
  return number == 0 || RegexRegistry::instance().find(number) != nullptr;
}

bool matcherIsSound(const tables::StringMatcher& matcher) {
  return matcher.kind != tables::StringMatch::Regex
             ? true
             : matcher.regex != 0 && !matcher.ignore_case && regexIsThere(matcher.regex);
}

bool routeIsSound(const tables::Route& route, bool set, std::string* why) {
  if (!regexIsThere(route.path_regex) ||
      (route.path_match == tables::PathMatch::Regex && route.path_regex == 0 && !set)) {
    return refuse(why, "a route without its regex");
  }
  for (const tables::HeaderMatcher& header : route.headers) {
    if (header.kind == tables::HeaderMatch::String && !matcherIsSound(header.string)) {
      return refuse(why, "a header matcher without its regex");
    }
  }
  if (const tables::RouteConditions* more = route.conditions.get()) {
    if (more->has_fraction && more->fraction_of == 0) return refuse(why, "a fraction of nothing");
    for (const tables::QueryMatcher& query : more->query) {
      if (query.kind == tables::HeaderMatch::String && !matcherIsSound(query.string)) {
        return refuse(why, "a query matcher without its regex");
      }
    }
    for (const tables::CookieMatcher& cookie : more->cookies) {
      if (!matcherIsSound(cookie.string)) return refuse(why, "a cookie matcher without its regex");
    }
  }
  if (const tables::Rewrite* rewrite = route.rewrite.get()) {
    if (!regexIsThere(rewrite->regex) || !regexIsThere(rewrite->host_regex)) {
      return refuse(why, "a rewrite without its regex");
    }
  }
  if (route.action == tables::RouteAction::WeightedClusters &&
      (!route.weighted || route.weighted->total == 0 || route.weighted->clusters.empty())) {
    return refuse(why, "weighted clusters without weight");
  }
  if ((route.action == tables::RouteAction::Redirect && !route.redirect) ||
      (route.action == tables::RouteAction::DirectResponse && !route.direct)) {
    return refuse(why, "a route without its action");
  }
  return true;
}

}  // namespace

bool verify(const tables::VirtualHost& host, std::string* why) {
  const tables::RouteIndex* index = host.index.get();
  bool set = index != nullptr && index->regex_set != 0;
  for (const tables::Route& route : host.routes) {
    if (!routeIsSound(route, set, why)) return false;
  }
  if (index == nullptr) return true;
  uint32_t routes = host.routes.size();
  if (!trieIsSound(index->sensitive, routes, why) || !trieIsSound(index->folded, routes, why)) {
    return false;
  }
  if (set) {
    const Regex* regexes = RegexRegistry::instance().find(index->regex_set);
    if (regexes == nullptr || regexes->size() != index->regex_routes.size()) {
      return refuse(why, "a regex set of another size");
    }
    uint32_t last = 0;
    for (uint32_t i = 0; i < index->regex_routes.size(); i++) {
      uint32_t route = index->regex_routes[i];
      if (route >= routes || (i > 0 && route <= last)) {
        return refuse(why, "a regex of a route out of range");
      }
      last = route;
    }
  }
  return needsRegex(index->sensitive, host, set, why) && needsRegex(index->folded, host, set, why);
}

bool verify(const tables::RouteConfig& config, std::string* why) {
  uint32_t hosts = config.virtual_hosts.size();
  if (config.default_host > hosts) return refuse(why, "a default host out of range");
  const tables::DomainIndex* index = config.domains.get();
  if (index == nullptr) return true;
  if (!slotsAreSound(index->slots, index->exact.size(), why)) return false;
  for (const tables::DomainEntry& entry : index->exact) {
    if (entry.host >= hosts) return refuse(why, "a virtual host out of range");
  }
  return trieIsSound(index->suffixes, hosts, why) && trieIsSound(index->prefixes, hosts, why);
}

bool verify(const tables::ScopeTable& table, std::string* why) {
  return slotsAreSound(table.slots, table.scopes.size(), why);
}

}  // namespace attache::route
