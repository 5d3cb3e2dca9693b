#include "upstream/priority_load.h"

#include <sstream>
#include <string>

#include "base/random.h"
#include "base/test.h"

using namespace attache;
using namespace attache::upstream;

namespace {

struct Level {
  uint64_t all, healthy, degraded = 0, excluded = 0;
};

// "healthy/degraded", and "!" in a panic, of each priority.
std::string loads(const std::vector<Level>& levels, uint32_t spare = 140, uint32_t panic = 50) {
  std::vector<PriorityHosts> hosts;
  for (const Level& each : levels) {
    PriorityHosts::Count count{each.all, each.healthy, each.degraded, each.excluded};
    hosts.push_back({count, count});
  }
  std::ostringstream out;
  for (const PriorityLoad& load : priorityLoads(hosts, spare, panic))
    out << load.healthy << '/' << load.degraded << (load.panic ? "! " : " ");
  return out.str();
}

// The tables of Envoy's documentation.
TEST(priorities_take_what_their_healthy_hosts_carry) {
  CHECK_EQ(loads({{100, 100}, {100, 100}}), "100/0 0/0 ");
  CHECK_EQ(loads({{100, 72}, {100, 72}}), "100/0 0/0 ");
  CHECK_EQ(loads({{100, 71}, {100, 71}}), "99/0 1/0 ");
  CHECK_EQ(loads({{100, 50}, {100, 50}}), "70/0 30/0 ");
  CHECK_EQ(loads({{100, 25}, {100, 100}}), "35/0 65/0 ");
  CHECK_EQ(loads({{100, 0}, {100, 100}}), "0/0 100/0 ");
  CHECK_EQ(loads({{100, 25}, {100, 25}, {100, 100}}), "35/0 35/0 30/0 ");
  CHECK_EQ(loads({{100, 25}, {100, 25}, {100, 20}}, 140, 0), "37/0 35/0 28/0 ");
}

TEST(few_healthy_hosts_are_a_panic_only_when_no_other_priority_helps) {
  CHECK_EQ(loads({{100, 25}, {100, 100}}), "35/0 65/0 ");
  CHECK_EQ(loads({{100, 25}, {100, 25}}), "50/0! 50/0! ");
  CHECK_EQ(loads({{100, 5}, {100, 65}}), "8/0! 92/0 ");
  CHECK_EQ(loads({{10, 0}, {30, 0}}), "25/0! 75/0! ");
  CHECK_EQ(loads({{10, 0}, {30, 0}}, 140, 0), "100/0 0/0 ");
  CHECK_EQ(loads({{0, 0}}), "100/0! ");
  CHECK_EQ(loads({{0, 0}, {5, 5}}), "0/0 100/0 ");
}

TEST(degraded_hosts_take_what_healthy_ones_cannot) {
  CHECK_EQ(loads({{100, 50, 50}}), "70/30 ");
  CHECK_EQ(loads({{100, 0, 100}, {100, 100, 0}}), "0/0 100/0 ");
  CHECK_EQ(loads({{100, 25, 25}, {100, 25, 75}}), "35/30 35/0 ");
  CHECK_EQ(loads({{100, 0, 5}}, 140, 0), "0/100 ");
}

TEST(hosts_that_are_drained_are_no_loss) {
  CHECK_EQ(loads({{5, 2, 0, 1}, {10, 10}}), "70/0 30/0 ");
  CHECK_EQ(loads({{4, 1}, {5, 2, 0, 1}}), "35/0 65/0 ");
  CHECK_EQ(loads({{4, 0, 0, 4}, {2, 2}}), "0/0 100/0 ");
  // In a panic they are hosts as the others.
  CHECK_EQ(loads({{4, 0, 0, 4}}), "100/0! ");
}

TEST(the_loads_of_any_priorities_are_100) {
  Random random(3);
  for (int round = 0; round < 20'000; round++) {
    std::vector<Level> levels;
    std::vector<PriorityHosts> hosts;
    uint64_t total = 0;
    for (uint64_t n = 1 + random.below(5); n > 0; n--) {
      uint64_t all = random.below(12), healthy = random.below(all + 1);
      uint64_t degraded = random.below(all - healthy + 1);
      uint64_t excluded = random.below(all - healthy - degraded + 1);
      PriorityHosts::Count count{all, healthy, degraded, excluded};
      hosts.push_back({count, count});
      total += all;
    }
    uint32_t sum = 0;
    for (uint64_t i = 0; const PriorityLoad& load :
                         priorityLoads(hosts, static_cast<uint32_t>(100 + random.below(100)),
                                       static_cast<uint32_t>(random.below(101)))) {
      const PriorityHosts::Count& count = hosts[i++].hosts;
      sum += load.healthy + load.degraded;
      // Who takes load has hosts for it, but where nobody has any.
      if (load.degraded) CHECK(count.degraded > 0);
      if (load.healthy && load.panic && total > 0) CHECK(count.all > 0);
    }
    CHECK_EQ(sum, 100u);
  }
}

}  // namespace
