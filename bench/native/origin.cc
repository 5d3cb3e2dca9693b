// The origin of the benchmark: answers GET /N with N bytes, keeps every connection open, and costs
// as little as an HTTP server can: one read, one write.
//   origin [--port P]      prints the port
#include <unordered_map>
#include <vector>

#include "common.h"

using namespace bench;

namespace {

struct Connection {
  int fd;
  std::string input;                    // of a request whose end has not arrived
  const std::string* output = nullptr;  // the response under way
  size_t sent = 0;
  size_t waiting = 0;  // complete requests behind it are re-read from input
};

const std::string& responseOf(size_t size) {
  static std::unordered_map<size_t, std::string> all;
  std::string& r = all[size];
  if (r.empty()) {
    r = "HTTP/1.1 200 OK\r\nServer: origin\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
        "Content-Type: text/plain\r\nContent-Length: " +
        std::to_string(size) + "\r\n\r\n" + bodyOf(size);
  }
  return r;
}

int epoll_fd;

void drop(Connection* c) {
  close(c->fd);
  delete c;
}

// False when the connection is gone. Writes what is to be written; waits for room when there is
// none.
bool flush(Connection* c) {
  while (c->output) {
    ssize_t n = send(c->fd, c->output->data() + c->sent, c->output->size() - c->sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) {
      watch(epoll_fd, EPOLL_CTL_MOD, c->fd, EPOLLIN | EPOLLOUT, c);
      c->waiting = 1;
      return true;
    }
    if (n <= 0) return false;
    c->sent += static_cast<size_t>(n);
    if (c->sent < c->output->size()) continue;
    c->output = nullptr;
    if (c->waiting) {
      c->waiting = 0;
      watch(epoll_fd, EPOLL_CTL_MOD, c->fd, EPOLLIN, c);
    }
  }
  return true;
}

// Answers every complete request of `text`; how many bytes that took. -1: the connection is gone.
ssize_t answer(Connection* c, std::string_view text) {
  size_t at = 0;
  while (!c->output) {
    const void* end = memmem(text.data() + at, text.size() - at, "\r\n\r\n", 4);
    if (!end) break;
    size_t path = text.find('/', at);
    c->output = &responseOf(static_cast<size_t>(atol(text.data() + path + 1)));
    c->sent = 0;
    at = static_cast<size_t>(static_cast<const char*>(end) - text.data()) + 4;
    if (!flush(c)) return -1;
  }
  return static_cast<ssize_t>(at);
}

bool serve(Connection* c, uint32_t events) {
  if ((events & EPOLLOUT) && !flush(c)) return false;
  if (c->output) return true;
  static char buffer[65536];
  ssize_t n = recv(c->fd, buffer, sizeof buffer - 1, 0);
  if (n < 0 && errno == EAGAIN) return true;
  if (n <= 0) return false;
  buffer[n] = '\0';
  if (c->input.empty()) {
    ssize_t used = answer(c, std::string_view(buffer, static_cast<size_t>(n)));
    if (used < 0) return false;
    c->input.assign(buffer + used, static_cast<size_t>(n - used));
    return true;
  }
  c->input.append(buffer, static_cast<size_t>(n));
  ssize_t used = answer(c, c->input);
  if (used < 0) return false;
  c->input.erase(0, static_cast<size_t>(used));
  return true;
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
        if (!serve(c, events[i].events)) drop(c);
        continue;
      }
      for (;;) {
        int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) break;
        noDelay(fd);
        watch(epoll_fd, EPOLL_CTL_ADD, fd, EPOLLIN, new Connection{fd, {}});
      }
    }
  }
}
