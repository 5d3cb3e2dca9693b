// What a connection that carries many streams produces in one turn of the loop, gathered and
// written with one system call (with TLS: in as few records) at the turn's end, or when much has
// come together. Small pieces are copied. Large ones stay where they are, and are written when
// whoever brought them flushes the worker's cork, which is before their memory is used for anything
// else.
#pragma once

#include <sys/uio.h>

#include <cstddef>

#include "base/buffer.h"
#include "base/list.h"
#include "io/connection.h"
#include "io/loop.h"

namespace attache::io {

class Batch : public Link<BatchTag> {
 public:
  explicit Batch(Connection& connection);
  ~Batch() { unlink(); }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  // Room for n bytes, n <= kMaxReserve, to be committed with commit().
  char* reserve(size_t n);
  void commit(size_t n);
  // Bytes that are copied.
  void append(const char* data, size_t n);
  // Bytes that need only live until the worker's cork is flushed.
  void addPiece(const char* data, size_t n);
  // Writes what there is.
  void flush();
  // Forgets what there is: the connection is gone.
  void forget();

  static constexpr size_t kMaxReserve = BufferPool::Block::capacity();

 private:
  static constexpr int kPieces = 48;
  static constexpr size_t kSmall = 2048;
  static constexpr size_t kMuch = 48 * 1024;
  void extend(const char* data, size_t n);
  void grown();
  static void onTurnEnd(void* self);

  Connection& connection_;
  Buffer own_;
  Again turn_end_;
  iovec pieces_[kPieces];
  int count_ = 0;
  size_t bytes_ = 0;
};

}  // namespace attache::io
