#include "extensions/http/router_stream.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/decimal.h"
#include "route/timeouts.h"
#include "tracing/trace.h"

namespace attache::extensions {

using http::Flag;
using http::UpstreamFailure;
namespace cs = stats::cluster;

// How many there were, for x-envoy-attempt-count.
std::string_view Router::attempts() {
  char text[kDecimalSize];
  char* end = writeDecimal(text, stream_.upstream.attempts);
  return stream_.arena().copy({text, static_cast<size_t>(end - text)});
}

// ---- what the route or the request says ----------------------------------------------------

// False: answered, because a field that is to be one of the known ways is not.
bool Router::headersAreGood() {
  const Header* bad = http::badHeader(stream_.request(), config_.strict_headers);
  if (!bad) return true;
  Arena& arena = stream_.arena();
  std::string_view body = arena.concat(arena.concat("invalid header '", bad->nameView(), "' with "),
                                       arena.concat("value '", bad->valueView(), "'"));
  stream_.sendLocalReply(
      400, body, Flag::InvalidEnvoyRequestHeaders,
      arena.concat("request_headers_failed_strict_check{", bad->nameView(), "}"));
  return false;
}

http::RetryState& Router::makeRetry() {
  if (retry_) return *retry_;
  const tables::RoutePolicies* policies = stream_.route().route->policies.get();
  // As the router itself never destroyed by the arena; its timers are cancelled by disarm().
  void* memory = stream_.arena().allocAligned(sizeof(http::RetryState), 16);
  retry_ = new (memory) http::RetryState(policies ? policies->retry.get() : nullptr, onBackoff,
                                         onTryTimeout, onTryIdle, this);
  retry_->redirects = policies && policies->redirects.get();
  retry_->hedges = policies && policies->hedges;
  return *retry_;
}

// Before the route changes the head: how long all of it and each attempt may take.
uint64_t Router::readTimes(const tables::Route& route) {
  http::RetryState& retry = makeRetry();
  HeaderMap& headers = stream_.request();
  route::RequestTimeouts times = route::readTimeouts(route, headers, grpc_, retry.per_try_ms,
                                                     config_.respect_expected_rq_timeout);
  retry.per_try_ms = times.per_try_ms;
  timeout_ms_ = times.all_ms;
  std::string_view hedges = headers.get(HeaderId::XEnvoyHedgeOnPerTryTimeout);
  if (hedges == "true" || hedges == "false") retry.hedges = hedges == "true";
  headers.remove(HeaderId::XEnvoyHedgeOnPerTryTimeout);
  headers.remove(HeaderId::XEnvoyUpstreamAltStatName);  // nobody else is to count by it
  tellTimes(0);
  if (headers.remove(HeaderId::XEnvoyUpstreamRqTimeoutAltResponse)) retry.timeout_status = 204;
  return times.all_ms;
}

void Router::tellTimes(uint64_t elapsed_ms) {
  route::tellTimeout(*stream_.route().route, stream_.request(), grpc_,
                     !config_.suppress_envoy_headers, {timeout_ms_, retry_->per_try_ms}, elapsed_ms,
                     retry_->hedges);
}

// ---- retries of a policy -------------------------------------------------------------------

// After the route has changed the head: what it adds may ask for retries too.
void Router::setUpSpecial(bool end) {
  makeRetry().readRequest(stream_.request());
  startMirrors(end);
}

void Router::giveUpSpecial() {
  disarm();
  giveUpHedged(nullptr);
  giveUpMirrors();
}

size_t Router::bodyLimit() const {
  size_t most = stream_.manager().buffer_limit;
  const tables::RoutePolicies* policies = stream_.route().route->policies.get();
  if (!policies || !policies->limits_body) return most;
  size_t limit = policies->body_limit;
  return policies->body_limit_is_most ? std::min(limit, most) : limit;
}

// The body is sent anew with every attempt, as long as it is not larger than what may wait.
void Router::keepBody(const char* data, size_t n) {
  if (keeping() && body_.size() + n <= bodyLimit()) {
    body_.append(data, n);
    return;
  }
  stopKeeping();
  body_sent_ |= n > 0;
}

void Router::stopKeeping() {
  if (!keeping()) return;
  stats::inc(cluster_->stats(), cs::retry_or_shadow_abandoned);
  stream_.worker().cork.flush();
  body_.clear();
  body_sent_ = true;
}

// The limits of one attempt count from here, or again.
void Router::startTry() {
  io::Loop& loop = stream_.worker().loop;
  const tables::RetryPolicy& policy = retry_->policy;
  if (retry_->per_try_ms && request_end_ && !response_started_ && !retry_->per_try.armed())
    loop.arm(retry_->per_try, retry_->per_try_ms);
  if (policy.per_try_idle_timeout_ms) loop.arm(retry_->idle, policy.per_try_idle_timeout_ms);
}

// Nothing of the policy is under way any more.
void Router::disarm() {
  retry_->cancel();
  if (std::exchange(retry_->armed, false))
    stats::dec(cluster_->stats(), cs::upstream_rq_retry_active);
}

// Of the cluster, at the same time.
uint64_t Router::mostRetries(uint64_t under_way) const {
  const tables::Thresholds& limits = cluster_->limits(high_priority);
  if (!limits.retry_budget) return limits.max_retries;
  under_way +=
      cluster_->total(cs::upstream_rq_active) + cluster_->total(cs::upstream_rq_pending_active);
  double budget = limits.budget_percent / 100.0 * static_cast<double>(under_way);
  return std::max<uint64_t>(static_cast<uint64_t>(budget), limits.budget_least);
}

// One more attempt, after a while; false: there is none, and a flag says why.
bool Router::takeRetry(uint32_t under_way) {
  if (body_sent_) return false;
  stats::Block* cluster = cluster_->stats();
  if (!retry_->take()) {
    stats::inc(cluster, cs::upstream_rq_retry_limit_exceeded);
    stream_.addFlag(Flag::UpstreamRetryLimitExceeded);
    return false;
  }
  if (cluster_->total(cs::upstream_rq_retry_active) >= mostRetries(under_way)) {
    stats::inc(cluster, cs::upstream_rq_retry_overflow);
    stream_.addFlag(Flag::UpstreamOverflow);
    return false;
  }
  retry_->armed = true;
  retry_->timed_out = false;
  stats::inc(cluster, cs::upstream_rq_retry_active);
  stats::inc(cluster, cs::upstream_rq_retry);
  stats::inc(cluster, retry_->waitsForReset() ? cs::upstream_rq_retry_backoff_ratelimited
                                              : cs::upstream_rq_retry_backoff_exponential);
  if (host_) retry_->tried(host_, host_->priority);
  stream_.worker().loop.arm(retry_->backoff, retry_->nextDelay(stream_.worker().random));
  return true;
}

// True: the response is not the one that is passed on.
bool Router::retryResponse(const HeaderMap& headers, int status, bool end) {
  bool again = retry_->armed;
  disarm();
  // As in Envoy: a response without a body is no request any more, where streams are none of a
  // connection's own.
  if (end && client_->protocol() == http::Protocol::Http2) attemptEnded();
  bool wanted = retry_->wants(headers, status);
  if (wanted && !retry_->policy.reset_headers.empty())
    retry_->readReset(headers, Worker::wallUs() / 1'000'000);
  if (!wanted || !takeRetry()) {
    if (again && !wanted) stats::inc(cluster_->stats(), cs::upstream_rq_retry_success);
    return false;
  }
  if (stream_.trace) stream_.trace->endAttempt(status, 0);
  countHost(false);
  letGo(end);
  host_ = nullptr;  // it may be gone before the next attempt
  return true;
}

// The response is of no use; `end`: all of it is here.
void Router::letGo(bool end) {
  upstream::UpstreamStream* client = std::exchange(client_, nullptr);
  attemptEnded();
  if (end) return;
  if (client->protocol() == http::Protocol::Http2)
    stats::inc(host_->cluster.stats(), cs::upstream_rq_tx_reset);
  client->abandon();
}

bool Router::passOver(const HeaderMap& headers, int status, bool end) {
  if (retryResponse(headers, status, end)) return true;
  if (redirect(headers, status, end)) {
    giveUpHedged(nullptr);
    return true;
  }
  if (hedged_ && retry_->wants(headers, status) && othersAwaited(nullptr)) {
    countHost(false);
    letGo(end);
    return true;
  }
  giveUpHedged(nullptr);
  if (!body_sent_) body_.clear();
  body_sent_ = true;
  const auto& policy = retry_->policy;
  if (policy.per_try_idle_timeout_ms && !end)
    stream_.worker().loop.arm(retry_->idle, policy.per_try_idle_timeout_ms);
  return false;
}

bool Router::retryFailure(UpstreamFailure failure, bool started, uint32_t under_way) {
  if (response_started_) return false;
  disarm();
  if (!retry_->wants(failure, started) || !takeRetry(under_way)) return false;
  traceFailure(failure);
  if (failure != UpstreamFailure::Overflow) countHost(false);
  host_ = nullptr;  // it may be gone before the next attempt
  return true;
}

// A host that a retry had better not go to.
bool Router::isAvoided() const {
  const tables::RetryPolicy& policy = retry_->policy;
  if (policy.avoid_previous && retry_->wasTried(host_)) return true;
  return std::any_of(policy.avoid_labels.begin(), policy.avoid_labels.end(),
                     [&](const tables::HostLabels& each) { return host_->hasLabels(each.labels); });
}

bool Router::chooseAnother() {
  uint64_t avoided = retry_->avoidedPriorities();
  for (uint32_t attempt = 0; attempt <= retry_->policy.host_attempts; attempt++) {
    host_ = chooseHost(attempt, avoided);
    if (!host_ && avoided) {
      retry_->forgetPriorities();
      avoided = 0;
      host_ = chooseHost(attempt, 0);
    }
    if (!host_ || !isAvoided()) break;
  }
  return host_ != nullptr;
}

void Router::tryAgain() {
  if (!chooseAnother()) {
    done_ = true;
    timeout_.cancel();
    disarm();
    replyNoHost();
    return;
  }
  if (stream_.route().host->timeouts_in_request) {
    stream_.request().set(HeaderId::XEnvoyIsTimeoutRetry,
                          retry_->timed_out ? std::string_view("true") : "false");
  }
  uint64_t now = stream_.worker().loop.nowMs();
  tellTimes(request_end_ ? now - request_complete_ms_ : 0);
  startUpstream();
  stream_.worker().cork.flush();
}

// The client has heard of this host: it is the one that answers.
void Router::settleFor1xx() {
  retry_->settle();
  giveUpHedged(nullptr);
}

void Router::onTryTimeout(void* self) {
  auto* router = static_cast<Router*>(self);
  if (router->retry_->hedges) return router->hedge();
  stats::inc(router->cluster_->stats(), cs::upstream_rq_per_try_timeout);
  router->tryTimedOut("upstream_per_try_timeout");
}

void Router::onTryIdle(void* self) {
  auto* router = static_cast<Router*>(self);
  if (router->retry_->hedges && !router->response_started_) return router->hedge();
  stats::inc(router->cluster_->stats(), cs::upstream_rq_per_try_idle_timeout);
  router->tryTimedOut("upstream_per_try_idle_timeout");
}

void Router::tryTimedOut(std::string_view details) {
  abandonSlow();
  attemptEnded();
  if (!retryFailure(UpstreamFailure::LocalReset, true)) return replyTimeout(details);
  retry_->timed_out = true;
}

}  // namespace attache::extensions
