// The answers are those of Envoy 1.40.
#include "route/rewrite.h"

#include "base/test.h"
#include "route/test/table_builder.h"

namespace attache::route::testing {
namespace {

struct RedirectSpec {
  std::string scheme, host, port, path;
  bool strip_query = false;
};

std::string location(const RedirectSpec& spec, std::string_view host, std::string_view path,
                     std::string_view proto = "http") {
  Blob blob;
  size_t at = blob.alloc(sizeof(tables::Redirect));
  blob.string(blob.field(at, &tables::Redirect::scheme), spec.scheme);
  blob.string(blob.field(at, &tables::Redirect::host), spec.host);
  blob.string(blob.field(at, &tables::Redirect::port), spec.port);
  blob.string(blob.field(at, &tables::Redirect::path), spec.path);
  blob.at<tables::Redirect>(at)->strip_query = spec.strip_query;
  blob.at<tables::Redirect>(at)->path_has_query = spec.path.find('?') != std::string::npos;
  BlockPool pool;
  Arena arena(pool);
  HeaderMap map(&arena);
  // The connection manager takes :scheme from x-forwarded-proto.
  map.add(HeaderId::Scheme, proto);
  map.add(HeaderId::Authority, host);
  map.add(HeaderId::Path, path);
  map.add(HeaderId::XForwardedProto, proto);
  return std::string(redirectLocation(blob.at<tables::Redirect>(at), map, arena));
}

TEST(redirectsOfSchemeHostAndPort) {
  CHECK_EQ(location({}, "h", "/a/b?q=1"), "http://h/a/b?q=1");
  CHECK_EQ(location({}, "h:80", "/a"), "http://h:80/a");
  CHECK_EQ(location({"https", "", "", ""}, "h", "/a"), "https://h/a");
  // The default port of a scheme that is left goes with it.
  CHECK_EQ(location({"https", "", "", ""}, "h:80", "/a"), "https://h/a");
  CHECK_EQ(location({"https", "", "", ""}, "h:443", "/a"), "https://h:443/a");
  CHECK_EQ(location({"https", "", "", ""}, "h:443", "/a", "https"), "https://h:443/a");
  CHECK_EQ(location({"ftp", "", "", ""}, "h:443", "/a", "https"), "ftp://h/a");
  CHECK_EQ(location({"ftp", "", "", ""}, "h:80", "/a", "https"), "ftp://h:80/a");
  CHECK_EQ(location({"HTTPS", "", "", ""}, "h:8080", "/a"), "HTTPS://h:8080/a");
  CHECK_EQ(location({"", "", ":8443", ""}, "h:80", "/a"), "http://h:8443/a");
  CHECK_EQ(location({"https", "", ":8443", ""}, "h", "/a"), "https://h:8443/a");
  CHECK_EQ(location({"", "new", "", ""}, "h:80", "/a"), "http://new/a");
  CHECK_EQ(location({"", "new", ":99", ""}, "h:80", "/a"), "http://new:99/a");
  CHECK_EQ(location({"https", "", "", ""}, "[::1]:80", "/a"), "https://[::1]/a");
  CHECK_EQ(location({"https", "", "", ""}, "[::1]", "/a"), "https://[::1]/a");
  CHECK_EQ(location({"https", "", "", ""}, "h[::1]:80", "/a"), "https://h[::1]/a");
}

TEST(redirectsOfPathAndQuery) {
  CHECK_EQ(location({"", "", "", "/p"}, "h", "/a/b?q=1"), "http://h/p?q=1");
  CHECK_EQ(location({"", "", "", "/p"}, "h", "/a/b"), "http://h/p");
  CHECK_EQ(location({"", "", "", "/p?x=1"}, "h", "/a/b?q=1"), "http://h/p?x=1");
  CHECK_EQ(location({"", "", "", "/p?x=1", true}, "h", "/a/b?q=1"), "http://h/p?x=1");
  CHECK_EQ(location({"", "", "", "/p", true}, "h", "/a/b?q=1"), "http://h/p");
  CHECK_EQ(location({"", "", "", "", true}, "h", "/a/b?q=1"), "http://h/a/b");
  CHECK_EQ(location({"", "", "", "", true}, "h", "/a/b"), "http://h/a/b");
  CHECK_EQ(location({"", "", "", "/p#f"}, "h", "/a?q=1"), "http://h/p#f?q=1");
  CHECK_EQ(location({"", "", "", "nopath"}, "h", "/a?q=1"), "http://hnopath?q=1");
}

TEST(aDirectResponseNamesItsOwnUrl) {
  BlockPool pool;
  Arena arena(pool);
  HeaderMap map(&arena);
  map.add(HeaderId::Scheme, "http");
  map.add(HeaderId::Authority, "d.com");
  map.add(HeaderId::Path, "/201?x");
  CHECK_EQ(redirectLocation(nullptr, map, arena), "http://d.com/201?x");
}

// A route with a rewrite; the strings and the regex stay with it.
struct Rewriting {
  Table table;
  const tables::Route& route() { return *table.blob.at<tables::Route>(0); }
  Rewriting(tables::PathMatch kind, std::string_view path, std::string_view prefix,
            std::string_view regex = "", std::string_view substitution = "") {
    Blob& blob = table.blob;
    blob.alloc(sizeof(tables::Route));
    blob.at<tables::Route>(0)->path_match = kind;
    blob.string(blob.field(0, &tables::Route::path), path);
    size_t rewrite = blob.alloc(sizeof(tables::Rewrite));
    blob.pointOpt(blob.field(0, &tables::Route::rewrite), rewrite);
    blob.string(blob.field(rewrite, &tables::Rewrite::prefix), prefix);
    blob.string(blob.field(rewrite, &tables::Rewrite::substitution), substitution);
    if (!regex.empty()) {
      RegexRegistry::Error error;
      std::string_view patterns[] = {regex};
      uint32_t number = RegexRegistry::instance().acquire(patterns, false, &error);
      table.regexes.push_back(number);
      blob.at<tables::Rewrite>(rewrite)->regex = number;
    }
  }
  std::string path(std::string_view path) {
    BlockPool pool;
    Arena arena(pool);
    return std::string(rewritePath(route(), path, arena));
  }
};

TEST(prefixRewrites) {
  using enum tables::PathMatch;
  CHECK_EQ(Rewriting(Prefix, "/a", "/zz").path("/a/b?q=1"), "/zz/b?q=1");
  CHECK_EQ(Rewriting(Prefix, "/a", "/zz").path("/a"), "/zz");
  CHECK_EQ(Rewriting(Prefix, "/", "/zz").path("/a?q"), "/zza?q");
  CHECK_EQ(Rewriting(Prefix, "/a", "/zz?w=1").path("/a/b?q=1"), "/zz?w=1/b?q=1");
  CHECK_EQ(Rewriting(Exact, "/a/b", "/zz").path("/a/b?q=1"), "/zz?q=1");
  CHECK_EQ(Rewriting(PathSeparatedPrefix, "/a", "/zz").path("/a/b"), "/zz/b");
  CHECK_EQ(Rewriting(Regex, "/a.*", "/zz").path("/a/b?q=1"), "/zz?q=1");
  CHECK_EQ(Rewriting(Prefix, "/a", "").path("/a/b"), "/a/b");
  // The path may have changed since.
  CHECK_EQ(Rewriting(Prefix, "/long", "/zz").path("/a"), "/a");
}

TEST(regexRewrites) {
  using enum tables::PathMatch;
  CHECK_EQ(Rewriting(Prefix, "/a", "", "^/(\\w+)/b", "/\\1/\\0").path("/a/b?q=/a/b"),
           "/a//a/b?q=/a/b");
  CHECK_EQ(Rewriting(Prefix, "/", "", "o", "0").path("/foo/o?o"), "/f00/0?o");
  CHECK_EQ(Rewriting(Prefix, "/", "", "x", "y").path("/foo?x"), "/foo?x");
}

TEST(aRouteWithoutRewriteLeavesThePath) {
  Blob blob;
  blob.alloc(sizeof(tables::Route));
  BlockPool pool;
  Arena arena(pool);
  std::string_view path = "/a";
  CHECK(rewritePath(*blob.at<tables::Route>(0), path, arena).data() == path.data());
  CHECK_EQ(arena.bytes(), 0u);
}

TEST(weightsShareTheRandomNumbers) {
  Blob blob;
  blob.alloc(sizeof(tables::WeightedClusters));
  const std::vector<uint32_t> weights = {0, 30, 0, 20, 50, 0};
  std::vector<tables::WeightedCluster> clusters(weights.size());
  for (size_t i = 0; i < weights.size(); i++) clusters[i].weight = weights[i];
  blob.at<tables::WeightedClusters>(0)->total = 100;
  blob.array(blob.field(0, &tables::WeightedClusters::clusters), clusters);
  const auto& made = *blob.at<tables::WeightedClusters>(0);
  std::vector<uint32_t> seen(weights.size());
  for (uint64_t random = 700; random < 800; random++) seen[pickWeighted(made, random)]++;
  CHECK(seen == weights);
  CHECK_EQ(pickWeighted(made, ~uint64_t{0}), 1u);  // 2^64 - 1 leaves 15 over
}

}  // namespace
}  // namespace attache::route::testing
