// The HTTP connection manager of one filter chain on one worker: its configuration, statistics
// and filters, shared by the connections that it accepts. Kept by them until the last is closed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/list.h"
#include "http/filter.h"
#include "stats/stats.h"
#include "tables/generated/layout.h"
#include "tables/pins.h"

namespace attache {
class Worker;
}

namespace attache::http {

class ServerConnection;

// Where access-log lines of one configured log go (accesslog/ decides what is in them).
struct LogTarget {
  const tables::AccessLog* config;
  void* sink;
};

class Manager {
 public:
  // `listener` is the pinned record that `config` lies in; the manager holds a pin of its own.
  // `filter_chain` lies in it too.
  Manager(Worker& worker, tables::Pinned* listener, std::string_view filter_chain,
          const tables::HttpConnectionManager& config);
  ~Manager();
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  void retain() { uses_++; }
  void release() {
    if (--uses_ == 0) delete this;
  }
  // New requests are answered with "connection: close" from now on; idle connections close
  // (spread over drain_ms by chance, so that clients do not all come back at once).
  void startDraining(uint64_t drain_ms);
  bool draining() const { return draining_; }

  Worker& worker;
  const tables::HttpConnectionManager& config;
  stats::Block* stats;
  stats::Block* listener_stats;
  std::vector<FilterFactory> filters;
  std::vector<LogTarget> logs;
  std::vector<LogTarget> connection_logs;  // the listener's
  // No filter looks at bodies: they go straight to the last one, and back to the codec.
  bool plain_request_bodies = true;
  bool plain_response_bodies = true;
  std::string server_name;
  std::string_view listener_name, filter_chain_name;
  size_t buffer_limit;
  // An inspector of the listener has read the server names of its connections.
  bool knows_server_names;
  List<ServerConnection> connections;

 private:
  void openLogs(const tables::Vec<tables::AccessLog>& configured, std::vector<LogTarget>& into);
  tables::Pinned* listener_;
  uint32_t uses_ = 1;
  bool draining_ = false;
};

// The hooks of an HTTP filter extension by its number; null: not built in.
const FilterHooks* findHttpFilter(uint32_t extension);
// For tests and embedders: more filters.
void registerHttpFilter(uint32_t extension, const FilterHooks* hooks);

}  // namespace attache::http
