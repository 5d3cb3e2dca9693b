// The TLS side of a connection: what goes through its session.
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

#include "io/connection.h"

namespace attache::io {

// Sends what the session has produced.
void Connection::sendOutput() {
  std::string_view output = tls_->output();
  if (output.empty()) return;
  iovec piece{const_cast<char*>(output.data()), output.size()};
  send(&piece, 1, output.size());
  tls_->clearOutput();
}

void Connection::sendSealed(const iovec* pieces, int count, size_t bytes) {
  if (!tls_->write(pieces, count)) {
    // Told by the event that follows: nobody expects it in the middle of producing.
    ::shutdown(fd_, SHUT_RDWR);
    if (half_close_) failLater(EPROTO);
    return;
  }
  countWritten(bytes);
  sendOutput();
}

Connection::Read Connection::receiveSealed(char* into, size_t room, size_t* got, int* error) {
  using Result = tls::Session::Result;
  *got = 0;
  for (;;) {
    if (tls_->buffered()) {
      Result result = tls_->read(into, room, got);
      // An answer to a key update, an alert.
      sendOutput();
      tls_->keepInput();
      if (result == Result::Data) {
        countRead(*got);
        return Read::Data;
      }
      if (result == Result::Closed) {
        peer_ended_ = read_ended_ = true;
        return Read::End;
      }
      if (result == Result::Failed) {
        *error = EPROTO;
        return Read::Failed;
      }
    }
    // No more than can be decrypted into `into`.
    char* in = tls_->scratchIn();
    size_t n;
    Read result = receive(in, std::min(room, tls::Scratch::kInBytes), &n, error);
    if (result != Read::Data) return result;
    tls_->feed(in, n);
  }
}

void Connection::onHandshakeEvents(uint32_t events) {
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) peer_ended_ = true;
  if (events & EPOLLOUT && !out_.empty()) {
    flushQueue();
    if (fd_ < 0) return;
  }
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) readable_ = true;
  continueHandshake();
}

void Connection::continueHandshake() {
  using Result = tls::Session::Result;
  for (;;) {
    Result result = tls_->handshake();
    // The session ticket of TLS 1.3 is all that a server says now: it goes out with the first
    // answer, if that comes soon.
    if (result == Result::Done && tls_->holdsTicket() && out_.empty()) {
      out_.append(tls_->output().data(), tls_->output().size());
      tls_->clearOutput();
      ticket_held_ = true;
      break;
    }
    sendOutput();
    if (result == Result::Done) break;
    if (result == Result::Failed) {
      onEnd(EPROTO);
      return;
    }
    char* in = tls_->scratchIn();
    size_t n;
    int error = 0;
    Read read = receive(in, tls::Scratch::kInBytes, &n, &error);
    if (read == Read::Blocked) return;
    if (read != Read::Data) {
      onEnd(read == Read::End ? 0 : error);
      return;
    }
    tls_->feed(in, n);
  }
  // What came behind the handshake must not stay in the shared memory.
  tls_->keepInput();
  onConnected();
  if (fd_ >= 0 && tls_ && !paused_ && (readable_ || tls_->buffered())) onReadable();
}

// Sends the session ticket that has waited, and what comes now with it.
void Connection::sendHeld(const iovec* pieces, int count, size_t bytes) {
  if (!ticket_held_) [[likely]]
    return;
  ticket_held_ = false;
  close_timer_.cancel();
  bool together = bytes <= kHeld;
  for (int i = 0; together && i < count; i++)
    out_.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  iovec all[8];
  ssize_t n = ::writev(fd_, all, out_.peek(all, 8));
  if (n > 0) out_.drain(static_cast<size_t>(n));
  // As after any write: a failure is told by the event that follows.
  if (n < 0 && errno != EAGAIN && errno != EINTR) {
    int error = writeFailed(errno);
    peer_ended_ = true;
    out_.clear();
    if (half_close_) failLater(error);
    return;
  }
  if (!together) send(pieces, count, bytes);
}

}  // namespace attache::io
