#include "network/chain.h"

#include <utility>

#include "network/filter_run.h"
#include "network/server_connection.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::network {

Chain::Chain(Worker& worker, tables::Pinned* listener, const tables::FilterChain& config)
    : worker(worker),
      listener_name(listener->as<tables::Listener>().name.view()),
      filter_chain_name(config.name.view()),
      connection_logs(
          accesslog::openTargets(listener->as<tables::Listener>().access_logs, worker.process)),
      buffer_limit(1024 * 1024),
      listener_(listener) {
  listener_->pins++;
  if (uint32_t limit = listener->as<tables::Listener>().per_connection_buffer_limit)
    buffer_limit = limit;
}

Chain::~Chain() {
  worker.pins.unpin(listener_);
}

namespace {

// Whom nobody serves.
class TurnedAway final : public ServerConnection {
 public:
  using ServerConnection::ServerConnection;
  void end(io::Handoff&& connection, http::Flags flags) {
    flags_ = flags;
    start(std::move(connection));
    closeNow();
  }
  void startDraining(uint64_t) override {}
  void abort() override { closeNow(); }

 private:
  void onReadable() override {}
  void onDrained() override {}
  void onEnd(int) override { closeNow(); }
  void onBackpressure(bool) override {}
  void onClosed() override {
    logConnection(flags_, {});
    ended();
  }
  http::Flags flags_ = 0;
};

}  // namespace

void Chain::turnAway(Arrival&& arrival) {
  auto* made = new TurnedAway(*this, arrival.connection.fd, arrival.owner);
  made->end(std::move(arrival.connection), arrival.owner.filters->flags());
}

void Chain::startDraining(uint64_t drain_ms) {
  draining_ = true;
  connections.forEach([&](ServerConnection* connection) { connection->startDraining(drain_ms); });
}

void Chain::abort() {
  connections.forEach([](ServerConnection* connection) { connection->abort(); });
}

}  // namespace attache::network
