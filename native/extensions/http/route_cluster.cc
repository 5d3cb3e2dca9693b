#include "extensions/http/route_cluster.h"

#include "route/rewrite.h"
#include "worker/worker.h"

namespace attache::extensions {

upstream::Cluster* routedCluster(http::Stream& stream) {
  const tables::Route* route = stream.route().route;
  if (!route) return nullptr;
  uint32_t id = route->cluster;
  if (route->action == tables::RouteAction::WeightedClusters) {
    const tables::WeightedClusters& all = *route->weighted;
    id = all.clusters[route::pickWeighted(all, stream.random())].cluster;
  }
  return id ? stream.worker().clusters->get(id) : nullptr;
}

}  // namespace attache::extensions
