// Publishing, pinning and giving back, on one thread: the order of events is the test's.
#include "tables/records.h"

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/test.h"
#include "tables/generated/layout.h"
#include "tables/pins.h"

namespace attache::tables {
namespace {

constexpr size_t kSlab = 1 << 20;

// A record without anything behind its struct.
template <class T>
struct Plain {
  T record{};
  Plain() { record.header = {T::kKind, sizeof(T)}; }
  Records::Input input(uint32_t id) const {
    return {static_cast<uint32_t>(T::kKind),
            id,
            {reinterpret_cast<const uint8_t*>(this), sizeof *this},
            {},
            {},
            {}};
  }
};

struct Scene {
  std::unique_ptr<std::max_align_t[]> memory{
      new std::max_align_t[kSlab / sizeof(std::max_align_t)]};
  Records records;
  std::string why;
  std::vector<uint32_t> refs;
  Scene() { records.addSlab(memory.get(), kSlab); }
  bool publish(std::vector<Records::Input> batch) { return records.publish(batch, &refs, &why); }
  uint32_t cluster(uint32_t id, uint32_t timeout) {
    Plain<Cluster> made;
    made.record.connect_timeout_ms = timeout;
    CHECK(publish({made.input(id)}));
    return refs[0];
  }
  uint32_t timeout(uint32_t id) {
    return records.get<Cluster>(records.current(id))->connect_timeout_ms;
  }
};

struct Worker {
  int woken = 0;
  Pins pins;
  std::vector<uint32_t> changed;
  explicit Worker(Records& records) : pins(records, [this] { woken++; }) {}
  void turn() {
    pins.process(100, [this](uint32_t id) { changed.push_back(id); });
  }
};

TEST(what_is_published_is_current) {
  Scene s;
  CHECK_EQ(s.records.current(7), 0u);
  s.cluster(7, 100);
  CHECK_EQ(s.timeout(7), 100u);
  CHECK_EQ(s.records.current(8), 0u);
  CHECK_EQ(s.records.current(UINT32_MAX), 0u);
  s.cluster(7, 200);
  CHECK_EQ(s.timeout(7), 200u);
  CHECK_EQ(s.records.stats().records, 1u);
  s.records.remove(7);
  CHECK_EQ(s.records.current(7), 0u);
  CHECK_EQ(s.records.stats().records, 0u);
  CHECK_EQ(s.records.stats().bytes, 0u);
  s.records.remove(7);
  s.records.remove(0);
  s.records.remove(UINT32_MAX);
}

TEST(a_pinned_version_stays_until_it_is_let_go) {
  Scene s;
  Worker worker(s.records);
  s.cluster(1, 100);
  Pinned* first = worker.pins.pin(1);
  CHECK(first == worker.pins.pin(1));
  s.cluster(1, 200);
  CHECK_EQ(worker.woken, 1);
  CHECK(!worker.pins.isCurrent(first));
  worker.turn();
  CHECK_EQ(worker.changed.size(), 1u);
  CHECK_EQ(first->as<Cluster>().connect_timeout_ms, 100u);
  CHECK_EQ(s.records.stats().retiring, 1u);
  Pinned* second = worker.pins.pin(1);
  CHECK(second != first);
  CHECK_EQ(second->as<Cluster>().connect_timeout_ms, 200u);
  worker.pins.unpin(first);
  CHECK_EQ(s.records.stats().retiring, 1u);
  worker.pins.unpin(first);
  CHECK_EQ(s.records.stats().retiring, 0u);
  CHECK_EQ(s.records.stats().records, 1u);
  worker.pins.unpin(second);
}

TEST(a_version_is_kept_for_the_slowest_worker) {
  Scene s;
  Worker fast(s.records);
  auto slow = std::make_unique<Worker>(s.records);
  s.cluster(1, 100);
  Pinned* held = slow->pins.pin(1);
  s.cluster(1, 200);
  fast.turn();
  CHECK_EQ(s.records.stats().records, 2u);
  slow->turn();
  CHECK_EQ(s.records.stats().records, 2u);
  CHECK_EQ(held->as<Cluster>().connect_timeout_ms, 100u);
  // A worker that ends has let go of everything, asked or not.
  s.cluster(1, 300);
  fast.turn();
  CHECK_EQ(s.records.stats().records, 3u);
  slow.reset();
  CHECK_EQ(s.records.stats().records, 1u);
  CHECK_EQ(s.timeout(1), 300u);
}

TEST(removed_while_pinned) {
  Scene s;
  Worker worker(s.records);
  s.cluster(1, 100);
  Pinned* held = worker.pins.pin(1);
  s.records.remove(1);
  worker.turn();
  CHECK(worker.pins.pin(1) == nullptr);
  CHECK_EQ(held->as<Cluster>().connect_timeout_ms, 100u);
  CHECK_EQ(s.records.stats().records, 1u);
  worker.pins.unpin(held);
  CHECK_EQ(s.records.stats().records, 0u);
}

TEST(many_that_go_at_once_are_looked_at_a_few_at_a_time) {
  Scene s;
  Worker worker(s.records);
  for (uint32_t id = 1; id <= 1000; id++) s.cluster(id, id);
  Pinned* held = worker.pins.pin(500);
  for (uint32_t id = 1; id <= 1000; id++) s.records.remove(id);
  while (worker.woken > 0) {
    worker.woken = 0;
    for (int i = 0; i < 20; i++) worker.turn();
  }
  // One stands in the way of no other: their memory comes back.
  for (int i = 0; i < 1000 / 64 + 2; i++) CHECK(!s.records.settled());
  CHECK_EQ(held->as<Cluster>().connect_timeout_ms, 500u);
  worker.pins.unpin(held);
  CHECK(s.records.settled());
  CHECK_EQ(s.records.stats().records, 0u);
}

// A route table of one virtual host; children and shared are pairs of offset and record.
struct Table {
  struct Image {
    RouteConfig config{};
    VirtualHostRef host{};
    uint32_t padding = 0;
  } image;
  static constexpr uint32_t kRefAt = offsetof(Image, host);
  std::vector<uint32_t> pairs;
  explicit Table(uint32_t target) : pairs{kRefAt, target} {
    image.config.header = {RecordKind::RouteConfig, sizeof(Image)};
    image.config.virtual_hosts = {
        static_cast<int32_t>(kRefAt - offsetof(RouteConfig, virtual_hosts)), 1};
  }
  Records::Input input(uint32_t id) const {
    return {static_cast<uint32_t>(RecordKind::RouteConfig),
            id,
            {reinterpret_cast<const uint8_t*>(&image), sizeof image},
            {},
            {},
            {}};
  }
  Records::Input withChild(uint32_t id) const {
    Records::Input made = input(id);
    made.children = pairs;
    return made;
  }
  Records::Input withShared(uint32_t id) const {
    Records::Input made = input(id);
    made.shared = pairs;
    return made;
  }
};
static_assert(sizeof(Table::Image) % 8 == 0);

TEST(children_live_as_long_as_what_holds_them) {
  Scene s;
  Plain<VirtualHost> host;
  Table table(0);
  CHECK(s.publish({host.input(0), table.withChild(5)}));
  uint32_t child = s.refs[0];
  const auto* config = s.records.get<RouteConfig>(s.records.current(5));
  CHECK_EQ(config->virtual_hosts[0].host, child);
  CHECK(s.records.get<VirtualHost>(child)->header.kind == RecordKind::VirtualHost);
  // The next version shares it.
  Table next(child);
  CHECK(s.publish({next.withShared(5)}));
  CHECK_EQ(s.records.stats().records, 2u);
  CHECK_EQ(s.records.get<RouteConfig>(s.records.current(5))->virtual_hosts[0].host, child);
  s.records.remove(5);
  CHECK_EQ(s.records.stats().records, 0u);
  CHECK_EQ(s.records.stats().bytes, 0u);
}

TEST(a_reference_that_nobody_vouches_for) {
  Scene s;
  Plain<VirtualHost> host;
  Plain<Cluster> cluster;
  Table table(0);
  CHECK(s.publish({host.input(0), table.withChild(5)}));
  uint32_t child = s.refs[0];
  size_t records = s.records.stats().records;
  // Written into the bytes, where nothing keeps the record alive.
  Table sneaky(0);
  sneaky.image.host.host = child;
  CHECK(!s.publish({sneaky.input(6)}));
  CHECK(s.why.find("does not belong") != std::string::npos);
  // A record of another kind.
  CHECK(!s.publish({cluster.input(0), table.withChild(6)}));
  CHECK(s.why.find("does not belong") != std::string::npos);
  // One that comes later, or is not there at all, or is put where there is no room.
  CHECK(!s.publish({Table(1).withChild(6), host.input(0)}));
  CHECK(!s.publish({Table(12345).withShared(6)}));
  Table outside(0);
  outside.pairs[0] = sizeof(Table::Image);
  CHECK(!s.publish({host.input(0), outside.withChild(6)}));
  outside.pairs[0] = Table::kRefAt + 2;
  CHECK(!s.publish({host.input(0), outside.withChild(6)}));
  CHECK_EQ(s.records.current(6), 0u);
  CHECK_EQ(s.records.stats().records, records);
}

TEST(all_of_a_batch_or_nothing) {
  Scene s;
  s.cluster(1, 100);
  Plain<Cluster> good, bad;
  bad.record.lb_policy = static_cast<LbPolicy>(99);
  CHECK(!s.publish({good.input(1), good.input(2), bad.input(3)}));
  CHECK(s.why.find("out of its range") != std::string::npos);
  CHECK_EQ(s.timeout(1), 100u);
  CHECK_EQ(s.records.current(2), 0u);
  CHECK_EQ(s.records.stats().records, 1u);
  CHECK(!s.publish({good.input(Records::kMaxIds)}));
}

TEST(a_full_slab_asks_for_another) {
  Scene s;
  std::vector<uint8_t> large(kSlab / 2, 0);
  Plain<Endpoints> endpoints;
  endpoints.record.header.size = static_cast<uint32_t>(large.size());
  std::memcpy(large.data(), &endpoints, sizeof endpoints);
  Records::Input input{static_cast<uint32_t>(RecordKind::Endpoints), 1, large, {}, {}, {}};
  CHECK(s.publish({input}));
  input.id = 2;
  CHECK(!s.publish({input}));
  CHECK_EQ(s.why, "slab");
  std::unique_ptr<std::max_align_t[]> more(new std::max_align_t[kSlab / sizeof(std::max_align_t)]);
  s.records.addSlab(more.get(), kSlab);
  CHECK(s.publish({input}));
  CHECK_EQ(s.records.stats().slabs, 2u);
  CHECK(s.records.get<Endpoints>(s.records.current(2))->header.kind == RecordKind::Endpoints);
}

TEST(memory_stays_flat_over_many_replacements) {
  Scene s;
  Worker worker(s.records);
  s.cluster(1, 1);
  for (uint32_t i = 0; i < 100000; i++) {
    Pinned* held = worker.pins.pin(1);
    s.cluster(1, i);
    worker.turn();
    worker.pins.unpin(held);
  }
  CHECK_EQ(s.records.stats().slabs, 1u);
  CHECK(s.records.stats().records <= 2);
  CHECK_EQ(s.timeout(1), 99999u);
}

}  // namespace
}  // namespace attache::tables
