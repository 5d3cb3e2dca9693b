// The host's side of a proxied TCP connection. It may outlive the client's: what the client has
// sent still goes out.
#pragma once

#include <string_view>

#include "http/types.h"
#include "upstream/client_connection.h"

namespace attache::extensions {

class TcpProxy;
class TcpSession;

class TcpUpstream final : public upstream::ClientConnection {
 public:
  // Begins to connect for `session`, which is told how that goes: onUpstreamReady(),
  // onUpstreamFailed(). Null: it could not even begin (*error: errno), and has told nobody.
  static TcpUpstream* connect(upstream::Host& host, TcpSession& session,
                              upstream::ConnectError* error);

  // What the client sends.
  void forward(const char* data, size_t n);
  // The client sends no more.
  void endForwarding() { endWriting(); }
  void pause(bool pause) { pause ? pauseReading() : resumeReading(); }

  // The session ends, and none of these tells it anything any more. In its order: nothing is of
  // use; the client was cut; what is queued goes out first, as long as `proxy` lets it take.
  void abandon();
  void cut();
  void flush(TcpProxy& proxy);

 private:
  TcpUpstream(upstream::Host& host, int fd, TcpSession& session);
  void onReadable() override;
  void onDrained() override;
  void onBackpressure(bool paused) override;
  void onUp() override;
  void onConnectFailed(http::UpstreamFailure failure, std::string_view reason) override;
  void onPeerEnd(int error) override;
  // What a host speaks is between it and the client.
  std::string_view alpn() const override { return {}; }
  void onCloseTimeout() override;
  void onGone() override;
  bool bothEnded() const { return readingEnded() && writingEnded() && queued() == 0; }
  void close(bool local, bool reset);
  void leaveSession();

  TcpSession* session_;           // null: it has ended
  TcpProxy* flushing_ = nullptr;  // what is queued goes out for a session of it that has ended
  Bulk bulk_;
  bool pending_ = true;  // counted as waiting to be connected
};

}  // namespace attache::extensions
