// One thread's lines for one file, on their way to the writer.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

#include "accesslog/writer.h"

namespace attache::accesslog {

// A single-producer single-consumer queue of whole lines. append() and close() are the thread's,
// consume() is the writer's; the counters can be read from anywhere.
class Producer {
 public:
  Producer() : tail_(newChunk(Sink::kChunkSize)), head_(tail_) {}
  ~Producer() {
    while (head_ != nullptr) {
      Chunk* next = head_->next.load(std::memory_order_relaxed);
      freeChunk(head_);
      head_ = next;
    }
    freeChunk(spare_.load(std::memory_order_relaxed));
  }
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // False when the line was dropped. `enough` becomes true when `flush_size` bytes or more wait.
  bool append(std::string_view line, uint64_t flush_size, bool& enough) {
    uint64_t appended = appended_.load(std::memory_order_relaxed);
    uint64_t waiting = appended - consumed_.load(std::memory_order_relaxed) + line.size();
    enough = waiting >= flush_size;
    if (waiting > Sink::kMaxPending) {
      add(dropped_, 1);
      return false;
    }
    size_t size = tail_->size.load(std::memory_order_relaxed);
    if (tail_->capacity - size < line.size()) {
      nextChunk(line.size());
      size = 0;
    }
    std::memcpy(tail_->bytes() + size, line.data(), line.size());
    tail_->size.store(size + line.size(), std::memory_order_release);
    appended_.store(appended + line.size(), std::memory_order_relaxed);
    add(lines_, 1);
    return true;
  }

  // The thread ends: nothing will be appended any more.
  void close() { closed_.store(true, std::memory_order_release); }
  bool closed() const { return closed_.load(std::memory_order_acquire); }

  // Calls take(data, size) for every run of lines published so far.
  template <class Take>
  void consume(Take&& take) {
    for (;;) {
      // The successor first: when there is one, the chunk's size is final.
      Chunk* next = head_->next.load(std::memory_order_acquire);
      size_t size = head_->size.load(std::memory_order_acquire);
      if (size > read_) {
        take(head_->bytes() + read_, size - read_);
        add(consumed_, size - read_);
        read_ = size;
      }
      if (next == nullptr) return;
      recycle(head_);
      head_ = next;
      read_ = 0;
    }
  }

  uint64_t lines() const { return lines_.load(std::memory_order_relaxed); }
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
  uint64_t pending() const {
    uint64_t consumed = consumed_.load(std::memory_order_relaxed);
    uint64_t appended = appended_.load(std::memory_order_relaxed);
    return appended > consumed ? appended - consumed : 0;
  }

 private:
  struct Chunk {
    std::atomic<Chunk*> next{nullptr};
    std::atomic<size_t> size{0};
    size_t capacity = 0;
    char* bytes() { return reinterpret_cast<char*>(this + 1); }
  };

  // Each counter has one writer, so it needs no read-modify-write.
  static void add(std::atomic<uint64_t>& counter, uint64_t n) {
    counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }

  static Chunk* newChunk(size_t capacity) {
    void* memory = std::malloc(sizeof(Chunk) + capacity);
    if (memory == nullptr) std::abort();
    Chunk* chunk = new (memory) Chunk;
    chunk->capacity = capacity;
    return chunk;
  }
  static void freeChunk(Chunk* chunk) { std::free(chunk); }

  void nextChunk(size_t needed) {
    Chunk* chunk = nullptr;
    if (needed <= Sink::kChunkSize) chunk = spare_.exchange(nullptr, std::memory_order_acquire);
    if (chunk == nullptr) chunk = newChunk(needed > Sink::kChunkSize ? needed : Sink::kChunkSize);
    tail_->next.store(chunk, std::memory_order_release);
    tail_ = chunk;
  }

  // Two chunks are enough for a thread whose lines are written as fast as they come.
  void recycle(Chunk* chunk) {
    if (chunk->capacity == Sink::kChunkSize) {
      chunk->next.store(nullptr, std::memory_order_relaxed);
      chunk->size.store(0, std::memory_order_relaxed);
      chunk = spare_.exchange(chunk, std::memory_order_acq_rel);
    }
    freeChunk(chunk);
  }

  // The thread's.
  Chunk* tail_;
  std::atomic<uint64_t> appended_{0};
  std::atomic<uint64_t> lines_{0};
  std::atomic<uint64_t> dropped_{0};
  std::atomic<bool> closed_{false};
  // The writer's, on a cache line of their own.
  alignas(64) Chunk* head_;
  size_t read_ = 0;
  std::atomic<uint64_t> consumed_{0};
  std::atomic<Chunk*> spare_{nullptr};
};

}  // namespace attache::accesslog
