#include "worker/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/address.h"

namespace attache {

namespace {

socklen_t makeAddress(const BindSpec& spec, sockaddr_storage* to) {
  if (spec.family == "pipe") return io::unixAddress(spec.host, to);
  if (spec.family == "ipv6") {
    auto* in = reinterpret_cast<sockaddr_in6*>(to);
    in->sin6_family = AF_INET6;
    in->sin6_port = htons(static_cast<uint16_t>(spec.port));
    return inet_pton(AF_INET6, spec.host.c_str(), &in->sin6_addr) == 1 ? sizeof *in : 0;
  }
  auto* in = reinterpret_cast<sockaddr_in*>(to);
  in->sin_family = AF_INET;
  in->sin_port = htons(static_cast<uint16_t>(spec.port));
  return inet_pton(AF_INET, spec.host.c_str(), &in->sin_addr) == 1 ? sizeof *in : 0;
}

bool setOptions(int fd, const BindSpec& spec, int family) {
  int on = 1;
  auto set = [&](int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof value) == 0;
  };
  if (family != AF_UNIX) {
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    // Accepted sockets inherit it: no call for each of them.
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (spec.reuse_port && !set(SOL_SOCKET, SO_REUSEPORT, 1)) return false;
  }
  if (family == AF_INET6 && !set(IPPROTO_IPV6, IPV6_V6ONLY, spec.ipv4_compat ? 0 : 1)) return false;
  if (spec.freebind && !set(IPPROTO_IP, IP_FREEBIND, 1)) return false;
  if (spec.transparent && !set(IPPROTO_IP, IP_TRANSPARENT, 1)) return false;
  if (spec.keepalive) {
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    if (spec.keepalive_probes) set(IPPROTO_TCP, TCP_KEEPCNT, spec.keepalive_probes);
    if (spec.keepalive_time_s) set(IPPROTO_TCP, TCP_KEEPIDLE, spec.keepalive_time_s);
    if (spec.keepalive_interval_s) set(IPPROTO_TCP, TCP_KEEPINTVL, spec.keepalive_interval_s);
  }
  for (const SocketOptionSpec& option : spec.options) {
    if (setsockopt(fd, option.level, option.name, option.value.data(),
                   static_cast<socklen_t>(option.value.size()))) {
      return false;
    }
  }
  return true;
}

}  // namespace

int bindListening(const BindSpec& spec, int* port, int* error) {
  sockaddr_storage address{};
  socklen_t size = makeAddress(spec, &address);
  *port = spec.port;
  if (!size) {
    *error = EINVAL;
    return -1;
  }
  int family = address.ss_family;
  int fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  auto fail = [&] {
    *error = errno;
    if (fd >= 0) ::close(fd);
    return -1;
  };
  if (fd < 0 || !setOptions(fd, spec, family)) return fail();
  bool path = family == AF_UNIX && spec.host[0] != '@';
  // A socket file that an earlier process left behind would refuse us for ever.
  if (path) ::unlink(spec.host.c_str());
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0) return fail();
  if (path && spec.mode && ::chmod(spec.host.c_str(), spec.mode) != 0) return fail();
  if (::listen(fd, spec.backlog ? spec.backlog : SOMAXCONN) != 0) return fail();
  if (family != AF_UNIX && spec.port == 0) {
    size = sizeof address;
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    *port = ntohs(family == AF_INET ? reinterpret_cast<sockaddr_in&>(address).sin_port
                                    : reinterpret_cast<sockaddr_in6&>(address).sin6_port);
  }
  return fd;
}

}  // namespace attache
