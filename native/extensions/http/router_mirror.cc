// Copies of requests for other clusters (request_mirror_policies). What becomes of them the request
// never feels.
#include "extensions/http/router_stream.h"
#include "route/mutations.h"
#include "upstream/mirrors.h"

namespace attache::extensions {

namespace cs = stats::cluster;

namespace {

// "a.example-shadow:80": who reads logs should see what it is.
std::string_view shadowHost(std::string_view host, Arena& arena) {
  size_t colon = host.rfind(':');
  size_t bracket = host.rfind(']');
  bool port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || bracket < colon);
  if (!port) return arena.concat(host, "-shadow");
  return arena.concat(host.substr(0, colon), "-shadow", host.substr(colon));
}

}  // namespace

// The request is as its host will see it.
void Router::startMirrors(bool end) {
  const tables::RoutePolicies* policies = stream_.route().route->policies.get();
  if (!policies || policies->mirrors.empty() || tunnel != http::Tunnel::None) return;
  mirrors_ = stream_.arena().makeArray<upstream::Mirror*>(policies->mirrors.size());
  for (const tables::Mirror& each : policies->mirrors) {
    if (stream_.random() % 1'000'000 >= each.million) continue;
    upstream::Mirror& mirror = stream_.worker().mirrors().make();
    prepareMirror(each, mirror.headers());
    mirrors_[mirror_count_++] = &mirror;
    mirror.start(each.cluster, end, timeout_ms_, high_priority);
  }
  if (end) releaseMirrors();
}

void Router::prepareMirror(const tables::Mirror& config, HeaderMap& headers) {
  stream_.request().cloneInto(headers);
  if (stream_.route().host->attempts_in_request) headers.set("x-envoy-attempt-count", "1");
  for (const tables::HeaderMutations& each : config.mutations) {
    route::applyMutations(
        each.request_add, each.request_remove, headers,
        [&](const tables::Format& format) { return headers.arena()->copy(formatter()(format)); });
  }
  if (!config.host.empty()) {
    headers.setCopy(HeaderId::Authority, config.host.view());
  } else if (!config.keep_host) {
    headers.set(HeaderId::Authority,
                shadowHost(headers.get(HeaderId::Authority), *headers.arena()));
  }
  // Names of the record, which the mirror may outlive.
  headers.detach(nullptr, reinterpret_cast<const char*>(UINTPTR_MAX));
}

void Router::mirrorData(const char* data, size_t n, bool end) {
  for (uint32_t i = 0; i < mirror_count_;) {
    if (mirrors_[i]->sendData(data, n, end, stream_.manager().buffer_limit)) {
      i++;
      continue;
    }
    stats::inc(cluster_->stats(), cs::retry_or_shadow_abandoned);
    mirrors_[i]->giveUp();
    mirrors_[i] = mirrors_[--mirror_count_];
  }
  if (end) releaseMirrors();
}

void Router::mirrorTrailers(const HeaderMap& trailers) {
  for (uint32_t i = 0; i < mirror_count_; i++) mirrors_[i]->sendTrailers(trailers);
  releaseMirrors();
}

// They end by themselves.
void Router::releaseMirrors() {
  for (uint32_t i = 0; i < mirror_count_; i++) mirrors_[i]->release();
  mirror_count_ = 0;
}

// Of a request that did not come as a whole.
void Router::giveUpMirrors() {
  for (uint32_t i = 0; i < mirror_count_; i++) mirrors_[i]->giveUp();
  mirror_count_ = 0;
}

}  // namespace attache::extensions
