// The cluster that the router is going to take, for filters before it.
#pragma once

#include "http/stream.h"
#include "route/cluster.h"
#include "upstream/cluster.h"

namespace attache::extensions {

// Null: it is not there.
upstream::Cluster* clusterOf(http::Stream& stream, const route::ClusterChoice& choice);
// Null: none, or it is not there.
upstream::Cluster* routedCluster(http::Stream& stream);

}  // namespace attache::extensions
