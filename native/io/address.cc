#include "io/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace attache::io {

namespace {
const sockaddr_in& v4(const sockaddr_storage& address) {
  return reinterpret_cast<const sockaddr_in&>(address);
}
const sockaddr_in6& v6(const sockaddr_storage& address) {
  return reinterpret_cast<const sockaddr_in6&>(address);
}
}  // namespace

std::string ipText(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN];
  const void* bytes = nullptr;
  if (address.ss_family == AF_INET) bytes = &v4(address).sin_addr;
  if (address.ss_family == AF_INET6) bytes = &v6(address).sin6_addr;
  return bytes && inet_ntop(address.ss_family, bytes, text, sizeof text) ? text : std::string();
}

std::string addressText(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET)
    return ipText(address) + ":" + std::to_string(ntohs(v4(address).sin_port));
  if (address.ss_family == AF_INET6) {
    return "[" + ipText(address) + "]:" + std::to_string(ntohs(v6(address).sin6_port));
  }
  return {};
}

bool isLoopback(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) return (ntohl(v4(address).sin_addr.s_addr) >> 24) == 127;
  return address.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6(address).sin6_addr);
}

socklen_t unixAddress(std::string_view path, sockaddr_storage* to) {
  auto* un = reinterpret_cast<sockaddr_un*>(to);
  un->sun_family = AF_UNIX;
  size_t n = std::min(path.size(), sizeof un->sun_path - 1);
  std::memcpy(un->sun_path, path.data(), n);
  bool abstract = n > 0 && path[0] == '@';
  if (abstract) un->sun_path[0] = 0;
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + n + (abstract ? 0 : 1));
}

sockaddr_storage localEnd(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return address;
}

sockaddr_storage remoteEnd(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return address;
}

}  // namespace attache::io
