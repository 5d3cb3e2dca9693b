// Bytes that have to wait: a chain of 16 KB blocks from a worker's pool.
//
// Body bytes normally pass from one socket's read buffer to the other's writev() and never come
// here; a Buffer holds what the other side did not take, or what a filter wants to keep.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace attache {

// Freelist of buffer blocks; one for each worker, not thread safe.
class BufferPool {
 public:
  static constexpr size_t kBlockSize = 16 * 1024;
  struct Block {
    Block* next;
    uint32_t begin;
    uint32_t end;
    char* bytes() { return reinterpret_cast<char*>(this + 1); }
    static constexpr size_t capacity() { return kBlockSize - 16; }
  };
  explicit BufferPool(size_t max_cached = 64) : max_cached_(max_cached) {}
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  Block* take();
  void give(Block* block);
  size_t inUse() const { return in_use_; }

 private:
  Block* free_ = nullptr;
  size_t cached_ = 0;
  size_t in_use_ = 0;
  size_t max_cached_;
};

class Buffer {
 public:
  // `pool` must outlive the buffer. An empty buffer owns no block.
  explicit Buffer(BufferPool& pool) : pool_(&pool) {}
  ~Buffer() { clear(); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  Buffer(Buffer&& other) noexcept : pool_(other.pool_) { steal(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    if (this != &other) {
      clear();
      pool_ = other.pool_;
      steal(other);
    }
    return *this;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void append(const char* data, size_t n);
  void append(std::string_view s) { append(s.data(), s.size()); }
  // Contiguous room behind the last byte, n <= Block::capacity(); what of it is used is said by
  // commit(), which answers where it begins.
  char* reserve(size_t n);
  const char* commit(size_t n);
  // Takes all blocks of `other`, which must use the same pool, without copying.
  void append(Buffer&& other);
  // Forgets the first n bytes; n <= size().
  void drain(size_t n);
  void clear();
  // Fills up to `max` vectors with the first bytes; how many.
  int peek(iovec* out, int max) const;
  // Calls fn(const char*, size_t) for each contiguous piece in order.
  template <class Fn>
  void forEach(Fn&& fn) const {
    for (BufferPool::Block* b = head_; b; b = b->next) {
      if (b->end > b->begin)
        fn(static_cast<const char*>(b->bytes() + b->begin), size_t{b->end - b->begin});
    }
  }
  // A copy of everything, for filters and tests that need it contiguous.
  std::string str() const;
  BufferPool& pool() const { return *pool_; }

 private:
  void steal(Buffer& other) {
    head_ = other.head_;
    tail_ = other.tail_;
    size_ = other.size_;
    other.head_ = other.tail_ = nullptr;
    other.size_ = 0;
  }
  BufferPool* pool_;
  BufferPool::Block* head_ = nullptr;
  BufferPool::Block* tail_ = nullptr;
  size_t size_ = 0;
};

}  // namespace attache
