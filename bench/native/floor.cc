// The floor: what forwarding costs when nothing is looked at. One connection to the origin for each
// of a client; read up to 64 KB, write it to the other side.
//   floor --listen P --origin P
#include <vector>

#include "common.h"

using namespace bench;

namespace {

constexpr size_t kRead = 65536;

struct Side {
  int fd = -1;
  Side* other = nullptr;
  std::string pending;  // to be written to fd, when it took no more
  bool writing = false;
  bool gone = false;
};

int epoll_fd;
std::vector<Side*> graveyard;

void bury(Side* s) {
  for (Side* x : {s, s->other}) {
    if (x->gone) continue;
    x->gone = true;
    close(x->fd);
    graveyard.push_back(x);
  }
}

void interest(Side* s) {
  uint32_t events = 0;
  if (s->other->pending.empty()) events |= EPOLLIN;
  if (s->writing) events |= EPOLLOUT;
  watch(epoll_fd, EPOLL_CTL_MOD, s->fd, events, s);
}

void writable(Side* s) {
  ssize_t n = send(s->fd, s->pending.data(), s->pending.size(), MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN) return bury(s);
  if (n > 0) s->pending.erase(0, static_cast<size_t>(n));
  if (!s->pending.empty()) return;
  s->writing = false;
  interest(s);
  interest(s->other);
}

void readable(Side* s) {
  static char buffer[kRead];
  ssize_t n = recv(s->fd, buffer, kRead, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) return bury(s);
  ssize_t w = send(s->other->fd, buffer, static_cast<size_t>(n), MSG_NOSIGNAL);
  if (w == n) return;
  if (w < 0 && errno != EAGAIN) return bury(s);
  s->other->pending.assign(buffer + (w > 0 ? w : 0), static_cast<size_t>(n - (w > 0 ? w : 0)));
  s->other->writing = true;
  interest(s->other);
  interest(s);
}

void accepted(int fd, int origin) {
  int up = connectTo(origin);
  if (up < 0) {
    close(fd);
    return;
  }
  noDelay(fd);
  Side* a = new Side;
  Side* b = new Side;
  a->fd = fd;
  b->fd = up;
  a->other = b;
  b->other = a;
  watch(epoll_fd, EPOLL_CTL_ADD, fd, EPOLLIN, a);
  watch(epoll_fd, EPOLL_CTL_ADD, up, EPOLLIN, b);
}

}  // namespace

int main(int argc, char** argv) {
  raiseFileLimit();
  int listener = listenOn(static_cast<int>(number(argc, argv, "--listen", 0)));
  int origin = static_cast<int>(number(argc, argv, "--origin", 0));
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  watch(epoll_fd, EPOLL_CTL_ADD, listener, EPOLLIN, nullptr);
  epoll_event events[256];
  for (;;) {
    int n = epoll_wait(epoll_fd, events, 256, -1);
    for (int i = 0; i < n; i++) {
      auto* s = static_cast<Side*>(events[i].data.ptr);
      if (!s) {
        for (;;) {
          int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
          if (fd < 0) break;
          accepted(fd, origin);
        }
        continue;
      }
      if (!s->gone && (events[i].events & EPOLLOUT)) writable(s);
      if (!s->gone && (events[i].events & ~EPOLLOUT)) readable(s);
    }
    for (Side* s : graveyard) delete s;
    graveyard.clear();
  }
}
