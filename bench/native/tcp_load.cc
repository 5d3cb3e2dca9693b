// Clients of a TCP proxy, and what they cost it.
//   tcp_load --port P --connections C --pids P,P --kind pingpong [--size 64] --duration S --warmup
//   S tcp_load ... --kind download|upload --mb N
// Prints a line of JSON: round trips (pingpong) or MB (the others), CPU µs of the proxy for each of
// them.
#include <dirent.h>

#include <algorithm>
#include <vector>

#include "common.h"

using namespace bench;

namespace {

struct Connection {
  int fd = -1;
  size_t got = 0;
  int64_t begun = 0;
};

std::vector<int> pids;
int epoll_fd;
char buffer[256 * 1024];

// On any CPU, of all threads: what the scheduler has counted, in ns.
int64_t cpuNs() {
  int64_t total = 0;
  for (int pid : pids) {
    std::string path = "/proc/" + std::to_string(pid) + "/task";
    DIR* dir = opendir(path.c_str());
    if (!dir) continue;
    while (dirent* entry = readdir(dir)) {
      if (entry->d_name[0] == '.') continue;
      FILE* f = fopen((path + "/" + entry->d_name + "/schedstat").c_str(), "r");
      long long ns = 0;
      if (f && fscanf(f, "%lld", &ns) == 1) total += ns;
      if (f) fclose(f);
    }
    closedir(dir);
  }
  return total;
}

// Connects, and says what the connection is for.
void open(Connection* c, int port, char kind) {
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  noDelay(c->fd);
  sockaddr_in a = loopback(port);
  if (connect(c->fd, reinterpret_cast<sockaddr*>(&a), sizeof a) != 0) die("connect");
  if (send(c->fd, &kind, 1, MSG_NOSIGNAL) != 1) die("send");
  if (kind == 'e' && recv(c->fd, buffer, 1, 0) != 1) die("the echo of the first byte");
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
}

struct PingPong {
  std::string word;
  uint64_t trips = 0;
  std::vector<uint32_t> latencies;
  bool counting = false;

  void say(Connection* c) {
    c->got = 0;
    c->begun = nowNs();
    if (send(c->fd, word.data(), word.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(word.size()))
      die("send");
  }
  void hear(Connection* c) {
    ssize_t n = recv(c->fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) die("recv");
    if (c->got + static_cast<size_t>(n) > word.size() ||
        memcmp(buffer, word.data() + c->got, static_cast<size_t>(n)) != 0) {
      fprintf(stderr, "a wrong echo\n");
      exit(1);
    }
    c->got += static_cast<size_t>(n);
    if (c->got < word.size()) return;
    if (counting) {
      trips++;
      latencies.push_back(static_cast<uint32_t>((nowNs() - c->begun) / 1000));
    }
    say(c);
  }
  void run(int64_t until) {
    epoll_event events[256];
    while (nowNs() < until) {
      int n = epoll_wait(epoll_fd, events, 256, 100);
      for (int i = 0; i < n; i++) hear(static_cast<Connection*>(events[i].data.ptr));
    }
  }
};

uint64_t drain(std::vector<Connection>& all, uint64_t bytes) {
  epoll_event events[64];
  uint64_t done = 0;
  while (done < bytes) {
    int n = epoll_wait(epoll_fd, events, 64, 5000);
    if (n == 0) die("nothing came for 5 s");
    for (int i = 0; i < n; i++) {
      auto* c = static_cast<Connection*>(events[i].data.ptr);
      ssize_t got = recv(c->fd, buffer, sizeof buffer, 0);
      if (got > 0) done += static_cast<uint64_t>(got);
      if (got == 0) die("the end");
    }
  }
  (void)all;
  return done;
}

uint64_t fill(std::vector<Connection>& all, uint64_t bytes) {
  for (Connection& c : all) watch(epoll_fd, EPOLL_CTL_MOD, c.fd, EPOLLOUT, &c);
  epoll_event events[64];
  uint64_t done = 0;
  while (done < bytes) {
    int n = epoll_wait(epoll_fd, events, 64, 5000);
    if (n == 0) die("nothing was taken for 5 s");
    for (int i = 0; i < n; i++) {
      auto* c = static_cast<Connection*>(events[i].data.ptr);
      ssize_t sent = send(c->fd, buffer, sizeof buffer, MSG_NOSIGNAL);
      if (sent > 0) done += static_cast<uint64_t>(sent);
      if (sent < 0 && errno != EAGAIN) die("send");
    }
  }
  return done;
}

uint32_t quantile(std::vector<uint32_t>& l, double p) {
  if (l.empty()) return 0;
  size_t at = std::min(l.size() - 1, static_cast<size_t>(static_cast<double>(l.size()) * p));
  std::nth_element(l.begin(), l.begin() + static_cast<long>(at), l.end());
  return l[at];
}

}  // namespace

int main(int argc, char** argv) {
  raiseFileLimit();
  int port = static_cast<int>(number(argc, argv, "--port", 0));
  std::string kind = option(argc, argv, "--kind", "pingpong");
  for (const char* p = option(argc, argv, "--pids", ""); *p;) {
    char* end;
    pids.push_back(static_cast<int>(strtol(p, &end, 10)));
    p = *end ? end + 1 : end;
  }
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  std::vector<Connection> all(static_cast<size_t>(number(argc, argv, "--connections", 1)));
  char first = kind == "pingpong" ? 'e' : kind == "download" ? 's' : 'd';
  for (Connection& c : all) {
    open(&c, port, first);
    watch(epoll_fd, EPOLL_CTL_ADD, c.fd, EPOLLIN, &c);
  }
  if (kind == "pingpong") {
    PingPong game;
    game.word = bodyOf(static_cast<size_t>(number(argc, argv, "--size", 64)));
    for (Connection& c : all) game.say(&c);
    game.run(nowNs() + static_cast<int64_t>(number(argc, argv, "--warmup", 0.5) * 1e9));
    game.counting = true;
    int64_t cpu = cpuNs(), begin = nowNs();
    game.run(begin + static_cast<int64_t>(number(argc, argv, "--duration", 2) * 1e9));
    double seconds = static_cast<double>(nowNs() - begin) / 1e9;
    double us = static_cast<double>(cpuNs() - cpu) / 1e3;
    uint32_t p50 = quantile(game.latencies, 0.5), p99 = quantile(game.latencies, 0.99);
    printf("{\"done\":%llu,\"perSecond\":%.0f,\"cpu\":%.3f,\"p50\":%u,\"p99\":%u}\n",
           static_cast<unsigned long long>(game.trips), static_cast<double>(game.trips) / seconds,
           us / static_cast<double>(std::max<uint64_t>(game.trips, 1)), p50, p99);
    return 0;
  }
  auto bytes = static_cast<uint64_t>(number(argc, argv, "--mb", 1024) * 1048576);
  auto move = kind == "download" ? drain : fill;
  move(all, bytes / 16);
  int64_t cpu = cpuNs(), begin = nowNs();
  double mb = static_cast<double>(move(all, bytes)) / 1048576;
  double seconds = static_cast<double>(nowNs() - begin) / 1e9;
  printf("{\"done\":%.0f,\"perSecond\":%.0f,\"cpu\":%.3f,\"p50\":0,\"p99\":0}\n", mb, mb / seconds,
         static_cast<double>(cpuNs() - cpu) / 1e3 / mb);
}
