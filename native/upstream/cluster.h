// A worker's view of clusters: hosts, balancing and connection pools, made when first used and
// brought up to date when the records change. Everything here belongs to one worker.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/list.h"
#include "codec/headers.h"
#include "http/types.h"
#include "network/peer.h"
#include "stats/stats.h"
#include "tables/generated/layout.h"
#include "tables/pins.h"
#include "tls/session_cache.h"
#include "upstream/call_stats.h"
#include "upstream/host_ages.h"
#include "upstream/lb.h"
#include "upstream/outlier.h"

namespace attache {
class Worker;
}

namespace attache::upstream {

class ClientConnection;
class ClusterFilters;
class Aggregate;
class OriginalDst;
class Http1Client;
class Http2Client;
class Cluster;
class UpstreamRequest;
struct IdleTag;
struct ActiveTag;
struct SharedTag;
struct PendingTag;

// How connections to a host begin. Valid until the cluster's record changes.
struct Transport {
  uint32_t tls = 0;  // directory id of a TLS context; 0: plain bytes
  const tables::ProxyHeader* proxy_header = nullptr;  // goes before; null: none
};

// Whom a host is chosen for, where that decides.
struct ChoiceContext {
  const network::Peer* client = nullptr;  // null: nobody
  const HeaderMap* headers = nullptr;     // of a request; null: there are none
  std::optional<uint64_t> hash = {};      // for clusters that choose by one
  // How often a host was chosen for this attempt that is not wanted: by hash it is another one.
  uint32_t attempt = 0;
  // Priorities whose hosts are not wanted, one bit each. Where no other has hosts, there is none.
  uint64_t avoided_priorities = 0;
};

// One endpoint. Survives changes of the endpoint set that keep its address; a removed host stays
// until its last connection is gone.
class Host {
 public:
  Host(Cluster& cluster, const tables::Host& config);
  // One that no configuration knows (OriginalDst): an IP address and a port.
  Host(Cluster& cluster, const sockaddr_storage& address);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  void update(const tables::Host& config);
  // "10.0.0.1:80", "[::1]:80" or a path: %UPSTREAM_HOST%.
  std::string_view addressText() const { return address_text_; }
  std::string_view hostname() const { return hostname_; }
  const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&address_); }
  socklen_t addressSize() const { return address_size_; }
  int family() const { return address_.ss_family; }
  // What connections to it are made with.
  // Its metadata of Istio: tables::Host::workload.
  const std::string& workload() const { return workload_; }
  Transport transport() const;
  stats::Block* stats() { return stats_ ? stats_ : holdStats(); }
  // Requests in flight to it, over all workers.
  uint64_t activeRequests();
  // Connections to it, the same.
  uint64_t activeConnections();
  // With outlier_detection.
  bool watched() const { return outlier_ != nullptr; }
  // What became of a request: a status, or, with `local`, no answer and the status that stands for
  // it. Counts only for one that is watched.
  void report(int status, bool local) {
    if (watched()) [[unlikely]]
      reportNow(status, local);
  }
  bool ejected() const { return outlier_ && outlier_->ejected.load(std::memory_order_relaxed); }
  // Whether its metadata has all of these.
  bool hasLabels(const tables::Vec<tables::Str>& labels) const;
  // What it goes by where hosts are chosen by hash.
  std::string_view hashKey(bool by_hostname) const;
  // By how much its weight counts while it is new (slow_start_config).
  double startFactor() const {
    return since_ms_ == kOld || health != tables::HostHealth::Healthy ? 1 : factorNow();
  }

  Cluster& cluster;
  uint32_t weight = 1;
  uint32_t priority = 0;
  uint32_t locality = 0;  // its number in the Endpoints record
  tables::HostHealth health = tables::HostHealth::Healthy;
  bool removed = false;
  bool used = true;  // since OriginalDst looked last
  uint32_t connections = 0;
  List<Http1Client, IdleTag> idle;           // last used first
  List<ClientConnection, ActiveTag> active;  // connecting, or with requests
  List<Http2Client, SharedTag> shared;       // with room for another request
  List<UpstreamRequest, PendingTag> pending;
  uint32_t connecting_shared = 0;  // connections being made that will carry many requests
  // What its last SETTINGS said of the streams of a connection, at least 1.
  uint32_t stream_limit = UINT32_MAX;
  // What ALPN found last, where that decides.
  http::Protocol speaks = http::Protocol::Http2;

 private:
  friend class Cluster;
  static constexpr uint64_t kOld = UINT64_MAX;
  [[gnu::cold]] stats::Block* holdStats();
  double factorNow() const;
  [[gnu::noinline]] void reportNow(int status, bool local);
  void tell(OutlierKind kind);
  uint64_t since_ms_ = kOld;  // known and healthy, in time of the loop
  std::string address_text_;
  std::string hostname_;
  std::string hash_key_;
  std::string workload_;
  std::vector<std::string> labels_;
  sockaddr_storage address_{};
  socklen_t address_size_ = 0;
  uint32_t stats_index_ = 0;
  stats::Block* stats_ = nullptr;
  std::shared_ptr<OutlierState> outlier_;  // with outlier_detection
};

class Cluster {
 public:
  Cluster(Worker& worker, tables::Pinned* config);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  Worker& worker;
  const tables::Cluster& config() const { return config_->as<tables::Cluster>(); }
  std::string_view name() const { return config().name.view(); }
  stats::Block* stats() const { return stats_; }
  // ssl.*; null without TLS.
  stats::Block* sslStats();
  // upstream.proxyprotocol.*
  stats::Block* proxyStats();
  // Connections to a host are not all alike (upstream::Identity).
  bool apart() const { return apart_; }
  // Requests of this worker have begun to want connections that are not all alike.
  void keepApart() { apart_ = true; }
  // The network filters at its connections; null: none.
  std::shared_ptr<ClusterFilters> filters() {
    if (config().filters.empty()) [[likely]]
      return nullptr;
    return currentFilters();
  }
  // Of gRPC calls.
  CallStats& callStats();
  // To be resumed.
  tls::SessionCache tls_sessions;
  const tables::Thresholds& limits(bool high) const {
    return high ? config().high_priority : config().default_priority;
  }
  // Sum over the workers of a gauge of this cluster; in the primary thread, of its own.
  uint64_t total(uint16_t slot) const;

  // Moves to the current versions of its records.
  void refresh() {
    if (!upToDate()) [[unlikely]]
      update();
  }
  // A host for one request; null: none is healthy.
  Host* choose(const ChoiceContext& context);
  // Whether the hash of a request decides.
  bool choosesByHash() const {
    return config().hashing.get() != nullptr || (aggregate_ && aggregateByHash());
  }
  // Another number whenever the hosts that may be chosen are others, or used in another way.
  uint64_t version() const { return version_; }
  // Null: it has none.
  const tables::Endpoints* endpoints() const {
    return endpoints_ ? &endpoints_->as<tables::Endpoints>() : nullptr;
  }
  // A host becomes one of this cluster, or is one no more as soon as nothing uses it.
  void addHost(Host* host) { hosts_.push_back(host); }
  void removeHost(Host* host);
  // A connection of `host`, which may itself be gone by now, was closed: whoever waits for one
  // gets it.
  void connectionGone(Host* host);
  // Deletes a removed host that nothing uses any more.
  void hostIdle(Host* host);
  const std::vector<Host*>& hosts() const { return hosts_; }
  // A host was ejected, or is no more.
  void rebalance();
  // Closes idle connections and forgets the hosts (the cluster was removed).
  void shutDown();
  uint32_t users = 0;  // streams and connections that hold it
  bool removed = false;

 private:
  bool upToDate() const;
  void update();
  void refreshEndpoints();
  void noteAges(const std::vector<Host*>& hosts);
  void rebalance(const std::vector<Host*>& usable);
  void showHashNumbers();
  bool aggregateByHash() const;
  void closeIdle(Host* host);
  std::vector<Host*> usableHosts() const;
  Host* chooseElsewhere(const ChoiceContext& context);
  void retireConnections();
  std::shared_ptr<ClusterFilters> currentFilters();
  tables::Pinned* config_;
  tables::Pinned* endpoints_ = nullptr;
  uint32_t stats_index_;
  stats::Block* stats_;
  uint32_t ssl_stats_index_ = 0;
  stats::Block* ssl_stats_ = nullptr;
  uint32_t proxy_stats_index_ = 0;
  stats::Block* proxy_stats_ = nullptr;
  uint32_t hash_stats_index_ = 0;
  stats::Block* hash_stats_ = nullptr;
  std::unique_ptr<CallStats> call_stats_;
  std::vector<Host*> hosts_;
  LoadBalancer balancer_;
  std::map<uint64_t, LoadBalancer> elsewhere_;  // without some priorities; of retries
  bool apart_;
  std::shared_ptr<ClusterFilters> filters_;  // of config_, once they are wanted
  std::unique_ptr<OriginalDst> original_;    // of a cluster of that type
  std::unique_ptr<Aggregate> aggregate_;     // of a cluster of that type
  uint64_t version_ = 0;
  std::shared_ptr<HostAges> ages_;  // with slow_start_config
};

// All clusters this worker has used.
class Clusters {
 public:
  explicit Clusters(Worker& worker) : worker_(worker) {}
  ~Clusters();
  // The cluster of a directory id, up to date; null when there is none.
  Cluster* get(uint32_t id);
  // The one of this name. What was found before is found again without a lock.
  Cluster* named(std::string_view name);
  void release(Cluster* cluster);
  // Of Cluster::version(); none twice.
  uint64_t nextVersion() { return ++versions_; }
  // A record of this id was replaced or removed.
  void changed(uint32_t id);
  // A host of the cluster was ejected, or is no more.
  void rebalance(uint32_t id);
  // Closes every idle upstream connection (shutdown).
  void closeIdle();
  // Closes all of them; no request may be under way.
  void closeAll();

 private:
  Worker& worker_;
  uint64_t versions_ = 0;
  std::vector<Cluster*> by_id_;
  // Names that were asked for, by their hashes: the last one of each slot.
  struct Named {
    uint64_t hash = 0;
    uint32_t id = 0;
  };
  static constexpr size_t kNamed = 256;
  std::vector<Named> named_;
  std::vector<uint32_t> cluster_of_endpoints_;  // endpoints id -> cluster id
};

}  // namespace attache::upstream
