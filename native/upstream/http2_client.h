// A connection to a host that speaks HTTP/2: many requests at once.
#pragma once

#include <memory>
#include <vector>

#include "http/h2_keepalive.h"
#include "http/h2_session.h"
#include "upstream/client_connection.h"

namespace attache::upstream {

class Http2Client;

// One request and its response.
class Http2ClientStream final : public http::H2Stream, public UpstreamStream {
 public:
  Http2ClientStream(Http2Client& client, UpstreamRequest& request);
  ~Http2ClientStream() override;

  // http::H2Stream
  HeaderMap& fieldsFor(bool trailers) override;
  void onHead(const h2::FieldsResult& result, bool end, char* lo, char* hi) override;
  void onBody(const char* data, size_t n, bool end) override;
  void onTrailers(HeaderMap& trailers) override;
  void onReset(h2::ErrorCode code, bool remote, std::string_view detail) override;
  void onSendQueue(bool full) override;

  // UpstreamStream
  void sendHeaders(const HeaderMap& headers, bool end) override;
  void sendData(const char* data, size_t n, bool end) override;
  void sendTrailers(const HeaderMap& trailers) override;
  void pauseResponse(bool pause) override;
  size_t waiting() const override { return out.size(); }
  void abandon() override;
  void handOver(UpstreamRequest& to) override { request_ = &to; }
  ClientConnection& connection() override;
  bool reused() const override { return reused_; }
  http::Protocol protocol() const override { return http::Protocol::Http2; }

 private:
  void openTunnel(HeaderMap& headers);
  void done(UpstreamRequest* request);
  void noteSent(size_t head_bytes);

  Http2Client& client_;
  UpstreamRequest* request_;  // null: it is not interested any more
  std::string_view upgrade_;  // the protocol that a tunnel is asked for
  bool reused_;
  bool responding_ = false;
};

class Http2Client final : public ClientConnection, public Link<SharedTag>, private http::H2Role {
 public:
  // Starts to connect; null and *error (errno) when it cannot.
  static Http2Client* connect(Host& host, const Identity& identity, ConnectError* error);
  // Goes on for a connection of which ALPN has found that it speaks HTTP/2; `socket` is what `from`
  // has given away. Serves the requests that wait.
  static void takeOver(ClientConnection& from, io::Handoff&& socket);
  ~Http2Client() override;

  // Begins a stream for `request` and calls its onReady(). Only while it is among the host's shared
  // ones.
  void assign(UpstreamRequest& request);
  void retire() override;
  // Closes when nothing is under way.
  void closeIfIdle();

 private:
  friend class Http2ClientStream;
  Http2Client(Host& host, int fd);
  Http2Client(ClientConnection& from, int fd);
  // io::Connection, ClientConnection
  void onReadable() override;
  void onDrained() override { session_.onDrained(); }
  void onBackpressure(bool) override {}
  void onUp() override;
  void onConnectFailed(http::UpstreamFailure failure, std::string_view reason) override;
  void onPeerEnd(int error) override;
  void onGone() override;
  std::string_view alpn() const override { return "\x02h2"; }
  bool willBeShared() const override { return connecting_; }
  // http::H2Role
  http::H2Stream* makeStream(uint32_t) override { return nullptr; }
  void streamClosed(http::H2Stream& stream) override;
  void onGoAway(uint32_t last, h2::ErrorCode code) override;
  void onSettings() override;
  void onPingAck(const char*) override { keepalive_.onAck(); }

  void serve();
  void share();
  void takePending();
  void sweepSoon();
  void sweep();
  void close(bool local);
  HeaderMap& ignored();
  static http::H2Options options(const Host& host);
  static void onAgain(void* self);
  static void onIdleTimeout(void* self);
  static void onMaxDuration(void* self);
  static void onKeepaliveTimeout(void* self);

  http::H2Session session_;
  http::H2Keepalive keepalive_;
  io::Again again_;
  io::Timer idle_timer_;
  io::Timer duration_timer_;
  Arena arena_;
  HeaderMap ignored_;  // fields that nobody waits for
  std::vector<std::unique_ptr<http::H2Stream>> dead_;
  uint64_t idle_since_ms_ = 0;
  uint32_t served_ = 0;
  bool retired_ = false;  // no stream begins on it any more
  bool connecting_ = true;
  bool sweeping_ = false;
};

}  // namespace attache::upstream
