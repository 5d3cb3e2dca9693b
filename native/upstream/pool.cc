#include "upstream/pool.h"

#include <algorithm>

#include "upstream/alpn_client.h"
#include "upstream/http1_client.h"
#include "upstream/http2_client.h"
#include "upstream/raw_client.h"
#include "worker/worker.h"

namespace attache::upstream {

namespace s = stats::cluster;
using http::Protocol;
using http::UpstreamFailure;
using Wanted = UpstreamRequest::Wanted;

namespace {

// An idle connection that this request may have.
Http1Client* idleFor(Host& host, const Identity& identity) {
  if (!host.cluster.apart()) return host.idle.front();
  return host.idle.find([&](Http1Client* client) { return client->identity() == identity; });
}

Http2Client* sharedFor(Host& host, const Identity& identity) {
  if (!host.cluster.apart()) return host.shared.front();
  return host.shared.find([&](Http2Client* client) { return client->identity() == identity; });
}

bool suits(const UpstreamRequest& request, Wanted speaks) {
  return request.wanted == speaks || (request.wanted == Wanted::Either && speaks != Wanted::Raw);
}

UpstreamRequest* findPending(Host& host, const Identity& identity, Wanted speaks) {
  bool any = !host.cluster.apart();
  return host.pending.find([&](UpstreamRequest* request) {
    return suits(*request, speaks) && (any || request->identity == identity);
  });
}

// Whether those connections that are being made, and will carry many, have room for all that wait.
bool haveRoom(Host& host) {
  const tables::Cluster& config = host.cluster.config();
  uint64_t each = host.stream_limit;
  if (const tables::Http2Options* own = config.http2.get())
    each = std::min<uint64_t>(each, own->max_concurrent_streams);
  if (uint32_t requests = config.max_requests_per_connection)
    each = std::min<uint64_t>(each, requests);
  uint64_t room = each * host.connecting_shared;
  // Counted no further than it matters.
  return host.pending.find([&](UpstreamRequest*) { return room-- == 0; }) == nullptr;
}

// Nothing has to be done for what waits: a connection will come that carries it.
bool willBeServed(Host& host, const UpstreamRequest& request) {
  if (host.connecting_shared == 0) return false;
  bool shares = request.wanted == Wanted::Http2 ||
                (request.wanted == Wanted::Either && host.speaks == Protocol::Http2);
  if (!shares) return false;
  if (host.cluster.apart() && !host.active.find([&](ClientConnection* client) {
        return client->willBeShared() && client->identity() == request.identity;
      }))
    return false;
  return haveRoom(host);
}

bool connect(Host& host, const UpstreamRequest& request, ConnectError* error) {
  switch (request.wanted) {
    case Wanted::Http2:
      return Http2Client::connect(host, request.identity, error) != nullptr;
    case Wanted::Raw:
      return RawClient::connect(host, request.identity, error) != nullptr;
    case Wanted::Either:
      // Without TLS there is nothing to find it out with.
      if (host.transport().tls)
        return AlpnClient::connect(host, request.identity, error) != nullptr;
      [[fallthrough]];
    default:
      return Http1Client::connect(host, request.identity, error) != nullptr;
  }
}

bool atLimit(Host& host, const tables::Thresholds& limits) {
  if (host.cluster.total(s::upstream_cx_active) >= limits.max_connections) return true;
  return limits.host_connections && host.activeConnections() >= limits.host_connections;
}

// At the limit it waits for a connection, but one that it can have there must be: as with Envoy,
// whose pools are one for each identity.
bool hasToWait(Host& host, const UpstreamRequest& request, const tables::Thresholds& limits) {
  if (host.connections == 0 || !atLimit(host, limits)) return false;
  if (!host.cluster.apart()) return true;
  return host.active.find(
      [&](ClientConnection* client) { return client->identity() == request.identity; });
}

void failPending(Host& host, UpstreamRequest* request, const ConnectError& error) {
  request->unlink();
  stats::dec(host.cluster.stats(), s::upstream_rq_pending_active);
  if (error.local)
    return request->onPoolFailure(UpstreamFailure::LocalConnectFailure, error.reason);
  request->onPoolFailure(UpstreamFailure::ConnectFailure, "immediate_connect_error");
}

}  // namespace

Wanted wantedProtocol(const Cluster& cluster, Protocol downstream) {
  switch (cluster.config().protocol) {
    case tables::UpstreamProtocol::Http2:
      return Wanted::Http2;
    case tables::UpstreamProtocol::Auto:
      return Wanted::Either;
    case tables::UpstreamProtocol::UseDownstream:
      return downstream == Protocol::Http2 ? Wanted::Http2 : Wanted::Http1;
    default:
      return Wanted::Http1;
  }
}

void Cluster::connectionGone(Host* host) {
  if (std::find(hosts_.begin(), hosts_.end(), host) == hosts_.end()) return;
  // Requests that had to wait because of max_connections: there is room now.
  while (UpstreamRequest* first = host->removed ? nullptr : host->pending.front()) {
    if (hasToWait(*host, *first, limits(false))) break;
    ConnectError error;
    if (willBeServed(*host, *first) || connect(*host, *first, &error)) break;
    failPending(*host, first, error);
  }
  hostIdle(host);
}

void connectForPending(Host& host) {
  uint32_t waiting = 0;
  host.pending.forEach([&](UpstreamRequest*) { waiting++; });
  for (; waiting > 0 && !host.removed; waiting--) {
    UpstreamRequest* first = host.pending.front();
    if (!first || willBeServed(host, *first)) return;
    if (hasToWait(host, *first, host.cluster.limits(first->high_priority))) return;
    ConnectError error;
    if (!connect(host, *first, &error)) failPending(host, first, error);
  }
}

void acquire(Host& host, UpstreamRequest& request) {
  Cluster& cluster = host.cluster;
  stats::Block* stats = cluster.stats();
  if (request.wanted == Wanted::Http1 || request.wanted == Wanted::Either) [[likely]] {
    if (Http1Client* client = idleFor(host, request.identity)) {
      client->assign(request);
      return;
    }
  }
  if (request.wanted == Wanted::Http2 || request.wanted == Wanted::Either) {
    if (Http2Client* client = sharedFor(host, request.identity)) {
      client->assign(request);
      return;
    }
  }
  const tables::Thresholds& limits = cluster.limits(request.high_priority);
  if (cluster.total(s::upstream_rq_pending_active) >= limits.max_pending_requests) {
    stats::inc(stats, s::upstream_rq_pending_overflow);
    request.onPoolFailure(UpstreamFailure::Overflow, "");
    return;
  }
  stats::inc(stats, s::upstream_rq_pending_total);
  stats::inc(stats, s::upstream_rq_pending_active);
  host.pending.pushBack(&request);
  if (willBeServed(host, request)) return;
  if (atLimit(host, limits)) stats::inc(stats, s::upstream_cx_overflow);
  if (hasToWait(host, request, limits)) return;
  ConnectError error;
  if (connect(host, request, &error)) return;
  if (request.linked()) failPending(host, &request, error);
}

UpstreamRequest* nextPending(Host& host, const Identity& identity, Wanted speaks) {
  UpstreamRequest* found = findPending(host, identity, speaks);
  if (!found) return nullptr;
  found->unlink();
  stats::dec(host.cluster.stats(), s::upstream_rq_pending_active);
  return found;
}

UpstreamRequest* takeFailed(Host& host, const Identity& identity, Wanted speaks) {
  UpstreamRequest* found = findPending(host, identity, speaks);
  if (!found) return nullptr;
  found->unlink();
  stats::dec(host.cluster.stats(), s::upstream_rq_pending_active);
  stats::inc(host.cluster.stats(), s::upstream_rq_pending_failure_eject);
  return found;
}

void cancelPending(Host& host, UpstreamRequest& request) {
  if (!request.linked()) return;
  request.unlink();
  stats::dec(host.cluster.stats(), s::upstream_rq_pending_active);
  stats::inc(host.cluster.stats(), s::upstream_rq_cancelled);
  host.cluster.hostIdle(&host);
}

}  // namespace attache::upstream
