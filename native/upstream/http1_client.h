// A connection to a host that speaks HTTP/1.1: one request at a time.
#pragma once

#include <string>

#include "base/kept_bytes.h"
#include "codec/h1.h"
#include "upstream/client_connection.h"

namespace attache::upstream {

class Http1Client final : public ClientConnection, public Link<IdleTag>, public UpstreamStream {
 public:
  // Starts to connect; null and *error (errno) when it cannot.
  static Http1Client* connect(Host& host, const Identity& identity, ConnectError* error);
  // Goes on for a connection of which ALPN has found that it speaks HTTP/1; `socket` is what `from`
  // has given away. Serves a request that waits.
  static void takeOver(ClientConnection& from, io::Handoff&& socket);
  ~Http1Client() override;

  // Makes the connection `request`'s and calls its onReady().
  void assign(UpstreamRequest& request);
  void retire() override { keep_ = false, retired_ = true; }

  // UpstreamStream. A head without content-length is chunked unless `end`.
  void sendHeaders(const HeaderMap& headers, bool end) override;
  void sendData(const char* data, size_t n, bool end) override;
  void sendTrailers(const HeaderMap& trailers) override;
  void pauseResponse(bool pause) override { pause ? pauseReading() : resumeReading(); }
  // Closes the connection.
  size_t waiting() const override { return queued(); }
  void abandon() override;
  void handOver(UpstreamRequest& to) override { request_ = &to; }
  ClientConnection& connection() override { return *this; }
  bool reused() const override { return served_ > 1; }
  http::Protocol protocol() const override { return http::Protocol::Http11; }

 private:
  Http1Client(Host& host, int fd);
  Http1Client(ClientConnection& from, int fd);
  void onReadable() override;
  void onDrained() override {}
  void onBackpressure(bool paused) override;
  void onUp() override;
  void onConnectFailed(http::UpstreamFailure failure, std::string_view reason) override;
  void onPeerEnd(int error) override;
  void onGone() override;
  std::string_view alpn() const override { return "\x08http/1.1"; }

  bool dispatch(char* data, size_t n);
  bool parseHead(char*& data, size_t& n);
  bool deliverBody(char*& data, size_t& n);
  void responseComplete();
  void endTunnel();
  void fail(http::UpstreamFailure kind, bool safe, std::string_view reason);
  void takeNextOrIdle();
  static void onIdleTimeout(void* self);
  static void onMaxDuration(void* self);
  UpstreamRequest* request_ = nullptr;
  io::Timer idle_timer_;
  io::Timer duration_timer_;
  h1::ChunkedDecoder chunks_;
  KeptBytes partial_;  // a head of which not all has come
  size_t scanned_ = 0;
  uint64_t body_left_ = 0;
  uint64_t idle_since_ms_ = 0;
  uint32_t served_ = 0;
  h1::BodyKind body_ = h1::BodyKind::None;
  bool head_done_ = false;
  bool any_response_byte_ = false;
  bool keep_ = true;
  bool retired_ = false;
  bool chunked_request_ = false;
  bool tunnel_ = false;  // open: bytes go both ways until one end closes
  bool request_done_ = false;
};

}  // namespace attache::upstream
