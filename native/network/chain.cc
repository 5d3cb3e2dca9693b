#include "network/chain.h"

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

void Chain::startDraining(uint64_t drain_ms) {
  draining_ = true;
  connections.forEach([&](ServerConnection* connection) { connection->startDraining(drain_ms); });
}

void Chain::abort() {
  connections.forEach([](ServerConnection* connection) { connection->abort(); });
}

}  // namespace attache::network
