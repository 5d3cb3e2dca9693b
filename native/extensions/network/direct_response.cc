#include "extensions/network/direct_response.h"

#include <utility>

#include "network/server_connection.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

// How long a client has to take the response and to end its side: what it has sent already would
// make the kernel cut the response (RFC 9112 section 9.6 has the same for HTTP).
constexpr uint64_t kLingerMs = 1000;

class ResponseConnection final : public network::ServerConnection {
 public:
  using network::ServerConnection::ServerConnection;
  void begin(io::Handoff&& connection, std::string_view response) {
    if (!start(std::move(connection))) {
      closeNow();
      return;
    }
    write(response);
    closeAfterWrite(kLingerMs, kLingerMs);
  }
  void startDraining(uint64_t) override {}
  void abort() override { closeNow(); }

 private:
  void onReadable() override {}
  void onDrained() override {}
  void onEnd(int) override { closeNow(); }
  void onBackpressure(bool) override {}
  void onClosed() override {
    logConnection(0, {});
    ended();
  }
};

class DirectResponse final : public network::Chain {
 public:
  DirectResponse(Worker& worker, tables::Pinned* listener, const tables::FilterChain& chain,
                 const tables::TcpDirectResponse& config)
      : network::Chain(worker, listener, chain), config_(config) {}
  void serve(network::Arrival&& arrival) override {
    auto* made = new ResponseConnection(*this, arrival.connection.fd, arrival.owner);
    made->begin(std::move(arrival.connection), config_.response.view());
  }

 private:
  const tables::TcpDirectResponse& config_;
};

network::Chain* create(Worker& worker, tables::Pinned* listener, const tables::FilterChain& chain,
                       const void* config) {
  return new DirectResponse(worker, listener, chain,
                            *static_cast<const tables::TcpDirectResponse*>(config));
}

}  // namespace

const network::TerminalFilter kDirectResponse = {
    .name = "envoy.filters.network.direct_response",
    .create = create,
};

}  // namespace attache::extensions
