// Pings that find out whether the other end is still there (Envoy's connection_keepalive).
#pragma once

#include <cstdint>

#include "base/random.h"
#include "http/h2_session.h"
#include "io/loop.h"
#include "tables/generated/layout.h"

namespace attache::http {

class H2Keepalive {
 public:
  // `on_timeout(self)` when an answer does not come in time. Everything outlives it.
  H2Keepalive(H2Session& session, io::Loop& loop, Random& random,
              const tables::Http2Options& config, void (*on_timeout)(void*), void* self);
  // Begins to send, when that is configured.
  void start();
  void stop();
  // A request is about to be sent on a connection that was idle for `idle_ms`: ask whether it
  // lives.
  void beforeRequest(uint64_t idle_ms);
  void onAck();

 private:
  void send();
  void armInterval();
  static void onInterval(void* self);
  static void onTimeout(void* self);

  H2Session& session_;
  io::Loop& loop_;
  Random& random_;
  void (*on_timeout_)(void*);
  void* self_;
  uint64_t interval_ms_, timeout_ms_, idle_interval_ms_;
  uint32_t jitter_percent_;
  io::Timer interval_;
  io::Timer timeout_;
};

}  // namespace attache::http
