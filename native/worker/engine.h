// A worker with its listeners: accepts connections, or takes those that another worker accepted,
// so that all have about the same number.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "worker/incoming.h"
#include "worker/worker.h"

namespace attache {

class Engine;

// One listener as one worker has it. Replaced in place: connections keep the chain, and with it the
// version, that accepted them.
class ActiveListener {
 public:
  ActiveListener(Engine& engine, tables::Pinned* record);
  ~ActiveListener();
  // Takes over a new version of the record; connections of the old one go on.
  void update(tables::Pinned* record);
  // Stops accepting.
  void stop();
  // Asks connections to finish.
  void drain(uint64_t drain_ms);
  // Closes all its connections at once.
  void abort();
  // A connection of this listener, accepted here or elsewhere.
  void take(int fd);
  uint32_t connections() const { return connections_; }
  uint32_t id() const { return record_->id; }
  Engine& engine() { return engine_; }
  const tables::Listener& config() const { return record_->as<tables::Listener>(); }
  bool stopped() const { return stopped_; }
  stats::Block* stats() { return stats_; }

  // For Incoming: whoever has a connection in the end tells of its end here.
  network::Owner owner() { return {onConnectionClosed, this}; }
  // The chain that takes a connection; null: none.
  const ActiveChain* chainFor(int fd, const io::ConnectionInfo* info);
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
  void buildChains();
  void addChain(const tables::FilterChain& config);
  bool addFilters(network::Chain& chain, const tables::FilterChain& config);
  void sweepIfLeft();
  void sweepOldChains();
  template <class Fn>  // fn(network::Chain&)
  void forEachOldChain(Fn&& fn);
  static void onConnectionClosed(void* self, uint64_t life_ms);
  Engine& engine_;
  tables::Pinned* record_;
  // In the listener's order; the default chain, if any, is the last.
  std::vector<ActiveChain> chains_;
  std::shared_ptr<const listener::FilterSet> filters_;
  std::vector<accesslog::Target> logs_;
  // The one chain, when that takes all connections as they are.
  network::Chain* only_ = nullptr;
  std::vector<network::Chain*> old_chains_;
  std::vector<std::unique_ptr<Socket>> sockets_;
  stats::Block* stats_;
  uint32_t connections_ = 0;
  bool stopped_ = false;
};

class Engine {
 public:
  Engine(Process& process, uint32_t index);
  ~Engine();

  Worker worker;
  // Open connections; written by this worker and by whoever hands it one.
  std::atomic<int64_t> load{0};

  // On the engine's thread.
  void addListener(uint32_t id);
  // Stops accepting, asks connections to finish, and closes what is left after `drain_ms`.
  // `last` is let go of when the listener's last connection is closed.
  void removeListener(uint32_t id, uint64_t drain_ms, std::shared_ptr<void> last);
  // Asks the connections of a listener to finish; it goes on accepting.
  void drainListener(uint32_t id, uint64_t drain_ms);
  void drainAll(uint64_t drain_ms);
  void stopAccepting();
  ActiveListener* listener(uint32_t id);
  // The listener that has this address, or else every address with its port; null: none.
  ActiveListener* listenerAt(const sockaddr_storage& address);
  // Listeners have other addresses now, or there are others.
  void addressesChanged() { by_address_.clear(); }
  // Closes everything at once.
  void closeAll();
  // Gives an accepted connection to the worker that has the fewest.
  void dispatch(uint32_t listener_id, int fd);

 private:
  friend class ActiveListener;
  // A removed listener whose connections still end.
  struct Leaving {
    Leaving(Engine& engine, std::unique_ptr<ActiveListener> listener, std::shared_ptr<void> last)
        : engine(engine),
          listener(std::move(listener)),
          last(std::move(last)),
          timer(onTimeout, this) {}
    static void onTimeout(void* self) { static_cast<Leaving*>(self)->listener->abort(); }
    Engine& engine;
    std::unique_ptr<ActiveListener> listener;
    std::shared_ptr<void> last;
    io::Timer timer;
  };
  void take(uint32_t listener_id, int fd);
  void sweepLeaving();
  void findAddresses();
  std::unordered_map<uint32_t, std::unique_ptr<ActiveListener>> listeners_;
  std::unordered_map<std::string, ActiveListener*> by_address_;  // empty: not found yet
  std::vector<std::unique_ptr<Leaving>> leaving_;
};

}  // namespace attache
