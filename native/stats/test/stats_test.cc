#include "stats/stats.h"

#include <cmath>
#include <thread>
#include <vector>

#include "base/random.h"
#include "base/test.h"

using namespace attache;
using stats::Group;
namespace c = stats::cluster;
namespace h = stats::host;

namespace {

std::vector<double> valuesOf(stats::Registry& registry, uint32_t index, size_t slots) {
  std::vector<double> out(slots, -1);
  registry.read(index, out.data());
  return out;
}

double valueOf(stats::Registry& registry, uint32_t index, uint16_t slot) {
  return valuesOf(registry, index, c::kCount)[slot];
}

}  // namespace

TEST(counts_are_added_over_the_workers) {
  stats::Registry registry;
  uint32_t index = registry.alloc(Group::Cluster);
  CHECK(index > stats::Registry::kServer);
  stats::Rows one(registry, 0), two(registry, 1);
  CHECK_EQ(valueOf(registry, index, c::upstream_rq_total), 0.0);
  stats::inc(one.block(index, Group::Cluster), c::upstream_rq_total, 3);
  stats::inc(two.block(index, Group::Cluster), c::upstream_rq_total);
  CHECK_EQ(valueOf(registry, index, c::upstream_rq_total), 4.0);
  CHECK_EQ(registry.rowCount(), size_t{2});
  std::vector<double> out(c::kCount, -1);
  registry.readWorker(index, 1, out.data());
  CHECK_EQ(out[c::upstream_rq_total], 1.0);
  registry.readWorker(index, 7, out.data());
  CHECK_EQ(out[c::upstream_rq_total], 0.0);
}

TEST(a_gauge_may_be_raised_here_and_lowered_there) {
  stats::Registry registry;
  uint32_t index = registry.alloc(Group::Cluster);
  stats::Rows one(registry), two(registry);
  stats::inc(one.block(index, Group::Cluster), c::upstream_cx_active, 2);
  stats::dec(two.block(index, Group::Cluster), c::upstream_cx_active);
  CHECK_EQ(valueOf(registry, index, c::upstream_cx_active), 1.0);
  CHECK_EQ(registry.sum(index, c::upstream_cx_active), uint64_t{1});
}

TEST(the_primary_counts_beside_the_limits_of_workers) {
  stats::Registry registry;
  uint32_t index = registry.alloc(Group::Cluster);
  stats::Rows primary(registry, stats::Registry::kPrimary);
  CHECK_EQ(registry.rowCount(), size_t{0});
  stats::Rows one(registry, 0), two(registry);
  CHECK_EQ(registry.rowCount(), size_t{2});
  stats::inc(primary.block(index, Group::Cluster), c::upstream_rq_active, 5);
  stats::inc(two.block(index, Group::Cluster), c::upstream_rq_active);
  CHECK_EQ(registry.sum(index, c::upstream_rq_active), uint64_t{1});
  CHECK_EQ(valueOf(registry, index, c::upstream_rq_active), 6.0);
  CHECK(primary.ofPrimary() && !one.ofPrimary() && !two.ofPrimary());
}

TEST(a_flag_is_up_when_one_worker_raised_it) {
  stats::Registry registry;
  uint32_t index = registry.alloc(Group::Cluster);
  stats::Rows one(registry), two(registry);
  stats::set(one.block(index, Group::Cluster), c::circuit_breakers_default_rq_open, 1);
  stats::set(two.block(index, Group::Cluster), c::circuit_breakers_default_rq_open, 1);
  CHECK_EQ(valueOf(registry, index, c::circuit_breakers_default_rq_open), 1.0);
}

TEST(number_zero_is_read_by_nobody) {
  stats::Registry registry;
  stats::Rows rows(registry);
  stats::inc(rows.block(0, Group::Cluster), c::upstream_rq_total);
  stats::inc(rows.block(0, Group::Host), h::rq_total);
  CHECK(rows.block(0, Group::Cluster) != rows.block(0, Group::Host));
  CHECK(rows.block(0, Group::Cluster) == rows.block(0, Group::Cluster));
  CHECK_EQ(registry.sum(0, c::upstream_rq_total), uint64_t{0});
}

TEST(the_server_block_is_there_from_the_start) {
  stats::Registry registry;
  stats::Rows rows(registry);
  stats::inc(rows.block(stats::Registry::kServer, Group::Server),
             stats::server::http1_response_flood);
  CHECK_EQ(valuesOf(registry, stats::Registry::kServer,
                    stats::server::kCount)[stats::server::http1_response_flood],
           1.0);
}

TEST(buckets_have_two_significant_digits) {
  stats::Registry registry;
  uint32_t index = registry.alloc(Group::Cluster);
  stats::Rows one(registry), two(registry);
  for (uint64_t value : {0ull, 1ull, 9ull, 10ull, 99ull, 100ull, 109ull, 110ull, 1999ull})
    stats::record(one.block(index, Group::Cluster), c::upstream_rq_time, value);
  stats::record(two.block(index, Group::Cluster), c::upstream_rq_time, 9);
  stats::record(two.block(index, Group::Cluster), c::upstream_rq_time, ~0ull);
  std::vector<double> expected = {
      0, 1, 1, 1, 9, 2, 10, 1, 99, 1, 100, 2, 11 / 10.0 * 100, 1, 1900, 1, 1.8 * 1e19, 1};
  CHECK(registry.histogram(index, c::upstream_rq_time) == expected);
  CHECK(registry.histogram(index, c::upstream_cx_length_ms).empty());
  CHECK(registry.histogram(index, c::upstream_rq_total).empty());
}

// Against the definition: the largest two-digit number times a power of ten that is not above it.
TEST(every_value_is_in_its_bucket) {
  Random random(7);
  for (int i = 0; i < 2000; i++) {
    stats::Registry registry;
    uint32_t index = registry.alloc(Group::Cluster);
    stats::Rows rows(registry);
    uint64_t value = random.next() >> (random.next() % 63);
    stats::record(rows.block(index, Group::Cluster), c::upstream_rq_time, value);
    std::vector<double> got = registry.histogram(index, c::upstream_rq_time);
    REQUIRE(got.size() == 2);
    uint64_t power = 1;
    while (value / 10 >= power) power *= 10;
    double width = static_cast<double>(power) / 10;
    double below = static_cast<double>(value) - got[0];
    CHECK(below >= -got[0] * 1e-12);
    CHECK(value == 0 || below < width * (1 + 1e-9));
  }
}

TEST(codes_are_counted_one_by_one) {
  stats::Registry registry;
  uint32_t index = registry.alloc(Group::Cluster);
  stats::Rows one(registry), two(registry);
  for (unsigned status : {200u, 200u, 404u, 99u, 1023u, 1024u, 100000u})
    stats::countCode(one.block(index, Group::Cluster), c::upstream_rq, status);
  stats::countCode(two.block(index, Group::Cluster), c::upstream_rq, 404);
  std::vector<double> expected = {99, 1, 200, 2, 404, 2, 1023, 1};
  CHECK(registry.codes(index, c::upstream_rq) == expected);
}

TEST(counters_start_again_at_zero) {
  stats::Registry registry;
  uint32_t index = registry.alloc(Group::Cluster);
  stats::Rows rows(registry);
  stats::Block* block = rows.block(index, Group::Cluster);
  stats::inc(block, c::upstream_rq_total, 5);
  stats::inc(block, c::upstream_cx_active, 2);
  stats::countCode(block, c::upstream_rq, 200);
  stats::record(block, c::upstream_rq_time, 4);
  registry.resetCounters();
  CHECK_EQ(valueOf(registry, index, c::upstream_rq_total), 0.0);
  CHECK(std::signbit(valueOf(registry, index, c::upstream_rq_total)));   // it was used
  CHECK(!std::signbit(valueOf(registry, index, c::upstream_rq_retry)));  // it was not
  CHECK_EQ(valueOf(registry, index, c::upstream_cx_active), 2.0);
  CHECK((registry.codes(index, c::upstream_rq) == std::vector<double>{200, 0}));
  CHECK((registry.histogram(index, c::upstream_rq_time) == std::vector<double>{4, 1}));
  stats::inc(block, c::upstream_rq_total);
  stats::countCode(block, c::upstream_rq, 200);
  CHECK_EQ(valueOf(registry, index, c::upstream_rq_total), 1.0);
  CHECK((registry.codes(index, c::upstream_rq) == std::vector<double>{200, 1}));
  registry.resetCounters();
  CHECK_EQ(valueOf(registry, index, c::upstream_rq_total), 0.0);
}

TEST(a_dead_worker_leaves_its_counters_and_takes_its_gauges) {
  stats::Registry registry;
  uint32_t index = registry.alloc(Group::Cluster);
  stats::Rows other(registry, 1);
  for (int life = 0; life < 3; life++) {
    stats::Rows rows(registry, 0);
    stats::Block* block = rows.block(index, Group::Cluster);
    stats::inc(block, c::upstream_rq_total, 2);
    stats::inc(block, c::upstream_cx_active);
    stats::record(block, c::upstream_rq_time, 7);
    stats::countCode(block, c::upstream_rq, 503);
    CHECK_EQ(valueOf(registry, index, c::upstream_cx_active), 1.0);
  }
  CHECK_EQ(valueOf(registry, index, c::upstream_rq_total), 6.0);
  CHECK_EQ(valueOf(registry, index, c::upstream_cx_active), 0.0);
  CHECK((registry.histogram(index, c::upstream_rq_time) == std::vector<double>{7, 3}));
  CHECK((registry.codes(index, c::upstream_rq) == std::vector<double>{503, 3}));
  CHECK_EQ(registry.rowCount(), size_t{2});
}

TEST(a_number_comes_back_when_nobody_holds_it) {
  stats::Registry registry;
  stats::Rows rows(registry);
  uint32_t index = registry.alloc(Group::Host);
  stats::Block* block = rows.hold(index, Group::Host);
  stats::inc(block, h::rq_total);
  stats::inc(block, h::rq_active);
  registry.release(index);
  CHECK(registry.alloc(Group::Host, true) != index);  // what names it may still be current
  registry.published();
  CHECK(registry.alloc(Group::Host, true) != index);  // held
  stats::dec(block, h::rq_active);
  rows.letGo(block);
  CHECK(registry.alloc(Group::Host) != index);  // not known to be settled
  CHECK(registry.alloc(Group::Cluster, true) != index);
  CHECK_EQ(registry.alloc(Group::Host, true), index);
  CHECK_EQ(valuesOf(registry, index, h::kCount)[h::rq_total], 0.0);
  CHECK(registry.alloc(Group::Host, true) != index);  // only once
}

TEST(a_number_taken_for_good_never_comes_back) {
  stats::Registry registry;
  stats::Rows rows(registry);
  uint32_t index = registry.alloc(Group::Host);
  rows.block(index, Group::Host);
  registry.release(index);
  registry.published();
  for (int i = 0; i < 20; i++) CHECK(registry.alloc(Group::Host, true) != index);
}

TEST(what_is_held_does_not_block_the_queue) {
  stats::Registry registry;
  stats::Rows rows(registry);
  std::vector<uint32_t> held;
  for (int i = 0; i < 30; i++) {
    held.push_back(registry.alloc(Group::Host));
    rows.hold(held.back(), Group::Host);
  }
  uint32_t loose = registry.alloc(Group::Host);
  for (uint32_t index : held) registry.release(index);
  registry.release(loose);
  registry.published();
  bool found = false;
  for (int i = 0; i < 10 && !found; i++) found = registry.alloc(Group::Host, true) == loose;
  CHECK(found);
}

TEST(what_an_earlier_process_has_counted_is_added) {
  stats::Registry registry;
  stats::Rows rows(registry, 0);
  uint32_t index = registry.alloc(Group::Cluster);
  stats::Block* block = rows.block(index, Group::Cluster);
  stats::inc(block, c::upstream_rq_total);
  std::vector<double> carried(c::kCount);
  carried[c::upstream_rq_total] = 40;
  carried[c::upstream_cx_active] = 3;
  registry.carry(index, carried.data());
  CHECK_EQ(valueOf(registry, index, c::upstream_rq_total), 41.0);
  CHECK_EQ(valueOf(registry, index, c::upstream_cx_active), 3.0);
  // Limits are this process's own.
  CHECK_EQ(registry.sum(index, c::upstream_cx_active), uint64_t{0});
  CHECK_EQ(registry.rowCount(), size_t{1});
  carried[c::upstream_rq_total] = 50;
  carried[c::upstream_cx_active] = 0;
  registry.carry(index, carried.data());
  CHECK_EQ(valueOf(registry, index, c::upstream_rq_total), 51.0);
  CHECK_EQ(valueOf(registry, index, c::upstream_cx_active), 0.0);
  registry.resetCounters();
  stats::inc(block, c::upstream_rq_total);
  CHECK_EQ(valueOf(registry, index, c::upstream_rq_total), 1.0);
  registry.carry(index + 1, carried.data());  // there is no such block
}

TEST(an_idle_cluster_costs_next_to_nothing) {
  stats::Registry registry;
  stats::Rows rows(registry);
  uint32_t last = 0;
  for (int i = 0; i < 10000; i++) last = registry.alloc(Group::Cluster);
  CHECK_EQ(valueOf(registry, last, c::upstream_rq_total), 0.0);
  registry.resetCounters();
  std::vector<double> out(c::kCount);
  CHECK(sizeof(stats::Block) + c::kCount * 8 < 2048);
}

// Workers count and come and go while the primary reads, resets and allocates: for TSan.
TEST(readers_and_writers_do_not_meet) {
  constexpr int kWorkers = 3, kRounds = 200, kBlocks = 40;
  stats::Registry registry;
  std::vector<uint32_t> numbers;
  for (int i = 0; i < kBlocks; i++) numbers.push_back(registry.alloc(Group::Cluster));
  std::atomic<int> running{kWorkers};
  std::vector<std::thread> workers;
  for (int w = 0; w < kWorkers; w++) {
    workers.emplace_back([&, w] {
      for (int life = 0; life < 3; life++) {
        stats::Rows rows(registry, w);
        for (int round = 0; round < kRounds; round++) {
          stats::Block* block = rows.hold(numbers[round % kBlocks], Group::Cluster);
          stats::inc(block, c::upstream_rq_total);
          stats::inc(block, c::upstream_rq_active);
          stats::record(block, c::upstream_rq_time, static_cast<uint64_t>(round * 37));
          stats::countCode(block, c::upstream_rq, 200 + round % 5 * 100);
          registry.sum(numbers[0], c::upstream_rq_active);
          stats::dec(block, c::upstream_rq_active);
          rows.letGo(block);
        }
      }
      running--;
    });
  }
  double last = 0;
  while (running > 0) {
    double total = 0;
    for (uint32_t index : numbers) {
      total += valueOf(registry, index, c::upstream_rq_total);
      registry.histogram(index, c::upstream_rq_time);
      registry.codes(index, c::upstream_rq);
    }
    CHECK(total >= last);
    last = total;
    registry.release(registry.alloc(Group::Cluster, true));
    registry.published();
  }
  for (std::thread& worker : workers) worker.join();
  double total = 0, active = 0, codes = 0;
  for (uint32_t index : numbers) {
    total += valueOf(registry, index, c::upstream_rq_total);
    active += valueOf(registry, index, c::upstream_rq_active);
    std::vector<double> pairs = registry.codes(index, c::upstream_rq);
    for (size_t i = 1; i < pairs.size(); i += 2) codes += pairs[i];
  }
  CHECK_EQ(total, 1.0 * kWorkers * 3 * kRounds);
  CHECK_EQ(codes, total);
  CHECK_EQ(active, 0.0);
}
