// One worker's event loop: an epoll set, timers and a mailbox. It runs by itself (the standalone
// engine) or nested: its descriptor is watched by another loop, which calls turn() when readable.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "base/list.h"
#include "io/timers.h"

namespace attache::io {

// Receives readiness of one descriptor (edge triggered: each change is told once).
class Watcher {
 public:
  virtual ~Watcher() = default;
  // `events`: EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLHUP, EPOLLERR bits.
  virtual void onEvents(uint32_t events) = 0;
};

struct AgainTag;

// Something that wants to go on in the next turn, for others to come first; taken back when
// destroyed.
class Again : public Link<AgainTag> {
 public:
  using Callback = void (*)(void* self);
  Again(Callback callback, void* self) : callback_(callback), self_(self) {}
  ~Again() { unlink(); }
  Again(const Again&) = delete;
  Again& operator=(const Again&) = delete;

 private:
  friend class Loop;
  Callback callback_;
  void* self_;
};

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Readable when there is something to do; for nesting.
  int fd() const { return epoll_; }
  // Milliseconds on CLOCK_MONOTONIC and seconds on CLOCK_REALTIME, read once a turn.
  uint64_t nowMs() const { return now_ms_; }
  // Fresh: for measured durations at the end of long turns.
  uint64_t nowUs() const;
  void updateTime();

  // Watches `fd` for reading and writing, edge triggered. False: errno.
  bool watch(int fd, Watcher* watcher);
  // Gives a watched descriptor to another watcher, which is told what is ready now.
  bool rewatch(int fd, Watcher* watcher);
  // Watches a listening socket for reading, level triggered and exclusive among several loops.
  bool watchListening(int fd, Watcher* watcher);
  void unwatch(int fd);

  void arm(Timer& timer, uint64_t delay_ms) { timers_.arm(timer, now_ms_, delay_ms); }

  // Handles what is ready, waiting up to `timeout_ms` (0: not at all; -1: for ever) for it.
  void turn(int timeout_ms);
  // As turn(0), again while much is ready, then timers: what a nesting loop calls.
  void drain();
  // Milliseconds until turn() is due for a timer; -1: none.
  int64_t nextTimerIn() { return timers_.nextIn(now_ms_); }

  // Destroys `watcher` after this turn: events of it may still be in hand.
  void deferDelete(Watcher* watcher) { graveyard_.push_back(watcher); }
  // Runs `fn` at the end of this turn, on this thread.
  void defer(std::function<void()> fn) { deferred_.push_back(std::move(fn)); }
  // Calls it once, when all that this turn has to do is done; before it ends.
  void atTurnEnd(Again& item) { turn_end_.pushBack(&item); }
  // Calls it once, in the next turn.
  void again(Again& item);
  // Runs `fn` on the loop's thread, soon. From any thread.
  void post(std::function<void()> fn);

 private:
  class Mailbox;
  void wake();
  void handle(const epoll_event* events, int n);
  void finishTurn();
  int epoll_;
  int wake_;
  uint64_t now_ms_ = 0;
  Timers timers_;
  List<Again, AgainTag> again_, turn_end_;
  std::vector<Watcher*> graveyard_;
  std::vector<std::function<void()>> deferred_;
  std::vector<std::function<void()>> spare_;
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;
  Mailbox* mailbox_;
};

uint64_t monotonicMs();

}  // namespace attache::io
