#include "upstream/async_client.h"

#include <charconv>
#include <string>

#include "upstream/client_connection.h"
#include "upstream/cluster.h"
#include "upstream/failure.h"
#include "upstream/pool.h"
#include "upstream/request_fields.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::upstream {

namespace cs = stats::cluster;
using http::UpstreamFailure;

AsyncRequest::AsyncRequest(Worker& worker, AsyncCallbacks& callbacks)
    : worker_(worker),
      callbacks_(callbacks),
      arena_(worker.blocks),
      request_(&arena_),
      response_(&arena_),
      body_(worker.buffers),
      timer_(onTimeout, this) {}

AsyncRequest::~AsyncRequest() {
  cancel();
}

void AsyncRequest::start(uint32_t cluster, bool end, const Options& options) {
  options_ = options;
  high_priority = options.high_priority;
  under_way_ = true;
  request_end_ = headers_end_ = end;
  body_sent_ = response_started_ = repeated_ = paused_ = false;
  trailers_ = nullptr;
  is_head_ = request_.get(HeaderId::Method) == "HEAD";
  cluster_ = worker_.clusters->get(cluster);
  if (!cluster_) return fail(UpstreamFailure::NoHost, "cluster_not_found");
  cluster_->users++;
  host_ = cluster_->choose({});
  if (!host_) {
    stats::inc(cluster_->stats(), cs::upstream_cx_none_healthy);
    return fail(UpstreamFailure::NoHost, "no_healthy_upstream");
  }
  useClusterOfHost();
  wanted = wantedProtocol(*cluster_, http::Protocol::Http11);
  request_.set(HeaderId::Scheme, host_->transport().tls ? "https" : "http");
  // As Envoy marks what it sends by itself.
  request_.set(HeaderId::XEnvoyInternal, "true");
  if (!worker_.process.options.local_address.empty())
    request_.appendValue(HeaderId::XForwardedFor, worker_.process.options.local_address, ",");
  if (options.timeout_ms) {
    char text[16];
    char* text_end = std::to_chars(text, text + sizeof text, options.timeout_ms).ptr;
    request_.setCopy(HeaderId::XEnvoyExpectedRqTimeoutMs,
                     {text, static_cast<size_t>(text_end - text)});
  }
  if (options.timeout_from_start) startTimer();
  if (end) requestComplete();
  attempt();
}

// Of an aggregate: the one that it has chosen, to the end of the call.
void AsyncRequest::useClusterOfHost() {
  if (&host_->cluster == cluster_) return;
  host_->cluster.users++;
  worker_.clusters->release(cluster_);
  cluster_ = &host_->cluster;
}

void AsyncRequest::flush() {
  if (!options_.corked) worker_.cork.flush();
}

void AsyncRequest::attempt() {
  if (cluster_->total(cs::upstream_rq_active) >= cluster_->limits(high_priority).max_requests) {
    stats::inc(cluster_->stats(), cs::upstream_rq_pending_overflow);
    onPoolFailure(UpstreamFailure::Overflow, "");
    return;
  }
  identity = {};
  if (cluster_->config().auto_sni) {
    identity.server_name = wantedServerName(cluster_->config(), request_);
  }
  acquire(*host_, *this);
  flush();
}

void AsyncRequest::onReady(UpstreamStream& stream) {
  client_ = &stream;
  counted_ = true;
  stats::inc(cluster_->stats(), cs::upstream_rq_total);
  stats::inc(cluster_->stats(), cs::upstream_rq_active);
  stats::inc(host_->stats(), stats::host::rq_total);
  stats::inc(host_->stats(), stats::host::rq_active);
  if (paused_) stream.pauseResponse(true);
  if (headers_end_ && stream.protocol() != http::Protocol::Http2) sayNoBody(request_);
  stream.sendHeaders(request_, headers_end_);
  if (headers_end_) return;
  if (!body_.empty()) {
    body_.forEach([&](const char* data, size_t n) { stream.sendData(data, n, false); });
    worker_.cork.flush();  // the pieces lie in blocks that go now
    body_.clear();
    body_sent_ = true;
  }
  if (trailers_) {
    stream.sendTrailers(*trailers_);
  } else if (request_end_) {
    stream.sendData(nullptr, 0, true);
  }
}

void AsyncRequest::sendData(const char* data, size_t n, bool end) {
  if (!under_way_ || request_end_) return;
  request_end_ = end;
  if (client_) {
    body_sent_ |= n > 0;
    client_->sendData(data, n, end);
    flush();
  } else {
    body_.append(data, n);
  }
  if (end) requestComplete();
}

void AsyncRequest::sendTrailers(const HeaderMap& trailers) {
  if (!under_way_ || request_end_) return;
  request_end_ = true;
  trailers_ = &trailers;
  if (client_) {
    client_->sendTrailers(trailers);
    flush();
  }
  requestComplete();
}

void AsyncRequest::requestComplete() {
  complete_ms_ = worker_.loop.nowMs();
  if (!options_.timeout_from_start) startTimer();
}

void AsyncRequest::startTimer() {
  if (options_.timeout_ms && under_way_) worker_.loop.arm(timer_, options_.timeout_ms);
}

void AsyncRequest::pauseResponse(bool pause) {
  if (pause == paused_) return;
  paused_ = pause;
  if (client_) client_->pauseResponse(pause);
}

// ---- the response --------------------------------------------------------------------------

void AsyncRequest::countStatus(int status) {
  stats::Block* cluster = cluster_->stats();
  stats::inc(cluster, cs::upstream_rq_completed);
  stats::inc(cluster, cs::internal_upstream_rq_completed);
  int klass = status / 100;
  if (klass >= 1 && klass <= 5) {
    stats::inc(cluster, static_cast<uint16_t>(cs::upstream_rq_1xx + klass - 1));
    stats::inc(cluster, static_cast<uint16_t>(cs::internal_upstream_rq_1xx + klass - 1));
  }
  stats::countCode(cluster, cs::upstream_rq, static_cast<unsigned>(status));
  stats::countCode(cluster, cs::internal_upstream_rq, static_cast<unsigned>(status));
  stats::inc(host_->stats(), klass == 5 ? stats::host::rq_error : stats::host::rq_success);
}

void AsyncRequest::onHeaders(HeaderMap& headers, int status, bool end) {
  response_started_ = true;
  // Its fields are views into a read buffer that serves others next.
  response_.detach(nullptr, reinterpret_cast<const char*>(UINTPTR_MAX));
  countStatus(status);
  if (repeated_) stats::inc(cluster_->stats(), cs::upstream_rq_retry_success);
  if (end) responseComplete();
  callbacks_.onHeaders(headers, status, end);
}

void AsyncRequest::onData(const char* data, size_t n, bool end) {
  if (end) responseComplete();
  callbacks_.onData(data, n, end);
}

void AsyncRequest::onTrailers(HeaderMap& trailers) {
  responseComplete();
  callbacks_.onTrailers(trailers);
}

void AsyncRequest::responseComplete() {
  if (request_end_) {
    uint64_t ms = worker_.loop.nowMs() - complete_ms_;
    stats::record(cluster_->stats(), cs::upstream_rq_time, ms);
    stats::record(cluster_->stats(), cs::internal_upstream_rq_time, ms);
  } else if (client_ && client_->protocol() == http::Protocol::Http2) {
    // The rest of the request is given up, by a reset.
    stats::inc(cluster_->stats(), cs::upstream_rq_tx_reset);
  }
  client_ = nullptr;  // it goes on without us
  finish();
}

// ---- failures and the end ------------------------------------------------------------------

// The keep-alive race, as in the router.
bool AsyncRequest::mayRepeat(const http::UpstreamError& error) const {
  if (!error.safe_to_retry || repeated_ || body_sent_ || response_started_) return false;
  return error.kind == UpstreamFailure::Refused || isIdempotent(request_.get(HeaderId::Method));
}

void AsyncRequest::onReset(const http::UpstreamError& error) {
  http::Protocol protocol = client_ ? client_->protocol() : http::Protocol::Http11;
  client_ = nullptr;
  if (mayRepeat(error)) {
    repeated_ = true;
    stats::inc(cluster_->stats(), cs::upstream_rq_retry);
    attemptEnded();
    host_ = cluster_->choose({});
    if (host_) return attempt();
  }
  countReset(cluster_->stats(), protocol, error.kind);
  onPoolFailure(error.kind, error.transport_reason);
}

void AsyncRequest::onPoolFailure(UpstreamFailure failure, std::string_view reason) {
  FailureText what = describe(failure);
  if (!what.has_reason) reason = {};
  std::string text = failureDetails(what, response_started_, reason);
  if (!response_started_ && host_) countStatus(what.status);
  fail(failure, text);
}

void AsyncRequest::onTimeout(void* self) {
  auto* request = static_cast<AsyncRequest*>(self);
  stats::inc(request->cluster_->stats(), cs::upstream_rq_timeout);
  stats::inc(request->host_->stats(), stats::host::rq_timeout);
  if (!request->response_started_) request->countStatus(504);
  request->fail(UpstreamFailure::Timeout, "response_timeout");
}

void AsyncRequest::cancel() {
  if (!under_way_) return;
  finish();
}

void AsyncRequest::fail(UpstreamFailure failure, std::string_view details) {
  finish();
  callbacks_.onFailure(failure, details);
}

void AsyncRequest::attemptEnded() {
  if (!counted_) return;
  counted_ = false;
  stats::dec(cluster_->stats(), cs::upstream_rq_active);
  stats::dec(host_->stats(), stats::host::rq_active);
}

void AsyncRequest::finish() {
  under_way_ = false;
  timer_.cancel();
  if (linked()) cancelPending(*host_, *this);
  attemptEnded();
  if (UpstreamStream* client = client_) {
    client_ = nullptr;
    stats::inc(cluster_->stats(), cs::upstream_rq_tx_reset);
    client->abandon();
  }
  body_.clear();
  host_ = nullptr;
  if (cluster_) worker_.clusters->release(cluster_);
  cluster_ = nullptr;
}

}  // namespace attache::upstream
