// A connection to a host of which TLS finds out what it speaks: gives itself to the client of that
// protocol when ALPN (RFC 7301) has chosen.
#pragma once

#include "upstream/client_connection.h"

namespace attache::upstream {

class AlpnClient final : public ClientConnection {
 public:
  // Starts to connect; null and *error (errno) when it cannot.
  static AlpnClient* connect(Host& host, const Identity& identity, ConnectError* error);

 private:
  AlpnClient(Host& host, int fd);
  void onReadable() override {}
  void onDrained() override {}
  void onBackpressure(bool) override {}
  void onUp() override;
  void onConnectFailed(http::UpstreamFailure failure, std::string_view reason) override;
  void onPeerEnd(int) override { closeNow(); }
  void onGone() override { host_.connecting_shared--; }
  std::string_view alpn() const override { return "\x02h2\x08http/1.1"; }
  bool willBeShared() const override { return true; }
};

}  // namespace attache::upstream
