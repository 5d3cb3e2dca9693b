#include "io/batch.h"

#include <algorithm>
#include <utility>

namespace attache::io {

Batch::Batch(Connection& connection)
    : connection_(connection), own_(connection.pool()), turn_end_(onTurnEnd, this) {}

char* Batch::reserve(size_t n) {
  return own_.reserve(n);
}

void Batch::commit(size_t n) {
  extend(own_.commit(n), n);
  grown();
}

// Neighbours are one piece.
void Batch::extend(const char* data, size_t n) {
  bytes_ += n;
  if (count_ > 0) {
    iovec& last = pieces_[count_ - 1];
    if (static_cast<const char*>(last.iov_base) + last.iov_len == data) {
      last.iov_len += n;
      return;
    }
  }
  pieces_[count_++] = {const_cast<char*>(data), n};
}

void Batch::grown() {
  if (count_ == kPieces || bytes_ >= kMuch) {
    flush();
  } else if (!turn_end_.linked()) {
    connection_.loop().atTurnEnd(turn_end_);
  }
}

void Batch::append(const char* data, size_t n) {
  while (n > 0) {
    size_t take = std::min(n, kMaxReserve / 2);
    __builtin_memcpy(reserve(take), data, take);
    commit(take);
    data += take;
    n -= take;
  }
}

void Batch::addPiece(const char* data, size_t n) {
  if (n <= kSmall) {
    append(data, n);
    return;
  }
  extend(data, n);
  if (!linked()) connection_.cork().wait(*this);
  grown();
}

void Batch::flush() {
  turn_end_.unlink();
  unlink();
  if (count_ == 0) return;
  int count = std::exchange(count_, 0);
  connection_.write(pieces_, count, std::exchange(bytes_, 0));
  own_.clear();
}

void Batch::forget() {
  turn_end_.unlink();
  unlink();
  count_ = 0;
  bytes_ = 0;
  own_.clear();
}

void Batch::onTurnEnd(void* self) {
  static_cast<Batch*>(self)->flush();
}

}  // namespace attache::io
