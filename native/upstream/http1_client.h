// A connection to a host that speaks HTTP/1.1, and the pool of them: one request at a time each,
// the last used first, so that the fewest stay warm.
#pragma once

#include <string>

#include "base/kept_bytes.h"
#include "codec/h1.h"
#include "io/connection.h"
#include "upstream/cluster.h"
#include "upstream/request.h"

namespace attache::upstream {

// Gives `request` a connection to `host`: at once through onReady(), or when one is connected or
// free; or answers onPoolFailure() (a circuit breaker, no connection).
void acquire(Host& host, UpstreamRequest& request);
// Takes back a request that waits for a connection.
void cancelPending(Host& host, UpstreamRequest& request);

class Http1Client final : public io::Connection, public Link<IdleTag>, public Link<ActiveTag> {
 public:
  // Starts to connect; null and *error (errno) when it cannot. `server_name` is for TLS, empty:
  // what the cluster says.
  static Http1Client* connect(Host& host, std::string_view server_name, int* error);
  ~Http1Client() override;

  // Makes the connection `request`'s and calls its onReady().
  void assign(UpstreamRequest& request);
  // The head as it is in `headers` (hop-by-hop fields removed); framing is added: content-length
  // as given, otherwise chunked unless `end`.
  void sendHeaders(const HeaderMap& headers, bool end);
  void sendData(const char* data, size_t n, bool end);
  void sendTrailers(const HeaderMap& trailers);
  // Closes after the response that is under way.
  void retire() { keep_ = false; }
  // Gives up: closes the connection without telling the request.
  void abandon();
  // Stops or resumes reading the response.
  void pauseResponse(bool pause) { pause ? pauseReading() : resumeReading(); }
  Host& host() { return host_; }
  // Whether a request was answered on it before this one.
  const std::string& serverName() const { return server_name_; }
  bool reused() const { return served_ > 1; }
  uint64_t connectionId() const { return id_; }
  // Loop::nowUs() when it began to connect, and when it was connected.
  uint64_t connectBeginUs() const { return connect_begin_us_; }
  uint64_t connectEndUs() const { return connect_end_us_; }
  // "ip:port" of our end; %UPSTREAM_LOCAL_ADDRESS%. Asked from the kernel once.
  const std::string& localAddress();

 private:
  Http1Client(Host& host, int fd);
  void onReadable() override;
  void onDrained() override {}
  void onEnd(int error) override;
  void onConnected() override;
  void onClosed() override;
  void onBackpressure(bool paused) override;

  bool dispatch(char* data, size_t n);
  bool parseHead(char*& data, size_t& n);
  bool deliverBody(char*& data, size_t& n);
  void responseComplete();
  void fail(http::UpstreamFailure kind, bool safe, std::string_view reason);
  void takeNextOrIdle();
  bool startTls(uint32_t id);
  UpstreamRequest* nextPending();
  static void onTicket(void* self, SSL_SESSION* session);
  void connectFailed(http::UpstreamFailure failure, std::string_view reason);
  static void onConnectTimeout(void* self);
  static void onIdleTimeout(void* self);
  static void onMaxDuration(void* self);
  stats::Block* stats() { return host_.cluster.stats(); }

  Host& host_;
  UpstreamRequest* request_ = nullptr;
  io::Timer connect_timer_;
  io::Timer idle_timer_;
  io::Timer duration_timer_;
  h1::ChunkedDecoder chunks_;
  KeptBytes partial_;  // a head of which not all has come
  std::string local_address_;
  std::string server_name_;  // with auto_sni
  size_t scanned_ = 0;
  uint64_t body_left_ = 0;
  uint64_t id_;
  uint64_t created_ms_, idle_since_ms_ = 0;
  uint64_t connect_begin_us_, connect_end_us_ = 0;
  uint32_t served_ = 0;
  h1::BodyKind body_ = h1::BodyKind::None;
  bool connected_ = false;
  bool head_done_ = false;
  bool any_response_byte_ = false;
  bool keep_ = true;
  bool chunked_request_ = false;
  bool tunnel_ = false;  // open: bytes go both ways until one end closes
  bool request_done_ = false;
  bool local_close_ = false;
};

}  // namespace attache::upstream
