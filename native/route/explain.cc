#include "route/explain.h"

#include "route/cluster.h"
#include "route/mutations.h"
#include "route/rewrite.h"

namespace attache::route {
namespace {

struct Tracer {
  Explanation& out;
  void host(uint32_t number) const { out.host = number; }
  void failed(uint32_t route, Check check, uint32_t detail) const {
    out.misses.push_back({route, check, detail});
  }
  void matched(uint32_t route) const { out.route = route; }
};

bool needsTls(const tables::VirtualHost& host, const HeaderMap& request) {
  if (host.require_tls == tables::RequireTls::None) return false;
  if (request.get(HeaderId::XForwardedProto) == "https") return false;
  return host.require_tls == tables::RequireTls::All || request.get("x-envoy-internal") != "true";
}

// An answer without a host; false when the route asks one.
bool answered(const tables::Route& route, HeaderMap& request, Explanation& out) {
  Arena& arena = *request.arena();
  if (route.action == tables::RouteAction::Redirect) {
    std::string_view path = request.get(HeaderId::Path);
    request.set(HeaderId::Path, rewritePath(route, path, arena));
    out.location = redirectLocation(route.redirect.get(), request, arena);
    request.set(HeaderId::Path, path);
    out.status = route.redirect->code;
    return true;
  }
  if (route.action != tables::RouteAction::DirectResponse) return false;
  out.status = route.direct->status;
  if (out.status == 201 || out.status / 100 == 3)
    out.location = redirectLocation(nullptr, request, arena);
  return true;
}

}  // namespace

Explanation explain(const tables::RouteConfig& config, const void* (*resolve)(uint32_t),
                    HeaderMap& request, HeaderMap& response, uint64_t random,
                    std::string_view (*format)(const tables::Format&, const HeaderMap&, Arena&)) {
  Explanation out;
  out.match = match(config, resolve, request, random, Tracer{out});
  Arena& arena = *request.arena();
  if (out.match.host && needsTls(*out.match.host, request)) {
    out.to_tls = true;
    out.status = 301;
    out.location =
        arena.concat("https://", request.get(HeaderId::Authority), request.get(HeaderId::Path));
    return out;
  }
  const tables::Route* route = out.match.route;
  if (!route) {
    out.status = 404;
    return out;
  }
  auto value = [&](const tables::Format& f) { return format(f, request, arena); };
  ClusterChoice choice = chooseCluster(*route, request, [&] { return random; });
  const tables::WeightedCluster* weighted = choice.weighted;
  if (!answered(*route, request, out)) {
    out.cluster = arena.copy(choice.name);
    std::string_view path = request.get(HeaderId::Path);
    mutateRequest(config, out.match, weighted, request, value);
    rewriteRequest(*route, weighted, path, {}, true, request);
  }
  mutateResponse(config, out.match, weighted, response, value);
  return out;
}

}  // namespace attache::route
