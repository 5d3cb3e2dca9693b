// Connection pools: who gets a connection of a host, and when.
#pragma once

#include <string_view>

#include "http/types.h"
#include "upstream/cluster.h"
#include "upstream/request.h"

namespace attache::upstream {

class ClientConnection;

// Gives `request` a way to `host`: at once through onReady(), or when a connection is up or free;
// or answers onPoolFailure() (a circuit breaker, no connection).
void acquire(Host& host, UpstreamRequest& request);
// Takes back a request that waits for a connection.
void cancelPending(Host& host, UpstreamRequest& request);

// What a request of a client that speaks `downstream` is sent with.
UpstreamRequest::Wanted wantedProtocol(const Cluster& cluster, http::Protocol downstream);

// For connections. The first request that waits and that a connection of this identity serves,
// which is counted as waiting no longer; null: none.
UpstreamRequest* nextPending(Host& host, const Identity& identity, UpstreamRequest::Wanted speaks);
// A request that fails because such a connection did; null: none is left.
UpstreamRequest* takeFailed(Host& host, const Identity& identity, UpstreamRequest::Wanted speaks);
// Connects for requests that wait and for which no connection is being made.
void connectForPending(Host& host);

}  // namespace attache::upstream
