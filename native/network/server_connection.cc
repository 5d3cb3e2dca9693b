#include "network/server_connection.h"

#include <utility>

#include "tls/session.h"
#include "worker/worker.h"

namespace attache::network {

ServerConnection::ServerConnection(Chain& chain, int fd, const Owner& owner)
    : io::Connection(chain.worker.loop, chain.worker.buffers, chain.worker.cork, fd),
      chain_(chain),
      owner_(owner),
      id_(chain.worker.nextConnectionId()),
      created_ms_(chain.worker.loop.nowMs()) {
  chain_.retain();
  chain_.connections.pushBack(this);
  setHighWatermark(chain_.buffer_limit);
}

ServerConnection::ServerConnection(ServerConnection& from, int fd)
    : io::Connection(from.loop(), from.pool(), from.cork(), fd),
      chain_(from.chain_),
      owner_(from.owner_),
      id_(from.id_),
      created_ms_(from.created_ms_) {
  chain_.retain();
  from.unlink();
  chain_.connections.pushBack(this);
  setHighWatermark(chain_.buffer_limit);
}

ServerConnection::~ServerConnection() {
  chain_.release();
}

bool ServerConnection::start(io::Handoff&& connection) {
  if (!adopt(std::move(connection))) return false;
  if (!logged()) return true;
  // Asked while there is a descriptor to ask.
  peer().remote();
  peer().local();
  return true;
}

void ServerConnection::ended() {
  unlink();
  if (owner_.on_closed) owner_.on_closed(owner_.self, ageMs());
}

Peer& ServerConnection::peer() {
  if (!peer_) peer_ = std::make_unique<Peer>(fd(), session());
  return *peer_;
}

uint64_t ServerConnection::ageMs() {
  return loop().nowMs() - created_ms_;
}

void ServerConnection::logConnection(http::Flags flags, std::string_view protocol) {
  if (!logged() || !peer_) return;
  writeConnectionLogs(chain_, {*peer_, id_, ageMs(), bytesRead(), bytesWritten(), flags, protocol});
}

void writeConnectionLogs(Chain& chain, const ConnectionFacts& facts) {
  accesslog::LogInput input;
  input.type = "NotSet";
  input.duration_us = static_cast<int64_t>(facts.life_ms * 1000);
  input.start_us = Worker::wallUs() - facts.life_ms * 1000;
  input.bytes_received = facts.bytes_received;
  input.bytes_sent = facts.bytes_sent;
  input.flags = facts.flags;
  input.connection_id = facts.id;
  input.protocol = facts.protocol;
  input.listener_name = chain.listener_name;
  input.filter_chain_name = chain.filter_chain_name;
  input.downstream_remote = input.downstream_direct_remote = facts.peer.remote();
  input.downstream_local = input.downstream_direct_local = facts.peer.local();
  if (tls::Session* session = facts.peer.session()) gatherTls(*session, chain, input);
  accesslog::writeLines(chain.connection_logs, input, chain.worker.random.next() >> 1);
}

void gatherTls(tls::Session& session, const Chain& chain, accesslog::LogInput& input) {
  input.downstream_tls = session.ssl();
  input.downstream_transport_failure_reason = session.reason();
  // As in Envoy, the handshake alone tells nobody the name.
  if (!chain.knows_server_names) return;
  if (const char* name = SSL_get_servername(session.ssl(), TLSEXT_NAMETYPE_host_name)) {
    input.requested_server_name = name;
  }
}

}  // namespace attache::network
