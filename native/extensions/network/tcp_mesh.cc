// What a proxied TCP connection tells the metrics of a mesh.
#include <utility>

#include "extensions/network/tcp_session.h"
#include "mesh/mesh.h"
#include "upstream/cluster.h"

namespace attache::extensions {

void TcpSession::noteService(upstream::Cluster& cluster) {
  mesh::Service service = mesh::serviceOf(cluster.config());
  proxied_->service_host = service.host;
  proxied_->service_name = service.name;
  proxied_->service_home = service.home;
}

void TcpSession::noteUpstream() {
  tls::Session* session = upstream_->session();
  proxied_->upstream = session && session->established() ? session->principals() : nullptr;
  if (const mesh::PeerFacts* host = upstream_->saidOfHost()) proxied_->host = *host;
}

TcpUpstream* TcpSession::leaveUpstream() {
  // What it knows goes with it.
  if (proxied_ && ready_ && upstream_) [[unlikely]] {
    if (const mesh::PeerFacts* host = upstream_->saidOfHost()) proxied_->host = *host;
  }
  return std::exchange(upstream_, nullptr);
}

bool TcpSession::tell(mesh::ProxiedFacts& into) {
  if (!proxied_) return false;
  if (ready_ && upstream_) {
    if (const mesh::PeerFacts* host = upstream_->saidOfHost()) proxied_->host = *host;
  }
  proxied_->received = received_;
  proxied_->sent = sent_;
  proxied_->flags = flags_;
  into = *proxied_;
  return true;
}

}  // namespace attache::extensions
