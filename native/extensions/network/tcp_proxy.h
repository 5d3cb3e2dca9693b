// envoy.filters.network.tcp_proxy: bytes from clients to a host and back.
#pragma once

#include <vector>

#include "accesslog/targets.h"
#include "io/pipe.h"
#include "network/filter.h"
#include "stats/stats.h"

namespace attache::extensions {

extern const network::TerminalFilter kTcpProxy;

// The filter of one chain on one worker. What a connection is goes on in tcp_session.h.
class TcpProxy final : public network::Chain {
 public:
  TcpProxy(Worker& worker, tables::Pinned* listener, const tables::FilterChain& chain,
           const tables::TcpProxy& config);
  void serve(network::Arrival&& arrival) override;
  void turnAway(network::Arrival&& arrival) override;

  // The cluster of the next connection, one of several by chance.
  const tables::TcpCluster& pickCluster();
  // How long a connection may be open, with jitter, in ms; 0: as long as it likes.
  uint64_t maxDuration();

  const tables::TcpProxy& config;
  stats::Block* stats;
  std::vector<accesslog::Target> logs;
  io::PipePool pipes;
};

}  // namespace attache::extensions
