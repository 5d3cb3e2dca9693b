#include "upstream/cluster_names.h"

#include <mutex>

#include "base/hash.h"
#include "tables/generated/layout.h"

namespace attache::upstream {

namespace {

const tables::Cluster* clusterOf(const tables::Records& records, uint32_t reference) {
  const auto* header = records.get<tables::RecordHeader>(reference);
  if (!header || header->kind != tables::RecordKind::Cluster) return nullptr;
  return records.get<tables::Cluster>(reference);
}

}  // namespace

uint64_t ClusterNames::hash(std::string_view name) {
  return xxHash64(name);
}

void ClusterNames::published(const tables::Records& records,
                             std::span<const tables::Records::Input> batch,
                             std::span<const uint32_t> references) {
  for (size_t i = 0; i < batch.size() && i < references.size(); i++) {
    if (!batch[i].id) continue;
    const tables::Cluster* cluster = clusterOf(records, references[i]);
    if (!cluster) continue;
    std::lock_guard<std::shared_mutex> lock(mutex_);
    ids_[hash(cluster->name.view())] = batch[i].id;
  }
}

void ClusterNames::removing(const tables::Records& records, uint32_t id) {
  const tables::Cluster* cluster = clusterOf(records, records.current(id));
  if (!cluster) return;
  std::lock_guard<std::shared_mutex> lock(mutex_);
  auto it = ids_.find(hash(cluster->name.view()));
  if (it != ids_.end() && it->second == id) ids_.erase(it);
}

uint32_t ClusterNames::find(uint64_t hash) const {
  std::shared_lock<std::shared_mutex> lock(mutex_);
  auto it = ids_.find(hash);
  return it == ids_.end() ? 0 : it->second;
}

}  // namespace attache::upstream
