// Memory that lives exactly as long as one stream: a bump allocator over pooled 4 KB blocks.
//
// Neither class is thread safe: each worker owns one BlockPool, each stream one Arena over it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace attache {

// A freelist of fixed 4 KB blocks. Up to `max_cached` free blocks are kept for reuse, the rest go
// back to the system. Aborts when the system has no memory: there is nothing sensible to do then.
class BlockPool {
 public:
  static constexpr size_t kBlockSize = 4096;

  explicit BlockPool(size_t max_cached = 512) : max_cached_(max_cached) {}
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // A block of kBlockSize bytes, aligned to 16, contents undefined. Give it back with give().
  void* take();
  // Returns a block that take() of this pool gave.
  void give(void* block);
  // Gives all cached blocks back to the system (memory pressure, idle worker).
  void trim();

  // Blocks handed out and not yet returned.
  size_t inUse() const { return in_use_; }
  // Free blocks kept for reuse.
  size_t cached() const { return cached_; }

 private:
  struct Free {
    Free* next;
  };
  Free* free_ = nullptr;
  size_t cached_ = 0;
  size_t in_use_ = 0;
  size_t max_cached_;
};

// Bump allocator. Memory is valid until reset() or destruction; nothing is destroyed, so only
// trivially destructible things may live here. An Arena that has allocated nothing owns no block.
class Arena {
 public:
  // Bytes of one pooled block that are usable after the arena's own link.
  static constexpr size_t kBlockPayload = BlockPool::kBlockSize - 16;

  explicit Arena(BlockPool& pool) : pool_(&pool) {}
  // Begins with [from, to), aligned to 8, which belongs to the caller and must outlive the arena's
  // use.
  Arena(BlockPool& pool, char* from, char* to) : cur_(from), end_(to), pool_(&pool) {}
  ~Arena() { reset(); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // n unaligned bytes; never null, also for n == 0.
  char* alloc(size_t n) {
    if (n <= static_cast<size_t>(end_ - cur_)) [[likely]] {
      char* p = cur_;
      cur_ += n;
      return p;
    }
    return allocSlow(n, 1);
  }

  // n bytes aligned to `align`, a power of two up to 16.
  void* allocAligned(size_t n, size_t align) {
    size_t pad = static_cast<size_t>(-reinterpret_cast<intptr_t>(cur_)) & (align - 1);
    size_t room = static_cast<size_t>(end_ - cur_);
    if (pad <= room && n <= room - pad) [[likely]] {
      char* p = cur_ + pad;
      cur_ = p + n;
      return p;
    }
    return allocSlow(n, align);
  }

  // Room for n unaligned bytes that nobody has yet, for writers that learn their length by writing:
  // commit(end) then takes what lies before `end`. Until then nothing else may be allocated;
  // without it the next allocation gets the same bytes.
  char* reserve(size_t n) { return n <= static_cast<size_t>(end_ - cur_) ? cur_ : reserveSlow(n); }
  void commit(char* end) { cur_ = end; }

  // One T, constructed in place; no destructor will run.
  template <class T, class... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 16);
    return new (allocAligned(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
  }

  // Uninitialised room for n trivial Ts.
  template <class T>
  T* makeArray(size_t n) {
    static_assert(std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T> &&
                  alignof(T) <= 16);
    return static_cast<T*>(allocAligned(n * sizeof(T), alignof(T)));
  }

  // A copy of s that lives as long as the arena; data() is never null.
  std::string_view copy(std::string_view s) {
    char* p = alloc(s.size());
    if (!s.empty()) std::memcpy(p, s.data(), s.size());
    return {p, s.size()};
  }

  // a, b and c in one piece.
  std::string_view concat(std::string_view a, std::string_view b, std::string_view c = {});

  // Gives every block back to the pool; all memory handed out is dead.
  void reset();

  // Memory held: whole pooled blocks and the sizes of big allocations.
  size_t bytes() const { return bytes_; }

 private:
  struct Block {
    Block* next;
    size_t size;  // 0: a pooled block; else a big one of this many bytes
  };
  static_assert(sizeof(Block) == 16);

  char* allocSlow(size_t n, size_t align);
  char* reserveSlow(size_t n);

  static char empty_[1];

  char* cur_ = empty_;
  char* end_ = empty_;
  Block* blocks_ = nullptr;
  BlockPool* pool_;
  size_t bytes_ = 0;
};

}  // namespace attache
