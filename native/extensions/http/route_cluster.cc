#include "extensions/http/route_cluster.h"

#include "route/cluster.h"
#include "worker/worker.h"

namespace attache::extensions {

upstream::Cluster* clusterOf(http::Stream& stream, const route::ClusterChoice& choice) {
  upstream::Clusters& clusters = *stream.worker().clusters;
  return choice.id ? clusters.get(choice.id) : clusters.named(choice.name);
}

upstream::Cluster* routedCluster(http::Stream& stream) {
  const tables::Route* route = stream.route().route;
  if (!route) return nullptr;
  return clusterOf(stream,
                   route::chooseCluster(*route, stream.request(), [&] { return stream.random(); }));
}

}  // namespace attache::extensions
