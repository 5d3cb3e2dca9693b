// What the route of a stream says of the filters of its chain (typed_per_filter_config), by the
// name of a filter. Of a cluster weight, the route, the virtual host and the table the first counts
// that says anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "route/match.h"
#include "tables/generated/layout.h"

namespace attache::http {

class Stream;

class FilterOverrides {
 public:
  FilterOverrides() = default;
  // For a stream whose route is known.
  explicit FilterOverrides(Stream& stream);
  // Whether there can be any: most streams need not ask further.
  static bool possible(const route::Match& match, const tables::RouteConfig* config) {
    return (match.route && (match.route->filters.get() ||
                            match.route->action == tables::RouteAction::WeightedClusters)) ||
           (match.host && match.host->filters.get()) || (config && config->filters.get());
  }
  bool empty() const { return count_ == 0; }
  // Nothing: as the chain says.
  std::optional<bool> disabled(std::string_view name) const;
  static constexpr uint32_t kLevels = 4;
  // All settings of this extension, the most specific first; how many there are.
  uint32_t configs(std::string_view name, uint32_t extension, const void* (&out)[kLevels]) const;
  // The most specific settings, of this extension; null: there are none.
  const void* config(std::string_view name, uint32_t extension) const;

 private:
  void add(const tables::FilterOverrides* level) {
    if (level) levels_[count_++] = level;
  }
  const tables::FilterOverrides* levels_[kLevels];  // as many as are counted
  uint32_t count_ = 0;
};

}  // namespace attache::http
