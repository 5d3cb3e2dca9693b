// Nanoseconds for a route: host and path of tables of growing size, first and last route.
//
//   route_bench [seconds per line, default 0.2]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "route/match.h"
#include "route/test/random_tables.h"

namespace attache::route::testing {
namespace {

double seconds = 0.2;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// The route of number i, and a path that only it matches.
RouteSpec routeOf(size_t i, int kind) {
  RouteSpec r;
  std::string n = std::to_string(i);
  switch (kind == 3 ? static_cast<int>(i % 3) : kind) {
    case 0:
      r.path = "/api/v1/service-" + n + "/";
      break;
    case 1:
      r.kind = tables::PathMatch::Exact;
      r.path = "/static/page-" + n + "/index.html";
      break;
    default:
      r.kind = tables::PathMatch::Regex;
      r.regex_prefix = "/users/" + n + "/";
      r.path = "/users/" + n + "/[^/]+/orders/[0-9]+";
  }
  return r;
}
std::string pathOf(const RouteSpec& r) {
  switch (r.kind) {
    case tables::PathMatch::Prefix:
      return r.path + "items?id=42";
    case tables::PathMatch::Regex:
      return r.regex_prefix + "jane/orders/1234?x=1";
    default:
      return r.path;
  }
}

struct Target {
  std::string host, path;
};

// Requests for `targets` in turn.
void run(const char* name, const tables::RouteConfig& config, const tables::VirtualHost& host,
         const std::vector<Target>& targets) {
  BlockPool pool;
  Arena arena(pool);
  std::vector<HeaderMap> maps;
  maps.reserve(targets.size());
  for (const Target& target : targets) {
    HeaderMap& map = maps.emplace_back(&arena);
    map.add(HeaderId::Method, "GET");
    map.add(HeaderId::Authority, target.host);
    map.add(HeaderId::Path, target.path);
    map.add(HeaderId::UserAgent, "bench");
  }
  auto resolve = [&](uint32_t) -> const void* { return &host; };
  size_t turns = 0, found = 0;
  double start = now(), end = start;
  while (end - start < seconds) {
    for (int k = 0; k < 100; k++) {
      for (const HeaderMap& map : maps) found += match(config, resolve, map).route != nullptr;
    }
    turns += 100 * maps.size();
    end = now();
  }
  std::printf("%-44s %9.1f ns%s\n", name, (end - start) * 1e9 / static_cast<double>(turns),
              found == turns ? "" : "  (not all matched)");
}

void table(const char* name, size_t count, int kind, Layout layout) {
  std::vector<RouteSpec> routes;
  for (size_t i = 0; i < count; i++) routes.push_back(routeOf(i, kind));
  auto host = buildHost(routes, layout);
  auto config = buildConfig({{"www.example.com"}, {"*.example.org"}, {"*"}});
  std::string label = std::string(name) + ", " + std::to_string(count);
  std::vector<Target> all;
  for (const RouteSpec& r : routes) all.push_back({"www.example.com", pathOf(r)});
  run((label + ", first").c_str(), config->config(), host->host(), {all.front()});
  if (count == 1) return;
  run((label + ", last").c_str(), config->config(), host->host(), {all.back()});
  // Every route in turn: caches and automata see all of the table.
  run((label + ", all").c_str(), config->config(), host->host(), all);
}

// One route in each of many virtual hosts, by exact name and by wildcard.
void hosts(size_t count) {
  std::vector<std::vector<std::string>> domains;
  std::vector<Target> exact, wildcard;
  for (size_t i = 0; i < count; i++) {
    std::string n = std::to_string(i);
    domains.push_back({"www" + n + ".example.com", "*.service-" + n + ".example.org"});
    exact.push_back({"www" + n + ".example.com", "/"});
    wildcard.push_back({"a.service-" + n + ".example.org", "/"});
  }
  auto config = buildConfig(domains);
  auto host = buildHost({RouteSpec{}}, Layout::Scan);
  std::string n = std::to_string(count);
  run(("exact host, " + n + ", last").c_str(), config->config(), host->host(), {exact.back()});
  run(("exact host, " + n + ", all").c_str(), config->config(), host->host(), exact);
  run(("wildcard host, " + n + ", last").c_str(), config->config(), host->host(),
      {wildcard.back()});
  run(("wildcard host, " + n + ", all").c_str(), config->config(), host->host(), wildcard);
}

}  // namespace
}  // namespace attache::route::testing

int main(int argc, char** argv) {
  using namespace attache::route::testing;
  if (argc > 1) seconds = std::atof(argv[1]);
  const char* kinds[] = {"prefix", "exact", "regex", "mixed"};
  for (int kind = 0; kind < 4; kind++) {
    table(kinds[kind], 1, kind, Layout::Scan);
    table(kinds[kind], 8, kind, Layout::Scan);
    table(kinds[kind], 8, kind, Layout::Index);
    table(kinds[kind], 100, kind, Layout::IndexWithSet);
    table(kinds[kind], 10000, kind, Layout::IndexWithSet);
  }
  for (size_t count : {1, 10000}) hosts(count);
  return 0;
}
