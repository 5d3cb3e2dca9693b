#include "network/chain.h"

#include <algorithm>
#include <utility>

#include "network/filter_run.h"
#include "network/server_connection.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::network {

Chain::Chain(Worker& worker, tables::Pinned* listener, const tables::FilterChain& config)
    : worker(worker), filter_chain_name(config.name.view()) {
  takeUp(listener);
}

Chain::~Chain() {
  worker.pins.unpin(listener_);
}

void Chain::moveTo(tables::Pinned* listener) {
  tables::Pinned* old = listener_;
  takeUp(listener);
  worker.pins.unpin(old);
}

void Chain::takeUp(tables::Pinned* listener) {
  const auto& config = listener->as<tables::Listener>();
  listener->pins++;
  listener_ = listener;
  listener_name = config.name.view();
  connection_logs = accesslog::openTargets(config.access_logs, worker);
  uint32_t limit = config.per_connection_buffer_limit;
  buffer_limit = limit ? limit : 1024 * 1024;
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

void Chain::startDraining(uint64_t delay_ms, uint64_t ramp_ms) {
  if (!draining_) drains_since_ms_ = worker.loop.nowMs();
  ramp_ms_ = draining_ ? std::min(ramp_ms_, ramp_ms) : ramp_ms;
  draining_ = true;
  connections.forEach([&](ServerConnection* connection) { connection->startDraining(delay_ms); });
}

bool Chain::roll() {
  return worker.random.below(ramp_ms_) < worker.loop.nowMs() - drains_since_ms_;
}

void Chain::abort() {
  connections.forEach([](ServerConnection* connection) { connection->abort(); });
}

}  // namespace attache::network
