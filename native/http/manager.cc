#include "http/manager.h"

#include <utility>

#include "http/codec.h"
#include "http/http1_server.h"
#include "http/http2_server.h"
#include "tracing/zipkin.h"
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

Manager::Manager(Worker& worker, tables::Pinned* listener, const tables::FilterChain& chain,
                 const tables::HttpConnectionManager& config)
    : network::Chain(worker, listener, chain),
      config(config),
      stats(worker.rows.block(config.stats, stats::Group::Hcm)),
      listener_stats(worker.rows.block(config.listener_stats, stats::Group::ListenerHcm)),
      logs(accesslog::openTargets(config.access_logs, worker)),
      server_name(config.server_name.empty() ? "envoy" : config.server_name.view()),
      h2_options(h2Options(config.http2)) {
  h2_options.max_headers_bytes = config.max_request_headers_kb * 1024;
  h2_options.max_headers_count = config.max_headers_count;
  h2_options.stream_queue_limit = buffer_limit;
  filters = worker.process.first_filters;
  for (const tables::Filter& filter : config.http_filters) {
    const FilterHooks* hooks = findHttpFilter(filter.config.extension);
    if (!hooks && !filter.discovered) continue;
    filters.push_back({hooks, reinterpret_cast<const char*>(&filter.config) + filter.config.rel,
                       filter.config.extension, filter.name.view(), filter.disabled,
                       filter.discovered});
    any_discovered |= filter.discovered != 0;
    any_disabled |= filter.disabled;
  }
  wants_facts = !logs.empty();
  const tables::Tracing* tracing = config.tracing.get();
  if (tracing && tracing->zipkin.get()) tracer = worker.tracers().zipkin(*tracing->zipkin);
  // Nobody knows what a configuration that is still to come looks at.
  if (any_discovered) plain_request_bodies = plain_response_bodies = false;
  for (const FilterFactory& filter : filters) {
    if (!filter.hooks) continue;
    wants_facts |= filter.hooks->wants_facts;
    if (filter.hooks->decodeData) plain_request_bodies = false;
    if (filter.hooks->encodeData || filter.hooks->encodeTrailers) plain_response_bodies = false;
  }
}

void Manager::serve(network::Arrival&& arrival) {
  using tables::CodecType;
  io::Handoff& connection = arrival.connection;
  bool http2 = config.codec_type == CodecType::Http2 ||
               (config.codec_type == CodecType::Auto && connection.session &&
                connection.session->alpn() == "h2");
  if (http2) {
    auto* server = new Http2Server(*this, connection.fd, arrival.owner);
    if (!server->start(std::move(connection))) server->abort();
    return;
  }
  auto* server = new Http1Server(*this, connection.fd, arrival.owner);
  if (!server->start(std::move(connection))) server->abort();
}

}  // namespace attache::http
