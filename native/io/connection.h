// A byte stream over one socket: reading, queued writing, closing. Codecs sit on top.
#pragma once

#include <sys/uio.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "base/buffer.h"
#include "base/list.h"
#include "io/connection_info.h"
#include "io/loop.h"
#include "io/pipe.h"
#include "tls/session.h"

namespace attache::io {

class Batch;
class Connection;
struct BatchTag;

// What has been produced for one connection in this dispatch and is not written yet: heads in the
// cork's own memory, body pieces where they were read. One writev() sends them all. Pieces must
// stay valid until flush(), which the reader calls before it reads again.
class Cork {
 public:
  static constexpr size_t kBytes = 128 * 1024;
  explicit Cork(char* memory) : memory_(memory) {}
  // Room for n bytes of own memory (n <= kBytes / 2), to be committed with commit().
  char* reserve(Connection* connection, size_t n) {
    if (!connection_) [[likely]] {
      connection_ = connection;  // and nothing is queued
    } else if (connection_ != connection || used_ + n > kBytes || count_ == kPieces) {
      startOver(connection);
    }
    return memory_ + used_;
  }
  void commit(size_t n) {
    // Neighbours in our memory are one piece.
    if (count_ > 0 && endsAtUsed()) {
      pieces_[count_ - 1].iov_len += n;
    } else {
      pieces_[count_++] = {memory_ + used_, n};
    }
    used_ += n;
    bytes_ += n;
  }
  // A piece of the caller's memory.
  void addPiece(Connection* connection, const char* data, size_t n);
  void flush() {
    if (connection_) flushOwn();
    if (!batches_.empty()) [[unlikely]]
      flushBatches();
  }
  // Forgets what is queued for a connection that is being destroyed.
  void forget(Connection* connection);
  // A batch has pieces of memory that is not its own: flush() writes it too.
  void wait(Batch& batch);

 private:
  // Writes what is queued; what comes now is for this connection.
  void startOver(Connection* connection);
  // Whether the last piece is of our memory and the next byte of it would follow on.
  bool endsAtUsed() const {
    return static_cast<char*>(pieces_[count_ - 1].iov_base) + pieces_[count_ - 1].iov_len ==
           memory_ + used_;
  }
  static constexpr int kPieces = 48;
  static constexpr size_t kSmall = 512;
  void flushOwn();
  void flushBatches();
  Connection* connection_ = nullptr;
  List<Batch, BatchTag> batches_;
  char* memory_;
  size_t used_ = 0;
  size_t bytes_ = 0;
  int count_ = 0;
  iovec pieces_[kPieces];
};

// A connection on its way from one object to another: from what accepted it to its codec.
struct Handoff {
  int fd;
  std::unique_ptr<tls::Session> session;           // null: plain bytes
  Buffer queue;                                    // not written yet, as it goes to the kernel
  bool watched = true;                             // by whoever had it before
  std::unique_ptr<ConnectionInfo> info = nullptr;  // null: nothing but what the socket says
  bool ticket_held = false;                        // the queue waits for what comes next
};

class Connection : public Watcher {
 public:
  // Owns `fd` (non-blocking).
  Connection(Loop& loop, BufferPool& pool, Cork& cork, int fd);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // From now on all bytes are those of `session`; a handshake begins with the first event.
  void secure(std::unique_ptr<tls::Session> session) { tls_ = std::move(session); }
  // Its TLS, null: none.
  tls::Session* session() const { return tls_.get(); }
  // What listener filters have found out; null: nothing.
  ConnectionInfo* info() const { return info_.get(); }
  void setInfo(std::unique_ptr<ConnectionInfo> info) { info_ = std::move(info); }
  // Gives the descriptor and all that belongs to it away; the object dies at the end of the turn
  // without onClosed().
  Handoff handOff();
  // Takes over what handOff() gave; the constructor had its descriptor. Watches it: false (errno)
  // when that fails. What came meanwhile is told by onReadable() at the end of the turn.
  bool adopt(Handoff&& from);
  // Before adopt(): leaves a descriptor that nobody has watched unwatched. Reading may begin at
  // once, and what the loop would tell of (more bytes, the peer's end, room to write) is not
  // missed as soon as writing waits, reading is resumed, or watchNow() is called.
  void watchLater() { unwatched_ = true; }
  bool unwatched() const { return unwatched_; }
  void watchNow() {
    if (unwatched_) [[unlikely]]
      beginWatching();
  }

  int fd() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  // Bytes that wait until the peer takes more. A session ticket that waits for company is none.
  size_t queued() const { return ticket_held_ ? 0 : out_.size() + (pipe_ ? pipe_->held : 0); }
  Loop& loop() { return loop_; }
  BufferPool& pool() { return out_.pool(); }
  // Loop::nowMs().
  uint64_t nowMs() const { return loop_.nowMs(); }
  // In all.
  uint64_t bytesRead() const { return bytes_read_; }
  uint64_t bytesWritten() const { return bytes_written_; }
  // Adds what is read and written to these counters as it happens. Only this thread writes them.
  void countInto(std::atomic<uint64_t>* read, std::atomic<uint64_t>* written) {
    read_counter_ = read;
    write_counter_ = written;
  }

  // Writes what the kernel takes and queues a copy of the rest. Errors surface as onError().
  void write(const iovec* pieces, int count, size_t bytes);
  void write(std::string_view data);
  Cork& cork() { return cork_; }
  // Stops or resumes reading; resuming reads at once if something came meanwhile (deferred to the
  // end of the turn).
  void pauseReading();
  void resumeReading();
  bool readingPaused() const { return paused_; }
  // Closes at once: what is queued is lost. The object stays until the end of the turn.
  void closeNow();
  // Closes when everything queued is written. `linger_ms` > 0: then half-closes and waits for the
  // peer's end, at most that long, discarding what it sends (so that a reset does not destroy the
  // last response on its way, RFC 9112 section 9.6). `stall_ms` > 0: a peer that takes nothing of
  // the queue for so long is not waited for. The end of either time is told by onCloseTimeout().
  void closeAfterWrite(uint64_t linger_ms, uint64_t stall_ms);
  bool closing() const { return closing_; }
  // What is written next is the last before closeAfterWrite(), which follows in this turn: TLS
  // sends both together.
  void lastWords() { hold_ = tls_ != nullptr; }
  // Closes at once, and tells the peer that it was cut (RST).
  void resetNow();

  // The peer's end and ours are apart from now on: onEnd(0) says, once and after all that came
  // before, that it sends no more, and what is written goes on. Reading that is paused does not
  // meet the end before it is resumed, but the failure of the socket at once.
  void enableHalfClose() {
    half_close_ = true;
    watchNow();
  }
  // Sends no more, when everything queued is written: a close_notify, or without TLS a FIN.
  void endWriting();
  // That has happened.
  bool writingEnded() const { return write_ended_; }
  // The peer sends no more, and all that it sent was read.
  bool readingEnded() const { return read_ended_; }

  void onEvents(uint32_t events) override;

 protected:
  // Bytes may be there; call readSome() until it answers Blocked, or pause.
  virtual void onReadable() = 0;
  // The queue has been written out.
  virtual void onDrained() = 0;
  // The peer has finished sending, or the socket failed (error: errno, 0 for an orderly end).
  virtual void onEnd(int error) = 0;
  // The queue has grown beyond the high watermark (true), or shrunk to half of it (false).
  virtual void onBackpressure(bool paused) = 0;
  // connect() (after connecting()) and the TLS handshake have completed. When they fail: onEnd(),
  // with session()->reason() if TLS has.
  virtual void onConnected() {}
  // A closing connection has waited for its peer for too long: it is closed after this.
  virtual void onCloseTimeout() {}
  // The descriptor has been closed; the object dies at the end of the turn.
  virtual void onClosed() = 0;

  enum class Read : uint8_t { Data, Blocked, End, Failed };
  // One read() into `into`; `*got` bytes. After a short read it answers Blocked next time without
  // asking the kernel again.
  Read readSome(char* into, size_t room, size_t* got, int* error) {
    if (!readable_ && !tls_) {
      *got = 0;
      return Read::Blocked;
    }
    return readMore(into, room, got, error);
  }
  // What a mover of bytes remembers of its source.
  struct Bulk {
    uint8_t full = 0;  // reads in succession that had no room for all
    bool on = false;   // so much comes that the kernel moves it
    size_t batch = 0;  // bytes since the source was last found empty
  };
  // One readSome() into `scratch` and write() to `to`; or, where much comes and neither side has
  // TLS, as much as goes through a pipe without being copied (splice(2)). `*got` bytes were taken;
  // `to` has them, or tells of backpressure. Whoever else writes to `to` has to wait for its queue.
  Read moveSome(Connection& to, PipePool& pipes, Bulk& bulk, char* scratch, size_t room,
                size_t* got, int* error);
  // The socket may have more than was told of (somebody has peeked): a handshake looks again.
  void readAgain() {
    readable_ = true;
    loop_.defer([this] {
      if (fd_ >= 0 && tls_ && !tls_->established()) continueHandshake();
    });
  }
  void connecting() { connecting_ = true; }
  // After connecting(): what is to go out in clear before everything else, TLS included.
  void sendFirst(std::string_view bytes);
  void setHighWatermark(size_t bytes) { high_watermark_ = bytes; }
  bool peerEnded() const { return peer_ended_; }

 private:
  // Last words up to this size are copied to go out with the close_notify.
  static constexpr size_t kHeld = 16 * 1024;
  // How long a session ticket waits for something to go out with.
  static constexpr uint64_t kTicketMs = 5;
  void countRead(size_t n);
  void countWritten(size_t n);
  Read readMore(char* into, size_t room, size_t* got, int* error);
  void flushQueue();
  void finishClosing();
  void finishWriting();
  void onHalfCloseEvents(uint32_t events);
  int socketError();
  // The errno of a write. The kernel tells of a reset once, to whoever asks first.
  int writeFailed(int error) {
    if (error == ECONNRESET) reset_ = true;
    return error;
  }
  // The kernel says that nothing follows: so it is, or the reset that a write has met.
  Read endOrReset(int* error);
  void failLater(int error);
  void beginWatching();
  // Of the socket itself: what readSome() and write() are without TLS.
  Read receive(char* into, size_t room, size_t* got, int* error);
  void send(const iovec* pieces, int count, size_t bytes);
  Read receiveSealed(char* into, size_t room, size_t* got, int* error);
  void sendSealed(const iovec* pieces, int count, size_t bytes);
  void sendOutput();
  void onHandshakeEvents(uint32_t events);
  void continueHandshake();
  void discardInput();
  void awaitProgress();
  void sendHeld(const iovec* pieces = nullptr, int count = 0, size_t bytes = 0);
  // splice.cc
  bool openPipe(PipePool& pool);
  Read spliceSome(Connection& to, size_t* got, int* error);
  bool flushPipe();
  void pipeFull();
  static void onCloseTimer(void* self);
  Loop& loop_;
  Cork& cork_;
  Buffer out_;
  Timer close_timer_;  // of closeAfterWrite(); before that, of a session ticket
  std::unique_ptr<tls::Session> tls_;
  PipePool::Handle pipe_;  // of what moveSome() of another brings; goes out before out_
  std::unique_ptr<ConnectionInfo> info_;
  int fd_;
  std::atomic<uint64_t>* read_counter_ = nullptr;
  std::atomic<uint64_t>* write_counter_ = nullptr;
  uint64_t linger_ms_ = 0, stall_ms_ = 0;
  uint64_t bytes_read_ = 0, bytes_written_ = 0;
  size_t high_watermark_ = 1024 * 1024;
  bool backed_up_ = false;
  bool readable_ = false;   // the kernel may have more than we read
  bool unwatched_ = false;  // watchLater()
  bool paused_ = false;
  bool peer_ended_ = false;  // RDHUP or HUP was reported
  bool connecting_ = false;
  bool closing_ = false;
  bool lingering_ = false;
  bool half_close_ = false;
  bool ending_ = false;       // endWriting() waits for the queue
  bool write_ended_ = false;  // and has had its way
  bool read_ended_ = false;   // the end has been read
  bool cut_ = false;
  bool hold_ = false;         // lastWords()
  bool ticket_held_ = false;  // out_ is a session ticket that waits for company
  bool reset_ = false;        // writing has met the peer's reset, and reading takes it for an end
  bool resume_posted_ = false;
};

}  // namespace attache::io
