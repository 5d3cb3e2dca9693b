#include "worker/engine.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/address.h"
#include "upstream/cluster.h"
#include "worker/process.h"

namespace attache {

// What access logs over gRPC have as long for when all ends.
constexpr uint64_t kLogsMs = 500;

Engine::Engine(Process& process, uint32_t index) : worker(process, index) {
  worker.on_changed = [this](uint32_t id) {
    if (listener(id)) addListener(id);
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
  worker.finishLogs(kLogsMs);
}

void Engine::closeAll() {
  worker.clusters->closeIdle();
  auto close = [](ActiveListener& listener) {
    listener.stop();
    listener.drain(0, 0);
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
  ActiveListener* have = listener(id);
  uint64_t drain_ms = worker.process.drain_ms.load(std::memory_order_relaxed);
  if (have && have->record() == record) {
    worker.pins.unpin(record);
  } else if (have && have->sameBut(record->as<tables::Listener>())) {
    have->update(record, drain_ms);
  } else {
    // The sockets are free first: what waits in their queues is the next one's.
    if (have) leave(id, drain_ms, nullptr);
    listeners_[id] = std::make_unique<ActiveListener>(*this, record);
  }
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
  if (listener(id)) leave(id, drain_ms, std::move(last));
}

void Engine::leave(uint32_t id, uint64_t drain_ms, std::shared_ptr<void> last) {
  auto it = listeners_.find(id);
  auto leaving = std::make_unique<Leaving>(*this, std::move(it->second), std::move(last));
  listeners_.erase(it);
  addressesChanged();
  leaving->listener->stop();
  drain(*leaving->listener, drain_ms);
  if (drain_ms) worker.loop.arm(leaving->timer, drain_ms);
  Leaving* raw = leaving.get();
  leaving_.push_back(std::move(leaving));
  if (!drain_ms) raw->listener->abort();
  worker.loop.defer([this] { sweepLeaving(); });
}

void Engine::drain(ActiveListener& listener, uint64_t drain_ms) {
  bool gradually = worker.process.drain_gradually.load(std::memory_order_relaxed);
  listener.drain(worker.process.drainDelay(drain_ms), gradually ? drain_ms : 0);
}

void Engine::sweepLeaving() {
  std::erase_if(leaving_, [](auto& leaving) { return leaving->listener->connections() == 0; });
}

void Engine::drainAll(uint64_t drain_ms) {
  for (auto& [id, listener] : listeners_) listener->drain(drain_ms, 0);
  for (auto& leaving : leaving_) leaving->listener->drain(drain_ms, 0);
}

void Engine::drainListener(uint32_t id, uint64_t drain_ms) {
  ActiveListener* active = listener(id);
  if (active) drain(*active, drain_ms);
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
