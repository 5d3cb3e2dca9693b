// The other end of a connection that was accepted.
#pragma once

#include <string>

#include "io/address.h"
#include "io/connection_info.h"

namespace attache::tls {
class Session;
}

namespace attache::network {

// Addresses are asked from the kernel and made text when somebody wants them: most connections
// never need them. A connection that is gone has none any more, so whoever logs asks early.
class Peer {
 public:
  // `info`, which lives as long: what listener filters know better than the socket; null: nothing.
  Peer(int fd, tls::Session* session, const io::ConnectionInfo* info)
      : tls(session != nullptr), session_(session), info_(info), fd_(fd) {}
  // "ip:port"
  const std::string& remote() const {
    if (!remote_known_) readRemote();
    return remote_;
  }
  // Without the port.
  const std::string& remoteIp() const {
    if (!remote_known_) readRemote();
    return remote_ip_;
  }
  bool loopback() const {
    if (!remote_known_) readRemote();
    return loopback_;
  }
  // None for a Unix socket.
  const io::Ip& ip() const {
    if (!remote_known_) readRemote();
    return ip_;
  }
  // Our end, "ip:port".
  const std::string& local() const {
    if (!local_known_) readLocal();
    return local_;
  }
  // The same as the socket has it, whatever a proxy in front says.
  const std::string& directRemote() const {
    const std::string& shown = remote();
    return direct_remote_.empty() ? shown : direct_remote_;
  }
  const std::string& directLocal() const {
    const std::string& shown = local();
    return direct_local_.empty() ? shown : direct_local_;
  }
  // Both ends as listener filters or the socket have them.
  sockaddr_storage remoteAddress() const { return io::remoteEnd(fd_, info_); }
  sockaddr_storage localAddress() const { return io::localEnd(fd_, info_); }
  const io::ConnectionInfo* info() const { return info_; }
  const bool tls;
  // Of a TLS connection; null otherwise.
  tls::Session* session() const { return session_; }

 private:
  void readRemote() const;
  void readLocal() const;
  tls::Session* session_;
  const io::ConnectionInfo* info_;
  int fd_;
  mutable bool remote_known_ = false, local_known_ = false, loopback_ = false;
  mutable io::Ip ip_;
  mutable std::string remote_, remote_ip_, local_;
  mutable std::string direct_remote_, direct_local_;  // empty: the same
};

}  // namespace attache::network
