// What a matched route makes of a request: its cluster, path, host and redirect target.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/arena.h"
#include "codec/headers.h"
#include "tables/generated/layout.h"

namespace attache::route {

// Which of the clusters a stream's random number falls on. There is at least one, and the total
// is above 0 (checked when compiled).
uint32_t pickWeighted(const tables::WeightedClusters& clusters, uint64_t random);

// The new :path of a request that matched `route`: `path` itself when the route does not rewrite
// it, else memory of `arena`. The query stays. `path` must be the one that was matched.
std::string_view rewritePath(const tables::Route& route, std::string_view path, Arena& arena);

// The new :authority, or an empty view to leave it (auto_host_rewrite is the caller's: it knows
// the host). `path` is the one before rewriting. Comes after the header mutations. The route's own
// rewrite overrules that of `cluster`, which may be null.
std::string_view rewriteHost(const tables::Route& route, const tables::WeightedCluster* cluster,
                             const HeaderMap& headers, std::string_view path, Arena& arena);

// Gives `headers` the :authority and :path that the host will see, and says what they were in
// x-envoy-original-host and -path if `tell`. `path` is the one that was matched, `auto_host` the
// hostname of the host for auto_host_rewrite (copied), which may be empty.
void rewriteRequest(const tables::Route& route, const tables::WeightedCluster* cluster,
                    std::string_view path, std::string_view auto_host, bool tell,
                    HeaderMap& headers);

// The location header of the answer that a redirect or a direct response gives; empty: it has none.
// The path in `headers` is as it was when this returns.
std::string_view answerLocation(const tables::Route& route, HeaderMap& headers);

// The location header of a redirect (`redirect` may be null: of a direct response with a 201 or
// 3xx status, which names the request's own URL). `headers` are the request's after rewritePath
// was applied to :path; of them :scheme, :authority, :path and x-forwarded-proto are read.
std::string_view redirectLocation(const tables::Redirect* redirect, const HeaderMap& headers,
                                  Arena& arena);

}  // namespace attache::route
