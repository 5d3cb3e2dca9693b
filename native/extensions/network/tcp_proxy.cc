#include "extensions/network/tcp_proxy.h"

#include <cmath>
#include <utility>

#include "extensions/network/tcp_session.h"
#include "network/filter_run.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::extensions {

TcpProxy::TcpProxy(Worker& worker, tables::Pinned* listener, const tables::FilterChain& chain,
                   const tables::TcpProxy& config)
    : network::Chain(worker, listener, chain),
      config(config),
      stats(worker.rows.block(config.stats, stats::Group::TcpProxy)),
      logs(accesslog::openTargets(config.access_logs, worker)) {}

void TcpProxy::serve(network::Arrival&& arrival) {
  (new TcpSession(*this, arrival))->begin(std::move(arrival.connection));
}

// As in Envoy such a connection is counted, and in the log.
void TcpProxy::turnAway(network::Arrival&& arrival) {
  (new TcpSession(*this, arrival))
      ->turnAway(std::move(arrival.connection), arrival.owner.filters->flags());
}

const tables::TcpCluster& TcpProxy::pickCluster() {
  const tables::Vec<tables::TcpCluster>& all = config.clusters;
  if (all.size() > 1 && config.total_weight > 0) {
    uint64_t at = worker.random.below(config.total_weight);
    for (const tables::TcpCluster& each : all) {
      if (at < each.weight) return each;
      at -= each.weight;
    }
  }
  return all[0];
}

uint64_t TcpProxy::maxDuration() {
  uint64_t limit = config.max_connection_duration_ms;
  auto most = static_cast<uint64_t>(
      std::ceil(static_cast<double>(limit) * config.duration_jitter_percent / 100));
  return most ? limit + worker.random.below(most) : limit;
}

namespace {

network::Chain* create(Worker& worker, tables::Pinned* listener, const tables::FilterChain& chain,
                       const void* config) {
  return new TcpProxy(worker, listener, chain, *static_cast<const tables::TcpProxy*>(config));
}

}  // namespace

const network::TerminalFilter kTcpProxy = {
    .name = "envoy.filters.network.tcp_proxy",
    .create = create,
};

}  // namespace attache::extensions
