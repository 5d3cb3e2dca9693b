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

// The status of an answer without a host; 0: the route asks one.
int answerStatus(const tables::Route& route) {
  switch (route.action) {
    case tables::RouteAction::Redirect:
      return route.redirect->code;
    case tables::RouteAction::DirectResponse:
      return route.direct->status;
    default:
      return 0;
  }
}

}  // namespace

Explanation explain(const tables::RouteConfig& config, const void* (*resolve)(uint32_t),
                    HeaderMap& request, HeaderMap& response, uint64_t random,
                    std::string_view (*format)(const tables::Format&, const HeaderMap&, Arena&)) {
  Explanation out;
  out.match = match(config, resolve, request, random, Tracer{out});
  Arena& arena = *request.arena();
  if (out.match.host && wantsTls(*out.match.host, request)) {
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
  out.status = answerStatus(*route);
  if (out.status) {
    out.location = answerLocation(*route, request);
  } else {
    out.cluster = arena.copy(choice.name);
    std::string_view path = request.get(HeaderId::Path);
    mutateRequest(config, out.match, weighted, request, value);
    rewriteRequest(*route, weighted, path, {}, true, request);
  }
  mutateResponse(config, out.match, weighted, response, value);
  return out;
}

}  // namespace attache::route
