// Requests of our own to a cluster: what filters, loggers and the control plane's streams ask of
// others. Neutral of the protocol; body and trailers flow both ways, so that calls may be streams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/arena.h"
#include "base/buffer.h"
#include "codec/headers.h"
#include "io/loop.h"
#include "upstream/request.h"

namespace attache {
class Worker;
}

namespace attache::upstream {

class Cluster;
class Host;

// Told of the response, on the worker's thread. Each of them may destroy the request.
class AsyncCallbacks {
 public:
  virtual ~AsyncCallbacks() = default;
  // Once. The fields live until the request is destroyed or started again.
  virtual void onHeaders(HeaderMap& headers, int status, bool end) = 0;
  // Valid during the call.
  virtual void onData(const char* data, size_t n, bool end) = 0;
  virtual void onTrailers(HeaderMap& trailers) = 0;
  // There will be no response, or no more of it. `details`: as %RESPONSE_CODE_DETAILS% has it for
  // a proxied request, valid during the call. Nothing follows.
  virtual void onFailure(http::UpstreamFailure failure, std::string_view details) = 0;
  // The body is taken slower than it is sent (true), or fast enough again (false).
  virtual void onBackpressure(bool) {}
};

// One exchange at a time. Belongs to a worker and to its thread; whoever holds it may destroy it at
// any time, also from a callback: what is under way is then reset and tells nobody.
class AsyncRequest final : public UpstreamRequest {
 public:
  struct Options {
    // From the request's end to the response's; 0: none. Told as x-envoy-expected-rq-timeout-ms.
    uint32_t timeout_ms = 0;
    // The time runs from start() on, for calls whose request does not end.
    bool timeout_from_start = false;
    bool high_priority = false;
    // Whoever sends it flushes the worker's cork.
    bool corked = false;
  };
  AsyncRequest(Worker& worker, AsyncCallbacks& callbacks);
  ~AsyncRequest() override;
  AsyncRequest(const AsyncRequest&) = delete;
  AsyncRequest& operator=(const AsyncRequest&) = delete;

  // To be filled before start(): ":method", ":path", ":authority". Copy what does not outlive the
  // request.
  HeaderMap& headers() { return request_; }
  // Sends it to a host of the cluster with this directory id. Failures are told by onFailure(),
  // perhaps before this returns.
  void start(uint32_t cluster, bool end, const Options& options);
  void sendData(const char* data, size_t n, bool end);
  void sendTrailers(const HeaderMap& trailers);
  // Bytes of the body that wait for a connection, a window or the socket.
  size_t waiting() const { return body_.size() + (client_ ? client_->waiting() : 0); }
  // The response is wanted later (true), or again.
  void pauseResponse(bool pause);
  // Gives up; nobody is told. It may be started again.
  void cancel();
  // Between start() and the end of the response or its failure.
  bool underWay() const { return under_way_; }

 private:
  // UpstreamRequest
  void onReady(UpstreamStream& stream) override;
  void onPoolFailure(http::UpstreamFailure failure, std::string_view reason) override;
  HeaderMap& responseHeaders() override { return response_; }
  bool isHead() const override { return is_head_; }
  void on1xx(HeaderMap&, int) override {}
  void onHeaders(HeaderMap& headers, int status, bool end) override;
  void onData(const char* data, size_t n, bool end) override;
  void onTrailers(HeaderMap& trailers) override;
  void onReset(const http::UpstreamError& error) override;
  void onBackpressure(bool paused) override { callbacks_.onBackpressure(paused); }

  void flush();
  void useClusterOfHost();
  void attempt();
  bool mayRepeat(const http::UpstreamError& error) const;
  void requestComplete();
  void startTimer();
  void responseComplete();
  void countStatus(int status);
  void attemptEnded();
  // Lets go of connection and cluster.
  void finish();
  void fail(http::UpstreamFailure failure, std::string_view details);
  static void onTimeout(void* self);

  Worker& worker_;
  AsyncCallbacks& callbacks_;
  Arena arena_;
  HeaderMap request_, response_;
  Buffer body_;  // what came before there was a connection
  Options options_;
  io::Timer timer_;
  Cluster* cluster_ = nullptr;
  Host* host_ = nullptr;
  UpstreamStream* client_ = nullptr;
  const HeaderMap* trailers_ = nullptr;
  uint64_t complete_ms_ = 0;  // the request was
  bool under_way_ = false;
  bool is_head_ = false;
  bool headers_end_ = false;
  bool request_end_ = false;
  bool body_sent_ = false;
  bool response_started_ = false;
  bool repeated_ = false;
  bool paused_ = false;
  bool counted_ = false;  // as an active request of host and cluster
};

}  // namespace attache::upstream
