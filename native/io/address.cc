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

Ip ipOf(const sockaddr_storage& address) {
  Ip ip;
  if (address.ss_family == AF_INET) {
    ip.size = 4;
    ip.port = ntohs(v4(address).sin_port);
    std::memcpy(ip.bytes, &v4(address).sin_addr, 4);
  } else if (address.ss_family == AF_INET6) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(&v6(address).sin6_addr);
    bool mapped = IN6_IS_ADDR_V4MAPPED(&v6(address).sin6_addr);
    ip.size = mapped ? 4 : 16;
    ip.port = ntohs(v6(address).sin6_port);
    std::memcpy(ip.bytes, mapped ? bytes + 12 : bytes, ip.size);
  }
  return ip;
}

Ip parseIp(std::string_view text) {
  Ip ip;
  char terminated[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof terminated) return ip;
  std::memcpy(terminated, text.data(), text.size());
  terminated[text.size()] = 0;
  bool ipv6 = text.find(':') != std::string_view::npos;
  if (inet_pton(ipv6 ? AF_INET6 : AF_INET, terminated, ip.bytes) == 1) ip.size = ipv6 ? 16 : 4;
  return ip;
}

std::string ipText(const Ip& ip) {
  char text[INET6_ADDRSTRLEN];
  if (ip.size == 0) return {};
  return inet_ntop(ip.size == 4 ? AF_INET : AF_INET6, ip.bytes, text, sizeof text);
}

bool parseEnd(std::string_view text, sockaddr_storage* out) {
  size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  uint32_t port = 0;
  // As Envoy, which also takes spaces and a plus sign.
  std::string_view digits = text.substr(colon + 1);
  digits.remove_prefix(std::min(digits.find_first_not_of(" \t"), digits.size()));
  if (digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.empty()) return false;
  for (char c : digits) {
    if (c < '0' || c > '9') return false;
    port = port * 10 + static_cast<uint32_t>(c - '0');
    if (port > 65535) return false;
  }
  std::string_view host = text.substr(0, colon);
  bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  Ip ip = parseIp(host);
  if (ip.size != (bracketed ? 16 : 4)) return false;
  *out = {};
  if (bracketed) {
    auto* to = reinterpret_cast<sockaddr_in6*>(out);
    to->sin6_family = AF_INET6;
    std::memcpy(&to->sin6_addr, ip.bytes, 16);
  } else {
    auto* to = reinterpret_cast<sockaddr_in*>(out);
    to->sin_family = AF_INET;
    std::memcpy(&to->sin_addr, ip.bytes, 4);
  }
  *out = withPort(*out, static_cast<uint16_t>(port));
  return true;
}

sockaddr_storage withPort(const sockaddr_storage& address, uint16_t port) {
  sockaddr_storage other = address;
  if (other.ss_family == AF_INET) reinterpret_cast<sockaddr_in&>(other).sin_port = htons(port);
  if (other.ss_family == AF_INET6) reinterpret_cast<sockaddr_in6&>(other).sin6_port = htons(port);
  return other;
}

bool inPrefix(const Ip& ip, const uint8_t* prefix, unsigned bits, bool ipv6) {
  if (ip.size != (ipv6 ? 16 : 4)) return false;
  if (std::memcmp(prefix, ip.bytes, bits / 8) != 0) return false;
  return bits % 8 == 0 || ((prefix[bits / 8] ^ ip.bytes[bits / 8]) >> (8 - bits % 8)) == 0;
}

bool sameEnd(const sockaddr_storage& a, const sockaddr_storage& b) {
  Ip x = ipOf(a), y = ipOf(b);
  return x.size > 0 && x.size == y.size && x.port == y.port &&
         std::memcmp(x.bytes, y.bytes, x.size) == 0;
}

bool isLoopback(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) return ntohl(v4(address).sin_addr.s_addr) == INADDR_LOOPBACK;
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
