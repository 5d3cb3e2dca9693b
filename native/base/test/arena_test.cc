#include "base/arena.h"

#include <cstdint>
#include <vector>

#include "base/test.h"

using attache::Arena;
using attache::BlockPool;

TEST(block_pool_counts_and_reuses) {
  BlockPool pool(1);
  void* a = pool.take();
  void* b = pool.take();
  CHECK_EQ(pool.inUse(), 2u);
  CHECK_EQ(pool.cached(), 0u);
  pool.give(a);
  pool.give(b);  // one too many for the cache
  CHECK_EQ(pool.inUse(), 0u);
  CHECK_EQ(pool.cached(), 1u);
  void* c = pool.take();
  CHECK(c == a);
  CHECK_EQ(pool.cached(), 0u);
  pool.give(c);
  pool.trim();
  CHECK_EQ(pool.cached(), 0u);
}

TEST(arena_owns_nothing_until_asked) {
  BlockPool pool;
  Arena arena(pool);
  CHECK_EQ(arena.bytes(), 0u);
  CHECK(arena.alloc(0) != nullptr);
  CHECK(arena.copy("").data() != nullptr);
  CHECK_EQ(pool.inUse(), 0u);
}

TEST(arena_allocations_do_not_overlap) {
  BlockPool pool;
  Arena arena(pool);
  struct Piece {
    char* p;
    size_t n;
    char fill;
  };
  std::vector<Piece> pieces;
  for (size_t i = 0; i < 3000; i++) {
    size_t n = (i * 37) % (i % 100 == 0 ? 9000 : 90);
    char* p = arena.alloc(n);
    char fill = static_cast<char>(i);
    std::memset(p, fill, n);
    pieces.push_back({p, n, fill});
  }
  bool intact = true;
  for (const Piece& piece : pieces) {
    for (size_t i = 0; i < piece.n; i++) intact &= piece.p[i] == piece.fill;
  }
  CHECK(intact);
}

TEST(arena_aligns) {
  BlockPool pool;
  Arena arena(pool);
  for (size_t align : {1u, 2u, 4u, 8u, 16u}) {
    for (size_t n : {1u, 7u, 100u, 3000u, 5000u}) {
      arena.alloc(1);
      uintptr_t p = reinterpret_cast<uintptr_t>(arena.allocAligned(n, align));
      CHECK_EQ(p % align, 0u);
    }
  }
}

TEST(arena_big_allocation_keeps_the_current_block) {
  BlockPool pool;
  Arena arena(pool);
  char* a = arena.alloc(10);
  arena.alloc(100000);
  char* b = arena.alloc(10);
  CHECK(b == a + 10);
  CHECK_EQ(pool.inUse(), 1u);
  CHECK(arena.bytes() >= 104096);
}

TEST(arena_reset_gives_back) {
  BlockPool pool;
  Arena arena(pool);
  for (int i = 0; i < 100; i++) arena.alloc(1000);
  arena.alloc(50000);
  CHECK(pool.inUse() >= 25);
  arena.reset();
  CHECK_EQ(pool.inUse(), 0u);
  CHECK_EQ(arena.bytes(), 0u);
  CHECK_EQ(std::string(arena.copy("again")), "again");
}

TEST(arena_copies_and_joins) {
  BlockPool pool;
  Arena arena(pool);
  std::string text = "text";
  std::string_view copy = arena.copy(text);
  text[0] = 'x';
  CHECK_EQ(copy, "text");
  CHECK_EQ(arena.concat("a", "", "bc"), "abc");
  CHECK_EQ(arena.concat("", ""), "");
  struct Pair {
    int a;
    double b;
  };
  Pair* pair = arena.make<Pair>(Pair{1, 2.5});
  CHECK_EQ(pair->b, 2.5);
  uint64_t* array = arena.makeArray<uint64_t>(3);
  CHECK_EQ(reinterpret_cast<uintptr_t>(array) % alignof(uint64_t), 0u);
}
