#include "base/arena.h"

#include <cstdlib>

// A block in the cache is nobody's: under ASan a touch of it is reported like a use after free.
#if defined(__SANITIZE_ADDRESS__)
#define ATTACHE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ATTACHE_ASAN 1
#endif
#endif
#ifdef ATTACHE_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) (static_cast<void>(p), static_cast<void>(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) (static_cast<void>(p), static_cast<void>(n))
#endif

namespace attache {
namespace {

void* allocateOrDie(size_t n) {
  void* p = std::malloc(n);
  if (p == nullptr) std::abort();
  return p;
}

}  // namespace

BlockPool::~BlockPool() {
  trim();
}

void* BlockPool::take() {
  in_use_++;
  if (free_ == nullptr) return allocateOrDie(kBlockSize);
  Free* block = free_;
  ASAN_UNPOISON_MEMORY_REGION(block, kBlockSize);
  free_ = block->next;
  cached_--;
  return block;
}

void BlockPool::give(void* block) {
  in_use_--;
  if (cached_ >= max_cached_) {
    std::free(block);
    return;
  }
  Free* f = new (block) Free{free_};
  free_ = f;
  cached_++;
  ASAN_POISON_MEMORY_REGION(block, kBlockSize);
}

void BlockPool::trim() {
  while (free_ != nullptr) {
    Free* block = free_;
    ASAN_UNPOISON_MEMORY_REGION(block, kBlockSize);
    free_ = block->next;
    std::free(block);
  }
  cached_ = 0;
}

char Arena::empty_[1];

std::string_view Arena::concat(std::string_view a, std::string_view b, std::string_view c) {
  size_t n = a.size() + b.size() + c.size();
  char* p = alloc(n);
  char* at = p;
  for (std::string_view s : {a, b, c}) {
    if (!s.empty()) std::memcpy(at, s.data(), s.size());
    at += s.size();
  }
  return {p, n};
}

void Arena::reset() {
  while (blocks_ != nullptr) {
    Block* b = blocks_;
    blocks_ = b->next;
    if (b->size == 0) {
      pool_->give(b);
    } else {
      std::free(b);
    }
  }
  cur_ = end_ = empty_;
  bytes_ = 0;
}

char* Arena::allocSlow(size_t n, size_t align) {
  // A big allocation gets a block of its own, so that the rest of the current one stays in use.
  if (n > kBlockPayload / 2) {
    size_t size = n + sizeof(Block);
    if (size < n) std::abort();
    blocks_ = new (allocateOrDie(size)) Block{blocks_, size};
    bytes_ += size;
    return reinterpret_cast<char*>(blocks_ + 1);
  }
  // Payloads begin 16-byte aligned, which is all that is ever asked for.
  static_cast<void>(align);
  blocks_ = new (pool_->take()) Block{blocks_, 0};
  bytes_ += BlockPool::kBlockSize;
  cur_ = reinterpret_cast<char*>(blocks_ + 1);
  end_ = reinterpret_cast<char*>(blocks_) + BlockPool::kBlockSize;
  char* p = cur_;
  cur_ += n;
  return p;
}

// The block becomes the current one whatever its size, so that a reservation given up costs nothing
// the second time; what was left of the block before is lost.
char* Arena::reserveSlow(size_t n) {
  size_t size = n <= kBlockPayload ? BlockPool::kBlockSize : n + sizeof(Block);
  if (size < n) std::abort();
  bool pooled = n <= kBlockPayload;
  blocks_ = new (pooled ? pool_->take() : allocateOrDie(size)) Block{blocks_, pooled ? 0 : size};
  bytes_ += size;
  cur_ = reinterpret_cast<char*>(blocks_ + 1);
  end_ = reinterpret_cast<char*>(blocks_) + size;
  return cur_;
}

}  // namespace attache
