#include "io/connection.h"

#include "io/batch.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace attache::io {

// ---- Cork ----------------------------------------------------------------------------------

void Cork::startOver(Connection* connection) {
  flushOwn();
  connection_ = connection;
}

void Cork::addPiece(Connection* connection, const char* data, size_t n) {
  if (n == 0) return;
  if (connection_ != connection) startOver(connection);
  // A small piece behind a head in our memory is cheaper copied there: one piece goes out by
  // send(), for which the kernel has less to do than for writev().
  if (n <= kSmall && used_ + n <= kBytes && count_ > 0 && endsAtUsed()) {
    __builtin_memcpy(memory_ + used_, data, n);
    pieces_[count_ - 1].iov_len += n;
    used_ += n;
    bytes_ += n;
    return;
  }
  if (count_ == kPieces) startOver(connection);
  pieces_[count_++] = {const_cast<char*>(data), n};
  bytes_ += n;
}

void Cork::flushOwn() {
  Connection* connection = connection_;
  if (!connection) return;
  int count = count_;
  size_t bytes = bytes_;
  connection_ = nullptr;
  used_ = bytes_ = 0;
  count_ = 0;
  if (count > 0 && connection->open()) connection->write(pieces_, count, bytes);
}

void Cork::wait(Batch& batch) {
  batches_.pushBack(&batch);
}

void Cork::flushBatches() {
  while (Batch* batch = batches_.front()) batch->flush();
}

void Cork::forget(Connection* connection) {
  if (connection_ != connection) return;
  connection_ = nullptr;
  used_ = bytes_ = 0;
  count_ = 0;
}

// ---- Connection ----------------------------------------------------------------------------

Connection::Connection(Loop& loop, BufferPool& pool, Cork& cork, int fd)
    : loop_(loop), cork_(cork), out_(pool), close_timer_(onCloseTimer, this), fd_(fd) {}

Connection::~Connection() {
  cork_.forget(this);
  if (fd_ >= 0) ::close(fd_);
}

void Connection::write(std::string_view data) {
  iovec piece{const_cast<char*>(data.data()), data.size()};
  write(&piece, 1, data.size());
}

namespace {

void bump(std::atomic<uint64_t>* counter, uint64_t n) {
  if (counter)
    counter->store(counter->load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

}  // namespace

void Connection::countRead(size_t n) {
  bump(read_counter_, n);
  bytes_read_ += n;
}

void Connection::countWritten(size_t n) {
  bump(write_counter_, n);
  bytes_written_ += n;
}

void Connection::write(const iovec* pieces, int count, size_t bytes) {
  if (fd_ < 0) return;
  if (tls_) [[unlikely]] {
    sendSealed(pieces, count, bytes);
    return;
  }
  send(pieces, count, bytes);
}

void Connection::send(const iovec* pieces, int count, size_t bytes) {
  size_t done = 0;
  if (hold_ && bytes <= kHeld) {
    // For closeAfterWrite().
  } else if (ticket_held_) [[unlikely]] {
    sendHeld(pieces, count, bytes);
    return;
  } else if (queued() == 0 && !connecting_) {
    ssize_t n = count == 1 ? ::send(fd_, pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL)
                           : ::writev(fd_, pieces, count);
    if (n >= 0) {
      done = static_cast<size_t>(n);
      if (!tls_) countWritten(done);
    } else if (errno != EAGAIN && errno != EINTR) {
      // Reported by the event that follows, when nobody is in the middle of producing: the
      // kernel signals EPOLLERR or EPOLLHUP for a dead socket.
      peer_ended_ = true;
      int error = writeFailed(errno);
      if (half_close_) failLater(error);
      watchNow();
      return;
    }
    if (done == bytes) return;
  }
  watchNow();
  for (int i = 0; i < count; i++) {
    size_t skip = done < pieces[i].iov_len ? done : pieces[i].iov_len;
    done -= skip;
    out_.append(static_cast<const char*>(pieces[i].iov_base) + skip, pieces[i].iov_len - skip);
  }
  if (!backed_up_ && out_.size() > high_watermark_) {
    backed_up_ = true;
    onBackpressure(true);
  }
}

void Connection::sendFirst(std::string_view bytes) {
  if (tls_) countWritten(bytes.size());
  out_.append(bytes.data(), bytes.size());
}

void Connection::flushQueue() {
  if (pipe_) {
    if (!flushPipe()) return;
    pipe_.reset();
  }
  while (!out_.empty() && fd_ >= 0) {
    iovec pieces[16];
    int count = out_.peek(pieces, 16);
    ssize_t n = ::writev(fd_, pieces, count);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return;
      int error = writeFailed(errno);
      out_.clear();
      if (closing_) {
        closeNow();
      } else {
        onEnd(error);
      }
      return;
    }
    if (!tls_) countWritten(static_cast<size_t>(n));
    out_.drain(static_cast<size_t>(n));
    if (closing_ && !out_.empty()) awaitProgress();
    if (backed_up_ && out_.size() <= high_watermark_ / 2) {
      backed_up_ = false;
      onBackpressure(false);
      if (fd_ < 0) return;
    }
  }
  if (closing_) {
    finishClosing();
    return;
  }
  if (ending_) finishWriting();
  if (!tls_ || tls_->established()) onDrained();
}

// ---- half-close ----------------------------------------------------------------------------

void Connection::endWriting() {
  if (fd_ < 0 || ending_) return;
  sendHeld();
  ending_ = true;
  if (queued() == 0 && !connecting_) finishWriting();
}

void Connection::finishWriting() {
  if (write_ended_) return;
  if (tls_) {
    // As Envoy: the close_notify is the end, the socket stays open for the peer's last records.
    tls_->close();
    write_ended_ = true;
    sendOutput();
    return;
  }
  write_ended_ = true;
  ::shutdown(fd_, SHUT_WR);
}

int Connection::socketError() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

// The event that tells of a dead socket may have come before, and been of use for its last bytes.
void Connection::failLater(int error) {
  loop_.defer([this, error] {
    if (fd_ < 0) return;
    if (closing_) {
      closeNow();
    } else {
      onEnd(error);
    }
  });
}

void Connection::beginWatching() {
  unwatched_ = false;
  if (fd_ >= 0 && !loop_.watch(fd_, this)) failLater(errno);
}

// EPOLLHUP alone means that both directions have ended in order: bytes may still wait to be read.
void Connection::onHalfCloseEvents(uint32_t events) {
  bool failed = events & EPOLLERR;
  if (closing_) {
    // What the peer still sends stays where it is: only its failure ends the wait.
    if (failed) closeNow();
    return;
  }
  if (!paused_ && !read_ended_) {
    onReadable();
    // A FIN that came before the reset hides it from reads.
    failed = failed && fd_ >= 0 && !paused_ && read_ended_;
  }
  if (!failed) return;
  int error = socketError();
  onEnd(error ? error : ECONNRESET);
}

void Connection::resetNow() {
  if (fd_ < 0) return;
  linger discard{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &discard, sizeof discard);
  out_.clear();
  pipe_.reset();
  // No close_notify: the peer must not take what it has for complete.
  cut_ = true;
  closeNow();
}

// ---- reading -------------------------------------------------------------------------------

Connection::Read Connection::readMore(char* into, size_t room, size_t* got, int* error) {
  if (half_close_ && read_ended_) [[unlikely]] {
    *got = 0;
    return Read::Blocked;
  }
  if (tls_) [[unlikely]]
    return receiveSealed(into, room, got, error);
  return receive(into, room, got, error);
}

Connection::Read Connection::receive(char* into, size_t room, size_t* got, int* error) {
  *got = 0;
  if (!readable_) return Read::Blocked;
  for (;;) {
    ssize_t n = ::recv(fd_, into, room, 0);
    if (n > 0) {
      *got = static_cast<size_t>(n);
      if (!tls_) countRead(*got);
      // Edge triggered: a short read means the kernel is empty, and the next byte brings an
      // event. An end that is already known must still be read.
      if (*got < room && !peer_ended_) readable_ = false;
      return Read::Data;
    }
    if (n == 0) return endOrReset(error);
    if (errno == EINTR) continue;
    readable_ = false;
    if (errno == EAGAIN) return Read::Blocked;
    *error = errno;
    return Read::Failed;
  }
}

Connection::Read Connection::endOrReset(int* error) {
  readable_ = false;
  peer_ended_ = true;
  if (reset_) {
    *error = ECONNRESET;
    return Read::Failed;
  }
  read_ended_ = true;
  return Read::End;
}

void Connection::onEvents(uint32_t events) {
  if (fd_ < 0) return;
  if (connecting_) {
    if (!(events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) return;
    connecting_ = false;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
      onEnd(error);
      return;
    }
    if (!tls_) {
      onConnected();
      if (fd_ < 0) return;
    }
  }
  if (tls_ && !tls_->established()) [[unlikely]] {
    onHandshakeEvents(events);
    return;
  }
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) peer_ended_ = true;
  if (events & EPOLLOUT && queued() > 0) {
    flushQueue();
    if (fd_ < 0) return;
  }
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
    readable_ = true;
    if (half_close_) {
      onHalfCloseEvents(events);
    } else if (closing_) {
      discardInput();
    } else if (!paused_) {
      onReadable();
    } else if (events & (EPOLLERR | EPOLLHUP)) {
      // Nothing more can be exchanged: do not wait until somebody reads.
      onEnd(ECONNRESET);
    } else if (events & EPOLLRDHUP) {
      onEnd(0);
    }
  }
}

void Connection::pauseReading() {
  paused_ = true;
}

void Connection::resumeReading() {
  if (!paused_) return;
  watchNow();
  paused_ = false;
  if ((!readable_ && !(tls_ && tls_->buffered())) || resume_posted_) return;
  resume_posted_ = true;
  // Not from here: the caller is in the middle of something, often of our own dispatch.
  loop_.defer([this] {
    resume_posted_ = false;
    if (fd_ >= 0 && !paused_ && !closing_) onReadable();
  });
}

void Connection::closeNow() {
  if (fd_ < 0) return;
  sendHeld();
  cork_.forget(this);
  close_timer_.cancel();
  pipe_.reset();
  if (tls_ && out_.empty() && !cut_) {
    tls_->close();
    sendOutput();
  }
  ::close(fd_);
  fd_ = -1;
  out_.clear();
  onClosed();
  // Behind everything deferred so far: a posted resume may still name this object.
  loop_.deferDelete(this);
}

void Connection::closeAfterWrite(uint64_t linger_ms, uint64_t stall_ms) {
  if (fd_ < 0 || closing_) return;
  closing_ = true;
  linger_ms_ = linger_ms;
  stall_ms_ = stall_ms;
  close_timer_.cancel();
  cork_.flush();
  if (fd_ < 0) return;
  if (hold_) {
    tls_->close();
    sendOutput();
    hold_ = ticket_held_ = false;
    flushQueue();
    if (fd_ < 0 || lingering_ || queued() == 0) return;
    awaitProgress();
    return;
  }
  sendHeld();
  queued() == 0 ? finishClosing() : awaitProgress();
}

void Connection::awaitProgress() {
  if (stall_ms_) loop_.arm(close_timer_, stall_ms_);
}

void Connection::finishClosing() {
  if (lingering_) return;
  if (tls_) {
    tls_->close();
    sendOutput();
    if (!out_.empty()) {
      awaitProgress();
      return;
    }
  }
  if (linger_ms_ == 0 || peer_ended_) {
    closeNow();
    return;
  }
  watchNow();
  lingering_ = true;
  ::shutdown(fd_, SHUT_WR);
  loop_.arm(close_timer_, linger_ms_);
  if (readable_) discardInput();
}

void Connection::discardInput() {
  char sink[4096];
  for (int i = 0; i < 64; i++) {
    size_t got;
    int error;
    Read result = receive(sink, sizeof sink, &got, &error);
    if (result == Read::Data) continue;
    if (result == Read::End || result == Read::Failed) {
      if (out_.empty() || result == Read::Failed) closeNow();
    }
    return;
  }
  // The rest in another turn, so that a flood does not hold up others; the timer ends it.
  loop_.rewatch(fd_, this);
}

// ---- from one object to another ------------------------------------------------------------

Handoff Connection::handOff() {
  cork_.forget(this);
  close_timer_.cancel();
  Handoff given{fd_, std::move(tls_), std::move(out_), !unwatched_, std::move(info_), ticket_held_};
  fd_ = -1;
  loop_.deferDelete(this);
  return given;
}

bool Connection::adopt(Handoff&& from) {
  tls_ = std::move(from.session);
  out_ = std::move(from.queue);
  info_ = std::move(from.info);
  if (unwatched_) {
    readable_ = true;
    return true;
  }
  if (!(from.watched ? loop_.rewatch(fd_, this) : loop_.watch(fd_, this))) return false;
  // What waits for company does so with us.
  ticket_held_ = from.ticket_held;
  if (ticket_held_) loop_.arm(close_timer_, kTicketMs);
  // The kernel tells again what is there; what the session has already nobody else knows.
  if (!tls_ || !tls_->buffered()) return true;
  resume_posted_ = true;
  loop_.defer([this] {
    resume_posted_ = false;
    if (fd_ >= 0 && !paused_ && !closing_) onReadable();
  });
  return true;
}

void Connection::onCloseTimer(void* self) {
  auto* connection = static_cast<Connection*>(self);
  if (!connection->closing_) {
    connection->sendHeld();
    return;
  }
  connection->onCloseTimeout();
  connection->closeNow();
}

}  // namespace attache::io
