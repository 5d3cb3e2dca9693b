#include "extensions/http/router_hedge.h"

#include <utility>

#include "extensions/http/router_stream.h"
#include "upstream/failure.h"
#include "upstream/pool.h"

namespace attache::extensions {

using http::UpstreamFailure;
namespace cs = stats::cluster;

// ---- an attempt that has had its time ------------------------------------------------------

HedgedAttempt::HedgedAttempt(Router& router, upstream::Host& host, upstream::UpstreamStream* client,
                             bool active, HedgedAttempt* following)
    : next(following),
      router_(router),
      host_(host),
      client_(client),
      response_(&router.arena()),
      active_(active) {
  identity = router.identity;
  wanted = router.wanted;
  high_priority = router.high_priority;
  host_.cluster.users++;
  if (client_) {
    client_->handOver(*this);
  } else {
    router.unlink();
    host_.pending.pushBack(this);
  }
}

void HedgedAttempt::count(bool active) {
  if (active == std::exchange(active_, active)) return;
  stats::Block* cluster = host_.cluster.stats();
  if (active) {
    stats::inc(cluster, cs::upstream_rq_active);
    stats::inc(host_.stats(), stats::host::rq_active);
  } else {
    stats::dec(cluster, cs::upstream_rq_active);
    stats::dec(host_.stats(), stats::host::rq_active);
  }
}

void HedgedAttempt::end(bool reset) {
  if (linked()) upstream::cancelPending(host_, *this);
  upstream::UpstreamStream* client = std::exchange(client_, nullptr);
  count(false);
  if (client && reset) {
    stats::inc(host_.cluster.stats(), cs::upstream_rq_tx_reset);
    client->abandon();
  }
  if (std::exchange(held_, false)) router_.worker().clusters->release(&host_.cluster);
}

upstream::UpstreamStream* HedgedAttempt::win() {
  won_ = true;
  active_ = false;  // the router counts it from now on
  return std::exchange(client_, nullptr);
}

bool HedgedAttempt::isHead() const {
  return router_.isHead();
}

void HedgedAttempt::onReady(upstream::UpstreamStream& stream) {
  client_ = &stream;
  count(true);
  stats::inc(host_.cluster.stats(), cs::upstream_rq_total);
  stats::inc(host_.stats(), stats::host::rq_total);
  router_.sendWhole(stream);
}

void HedgedAttempt::onPoolFailure(UpstreamFailure failure, std::string_view reason) {
  router_.hedgedFailed(*this, failure, reason);
}

void HedgedAttempt::onHeaders(HeaderMap& headers, int status, bool end) {
  router_.hedgedAnswered(*this, headers, status, end);
}

void HedgedAttempt::onData(const char* data, size_t n, bool end) {
  if (won_) router_.onData(data, n, end);
}

void HedgedAttempt::onTrailers(HeaderMap& trailers) {
  if (won_) router_.onTrailers(trailers);
}

void HedgedAttempt::onReset(const http::UpstreamError& error) {
  if (won_) return router_.onReset(error);
  http::Protocol protocol = client_->protocol();
  client_ = nullptr;
  upstream::countReset(host_.cluster.stats(), protocol, error.kind);
  router_.hedgedFailed(*this, error.kind, error.transport_reason);
}

void HedgedAttempt::onBackpressure(bool paused) {
  if (won_) router_.onBackpressure(paused);
}

// ---- the router's side ---------------------------------------------------------------------

Arena& Router::arena() {
  return stream_.arena();
}

Worker& Router::worker() {
  return stream_.worker();
}

// The present attempt has had its time: it goes on, and another one is made if that is allowed.
void Router::hedge() {
  if (host_) host_->report(504, true);
  if (response_started_ || !retry_->enabled() || !(client_ || linked())) return;
  bool retried = retry_->armed;
  disarm();
  if (!takeRetry()) {
    // This one is a retry still, and may be a success.
    if (retried) stats::inc(cluster_->stats(), cs::upstream_rq_retry_active);
    retry_->armed = retried;
    return;
  }
  retry_->timed_out = true;
  void* memory = stream_.arena().allocAligned(sizeof(HedgedAttempt), 16);
  auto* made = new (memory) HedgedAttempt(*this, *host_, std::exchange(client_, nullptr),
                                          std::exchange(active_, false), hedged_);
  hedged_ = made;
}

// All of a request that has come as a whole.
void Router::sendWhole(upstream::UpstreamStream& stream) {
  stream.sendHeaders(stream_.request(), headers_end_);
  if (headers_end_) return;
  body_.forEach([&](const char* data, size_t n) { stream.sendData(data, n, false); });
  trailers_ ? stream.sendTrailers(*trailers_) : stream.sendData(nullptr, 0, true);
  stream_.worker().cork.flush();
}

// An attempt besides `than` may still bring an answer, or one is going to be made.
bool Router::othersAwaited(const HedgedAttempt* than) const {
  for (HedgedAttempt* each = hedged_; each; each = each->next) {
    if (each != than && each->underWay()) return true;
  }
  return (than && (client_ || linked())) || retry_->backoff.armed();
}

void Router::hedgedAnswered(HedgedAttempt& attempt, HeaderMap& headers, int status, bool end) {
  upstream::Host& host = attempt.host();
  host.report(status, false);
  if (retry_->wants(headers, status) && othersAwaited(&attempt)) {
    stats::inc(host.stats(), stats::host::rq_error);
    attempt.end(!end);
    return;
  }
  // What is under way for the same request is of no use any more.
  attemptEnded();
  abandon();
  disarm();
  client_ = attempt.win();
  active_ = true;
  host_ = &host;
  giveUpHedged(&attempt);
  stream_.response() = std::move(headers);
  if (stream_.responsePaused()) client_->pauseResponse(true);
  if (stream_.facts()) noteConnection(*stream_.facts());
  wire = nullptr;
  retry_->settle();
  takeHedged(stream_.response(), status, end);
}

// As another attempt may bring an answer, its failure is only counted.
void Router::hedgedFailed(HedgedAttempt& attempt, UpstreamFailure failure,
                          std::string_view reason) {
  upstream::Host& host = attempt.host();
  if (failure != UpstreamFailure::Overflow) host.report(503, true);
  if (othersAwaited(&attempt)) {
    countCode(upstream::describe(failure).status);
    stats::inc(host.stats(), stats::host::rq_error);
    attempt.end(false);
    return;
  }
  host_ = &host;
  attempt.end(false);
  replyFailure(failure, reason);
}

// True: the failure of the present attempt is only counted.
bool Router::leftToOthers(UpstreamFailure failure) {
  if (!hedged_ || !othersAwaited(nullptr)) return false;
  int status = upstream::describe(failure).status;
  failure == UpstreamFailure::Overflow ? countCode(status) : countStatus(status);
  return true;
}

// The time of all of them is over.
void Router::abandonHedged() {
  for (HedgedAttempt* each = hedged_; each; each = each->next) {
    if (!each->underWay()) continue;
    stats::inc(cluster_->stats(), cs::upstream_rq_timeout);
    stats::inc(each->host().stats(), stats::host::rq_timeout);
    countCode(retry_->timeout_status);
    stats::inc(each->host().stats(), stats::host::rq_error);
    each->end(true);
  }
}

void Router::giveUpHedged(const HedgedAttempt* but) {
  for (HedgedAttempt* each = hedged_; each; each = each->next) {
    if (each != but) each->end(true);
  }
}

}  // namespace attache::extensions
