#include "network/peer.h"

namespace attache::network {

void Peer::readRemote() const {
  remote_known_ = true;
  sockaddr_storage address = io::remoteEnd(fd_, info_);
  remote_ = io::addressText(address);
  remote_ip_ = io::ipText(address);
  loopback_ = io::isLoopback(address);
  ip_ = io::ipOf(address);
  if (info_ && info_->remote.ss_family) direct_remote_ = io::addressText(io::remoteEnd(fd_));
}

void Peer::readLocal() const {
  local_known_ = true;
  local_ = io::addressText(io::localEnd(fd_, info_));
  if (info_ && info_->local.ss_family) direct_local_ = io::addressText(io::localEnd(fd_));
}

}  // namespace attache::network
