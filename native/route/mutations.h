// The header changes of a route, its virtual host, its configuration and a weighted cluster, in
// Envoy's order.
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/headers.h"
#include "route/match.h"
#include "tables/generated/layout.h"

namespace attache::route {

// Calls apply(const tables::HeaderMutations&) for each level that has any: the weighted cluster
// (may be null), then route, virtual host and configuration, so that the most general one has the
// last word; the other way round with most_specific_header_mutations_wins, but for the cluster.
template <class Apply>
void forEachMutations(const tables::RouteConfig& config, const Match& match,
                      const tables::WeightedCluster* cluster, Apply&& apply) {
  auto level = [&](const tables::HeaderMutations* mutations) {
    if (mutations != nullptr) apply(*mutations);
  };
  if (cluster != nullptr) level(cluster->mutations.get());
  const tables::HeaderMutations* route = match.route ? match.route->mutations.get() : nullptr;
  const tables::HeaderMutations* host = match.host ? match.host->mutations.get() : nullptr;
  if (config.most_specific_mutations_win) {
    level(config.mutations.get());
    level(host);
    level(route);
  } else {
    level(route);
    level(host);
    level(config.mutations.get());
  }
}

// One level: removes, then overwrites, then adds. All values are formatted before the first
// header changes: `format(const tables::Format&)` answers a view that outlives the map. Names stay
// in the record. An empty value counts only where keep_empty_value says so.
template <class Format>
void applyMutations(const tables::Vec<tables::HeaderValueOption>& add,
                    const tables::Vec<tables::Str>& remove, HeaderMap& headers, Format&& format) {
  for (const tables::Str& name : remove) headers.remove(name.view());
  uint32_t count = add.size();
  if (count == 0) return;
  struct Change {
    std::string_view value;
    bool overwrite;
    bool skip;
  };
  Change* changes = headers.arena()->makeArray<Change>(count);
  for (uint32_t i = 0; i < count; i++) {
    const tables::HeaderValueOption& option = add[i];
    Change& change = changes[i];
    bool exists = headers.has(option.name.view());
    change.overwrite = option.action == tables::AppendAction::OverwriteIfExistsOrAdd ||
                       option.action == tables::AppendAction::OverwriteIfExists;
    change.skip = (option.action == tables::AppendAction::AddIfAbsent && exists) ||
                  (option.action == tables::AppendAction::OverwriteIfExists && !exists);
    if (change.skip) continue;
    change.value = option.value ? format(*option.value) : std::string_view("");
    change.skip = change.value.empty() && !option.keep_empty_value;
  }
  // What is overwritten goes to the end, before what is added (Envoy's order on the wire).
  for (uint32_t i = 0; i < count; i++) {
    if (changes[i].skip || !changes[i].overwrite) continue;
    headers.remove(add[i].name.view());
    headers.add(add[i].name.view(), changes[i].value);
  }
  for (uint32_t i = 0; i < count; i++) {
    if (!changes[i].skip && !changes[i].overwrite) {
      headers.add(add[i].name.view(), changes[i].value);
    }
  }
}

// All levels on a request's or a response's headers.
template <class Format>
void mutateRequest(const tables::RouteConfig& config, const Match& match,
                   const tables::WeightedCluster* cluster, HeaderMap& headers, Format&& format) {
  forEachMutations(config, match, cluster, [&](const tables::HeaderMutations& m) {
    applyMutations(m.request_add, m.request_remove, headers, format);
  });
}
template <class Format>
void mutateResponse(const tables::RouteConfig& config, const Match& match,
                    const tables::WeightedCluster* cluster, HeaderMap& headers, Format&& format) {
  forEachMutations(config, match, cluster, [&](const tables::HeaderMutations& m) {
    applyMutations(m.response_add, m.response_remove, headers, format);
  });
}

}  // namespace attache::route
