// Which cluster a route sends a request to.
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/headers.h"
#include "route/rewrite.h"
#include "tables/generated/layout.h"

namespace attache::route {

struct ClusterChoice {
  uint32_t id;                              // in the directory; 0: by its name alone
  std::string_view name;                    // of the record, or of the request's headers
  const tables::WeightedCluster* weighted;  // of several
};

// `random` answers the request's number, and is only called where chance decides.
template <class Random>
[[gnu::always_inline]] inline ClusterChoice chooseCluster(const tables::Route& route,
                                                          const HeaderMap& headers,
                                                          Random&& random) {
  if (route.action == tables::RouteAction::Cluster) [[likely]]
    return {route.cluster, route.cluster_name.view(), nullptr};
  if (route.action == tables::RouteAction::ClusterHeader)
    return {0, headers.get(route.cluster_name.view()), nullptr};
  if (route.action != tables::RouteAction::WeightedClusters) return {0, {}, nullptr};
  const tables::WeightedClusters& all = *route.weighted;
  const tables::WeightedCluster& one = all.clusters[pickWeighted(all, random())];
  if (one.cluster_header.empty()) return {one.cluster, one.name.view(), &one};
  return {0, headers.get(one.cluster_header.view()), &one};
}

}  // namespace attache::route
