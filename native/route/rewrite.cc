#include "route/rewrite.h"

#include "base/regex.h"
#include "route/conditions.h"

namespace attache::route {
namespace {

// How much of a matched path a prefix rewrite replaces.
size_t matchedLength(const tables::Route& route, std::string_view path) {
  return route.path_match == tables::PathMatch::Regex ? barePath(path).size()
                                                      : route.path.view().size();
}

bool isDefaultPort(std::string_view port, std::string_view scheme) {
  return (scheme == "https" && port == ":443") || (scheme == "http" && port == ":80");
}

// The request's authority for a URL of another scheme or port: without its port when that is
// replaced, or when it was the default one of a scheme that is left.
std::string_view hostFor(const HeaderMap& headers, std::string_view scheme, std::string_view port) {
  std::string_view host = headers.get(HeaderId::Authority);
  if (host.empty()) return host;
  size_t end;
  if (host.front() == '[') {
    end = host.rfind("]:");
    if (end != std::string_view::npos) end++;
  } else {
    end = host.rfind(':');
  }
  if (end == std::string_view::npos) return host;
  std::string_view proto = headers.get(HeaderId::XForwardedProto);
  bool strip = !port.empty() || (scheme != proto && isDefaultPort(host.substr(end), proto));
  return strip ? host.substr(0, end) : host;
}

}  // namespace

uint32_t pickWeighted(const tables::WeightedClusters& clusters, uint64_t random) {
  uint64_t point = random % clusters.total;
  uint32_t last = clusters.clusters.size() - 1;
  for (uint32_t i = 0; i < last; i++) {
    uint32_t weight = clusters.clusters[i].weight;
    if (point < weight) return i;
    point -= weight;
  }
  return last;
}

std::string_view rewritePath(const tables::Route& route, std::string_view path, Arena& arena) {
  const tables::Rewrite* rewrite = route.rewrite.get();
  if (rewrite == nullptr || path.data() == nullptr) return path;
  std::string_view prefix = rewrite->prefix.view();
  if (!prefix.empty()) {
    size_t matched = matchedLength(route, path);
    // A filter may have changed the path since it was matched.
    if (matched > path.size()) return path;
    return arena.concat(prefix, path.substr(matched));
  }
  if (rewrite->regex != 0) {
    std::string_view bare = barePath(path);
    std::string_view replaced = RegexRegistry::instance()
                                    .at(rewrite->regex)
                                    .replaceAll(bare, rewrite->substitution.view(), arena);
    if (replaced.data() == bare.data()) return path;
    return arena.concat(replaced, path.substr(bare.size()));
  }
  return path;
}

std::string_view rewriteHost(const tables::Route& route, const tables::WeightedCluster* cluster,
                             const HeaderMap& headers, std::string_view path, Arena& arena) {
  if (const tables::Rewrite* rewrite = route.rewrite.get()) {
    if (!rewrite->host.empty()) return rewrite->host.view();
    if (!rewrite->host_header.empty()) {
      std::string_view host = headers.get(rewrite->host_header.view());
      if (!host.empty()) return host;
    }
    if (rewrite->host_regex != 0) {
      return RegexRegistry::instance()
          .at(rewrite->host_regex)
          .replaceAll(barePath(path), rewrite->host_substitution.view(), arena);
    }
  }
  return cluster != nullptr ? cluster->host_rewrite.view() : std::string_view();
}

void rewriteRequest(const tables::Route& route, const tables::WeightedCluster* cluster,
                    std::string_view path, std::string_view auto_host, bool tell,
                    HeaderMap& headers) {
  Arena& arena = *headers.arena();
  const tables::Rewrite* rewrite = route.rewrite.get();
  if (rewrite == nullptr) {
    if (cluster != nullptr && !cluster->host_rewrite.empty())
      headers.set(HeaderId::Authority, cluster->host_rewrite.view());
    return;
  }
  std::string_view host = rewriteHost(route, cluster, headers, path, arena);
  if (host.empty() && rewrite->auto_host && !auto_host.empty()) host = arena.copy(auto_host);
  if (!host.empty()) {
    if (tell) headers.set("x-envoy-original-host", headers.get(HeaderId::Authority));
    if (rewrite->append_x_forwarded_host) {
      headers.appendValue(HeaderId::XForwardedHost, headers.get(HeaderId::Authority), ",");
    }
    headers.set(HeaderId::Authority, host);
  }
  std::string_view renamed = rewritePath(route, path, arena);
  if (renamed.data() == path.data()) return;
  if (tell) headers.set(HeaderId::XEnvoyOriginalPath, path);
  headers.set(HeaderId::Path, renamed);
}

std::string_view answerLocation(const tables::Route& route, HeaderMap& headers) {
  Arena& arena = *headers.arena();
  if (route.action == tables::RouteAction::DirectResponse) {
    int status = route.direct->status;
    bool names_url = status == 201 || status / 100 == 3;
    return names_url ? redirectLocation(nullptr, headers, arena) : std::string_view{};
  }
  std::string_view path = headers.get(HeaderId::Path);
  headers.set(HeaderId::Path, rewritePath(route, path, arena));
  std::string_view location = redirectLocation(route.redirect.get(), headers, arena);
  headers.set(HeaderId::Path, path);  // logs and formats name what was asked for
  return location;
}

std::string_view redirectLocation(const tables::Redirect* redirect, const HeaderMap& headers,
                                  Arena& arena) {
  std::string_view scheme, host, port, path;
  bool strip_query = false;
  std::string_view request_path = headers.get(HeaderId::Path);
  if (redirect != nullptr) {
    scheme = redirect->scheme.view();
    host = redirect->host.view();
    port = redirect->port.view();
    path = redirect->path.view();
    strip_query = redirect->strip_query && !redirect->path_has_query;
  }
  if (scheme.empty()) scheme = headers.get(HeaderId::Scheme);
  if (host.empty()) host = hostFor(headers, scheme, port);
  std::string_view query;
  if (path.empty()) {
    path = request_path;
  } else if (redirect != nullptr && !redirect->path_has_query) {
    size_t at = request_path.find('?');
    if (at != std::string_view::npos) query = request_path.substr(at);
  }
  if (strip_query) {
    // path.find() has nothing to find in path_redirect: it has no query of its own.
    path = path.substr(0, path.find('?'));
    query = {};
  }
  std::string_view begin = arena.concat(scheme, "://", host);
  std::string_view end = arena.concat(port, path, query);
  return arena.concat(begin, end);
}

}  // namespace attache::route
