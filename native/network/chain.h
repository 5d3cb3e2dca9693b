// A filter chain of a listener as one worker has it: what its connections share, whatever they
// speak. Kept by them, so that they go on with the version that accepted them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "accesslog/targets.h"
#include "base/list.h"
#include "io/connection.h"
#include "tables/generated/layout.h"
#include "tables/pins.h"

namespace attache {
class Worker;
}

namespace attache::network {

class FilterRun;
class ServerConnection;

// Who counts connections: told once for each, when its descriptor is closed.
struct Owner {
  void (*on_closed)(void* self, uint64_t life_ms);
  void* self;
  FilterRun* filters = nullptr;  // at this connection, until then; null: none
};

struct FilterHooks;
// A filter of a chain before its last one.
struct FilterEntry {
  const FilterHooks* hooks;
  const void* config;
  std::shared_ptr<void> shared;
};

// A connection as it comes to its chain: accepted, with what listener filters and its handshake
// have made of it.
struct Arrival {
  io::Handoff connection;
  Owner owner;
};

// Its terminal filter, the last one, derives from it (network/filter.h) and owns the connections.
class Chain {
 public:
  // `listener` is the pinned record that `config` lies in; the chain holds a pin of its own.
  Chain(Worker& worker, tables::Pinned* listener, const tables::FilterChain& config);
  virtual ~Chain();
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  void retain() { uses_++; }
  void release() {
    if (--uses_ == 0) delete this;
  }
  // Takes over a connection.
  virtual void serve(Arrival&& arrival) = 0;
  // A filter has closed a connection: tells of it as far as that is this filter's business, and
  // ends it. The listener's log and its owner are told.
  virtual void turnAway(Arrival&& arrival);
  // Connections are to end when that hurts nobody, or spread over drain_ms by chance, so that
  // clients do not all come back at once.
  void startDraining(uint64_t drain_ms);
  bool draining() const { return draining_; }
  // Closes all connections at once.
  void abort();

  Worker& worker;
  std::string_view listener_name, filter_chain_name;
  std::vector<accesslog::Target> connection_logs;  // the listener's
  size_t buffer_limit;                             // of a connection
  std::vector<FilterEntry> before;                 // the last filter
  List<ServerConnection> connections;

 private:
  tables::Pinned* listener_;
  uint32_t uses_ = 1;
  bool draining_ = false;
};

}  // namespace attache::network
