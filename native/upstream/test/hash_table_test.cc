#include "upstream/hash_table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "base/hash.h"
#include "base/random.h"
#include "base/test.h"

using namespace attache;
using namespace attache::upstream;

namespace {

struct Host {
  std::string key;
  uint32_t weight;
};

// As configuration has them: weights make shares.
std::vector<HashedHost> shares(const std::vector<Host>& hosts) {
  uint64_t sum = 0;
  for (const Host& host : hosts) sum += host.weight;
  std::vector<HashedHost> out;
  for (const Host& host : hosts) out.push_back({host.key, host.weight / static_cast<double>(sum)});
  return out;
}

std::vector<Host> randomHosts(Random& random, size_t n, uint32_t most_weight) {
  std::set<std::string> keys;
  std::vector<Host> hosts;
  while (hosts.size() < n) {
    std::string key = "10." + std::to_string(random.below(256)) + "." +
                      std::to_string(random.below(256)) + "." + std::to_string(random.below(256)) +
                      ":" + std::to_string(random.below(65536));
    if (!keys.insert(key).second) continue;
    hosts.push_back({key, static_cast<uint32_t>(1 + random.below(most_weight))});
  }
  return hosts;
}

// ---- slow and obvious -------------------------------------------------------------------------

// The points of a ring, and the one that a hash finds, looked for from the beginning.
struct SlowRing {
  std::vector<std::pair<uint64_t, uint32_t>> points;
  SlowRing(const std::vector<HashedHost>& hosts, uint64_t minimum, uint64_t maximum, bool murmur) {
    double least = 1;
    for (const HashedHost& host : hosts) least = std::min(least, host.weight);
    double scale = std::ceil(least * static_cast<double>(minimum)) / least;
    if (scale > static_cast<double>(maximum)) scale = static_cast<double>(maximum);
    double wanted = 0;
    for (uint32_t number = 0; number < hosts.size(); number++) {
      wanted += scale * hosts[number].weight;
      for (int i = 0; static_cast<double>(points.size()) < wanted; i++) {
        std::string text = std::string(hosts[number].key) + "_" + std::to_string(i);
        points.emplace_back(murmur ? murmurHash2(text) : xxHash64(text), number);
      }
    }
  }
  uint32_t choose(uint64_t hash) const {
    std::pair<uint64_t, uint32_t> first{UINT64_MAX, 0}, next{UINT64_MAX, UINT32_MAX};
    for (auto point : points) {
      first = std::min(first, point);
      if (point.first >= hash) next = std::min(next, point);
    }
    return next.second == UINT32_MAX ? first.second : next.second;
  }
};

// Every host's whole permutation first, then the turns; as the paper has it.
std::vector<uint32_t> slowMaglev(const std::vector<HashedHost>& hosts, uint64_t size) {
  std::vector<std::tuple<std::string_view, uint32_t>> sorted;
  double most = 0;
  for (uint32_t i = 0; i < hosts.size(); i++) {
    sorted.emplace_back(hosts[i].key, i);
    most = std::max(most, hosts[i].weight);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::vector<uint64_t>> permutation(hosts.size());
  std::vector<size_t> next(hosts.size());
  std::vector<double> target(hosts.size());
  for (auto [key, number] : sorted) {
    uint64_t offset = xxHash64(key) % size, skip = xxHash64(key, 1) % (size - 1) + 1;
    for (uint64_t j = 0; j < size; j++) permutation[number].push_back((offset + j * skip) % size);
  }
  std::vector<uint32_t> table(size, UINT32_MAX);
  uint64_t filled = 0;
  for (uint32_t round = 1; filled < size; round++) {
    for (auto [key, number] : sorted) {
      if (filled == size || round * hosts[number].weight < target[number]) continue;
      target[number] += most;
      while (table[permutation[number][next[number]]] != UINT32_MAX) next[number]++;
      table[permutation[number][next[number]]] = number;
      filled++;
    }
  }
  return table;
}

TEST(a_ring_is_the_slow_one) {
  Random random(3);
  for (int round = 0; round < 60; round++) {
    std::vector<Host> hosts = randomHosts(random, 1 + random.below(20), 1 + random.below(9));
    std::vector<HashedHost> input = shares(hosts);
    uint64_t minimum = random.below(300), maximum = minimum + random.below(300);
    bool murmur = random.below(2) == 0;
    HashRing ring(input, minimum, maximum, murmur);
    SlowRing slow(input, minimum, maximum, murmur);
    CHECK_EQ(ring.size(), slow.points.size());
    CHECK_EQ(ring.empty(), slow.points.empty());
    for (int i = 0; i < 50 && !ring.empty(); i++) {
      uint64_t hash = random.next();
      // Points themselves too, and what is next to them.
      if (i % 3 == 0)
        hash = slow.points[random.below(slow.points.size())].first + random.below(3) - 1;
      CHECK_EQ(ring.choose(hash), slow.choose(hash));
    }
    for (uint64_t hash : {uint64_t{0}, UINT64_MAX}) {
      if (!ring.empty()) CHECK_EQ(ring.choose(hash), slow.choose(hash));
    }
  }
}

TEST(a_maglev_table_is_the_slow_one) {
  Random random(5);
  constexpr uint64_t kSizes[] = {2, 3, 17, 101, 251, 1009};
  for (int round = 0; round < 60; round++) {
    std::vector<Host> hosts = randomHosts(random, 1 + random.below(20), 1 + random.below(9));
    std::vector<HashedHost> input = shares(hosts);
    uint64_t size = kSizes[random.below(std::size(kSizes))];
    MaglevTable table(input, size);
    std::vector<uint32_t> slow = slowMaglev(input, size);
    for (uint64_t hash = 0; hash < size; hash++)
      CHECK_EQ(table.choose(hash + size * random.below(1000)), slow[hash]);
  }
}

TEST(without_hosts_there_is_nothing_to_choose) {
  CHECK(HashRing({}, 1024, 2048, false).empty());
  CHECK(MaglevTable({}, 101).empty());
}

// Section 3.4 of the paper: places differ by one between hosts of equal weight.
TEST(maglev_spreads_evenly) {
  Random random(7);
  for (size_t n : {3, 10, 100}) {
    std::vector<Host> hosts = randomHosts(random, n, 1);
    MaglevTable table(shares(hosts), 65537);
    std::vector<uint64_t> places(n);
    for (uint64_t i = 0; i < 65537; i++) places[table.choose(i)]++;
    auto [least, most] = std::minmax_element(places.begin(), places.end());
    CHECK(*most - *least <= 1);
  }
}

TEST(maglev_spreads_by_weight) {
  Random random(9);
  std::vector<Host> hosts = randomHosts(random, 12, 1);
  uint64_t sum = 0;
  for (size_t i = 0; i < hosts.size(); i++) sum += hosts[i].weight = static_cast<uint32_t>(i + 1);
  MaglevTable table(shares(hosts), 65537);
  std::vector<uint64_t> places(hosts.size());
  for (uint64_t i = 0; i < 65537; i++) places[table.choose(i)]++;
  for (size_t i = 0; i < hosts.size(); i++) {
    double wanted = 65537.0 * hosts[i].weight / static_cast<double>(sum);
    CHECK(std::abs(static_cast<double>(places[i]) - wanted) < wanted * 0.01 + 2);
  }
}

// With k points for each host the shares of the ring spread by about 1 / sqrt(k) (Karger et al.):
// none of 10 hosts with 1000 points is off by more than five times that.
TEST(a_ring_spreads_as_points_of_chance_do) {
  Random random(11);
  for (bool murmur : {false, true}) {
    std::vector<Host> hosts = randomHosts(random, 10, 1);
    HashRing ring(shares(hosts), 10'000, 10'000, murmur);
    CHECK_EQ(ring.size(), size_t{10'000});
    std::vector<double> found(hosts.size());
    constexpr int kTimes = 200'000;
    for (int i = 0; i < kTimes; i++) found[ring.choose(random.next())]++;
    for (double each : found) CHECK(std::abs(each / (kTimes / 10.0) - 1) < 5 / std::sqrt(1000.0));
  }
}

// The share of keys that go elsewhere when one of n equal hosts leaves; at least 1 / n of them
// have to.
template <class Make>
double moved(size_t n, Make make) {
  Random random(13);
  std::vector<Host> hosts = randomHosts(random, n, 1);
  auto before = make(shares(hosts));
  Host gone = hosts[n / 2];
  std::vector<Host> left = hosts;
  left.erase(left.begin() + static_cast<std::ptrdiff_t>(n / 2));
  auto after = make(shares(left));
  constexpr int kTimes = 50'000;
  int others = 0, of_gone = 0;
  for (int i = 0; i < kTimes; i++) {
    uint64_t hash = random.next();
    const std::string& old = hosts[before.choose(hash)].key;
    if (old == gone.key) {
      of_gone++;
    } else if (old != left[after.choose(hash)].key) {
      others++;
    }
  }
  CHECK(of_gone > kTimes / static_cast<int>(n) / 2);
  return static_cast<double>(others) / kTimes;
}

TEST(when_a_host_leaves_only_its_keys_move_on_a_ring) {
  // 100 points for each, before and after: those of the others stay where they are.
  for (size_t n : {5, 20, 50}) {
    size_t made = 0;
    double others = moved(n, [&](const std::vector<HashedHost>& hosts) {
      uint64_t points = 100 * (n - made++);
      return HashRing(hosts, points, points, false);
    });
    CHECK_EQ(others, 0.0);
  }
}

TEST(when_a_host_leaves_few_other_keys_move_in_a_maglev_table) {
  // Figure 12 of the paper: a table more than a hundred times the number of hosts moves less than
  // some percent.
  for (size_t n : {5, 20, 50}) {
    double others =
        moved(n, [](const std::vector<HashedHost>& hosts) { return MaglevTable(hosts, 65537); });
    CHECK(others < 0.04);
  }
}

TEST(a_host_with_all_that_it_may_have_is_passed_over) {
  std::vector<uint32_t> order;
  std::vector<double> loads{2, 0.5, 3, 1, 1.5};
  auto load = [&](uint32_t i) { return loads[i]; };
  CHECK_EQ(chooseBounded(1, 1, 5, order, load), 1u);
  std::set<uint32_t> found;
  for (uint64_t hash = 0; hash < 200; hash++) {
    uint32_t host = chooseBounded(hash, 0, 5, order, load);
    CHECK_EQ(chooseBounded(hash, 0, 5, order, load), host);
    found.insert(host);
  }
  CHECK(found == std::set<uint32_t>({1, 3}));
  // Where nobody has room: the least loaded.
  loads = {2, 1.75, 3, 1.25, 1.5};
  for (uint64_t hash = 0; hash < 50; hash++) CHECK_EQ(chooseBounded(hash, 0, 5, order, load), 3u);
  loads = {2};
  CHECK_EQ(chooseBounded(7, 0, 1, order, load), 0u);
}

}  // namespace
