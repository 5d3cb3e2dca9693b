#include "extensions/http/router.h"

#include <string>

#include "extensions/http/router_stream.h"
#include "grpc/status.h"
#include "mesh/facts.h"
#include "route/cluster.h"
#include "route/mutations.h"
#include "route/rewrite.h"
#include "route/timeouts.h"
#include "tracing/trace.h"
#include "upstream/client_connection.h"
#include "upstream/pool.h"
#include "upstream/proxy_header.h"
#include "upstream/request_fields.h"

namespace attache::extensions {

using http::Flag;
using http::UpstreamFailure;
using tables::Mark;
namespace cs = stats::cluster;

// The three that each request runs through once, and that nobody else calls, are parts of
// decodeHeaders().
[[gnu::always_inline]] inline bool Router::answerHere(const route::Match& match) {
  const tables::Route& route = *match.route;
  bool redirects = route.action == tables::RouteAction::Redirect;
  if (!redirects && route.action != tables::RouteAction::DirectResponse) [[likely]]
    return false;
  stats::inc(stream_.manager().stats, stats::hcm::rq_direct_response);
  std::string_view location = route::answerLocation(route, stream_.request());
  stream_.sendLocalReply(redirects ? route.redirect->code : route.direct->status,
                         redirects ? std::string_view() : route.direct->body.view(), Flag::kCount,
                         "direct_response", {HeaderId::Location, location});
  return true;
}

[[gnu::always_inline]] inline upstream::Cluster* Router::selectCluster(const tables::Route& route) {
  auto [id, name, weighted] =
      route::chooseCluster(route, stream_.request(), [&] { return stream_.random(); });
  weighted_ = weighted;
  if (weighted) stream_.upstream.weighted = weighted;
  upstream::Clusters& clusters = *stream_.worker().clusters;
  upstream::Cluster* cluster = id ? clusters.get(id) : clusters.named(name);
  if (!cluster) return nullptr;
  // The header may be taken away.
  if (!id) [[unlikely]]
    name = stream_.arena().copy(name);
  stream_.upstream.cluster = stream_.upstream.observed_cluster = name;
  // A stream may outlive this version of the cluster's record.
  std::string_view other = cluster->config().alt_stat_name.view();
  if (!other.empty()) stream_.upstream.observed_cluster = stream_.arena().copy(other);
  return cluster;
}

upstream::Host* Router::chooseHost(uint32_t attempt, uint64_t avoided_priorities) {
  upstream::ChoiceContext context{
      &stream_.peer(), &stream_.request(), {}, attempt, avoided_priorities};
  if (cluster_->choosesByHash()) [[unlikely]] {
    if (const tables::HashPolicies* policies = stream_.route().route->hash.get())
      context.hash = hashRequest(stream_, *policies, cookies_);
  }
  upstream::Host* host = cluster_->choose(context);
  if (host && &host->cluster != cluster_) [[unlikely]]
    holdMember(host->cluster);
  return host;
}

// The host is of one of the clusters that an aggregate stands for.
void Router::holdMember(upstream::Cluster& member) {
  if (member_ == &member) return;
  member.users++;
  if (member_) stream_.worker().clusters->release(member_);
  member_ = &member;
  if (!stream_.offered_protocols.empty()) member.keepApart();
  if (wanted != Wanted::Raw) wanted = upstream::wantedProtocol(member, stream_.protocol());
}

// The request as the host will see it.
[[gnu::always_inline]] inline void Router::prepareRequest(const tables::Route& route) {
  HeaderMap& headers = stream_.request();
  std::string_view path = headers.get(HeaderId::Path);
  route::mutateRequest(*stream_.routeConfig(), stream_.route(), weighted_, headers, formatter());
  if (route.rewrite || (weighted_ && !weighted_->host_rewrite.empty())) [[unlikely]]
    route::rewriteRequest(route, weighted_, path, host_->hostname(),
                          !config_.suppress_envoy_headers, headers);
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
  if (config_.strict_headers && !headersAreGood()) [[unlikely]]
    return http::FilterStatus::Replied;
  timeout_ms_ = isSpecial(route, headers)
                    ? readTimes(route)
                    : route::requestTimeout(route, headers, grpc_, !config_.suppress_envoy_headers);
  host_ = chooseHost();
  if (!host_) {
    replyNoHost();
    return http::FilterStatus::Replied;
  }
  prepareRequest(route);
  high_priority = route.high_priority;
  tunnel = stream_.tunnel();
  wanted = upstream::wantedProtocol(host_->cluster, stream_.protocol());
  if (route.upgrades.get()) [[unlikely]] {
    if (endsHere()) wanted = Wanted::Raw;
  }
  if (retry_ || headers.hasAny(http::kRetryNames)) [[unlikely]]
    setUpSpecial(end);
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
  upstream::Cluster& cluster = host_->cluster;
  if (cluster.total(cs::upstream_rq_active) >= cluster.limits(high_priority).max_requests) {
    stats::inc(cluster.stats(), cs::upstream_rq_pending_overflow);
    countHost(false);
    onPoolFailure(UpstreamFailure::Overflow, "");
    return;
  }
  if (stream_.trace) [[unlikely]]
    stream_.trace->beginAttempt(*host_, stream_.upstream.cluster,
                                stream_.upstream.observed_cluster);
  if (cluster.apart()) [[unlikely]]
    identify();
  upstream::acquire(*host_, *this);
}

// What the connection has to be like.
void Router::identify() {
  identity = {};
  const tables::Cluster& cluster = host_->cluster.config();
  if (cluster.auto_sni)
    identity.server_name = upstream::wantedServerName(cluster, stream_.request());
  if (const tables::ProxyHeader* config = host_->transport().proxy_header) {
    identity.proxy_header = stream_.arena().copy(
        upstream::proxyHeader(*config, stream_.peer(), host_->cluster.proxyStats()));
  }
  if (host_->transport().tls) identity.alpn = stream_.offered_protocols;
}

void Router::onReady(upstream::UpstreamStream& stream) {
  client_ = &stream;
  active_ = true;
  stats::Block* cluster = host_->cluster.stats();
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
    if (!keeping()) {
      body_.clear();
      body_sent_ = true;
    } else if (body_.size() > bodyLimit()) {
      stopKeeping();
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
  if (mesh::Facts* mesh = stream_.mesh) {
    tls::Session* session = client.session();
    mesh->upstream = session ? session->principals() : nullptr;
  }
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
    if (stream_.mesh) stream_.mesh->endpoint = stream_.arena().copy(host_->workload());
  }
}

void Router::forwardData(const char* data, size_t n, bool end) {
  if (done_) return;
  if (end) request_end_ = true;
  if (mirror_count_) [[unlikely]]
    mirrorData(data, n, end);
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
  if (mirror_count_) [[unlikely]]
    mirrorTrailers(trailers);
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

namespace {

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
    .decodeTrailers = decodeTrailers,
    .onDestroy = onDestroy,
    .forwardData = forwardData,
    .onBackpressure = onBackpressure,
    .onLocalReply = onLocalReply,
};

}  // namespace attache::extensions
