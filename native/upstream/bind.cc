#include "upstream/bind.h"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/address.h"

namespace attache::upstream {

namespace {

int familyOf(const tables::Address& address) {
  switch (address.family) {
    case tables::AddressFamily::Ipv4:
      return AF_INET;
    case tables::AddressFamily::Ipv6:
      return AF_INET6;
    default:
      return AF_UNSPEC;
  }
}

const tables::BindSource* sourceFor(const tables::UpstreamBind& bind, int family) {
  for (const tables::BindSource& source : bind.sources)
    if (familyOf(source.address) == family) return &source;
  return bind.sources.size() ? &bind.sources[0] : nullptr;
}

bool same(const tables::Address& a, const tables::Address& b) {
  return a.family == b.family && a.port == b.port && !std::memcmp(a.ip, b.ip, sizeof a.ip);
}

bool same(const tables::Vec<tables::SocketOption>& a, const tables::Vec<tables::SocketOption>& b) {
  if (a.size() != b.size()) return false;
  for (uint32_t i = 0; i < a.size(); i++) {
    if (a[i].level != b[i].level || a[i].name != b[i].name) return false;
    if (a[i].value.view() != b[i].value.view()) return false;
  }
  return true;
}

}  // namespace

socklen_t socketAddress(const tables::Address& from, sockaddr_storage* to) {
  switch (from.family) {
    case tables::AddressFamily::Ipv4: {
      auto* in = reinterpret_cast<sockaddr_in*>(to);
      in->sin_family = AF_INET;
      in->sin_port = htons(from.port);
      std::memcpy(&in->sin_addr, from.ip, 4);
      return sizeof *in;
    }
    case tables::AddressFamily::Ipv6: {
      auto* in = reinterpret_cast<sockaddr_in6*>(to);
      in->sin6_family = AF_INET6;
      in->sin6_port = htons(from.port);
      std::memcpy(&in->sin6_addr, from.ip, 16);
      return sizeof *in;
    }
    case tables::AddressFamily::Pipe:
      return io::unixAddress(from.path.view(), to);
    default:
      return 0;
  }
}

Bound bindSource(const tables::UpstreamBind& bind, int fd, int family, std::string* reason) {
  const tables::BindSource* source = family == AF_UNIX ? nullptr : sourceFor(bind, family);
  if (!source) return Bound::Yes;
  int on = 1;
  if (bind.freebind && setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof on))
    return Bound::BadOption;
  for (const tables::SocketOption& option : source->options) {
    std::string_view value = option.value.view();
    if (setsockopt(fd, option.level, option.name, value.data(),
                   static_cast<socklen_t>(value.size()))) {
      return Bound::BadOption;
    }
  }
  sockaddr_storage address{};
  socklen_t size = socketAddress(source->address, &address);
  if (!size) return Bound::Yes;
  // The kernel then chooses the port when it knows the other end: many more connections fit.
  if (!source->address.port) setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0) return Bound::Yes;
  int error = errno;
  *reason = "failed to bind to " + io::addressText(address) + ": " + std::strerror(error);
  std::replace(reason->begin(), reason->end(), ' ', '_');
  errno = error;
  return Bound::BadAddress;
}

bool sameBind(const tables::UpstreamBind* a, const tables::UpstreamBind* b) {
  if (!a || !b) return a == b;
  if (a->freebind != b->freebind || a->sources.size() != b->sources.size()) return false;
  for (uint32_t i = 0; i < a->sources.size(); i++) {
    const tables::BindSource &x = a->sources[i], &y = b->sources[i];
    if (!same(x.address, y.address) || !same(x.options, y.options)) return false;
  }
  return true;
}

}  // namespace attache::upstream
