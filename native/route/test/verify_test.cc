#include "route/verify.h"

#include "base/test.h"
#include "route/match.h"
#include "route/test/random_tables.h"

namespace attache::route::testing {
namespace {

std::unique_ptr<Table> small(Layout layout = Layout::Index) {
  RouteSpec a, b, c, d;
  a.path = "/a";
  b.kind = tables::PathMatch::Exact;
  b.path = "/b";
  c.kind = tables::PathMatch::Regex;
  c.path = "/c+";
  d.path = "/a";
  return buildHost({a, b, c, d}, layout);
}

template <class T>
T& writable(const T& field) {
  return const_cast<T&>(field);
}

// What verify() says of a table after `change`; empty when it is content.
template <class Change>
std::string after(Layout layout, Change&& change) {
  auto table = small(layout);
  std::string why;
  if (!verify(table->host(), &why)) return "before: " + why;
  change(table->host());
  return verify(table->host(), &why) ? "" : why;
}

TEST(damagedTablesAreRefused) {
  using Host = const tables::VirtualHost&;
  auto root = [](Host h) -> tables::TrieNode& { return writable(h.index->sensitive.nodes[0]); };
  CHECK_EQ(after(Layout::Index, [](Host) {}), "");
  CHECK_EQ(after(Layout::IndexWithSet, [](Host) {}), "");
  CHECK_EQ(after(Layout::Index, [&](Host h) { root(h).children = 0; }), "a child beyond its tree");
  CHECK_EQ(after(Layout::Index, [&](Host h) { root(h).child_count = 99; }),
           "a child beyond its tree");
  CHECK_EQ(after(Layout::Index, [&](Host h) { root(h).label_len = 999; }),
           "a label beyond its tree");
  CHECK_EQ(after(Layout::Index, [&](Host h) { root(h).label = ~0u; }), "a label beyond its tree");
  for (uint32_t value : {kInline | 4, 99u, 2u, ~0u}) {
    CHECK_EQ(after(Layout::Index, [&](Host h) { root(h).exact = value; }),
             "a tree with a value out of range");
  }
  CHECK_EQ(after(Layout::Index, [&](Host h) { root(h).regex_min = 3; }),
           "a regex set that is not there");
  CHECK_EQ(after(Layout::Index, [](Host h) { writable(h.routes[2]).path_regex = 0; }),
           "a route without its regex");
  CHECK_EQ(after(Layout::Index, [](Host h) { writable(h.routes[2]).path_regex = 999999; }),
           "a route without its regex");
  CHECK_EQ(after(Layout::IndexWithSet, [](Host h) { writable(h.index->regex_routes[0]) = 4; }),
           "a regex of a route out of range");
  CHECK_EQ(after(Layout::IndexWithSet, [](Host h) { writable(h.index->regex_routes).count = 0; }),
           "a regex set of another size");
  CHECK_EQ(
      after(Layout::Scan,
            [](Host h) { writable(h.routes[0]).action = tables::RouteAction::WeightedClusters; }),
      "weighted clusters without weight");
  CHECK_EQ(after(Layout::Scan,
                 [](Host h) { writable(h.routes[0]).action = tables::RouteAction::Redirect; }),
           "a route without its action");
}

TEST(damagedDomainsAreRefused) {
  auto why = [](auto change) {
    auto table = buildConfig({{"a", "*.b"}, {"c*"}, {"*"}});
    std::string text;
    change(table->config());
    return verify(table->config(), &text) ? std::string() : text;
  };
  using Config = const tables::RouteConfig&;
  CHECK_EQ(why([](Config) {}), "");
  CHECK_EQ(why([](Config c) { writable(c.default_host) = 4; }), "a default host out of range");
  CHECK_EQ(why([](Config c) { writable(c.domains->slots).count = 3; }),
           "a hash table of a wrong size");
  CHECK_EQ(why([](Config c) { writable(c.domains->slots[0]) = 2; }),
           "a hash table with an entry out of range");
  CHECK_EQ(why([](Config c) {
             for (const uint32_t& slot : c.domains->slots) writable(slot) = 1;
           }),
           "a full hash table");
  CHECK_EQ(why([](Config c) { writable(c.domains->exact[0]).host = 3; }),
           "a virtual host out of range");
}

// Whatever the bytes of an index are: what passes can be searched.
TEST(whatPassesCanBeSearched) {
  size_t passed = 0;
  for (uint64_t seed = 1; seed <= 3000; seed++) {
    RandomTables random(seed);
    std::vector<RouteSpec> routes = random.table(20);
    auto table = buildHost(routes, random.chance(0.5) ? Layout::Index : Layout::IndexWithSet);
    const tables::VirtualHost& host = table->host();
    const tables::ByteTrie& trie = host.index->sensitive;
    for (size_t n = 1 + random.below(3); n > 0; n--) {
      char* begin;
      size_t size;
      if (random.chance(0.8) || trie.lists.empty()) {
        begin = reinterpret_cast<char*>(const_cast<tables::TrieNode*>(trie.nodes.data()));
        size = trie.nodes.size() * sizeof(tables::TrieNode);
      } else {
        begin = reinterpret_cast<char*>(const_cast<uint32_t*>(trie.lists.data()));
        size = trie.lists.size() * 4;
      }
      begin[random.below(size)] =
          static_cast<char>(random.chance(0.7) ? random.below(8) : random.below(256));
    }
    std::string why;
    if (!verify(host, &why)) continue;
    passed++;
    BlockPool pool;
    Arena arena(pool);
    HeaderMap map(&arena);
    NoTrace trace;
    for (int i = 0; i < 20; i++) {
      RequestSpec request = random.request(routes);
      fillHeaders(map, request);
      const tables::Route* route = select(host, map, 0, trace);
      CHECK(route == nullptr || (route >= host.routes.begin() && route < host.routes.end()));
    }
  }
  CHECK(passed > 300 && passed < 2900);
}

}  // namespace
}  // namespace attache::route::testing
