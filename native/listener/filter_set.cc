#include "listener/filter_set.h"

#include "worker/worker.h"

namespace attache::listener {

std::shared_ptr<const FilterSet> FilterSet::make(Worker& worker, tables::Pinned* record) {
  if (record->as<tables::Listener>().listener_filters.empty()) return nullptr;
  return std::shared_ptr<const FilterSet>(new FilterSet(worker, record));
}

FilterSet::FilterSet(Worker& worker, tables::Pinned* record) : worker_(worker), record_(record) {
  record_->pins++;
  for (const tables::ListenerFilter& filter : listener().listener_filters) {
    const void* config = reinterpret_cast<const char*>(&filter.config) + filter.config.rel;
    filters.push_back({findFilter(filter.config.extension), config, &filter.disabled});
  }
}

FilterSet::~FilterSet() {
  worker_.pins.unpin(record_);
}

}  // namespace attache::listener
