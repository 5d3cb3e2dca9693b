#include "http/server_connection.h"

#include <algorithm>
#include <utility>

#include "worker/worker.h"

namespace attache::http {

namespace s = stats::hcm;

ServerConnection::ServerConnection(Manager& manager, int fd, const network::Owner& owner)
    : network::ServerConnection(manager, fd, owner),
      manager_(manager),
      idle_timer_(onIdle, this),
      idle_since_ms_(createdMs()) {
  countInto(&stats()->words[s::downstream_cx_rx_bytes_total],
            &stats()->words[s::downstream_cx_tx_bytes_total]);
  stats::inc(stats(), s::downstream_cx_total);
  stats::inc(stats(), s::downstream_cx_active);
}

ServerConnection::ServerConnection(ServerConnection& from, int fd)
    : network::ServerConnection(from, fd),
      manager_(from.manager_),
      drain_(from.drain_),
      idle_timer_(onIdle, this),
      idle_since_ms_(from.idle_since_ms_) {
  from.idle_timer_.cancel();
  countInto(&stats()->words[s::downstream_cx_rx_bytes_total],
            &stats()->words[s::downstream_cx_tx_bytes_total]);
}

bool ServerConnection::resume(io::Handoff&& connection) {
  if (!network::ServerConnection::start(std::move(connection))) return false;
  armIdle();
  return true;
}

bool ServerConnection::start(io::Handoff&& connection) {
  if (!network::ServerConnection::start(std::move(connection))) return false;
  if (session()) {
    stats::inc(stats(), s::downstream_cx_ssl_total);
    stats::inc(stats(), s::downstream_cx_ssl_active);
  }
  armIdle();
  return true;
}

void ServerConnection::armIdle() {
  uint64_t idle = manager_.config.idle_timeout_ms;
  uint64_t duration = manager_.config.max_connection_duration_ms;
  if (duration && (!idle || duration < idle)) idle = duration;
  if (idle) loop().arm(idle_timer_, idle);
}

void ServerConnection::abort() {
  local_close_ = aborted_ = true;
  closeNow();
}

void ServerConnection::closeAnswered(bool all_read) {
  uint64_t limit = manager_.config.delayed_close_timeout_ms;
  closeAfterWrite(all_read ? 0 : limit, limit);
}

void ServerConnection::onCloseTimeout() {
  stats::inc(stats(), s::downstream_cx_delayed_close_timeout);
}

void ServerConnection::onClosed() {
  idle_timer_.cancel();
  onGone();
  stats::Block* b = stats();
  stats::inc(b, s::downstream_cx_destroy);
  stats::inc(b, local_close_ ? s::downstream_cx_destroy_local : s::downstream_cx_destroy_remote);
  stats::dec(b, s::downstream_cx_active);
  if (session()) stats::dec(b, s::downstream_cx_ssl_active);
  stats::record(b, s::downstream_cx_length_ms, ageMs());
  if (logged()) {
    bool understood = !protocol_error_ && bytesRead() > 0;
    logConnection(protocol_error_ ? bit(Flag::DownstreamProtocolError) : 0,
                  understood ? protocolName(protocol()) : std::string_view{});
  }
  ended();
}

// The connection has been idle, or open, for too long. As in Envoy what comes in the drain timeout
// is still answered; one that never sent anything, or no request of HTTP/1, is closed at once.
void ServerConnection::expire() {
  bool greeted = protocol() == Protocol::Http2 && bytesRead() > 0;
  if (requests_ == 0 && !busy() && !greeted) {
    abort();
    return;
  }
  expired_ = drain_ = true;
  startDraining(std::max<uint64_t>(manager_.config.drain_timeout_ms, 1));
  if (open()) loop().arm(idle_timer_, std::max<uint64_t>(manager_.config.drain_timeout_ms, 1));
}

void ServerConnection::onIdle(void* self) {
  auto* server = static_cast<ServerConnection*>(self);
  if (server->closing()) return;
  if (server->expired_) {
    server->finishSoon();
    return;
  }
  const tables::HttpConnectionManager& config = server->manager_.config;
  uint64_t now = server->loop().nowMs();
  uint64_t duration = config.max_connection_duration_ms;
  uint64_t again = UINT64_MAX;
  if (duration) {
    uint64_t age = server->ageMs();
    if (age >= duration) {
      stats::inc(server->stats(), s::downstream_cx_max_duration_reached);
      server->expire();
      return;
    }
    again = duration - age;
  }
  if (uint64_t idle = config.idle_timeout_ms) {
    uint64_t since = server->busy() ? 0 : now - server->idle_since_ms_;
    if (since >= idle) {
      stats::inc(server->stats(), s::downstream_cx_idle_timeout);
      server->expire();
      return;
    }
    again = std::min(again, idle - since);
  }
  if (again != UINT64_MAX) server->loop().arm(server->idle_timer_, again);
}

}  // namespace attache::http
