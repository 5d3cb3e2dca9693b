#include "extensions/http/grpc_calls.h"

#include <charconv>
#include <string>

#include "grpc/status.h"
#include "tables/generated/layout.h"
#include "upstream/cluster.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

// The next part between slashes; empty ones do not count.
std::string_view nextPart(std::string_view& path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  std::string_view part = path.substr(0, path.find('/'));
  path.remove_prefix(part.size());
  return part;
}

// The cluster of the route, whether or not the router has got to it. Of several: the one that it
// has picked.
upstream::Cluster* clusterOf(http::Stream& stream) {
  const tables::Route* route = stream.route().route;
  if (!route) return nullptr;
  upstream::Clusters& clusters = *stream.worker().clusters;
  if (const tables::WeightedCluster* weighted = stream.upstream.weighted)
    return weighted->cluster ? clusters.get(weighted->cluster)
                             : clusters.named(stream.upstream.cluster);
  if (route->action == tables::RouteAction::Cluster) return clusters.get(route->cluster);
  if (route->action != tables::RouteAction::ClusterHeader) return nullptr;
  return clusters.named(stream.request().get(route->cluster_name.view()));
}

// The slot of a status by its text: "5", but not "05".
bool slotOf(std::string_view text, uint16_t& slot) {
  unsigned code = 0;
  auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  bool whole = error == std::errc{} && at == text.data() + text.size();
  if (!whole || code > grpc::kLastStatus || (text.size() > 1 && text.front() == '0')) return false;
  slot = static_cast<uint16_t>(stats::grpc::status_0 + code);
  return true;
}

}  // namespace

bool readCallNames(std::string_view path, CallNames& names) {
  path = path.substr(0, path.find('?'));
  names.service = nextPart(path);
  names.method = nextPart(path);
  return !names.method.empty() && nextPart(path).empty();
}

void CallCounter::begin(http::Stream& stream, std::string_view protocol, const CallNames* names) {
  what_ = protocol;
  if (!names) return;
  std::string all(protocol);
  all.append(".").append(names->service).append(".").append(names->method);
  // The path may be rewritten before it is counted.
  what_ = stream.arena().copy(all);
}

stats::Block* CallCounter::block(http::Stream& stream) {
  if (block_ || what_.empty()) return block_;
  if (upstream::Cluster* cluster = clusterOf(stream)) block_ = cluster->callStats().block(what_);
  return block_;
}

void CallCounter::countStatus(http::Stream& stream, const HeaderMap& fields) {
  namespace s = stats::grpc;
  std::string_view status = fields.get(HeaderId::GrpcStatus);
  if (!active() || !status.data()) return;
  stats::Block* block = this->block(stream);
  if (!block) return;
  uint16_t slot = 0;
  if (slotOf(status, slot)) stats::inc(block, slot);
  stats::inc(block, status == "0" ? s::success : s::failure);
  stats::inc(block, s::total);
}

}  // namespace attache::extensions
