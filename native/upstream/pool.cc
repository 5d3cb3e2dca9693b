#include "upstream/pool.h"

#include <algorithm>

#include "upstream/http1_client.h"
#include "worker/worker.h"

namespace attache::upstream {

namespace s = stats::cluster;
using http::UpstreamFailure;

void Cluster::connectionGone(Host* host) {
  if (std::find(hosts_.begin(), hosts_.end(), host) == hosts_.end()) return;
  // Requests that had to wait because of max_connections: there is room now.
  while (!host->pending.empty() && !host->removed) {
    if (host->connections > 0 && total(s::upstream_cx_active) >= limits(false).max_connections)
      break;
    int error = 0;
    if (Http1Client::connect(*host, host->pending.front()->server_name, &error)) break;
    UpstreamRequest* request = host->pending.popFront();
    if (!request) break;
    stats::dec(stats_, s::upstream_rq_pending_active);
    request->onPoolFailure(UpstreamFailure::ConnectFailure, "immediate_connect_error");
  }
  hostIdle(host);
}

namespace {

// An idle connection whose server was asked for this name.
Http1Client* idleFor(Host& host, std::string_view server_name) {
  Http1Client* found = nullptr;
  host.idle.forEach([&](Http1Client* client) {
    if (!found && client->serverName() == server_name) found = client;
  });
  return found;
}

}  // namespace

void acquire(Host& host, UpstreamRequest& request) {
  Cluster& cluster = host.cluster;
  stats::Block* stats = cluster.stats();
  Http1Client* client = host.idle.front();
  if (client && cluster.config().auto_sni) [[unlikely]]
    client = idleFor(host, request.server_name);
  if (client) {
    client->assign(request);
    return;
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
  bool at_limit = cluster.total(s::upstream_cx_active) >= limits.max_connections;
  if (at_limit) stats::inc(stats, s::upstream_cx_overflow);
  // Over the limit it waits for a connection; but one there must be.
  if (at_limit && host.connections > 0) return;
  int error = 0;
  if (Http1Client::connect(host, request.server_name, &error)) return;
  if (!request.linked()) return;
  request.unlink();
  stats::dec(stats, s::upstream_rq_pending_active);
  request.onPoolFailure(UpstreamFailure::ConnectFailure, "immediate_connect_error");
}

UpstreamRequest* nextPending(Host& host, std::string_view server_name, bool) {
  UpstreamRequest* found = nullptr;
  if (!host.cluster.config().auto_sni) {
    found = host.pending.popFront();
  } else {
    // Only one that wants this connection's name.
    host.pending.forEach([&](UpstreamRequest* request) {
      if (!found && request->server_name == server_name) found = request;
    });
    if (found) found->unlink();
  }
  if (found) stats::dec(host.cluster.stats(), s::upstream_rq_pending_active);
  return found;
}

UpstreamRequest* takeFailed(Host& host) {
  UpstreamRequest* request = host.pending.popFront();
  if (!request) return nullptr;
  stats::dec(host.cluster.stats(), s::upstream_rq_pending_active);
  stats::inc(host.cluster.stats(), s::upstream_rq_pending_failure_eject);
  return request;
}

void cancelPending(Host& host, UpstreamRequest& request) {
  if (!request.linked()) return;
  request.unlink();
  stats::dec(host.cluster.stats(), s::upstream_rq_pending_active);
  stats::inc(host.cluster.stats(), s::upstream_rq_cancelled);
  host.cluster.hostIdle(&host);
}

}  // namespace attache::upstream
