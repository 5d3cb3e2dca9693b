// A client's connection, whatever version of HTTP it speaks: how it begins and ends, how long it
// may be idle or open, statistics and the listener's log.
#pragma once

#include <cstdint>
#include <memory>

#include "base/list.h"
#include "http/manager.h"
#include "http/stream.h"
#include "io/connection.h"

namespace attache::http {

class ServerConnection : public io::Connection, public Link<> {
 public:
  ~ServerConnection() override;
  // Watches the socket; false: the object has to be deleted.
  bool start();
  // The same with what a connection brings from its handshake; the descriptor is the one given
  // to the constructor.
  bool start(io::Handoff&& connection);
  // Asks the client to send its next requests elsewhere; an idle one is closed within `delay_ms`.
  virtual void startDraining(uint64_t delay_ms) = 0;
  // Closes at once, whatever is in flight.
  void abort();

 protected:
  // Takes a reference of the manager and the accepted descriptor. `on_closed` is called once, when
  // the descriptor is closed (accounting of the listener).
  ServerConnection(Manager& manager, int fd, void (*on_closed)(void*, uint64_t life_ms),
                   void* owner);

  // A request is being read or answered.
  virtual bool busy() const = 0;
  // Idle, or open, for too long: close when what is under way has ended.
  virtual void finishSoon() = 0;
  // Closed: timers of its own have to be cancelled, streams told. The last call.
  virtual void onGone() = 0;
  // What the listener's log calls its protocol.
  virtual Protocol protocol() const = 0;

  const Peer& peer();
  void idleAgain() { idle_since_ms_ = loop().nowMs(); }
  // Closes within `limit_ms`, whatever the peer reads.
  void closeWithin(uint64_t limit_ms);
  stats::Block* stats() { return manager_.stats; }

  Manager& manager_;
  uint64_t id_;
  uint32_t requests_ = 0;
  bool drain_ = false;
  bool expired_ = false;  // drains because of its idle timeout or its age
  bool local_close_ = false;
  bool protocol_error_ = false;

 private:
  void onClosed() final;
  void begin();
  void expire();
  void logConnection(uint64_t life_ms);
  static void onIdle(void* self);

  void (*on_closed_)(void*, uint64_t life_ms);
  void* owner_;
  std::unique_ptr<Peer> peer_;
  io::Timer idle_timer_;
  uint64_t created_ms_, idle_since_ms_;
};

}  // namespace attache::http
