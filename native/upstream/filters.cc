#include "upstream/filters.h"

#include <string>

#include "network/filter.h"
#include "worker/worker.h"

namespace attache::upstream {

ClusterFilters::ClusterFilters(Worker& worker, tables::Pinned* cluster)
    : worker_(worker), cluster_(cluster) {
  cluster_->pins++;
  const auto& config = cluster->as<tables::Cluster>();
  std::string place = "cluster " + std::string(config.name.view()) + " filter ";
  for (const tables::Filter& filter : config.filters) {
    const network::FilterHooks* hooks = network::findFilter(filter.config.extension);
    if (!hooks) continue;
    const void* own = reinterpret_cast<const char*>(&filter.config) + filter.config.rel;
    std::string name = place + std::to_string(entries.size());
    entries.push_back({hooks, own, hooks->share ? hooks->share(worker, name, own) : nullptr});
  }
}

ClusterFilters::~ClusterFilters() {
  entries.clear();
  worker_.pins.unpin(cluster_);
}

}  // namespace attache::upstream
