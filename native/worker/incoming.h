// A connection that a listener has accepted, until it is known what it speaks: the choice of a
// filter chain (after a look at the ClientHello where that matters) and the TLS handshake; then the
// codec's object takes over the descriptor.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/list.h"
#include "io/connection.h"
#include "network/chain.h"
#include "stats/stats.h"

namespace attache {

class ActiveListener;

// A filter chain as one worker has it.
struct ActiveChain {
  const tables::FilterChain* config = nullptr;
  network::Chain* filters = nullptr;  // null: they are not built in
  stats::Block* ssl = nullptr;
};

class Incoming final : public io::Connection, public Link<> {
 public:
  // Owns `fd`. The listener outlives it, or aborts it.
  Incoming(ActiveListener& listener, int fd);
  ~Incoming() override;
  // Begins; closes at once what cannot be served.
  void start();

 private:
  void onReadable() override;
  void onDrained() override {}
  void onEnd(int error) override;
  void onConnected() override;
  void onBackpressure(bool) override {}
  void onClosed() override;
  void inspect();
  void choose(bool tls);
  void serve(const ActiveChain& chain);
  static void onTimeout(void* self);

  ActiveListener& listener_;
  ActiveChain chain_;
  io::Timer timer_;
  uint64_t created_ms_;
  std::string server_name_;
  std::vector<std::string> alpn_;
  bool counted_ = false;
  bool inspecting_ = false;
};

}  // namespace attache
