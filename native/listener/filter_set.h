// The listener filters of one version of a listener on one worker, which connections keep until
// they have passed them.
#pragma once

#include <memory>
#include <vector>

#include "listener/filter.h"
#include "tables/pins.h"

namespace attache::listener {

class FilterSet {
 public:
  // Null for a listener without filters. Keeps a pin of `record`, a listener's.
  static std::shared_ptr<const FilterSet> make(Worker& worker, tables::Pinned* record);
  ~FilterSet();
  FilterSet(const FilterSet&) = delete;
  FilterSet& operator=(const FilterSet&) = delete;

  const tables::Listener& listener() const { return record_->as<tables::Listener>(); }
  struct Entry {
    const FilterHooks* hooks;  // null: not built in
    const void* config;
    const tables::Vec<tables::ListenerMatch>* disabled;
  };
  std::vector<Entry> filters;

 private:
  FilterSet(Worker& worker, tables::Pinned* record);
  Worker& worker_;
  tables::Pinned* record_;
};

}  // namespace attache::listener
