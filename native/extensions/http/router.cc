#include "extensions/http/router.h"

#include <cassert>
#include <string>
#include <utility>

#include "base/decimal.h"
#include "codec/h1.h"
#include "extensions/http/router_hash.h"
#include "grpc/status.h"
#include "http/access_log.h"
#include "http/retry.h"
#include "http/stream.h"
#include "route/mutations.h"
#include "route/rewrite.h"
#include "route/timeouts.h"
#include "tables/generated/layout.h"
#include "upstream/client_connection.h"
#include "upstream/cluster.h"
#include "upstream/failure.h"
#include "upstream/pool.h"
#include "upstream/proxy_header.h"
#include "upstream/request_fields.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

using http::Flag;
using http::UpstreamError;
using http::UpstreamFailure;
using tables::Mark;
namespace cs = stats::cluster;

// How often a request goes elsewhere that hosts say they have not acted on.
constexpr int kRefusedRetries = 3;

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

  // upstream::UpstreamRequest
  void onReady(upstream::UpstreamStream& stream) override;
  void onPoolFailure(UpstreamFailure failure, std::string_view reason) override;
  HeaderMap& responseHeaders() override { return stream_.response(); }
  bool isHead() const override { return stream_.isHead(); }
  void on1xx(HeaderMap& headers, int status) override;
  void onHeaders(HeaderMap& headers, int status, bool end) override;
  void onData(const char* data, size_t n, bool end) override;
  void onTrailers(HeaderMap& trailers) override;
  void onReset(const UpstreamError& error) override;
  void onBackpressure(bool paused) override;

 private:
  bool answerHere(const route::Match& match);
  bool endsHere() const;
  upstream::Cluster* selectCluster(const tables::Route& route);
  upstream::Host* chooseHost();
  void prepareRequest(const tables::Route& route);
  void startUpstream();
  void identify();
  void requestComplete();
  void complete(bool success);
  void replyFailure(UpstreamFailure failure, std::string_view reason);
  // Retries of a policy (http/retry.h).
  void setUpRetries(const tables::RetryPolicy& policy);
  bool keeping() const { return retry_ && !body_sent_; }
  void keepBody(const char* data, size_t n);
  void stopKeeping();
  bool retryResponse(const HeaderMap& headers, int status, bool end);
  bool retryFailure(UpstreamFailure failure, bool started);
  bool takeRetry();
  void disarm();
  void startTry();
  void tryAgain();
  void tryTimedOut(std::string_view details);
  bool chooseAnother();
  [[gnu::noinline]] std::string_view attempts();
  void replyNoHost();
  bool mayRetry(const UpstreamError& error) const;
  void countStatus(int status);
  void countCode(int status);
  void countHost(bool success);
  void countGrpcStatus(const HeaderMap& headers);
  bool handshakeFailed(int status) const;
  void attemptEnded();
  [[gnu::noinline]] void noteConnection(http::LogFacts& facts);
  [[gnu::noinline]] void noteAddresses();
  [[gnu::noinline]] void noteHost();
  void mark(Mark mark) {
    if (stream_.facts()) [[unlikely]]
      markNow(mark);
  }
  [[gnu::noinline]] void markNow(Mark mark) {
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
  static void onBackoff(void* self) { static_cast<Router*>(self)->tryAgain(); }
  static void onTryTimeout(void* self);
  static void onTryIdle(void* self);

  http::Stream& stream_;
  const tables::Router& config_;
  upstream::Cluster* cluster_ = nullptr;
  upstream::Host* host_ = nullptr;
  upstream::UpstreamStream* client_ = nullptr;
  const tables::WeightedCluster* weighted_ = nullptr;
  io::Timer timeout_;
  Buffer body_;  // what came before there was a connection, or is kept to be sent again
  HeaderMap* trailers_ = nullptr;
  http::RetryState* retry_ = nullptr;  // null: no policy, or nothing more is to be retried
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

bool Router::answerHere(const route::Match& match) {
  const tables::Route& route = *match.route;
  if (route.action == tables::RouteAction::Redirect) {
    stats::inc(stream_.manager().stats, stats::hcm::rq_direct_response);
    HeaderMap& headers = stream_.request();
    std::string_view path = headers.get(HeaderId::Path);
    headers.set(HeaderId::Path, route::rewritePath(route, path, stream_.arena()));
    std::string_view location =
        route::redirectLocation(route.redirect.get(), headers, stream_.arena());
    headers.set(HeaderId::Path, path);  // logs and formats name what was asked for
    stream_.sendLocalReply(route.redirect->code, "", Flag::kCount, "direct_response",
                           {HeaderId::Location, location});
    return true;
  }
  if (route.action == tables::RouteAction::DirectResponse) {
    stats::inc(stream_.manager().stats, stats::hcm::rq_direct_response);
    int status = route.direct->status;
    std::string_view location;
    if (status == 201 || status / 100 == 3) {
      location = route::redirectLocation(nullptr, stream_.request(), stream_.arena());
    }
    stream_.sendLocalReply(status, route.direct->body.view(), Flag::kCount, "direct_response",
                           {HeaderId::Location, location});
    return true;
  }
  return false;
}

upstream::Cluster* Router::selectCluster(const tables::Route& route) {
  uint32_t id = route.cluster;
  std::string_view name = route.cluster_name.view();
  if (route.action == tables::RouteAction::WeightedClusters) {
    const tables::WeightedClusters& all = *route.weighted;
    weighted_ = &all.clusters[route::pickWeighted(all, stream_.random())];
    stream_.upstream.weighted = weighted_;
    id = weighted_->cluster;
    name = weighted_->name.view();
  }
  upstream::Cluster* cluster = stream_.worker().clusters->get(id);
  if (!cluster) return nullptr;
  stream_.upstream.cluster = stream_.upstream.observed_cluster = name;
  // A stream may outlive this version of the cluster's record.
  std::string_view other = cluster->config().alt_stat_name.view();
  if (!other.empty()) stream_.upstream.observed_cluster = stream_.arena().copy(other);
  return cluster;
}

upstream::Host* Router::chooseHost() {
  upstream::ChoiceContext context{&stream_.peer(), &stream_.request()};
  if (cluster_->choosesByHash()) [[unlikely]] {
    if (const tables::HashPolicies* policies = stream_.route().route->hash.get())
      context.hash = hashRequest(stream_, *policies, cookies_);
  }
  return cluster_->choose(context);
}

// The request as the host will see it.
void Router::prepareRequest(const tables::Route& route) {
  HeaderMap& headers = stream_.request();
  std::string_view path = headers.get(HeaderId::Path);
  route::mutateRequest(*stream_.routeConfig(), stream_.route(), weighted_, headers, formatter());
  if (const tables::Rewrite* rewrite = route.rewrite.get()) {
    std::string_view host = route::rewriteHost(route, weighted_, headers, path, stream_.arena());
    if (host.empty() && rewrite->auto_host && !host_->hostname().empty())
      host = stream_.arena().copy(host_->hostname());
    if (!host.empty()) {
      if (!config_.suppress_envoy_headers)
        headers.set("x-envoy-original-host", headers.get(HeaderId::Authority));
      if (rewrite->append_x_forwarded_host) {
        headers.appendValue(HeaderId::XForwardedHost, headers.get(HeaderId::Authority), ",");
      }
      headers.set(HeaderId::Authority, host);
    }
    std::string_view renamed = path;
    if (path.data()) renamed = route::rewritePath(route, path, stream_.arena());
    if (renamed.data() != path.data()) {
      if (!config_.suppress_envoy_headers) headers.set(HeaderId::XEnvoyOriginalPath, path);
      headers.set(HeaderId::Path, renamed);
    }
  } else if (weighted_ && !weighted_->host_rewrite.empty()) {
    headers.set(HeaderId::Authority, weighted_->host_rewrite.view());
  }
}

http::FilterStatus Router::decodeHeaders(HeaderMap& headers, bool end) {
  request_end_ = headers_end_ = end;
  const route::Match& match = stream_.route();
  stats::Block* hcm = stream_.manager().stats;
  stats::inc(hcm, stats::hcm::rq_total);
  if (stream_.needsTls()) [[unlikely]] {
    stats::inc(hcm, stats::hcm::rq_direct_response);
    std::string_view location = stream_.arena().concat("https://", headers.get(HeaderId::Authority),
                                                       headers.get(HeaderId::Path));
    stream_.sendLocalReply(301, "", Flag::kCount, "direct_response",
                           {HeaderId::Location, location});
    return http::FilterStatus::Replied;
  }
  if (!match.route) {
    stats::inc(hcm, stats::hcm::no_route);
    stream_.sendLocalReply(404, "", Flag::NoRouteFound, "route_not_found");
    return http::FilterStatus::Replied;
  }
  if (answerHere(match)) return http::FilterStatus::Replied;
  const tables::Route& route = *match.route;
  cluster_ = selectCluster(route);
  if (!cluster_) {
    stats::inc(hcm, stats::hcm::no_cluster);
    int status = route.cluster_not_found_status ? route.cluster_not_found_status : 503;
    stream_.sendLocalReply(status, "", Flag::NoClusterFound, "cluster_not_found");
    return http::FilterStatus::Replied;
  }
  cluster_->users++;
  grpc_ = grpc::isRequest(headers);
  timeout_ms_ = route::requestTimeout(route, headers, grpc_, !config_.suppress_envoy_headers);
  host_ = chooseHost();
  if (!host_) {
    replyNoHost();
    return http::FilterStatus::Replied;
  }
  prepareRequest(route);
  high_priority = route.high_priority;
  tunnel = stream_.tunnel();
  wanted = upstream::wantedProtocol(*cluster_, stream_.protocol());
  if (route.upgrades.get()) [[unlikely]] {
    if (endsHere()) wanted = Wanted::Raw;
  }
  if (route.retry.get()) [[unlikely]]
    setUpRetries(*route.retry);
  if (end) requestComplete();
  startUpstream();
  return http::FilterStatus::Continue;
}

void Router::replyNoHost() {
  stream_.upstream.attempts++;
  stats::inc(cluster_->stats(), cs::upstream_cx_none_healthy);
  countCode(503);
  stream_.sendLocalReply(503, "no healthy upstream", Flag::NoHealthyUpstream,
                         "no_healthy_upstream");
}

// The tunnel that is asked for ends at this proxy.
bool Router::endsHere() const {
  const tables::Upgrade* config = stream_.connectConfig();
  if (!config || !config->terminate) return false;
  return tunnel == http::Tunnel::Connect ||
         (config->allow_post && stream_.request().get(HeaderId::Method) == "POST");
}

void Router::startUpstream() {
  stream_.upstream.attempts++;
  if (stream_.route().host->attempts_in_request) [[unlikely]]
    stream_.request().set("x-envoy-attempt-count", attempts());
  if (cluster_->total(cs::upstream_rq_active) >= cluster_->limits(high_priority).max_requests) {
    stats::inc(cluster_->stats(), cs::upstream_rq_pending_overflow);
    countHost(false);
    onPoolFailure(UpstreamFailure::Overflow, "");
    return;
  }
  if (cluster_->apart()) [[unlikely]]
    identify();
  upstream::acquire(*host_, *this);
}

// What the connection has to be like.
void Router::identify() {
  identity = {};
  const tables::Cluster& cluster = cluster_->config();
  if (cluster.auto_sni)
    identity.server_name = upstream::wantedServerName(cluster, stream_.request());
  if (const tables::ProxyHeader* config = host_->transport().proxy_header) {
    identity.proxy_header = stream_.arena().copy(
        upstream::proxyHeader(*config, stream_.peer(), cluster_->proxyStats()));
  }
}

void Router::onReady(upstream::UpstreamStream& stream) {
  client_ = &stream;
  active_ = true;
  stats::Block* cluster = cluster_->stats();
  stats::inc(cluster, cs::upstream_rq_total);
  stats::inc(cluster, cs::upstream_rq_active);
  stats::Block* host = host_->stats();
  stats::inc(host, stats::host::rq_total);
  stats::inc(host, stats::host::rq_active);
  if (http::LogFacts* facts = stream_.facts()) noteConnection(*facts);
  // The client was slow before there was anything to stop.
  if (stream_.responsePaused()) [[unlikely]]
    stream.pauseResponse(true);
  if (headers_end_ && stream.protocol() != http::Protocol::Http2)
    upstream::sayNoBody(stream_.request());
  if (retry_) [[unlikely]]
    startTry();
  stream.sendHeaders(stream_.request(), headers_end_);
  if (headers_end_) return;
  body_.forEach([&](const char* data, size_t n) { stream.sendData(data, n, false); });
  bool had_body = !body_.empty();
  if (had_body) {
    stream_.worker().cork.flush();  // the pieces lie in blocks that go now
    if (!keeping() || body_.size() > stream_.manager().buffer_limit) {
      if (retry_) [[unlikely]]
        stopKeeping();
      body_.clear();
      body_sent_ = true;
    }
    if (paused_downstream_) {
      paused_downstream_ = false;
      stream_.pauseRequest(false);
    }
  }
  if (trailers_) {
    stream.sendTrailers(*trailers_);
  } else if (request_end_) {
    stream.sendData(nullptr, 0, true);
  }
  if (request_end_) mark(Mark::UpstreamTxEnd);
}

// For access logs.
void Router::noteConnection(http::LogFacts& facts) {
  noteAddresses();
  upstream::ClientConnection& client = client_->connection();
  facts.upstream_connection_id = client.connectionId();
  facts.upstream_ready = true;
  facts.upstream_protocol = client_->protocol();
  if (tls::Session* session = client.session()) {
    // OpenSSL's own constants: they outlive the connection.
    facts.upstream_tls_version = SSL_get_version(session->ssl());
    facts.upstream_tls_cipher = SSL_get_cipher_name(session->ssl());
  }
  facts.upstream = {};
  wire = &facts.upstream;
  uint64_t now = stream_.worker().loop.nowUs();
  facts.mark(Mark::UpstreamPoolReady, now);
  facts.mark(Mark::UpstreamTxBegin, now);
  if (headers_end_) facts.mark(Mark::UpstreamTxEnd, now);
  if (client_->reused()) return;
  facts.mark(Mark::UpstreamConnectBegin, client.connectBeginUs());
  facts.mark(Mark::UpstreamConnectEnd, client.connectEndUs());
}

void Router::noteAddresses() {
  noteHost();
  stream_.upstream.local = stream_.arena().copy(client_->connection().localAddress());
}

void Router::noteHost() {
  stream_.upstream.host = stream_.arena().copy(host_->addressText());
  if (http::LogFacts* facts = stream_.facts()) {
    std::string_view name = host_->hostname();
    facts->upstream_host_name = name.empty() ? stream_.upstream.host : stream_.arena().copy(name);
  }
}

void Router::forwardData(const char* data, size_t n, bool end) {
  if (done_) return;
  if (end) request_end_ = true;
  if (client_) {
    if (retry_) [[unlikely]]
      keepBody(data, n);
    else
      body_sent_ |= n > 0;
    client_->sendData(data, n, end);
    if (end) mark(Mark::UpstreamTxEnd);
  } else {
    // No connection yet: up to the limit it waits here, then the client is stopped.
    body_.append(data, n);
    if (body_.size() > stream_.manager().buffer_limit && !paused_downstream_) {
      paused_downstream_ = true;
      stream_.pauseRequest(true);
    }
  }
  if (end) requestComplete();
}

void Router::forwardTrailers(HeaderMap& trailers) {
  if (done_) return;
  request_end_ = true;
  trailers_ = &trailers;
  if (client_) {
    client_->sendTrailers(trailers);
    mark(Mark::UpstreamTxEnd);
    stream_.worker().cork.flush();
  }
  requestComplete();
}

// The route's timeout covers from the request's last byte to the response's last.
void Router::requestComplete() {
  request_complete_ms_ = stream_.worker().loop.nowMs();
  if (retry_ && client_ && !done_) [[unlikely]]
    startTry();
  if (timeout_ms_ && !done_) stream_.worker().loop.arm(timeout_, timeout_ms_);
}

// ---- the response --------------------------------------------------------------------------

void Router::on1xx(HeaderMap& headers, int status) {
  countCode(status);
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
  stats::inc(cluster, cs::external_upstream_rq_completed);
  if (grpc_ && config_.suppress_grpc_request_failure_code_stats) return;
  int klass = status / 100;
  if (klass >= 1 && klass <= 5) {
    stats::inc(cluster, static_cast<uint16_t>(cs::upstream_rq_1xx + klass - 1));
    stats::inc(cluster, static_cast<uint16_t>(cs::external_upstream_rq_1xx + klass - 1));
  }
  stats::countCode(cluster, cs::upstream_rq, static_cast<unsigned>(status));
  stats::countCode(cluster, cs::external_upstream_rq, static_cast<unsigned>(status));
}

void Router::onHeaders(HeaderMap& headers, int status, bool end) {
  int64_t code;
  bool said = grpc_ && end && grpc::readStatus(headers, code, false);
  host_->report(said ? grpc::toHttpStatus(code) : status, false);
  if (retry_ && retryResponse(headers, status, end)) [[unlikely]]
    return;
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

bool Router::handshakeFailed(int status) const {
  return tunnel == http::Tunnel::Upgrade && status != 101 &&
         h1::equalsIgnoreCase(stream_.request().get(HeaderId::Upgrade), "websocket");
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
  stats::dec(cluster_->stats(), cs::upstream_rq_active);
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
    stats::inc(cluster_->stats(), cs::upstream_rq_tx_reset);
  client_ = nullptr;
  if (!success || !request_end_) return;
  uint64_t ms = stream_.worker().loop.nowMs() - request_complete_ms_;
  stats::record(cluster_->stats(), cs::upstream_rq_time, ms);
  stats::record(cluster_->stats(), cs::external_upstream_rq_time, ms);
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
    retries_++;
    stats::inc(cluster_->stats(), cs::upstream_rq_retry);
    host_ = chooseHost();
    if (host_) {
      startUpstream();
      stream_.worker().cork.flush();
      return;
    }
  }
  upstream::countReset(cluster_->stats(), protocol, error.kind);
  if (host_) host_->report(503, true);
  if (retry_ && host_ && retryFailure(error.kind, true)) [[unlikely]]
    return;
  replyFailure(error.kind, error.transport_reason);
}

void Router::onPoolFailure(UpstreamFailure failure, std::string_view reason) {
  if (done_) return;
  // The log names the host that could not be reached.
  noteHost();
  mark(Mark::UpstreamPoolReady);
  if (failure != UpstreamFailure::Overflow) host_->report(503, true);
  if (retry_ && retryFailure(failure, false)) [[unlikely]]
    return;
  replyFailure(failure, reason);
}

// How many there were, for x-envoy-attempt-count.
std::string_view Router::attempts() {
  char text[kDecimalSize];
  char* end = writeDecimal(text, stream_.upstream.attempts);
  return stream_.arena().copy({text, static_cast<size_t>(end - text)});
}

// ---- retries of a policy -------------------------------------------------------------------

void Router::setUpRetries(const tables::RetryPolicy& policy) {
  if (!http::retriesRequest(policy, stream_.request())) return;
  // As the router itself never destroyed by the arena; its timers are cancelled by disarm().
  void* memory = stream_.arena().allocAligned(sizeof(http::RetryState), 16);
  retry_ = new (memory) http::RetryState(policy, onBackoff, onTryTimeout, onTryIdle, this);
}

// The body is sent anew with every attempt, as long as it is not larger than what may wait.
void Router::keepBody(const char* data, size_t n) {
  if (!keeping()) {
    body_sent_ |= n > 0;
    return;
  }
  if (body_.size() + n <= stream_.manager().buffer_limit) {
    body_.append(data, n);
    return;
  }
  stopKeeping();
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
  if (policy.per_try_timeout_ms && request_end_ && !response_started_ && !retry_->per_try.armed())
    loop.arm(retry_->per_try, policy.per_try_timeout_ms);
  if (policy.per_try_idle_timeout_ms) loop.arm(retry_->idle, policy.per_try_idle_timeout_ms);
}

// Nothing of the policy is under way any more.
void Router::disarm() {
  retry_->cancel();
  if (std::exchange(retry_->armed, false))
    stats::dec(cluster_->stats(), cs::upstream_rq_retry_active);
}

// One more attempt, after a while; false: there is none, and a flag says why.
bool Router::takeRetry() {
  if (body_sent_) return false;
  stats::Block* cluster = cluster_->stats();
  if (!retry_->take()) {
    stats::inc(cluster, cs::upstream_rq_retry_limit_exceeded);
    stream_.addFlag(Flag::UpstreamRetryLimitExceeded);
    return false;
  }
  if (cluster_->total(cs::upstream_rq_retry_active) >=
      cluster_->limits(high_priority).max_retries) {
    stats::inc(cluster, cs::upstream_rq_retry_overflow);
    stream_.addFlag(Flag::UpstreamOverflow);
    return false;
  }
  retry_->armed = true;
  stats::inc(cluster, cs::upstream_rq_retry_active);
  stats::inc(cluster, cs::upstream_rq_retry);
  stats::inc(cluster, cs::upstream_rq_retry_backoff_exponential);
  if (host_) retry_->tried(host_);
  stream_.worker().loop.arm(retry_->backoff, retry_->nextDelay(stream_.worker().random));
  return true;
}

// True: the response is not the one that is passed on.
bool Router::retryResponse(const HeaderMap& headers, int status, bool end) {
  bool again = retry_->armed;
  disarm();
  bool wanted = http::retriesResponse(retry_->policy, headers, status);
  if (!wanted || !takeRetry()) {
    if (again && !wanted) stats::inc(cluster_->stats(), cs::upstream_rq_retry_success);
    if (!body_sent_) body_.clear();
    body_sent_ = true;
    const auto& policy = retry_->policy;
    if (policy.per_try_idle_timeout_ms && !end)
      stream_.worker().loop.arm(retry_->idle, policy.per_try_idle_timeout_ms);
    return false;
  }
  countHost(false);
  upstream::UpstreamStream* client = std::exchange(client_, nullptr);
  attemptEnded();
  if (!end) client->abandon();
  return true;
}

bool Router::retryFailure(UpstreamFailure failure, bool started) {
  if (response_started_) return false;
  disarm();
  if (!http::retriesFailure(retry_->policy, failure, started) || !takeRetry()) return false;
  if (failure != UpstreamFailure::Overflow) countHost(false);
  return true;
}

bool Router::chooseAnother() {
  uint32_t attempts = retry_->policy.host_attempts;
  do {
    host_ = chooseHost();
  } while (host_ && retry_->policy.avoid_previous && retry_->wasTried(host_) && attempts-- > 0);
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
  startUpstream();
  stream_.worker().cork.flush();
}

void Router::onTryTimeout(void* self) {
  auto* router = static_cast<Router*>(self);
  stats::inc(router->cluster_->stats(), cs::upstream_rq_per_try_timeout);
  router->tryTimedOut("upstream_per_try_timeout");
}

void Router::onTryIdle(void* self) {
  auto* router = static_cast<Router*>(self);
  stats::inc(router->cluster_->stats(), cs::upstream_rq_per_try_idle_timeout);
  router->tryTimedOut("upstream_per_try_idle_timeout");
}

void Router::tryTimedOut(std::string_view details) {
  if (host_) stats::inc(host_->stats(), stats::host::rq_timeout);
  if (host_) host_->report(504, true);
  if (upstream::UpstreamStream* client = std::exchange(client_, nullptr)) {
    stats::inc(cluster_->stats(), cs::upstream_rq_tx_reset);
    client->abandon();
  }
  attemptEnded();
  if (!response_started_ && retryFailure(UpstreamFailure::LocalReset, true)) return;
  bool started = response_started_;
  complete(false);
  if (started) {
    if (status_awaited_) countHost(false);
    stream_.abortResponse(Flag::UpstreamRequestTimeout, details);
    return;
  }
  countStatus(504);
  stream_.sendLocalReply(504, "upstream request timeout", Flag::UpstreamRequestTimeout, details);
}

void Router::replyFailure(UpstreamFailure failure, std::string_view reason) {
  upstream::FailureText what = upstream::describe(failure);
  if (!what.has_reason && !reason.starts_with("TLS_error")) reason = {};
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
  stats::inc(router->cluster_->stats(), cs::upstream_rq_timeout);
  if (router->host_) stats::inc(router->host_->stats(), stats::host::rq_timeout);
  if (router->host_) router->host_->report(504, true);
  upstream::UpstreamStream* client = router->client_;
  router->client_ = nullptr;
  if (client) {
    stats::inc(router->cluster_->stats(), cs::upstream_rq_tx_reset);
    client->abandon();
  } else if (router->host_ && router->linked()) {
    upstream::cancelPending(*router->host_, *router);
  }
  bool started = router->response_started_;
  router->complete(false);
  if (started) {
    if (router->status_awaited_) router->countHost(false);
    router->stream_.abortResponse(Flag::UpstreamRequestTimeout, "response_timeout");
    return;
  }
  router->countStatus(504);
  router->stream_.sendLocalReply(504, "upstream request timeout", Flag::UpstreamRequestTimeout,
                                 "response_timeout");
}

// What is under way upstream is of no use any more.
void Router::giveUp() {
  timeout_.cancel();
  if (retry_) [[unlikely]]
    disarm();
  if (linked()) upstream::cancelPending(*host_, *this);
  attemptEnded();
  if (upstream::UpstreamStream* client = client_) {
    client_ = nullptr;
    stats::inc(cluster_->stats(), cs::upstream_rq_tx_reset);
    client->abandon();
  }
  body_.clear();
  done_ = true;
}

void Router::destroy() {
  giveUp();
  if (cluster_) stream_.worker().clusters->release(cluster_);
  cluster_ = nullptr;
}

void* create(http::FilterContext& context, const void* config) {
  // Never destroyed by the arena: destroy() gives everything back.
  void* memory = context.stream->arena().allocAligned(sizeof(Router), 16);
  return new (memory) Router(*context.stream, *static_cast<const tables::Router*>(config));
}
http::FilterStatus decodeHeaders(void* self, http::FilterContext&, HeaderMap& headers, bool end) {
  return static_cast<Router*>(self)->decodeHeaders(headers, end);
}
http::FilterStatus decodeTrailers(void* self, http::FilterContext&, HeaderMap& trailers) {
  static_cast<Router*>(self)->forwardTrailers(trailers);
  return http::FilterStatus::Continue;
}
void forwardData(void* self, http::FilterContext&, const char* data, size_t n, bool end) {
  static_cast<Router*>(self)->forwardData(data, n, end);
}
void onBackpressure(void* self, http::FilterContext&, bool paused) {
  static_cast<Router*>(self)->downstreamBackpressure(paused);
}
void onDestroy(void* self, http::FilterContext&) {
  static_cast<Router*>(self)->destroy();
}
void onLocalReply(void* self, http::FilterContext&) {
  static_cast<Router*>(self)->giveUp();
}

}  // namespace

const http::FilterHooks kRouterFilter = {
    .name = "envoy.filters.http.router",
    .create = create,
    .decodeHeaders = decodeHeaders,
    .decodeData = nullptr,
    .decodeTrailers = decodeTrailers,
    .encodeHeaders = nullptr,
    .encodeData = nullptr,
    .encodeTrailers = nullptr,
    .onDestroy = onDestroy,
    .forwardData = forwardData,
    .onBackpressure = onBackpressure,
    .onLocalReply = onLocalReply,
};

}  // namespace attache::extensions
