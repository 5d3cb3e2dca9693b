#include "http/filter_overrides.h"

#include "http/stream.h"
#include "route/rewrite.h"

namespace attache::http {

namespace {

const tables::FilterOverride* find(const tables::FilterOverrides& level, std::string_view name) {
  for (const tables::FilterOverride& each : level.list) {
    if (each.name.view() == name) return &each;
  }
  return nullptr;
}

}  // namespace

FilterOverrides::FilterOverrides(Stream& stream) {
  const route::Match& match = stream.route();
  if (match.route) {
    // The router picks the same one, by the same number.
    if (match.route->action == tables::RouteAction::WeightedClusters) {
      const tables::WeightedClusters& all = *match.route->weighted;
      add(all.clusters[route::pickWeighted(all, stream.random())].filters.get());
    }
    add(match.route->filters.get());
  }
  if (match.host) add(match.host->filters.get());
  if (stream.routeConfig()) add(stream.routeConfig()->filters.get());
}

std::optional<bool> FilterOverrides::disabled(std::string_view name) const {
  for (uint32_t i = 0; i < count_; i++) {
    if (const tables::FilterOverride* found = find(*levels_[i], name)) return found->disabled;
  }
  return std::nullopt;
}

uint32_t FilterOverrides::configs(std::string_view name, uint32_t extension,
                                  const void* (&out)[kLevels]) const {
  uint32_t n = 0;
  for (uint32_t i = 0; i < count_; i++) {
    const tables::FilterOverride* found = find(*levels_[i], name);
    if (!found || found->config.extension != extension || extension == 0) continue;
    out[n++] = reinterpret_cast<const char*>(&found->config) + found->config.rel;
  }
  return n;
}

const void* FilterOverrides::config(std::string_view name, uint32_t extension) const {
  for (uint32_t i = 0; i < count_; i++) {
    const tables::FilterOverride* found = find(*levels_[i], name);
    // A filter of another kind may have the name that the table means.
    if (!found || found->config.extension != extension || extension == 0) continue;
    return reinterpret_cast<const char*>(&found->config) + found->config.rel;
  }
  return nullptr;
}

}  // namespace attache::http
