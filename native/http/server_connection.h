// A client's connection, whatever version of HTTP it speaks: how long it may be idle or open, and
// statistics.
#pragma once

#include <cstdint>

#include "http/manager.h"
#include "http/stream.h"
#include "network/server_connection.h"

namespace attache::http {

class ServerConnection : public network::ServerConnection {
 public:
  // Begins to serve; false: it has to be aborted.
  bool start(io::Handoff&& connection);
  // As start(), for one that goes on for another.
  bool resume(io::Handoff&& connection);
  void abort() override;

 protected:
  ServerConnection(Manager& manager, int fd, const network::Owner& owner);
  // Goes on for `from`, which has given its descriptor away: nothing is counted anew.
  ServerConnection(ServerConnection& from, int fd);

  // A request is being read or answered.
  virtual bool busy() const = 0;
  // Idle, or open, for too long: close when what is under way has ended.
  virtual void finishSoon() = 0;
  // Closed: timers of its own have to be cancelled, streams told. The last call.
  virtual void onGone() = 0;
  // What the listener's log calls its protocol.
  virtual Protocol protocol() const = 0;

  void idleAgain() { idle_since_ms_ = loop().nowMs(); }
  // Closes when the last answer has been written. `all_read`: nothing can come any more that would
  // make the end of the connection a reset.
  void closeAnswered(bool all_read);
  stats::Block* stats() { return manager_.stats; }

  Manager& manager_;
  uint32_t requests_ = 0;
  bool drain_ = false;
  bool expired_ = false;  // drains because of its idle timeout or its age
  bool local_close_ = false;
  bool aborted_ =
      false;  // from outside: what is under way counts as ended by the client, as in Envoy
  bool protocol_error_ = false;

 private:
  void onClosed() final;
  void onCloseTimeout() final;
  void expire();
  void armIdle();
  static void onIdle(void* self);

  io::Timer idle_timer_;
  uint64_t idle_since_ms_;
};

}  // namespace attache::http
