// Hedging: an attempt that has had its time stays, beside the next one; the first good answer
// counts. envoy.config.route.v3.HedgePolicy.hedge_on_per_try_timeout
#pragma once

#include <string_view>

#include "upstream/cluster.h"
#include "upstream/request.h"

namespace attache::extensions {

class Router;

// An attempt that another one was made beside. In the stream's arena; tells the router what comes.
class HedgedAttempt final : public upstream::UpstreamRequest {
 public:
  // Takes over what `router` has under way: at `host`, where it is `active`, on `client`, or waits
  // for a connection (null).
  HedgedAttempt(Router& router, upstream::Host& host, upstream::UpstreamStream* client, bool active,
                HedgedAttempt* next);
  HedgedAttempt* next;
  upstream::Host& host() { return host_; }
  upstream::UpstreamStream* client() { return client_; }
  bool underWay() const { return client_ || linked(); }
  // Nothing more comes of it. `reset`: what it has under way is given up.
  void end(bool reset);
  // It has answered first: what follows is the router's.
  upstream::UpstreamStream* win();

  // upstream::UpstreamRequest
  void onReady(upstream::UpstreamStream& stream) override;
  void onPoolFailure(http::UpstreamFailure failure, std::string_view reason) override;
  HeaderMap& responseHeaders() override { return response_; }
  bool isHead() const override;
  void on1xx(HeaderMap&, int) override {}
  void onHeaders(HeaderMap& headers, int status, bool end) override;
  void onData(const char* data, size_t n, bool end) override;
  void onTrailers(HeaderMap& trailers) override;
  void onReset(const http::UpstreamError& error) override;
  void onBackpressure(bool paused) override;

 private:
  void count(bool active);
  Router& router_;
  upstream::Host& host_;
  upstream::UpstreamStream* client_;
  HeaderMap response_;
  bool active_;  // counted as an active request
  bool won_ = false;
  bool held_ = true;  // the cluster of the host
};

}  // namespace attache::extensions
