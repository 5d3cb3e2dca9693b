#include "worker/active_listener.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "worker/engine.h"
#include "worker/process.h"

namespace attache {

namespace ls = stats::listener;

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
      chains_(engine.worker, incoming),
      stats_(engine.worker.rows.block(config().stats, stats::Group::Listener)) {
  chains_.update(record_, 0);
  build();
}

ActiveListener::~ActiveListener() {
  sockets_.clear();
  engine_.worker.pins.unpin(record_);
}

void ActiveListener::build() {
  filters_ = listener::FilterSet::make(engine_.worker, record_);
  logs_ = accesslog::openTargets(config().access_logs, engine_.worker);
  only_ = filters_ ? nullptr : chains_.only();
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

void ActiveListener::update(tables::Pinned* record, uint64_t drain_ms) {
  tables::Pinned* old = std::exchange(record_, record);
  chains_.update(record_, drain_ms);
  build();
  engine_.worker.pins.unpin(old);
}

void ActiveListener::stop() {
  stopped_ = true;
  for (auto& socket : sockets_) socket->stop();
}

void ActiveListener::drain(uint64_t delay_ms, uint64_t ramp_ms) {
  chains_.drain(delay_ms, ramp_ms);
}

void ActiveListener::abort() {
  incoming.forEach([](Incoming* connection) { connection->closeNow(); });
  chains_.abort();
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
  chains_.connectionClosed();
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

}  // namespace attache
