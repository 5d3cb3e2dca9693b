#include "extensions/network/echo.h"

#include <utility>

#include "network/server_connection.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

// How long a client that has ended may take nothing of what is sent back.
constexpr uint64_t kStallMs = 60000;

class EchoConnection final : public network::ServerConnection {
 public:
  using network::ServerConnection::ServerConnection;
  void begin(io::Handoff&& connection) {
    if (!start(std::move(connection))) closeNow();
  }
  void startDraining(uint64_t) override {}
  void abort() override { closeNow(); }

 private:
  void onReadable() override {
    char* scratch = chain().worker.scratch();
    for (;;) {
      size_t got;
      int error = 0;
      Read result = readSome(scratch, Worker::kReadBytes, &got, &error);
      if (result == Read::Blocked) return;
      if (result != Read::Data) {
        onEnd(result == Read::End ? 0 : error);
        return;
      }
      write({scratch, got});
      if (!open() || readingPaused()) return;
    }
  }
  void onDrained() override {}
  void onEnd(int error) override {
    if (error == 0) {
      closeAfterWrite(0, kStallMs);
    } else {
      closeNow();
    }
  }
  void onBackpressure(bool paused) override { paused ? pauseReading() : resumeReading(); }
  void onClosed() override {
    logConnection(0, {});
    ended();
  }
};

class Echo final : public network::Chain {
 public:
  using network::Chain::Chain;
  void serve(network::Arrival&& arrival) override {
    auto* made = new EchoConnection(*this, arrival.connection.fd, arrival.owner);
    made->begin(std::move(arrival.connection));
  }
};

network::Chain* create(Worker& worker, tables::Pinned* listener, const tables::FilterChain& chain,
                       const void*) {
  return new Echo(worker, listener, chain);
}

}  // namespace

const network::TerminalFilter kEcho = {.name = "envoy.filters.network.echo", .create = create};

}  // namespace attache::extensions
