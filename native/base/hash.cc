#include "base/hash.h"

#include <bit>
#include <cstring>

namespace attache {
namespace {

static_assert(std::endian::native == std::endian::little, "words are read as they lie");

constexpr uint64_t kPrime1 = 0x9e3779b185ebca87, kPrime2 = 0xc2b2ae3d27d4eb4f,
                   kPrime3 = 0x165667b19e3779f9, kPrime4 = 0x85ebca77c2b2ae63,
                   kPrime5 = 0x27d4eb2f165667c5;

template <class T>
T load(const unsigned char* at) {
  T word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

constexpr uint64_t mixLane(uint64_t lane, uint64_t word) {
  return std::rotl(lane + word * kPrime2, 31) * kPrime1;
}

}  // namespace

uint64_t xxHash64(std::string_view text, uint64_t seed) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  size_t n = text.size();
  uint64_t hash = seed + kPrime5;
  if (n >= 32) {
    uint64_t lanes[4] = {seed + kPrime1 + kPrime2, seed + kPrime2, seed, seed - kPrime1};
    for (; n >= 32; at += 32, n -= 32) {
      for (int i = 0; i < 4; i++) lanes[i] = mixLane(lanes[i], load<uint64_t>(at + 8 * i));
    }
    hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
           std::rotl(lanes[3], 18);
    for (uint64_t lane : lanes) hash = (hash ^ mixLane(0, lane)) * kPrime1 + kPrime4;
  }
  hash += text.size();
  for (; n >= 8; at += 8, n -= 8)
    hash = std::rotl(hash ^ mixLane(0, load<uint64_t>(at)), 27) * kPrime1 + kPrime4;
  if (n >= 4) {
    hash = std::rotl(hash ^ load<uint32_t>(at) * kPrime1, 23) * kPrime2 + kPrime3;
    at += 4, n -= 4;
  }
  for (; n > 0; at++, n--) hash = std::rotl(hash ^ *at * kPrime5, 11) * kPrime1;
  hash = (hash ^ (hash >> 33)) * kPrime2;
  hash = (hash ^ (hash >> 29)) * kPrime3;
  return hash ^ (hash >> 32);
}

uint64_t murmurHash2(std::string_view text, uint64_t seed) {
  constexpr uint64_t kMul = 0xc6a4a7935bd1e995;
  auto fold = [](uint64_t v) { return v ^ (v >> 47); };
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  size_t n = text.size();
  uint64_t hash = seed ^ (n * kMul);
  for (; n >= 8; at += 8, n -= 8) hash = (hash ^ fold(load<uint64_t>(at) * kMul) * kMul) * kMul;
  if (n > 0) {
    uint64_t rest = 0;
    std::memcpy(&rest, at, n);
    hash = (hash ^ rest) * kMul;
  }
  return fold(fold(hash) * kMul);
}

}  // namespace attache
