// Socket addresses as text and from text, in one place.
#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>

namespace attache::io {

// "10.0.0.1" or "::1"; empty for other families.
std::string ipText(const sockaddr_storage& address);
// "10.0.0.1:80" or "[::1]:80"; empty for other families.
std::string addressText(const sockaddr_storage& address);
// 127.0.0.0/8 or ::1.
bool isLoopback(const sockaddr_storage& address);
// A Unix socket's address, and its size. "@name" is in the abstract namespace, where the first byte
// is NUL and the length counts. A path that is too long is cut.
socklen_t unixAddress(std::string_view path, sockaddr_storage* to);
// Of the socket's own end (getsockname()), or of its peer's.
sockaddr_storage localEnd(int fd);
sockaddr_storage remoteEnd(int fd);

}  // namespace attache::io
