#include "extensions/network/http_connection_manager.h"

#include "http/manager.h"

namespace attache::extensions {

namespace {

network::Chain* create(Worker& worker, tables::Pinned* listener, const tables::FilterChain& chain,
                       const void* config) {
  return new http::Manager(worker, listener, chain,
                           *static_cast<const tables::HttpConnectionManager*>(config));
}

}  // namespace

const network::TerminalFilter kHttpConnectionManager = {
    .name = "envoy.filters.network.http_connection_manager",
    .create = create,
};

}  // namespace attache::extensions
