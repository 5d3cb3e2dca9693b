#include "extensions/listener/tls_inspector.h"

#include <utility>

#include "tls/client_hello.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

namespace ti = stats::tls_inspector;
using listener::FilterContext;
using listener::FilterResult;

// What BoringSSL takes.
constexpr size_t kLargestMessage = 16 * 1024;

FilterResult onData(const void* settings, FilterContext& context, std::string_view bytes) {
  const auto& config = *static_cast<const tables::TlsInspector*>(settings);
  stats::Block* counts = context.worker.rows.block(config.stats, stats::Group::TlsInspector);
  // As Envoy: no more is looked at, and who needs more says too much.
  bytes = bytes.substr(0, config.max_client_hello_size);
  bool all = bytes.size() == config.max_client_hello_size;
  tls::ClientHello hello;
  using tls::HelloResult;
  HelloResult result = tls::parseClientHello(bytes, kLargestMessage, &hello);
  if (result == HelloResult::More && !all) return FilterResult::More;
  stats::record(counts, ti::bytes_processed, hello.used);
  if (result != HelloResult::Complete) {
    bool close = result == HelloResult::More || config.close_on_errors;
    stats::inc(counts, close && all ? ti::client_hello_too_large : ti::tls_not_found);
    return close ? FilterResult::Close : FilterResult::Continue;
  }
  stats::inc(counts, ti::tls_found);
  stats::inc(counts, hello.server_name.empty() ? ti::sni_not_found : ti::sni_found);
  stats::inc(counts, hello.alpn.empty() ? ti::alpn_not_found : ti::alpn_found);
  context.info.transport = "tls";
  context.info.server_name = std::move(hello.server_name);
  context.info.application_protocols = std::move(hello.alpn);
  return FilterResult::Continue;
}

}  // namespace

const listener::FilterHooks kTlsInspector = {
    .name = "envoy.filters.listener.tls_inspector",
    .onData = onData,
};

}  // namespace attache::extensions
