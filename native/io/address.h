// Socket addresses as text and from text, in one place.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace attache::io {

// "10.0.0.1" or "::1"; empty for other families.
std::string ipText(const sockaddr_storage& address);
// "10.0.0.1:80" or "[::1]:80"; empty for other families.
std::string addressText(const sockaddr_storage& address);
// 127.0.0.1, alone of its network as in Envoy, or ::1.
bool isLoopback(const sockaddr_storage& address);
// An IP address as bytes in network order.
struct Ip {
  uint8_t bytes[16] = {};
  uint8_t size = 0;  // 4 or 16; 0: none
  uint16_t port = 0;
};
// IPv4 that came through an IPv6 socket counts as IPv4; none for other families.
Ip ipOf(const sockaddr_storage& address);
// "10.0.0.1" or "2001:db8::1" without a port, brackets or a zone; none when it is not an address.
Ip parseIp(std::string_view text);
std::string ipText(const Ip& ip);
// "10.0.0.1:80" or "[::1]:80"; false: it is neither.
bool parseEnd(std::string_view text, sockaddr_storage* out);
// The same address with another port.
sockaddr_storage withPort(const sockaddr_storage& address, uint16_t port);
// The same address and port.
bool sameEnd(const sockaddr_storage& a, const sockaddr_storage& b);
// Whether the first `bits` of `ip` are those of `prefix`, which is of IPv6 or of IPv4.
bool inPrefix(const Ip& ip, const uint8_t* prefix, unsigned bits, bool ipv6);
// A Unix socket's address, and its size. "@name" is in the abstract namespace, where the first byte
// is NUL and the length counts. A path that is too long is cut.
socklen_t unixAddress(std::string_view path, sockaddr_storage* to);
// Of the socket's own end (getsockname()), or of its peer's.
sockaddr_storage localEnd(int fd);
sockaddr_storage remoteEnd(int fd);

}  // namespace attache::io
