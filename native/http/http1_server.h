// The server half of HTTP/1: a client's connection, one request at a time, in order.
#pragma once

#include <memory>

#include "base/kept_bytes.h"
#include "codec/h1.h"
#include "http/codec.h"
#include "http/server_connection.h"

namespace attache::http {

class Http1Server final : public ServerConnection, public ResponseEncoder {
 public:
  // See ServerConnection.
  Http1Server(Manager& manager, int fd, const network::Owner& owner);
  ~Http1Server() override;
  // As ServerConnection's; reads at once what a new connection has brought along.
  bool start(io::Handoff&& connection);
  void startDraining(uint64_t delay_ms) override;

 private:
  // io::Connection, ServerConnection
  void onReadable() override;
  void onDrained() override;
  void onEnd(int error) override;
  void onBackpressure(bool paused) override;
  bool busy() const override { return stream_ != nullptr; }
  void finishSoon() override;
  void onGone() override;
  Protocol protocol() const override { return Protocol::Http11; }
  // ResponseEncoder, for the one stream
  void encode1xx(const HeaderMap& headers, int status) override;
  void encodeHeaders(HeaderMap& headers, int status, bool end) override;
  void encodeData(const char* data, size_t n, bool end) override;
  void encodeTrailers(HeaderMap& trailers) override;
  void reset() override;
  void flush() override { cork().flush(); }
  void pauseRequest(bool pause) override;
  size_t queued() const override { return io::Connection::queued(); }

  bool recognize(char* data, size_t n);
  void becomeHttp2(char* data, size_t n);
  bool dispatch(char* data, size_t n);
  bool parseHead(char*& data, size_t& n);
  void startRequest(char* lo, char* hi);
  void askTunnel(Tunnel kind);
  void openTunnel(HeaderMap& headers, int status);
  bool deliverBody(char*& data, size_t& n);
  void rejected(h1::HeadError error);
  void requestFailed(h1::HeadError error);
  void endOfResponse();
  void finishExchange();
  void takeKept();
  [[gnu::noinline]] void logHead(HeaderMap& headers, int status, size_t size, bool own_length,
                                 const h1::HeadOptions& options);
  static void onHeadTimeout(void* self);
  static void onAnswered(void* self);

  std::unique_ptr<Stream> stream_;
  io::Timer head_timer_;
  io::Again answered_;  // the exchange is over when nothing of the stream is on the stack any more
  h1::ChunkedDecoder chunks_;
  h1::HeadInfo info_;
  KeptBytes input_;  // a head of which not all has come, or a pipelined request
  size_t scanned_ = 0;
  uint64_t body_left_ = 0;
  h1::BodyKind body_ = h1::BodyKind::None;
  bool known_ = false;        // that it is HTTP/1 that is spoken
  bool head_done_ = false;    // the request's head has been taken
  bool request_done_ = true;  // and its body
  bool response_done_ = true;
  bool chunked_response_ = false;
  bool response_has_body_ = false;
  bool tunnel_ = false;     // what follows the request's head is not HTTP
  bool close_ = false;      // after this response
  bool backed_up_ = false;  // too much waits for the client
  bool sent_100_ = false;
  bool dispatching_ = false;
};

}  // namespace attache::http
