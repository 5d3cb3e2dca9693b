#include "http/manager.h"

#include <algorithm>

#include "http/access_log.h"
#include "http/codec.h"
#include "http/server_connection.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::http {

std::string_view protocolName(Protocol protocol) {
  switch (protocol) {
    case Protocol::Http10:
      return "HTTP/1.0";
    case Protocol::Http11:
      return "HTTP/1.1";
    default:
      return "HTTP/2";
  }
}

Manager::Manager(Worker& worker, tables::Pinned* listener, std::string_view filter_chain,
                 const tables::HttpConnectionManager& config)
    : worker(worker),
      config(config),
      stats(worker.rows.block(config.stats, stats::Group::Hcm)),
      listener_stats(worker.rows.block(config.listener_stats, stats::Group::ListenerHcm)),
      server_name(config.server_name.empty() ? "envoy" : config.server_name.view()),
      listener_name(listener->as<tables::Listener>().name.view()),
      filter_chain_name(filter_chain),
      buffer_limit(1024 * 1024),
      knows_server_names(listener->as<tables::Listener>().inspector.get() != nullptr),
      listener_(listener) {
  listener_->pins++;
  if (uint32_t limit = listener->as<tables::Listener>().per_connection_buffer_limit)
    buffer_limit = limit;
  filters = worker.process.first_filters;
  for (const tables::Filter& filter : config.http_filters) {
    const FilterHooks* hooks = findHttpFilter(filter.config.extension);
    if (!hooks || filter.disabled) continue;
    filters.push_back({hooks, reinterpret_cast<const char*>(&filter.config) + filter.config.rel});
  }
  for (const FilterFactory& filter : filters) {
    if (filter.hooks->decodeData) plain_request_bodies = false;
    if (filter.hooks->encodeData || filter.hooks->encodeTrailers) plain_response_bodies = false;
  }
  openLogs(config.access_logs, logs);
  openLogs(listener->as<tables::Listener>().access_logs, connection_logs);
}

void Manager::openLogs(const tables::Vec<tables::AccessLog>& configured,
                       std::vector<LogTarget>& into) {
  for (const tables::AccessLog& log : configured) {
    if (void* sink = openLogSink(log)) {
      into.push_back({&log, sink});
    } else {
      worker.process.logLine(4, "config",
                             "cannot open the access log " + std::string(log.path.view()));
    }
  }
}

Manager::~Manager() {
  worker.pins.unpin(listener_);
}

void Manager::startDraining(uint64_t drain_ms) {
  draining_ = true;
  connections.forEach([&](ServerConnection* connection) { connection->startDraining(drain_ms); });
}

}  // namespace attache::http
