#include "io/loop.h"

#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace attache::io {

uint64_t monotonicMs() {
  timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return static_cast<uint64_t>(ts.tv_sec) * 1000 + static_cast<uint64_t>(ts.tv_nsec) / 1000000;
}

uint64_t Loop::nowUs() const {
  timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return static_cast<uint64_t>(ts.tv_sec) * 1000000 + static_cast<uint64_t>(ts.tv_nsec) / 1000;
}

class Loop::Mailbox : public Watcher {
 public:
  explicit Mailbox(Loop* loop) : loop_(loop) {}
  void onEvents(uint32_t) override {
    uint64_t count;
    if (read(loop_->wake_, &count, sizeof count) < 0) return;
    std::vector<std::function<void()>> work;
    {
      std::lock_guard<std::mutex> lock(loop_->mutex_);
      work.swap(loop_->posted_);
    }
    for (auto& fn : work) fn();
  }

 private:
  Loop* loop_;
};

Loop::Loop()
    : epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      now_ms_(monotonicMs()),
      timers_(now_ms_),
      mailbox_(new Mailbox(this)) {
  // Without these two there is no worker: out of descriptors at start is fatal.
  if (epoll_ < 0 || wake_ < 0) std::abort();
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = mailbox_;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) != 0) std::abort();
}

Loop::~Loop() {
  for (int i = 0; i < 8 && !(graveyard_.empty() && deferred_.empty()); i++) finishTurn();
  delete mailbox_;
  close(wake_);
  close(epoll_);
}

void Loop::updateTime() {
  now_ms_ = monotonicMs();
}

bool Loop::watch(int fd, Watcher* watcher) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = watcher;
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

bool Loop::rewatch(int fd, Watcher* watcher) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = watcher;
  return epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) == 0;
}

bool Loop::watchListening(int fd, Watcher* watcher) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLEXCLUSIVE;
  event.data.ptr = watcher;
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Loop::unwatch(int fd) {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

void Loop::turn(int timeout_ms) {
  epoll_event events[128];
  int n = epoll_wait(epoll_, events, 128, timeout_ms);
  handle(events, n);
}

void Loop::drain() {
  epoll_event events[128];
  // A second look costs a system call: worth it only when the first one found company.
  for (int round = 0; round < 8; round++) {
    int n = epoll_wait(epoll_, events, 128, 0);
    handle(events, n);
    if (n < 2) break;
  }
}

void Loop::again(Again& item) {
  if (item.linked()) return;
  if (again_.empty()) wake();
  again_.pushBack(&item);
}

// What was asked for before this turn runs behind its events: one of them may be that of wake(),
// which must not take back what wakes the next turn.
void Loop::handle(const epoll_event* events, int n) {
  updateTime();
  List<Again, AgainTag> due;
  while (Again* item = again_.popFront()) due.pushBack(item);
  for (int i = 0; i < n; i++) static_cast<Watcher*>(events[i].data.ptr)->onEvents(events[i].events);
  while (Again* item = due.popFront()) item->callback_(item->self_);
  timers_.advance(now_ms_);
  finishTurn();
}

void Loop::finishTurn() {
  while (!deferred_.empty() || !turn_end_.empty()) {
    // Two vectors take turns, so that a turn allocates nothing.
    std::vector<std::function<void()>> work = std::move(spare_);
    work.swap(deferred_);
    for (auto& fn : work) fn();
    work.clear();
    spare_ = std::move(work);
    while (Again* item = turn_end_.popFront()) item->callback_(item->self_);
  }
  // Destructors may bury others.
  while (!graveyard_.empty()) {
    std::vector<Watcher*> dead;
    dead.swap(graveyard_);
    for (Watcher* watcher : dead) delete watcher;
  }
}

void Loop::post(std::function<void()> fn) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    posted_.push_back(std::move(fn));
  }
  wake();
}

void Loop::wake() {
  uint64_t one = 1;
  // EAGAIN: the counter is at its end, so the loop is awake anyway.
  ssize_t n = write(wake_, &one, sizeof one);
  (void)n;
}

}  // namespace attache::io
