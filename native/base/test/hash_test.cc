#include "base/hash.h"

#include <functional>
#include <string>

#include "base/random.h"
#include "base/test.h"

namespace attache {
namespace {

// Of the specification's reference implementation.
TEST(xxhash64_known_values) {
  CHECK_EQ(xxHash64(""), 0xef46db3751d8e999u);
  CHECK_EQ(xxHash64("a"), 0xd24ec4f1a98c6e5bu);
  CHECK_EQ(xxHash64("abc"), 0x44bc2cf5ad770999u);
  CHECK_EQ(xxHash64("Nobody inspects the spammish repetition"), 0xfbcea83c8a378bf1u);
  CHECK_EQ(xxHash64("", 1), 0xd5afba1336a3be4bu);
}

// Every length up to some stripes, in one number (of the reference implementation, as
// src/xxhash64.ts has it).
TEST(xxhash64_of_every_length) {
  uint64_t all = 0;
  std::string text;
  for (int i = 0; i < 200; i++) {
    all = xxHash64(text) ^ (all << 1 | all >> 63);
    text.push_back(static_cast<char>(32 + i * 31 % 95));
  }
  CHECK_EQ(all, 0x5bfa958366146679u);
}

#ifdef __GLIBCXX__
TEST(murmur_hash_2_is_that_of_libstdcxx) {
  Random random(11);
  for (int round = 0; round < 2000; round++) {
    std::string text(random.below(60), '\0');
    for (char& c : text) c = static_cast<char>(random.next());
    CHECK_EQ(murmurHash2(text), std::hash<std::string>()(text));
  }
}
#endif

}  // namespace
}  // namespace attache
