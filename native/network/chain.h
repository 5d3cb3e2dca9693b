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
  // `listener` is the pinned record that has `config`; the chain holds a pin of its own.
  Chain(Worker& worker, tables::Pinned* listener, const tables::FilterChain& config);
  virtual ~Chain();
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  void retain() { uses_++; }
  void release() {
    if (--uses_ == 0) delete this;
  }
  // The listener has a new version with this chain in it, which lies in the same record still.
  void moveTo(tables::Pinned* listener);
  // Takes over a connection.
  virtual void serve(Arrival&& arrival) = 0;
  // A filter has closed a connection: tells of it as far as that is this filter's business, and
  // ends it. The listener's log and its owner are told.
  virtual void turnAway(Arrival&& arrival);
  // Connections are to end; see ServerConnection::startDraining(). Answers tell clients so from now
  // on or, if `ramp_ms` is not 0, the more often the more of that time is over.
  void startDraining(uint64_t delay_ms, uint64_t ramp_ms);
  bool draining() const { return draining_; }
  // Every answer from now on says that it is the last.
  bool ending() const { return draining_ && ramp_ms_ == 0; }
  // Whether the answer that begins now is to say that it is the last.
  bool endsNow() { return draining_ && (ramp_ms_ == 0 || roll()); }
  // Closes all connections at once.
  void abort();

  Worker& worker;
  std::string_view listener_name, filter_chain_name;
  std::vector<accesslog::Target> connection_logs;  // the listener's
  size_t buffer_limit;                             // of a connection
  std::vector<FilterEntry> before;                 // the last filter
  List<ServerConnection> connections;

 private:
  void takeUp(tables::Pinned* listener);
  tables::Pinned* listener_ = nullptr;
  uint32_t uses_ = 1;
  bool roll();
  bool draining_ = false;
  uint64_t ramp_ms_ = 0;
  uint64_t drains_since_ms_ = 0;
};

}  // namespace attache::network
