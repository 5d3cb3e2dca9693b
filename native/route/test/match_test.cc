#include "route/match.h"

#include <set>

#include "base/test.h"
#include "route/test/random_tables.h"

namespace attache::route::testing {
namespace {

struct Requests {
  BlockPool pool;
  Arena arena{pool};
  HeaderMap map{&arena};
};

std::string describe(const std::optional<size_t>& number) {
  return number ? std::to_string(*number) : "none";
}

std::optional<size_t> numberOf(const tables::VirtualHost& host, const tables::Route* route) {
  if (route == nullptr) return std::nullopt;
  return static_cast<size_t>(route - host.routes.data());
}

TEST(everyWayOfLookingFindsTheFirstRoute) {
  size_t matched = 0, later = 0;
  for (uint64_t seed = 1; seed <= 150; seed++) {
    RandomTables random(seed);
    std::vector<RouteSpec> routes = random.table(1 + random.below(60));
    auto scan = buildHost(routes, Layout::Scan);
    auto index = buildHost(routes, Layout::Index);
    auto set = buildHost(routes, Layout::IndexWithSet);
    REQUIRE(scan && index && set);
    Requests r;
    NoTrace trace;
    for (int i = 0; i < 60; i++) {
      RequestSpec request = random.request(routes);
      fillHeaders(r.map, request);
      std::string expected = describe(referenceRoute(routes, request));
      matched += expected != "none";
      later += expected != "none" && expected != "0";
      for (Table* table : {scan.get(), index.get(), set.get()}) {
        const tables::VirtualHost& host = table->host();
        std::string got = describe(numberOf(host, select(host, r.map, 0, trace)));
        if (!CHECK_EQ(got, expected)) {
          std::fprintf(stderr, "  seed %lu path %s\n", static_cast<unsigned long>(seed),
                       test::quoted(request.path).c_str());
          return;
        }
      }
      r.arena.reset();
    }
  }
  // The requests must be worth something.
  CHECK(matched > 4000);
  CHECK(later > 2000);
}

TEST(hostsAreFoundInEnvoysOrder) {
  size_t found = 0;
  for (uint64_t seed = 1; seed <= 200; seed++) {
    RandomTables random(seed);
    std::set<std::string> seen;
    std::vector<std::vector<std::string>> domains(1 + random.below(12));
    for (auto& host : domains) {
      for (size_t n = 1 + random.below(3); n > 0; n--) {
        std::string d = random.domain();
        if (random.chance(0.3)) d = "*" + d;
        if (random.chance(0.3)) d += "*";
        if (random.chance(0.05)) d = "*";
        if (seen.insert(toLower(d)).second) host.push_back(d);
      }
    }
    auto table = buildConfig(domains);
    Requests r;
    for (int i = 0; i < 60; i++) {
      std::string authority = random.domain();
      r.map.clear();
      r.map.add(HeaderId::Authority, authority);
      uint32_t number = findHost(table->config(), r.map);
      std::optional<size_t> expected = referenceHost(domains, authority);
      found += expected.has_value();
      if (!CHECK_EQ(number, expected ? static_cast<uint32_t>(*expected) : kNoHost)) {
        std::fprintf(stderr, "  seed %lu %s\n", static_cast<unsigned long>(seed),
                     authority.c_str());
        return;
      }
    }
  }
  CHECK(found > 3000);
}

TEST(portsOfHosts) {
  auto literal = buildConfig({{"a.com"}, {"a.com:80"}, {"[::1]"}, {"*.b:81"}});
  auto ignoring = buildConfig({{"a.com"}, {"a.com:80"}, {"[::1]"}, {"*.b"}}, true);
  struct {
    const char* authority;
    uint32_t literal, ignoring;
  } cases[] = {
      {"a.com", 0, 0},     {"A.com:80", 1, 0},       {"a.com:81", kNoHost, 0},
      {"[::1]", 2, 2},     {"[::1]:9", kNoHost, 2},  {"x.b:81", 3, 3},
      {"x.b", kNoHost, 3}, {".b", kNoHost, kNoHost}, {"a.com:", kNoHost, 0},
  };
  for (const auto& c : cases) {
    Requests r;
    r.map.add(HeaderId::Authority, c.authority);
    CHECK_EQ(findHost(literal->config(), r.map), c.literal);
    CHECK_EQ(findHost(ignoring->config(), r.map), c.ignoring);
  }
}

TEST(aRequestWithoutHostOrPath) {
  auto star = buildConfig({{"*"}});
  auto both = buildConfig({{"a"}, {"*"}});
  Requests r;
  r.map.add(HeaderId::Method, "GET");
  CHECK_EQ(findHost(star->config(), r.map), 0u);
  // Envoy looks at no domain at all then.
  CHECK_EQ(findHost(both->config(), r.map), kNoHost);
  auto table = buildHost({RouteSpec{}}, Layout::Scan);
  NoTrace trace;
  CHECK(select(table->host(), r.map, 0, trace) == nullptr);
  r.map.add(HeaderId::Path, "");
  CHECK(select(table->host(), r.map, 0, trace) != nullptr);
}

TEST(manyNestedPrefixesAreScanned) {
  std::vector<RouteSpec> routes;
  for (size_t i = 0; i < 200; i++) {
    RouteSpec r;
    r.path = "/" + std::string(i, 'a');
    // Only the longest can match, by its header.
    HeaderSpec h;
    h.name = "x-n";
    h.kind = tables::HeaderMatch::String;
    h.value = std::to_string(i);
    r.headers.push_back(h);
    routes.push_back(r);
  }
  auto table = buildHost(routes, Layout::Index);
  Requests r;
  NoTrace trace;
  RequestSpec request{"h", "/" + std::string(300, 'a'), {{"x-n", "199"}}};
  fillHeaders(r.map, request);
  CHECK_EQ(describe(numberOf(table->host(), select(table->host(), r.map, 0, trace))), "199");
}

struct Recorder {
  std::string text;
  void host(uint32_t number) { text += "host " + std::to_string(number) + "; "; }
  void failed(uint32_t route, Check check, uint32_t detail) {
    text += std::to_string(route) + " fails " + std::to_string(static_cast<int>(check)) + "." +
            std::to_string(detail) + "; ";
  }
  void matched(uint32_t route) { text += std::to_string(route) + " matches"; }
};

TEST(aTraceNamesWhatFailed) {
  std::vector<RouteSpec> routes(3);
  HeaderSpec there, missing;
  there.name = "x-a";
  missing.name = "x-b";
  routes[0].path = "/elsewhere";
  routes[1].path = "/a";
  routes[1].headers = {there, missing};
  routes[2].path = "/";
  Requests r;
  RequestSpec request{"h", "/a/b", {{"x-a", "1"}}};
  fillHeaders(r.map, request);
  auto config = buildConfig({{"other"}, {"h"}});
  for (Layout layout : {Layout::Scan, Layout::Index}) {
    auto table = buildHost(routes, layout);
    Recorder recorder;
    auto resolve = [&](uint32_t ref) -> const void* { return ref == 2 ? &table->host() : nullptr; };
    Match m = match(config->config(), resolve, r.map, 0, recorder);
    CHECK(m.host == &table->host() && m.route == &table->host().routes[2]);
    CHECK_EQ(recorder.text, layout == Layout::Scan ? "host 1; 0 fails 0.0; 1 fails 1.1; 2 matches"
                                                   : "host 1; 1 fails 1.1; 2 matches");
  }
}

TEST(lowerCaseWordsAgreeWithBytes) {
  for (int a = 0; a < 256; a++) {
    for (int b = 0; b < 256; b++) {
      uint32_t v = static_cast<uint32_t>(a) | static_cast<uint32_t>(b) << 8 |
                   static_cast<uint32_t>(a) << 16 | static_cast<uint32_t>(b) << 24;
      uint32_t la = lower(static_cast<uint8_t>(a)), lb = lower(static_cast<uint8_t>(b));
      CHECK_EQ(lower4(v), la | lb << 8 | la << 16 | lb << 24);
    }
  }
}

}  // namespace
}  // namespace attache::route::testing
