// A client's connection that is proxied as bytes, and how it finds a host. In the order of its
// life: begin, connect (again after a failure), bytes both ways, the end of either side.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "accesslog/format.h"
#include "base/buffer.h"
#include "extensions/network/tcp_log.h"
#include "extensions/network/tcp_upstream.h"
#include "http/types.h"
#include "mesh/facts.h"
#include "network/server_connection.h"

namespace attache::extensions {

class TcpProxy;

class TcpSession final : public network::ServerConnection {
 public:
  TcpSession(TcpProxy& proxy, const network::Arrival& arrival);
  ~TcpSession() override;
  void begin(io::Handoff&& connection);
  // A filter in front has closed it.
  void turnAway(io::Handoff&& connection, http::Flags flags);
  void startDraining(uint64_t delay_ms) override;
  void abort() override;

  // ---- what the host's side tells -----------------------------------------------------------
  void onUpstreamReady();
  // `host` and `reason` are gone after the call.
  void onUpstreamFailed(upstream::Host& host, http::UpstreamFailure failure,
                        std::string_view reason);
  // It has sent bytes, which are on their way to the client.
  void onUpstreamBytes(size_t n);
  void onUpstreamEnd();
  void onUpstreamClosed(bool reset);
  // It takes bytes slower than they come (true), or fast enough again.
  void onUpstreamSlow(bool slow);
  // Something was sent or received.
  void active();
  TcpProxy& proxy() { return proxy_; }
  const network::Peer& client() { return peer(); }
  // Closes if nothing is left to come from the client or to go there.
  void closeIfEnded();

 private:
  // io::Connection
  void onReadable() override;
  void onDrained() override;
  void onEnd(int error) override;
  void onBackpressure(bool paused) override;
  void onCloseTimeout() override;
  void onClosed() override;
  // network::ServerConnection
  bool tell(mesh::ProxiedFacts& into) override;

  void startTimers();
  // tcp_mesh.cc; only where a filter wants it.
  void noteService(upstream::Cluster& cluster);
  void noteUpstream();
  // Gives it away: it tells nothing any more.
  TcpUpstream* leaveUpstream();
  void connect();
  void attempt(upstream::Host& host);
  void again();
  void fail(http::Flag flag);
  void keepEarly(const char* data, size_t n);
  void pauseClient(bool pause);
  bool drained();
  void closeByClient(bool reset);
  // tcp_log.cc
  void gather(accesslog::LogInput& input);
  void log(std::string_view type);
  void logEnd();
  static void onIdle(void* self);
  static void onMaxDuration(void* self);
  static void onLogInterval(void* self);
  static void onRetry(void* self);

  TcpProxy& proxy_;
  TcpUpstream* upstream_ = nullptr;
  const tables::TcpCluster* cluster_ = nullptr;
  std::unique_ptr<TcpLogFacts> facts_;           // if there are logs
  std::unique_ptr<mesh::ProxiedFacts> proxied_;  // if a filter wants to know
  Buffer early_;                                 // from the client, before there was a host
  io::Timer idle_timer_, duration_timer_, log_timer_, retry_timer_;
  Bulk bulk_;
  uint64_t received_ = 0, sent_ = 0, forwarded_ = 0;
  uint64_t active_ms_;
  uint64_t written_ = 0;  // of both sides, when the idle timer last looked
  uint64_t drain_at_ms_ = UINT64_MAX;
  http::Flags flags_ = 0;
  uint32_t attempts_ = 0;
  uint32_t pauses_ = 0;
  bool ready_ = false;      // upstream_ is connected
  bool early_end_ = false;  // the client's end has come before that
  bool full_ = false;       // early_ is, so the client waits
  bool cut_ = false;        // the client is gone, and was before there was a host
};

}  // namespace attache::extensions
