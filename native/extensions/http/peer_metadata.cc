#include "extensions/http/peer_metadata.h"

#include "extensions/http/route_cluster.h"
#include "http/stream.h"
#include "mesh/facts.h"
#include "mesh/mesh.h"
#include "upstream/cluster.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

using http::FilterContext;
using http::FilterStatus;

constexpr std::string_view kMetadata = "x-envoy-peer-metadata";
constexpr std::string_view kId = "x-envoy-peer-metadata-id";

struct State {
  const tables::PeerMetadata* config;
  // What the client has said, which is answered in kind.
  bool told = false, told_id = false;
};

void* create(FilterContext& context, const void* config) {
  void* memory = context.stream->arena().allocAligned(sizeof(State), alignof(State));
  return new (memory) State{static_cast<const tables::PeerMetadata*>(config)};
}

bool skips(http::Stream& stream, bool skip_external) {
  upstream::Cluster* cluster = routedCluster(stream);
  if (!cluster) return false;
  const tables::Cluster& config = cluster->config();
  if (config.tells_nothing) return true;
  return skip_external && (config.external || cluster->name() == "PassthroughCluster");
}

// Who the peer is, as it says. The first one counts.
void read(http::Stream& stream, const HeaderMap& headers, mesh::WorkloadRef* into) {
  std::string_view said = headers.get(kMetadata);
  if (!said.empty() && !*into) *into = stream.worker().mesh().workloads.ofHeader(said);
}

FilterStatus decodeHeaders(void* self, FilterContext& context, HeaderMap& headers, bool) {
  State& state = *static_cast<State*>(self);
  if (state.config->from_clients) {
    if (mesh::Facts* mesh = context.stream->mesh) read(*context.stream, headers, &mesh->client);
    state.told_id = headers.remove(kId) > 0;
    state.told = headers.remove(kMetadata) > 0;
  }
  if (!state.config->to_hosts || skips(*context.stream, state.config->skip_external))
    return FilterStatus::Continue;
  const ProcessOptions& options = context.stream->worker().process.options;
  headers.set(kId, options.service_node);
  headers.set(kMetadata, options.peer_metadata_header);
  return FilterStatus::Continue;
}

FilterStatus encodeHeaders(void* self, FilterContext& context, HeaderMap& headers, bool) {
  const State& state = *static_cast<State*>(self);
  if (state.config->from_hosts) {
    if (mesh::Facts* mesh = context.stream->mesh) read(*context.stream, headers, &mesh->host);
    headers.remove(kId);
    headers.remove(kMetadata);
  }
  if (!state.config->to_clients || skips(*context.stream, false)) return FilterStatus::Continue;
  const ProcessOptions& options = context.stream->worker().process.options;
  if (state.told_id) headers.set(kId, options.service_node);
  if (state.told) headers.set(kMetadata, options.peer_metadata_header);
  return FilterStatus::Continue;
}

}  // namespace

const http::FilterHooks kPeerMetadata = {
    .name = "io.istio.http.peer_metadata",
    .create = create,
    .decodeHeaders = decodeHeaders,
    .encodeHeaders = encodeHeaders,
};

}  // namespace attache::extensions
