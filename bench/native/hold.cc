// What an idle connection costs: opens N, has one request answered on each, leaves them open, and
// compares the resident memory of the processes before and after.
//   hold --port P --connections N --pids P,P [--first K: connections that are opened before it
//   counts]
// Prints one line of JSON.
#include <poll.h>

#include <vector>

#include "common.h"

using namespace bench;

namespace {

std::vector<int> pids;

// Memory of the processes' own: what they share with others does not grow with connections.
long privateKb() {
  long sum = 0;
  for (int pid : pids) {
    FILE* f = fopen(("/proc/" + std::to_string(pid) + "/smaps_rollup").c_str(), "r");
    char line[256];
    long kb = 0;
    while (f && fgets(line, sizeof line, f)) {
      if (sscanf(line, "Private_Dirty: %ld", &kb) == 1) sum += kb;
    }
    if (f) fclose(f);
  }
  return sum;
}

// Once it no longer changes: what was started late, and collectors of garbage, have had their time.
long settledKb() {
  long last = privateKb();
  for (int i = 0, still = 0; i < 60 && still < 6; i++) {
    usleep(250'000);
    long now = privateKb();
    still = labs(now - last) <= 64 ? still + 1 : 0;
    last = now;
  }
  return last;
}

void exchange(int fd, int port) {
  std::string request = "GET /64 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n\r\n";
  std::string answer;
  bool sent = false;
  while (answer.find("\r\n\r\n") == std::string::npos ||
         answer.size() < answer.find("\r\n\r\n") + 4 + 64) {
    pollfd p{fd, static_cast<short>(sent ? POLLIN : POLLOUT), 0};
    if (poll(&p, 1, 5000) != 1) die("no answer");
    if (!sent) {
      if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(request.size()))
        die("send");
      sent = true;
      continue;
    }
    char buffer[4096];
    ssize_t n = recv(fd, buffer, sizeof buffer, 0);
    if (n <= 0) die("recv");
    answer.append(buffer, static_cast<size_t>(n));
  }
  if (answer.substr(0, 12) != "HTTP/1.1 200") die(answer.substr(0, 30).c_str());
}

void openMore(int port, long n, std::vector<int>* all) {
  for (long i = 0; i < n; i++) {
    int fd = connectTo(port);
    if (fd < 0) die("connect");
    exchange(fd, port);
    all->push_back(fd);
  }
}

}  // namespace

int main(int argc, char** argv) {
  raiseFileLimit();
  int port = static_cast<int>(number(argc, argv, "--port", 0));
  long n = static_cast<long>(number(argc, argv, "--connections", 2000));
  for (const char* p = option(argc, argv, "--pids", ""); *p;) {
    char* end;
    pids.push_back(static_cast<int>(strtol(p, &end, 10)));
    p = *end ? end + 1 : end;
  }
  std::vector<int> fds;
  // Pools and tables grow in steps: the first connections fill what is there already.
  openMore(port, static_cast<long>(number(argc, argv, "--first", 200)), &fds);
  long before = settledKb();
  openMore(port, n, &fds);
  long after = settledKb();
  for (size_t i = 0; i < fds.size(); i += 97) exchange(fds[i], port);  // they are still alive
  printf("{\"connections\":%ld,\"beforeKb\":%ld,\"afterKb\":%ld,\"kbPerConnection\":%.3f}\n", n,
         before, after, static_cast<double>(after - before) / static_cast<double>(n));
  return 0;
}
