// What the connection manager does to a response's headers after filters have seen them.
#pragma once

#include "codec/headers.h"
#include "tables/generated/layout.h"

namespace attache::http {

class Stream;

// date, server, via, x-request-id.
void mutateResponseHeaders(Stream& stream);

// Additions and removals that a route, a virtual host or a route table asks for.
// envoy.config.core.v3.HeaderValueOption: its append_action decides about present names.
void applyAdditions(const tables::Vec<tables::HeaderValueOption>& additions, HeaderMap& headers, Stream& stream);
void applyRemovals(const tables::Vec<tables::Str>& removals, HeaderMap& headers);

// Calls fn(const HeaderMutations&) for what applies to this stream's route, in Envoy's order:
// weighted cluster, route, virtual host, route table (or the other way round with
// most_specific_header_mutations_wins).
template <class Fn>
void forEachMutation(const tables::RouteConfig* config, const tables::VirtualHost* host, const tables::Route* route,
                     const tables::HeaderMutations* cluster, Fn&& fn) {
  const tables::HeaderMutations* all[] = {cluster, route ? route->mutations.get() : nullptr,
                                          host ? host->mutations.get() : nullptr,
                                          config ? config->mutations.get() : nullptr};
  bool reverse = config && config->most_specific_mutations_win;
  for (int i = 0; i < 4; i++) {
    if (const tables::HeaderMutations* one = all[reverse ? 3 - i : i]) fn(*one);
  }
}

}  // namespace attache::http
