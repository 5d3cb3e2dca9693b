#include "network/server_connection.h"

#include <utility>

#include "network/filter_run.h"
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
  joinFilters();
}

ServerConnection::ServerConnection(ServerConnection& from, int fd)
    : io::Connection(from.loop(), from.pool(), from.cork(), fd),
      chain_(from.chain_),
      owner_(from.owner_),
      id_(from.id_),
      created_ms_(from.created_ms_) {
  chain_.retain();
  from.unlink();
  from.owner_.filters = nullptr;
  chain_.connections.pushBack(this);
  setHighWatermark(chain_.buffer_limit);
  joinFilters();
}

ServerConnection::~ServerConnection() {
  chain_.release();
}

bool ServerConnection::start(io::Handoff&& connection) {
  if (!adopt(std::move(connection))) return false;
  if (filtered()) [[unlikely]]
    owner_.filters->established();
  if (!logged()) return true;
  // Asked while there is a descriptor to ask.
  peer().remote();
  peer().local();
  return true;
}

void ServerConnection::joinFilters() {
  if (!filtered()) return;
  // Later, as after a pause of reading: it may be in the middle of something.
  auto readable = [](void* self) {
    auto* connection = static_cast<ServerConnection*>(self);
    connection->loop().defer([connection] {
      if (connection->open() && !connection->readingPaused() && !connection->closing())
        connection->onReadable();
    });
  };
  auto close = [](void* self) { static_cast<ServerConnection*>(self)->abort(); };
  auto tell = [](void* self, mesh::ProxiedFacts& into) {
    return static_cast<ServerConnection*>(self)->tell(into);
  };
  owner_.filters->setHost({this, nullptr, readable, close, this, tell});
}

bool ServerConnection::factsWanted() const {
  return filtered() && owner_.filters->wantsFacts();
}

io::Connection::Read ServerConnection::readSome(char* into, size_t room, size_t* got, int* error) {
  if (filtered() && owner_.filters->wantsData()) [[unlikely]]
    return readFiltered(into, room, got, error);
  return io::Connection::readSome(into, room, got, error);
}

io::Connection::Read ServerConnection::readFiltered(char* into, size_t room, size_t* got,
                                                    int* error) {
  return readThrough(*owner_.filters, into, room, got,
                     [&] { return io::Connection::readSome(into, room, got, error); });
}

io::Connection::Read ServerConnection::moveSome(Connection& to, io::PipePool& pipes, Bulk& bulk,
                                                char* scratch, size_t room, size_t* got,
                                                int* error) {
  if (!filtered() || !owner_.filters->wantsData()) [[likely]]
    return io::Connection::moveSome(to, pipes, bulk, scratch, room, got, error);
  Read result = readFiltered(scratch, room, got, error);
  if (result == Read::Data) to.write({scratch, *got});
  return result;
}

void ServerConnection::ended() {
  unlink();
  if (owner_.on_closed) owner_.on_closed(owner_.self, ageMs());
}

Peer& ServerConnection::peer() {
  if (!peer_) peer_ = std::make_unique<Peer>(fd(), session(), info());
  return *peer_;
}

uint64_t ServerConnection::ageMs() {
  return loop().nowMs() - created_ms_;
}

void ServerConnection::logConnection(http::Flags flags, std::string_view protocol) {
  if (!logged() || !peer_) return;
  writeConnectionLogs(
      {chain_.worker, chain_.connection_logs, chain_.listener_name, chain_.filter_chain_name},
      {*peer_, id_, ageMs(), bytesRead(), bytesWritten(), flags, protocol, {}});
}

void writeConnectionLogs(const ConnectionLogs& logs, const ConnectionFacts& facts) {
  accesslog::LogInput input;
  input.type = "NotSet";
  input.duration_us = static_cast<int64_t>(facts.life_ms * 1000);
  input.start_us = Worker::wallUs() - facts.life_ms * 1000;
  input.bytes_received = facts.bytes_received;
  input.bytes_sent = facts.bytes_sent;
  input.flags = facts.flags;
  input.connection_id = facts.id;
  input.protocol = facts.protocol;
  input.details = facts.details;
  input.listener_name = logs.listener_name;
  input.filter_chain_name = logs.filter_chain_name;
  input.downstream_remote = facts.peer.remote();
  gatherPeer(facts.peer, input);
  accesslog::writeLines(logs.targets, input, logs.worker.random.next() >> 1);
}

void gatherPeer(const Peer& peer, accesslog::LogInput& input) {
  input.downstream_direct_remote = peer.directRemote();
  input.downstream_local = peer.local();
  input.downstream_direct_local = peer.directLocal();
  // As in Envoy, the handshake alone tells nobody the name.
  if (peer.info()) input.requested_server_name = peer.info()->server_name;
  tls::Session* session = peer.session();
  if (!session) return;
  input.downstream_tls = session->ssl();
  input.downstream_transport_failure_reason = session->reason();
}

}  // namespace attache::network
