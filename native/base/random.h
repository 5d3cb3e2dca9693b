// A worker's own pseudo-random numbers (xoshiro256++, Blackman and Vigna): for balancing,
// sampling and request ids, never for secrets.
#pragma once

#include <sys/random.h>

#include <cstdint>

namespace attache {

class Random {
 public:
  // Seeded by the kernel.
  Random() {
    if (getrandom(s_, sizeof s_, 0) != static_cast<ssize_t>(sizeof s_) ||
        !(s_[0] | s_[1] | s_[2] | s_[3])) {
      s_[0] = 0x9e3779b97f4a7c15u;
    }
  }
  // The same sequence for the same seed: simulations and tests.
  explicit Random(uint64_t seed) {
    for (uint64_t& word : s_) {
      seed += 0x9e3779b97f4a7c15u;
      uint64_t z = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      word = z ^ (z >> 31);
    }
  }
  uint64_t next() {
    uint64_t result = rotl(s_[0] + s_[3], 23) + s_[0];
    uint64_t t = s_[1] << 17;
    s_[2] ^= s_[0];
    s_[3] ^= s_[1];
    s_[1] ^= s_[2];
    s_[0] ^= s_[3];
    s_[2] ^= t;
    s_[3] = rotl(s_[3], 45);
    return result;
  }
  // Uniform in [0, n), n > 0, by multiplication (Lemire); the bias is below n / 2^64.
  uint64_t below(uint64_t n) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(next()) * n) >> 64);
  }

 private:
  static uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  uint64_t s_[4] = {};
};

}  // namespace attache
