// One stream's way upstream, the router's state: the request's half is in router.cc, the response's
// and what ends it in router_response.cc, retries in router_retry.cc.
#pragma once

#include <cstdint>
#include <string_view>

#include "extensions/http/router_hash.h"
#include "extensions/http/router_hedge.h"
#include "http/access_log.h"
#include "http/asked.h"
#include "http/filter.h"
#include "http/retry.h"
#include "http/stream.h"
#include "tables/generated/layout.h"
#include "upstream/cluster.h"
#include "upstream/request.h"
#include "worker/worker.h"
namespace attache::upstream {
class Mirror;
}

namespace attache::extensions {

// One stream's way upstream. Phases in order: selectCluster, prepareRequest, startUpstream,
// onReady (sendRequest), onHeaders (receiveResponse), complete.
class Router final : public upstream::UpstreamRequest {
 public:
  Router(http::Stream& stream, const tables::Router& config)
      : stream_(stream),
        config_(config),
        timeout_(onTimeout, this),
        body_(stream.worker().buffers) {}

  http::FilterStatus decodeHeaders(HeaderMap& headers, bool end);
  void forwardData(const char* data, size_t n, bool end);
  void forwardTrailers(HeaderMap& trailers);
  void downstreamBackpressure(bool paused);
  void giveUp();
  void destroy();

  // What a HedgedAttempt is told.
  void hedgedAnswered(HedgedAttempt& attempt, HeaderMap& headers, int status, bool end);
  void hedgedFailed(HedgedAttempt& attempt, http::UpstreamFailure failure, std::string_view reason);
  void sendWhole(upstream::UpstreamStream& stream);
  Arena& arena();
  Worker& worker();

  // upstream::UpstreamRequest
  void onReady(upstream::UpstreamStream& stream) override;
  void onPoolFailure(http::UpstreamFailure failure, std::string_view reason) override;
  HeaderMap& responseHeaders() override { return stream_.response(); }
  bool isHead() const override { return stream_.isHead(); }
  void on1xx(HeaderMap& headers, int status) override;
  void onHeaders(HeaderMap& headers, int status, bool end) override;
  void onData(const char* data, size_t n, bool end) override;
  void onTrailers(HeaderMap& trailers) override;
  void onReset(const http::UpstreamError& error) override;
  void onBackpressure(bool paused) override;

 private:
  bool answerHere(const route::Match& match);
  bool endsHere() const;
  upstream::Cluster* selectCluster(const tables::Route& route);
  upstream::Host* chooseHost(uint32_t attempt = 0, uint64_t avoided_priorities = 0);
  void holdMember(upstream::Cluster& member);
  void prepareRequest(const tables::Route& route);
  void startUpstream();
  void identify();
  void requestComplete();
  void complete(bool success);
  void replyFailure(http::UpstreamFailure failure, std::string_view reason);
  // What few requests have (http/retry.h, http/asked.h); router_retry.cc.
  bool headersAreGood();
  bool isSpecial(const tables::Route& route, const HeaderMap& headers) const {
    return route.policies.get() || config_.respect_expected_rq_timeout ||
           headers.hasAny(http::kTimeoutNames);
  }
  [[gnu::noinline]] uint64_t readTimes(const tables::Route& route);
  http::RetryState& makeRetry();
  void setUpSpecial(bool end);
  void giveUpSpecial();
  void tellTimes(uint64_t elapsed_ms);
  size_t bodyLimit() const;
  bool keeping() const { return retry_ && retry_->keepsBody() && !body_sent_; }
  // The response is not the one that is passed on.
  bool passOver(const HeaderMap& headers, int status, bool end);
  void keepBody(const char* data, size_t n);
  void stopKeeping();
  bool retryResponse(const HeaderMap& headers, int status, bool end);
  // `under_way`: of what has just ended, requests that count as under way still.
  bool retryFailure(http::UpstreamFailure failure, bool started, uint32_t under_way = 0);
  bool takeRetry(uint32_t under_way = 0);
  void disarm();
  void letGo(bool end);
  void startTry();
  void tryAgain();
  // Internal redirects: router_redirect.cc.
  bool redirect(const HeaderMap& headers, int status, bool end);
  bool turnRequest(const tables::InternalRedirects& policy, const HeaderMap& response, int status);
  bool noteRedirect(const tables::InternalRedirects& policy, std::string_view to);
  void copyHeaders(const tables::InternalRedirects& policy, const HeaderMap& response);
  void restart();
  // Hedging: router_hedge.cc.
  void hedge();
  bool othersAwaited(const HedgedAttempt* than) const;
  bool leftToOthers(http::UpstreamFailure failure);
  void abandonHedged();
  void giveUpHedged(const HedgedAttempt* but);
  void settleFor1xx();
  // Mirrors: router_mirror.cc.
  void startMirrors(bool end);
  void prepareMirror(const tables::Mirror& config, HeaderMap& headers);
  [[gnu::noinline]] void mirrorData(const char* data, size_t n, bool end);
  void mirrorTrailers(const HeaderMap& trailers);
  void releaseMirrors();
  void giveUpMirrors();
  void tryTimedOut(std::string_view details);
  uint64_t mostRetries(uint64_t under_way) const;
  bool isAvoided() const;
  bool chooseAnother();
  [[gnu::noinline]] std::string_view attempts();
  void replyNoHost();
  void abandon();
  void takeAnswer(HeaderMap& headers, int status, bool end);
  [[gnu::noinline]] void takeHedged(HeaderMap& headers, int status, bool end);
  void abandonSlow();
  void replyTimeout(std::string_view details, bool counts = true);
  [[gnu::noinline]] void reportAnswer(const HeaderMap& headers, int status, bool end);
  bool mayRetry(const http::UpstreamError& error) const;
  void traceFailure(http::UpstreamFailure failure);
  void countStatus(int status);
  void countCode(int status);
  bool fromInside() const { return stream_.request().get(HeaderId::XEnvoyInternal) == "true"; }
  void countHost(bool success);
  void countGrpcStatus(const HeaderMap& headers);
  bool handshakeFailed(int status) const;
  void attemptEnded();
  [[gnu::noinline]] void noteConnection(http::LogFacts& facts);
  [[gnu::noinline]] void noteAddresses();
  [[gnu::noinline]] void noteHost();
  void mark(tables::Mark mark) {
    if (stream_.facts()) [[unlikely]]
      markNow(mark);
  }
  [[gnu::noinline]] void markNow(tables::Mark mark) {
    stream_.facts()->mark(mark, stream_.worker().loop.nowUs());
  }
  [[gnu::noinline]] void markBody(bool end);
  auto formatter() {
    return [this](const tables::Format& format) {
      // A stream without logs learns of its connection when a header asks.
      if (client_ && stream_.upstream.local.empty()) noteAddresses();
      return http::formatHeaderValue(format, stream_);
    };
  }
  static void onTimeout(void* self);
  static void onBackoff(void* self) {
    auto* router = static_cast<Router*>(self);
    router->retry_->redirected ? router->restart() : router->tryAgain();
  }
  static void onTryTimeout(void* self);
  static void onTryIdle(void* self);

  http::Stream& stream_;
  const tables::Router& config_;
  upstream::Cluster* cluster_ = nullptr;
  upstream::Cluster* member_ = nullptr;  // that of the host, where cluster_ is an aggregate
  upstream::Host* host_ = nullptr;
  upstream::UpstreamStream* client_ = nullptr;
  const tables::WeightedCluster* weighted_ = nullptr;
  io::Timer timeout_;
  Buffer body_;  // what came before there was a connection, or is kept to be sent again
  HeaderMap* trailers_ = nullptr;
  http::RetryState* retry_ = nullptr;     // null: neither route nor request say anything special
  HedgedAttempt* hedged_ = nullptr;       // the last one
  upstream::Mirror** mirrors_ = nullptr;  // that want the rest of the request; in the arena
  uint32_t mirror_count_ = 0;
  uint64_t timeout_ms_ = 0;
  uint64_t request_complete_ms_ = 0;
  bool request_end_ = false;  // all of it is here
  bool headers_end_ = false;
  bool body_sent_ = false;  // some of it went to a connection and is not kept
  bool response_started_ = false;
  bool active_ = false;  // counted as an active request
  bool grpc_ = false;
  bool status_awaited_ = false;  // the trailers say whether the host has done it
  bool done_ = false;
  uint8_t retries_ = 0;
  const HashCookie* cookies_ = nullptr;  // made for the client; in the arena
  bool paused_downstream_ = false;
};

}  // namespace attache::extensions
