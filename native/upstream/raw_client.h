// A connection to a host that carries the bytes of one request's body and of its response's,
// without any protocol: where a CONNECT ends at this proxy (RFC 9110 section 9.3.6).
#pragma once

#include "upstream/client_connection.h"

namespace attache::upstream {

class RawClient final : public ClientConnection, public UpstreamStream {
 public:
  // Starts to connect; null and *error (errno) when it cannot.
  static RawClient* connect(Host& host, const Identity& identity, ConnectError* error);

  // UpstreamStream. The head is not sent: it is answered with 200, as being connected is.
  void sendHeaders(const HeaderMap& headers, bool end) override;
  void sendData(const char* data, size_t n, bool end) override;
  void sendTrailers(const HeaderMap& trailers) override;
  void pauseResponse(bool pause) override { pause ? pauseReading() : resumeReading(); }
  size_t waiting() const override { return queued(); }
  void abandon() override;
  void handOver(UpstreamRequest& to) override { request_ = &to; }
  ClientConnection& connection() override { return *this; }
  bool reused() const override { return false; }
  http::Protocol protocol() const override { return http::Protocol::Http11; }

 private:
  RawClient(Host& host, int fd) : ClientConnection(host, fd) {}
  void onReadable() override;
  void onDrained() override {}
  void onBackpressure(bool paused) override;
  void onUp() override;
  void onConnectFailed(http::UpstreamFailure failure, std::string_view reason) override;
  void onPeerEnd(int error) override;
  void onGone() override {}
  std::string_view alpn() const override { return {}; }
  void answer();

  UpstreamRequest* request_ = nullptr;
};

}  // namespace attache::upstream
