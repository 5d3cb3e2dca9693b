// A client's connection once it is known what it speaks: the base of what terminal filters make of
// it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/list.h"
#include "http/types.h"
#include "io/connection.h"
#include "network/chain.h"
#include "network/peer.h"

namespace attache::mesh {
struct ProxiedFacts;
}

namespace attache::network {

class ServerConnection : public io::Connection, public Link<> {
 public:
  // Takes a reference of the chain, and the descriptor that start() will be given.
  ServerConnection(Chain& chain, int fd, const Owner& owner);
  // Goes on for `from`, which has given its descriptor away: the owner is told once, of this one.
  ServerConnection(ServerConnection& from, int fd);
  ~ServerConnection() override;
  // Of startDraining(): nobody is closed who has not been told with an answer.
  static constexpr uint64_t kWhenUsed = UINT64_MAX;
  // The chain drains. To end when nothing is under way: now, or at a random moment of `delay_ms` if
  // that is not 0, so that clients do not all come back at once.
  virtual void startDraining(uint64_t delay_ms) = 0;
  // Closes at once, whatever is under way.
  virtual void abort() = 0;

  Chain& chain() const { return chain_; }
  uint64_t id() const { return id_; }

 protected:
  // As of io::Connection, behind the filters of the chain.
  Read readSome(char* into, size_t room, size_t* got, int* error);
  Read moveSome(Connection& to, io::PipePool& pipes, Bulk& bulk, char* scratch, size_t room,
                size_t* got, int* error);
  // Watches the descriptor, with what it brings from its handshake; false: it has to be aborted.
  bool start(io::Handoff&& connection);
  // What it knows for filters (FilterContext::tell()); false: nothing.
  virtual bool tell(mesh::ProxiedFacts&) { return false; }
  // Whether one of them wants that.
  bool factsWanted() const;
  // For onClosed(): the owner is told, the connection is no longer the chain's.
  void ended();
  // The peer, asked for when first wanted.
  Peer& peer();
  uint64_t createdMs() const { return created_ms_; }
  uint64_t ageMs();
  // A line for each of the listener's logs; before ended().
  void logConnection(http::Flags flags, std::string_view protocol);
  bool logged() const { return !chain_.connection_logs.empty(); }

 private:
  bool filtered() const { return owner_.filters != nullptr; }
  Read readFiltered(char* into, size_t room, size_t* got, int* error);
  void joinFilters();
  Chain& chain_;
  Owner owner_;
  std::unique_ptr<Peer> peer_;
  uint64_t id_;
  uint64_t created_ms_;
};

// What a listener's own log says of a connection, when it is closed.
struct ConnectionFacts {
  const Peer& peer;
  uint64_t id;
  uint64_t life_ms;
  uint64_t bytes_received, bytes_sent;
  http::Flags flags;
  std::string_view protocol;  // empty: nothing of one was understood
  std::string_view details;
};
// Where a listener's log goes, and what it says of all connections.
struct ConnectionLogs {
  Worker& worker;
  const std::vector<accesslog::Target>& targets;
  std::string_view listener_name, filter_chain_name;
};
// Writes a line to each connection log of the listener whose filter lets it pass.
void writeConnectionLogs(const ConnectionLogs& logs, const ConnectionFacts& facts);
// What logs say of a client but for its address.
void gatherPeer(const Peer& peer, accesslog::LogInput& input);

}  // namespace attache::network
