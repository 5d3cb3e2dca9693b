// A connection to a host, whatever it speaks: the socket and its options, TLS, the time it may take
// to connect, and the accounting of host and cluster.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/list.h"
#include "io/connection.h"
#include "stats/stats.h"
#include "upstream/cluster.h"
#include "upstream/request.h"

namespace attache::mesh {
struct PeerFacts;
}

namespace attache::upstream {

struct ConnectionFilters;

// Why a connection could not even be begun.
struct ConnectError {
  int number = 0;  // errno
  // The host has nothing to do with it: the socket could not be bound. `reason` then says more.
  bool local = false;
  std::string reason;
};

class ClientConnection : public io::Connection, public Link<ActiveTag> {
 public:
  ~ClientConnection() override;

  // No request begins on it any more; closes when those under way are answered, now if there are
  // none. For the connections of a pool.
  virtual void retire() {}

  Host& host() { return host_; }
  // What the request wanted for which it was made.
  Identity identity() const { return {server_name_, proxy_header_, offered_}; }
  // What the host has said of itself before its bytes; null: nobody asks for it.
  const mesh::PeerFacts* saidOfHost() const;
  // It is being made, and will carry several requests.
  virtual bool willBeShared() const { return false; }
  uint64_t connectionId() const { return id_; }
  // Loop::nowUs() when it began to connect, and when it was connected.
  uint64_t connectBeginUs() const { return connect_begin_us_; }
  uint64_t connectEndUs() const { return connect_end_us_; }
  // "ip:port" of our end; %UPSTREAM_LOCAL_ADDRESS%. Asked from the kernel once.
  const std::string& localAddress();

 protected:
  // A new socket with the cluster's options; -1: *error says why.
  static int openSocket(Host& host, ConnectError* error);
  // Owns `fd`, of openSocket(). Counts the connection and puts it among the host's active ones.
  ClientConnection(Host& host, int fd);
  // Goes on for `from`, which has given its socket away (Connection::handOff()): nothing is counted
  // anew.
  ClientConnection(ClientConnection& from, int fd);
  // Starts to connect, with a PROXY header and TLS where the host has them. False: it cannot
  // (*error says why); the object is closed then and dies at the end of the turn.
  bool start(const Identity& identity, ConnectError* error);

  // Connected, the handshake done.
  virtual void onUp() = 0;
  // It never came to that; closed after this. `reason` is gone after the call.
  virtual void onConnectFailed(http::UpstreamFailure failure, std::string_view reason) = 0;
  // The peer has finished sending, or the socket failed (error: errno, 0 for an orderly end).
  virtual void onPeerEnd(int error) = 0;
  // The protocols to offer, as TLS has them on the wire (RFC 7301), where the context says none.
  virtual std::string_view alpn() const = 0;
  // Closed: the last call. Timers of its own have to be cancelled.
  virtual void onGone() = 0;

  // As of io::Connection, behind the cluster's filters.
  Read readSome(char* into, size_t room, size_t* got, int* error) {
    if (!filters_) [[likely]]
      return io::Connection::readSome(into, room, got, error);
    return readFiltered(into, room, got, error);
  }
  Read moveSome(Connection& to, io::PipePool& pipes, Bulk& bulk, char* scratch, size_t room,
                size_t* got, int* error);
  // For what goes on for another: sessions that a server gives are this object's matter now.
  void keepTickets();
  bool up() const { return up_; }
  uint64_t createdMs() const { return created_ms_; }
  stats::Block* stats() { return host_.cluster.stats(); }

  Host& host_;
  // Why it closes, for the statistics.
  bool local_close_ = false;

 private:
  void onConnected() final;
  void onEnd(int error) final;
  void onClosed() final;
  bool startTls(uint32_t context);
  void joinFilters();
  Read readFiltered(char* into, size_t room, size_t* got, int* error);
  void connectFailed(http::UpstreamFailure failure, std::string_view reason);
  static void onTicket(void* self, SSL_SESSION* session);
  static void onConnectTimeout(void* self);

  std::unique_ptr<ConnectionFilters> filters_;  // null: the cluster has none
  io::Timer connect_timer_;
  std::string local_address_;
  std::string server_name_;
  std::string proxy_header_;
  std::string offered_;  // Identity::alpn
  uint64_t id_;
  uint64_t created_ms_;
  uint64_t connect_begin_us_, connect_end_us_ = 0;
  bool up_ = false;
};

}  // namespace attache::upstream
