// A connection that a listener has accepted, until it is known what it speaks: the listener
// filters, the choice of a filter chain and the TLS handshake; then the codec's object takes over
// the descriptor.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/list.h"
#include "http/types.h"
#include "io/connection.h"
#include "listener/filter_set.h"
#include "network/filter_run.h"
#include "stats/stats.h"

namespace attache {

class ActiveListener;

// A filter chain as one worker has it.
struct ActiveChain {
  uint32_t ref = 0;  // of its record
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
  // The same for a connection that another listener has accepted: it goes no further.
  void start(io::Handoff&& from);
  // That takes it; null: not chosen yet.
  const network::Chain* chain() const { return chain_.filters; }

 private:
  void onReadable() override;
  void onDrained() override {}
  void onEnd(int error) override;
  void onConnected() override;
  void onBackpressure(bool) override {}
  void onClosed() override;
  void begin();
  bool passFilters(std::string_view bytes);
  bool feed(std::string_view* bytes);
  void endFilter();
  void endFilters();
  void peek();
  void filtersPassed();
  void choose();
  void serve(const ActiveChain& chain);
  void joinFilters();
  void secureAndServe();
  void turnAway();
  void refuse(http::Flags flags, std::string_view details);
  static void onTimeout(void* self);

  ActiveListener& listener_;
  ActiveChain chain_;
  std::unique_ptr<network::FilterRun> run_;  // the chain's filters before the last, if any
  io::Timer timer_;
  uint64_t created_ms_;
  std::shared_ptr<const listener::FilterSet> filters_;  // null when there are none, or no more
  size_t at_ = 0;                                       // whose turn it is
  void* state_ = nullptr;                               // that filter's
  size_t taken_ = 0;                                    // out of the socket, since peek()
  sockaddr_storage came_from_{};                        // for the listener's log
  bool waiting_ = false;                                // for bytes that it wants
  bool peeked_ = false;  // there may be bytes in the socket that nobody will be told of again
  bool handed_on_ = false;
  bool counted_ = false;
};

}  // namespace attache
