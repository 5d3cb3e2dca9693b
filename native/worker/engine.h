// A worker with its listeners: accepts connections, or takes those that another worker accepted,
// so that all have about the same number.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "worker/active_listener.h"
#include "worker/worker.h"

namespace attache {

class Engine {
 public:
  Engine(Process& process, uint32_t index);
  ~Engine();

  Worker worker;
  // Open connections; written by this worker and by whoever hands it one.
  std::atomic<int64_t> load{0};

  // On the engine's thread.
  // Takes the listener's newest version up: in place where only filter chains differ, otherwise in
  // place of the version before, which ends as a removed listener does.
  void addListener(uint32_t id);
  // Stops accepting, asks connections to finish, and closes what is left after `drain_ms`.
  // `last` is let go of when the listener's last connection is closed.
  void removeListener(uint32_t id, uint64_t drain_ms, std::shared_ptr<void> last);
  // Asks the connections of a listener to finish; it goes on accepting.
  void drainListener(uint32_t id, uint64_t drain_ms);
  void drainAll(uint64_t drain_ms);
  void stopAccepting();
  ActiveListener* listener(uint32_t id);
  // The listener that has this address, or else every address with its port; null: none.
  ActiveListener* listenerAt(const sockaddr_storage& address);
  // Listeners have other addresses now, or there are others.
  void addressesChanged() { by_address_.clear(); }
  // Closes everything at once.
  void closeAll();
  // Gives an accepted connection to the worker that has the fewest.
  void dispatch(uint32_t listener_id, int fd);

 private:
  friend class ActiveListener;
  // A removed or replaced listener whose connections still end.
  struct Leaving {
    Leaving(Engine& engine, std::unique_ptr<ActiveListener> listener, std::shared_ptr<void> last)
        : engine(engine),
          listener(std::move(listener)),
          last(std::move(last)),
          timer(onTimeout, this) {}
    static void onTimeout(void* self) { static_cast<Leaving*>(self)->listener->abort(); }
    Engine& engine;
    std::unique_ptr<ActiveListener> listener;
    std::shared_ptr<void> last;
    io::Timer timer;
  };
  void take(uint32_t listener_id, int fd);
  void leave(uint32_t id, uint64_t drain_ms, std::shared_ptr<void> last);
  void drain(ActiveListener& listener, uint64_t drain_ms);
  void sweepLeaving();
  void findAddresses();
  std::unordered_map<uint32_t, std::unique_ptr<ActiveListener>> listeners_;
  std::unordered_map<std::string, ActiveListener*> by_address_;  // empty: not found yet
  std::vector<std::unique_ptr<Leaving>> leaving_;
};

}  // namespace attache
