#include "base/buffer.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace attache {

BufferPool::~BufferPool() {
  while (free_) {
    Block* next = free_->next;
    std::free(free_);
    free_ = next;
  }
}

BufferPool::Block* BufferPool::take() {
  in_use_++;
  Block* block = free_;
  if (block) {
    free_ = block->next;
    cached_--;
  } else {
    block = static_cast<Block*>(std::malloc(kBlockSize));
    if (!block) std::abort();
  }
  block->next = nullptr;
  block->begin = block->end = 0;
  return block;
}

void BufferPool::give(Block* block) {
  in_use_--;
  if (cached_ >= max_cached_) {
    std::free(block);
    return;
  }
  block->next = free_;
  free_ = block;
  cached_++;
}

void Buffer::append(const char* data, size_t n) {
  size_ += n;
  while (n > 0) {
    if (!tail_ || tail_->end == BufferPool::Block::capacity()) {
      BufferPool::Block* block = pool_->take();
      (tail_ ? tail_->next : head_) = block;
      tail_ = block;
    }
    size_t take = std::min(n, BufferPool::Block::capacity() - tail_->end);
    std::memcpy(tail_->bytes() + tail_->end, data, take);
    tail_->end += static_cast<uint32_t>(take);
    data += take;
    n -= take;
  }
}

char* Buffer::reserve(size_t n) {
  if (!tail_ || BufferPool::Block::capacity() - tail_->end < n) {
    BufferPool::Block* block = pool_->take();
    (tail_ ? tail_->next : head_) = block;
    tail_ = block;
  }
  return tail_->bytes() + tail_->end;
}

const char* Buffer::commit(size_t n) {
  const char* from = tail_->bytes() + tail_->end;
  tail_->end += static_cast<uint32_t>(n);
  size_ += n;
  return from;
}

void Buffer::append(Buffer&& other) {
  if (!other.head_) return;
  (tail_ ? tail_->next : head_) = other.head_;
  tail_ = other.tail_;
  size_ += other.size_;
  other.head_ = other.tail_ = nullptr;
  other.size_ = 0;
}

void Buffer::drain(size_t n) {
  size_ -= n;
  while (head_ && n >= head_->end - head_->begin) {
    n -= head_->end - head_->begin;
    BufferPool::Block* next = head_->next;
    pool_->give(head_);
    head_ = next;
  }
  if (head_) {
    head_->begin += static_cast<uint32_t>(n);
  } else {
    tail_ = nullptr;
  }
}

void Buffer::clear() {
  while (head_) {
    BufferPool::Block* next = head_->next;
    pool_->give(head_);
    head_ = next;
  }
  tail_ = nullptr;
  size_ = 0;
}

int Buffer::peek(iovec* out, int max) const {
  int n = 0;
  for (BufferPool::Block* b = head_; b && n < max; b = b->next) {
    if (b->end > b->begin) out[n++] = {b->bytes() + b->begin, size_t{b->end - b->begin}};
  }
  return n;
}

std::string Buffer::str() const {
  std::string s;
  s.reserve(size_);
  forEach([&](const char* data, size_t n) { s.append(data, n); });
  return s;
}

}  // namespace attache
