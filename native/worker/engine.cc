#include "worker/engine.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/address.h"
#include "network/filter.h"
#include "upstream/cluster.h"
#include "worker/chain_match.h"
#include "worker/process.h"

namespace attache {

namespace ls = stats::listener;

// ---- ActiveListener ------------------------------------------------------------------------

// This worker's watch on a socket that all workers share.
class ActiveListener::Socket : public io::Watcher {
 public:
  Socket(ActiveListener& listener, int fd) : listener_(listener), fd_(fd) {
    watching_ = listener.engine_.worker.loop.watchListening(fd, this);
  }
  ~Socket() override { stop(); }
  int fd() const { return fd_; }
  void stop() {
    if (watching_) listener_.engine_.worker.loop.unwatch(fd_);
    watching_ = false;
  }
  void onEvents(uint32_t) override {
    int accepted = 0;
    // A few at a time: with several workers the rest is better left to the others.
    const uint32_t most = listener_.config().max_connections_per_event;
    for (uint32_t i = 0; i < (most ? most : 64) && watching_; i++) {
      int fd = ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) {
        if (errno == EINTR || errno == ECONNABORTED) continue;
        break;
      }
      accepted++;
      listener_.engine_.dispatch(listener_.id(), fd);
    }
    if (accepted > 0) {
      stats::record(listener_.stats_, ls::connections_accepted_per_socket_event,
                    static_cast<uint64_t>(accepted));
    }
  }

 private:
  ActiveListener& listener_;
  int fd_;
  bool watching_ = false;
};

ActiveListener::ActiveListener(Engine& engine, tables::Pinned* record)
    : engine_(engine),
      record_(record),
      stats_(engine.worker.rows.block(config().stats, stats::Group::Listener)) {
  build();
}

ActiveListener::~ActiveListener() {
  sockets_.clear();
  for (ActiveChain& chain : chains_) {
    if (chain.filters) chain.filters->release();
  }
  for (network::Chain* chain : old_chains_) chain->release();
  engine_.worker.pins.unpin(record_);
}

void ActiveListener::build() {
  stats_ = engine_.worker.rows.block(config().stats, stats::Group::Listener);
  buildChains();
  // Sockets that stay are not touched: nothing that waits in their queue is lost.
  std::vector<std::unique_ptr<Socket>> next;
  for (const tables::ListenerAddress& address : config().addresses) {
    int fd = static_cast<int>(address.socket);
    auto it =
        std::find_if(sockets_.begin(), sockets_.end(), [&](auto& s) { return s && s->fd() == fd; });
    if (it != sockets_.end()) {
      next.push_back(std::move(*it));
    } else if (fd > 0) {
      next.push_back(std::make_unique<Socket>(*this, fd));
    }
  }
  sockets_ = std::move(next);
}

void ActiveListener::buildChains() {
  for (ActiveChain& chain : chains_) {
    if (chain.filters) old_chains_.push_back(chain.filters);
  }
  chains_.clear();
  only_ = nullptr;
  filters_ = listener::FilterSet::make(engine_.worker, record_);
  logs_ = accesslog::openTargets(config().access_logs, engine_.worker.process);
  for (const tables::FilterChain& chain : config().filter_chains) addChain(chain);
  const tables::FilterChain* last = config().default_filter_chain.get();
  if (last) addChain(*last);
  bool plain = chains_.size() == 1 && !chains_[0].config->tls && !chains_[0].config->match.get();
  bool bare = chains_.size() == 1 && chains_[0].filters && chains_[0].filters->before.empty();
  if (plain && bare && !filters_) only_ = chains_[0].filters;
}

void ActiveListener::addChain(const tables::FilterChain& config) {
  ActiveChain& chain = chains_.emplace_back();
  chain.config = &config;
  if (config.tls)
    chain.ssl = engine_.worker.rows.block(config.ssl_stats, stats::Group::ListenerSsl);
  if (config.filters.empty()) return;
  const tables::Ext& last = config.filters[config.filters.size() - 1].config;
  if (const network::TerminalFilter* filter = network::findTerminalFilter(last.extension)) {
    chain.filters = filter->create(engine_.worker, record_, config,
                                   reinterpret_cast<const char*>(&last) + last.rel);
    if (!addFilters(*chain.filters, config)) {
      chain.filters->release();
      chain.filters = nullptr;
    }
  }
}

// Those before the last one. False: one of them is not built in.
bool ActiveListener::addFilters(network::Chain& chain, const tables::FilterChain& config) {
  for (uint32_t i = 0; i + 1 < config.filters.size(); i++) {
    const tables::Ext& each = config.filters[i].config;
    const network::FilterHooks* hooks = network::findFilter(each.extension);
    if (!hooks) return false;
    const void* own = reinterpret_cast<const char*>(&each) + each.rel;
    std::string place(this->config().name.view());
    place.append("|").append(std::to_string(chains_.size())).append("|").append(std::to_string(i));
    chain.before.push_back(
        {hooks, own, hooks->share ? hooks->share(engine_.worker, place, own) : nullptr});
  }
  return true;
}

const ActiveChain* ActiveListener::chainFor(int fd, const io::ConnectionInfo* info) {
  bool has_default = config().default_filter_chain.get() != nullptr;
  size_t count = chains_.size() - (has_default ? 1 : 0);
  if (count == 1 && !chains_[0].config->match.get()) return &chains_[0];
  std::vector<const tables::FilterChainMatch*> matches;
  for (size_t i = 0; i < count; i++) matches.push_back(chains_[i].config->match.get());
  static const io::ConnectionInfo kNothing;
  const io::ConnectionInfo& known = info ? *info : kNothing;
  ConnectionTraits traits{io::localEnd(fd, info), io::remoteEnd(fd, info),
                          io::remoteEnd(fd),      known.server_name,
                          known.transport,        known.application_protocols};
  int found = matchChain(matches, traits);
  if (found >= 0) return &chains_[static_cast<size_t>(found)];
  return has_default ? &chains_.back() : nullptr;
}

void ActiveListener::update(tables::Pinned* record) {
  tables::Pinned* old = record_;
  record_ = record;
  build();
  engine_.worker.pins.unpin(old);
  sweepOldChains();
}

// Chains of earlier versions without connections are done, and with them those versions.
void ActiveListener::sweepOldChains() {
  std::erase_if(old_chains_, [](network::Chain* chain) {
    if (!chain->connections.empty()) return false;
    chain->release();
    return true;
  });
}

// A connection that ends meanwhile sweeps the list: it is not walked itself.
template <class Fn>
void ActiveListener::forEachOldChain(Fn&& fn) {
  std::vector<network::Chain*> held = old_chains_;
  for (network::Chain* chain : held) chain->retain();
  for (network::Chain* chain : held) {
    fn(*chain);
    chain->release();
  }
}

void ActiveListener::stop() {
  stopped_ = true;
  for (auto& socket : sockets_) socket->stop();
}

void ActiveListener::drain(uint64_t drain_ms) {
  for (ActiveChain& chain : chains_) {
    if (chain.filters) chain.filters->startDraining(drain_ms);
  }
  forEachOldChain([&](network::Chain& chain) { chain.startDraining(drain_ms); });
}

void ActiveListener::abort() {
  incoming.forEach([](Incoming* connection) { connection->closeNow(); });
  for (ActiveChain& chain : chains_) {
    if (chain.filters) chain.filters->abort();
  }
  forEachOldChain([](network::Chain& chain) { chain.abort(); });
}

void ActiveListener::take(int fd) {
  Process& process = engine_.worker.process;
  uint64_t limit = process.connection_limit.load(std::memory_order_relaxed);
  int64_t open = process.connections.fetch_add(1, std::memory_order_relaxed) + 1;
  bool refuse = false;
  if (limit && !config().ignore_global_limit && static_cast<uint64_t>(open) > limit) {
    stats::inc(stats_, ls::downstream_global_cx_overflow);
    refuse = true;
  }
  uint32_t most = config().max_connections;
  if (most &&
      engine_.worker.rows.registry().sum(config().stats, ls::downstream_cx_active) >= most) {
    stats::inc(stats_, ls::downstream_cx_overflow);
    refuse = true;
  }
  if (refuse || chains_.empty() || stopped_) {
    ::close(fd);
    process.connections.fetch_sub(1, std::memory_order_relaxed);
    engine_.load.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  connections_++;
  if (!only_) {
    (new Incoming(*this, fd))->start();
    return;
  }
  count();
  only_->serve({{fd, nullptr, Buffer(engine_.worker.buffers), false, nullptr}, owner()});
}

void ActiveListener::count() {
  stats::inc(stats_, ls::downstream_cx_total);
  stats::inc(stats_, ls::downstream_cx_active);
}

void ActiveListener::onConnectionClosed(void* self, uint64_t life_ms) {
  static_cast<ActiveListener*>(self)->connectionClosed(life_ms);
}

void ActiveListener::connectionClosed(uint64_t life_ms) {
  stats::dec(stats_, ls::downstream_cx_active);
  stats::inc(stats_, ls::downstream_cx_destroy);
  stats::record(stats_, ls::downstream_cx_length_ms, life_ms);
  if (!old_chains_.empty()) [[unlikely]]
    sweepOldChains();
  forgetConnection();
}

void ActiveListener::handOver(ActiveListener& other, io::Handoff&& connection) {
  connections_--;
  other.connections_++;
  (new Incoming(other, connection.fd))->start(std::move(connection));
  sweepIfLeft();
}

void ActiveListener::forgetConnection() {
  connections_--;
  engine_.load.fetch_sub(1, std::memory_order_relaxed);
  engine_.worker.process.connections.fetch_sub(1, std::memory_order_relaxed);
  sweepIfLeft();
}

// The last connection of a listener that is gone otherwise.
void ActiveListener::sweepIfLeft() {
  if (!stopped_ || connections_ > 0) return;
  Engine* engine = &engine_;
  engine->worker.loop.defer([engine] { engine->sweepLeaving(); });
}

// ---- Engine --------------------------------------------------------------------------------

Engine::Engine(Process& process, uint32_t index) : worker(process, index) {
  // A new version of a listener is taken over in place.
  worker.on_changed = [this](uint32_t id) {
    ActiveListener* mine = listener(id);
    tables::Pinned* record = mine ? worker.pins.pin(id) : nullptr;
    if (!record) return;
    mine->update(record);
    addressesChanged();
  };
  std::lock_guard<std::mutex> lock(process.engines_mutex);
  process.engines.push_back(this);
}

Engine::~Engine() {
  {
    std::lock_guard<std::mutex> lock(worker.process.engines_mutex);
    std::erase(worker.process.engines, this);
  }
  closeAll();
  // What was closed is destroyed at the end of a turn.
  worker.loop.turn(0);
  worker.loop.turn(0);
  listeners_.clear();
  leaving_.clear();
}

void Engine::closeAll() {
  worker.clusters->closeIdle();
  auto close = [](ActiveListener& listener) {
    listener.stop();
    listener.drain(0);
  };
  for (auto& [id, listener] : listeners_) close(*listener);
  for (auto& leaving : leaving_) leaving->listener->abort();
  for (auto& [id, listener] : listeners_) listener->abort();
}

ActiveListener* Engine::listener(uint32_t id) {
  auto it = listeners_.find(id);
  return it == listeners_.end() ? nullptr : it->second.get();
}

void Engine::addListener(uint32_t id) {
  tables::Pinned* record = worker.pins.pin(id);
  if (!record) return;
  addressesChanged();
  if (ActiveListener* have = listener(id)) {
    have->update(record);
    return;
  }
  listeners_[id] = std::make_unique<ActiveListener>(*this, record);
}

namespace {

std::string addressKey(const uint8_t* ip, size_t size, uint16_t port) {
  std::string key(reinterpret_cast<const char*>(ip), size);
  key.push_back(static_cast<char>(port >> 8));
  key.push_back(static_cast<char>(port));
  return key;
}

constexpr uint8_t kAnyIp[16] = {};

}  // namespace

ActiveListener* Engine::listenerAt(const sockaddr_storage& address) {
  io::Ip wanted = io::ipOf(address);
  if (wanted.size == 0) return nullptr;
  if (by_address_.empty()) findAddresses();
  // As in Envoy: an exact address goes before all addresses.
  for (const uint8_t* ip : {static_cast<const uint8_t*>(wanted.bytes), kAnyIp}) {
    auto it = by_address_.find(addressKey(ip, wanted.size, wanted.port));
    if (it != by_address_.end() && !it->second->stopped()) return it->second;
  }
  return nullptr;
}

// Of each listener that accepts. The first with an address has it; "::" takes IPv4 too where it
// says so and nobody has "0.0.0.0".
void Engine::findAddresses() {
  std::vector<std::pair<std::string, ActiveListener*>> both;
  for (auto& [id, each] : listeners_) {
    if (each->stopped()) continue;
    for (const tables::ListenerAddress& own : each->config().addresses) {
      bool ipv6 = own.address.family == tables::AddressFamily::Ipv6;
      if (!ipv6 && own.address.family != tables::AddressFamily::Ipv4) continue;
      by_address_.emplace(addressKey(own.address.ip, ipv6 ? 16 : 4, own.address.port), each.get());
      if (ipv6 && own.ipv4_compat && std::memcmp(own.address.ip, kAnyIp, 16) == 0)
        both.emplace_back(addressKey(kAnyIp, 4, own.address.port), each.get());
    }
  }
  for (auto& entry : both) by_address_.insert(entry);
}

void Engine::removeListener(uint32_t id, uint64_t drain_ms, std::shared_ptr<void> last) {
  auto it = listeners_.find(id);
  if (it == listeners_.end()) return;
  auto leaving = std::make_unique<Leaving>(*this, std::move(it->second), std::move(last));
  listeners_.erase(it);
  addressesChanged();
  leaving->listener->stop();
  leaving->listener->drain(drain_ms);
  if (drain_ms) worker.loop.arm(leaving->timer, drain_ms);
  Leaving* raw = leaving.get();
  leaving_.push_back(std::move(leaving));
  if (!drain_ms) raw->listener->abort();
  worker.loop.defer([this] { sweepLeaving(); });
}

void Engine::sweepLeaving() {
  std::erase_if(leaving_, [](auto& leaving) { return leaving->listener->connections() == 0; });
}

void Engine::drainAll(uint64_t drain_ms) {
  for (auto& [id, listener] : listeners_) listener->drain(drain_ms);
}

void Engine::drainListener(uint32_t id, uint64_t drain_ms) {
  if (ActiveListener* active = listener(id)) active->drain(drain_ms);
}

void Engine::stopAccepting() {
  for (auto& [id, listener] : listeners_) listener->stop();
}

void Engine::take(uint32_t listener_id, int fd) {
  if (ActiveListener* mine = listener(listener_id)) {
    mine->take(fd);
    return;
  }
  ::close(fd);
  load.fetch_sub(1, std::memory_order_relaxed);
}

void Engine::dispatch(uint32_t listener_id, int fd) {
  Process& process = worker.process;
  Engine* best = this;
  std::unique_lock<std::mutex> lock(process.engines_mutex, std::defer_lock);
  // With a single worker there is nothing to balance, and nothing to lock.
  if (worker.rows.registry().rowCount() > 1) {
    lock.lock();
    int64_t least = load.load(std::memory_order_relaxed);
    for (Engine* engine : process.engines) {
      int64_t have = engine->load.load(std::memory_order_relaxed);
      if (have < least) least = have, best = engine;
    }
  }
  best->load.fetch_add(1, std::memory_order_relaxed);
  if (best == this) {
    if (lock.owns_lock()) lock.unlock();
    take(listener_id, fd);
    return;
  }
  // Under the lock: an engine that is going away leaves the list first.
  best->worker.loop.post([best, listener_id, fd] { best->take(listener_id, fd); });
}

}  // namespace attache
