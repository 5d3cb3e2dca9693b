#include "extensions/http/router_stream.h"

#include <cassert>
#include <string>
#include <utility>

#include "codec/h1.h"
#include "grpc/status.h"
#include "route/mutations.h"
#include "tracing/trace.h"
#include "upstream/failure.h"
#include "upstream/pool.h"

namespace attache::extensions {

using http::Flag;
using http::UpstreamError;
using http::UpstreamFailure;
using tables::Mark;
namespace cs = stats::cluster;

namespace {

// How often a request goes elsewhere that hosts say they have not acted on.
constexpr int kRefusedRetries = 3;

// Where a request comes from: the slots that tell the two apart.
struct Origin {
  uint16_t completed, first_class, codes, time;
};
constexpr Origin kInside{cs::internal_upstream_rq_completed, cs::internal_upstream_rq_1xx,
                         cs::internal_upstream_rq, cs::internal_upstream_rq_time};
constexpr Origin kOutside{cs::external_upstream_rq_completed, cs::external_upstream_rq_1xx,
                          cs::external_upstream_rq, cs::external_upstream_rq_time};

[[gnu::always_inline]] inline void countOrigin(stats::Block* cluster, const Origin& origin,
                                               int status, bool codes) {
  stats::inc(cluster, origin.completed);
  if (!codes) return;
  int klass = status / 100;
  if (klass >= 1 && klass <= 5)
    stats::inc(cluster, static_cast<uint16_t>(origin.first_class + klass - 1));
  stats::countCode(cluster, origin.codes, static_cast<unsigned>(status));
}

}  // namespace

// ---- the response --------------------------------------------------------------------------

void Router::on1xx(HeaderMap& headers, int status) {
  countCode(status);
  if (retry_) [[unlikely]]
    settleFor1xx();
  stream_.encodeInterim(headers, status);
}

void Router::countStatus(int status) {
  countCode(status);
  if (host_) countHost(status / 100 != 5);
}

void Router::countHost(bool success) {
  status_awaited_ = false;
  stats::inc(host_->stats(), success ? stats::host::rq_success : stats::host::rq_error);
}

// Of a call: the status that counts is gRPC's. Without one it is an error.
void Router::countGrpcStatus(const HeaderMap& headers) {
  int64_t status = grpc::kInvalid;
  countHost(grpc::readStatus(headers, status, false) && grpc::toHttpStatus(status) / 100 != 5);
}

void Router::countCode(int status) {
  stats::Block* cluster = cluster_->stats();
  stats::inc(cluster, cs::upstream_rq_completed);
  bool codes = !(grpc_ && config_.suppress_grpc_request_failure_code_stats);
  if (codes) {
    int klass = status / 100;
    if (klass >= 1 && klass <= 5)
      stats::inc(cluster, static_cast<uint16_t>(cs::upstream_rq_1xx + klass - 1));
    stats::countCode(cluster, cs::upstream_rq, static_cast<unsigned>(status));
  }
  if (fromInside()) [[unlikely]]
    countOrigin(cluster, kInside, status, codes);
  else
    countOrigin(cluster, kOutside, status, codes);
}

[[gnu::always_inline]] inline bool Router::handshakeFailed(int status) const {
  return tunnel == http::Tunnel::Upgrade && status != 101 &&
         h1::equalsIgnoreCase(stream_.request().get(HeaderId::Upgrade), "websocket");
}

void Router::onHeaders(HeaderMap& headers, int status, bool end) {
  if (host_->watched()) [[unlikely]]
    reportAnswer(headers, status, end);
  if (retry_ && passOver(headers, status, end)) [[unlikely]]
    return;
  takeAnswer(headers, status, end);
}

void Router::takeHedged(HeaderMap& headers, int status, bool end) {
  takeAnswer(headers, status, end);
}

// The response is the one that is passed on.
[[gnu::always_inline]] inline void Router::takeAnswer(HeaderMap& headers, int status, bool end) {
  response_started_ = true;
  uint64_t now = stream_.worker().loop.nowMs();
  if (!grpc_ || status / 100 == 5) {
    countStatus(status);
  } else {
    countCode(status);
    end ? countGrpcStatus(headers) : void(status_awaited_ = true);
  }
  mark(Mark::UpstreamRxBegin);
  if (!config_.suppress_envoy_headers && request_end_) {
    headers.setNumber(HeaderId::XEnvoyUpstreamServiceTime, now - request_complete_ms_);
  }
  if (retries_ > 0) stats::inc(cluster_->stats(), cs::upstream_rq_retry_success);
  if (cookies_) [[unlikely]]
    addHashCookies(headers, cookies_);
  if (stream_.route().host->attempts_in_response) [[unlikely]]
    headers.set("x-envoy-attempt-count", attempts());
  stream_.setStatus(status);  // headers that are added may name it
  route::mutateResponse(*stream_.routeConfig(), stream_.route(), weighted_, headers, formatter());
  stream_.setDetails(!end && handshakeFailed(status) ? "websocket_handshake_unsuccessful"
                                                     : "via_upstream");
  if (end) {
    mark(Mark::UpstreamRxEnd);
    complete(true);
  }
  stream_.encodeHeaders(status, end);
}

// Of a call that is over: what gRPC says counts.
void Router::reportAnswer(const HeaderMap& headers, int status, bool end) {
  int64_t code;
  bool said = grpc_ && end && grpc::readStatus(headers, code, false);
  host_->report(said ? grpc::toHttpStatus(code) : status, false);
}

void Router::markBody(bool end) {
  http::LogFacts& facts = *stream_.facts();
  bool first = facts.at(Mark::UpstreamRxBodyBegin) < 0;
  if (!first && !end) return;
  uint64_t now = stream_.worker().loop.nowUs();
  if (first) facts.mark(Mark::UpstreamRxBodyBegin, now);
  if (end) facts.mark(Mark::UpstreamRxEnd, now);
}

void Router::onData(const char* data, size_t n, bool end) {
  if (retry_) [[unlikely]]
    startTry();
  if (stream_.facts()) [[unlikely]]
    markBody(end);
  if (end) {
    if (status_awaited_) countHost(false);
    complete(true);
  }
  stream_.encodeData(data, n, end);
}

void Router::onTrailers(HeaderMap& trailers) {
  mark(Mark::UpstreamRxEnd);
  if (status_awaited_) countGrpcStatus(trailers);
  complete(true);
  stream_.encodeTrailers(trailers);
}

void Router::attemptEnded() {
  if (!active_) return;
  active_ = false;
  assert(host_);  // onReady() set both; a host is chosen anew only between attempts
  stats::dec(host_->cluster.stats(), cs::upstream_rq_active);
  stats::dec(host_->stats(), stats::host::rq_active);
}

void Router::complete(bool success) {
  if (done_) return;
  done_ = true;
  timeout_.cancel();
  if (retry_) [[unlikely]]
    disarm();
  attemptEnded();
  // The rest of the request is given up, by a reset where the connection goes on.
  if (success && !request_end_ && client_ && client_->protocol() == http::Protocol::Http2)
    stats::inc(host_->cluster.stats(), cs::upstream_rq_tx_reset);
  client_ = nullptr;
  if (!success || !request_end_) return;
  uint64_t ms = stream_.worker().loop.nowMs() - request_complete_ms_;
  stats::record(cluster_->stats(), cs::upstream_rq_time, ms);
  stats::record(cluster_->stats(), fromInside() ? kInside.time : kOutside.time, ms);
}

void Router::onBackpressure(bool paused) {
  stream_.pauseRequest(paused);
}

void Router::downstreamBackpressure(bool paused) {
  if (!client_) return;
  stats::inc(cluster_->stats(), paused ? cs::upstream_flow_control_paused_reading_total
                                       : cs::upstream_flow_control_resumed_reading_total);
  client_->pauseResponse(paused);
}

// ---- failures ------------------------------------------------------------------------------

// The keep-alive race: the host closed a reused connection before it can have seen the request.
bool Router::mayRetry(const UpstreamError& error) const {
  if (!error.safe_to_retry || body_sent_ || response_started_) return false;
  // Not acted on, says the host itself: of one that is being drained perhaps the next connection
  // too.
  if (error.kind == UpstreamFailure::Refused) return retries_ < kRefusedRetries;
  if (retries_ > 0) return false;
  // Written, perhaps read: only what may be done twice.
  return upstream::isIdempotent(stream_.request().get(HeaderId::Method));
}

void Router::onReset(const UpstreamError& error) {
  http::Protocol protocol = client_ ? client_->protocol() : http::Protocol::Http11;
  client_ = nullptr;
  attemptEnded();
  if (done_) return;
  if (mayRetry(error)) {
    traceFailure(error.kind);
    retries_++;
    stats::inc(cluster_->stats(), cs::upstream_rq_retry);
    host_ = chooseHost();
    if (host_) {
      startUpstream();
      stream_.worker().cork.flush();
      return;
    }
  }
  upstream::countReset((member_ ? member_ : cluster_)->stats(), protocol, error.kind);
  if (host_) host_->report(503, true);
  // As in Envoy: with a connection of its own a request counts until that is gone.
  uint32_t under_way = protocol == http::Protocol::Http2 ? 0 : 1;
  if (retry_ && host_ && (retryFailure(error.kind, true, under_way) || leftToOthers(error.kind)))
      [[unlikely]]
    return;
  replyFailure(error.kind, error.transport_reason);
}

void Router::onPoolFailure(UpstreamFailure failure, std::string_view reason) {
  if (done_) return;
  // The log names the host that could not be reached.
  noteHost();
  mark(Mark::UpstreamPoolReady);
  if (failure != UpstreamFailure::Overflow) host_->report(503, true);
  if (retry_ && (retryFailure(failure, false) || leftToOthers(failure))) [[unlikely]]
    return;
  replyFailure(failure, reason);
}

void Router::traceFailure(UpstreamFailure failure) {
  if (!stream_.trace) return;
  upstream::FailureText what = upstream::describe(failure);
  stream_.trace->endAttempt(response_started_ ? stream_.status() : 0, bit(what.flag), what.text);
}

void Router::replyFailure(UpstreamFailure failure, std::string_view reason) {
  upstream::FailureText what = upstream::describe(failure);
  if (!what.has_reason && !reason.starts_with("TLS_error")) reason = {};
  traceFailure(failure);
  complete(false);
  Arena& arena = stream_.arena();
  stream_.upstream.failure = arena.copy(reason);
  std::string_view details = arena.copy(upstream::failureDetails(what, response_started_, reason));
  if (response_started_) {
    if (status_awaited_) countHost(false);
    stream_.abortResponse(what.flag, details);
    return;
  }
  // A host that fails us counts as one that answered 503; not when we did not even ask it.
  failure == UpstreamFailure::Overflow ? countCode(what.status) : countStatus(what.status);
  http::ReplyHeader extra{HeaderId::XEnvoyOverloaded, {}};
  if (failure == UpstreamFailure::Overflow && !config_.suppress_envoy_headers) extra.value = "true";
  std::string body = "upstream connect error or disconnect/reset before headers. ";
  if (retry_ && stream_.upstream.attempts > 1) body.append("retried and the latest ");
  body.append("reset reason: ").append(what.text);
  stream_.sendLocalReply(what.status, arena.copy(body), what.flag, details, extra);
}

void Router::onTimeout(void* self) {
  auto* router = static_cast<Router*>(self);
  // With hedged attempts there may be no present one.
  bool present = !router->hedged_ || router->client_ || router->linked();
  router->abandonHedged();
  if (present) {
    stats::inc(router->cluster_->stats(), cs::upstream_rq_timeout);
    router->abandonSlow();
  }
  router->replyTimeout("response_timeout", present);
}

// The host has had its time.
void Router::abandonSlow() {
  if (host_) {
    stats::inc(host_->stats(), stats::host::rq_timeout);
    host_->report(504, true);
  }
  abandon();
}

void Router::replyTimeout(std::string_view details, bool counts) {
  complete(false);
  if (response_started_) {
    if (status_awaited_) countHost(false);
    stream_.abortResponse(Flag::UpstreamRequestTimeout, details);
    return;
  }
  int status = retry_ ? retry_->timeout_status : 504;
  if (counts) countCode(status);
  if (counts && host_) countHost(false);  // whatever the client is told
  stream_.sendLocalReply(status, status == 504 ? "upstream request timeout" : "",
                         Flag::UpstreamRequestTimeout, details);
}

// What waits for a connection, or has one.
void Router::abandon() {
  bool waits = linked();
  if (waits) upstream::cancelPending(*host_, *this);
  upstream::UpstreamStream* client = std::exchange(client_, nullptr);
  if (stream_.trace && (client || waits)) [[unlikely]]
    stream_.trace->cancelAttempt();
  if (!client) return;
  stats::inc(host_->cluster.stats(), cs::upstream_rq_tx_reset);
  client->abandon();
}

// What is under way upstream is of no use any more.
void Router::giveUp() {
  timeout_.cancel();
  if (retry_) [[unlikely]]
    giveUpSpecial();
  attemptEnded();
  abandon();
  body_.clear();
  done_ = true;
}

void Router::destroy() {
  giveUp();
  if (cluster_) stream_.worker().clusters->release(cluster_);
  cluster_ = nullptr;
  if (member_) [[unlikely]]
    stream_.worker().clusters->release(std::exchange(member_, nullptr));
}

}  // namespace attache::extensions
