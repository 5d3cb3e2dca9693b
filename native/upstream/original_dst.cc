#include "upstream/original_dst.h"

#include <cstring>

#include "io/address.h"
#include "worker/worker.h"

namespace attache::upstream {

namespace {

// Address and port in bytes. IPv4 in IPv6 is another host than IPv4.
std::string keyOf(const sockaddr_storage& address) {
  io::Ip ip = io::ipOf(address);
  std::string key(reinterpret_cast<const char*>(ip.bytes), sizeof ip.bytes);
  key.append(reinterpret_cast<const char*>(&ip.port), sizeof ip.port);
  key.push_back(static_cast<char>(address.ss_family));
  return key;
}

}  // namespace

OriginalDst::OriginalDst(Cluster& cluster) : cluster_(cluster), timer_(onTimer, this) {}

OriginalDst::~OriginalDst() {
  timer_.cancel();
  for (auto& [key, host] : hosts_) host->removed = true;
}

Host* OriginalDst::choose(const ChoiceContext& context) {
  sockaddr_storage to{};
  if (!wanted(context, &to)) return nullptr;
  if (uint16_t port = cluster_.config().original_dst->port) to = io::withPort(to, port);
  Host* host = at(to);
  host->used = true;
  return host;
}

// The header goes before what the client meant, unless nobody can make sense of it.
bool OriginalDst::wanted(const ChoiceContext& context, sockaddr_storage* to) {
  std::string_view name = cluster_.config().original_dst->header.view();
  if (!name.empty() && context.headers && context.headers->has(name)) {
    if (io::parseEnd(context.headers->get(name), to)) return true;
    stats::inc(cluster_.stats(), stats::cluster::original_dst_host_invalid);
  }
  const io::ConnectionInfo* info = context.client ? context.client->info() : nullptr;
  if (!info || !info->local_restored) return false;
  *to = info->local;
  return true;
}

Host* OriginalDst::at(const sockaddr_storage& address) {
  Host*& host = hosts_[keyOf(address)];
  if (!host) {
    host = new Host(cluster_, address);
    cluster_.addHost(host);
    arm();
  }
  return host;
}

void OriginalDst::arm() {
  uint32_t interval = cluster_.config().original_dst->cleanup_interval_ms;
  if (interval && !timer_.armed()) cluster_.worker.loop.arm(timer_, interval);
}

void OriginalDst::cleanUp() {
  for (auto it = hosts_.begin(); it != hosts_.end();) {
    Host* host = it->second;
    bool needed = host->used || host->connections > 0 || !host->pending.empty();
    host->used = false;
    if (needed) {
      ++it;
      continue;
    }
    it = hosts_.erase(it);
    cluster_.removeHost(host);
  }
  if (!hosts_.empty()) arm();
}

void OriginalDst::onTimer(void* self) {
  static_cast<OriginalDst*>(self)->cleanUp();
}

}  // namespace attache::upstream
