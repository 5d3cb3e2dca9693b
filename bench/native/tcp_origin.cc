// The origin of the TCP cases. The first byte of a connection says what it is for: 'e' echoes all
// that comes, this byte too; 's' sends without end; 'd' takes without end.
//   tcp_origin --port P
#include <memory>

#include "common.h"

using namespace bench;

namespace {

constexpr size_t kPiece = 256 * 1024;

struct Connection {
  int fd;
  char kind = 0;
  std::string pending;  // of an echo that was not taken at once
};

int epoll_fd;
char buffer[kPiece];

bool echo(Connection* c, size_t n) {
  c->pending.append(buffer, n);
  ssize_t sent = send(c->fd, c->pending.data(), c->pending.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) return false;
  if (sent > 0) c->pending.erase(0, static_cast<size_t>(sent));
  return true;
}

bool flood(Connection* c) {
  // Some pieces at a time: others want to be served too.
  for (int i = 0; i < 8; i++) {
    ssize_t n = send(c->fd, buffer, sizeof buffer, MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN;
    if (static_cast<size_t>(n) < sizeof buffer) break;
  }
  return true;
}

bool serve(Connection* c, uint32_t events) {
  if (events & (EPOLLHUP | EPOLLERR)) return false;
  if (events & EPOLLIN) {
    ssize_t n = recv(c->fd, buffer, sizeof buffer, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN)) return false;
    if (n > 0 && c->kind == 0) {
      c->kind = buffer[0];
      if (c->kind == 's') watch(epoll_fd, EPOLL_CTL_MOD, c->fd, EPOLLIN | EPOLLOUT, c);
    }
    if (n > 0 && c->kind == 'e' && !echo(c, static_cast<size_t>(n))) return false;
  }
  return c->kind != 's' || flood(c);
}

}  // namespace

int main(int argc, char** argv) {
  raiseFileLimit();
  int listener = listenOn(static_cast<int>(number(argc, argv, "--port", 0)));
  printf("%d\n", portOf(listener));
  fflush(stdout);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  watch(epoll_fd, EPOLL_CTL_ADD, listener, EPOLLIN, nullptr);
  epoll_event events[256];
  for (;;) {
    int n = epoll_wait(epoll_fd, events, 256, -1);
    for (int i = 0; i < n; i++) {
      auto* c = static_cast<Connection*>(events[i].data.ptr);
      if (c) {
        if (serve(c, events[i].events)) continue;
        close(c->fd);
        delete c;
        continue;
      }
      for (;;) {
        int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) break;
        noDelay(fd);
        watch(epoll_fd, EPOLL_CTL_ADD, fd, EPOLLIN, new Connection{fd, 0, {}});
      }
    }
  }
}
