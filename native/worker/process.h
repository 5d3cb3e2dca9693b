// What all data-plane threads of a process share.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "http/demands.h"
#include "http/filter.h"
#include "stats/named.h"
#include "stats/stats.h"
#include "tables/records.h"
#include "upstream/cluster_names.h"
#include "upstream/outlier.h"

namespace attache {

class Engine;

struct ProcessOptions {
  std::string service_cluster;
  std::string service_node;
  std::string service_zone;
  std::string node;                  // envoy.config.core.v3.Node, for services
  std::string peer_metadata_header;  // the same for headers (peer_metadata)
  std::string peer_metadata;         // what a mesh's peers are told first (metadata_exchange)
  std::string workload;              // of the metrics of a mesh: mesh::Mesh
  std::string local_address;         // what a loopback client is called in x-forwarded-for
};

class Process {
 public:
  Process();
  tables::Records records;
  stats::Registry registry;
  stats::NamedBlocks named_stats{registry};
  ProcessOptions options;

  // Told about noteworthy things from any thread: level (0 trace … 5 critical), component, text.
  std::function<void(int level, const char* component, std::string text)> log;
  void logLine(int level, const char* component, std::string text) {
    if (log && level >= log_level.load(std::memory_order_relaxed))
      log(level, component, std::move(text));
  }
  std::atomic<int> log_level{2};

  // Filters that come before the configured ones in every chain; to be filled before the first
  // listener is added. For embedders and tests.
  std::vector<http::FilterFactory> first_filters;

  std::atomic<uint64_t> next_connection_id{1};
  // Open downstream connections, and their limit over the process (0: none).
  std::atomic<int64_t> connections{0};
  std::atomic<uint64_t> connection_limit{0};
  std::atomic<bool> draining{false};
  std::atomic<bool> healthcheck_failed{false};
  // How long connections of what a configuration takes away may go on, and whether they are asked
  // to end in the course of it (or else with their next answer).
  std::atomic<uint64_t> drain_ms{600'000};
  std::atomic<bool> drain_gradually{true};
  // What connections are told that may go on for `drain_ms`; see ServerConnection::startDraining().
  uint64_t drainDelay(uint64_t drain_ms) const;

  upstream::OutlierStates outliers;
  http::Demands demands;
  upstream::ClusterNames cluster_names;

  // Engines that take connections. The lock is for starting, stopping and handing out listeners,
  // never for a request.
  std::mutex engines_mutex;
  std::vector<Engine*> engines;
};

}  // namespace attache
