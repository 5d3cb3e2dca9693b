// Hosts by hash: a hash always finds the same host, and few find another one when hosts come and
// go. Made when hosts change, then only read. Bit for bit the choices of Envoy's.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace attache::upstream {

struct HashedHost {
  std::string_view key;  // what it is known by; needed only while a table is made
  double weight;         // its share: those of all hosts add up to 1
};

// Of a ring or a table: how big it is, and what hosts have of it.
struct HashNumbers {
  uint64_t size = 0, least = 0, most = 0;
  void count(uint64_t of_host) {
    least = least < of_host ? least : of_host;
    most = most > of_host ? most : of_host;
  }
};

// Points on a ring, of each host as many as its weight asks for; the next one after the hash wins.
// (Ketama; Karger et al., "Consistent Hashing and Random Trees".)
class HashRing {
 public:
  // The host of least weight gets whole points, so that there are at least `minimum` of them, but
  // not more than `maximum` altogether.
  HashRing(std::span<const HashedHost> hosts, uint64_t minimum, uint64_t maximum, bool murmur);
  bool empty() const { return points_.empty(); }
  // The number of a host. Not of an empty ring. `attempt`: that many points further.
  uint32_t choose(uint64_t hash, uint32_t attempt = 0) const;
  size_t size() const { return points_.size(); }
  const HashNumbers& numbers() const { return numbers_; }

 private:
  HashNumbers numbers_;
  std::vector<uint64_t> points_;  // ascending
  std::vector<uint32_t> hosts_;   // of each point
};

// A table in which hosts take turns to claim places, each in an order of its own.
// (Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", section 3.4.)
class MaglevTable {
 public:
  // `size` is a prime number.
  MaglevTable(std::span<const HashedHost> hosts, uint64_t size);
  bool empty() const { return narrow_.empty() && wide_.empty(); }
  const HashNumbers& numbers() const { return numbers_; }
  // The number of a host. Not of an empty table. Another place for each `attempt`, as in Envoy.
  uint32_t choose(uint64_t hash, uint32_t attempt = 0) const {
    hash ^= uint64_t{0} - attempt;
    return narrow_.empty() ? wide_[hash % wide_.size()] : narrow_[hash % narrow_.size()];
  }

 private:
  HashNumbers numbers_;
  std::vector<uint16_t> narrow_;  // where numbers of hosts fit
  std::vector<uint32_t> wide_;
};

// A host in place of `chosen` that is not overloaded, or the least overloaded: others are asked in
// an order that is the same for equal hashes (Mirrokni et al., "Consistent Hashing with Bounded
// Loads"; Chen et al., "Revisiting Consistent Hashing with Bounded Loads"). `load(number)` is 1
// where a host has all that it may have. `order` is memory for n numbers, kept by the caller.
template <class Load>
uint32_t chooseBounded(uint64_t hash, uint32_t chosen, uint32_t n, std::vector<uint32_t>& order,
                       Load load) {
  double least = load(chosen);
  if (least <= 1) return chosen;
  uint32_t best = chosen;
  order.resize(n);
  for (uint32_t i = 0; i < n; i++) order[i] = i;
  std::mt19937 random(static_cast<std::mt19937::result_type>(hash));
  for (uint32_t i = 0; i < n; i++) {
    uint32_t left = n - i;
    uint64_t jump = left;
    while (jump >= left) jump = random() / ((uint64_t{1} << 32) / left);
    std::swap(order[i], order[i + jump]);
    uint32_t other = order[i];
    if (other == chosen) continue;
    double its = load(other);
    if (its <= 1) return other;
    if (its < least) least = its, best = other;
  }
  return best;
}

}  // namespace attache::upstream
