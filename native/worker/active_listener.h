// One listener as one worker has it: the sockets that it accepts on, and its filter chains.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "worker/filter_chains.h"
#include "worker/incoming.h"
#include "worker/worker.h"

namespace attache {

class Engine;

class ActiveListener {
 public:
  ActiveListener(Engine& engine, tables::Pinned* record);
  ~ActiveListener();
  // Whether `next` differs from what it has in filter chains alone: update() will do.
  bool sameBut(const tables::Listener& next) const {
    return next.shape == config().shape && !next.filter_chains.empty();
  }
  // Takes over a new version of the record. Filter chains that it has too go on with their
  // connections; those of the others drain, and are closed after `drain_ms`.
  void update(tables::Pinned* record, uint64_t drain_ms);
  // Stops accepting.
  void stop();
  // Asks connections to finish; see network::Chain::startDraining().
  void drain(uint64_t delay_ms, uint64_t ramp_ms);
  // Closes all its connections at once.
  void abort();
  // A connection of this listener, accepted here or elsewhere.
  void take(int fd);
  uint32_t connections() const { return connections_; }
  uint32_t id() const { return record_->id; }
  Engine& engine() { return engine_; }
  const tables::Listener& config() const { return record_->as<tables::Listener>(); }
  const tables::Pinned* record() const { return record_; }
  bool stopped() const { return stopped_; }
  stats::Block* stats() { return stats_; }

  // For Incoming: whoever has a connection in the end tells of its end here.
  network::Owner owner() { return {onConnectionClosed, this}; }
  // The chain that takes a connection; null: none.
  const ActiveChain* chainFor(int fd, const io::ConnectionInfo* info) {
    return chains_.find(fd, info);
  }
  // Null: none.
  std::shared_ptr<const listener::FilterSet> filters() const { return filters_; }
  // Of connections.
  const std::vector<accesslog::Target>& logs() const { return logs_; }
  // A connection of this listener becomes one of `other`.
  void handOver(ActiveListener& other, io::Handoff&& connection);
  // A connection has begun, and one that was never counted has ended.
  void count();
  void forgetConnection();
  // One that was counted has.
  void connectionClosed(uint64_t life_ms);
  List<Incoming> incoming;

 private:
  class Socket;
  void build();
  void sweepIfLeft();
  static void onConnectionClosed(void* self, uint64_t life_ms);
  Engine& engine_;
  tables::Pinned* record_;
  FilterChains chains_;
  std::shared_ptr<const listener::FilterSet> filters_;
  std::vector<accesslog::Target> logs_;
  // The one chain, when that takes all connections as they are.
  network::Chain* only_ = nullptr;
  std::vector<std::unique_ptr<Socket>> sockets_;
  stats::Block* stats_;
  uint32_t connections_ = 0;
  bool stopped_ = false;
};

}  // namespace attache
