// The HTTP connection manager of one filter chain on one worker: its configuration, statistics
// and filters, shared by the connections that it accepts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/filter.h"
#include "http/h2_session.h"
#include "network/chain.h"
#include "stats/stats.h"
#include "tables/generated/layout.h"
#include "tables/pins.h"

namespace attache::tracing {
class ZipkinReporter;
}

namespace attache::http {

// When it drains, requests are answered with "connection: close", and idle connections close.
class Manager final : public network::Chain {
 public:
  // `config` lies in the record of `listener`, as `chain` does.
  Manager(Worker& worker, tables::Pinned* listener, const tables::FilterChain& chain,
          const tables::HttpConnectionManager& config);
  // Here the codec is chosen.
  void serve(network::Arrival&& arrival) override;

  const tables::HttpConnectionManager& config;
  stats::Block* stats;
  stats::Block* listener_stats;
  std::vector<FilterFactory> filters;
  bool any_disabled = false;  // of the filters, unless a route switches them on
  bool any_discovered = false;
  std::vector<accesslog::Target> logs;
  bool wants_facts = false;  // for logs or filters
  // No filter looks at bodies: they go straight to the last one, and back to the codec.
  bool plain_request_bodies = true;
  bool plain_response_bodies = true;
  std::string server_name;
  // Where spans go; null: nowhere.
  std::shared_ptr<tracing::ZipkinReporter> tracer;
  // Of its HTTP/2 connections.
  H2Options h2_options;
};

// The hooks of an HTTP filter extension by its number; null: not built in.
const FilterHooks* findHttpFilter(uint32_t extension);
// For tests and embedders: more filters.
void registerHttpFilter(uint32_t extension, const FilterHooks* hooks);

}  // namespace attache::http
