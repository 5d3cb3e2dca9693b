// The server half of HTTP/2: a client's connection with its streams.
#pragma once

#include <memory>
#include <vector>

#include "http/codec.h"
#include "http/h2_keepalive.h"
#include "http/h2_session.h"
#include "http/server_connection.h"

namespace attache::http {

class Http2Server;

// One request and its response.
class Http2ServerStream final : public H2Stream, public ResponseEncoder {
 public:
  explicit Http2ServerStream(Http2Server& server);
  ~Http2ServerStream() override;

  // H2Stream
  HeaderMap& fieldsFor(bool trailers) override;
  void onHead(const h2::FieldsResult& result, bool end, char* lo, char* hi) override;
  void onBody(const char* data, size_t n, bool end) override;
  void onTrailers(HeaderMap& trailers) override;
  void onReset(h2::ErrorCode code, bool remote, std::string_view detail) override;
  void onSendQueue(bool full) override;

  // ResponseEncoder
  void encode1xx(const HeaderMap& headers, int status) override;
  void encodeHeaders(HeaderMap& headers, int status, bool end) override;
  void encodeData(const char* data, size_t n, bool end) override;
  void encodeTrailers(HeaderMap& trailers) override;
  void reset() override;
  void flush() override;
  void pauseRequest(bool pause) override;
  size_t queued() const override { return out.size(); }

  // A response has begun.
  bool answered() const { return answered_; }
  uint64_t createdMs() const { return created_ms_; }

 private:
  void startRequest(const h2::FieldsResult& result, bool end, char* lo, char* hi);
  void remoteReset(h2::ErrorCode code);
  void responseDone();
  static void onFlushTimeout(void* self);

  Http2Server& server_;
  std::unique_ptr<Stream> stream_;
  io::Timer flush_timer_;  // for a client that does not take the rest of a response
  uint64_t created_ms_;
  bool answered_ = false;
  bool response_done_ = false;
  bool sent_100_ = false;
};

class Http2Server final : public ServerConnection, private H2Role {
 public:
  Http2Server(Manager& manager, int fd, const network::Owner& owner);
  // Goes on for a connection of which it has turned out that it speaks HTTP/2; `from` has given its
  // descriptor away.
  Http2Server(ServerConnection& from, int fd);
  ~Http2Server() override;
  // Sends our SETTINGS; false: it has to be aborted.
  bool start(io::Handoff&& connection);
  bool resume(io::Handoff&& connection);
  // What another object has read of the connection.
  void feed(char* data, size_t n);
  void startDraining(uint64_t delay_ms) override;

 private:
  friend class Http2ServerStream;
  // io::Connection, ServerConnection
  void onReadable() override;
  void onDrained() override { session_.onDrained(); }
  void onEnd(int error) override;
  void onBackpressure(bool paused) override;
  bool busy() const override { return session_.streamCount() > 0; }
  void finishSoon() override;
  void onGone() override;
  Protocol protocol() const override { return Protocol::Http2; }
  // H2Role
  H2Stream* makeStream(uint32_t id) override;
  void streamClosed(H2Stream& stream) override;
  void onGoAway(uint32_t, h2::ErrorCode) override {}
  void onSettings() override {}
  void onPingAck(const char*) override { keepalive_.onAck(); }

  void begin();
  struct Rest {
    std::unique_ptr<char[]> memory;
    size_t at = 0;
    size_t size = 0;
  };
  void readOn();
  bool dispatch(char* data, size_t n, Rest* from = nullptr);
  void failed();
  void awaitBlock();
  void giveUp(std::string_view detail);
  // It is closing: of streams that are not answered.
  void countActive();
  // A response is about to begin: is the connection to end with it?
  void maybeDrain();
  void announceEnd();
  void sweep();
  void countReset(const Http2ServerStream& stream);
  static void onAgain(void* self);
  static void onDrainTimer(void* self);
  static void onBlockTimeout(void* self);
  static void onKeepaliveTimeout(void* self);

  H2Session session_;
  H2Keepalive keepalive_;
  io::Again again_;
  Rest rest_;  // of what was read: for another turn
  io::Timer drain_timer_;
  io::Timer block_timer_;  // for the rest of a header block, or a client that reads again
  std::vector<std::unique_ptr<H2Stream>> dead_;
  uint64_t closed_streams_ = 0;
  uint64_t premature_resets_ = 0;
  bool announced_ = false;  // the first GOAWAY is sent
  bool last_ = false;       // the last one
  bool sweeping_ = false;
};

}  // namespace attache::http
