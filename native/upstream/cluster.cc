#include "upstream/cluster.h"

#include <netinet/in.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_map>

#include "base/shared_state.h"
#include "io/address.h"
#include "upstream/aggregate.h"
#include "upstream/bind.h"
#include "upstream/filters.h"
#include "upstream/http1_client.h"
#include "upstream/http2_client.h"
#include "upstream/original_dst.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::upstream {

namespace {

// A host's address as the kernel takes it and as people read it.
socklen_t fill(const tables::Address& from, sockaddr_storage* to, std::string* text) {
  socklen_t size = socketAddress(from, to);
  if (size) *text = to->ss_family == AF_UNIX ? std::string(from.path.view()) : io::addressText(*to);
  return size;
}

bool same(const tables::ProxyHeader* a, const tables::ProxyHeader* b) {
  if (!a || !b) return a == b;
  return a->version2 == b->version2 && a->pass_all_tlvs == b->pass_all_tlvs &&
         a->pass_tlvs.view() == b->pass_tlvs.view() && a->added_tlvs.view() == b->added_tlvs.view();
}

// Whether connections that were made for the one are not such as the other makes.
bool connectsOtherwise(const tables::Cluster& a, const tables::Cluster& b) {
  return a.tls != b.tls || a.protocol != b.protocol || a.apart != b.apart ||
         !same(a.proxy_header.get(), b.proxy_header.get()) || !sameBind(a.bind.get(), b.bind.get());
}

}  // namespace

// ---- Host ----------------------------------------------------------------------------------

Host::Host(Cluster& cluster, const tables::Host& config) : cluster(cluster) {
  address_size_ = fill(config.address, &address_, &address_text_);
  update(config);
}

Host::Host(Cluster& cluster, const sockaddr_storage& address)
    : cluster(cluster),
      address_text_(io::addressText(address)),
      hostname_(std::string(cluster.name()) + address_text_),
      address_(address),
      address_size_(address.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6)) {}

Host::~Host() {
  if (stats_) cluster.worker.rows.letGo(stats_);
}

void Host::update(const tables::Host& config) {
  hostname_ = std::string(config.hostname.view());
  weight = std::max<uint32_t>(config.weight, 1);
  priority = config.priority;
  locality = config.locality;
  hash_key_ = std::string(config.hash_key.view());
  workload_ = std::string(config.workload.view());
  health = config.health;
  labels_.clear();
  for (const tables::Str& label : config.labels) labels_.emplace_back(label.view());
  if (config.stats != stats_index_) {
    // Connections may still count in the old block: it is not let go of.
    stats_index_ = config.stats;
    stats_ = nullptr;
    outlier_ = nullptr;
  }
  bool watched = cluster.config().outlier.get() != nullptr;
  if (watched != (outlier_ != nullptr))
    outlier_ = watched ? cluster.worker.process.outliers.get(stats_index_) : nullptr;
}

void Host::reportNow(int status, bool local) {
  const tables::Outlier* limits = cluster.config().outlier.get();
  if (!limits) return;
  if (local && limits->split) {
    if (countRow(outlier_->local, limits->consecutive_local)) tell(OutlierKind::ConsecutiveLocal);
    return;
  }
  endRow(outlier_->local);
  if (status >= 502 && status <= 504) {
    if (countRow(outlier_->gateway, limits->consecutive_gateway))
      tell(OutlierKind::ConsecutiveGateway);
  } else {
    endRow(outlier_->gateway);
  }
  if (status < 500)
    endRow(outlier_->any_5xx);
  else if (countRow(outlier_->any_5xx, limits->consecutive_5xx))
    tell(OutlierKind::Consecutive5xx);
}

void Host::tell(OutlierKind kind) {
  const auto& told = cluster.worker.process.outliers.on_row;
  if (told) told(kind, std::string(cluster.name()), address_text_);
}

bool Host::hasLabels(const tables::Vec<tables::Str>& labels) const {
  return std::all_of(labels.begin(), labels.end(), [&](const tables::Str& label) {
    return std::find(labels_.begin(), labels_.end(), label.view()) != labels_.end();
  });
}

Transport Host::transport() const {
  const tables::Cluster& config = cluster.config();
  for (const tables::TlsMatch& match : config.tls_matches) {
    if (hasLabels(match.labels)) return {match.tls, match.proxy_header.get()};
  }
  return {config.tls, config.proxy_header.get()};
}

stats::Block* Host::holdStats() {
  stats_ = cluster.worker.rows.hold(stats_index_, stats::Group::Host);
  return stats_;
}

uint64_t Host::activeConnections() {
  stats::Registry& registry = cluster.worker.rows.registry();
  stats::Block* own = stats();  // the index is that of its block
  if (registry.rowCount() == 1) return stats::get(own, stats::host::cx_active);
  return registry.sum(stats_index_, stats::host::cx_active);
}

uint64_t Host::activeRequests() {
  stats::Registry& registry = cluster.worker.rows.registry();
  if (registry.rowCount() == 1) return stats::get(stats(), stats::host::rq_active);
  return registry.sum(stats_index_, stats::host::rq_active);
}

std::string_view Host::hashKey(bool by_hostname) const {
  if (!hash_key_.empty()) return hash_key_;
  return by_hostname ? hostname_ : address_text_;
}

double Host::factorNow() const {
  const tables::SlowStart* config = cluster.config().slow_start.get();
  if (!config) return 1;
  uint64_t now = cluster.worker.loop.nowMs();
  uint64_t age = now > since_ms_ ? now - since_ms_ : 0;  // another worker's clock may be ahead
  if (age >= config->window_ms) return 1;
  double part =
      static_cast<double>(std::max<uint64_t>(age, 1)) / static_cast<double>(config->window_ms);
  return std::max(std::pow(part, 1 / config->aggression), config->min_weight);
}

// ---- Cluster -------------------------------------------------------------------------------

Cluster::Cluster(Worker& worker, tables::Pinned* config)
    : worker(worker),
      config_(config),
      stats_index_(this->config().stats),
      stats_(worker.rows.hold(stats_index_, stats::Group::Cluster)),
      apart_(this->config().apart) {
  refreshEndpoints();
}

Cluster::~Cluster() {
  original_ = nullptr;
  filters_ = nullptr;
  for (Host* host : hosts_) delete host;
  worker.rows.letGo(stats_);
  if (ssl_stats_) worker.rows.letGo(ssl_stats_);
  if (proxy_stats_) worker.rows.letGo(proxy_stats_);
  if (hash_stats_) worker.rows.letGo(hash_stats_);
  worker.pins.unpin(config_);
  if (endpoints_) worker.pins.unpin(endpoints_);
}

uint64_t Cluster::total(uint16_t slot) const {
  stats::Registry& registry = worker.rows.registry();
  if (registry.rowCount() == 1) return stats::get(stats_, slot);
  if (worker.rows.ofPrimary()) return stats::get(stats_, slot);
  return registry.sum(config().stats, slot);
}

stats::Block* Cluster::sslStats() {
  if (config().ssl_stats != ssl_stats_index_) {
    // Connections may still count in the old block: it is not let go of.
    ssl_stats_index_ = config().ssl_stats;
    ssl_stats_ = worker.rows.hold(ssl_stats_index_, stats::Group::ClusterSsl);
  }
  return ssl_stats_;
}

stats::Block* Cluster::proxyStats() {
  if (!proxy_stats_ || config().proxy_stats != proxy_stats_index_) {
    // As with the other one.
    proxy_stats_index_ = config().proxy_stats;
    proxy_stats_ = worker.rows.hold(proxy_stats_index_, stats::Group::ClusterProxyProtocol);
  }
  return proxy_stats_;
}

std::shared_ptr<ClusterFilters> Cluster::currentFilters() {
  if (!filters_) filters_ = std::make_shared<ClusterFilters>(worker, config_);
  return filters_;
}

CallStats& Cluster::callStats() {
  if (!call_stats_) {
    std::string_view other = config().alt_stat_name.view();
    call_stats_ = std::make_unique<CallStats>(worker, other.empty() ? name() : other);
  }
  return *call_stats_;
}

bool Cluster::upToDate() const {
  return worker.pins.isCurrent(config_) &&
         worker.pins.records().current(config().endpoints) == (endpoints_ ? endpoints_->ref : 0);
}

void Cluster::update() {
  bool changed = false;
  if (!worker.pins.isCurrent(config_)) {
    if (tables::Pinned* current = worker.pins.pin(config_->id)) {
      bool other = connectsOtherwise(current->as<tables::Cluster>(), config());
      worker.pins.unpin(config_);
      config_ = current;
      // Once apart, always apart: connections may be there that a request has wanted.
      apart_ |= config().apart;
      filters_ = nullptr;
      if (other) retireConnections();
      if (config().stats != stats_index_) {
        // Another name for statistics; connections still count in the old block.
        stats_index_ = config().stats;
        stats_ = worker.rows.hold(stats_index_, stats::Group::Cluster);
        call_stats_.reset();
      }
      changed = true;
    }
  }
  uint32_t id = config().endpoints;
  uint32_t ref = worker.pins.records().current(id);
  if (changed || (endpoints_ ? endpoints_->ref : 0) != ref) refreshEndpoints();
}

void Cluster::refreshEndpoints() {
  tables::Pinned* current = worker.pins.pin(config().endpoints);
  if (endpoints_) worker.pins.unpin(endpoints_);
  endpoints_ = current;
  bool original = config().original_dst.get();
  if (original && original_) return;  // its hosts stay
  original_ = original ? std::make_unique<OriginalDst>(*this) : nullptr;
  aggregate_ = config().aggregate.empty() ? nullptr : std::make_unique<Aggregate>(*this);
  std::unordered_map<std::string, Host*> known;
  std::vector<Host*> next;
  // Removed hosts that still have connections stay in the list, out of the balancer's sight.
  for (Host* host : hosts_) {
    std::string key(host->addressText());
    known.emplace(key + '\0' + std::to_string(host->family()), host);
  }
  std::vector<Host*> usable;
  if (endpoints_) {
    const auto& record = endpoints_->as<tables::Endpoints>();
    for (const tables::Host& config : record.hosts) {
      auto* made = new Host(*this, config);
      auto it =
          known.find(std::string(made->addressText()) + '\0' + std::to_string(made->family()));
      Host* host = made;
      if (it != known.end()) {
        delete made;
        host = it->second;
        known.erase(it);
        host->update(config);
        host->removed = false;
      }
      next.push_back(host);
      usable.push_back(host);
    }
  }
  for (auto& [key, host] : known) {
    host->removed = true;
    next.push_back(host);
  }
  hosts_ = std::move(next);
  noteAges(usable);
  rebalance(usable);
  std::vector<Host*> gone;
  for (auto& [key, host] : known) gone.push_back(host);
  for (Host* host : gone) closeIdle(host);
}

std::vector<Host*> Cluster::usableHosts() const {
  std::vector<Host*> usable;
  for (Host* host : hosts_) {
    if (!host->removed) usable.push_back(host);
  }
  return usable;
}

void Cluster::rebalance() {
  rebalance(usableHosts());
}

void Cluster::rebalance(const std::vector<Host*>& usable) {
  balancer_.rebuild(usable, config(), endpoints(), worker.random);
  elsewhere_.clear();
  version_ = worker.clusters->nextVersion();
  showHashNumbers();
}

void Cluster::showHashNumbers() {
  const tables::Hashing* config = this->config().hashing.get();
  uint32_t index = config ? config->ring_stats + config->maglev_stats : 0;  // it has one of them
  if (index != hash_stats_index_) {
    if (hash_stats_) worker.rows.letGo(hash_stats_);
    hash_stats_index_ = index;
    hash_stats_ = nullptr;
  }
  const HashNumbers* numbers = balancer_.hashNumbers();
  if (!index || !numbers) return;
  if (config->maglev_stats) {
    if (!hash_stats_) hash_stats_ = worker.rows.hold(index, stats::Group::ClusterMaglev);
    stats::set(hash_stats_, stats::cluster_maglev::maglev_lb_min_entries_per_host, numbers->least);
    stats::set(hash_stats_, stats::cluster_maglev::maglev_lb_max_entries_per_host, numbers->most);
    return;
  }
  if (!hash_stats_) hash_stats_ = worker.rows.hold(index, stats::Group::ClusterRing);
  stats::set(hash_stats_, stats::cluster_ring::ring_hash_lb_min_hashes_per_host, numbers->least);
  stats::set(hash_stats_, stats::cluster_ring::ring_hash_lb_max_hashes_per_host, numbers->most);
  stats::set(hash_stats_, stats::cluster_ring::ring_hash_lb_size, numbers->size);
}

void Cluster::noteAges(const std::vector<Host*>& hosts) {
  if (!config().slow_start.get()) {
    ages_ = nullptr;
    return;
  }
  if (!ages_) {
    ages_ = sharedState<HostAges>("slow_start " + std::string(name()),
                                  [] { return std::make_shared<HostAges>(); });
  }
  std::vector<std::string_view> addresses;
  for (const Host* host : hosts) addresses.push_back(host->addressText());
  ages_->keepOnly(addresses);
  for (Host* host : hosts) {
    if (host->health == tables::HostHealth::Healthy)
      host->since_ms_ = ages_->since(host->addressText(), worker.loop.nowMs());
  }
}

// Connections that were made in another way: no request begins on them any more.
void Cluster::retireConnections() {
  std::vector<Host*> hosts = hosts_;
  for (Host* host : hosts) {
    host->active.forEach([](ClientConnection* client) { client->retire(); });
    closeIdle(host);
  }
}

void Cluster::closeIdle(Host* host) {
  host->shared.forEach([](Http2Client* client) { client->closeIfIdle(); });
  // hostIdle() may delete the host with its last connection.
  uint32_t n = 0;
  host->idle.forEach([&](Http1Client*) { n++; });
  if (n == 0) {
    hostIdle(host);
    return;
  }
  while (n-- > 0) host->idle.front()->closeNow();
}

Host* Cluster::choose(const ChoiceContext& context) {
  if (original_) [[unlikely]]
    return original_->choose(context);
  if (aggregate_) [[unlikely]]
    return aggregate_->choose(context);
  if (context.avoided_priorities) [[unlikely]]
    return chooseElsewhere(context);
  bool panic;
  Host* host = balancer_.pick(worker.random, context.hash, &panic, context.attempt);
  if (panic) stats::inc(stats_, stats::cluster::lb_healthy_panic);
  return host;
}

// A balancer for each set of priorities that retries leave out, until hosts change.
Host* Cluster::chooseElsewhere(const ChoiceContext& context) {
  auto [it, made] = elsewhere_.try_emplace(context.avoided_priorities);
  if (made) {
    it->second.rebuild(usableHosts(), config(), endpoints(), worker.random, false,
                       context.avoided_priorities);
  }
  if (it->second.empty()) return nullptr;
  bool panic;
  return it->second.pick(worker.random, context.hash, &panic, context.attempt);
}

bool Cluster::aggregateByHash() const {
  return aggregate_->choosesByHash();
}

void Cluster::removeHost(Host* host) {
  host->removed = true;
  closeIdle(host);
}

void Cluster::hostIdle(Host* host) {
  if (!host->removed || host->connections > 0 || !host->pending.empty()) return;
  std::erase(hosts_, host);
  delete host;
}

void Cluster::shutDown() {
  removed = true;
  original_ = nullptr;
  aggregate_ = nullptr;
  std::vector<Host*> all = hosts_;
  balancer_.rebuild({}, config(), nullptr, worker.random);
  elsewhere_.clear();
  for (Host* host : all) {
    host->removed = true;
    closeIdle(host);
  }
}

// ---- Clusters ------------------------------------------------------------------------------

Clusters::~Clusters() {
  for (Cluster* cluster : by_id_) delete cluster;
}

Cluster* Clusters::get(uint32_t id) {
  if (id < by_id_.size() && by_id_[id]) {
    Cluster* cluster = by_id_[id];
    if (!worker_.pins.records().current(id)) return nullptr;
    cluster->refresh();
    return cluster;
  }
  tables::Pinned* config = worker_.pins.pin(id);
  if (!config) return nullptr;
  if (static_cast<const tables::RecordHeader*>(config->record)->kind !=
      tables::RecordKind::Cluster) {
    worker_.pins.unpin(config);
    return nullptr;
  }
  if (id >= by_id_.size()) by_id_.resize(id + 64, nullptr);
  by_id_[id] = new Cluster(worker_, config);
  uint32_t endpoints = by_id_[id]->config().endpoints;
  if (endpoints >= cluster_of_endpoints_.size()) cluster_of_endpoints_.resize(endpoints + 64, 0);
  cluster_of_endpoints_[endpoints] = id;
  return by_id_[id];
}

Cluster* Clusters::named(std::string_view name) {
  if (name.empty()) return nullptr;
  if (named_.empty()) named_.resize(kNamed);
  uint64_t hash = ClusterNames::hash(name);
  Named& slot = named_[hash % kNamed];
  auto found = [&](uint32_t id) {
    Cluster* cluster = id ? get(id) : nullptr;
    return cluster && cluster->name() == name ? cluster : nullptr;
  };
  if (slot.hash == hash) {
    if (Cluster* cluster = found(slot.id)) return cluster;
  }
  uint32_t id = worker_.process.cluster_names.find(hash);
  Cluster* cluster = found(id);
  if (cluster) slot = {hash, id};
  return cluster;
}

void Clusters::release(Cluster* cluster) {
  if (--cluster->users == 0 && cluster->removed) delete cluster;
}

void Clusters::rebalance(uint32_t id) {
  if (id < by_id_.size() && by_id_[id]) by_id_[id]->rebalance();
}

void Clusters::changed(uint32_t id) {
  if (id < cluster_of_endpoints_.size() && cluster_of_endpoints_[id])
    id = cluster_of_endpoints_[id];
  if (id >= by_id_.size() || !by_id_[id]) return;
  Cluster* cluster = by_id_[id];
  if (worker_.pins.records().current(id)) {
    cluster->refresh();
    return;
  }
  by_id_[id] = nullptr;
  cluster->users++;
  cluster->shutDown();
  release(cluster);
}

void Clusters::closeIdle() {
  for (Cluster* cluster : by_id_) {
    if (!cluster) continue;
    std::vector<Host*> hosts = cluster->hosts();
    for (Host* host : hosts) {
      host->shared.forEach([](Http2Client* client) { client->closeIfIdle(); });
      while (Http1Client* client = host->idle.front()) client->closeNow();
    }
  }
}

void Clusters::closeAll() {
  for (Cluster* cluster : by_id_) {
    if (!cluster) continue;
    std::vector<Host*> hosts = cluster->hosts();
    for (Host* host : hosts) {
      while (ClientConnection* client = host->active.front()) client->closeNow();
      while (Http1Client* client = host->idle.front()) client->closeNow();
    }
  }
}

}  // namespace attache::upstream
