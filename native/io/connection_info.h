// What is known of an accepted connection beyond what its socket says: listener filters write it.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "io/address.h"

namespace attache::io {

// A type-length-value of a PROXY header.
struct Tlv {
  uint8_t type;
  std::string value;
};

struct ConnectionInfo {
  std::string server_name;                         // lower case; empty: none
  std::vector<std::string> application_protocols;  // in the client's order
  std::string transport;                           // "tls"; empty: nobody has found out
  // In the place of the socket's own; family 0: those of the socket.
  sockaddr_storage remote{}, local{};
  // `local` is where the client meant to go before somebody redirected it.
  bool local_restored = false;
  // A PROXY header came, and what of it is passed on.
  bool proxied = false;
  std::vector<Tlv> tlvs;
};

// The ends of a connection, as `info` (null: nothing is known) or its socket has them.
inline sockaddr_storage localEnd(int fd, const ConnectionInfo* info) {
  return info && info->local.ss_family ? info->local : localEnd(fd);
}
inline sockaddr_storage remoteEnd(int fd, const ConnectionInfo* info) {
  return info && info->remote.ss_family ? info->remote : remoteEnd(fd);
}

}  // namespace attache::io
