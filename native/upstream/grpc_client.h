// gRPC calls of our own to a cluster, on top of the asynchronous client: what the control plane's
// streams, access-log services and authorization are made of.
//
// How failures become a status is Envoy's way (source/common/grpc/async_client_impl.cc behaves so):
// before the response's head UNAVAILABLE, or what stands for the HTTP status (a timeout is 504, so
// UNAVAILABLE as well), with the text that a client of the proxy would get; after it INTERNAL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "grpc/messages.h"
#include "upstream/async_client.h"

namespace attache::upstream {

// Told of a call, on the worker's thread, never before start() has returned. Each of them may
// destroy the call.
class GrpcCallbacks {
 public:
  virtual ~GrpcCallbacks() = default;
  // At most once, before the first message; not of a trailers-only answer. Valid during the call.
  virtual void onInitialMetadata(const HeaderMap&) {}
  // One message, without its prefix. Valid during the call.
  virtual void onMessage(std::string_view message) = 0;
  // Once, the last: a code of grpc/status.h, or another that the server has sent. `trailers`: the
  // server's, null: there are none. Valid during the call.
  virtual void onStatus(int64_t code, std::string_view message, const HeaderMap* trailers) = 0;
  // Messages are taken slower than they are sent (true), or fast enough again (false).
  virtual void onBackpressure(bool) {}
};

// A call with any number of messages both ways. Belongs to a worker and its thread; whoever holds
// it may destroy it at any time: what is under way is then reset and tells nobody.
class GrpcStream final : private AsyncCallbacks {
 public:
  struct Options {
    // Of the whole call, told as grpc-timeout too; 0: none.
    uint32_t timeout_ms = 0;
    // The server's messages above it end the call with RESOURCE_EXHAUSTED; 0: no limit.
    uint32_t max_message_bytes = 0;
    bool high_priority = false;
  };
  GrpcStream(Worker& worker, GrpcCallbacks& callbacks, const Options& options);
  ~GrpcStream() override;
  GrpcStream(const GrpcStream&) = delete;
  GrpcStream& operator=(const GrpcStream&) = delete;

  // The head of a call of /service/method. All is copied.
  void prepare(std::string_view authority, std::string_view service, std::string_view method);
  // To be added to after prepare(); values of names in -bin are base64 already.
  HeaderMap& metadata() { return request_.headers(); }
  // Sends the head to a host of the cluster with this directory id.
  void start(uint32_t cluster);
  // One message. What cannot go at once is copied: waiting() has its size.
  void send(std::string_view message);
  // No message follows.
  void end();
  // Gives up (RST_STREAM); nobody is told.
  void cancel();
  // The server's messages are wanted later (true), or again. Those of what was read already may
  // come still.
  void pause(bool pause) { request_.pauseResponse(pause); }
  size_t waiting() const { return request_.waiting(); }
  // Between start() and onStatus().
  bool underWay() const { return under_way_; }

 private:
  // AsyncCallbacks
  void onHeaders(HeaderMap& headers, int status, bool end) override;
  void onData(const char* data, size_t n, bool end) override;
  void onTrailers(HeaderMap& trailers) override;
  void onFailure(http::UpstreamFailure failure, std::string_view details) override;
  void onBackpressure(bool paused) override { callbacks_.onBackpressure(paused); }

  void finish(int64_t code, std::string_view message, const HeaderMap* trailers);
  void finishWith(const HeaderMap& trailers);
  static void onLater(void* self);

  Worker& worker_;
  GrpcCallbacks& callbacks_;
  Options options_;
  AsyncRequest request_;
  grpc::MessageAssembler messages_;
  io::Again later_;
  std::string late_message_;
  int64_t late_code_ = 0;
  // Set when this is destroyed: somebody is in the middle of it.
  bool* gone_ = nullptr;
  bool under_way_ = false;
  bool starting_ = false;
  bool head_received_ = false;
};

class GrpcReply {
 public:
  virtual ~GrpcReply() = default;
  // Once. `response` is the server's message when the code is OK. May destroy the call.
  virtual void onReply(int64_t code, std::string_view message, std::string_view response) = 0;
};

// A call of one message with one answer.
class GrpcCall final : private GrpcCallbacks {
 public:
  GrpcCall(Worker& worker, GrpcReply& reply, const GrpcStream::Options& options)
      : reply_(reply), stream_(worker, *this, options) {}

  void prepare(std::string_view authority, std::string_view service, std::string_view method) {
    stream_.prepare(authority, service, method);
  }
  HeaderMap& metadata() { return stream_.metadata(); }
  void start(uint32_t cluster, std::string_view message);
  void cancel() { stream_.cancel(); }
  bool underWay() const { return stream_.underWay(); }

 private:
  void onMessage(std::string_view message) override;
  void onStatus(int64_t code, std::string_view message, const HeaderMap* trailers) override;

  GrpcReply& reply_;
  GrpcStream stream_;
  std::string response_;
  bool answered_ = false;
};

}  // namespace attache::upstream
