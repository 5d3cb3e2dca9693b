// A table and requests from lines of text: whichever way a route is looked for, it is the one
// that the plain reference finds. A line's first byte says what it is:
//
//   p P e E s S   a route: prefix, exact path, separated prefix; capitals ignore case
//   r             a route: regex
//   x X b i       the last route wants the header h: exact, not exact, prefix, prefix without case
//   h             requests from here on have another header h of this value
//   q             a request of this path
//   d             another domain of the last virtual host; with nothing behind it a new host
//   a             a request of this authority
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "route/match.h"
#include "route/test/random_tables.h"
#include "route/verify.h"

using namespace attache;
using namespace attache::route;
using namespace attache::route::testing;

namespace {

constexpr size_t kMaxRoutes = 40;
constexpr size_t kMaxPattern = 60;

struct Scene {
  std::vector<RouteSpec> routes;
  std::vector<RequestSpec> requests;
  std::vector<std::vector<std::string>> domains{1};
  std::vector<std::string> authorities;
};

void addRoute(Scene& scene, tables::PathMatch kind, bool sensitive, std::string_view path) {
  if (scene.routes.size() == kMaxRoutes) return;
  RouteSpec route;
  route.kind = kind;
  route.case_sensitive = sensitive;
  route.path = path;
  if (kind == tables::PathMatch::Regex &&
      (path.size() > kMaxPattern || !RE2(path, RE2::Quiet).ok())) {
    return;
  }
  scene.routes.push_back(route);
}

void addHeader(Scene& scene, tables::StringMatch kind, bool ignore_case, bool invert,
               std::string_view value) {
  if (scene.routes.empty()) return;
  HeaderSpec header;
  header.name = "h";
  header.kind = tables::HeaderMatch::String;
  header.string = kind;
  header.value = value;
  header.ignore_case = ignore_case;
  header.invert = invert;
  scene.routes.back().headers.push_back(header);
}

Scene read(std::string_view text) {
  using enum tables::PathMatch;
  using tables::StringMatch;
  Scene scene;
  std::vector<std::pair<std::string, std::string>> headers;
  std::set<std::string> seen;
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.empty()) continue;
    std::string_view rest = line.substr(1);
    switch (line[0]) {
      case 'p':
        addRoute(scene, Prefix, true, rest);
        break;
      case 'P':
        addRoute(scene, Prefix, false, rest);
        break;
      case 'e':
        addRoute(scene, Exact, true, rest);
        break;
      case 'E':
        addRoute(scene, Exact, false, rest);
        break;
      case 's':
        addRoute(scene, PathSeparatedPrefix, true, rest);
        break;
      case 'S':
        addRoute(scene, PathSeparatedPrefix, false, rest);
        break;
      case 'r':
        addRoute(scene, Regex, true, rest);
        break;
      case 'x':
        addHeader(scene, StringMatch::Exact, false, false, rest);
        break;
      case 'X':
        addHeader(scene, StringMatch::Exact, false, true, rest);
        break;
      case 'b':
        addHeader(scene, StringMatch::Prefix, false, false, rest);
        break;
      case 'i':
        addHeader(scene, StringMatch::Prefix, true, false, rest);
        break;
      case 'h':
        headers.emplace_back("h", rest);
        break;
      case 'q':
        scene.requests.push_back({"a", std::string(rest), headers});
        break;
      case 'a':
        scene.authorities.emplace_back(rest);
        break;
      case 'd':
        if (rest.empty()) {
          scene.domains.emplace_back();
        } else if (seen.insert(toLower(std::string(rest))).second) {
          scene.domains.back().emplace_back(rest);
        }
        break;
      default:
        break;
    }
  }
  return scene;
}

void require(bool truth) {
  if (!truth) std::abort();
}

void checkRoutes(const Scene& scene) {
  std::vector<std::unique_ptr<Table>> tables;
  for (Layout layout : {Layout::Scan, Layout::Index, Layout::IndexWithSet}) {
    tables.push_back(buildHost(scene.routes, layout));
    std::string why;
    require(tables.back() != nullptr && verify(tables.back()->host(), &why));
  }
  BlockPool pool(0);
  NoTrace trace;
  for (const RequestSpec& request : scene.requests) {
    Arena arena(pool);
    HeaderMap map(&arena);
    fillHeaders(map, request);
    std::optional<size_t> expected = referenceRoute(scene.routes, request);
    for (const auto& table : tables) {
      const tables::Route* route = select(table->host(), map, 0, trace);
      require(route ==
              (expected ? &table->host().routes[static_cast<uint32_t>(*expected)] : nullptr));
    }
  }
}

void checkHosts(const Scene& scene) {
  auto table = buildConfig(scene.domains);
  std::string why;
  require(verify(table->config(), &why));
  BlockPool pool(0);
  for (const std::string& authority : scene.authorities) {
    Arena arena(pool);
    HeaderMap map(&arena);
    map.add(HeaderId::Authority, authority);
    std::optional<size_t> expected = referenceHost(scene.domains, authority);
    require(findHost(table->config(), map) ==
            (expected ? static_cast<uint32_t>(*expected) : kNoHost));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 4096) return 0;
  Scene scene = read({reinterpret_cast<const char*>(data), size});
  checkRoutes(scene);
  checkHosts(scene);
  return 0;
}
