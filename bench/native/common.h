// What the benchmark's programs share: sockets, time, arguments. They are tools: any failure of the
// system ends them with a message.
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

[[noreturn]] inline void die(const char* what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

inline int64_t nowNs() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

// As many descriptors as the system allows.
inline void raiseFileLimit() {
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

inline sockaddr_in loopback(int port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_port = htons(static_cast<uint16_t>(port));
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return a;
}

// A listening socket on 127.0.0.1; port 0: one that the system chooses.
inline int listenOn(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in a = loopback(port);
  if (bind(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) != 0 || listen(fd, 4096) != 0)
    die("listen");
  return fd;
}

inline int portOf(int fd) {
  sockaddr_in a{};
  socklen_t size = sizeof a;
  getsockname(fd, reinterpret_cast<sockaddr*>(&a), &size);
  return ntohs(a.sin_port);
}

inline void noDelay(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// Starts to connect; on loopback it is mostly done on return.
inline int connectTo(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket");
  noDelay(fd);
  sockaddr_in a = loopback(port);
  if (connect(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) != 0 && errno != EINPROGRESS) {
    close(fd);
    return -1;
  }
  return fd;
}

inline void watch(int epoll, int op, int fd, uint32_t events, void* data) {
  epoll_event e{};
  e.events = events;
  e.data.ptr = data;
  if (epoll_ctl(epoll, op, fd, &e) != 0) die("epoll_ctl");
}

// Byte i of every body: a pattern that shows lost, repeated and mixed up parts.
inline std::string bodyOf(size_t size) {
  std::string body(size, '\0');
  for (size_t i = 0; i < size; i++) body[i] = static_cast<char>('!' + (i * 7 + (i >> 8)) % 90);
  return body;
}

// The value of --name in the arguments.
inline const char* option(int argc, char** argv, std::string_view name, const char* otherwise) {
  for (int i = 1; i + 1 < argc; i++) {
    if (name == argv[i]) return argv[i + 1];
  }
  return otherwise;
}
inline double number(int argc, char** argv, std::string_view name, double otherwise) {
  const char* text = option(argc, argv, name, nullptr);
  return text ? atof(text) : otherwise;
}
inline bool flag(int argc, char** argv, std::string_view name) {
  for (int i = 1; i < argc; i++) {
    if (name == argv[i]) return true;
  }
  return false;
}

}  // namespace bench
