#include "upstream/hash_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "base/hash.h"

namespace attache::upstream {

HashRing::HashRing(std::span<const HashedHost> hosts, uint64_t minimum, uint64_t maximum,
                   bool murmur) {
  if (hosts.empty()) return;
  double least = 1;
  for (const HashedHost& host : hosts) least = std::min(least, host.weight);
  double scale = std::min(std::ceil(least * static_cast<double>(minimum)) / least,
                          static_cast<double>(maximum));
  std::vector<std::pair<uint64_t, uint32_t>> points;
  auto whole = static_cast<uint64_t>(std::ceil(scale));
  numbers_ = {whole, whole, 0};
  points.reserve(whole + hosts.size());
  std::string text;
  // Running sums: parts of a point are not lost from one host to the next.
  double made = 0, wanted = 0;
  for (uint32_t number = 0; number < hosts.size(); number++) {
    text.assign(hosts[number].key).push_back('_');
    size_t stem = text.size();
    wanted += scale * hosts[number].weight;
    uint64_t i = 0;
    for (; made < wanted; i++, made++) {
      text.resize(stem);
      text.append(std::to_string(i));
      points.emplace_back(murmur ? murmurHash2(text) : xxHash64(text), number);
    }
    numbers_.count(i);
  }
  std::sort(points.begin(), points.end());
  points_.reserve(points.size());
  hosts_.reserve(points.size());
  for (auto [hash, number] : points) {
    points_.push_back(hash);
    hosts_.push_back(number);
  }
}

uint32_t HashRing::choose(uint64_t hash, uint32_t attempt) const {
  auto at = std::lower_bound(points_.begin(), points_.end(), hash);
  size_t first = at == points_.end() ? 0 : static_cast<size_t>(at - points_.begin());
  return hosts_[attempt ? (first + attempt) % hosts_.size() : first];
}

MaglevTable::MaglevTable(std::span<const HashedHost> hosts, uint64_t size) {
  if (hosts.empty()) return;
  struct Claim {
    uint64_t at, step;
    double weight, target;
    uint64_t count;
    uint32_t host;
  };
  std::vector<uint32_t> numbers(hosts.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  std::stable_sort(numbers.begin(), numbers.end(),
                   [&](uint32_t a, uint32_t b) { return hosts[a].key < hosts[b].key; });
  std::vector<Claim> claims;
  claims.reserve(hosts.size());
  double most = 0;
  for (uint32_t number : numbers) {
    const HashedHost& host = hosts[number];
    most = std::max(most, host.weight);
    claims.push_back({xxHash64(host.key) % size, xxHash64(host.key, 1) % (size - 1) + 1,
                      host.weight, 0, 0, number});
  }
  constexpr uint32_t kFree = UINT32_MAX;
  wide_.assign(size, kFree);
  uint64_t taken = 0;
  // A host of the greatest weight claims a place in each round, one of half of it in every second.
  for (uint32_t round = 1; taken < size; round++) {
    for (Claim& claim : claims) {
      if (taken == size) break;
      if (round * claim.weight < claim.target) continue;
      claim.target += most;
      auto advance = [&] {
        claim.at += claim.step;
        if (claim.at >= size) claim.at -= size;
      };
      while (wide_[claim.at] != kFree) advance();
      wide_[claim.at] = claim.host;
      advance();
      claim.count++;
      taken++;
    }
  }
  numbers_ = {size, size, 0};
  for (const Claim& claim : claims) numbers_.count(claim.count);
  if (hosts.size() > UINT16_MAX) return;
  narrow_.assign(wide_.begin(), wide_.end());
  wide_ = {};
}

}  // namespace attache::upstream
