// From the start of a program to its first answer: runs it, and asks until 200 comes.
//   launch --port P [--path /64] [--log FILE] [--limit S] -- COMMAND ARGUMENTS
// Prints {"seconds":…,"pid":…}; ends the program when its own standard input is closed.
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "common.h"

using namespace bench;

namespace {

bool answered(int port, const std::string& request) {
  int fd = connectTo(port);
  if (fd < 0) return false;
  bool good = false;
  pollfd p{fd, POLLOUT, 0};
  if (poll(&p, 1, 100) == 1 && send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
    p.events = POLLIN;
    char buffer[4096];
    ssize_t n = poll(&p, 1, 1000) == 1 ? recv(fd, buffer, sizeof buffer, 0) : 0;
    good = n > 12 && memcmp(buffer, "HTTP/1.1 200", 12) == 0;
  }
  close(fd);
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  int command = 1;
  while (command < argc && strcmp(argv[command], "--") != 0) command++;
  if (++command >= argc) return 2;
  int port = static_cast<int>(number(argc, argv, "--port", 0));
  double limit = number(argc, argv, "--limit", 60);
  std::string request = std::string("GET ") + option(argc, argv, "--path", "/64") +
                        " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                        "\r\nConnection: close\r\n\r\n";
  const char* log = option(argc, argv, "--log", "/dev/null");
  int64_t begin = nowNs();
  pid_t pid = fork();
  if (pid == 0) {
    int fd = ::open(log, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    dup2(fd, 1);
    dup2(fd, 2);
    int none = ::open("/dev/null", O_RDONLY);
    dup2(none, 0);
    execvp(argv[command], argv + command);
    die(argv[command]);
  }
  while (!answered(port, request)) {
    if (waitpid(pid, nullptr, WNOHANG) == pid ||
        static_cast<double>(nowNs() - begin) / 1e9 > limit) {
      fprintf(stderr, "no answer; see %s\n", log);
      kill(pid, SIGKILL);
      return 1;
    }
    usleep(500);
  }
  printf("{\"seconds\":%.4f,\"pid\":%d}\n", static_cast<double>(nowNs() - begin) / 1e9, pid);
  fflush(stdout);
  char c;
  while (read(0, &c, 1) > 0) {
  }
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  return 0;
}
