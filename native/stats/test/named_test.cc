#include "stats/named.h"

#include <vector>

#include "base/test.h"

using namespace attache;
using stats::Group;

TEST(names_have_a_block_as_long_as_somebody_holds_them) {
  stats::Registry registry;
  stats::NamedBlocks named(registry);
  std::string told;
  named.setTold([&](bool added, uint32_t, Group group, std::string_view name) {
    CHECK(group == Group::Grpc);
    told.append(added ? "+" : "-").append(name).append(" ");
  });
  uint32_t one = named.acquire(Group::Grpc, "one", false);
  CHECK_EQ(named.acquire(Group::Grpc, "one", false), one);
  CHECK(named.acquire(Group::Grpc, "two", false) != one);
  named.release(Group::Grpc, "one");
  CHECK_EQ(told, std::string("+one +two "));
  named.release(Group::Grpc, "one");
  named.release(Group::Grpc, "one");  // nobody holds it
  CHECK_EQ(told, std::string("+one +two -one "));
  registry.published();
  // Its number serves the next name, without what was counted.
  CHECK_EQ(named.acquire(Group::Grpc, "three", true), one);
}

TEST(what_a_name_counted_is_gone_with_it) {
  stats::Registry registry;
  stats::NamedBlocks named(registry);
  stats::Rows rows(registry, 0);
  uint32_t index = named.acquire(Group::Grpc, "a", false);
  stats::Block* block = rows.hold(index, Group::Grpc);
  stats::inc(block, stats::grpc::status_5);
  stats::inc(block, stats::grpc::total, 2);
  std::vector<double> values(stats::grpc::kCount);
  registry.read(index, values.data());
  CHECK_EQ(values[stats::grpc::status_5], 1.0);
  CHECK_EQ(values[stats::grpc::total], 2.0);
  rows.letGo(block);
  named.release(Group::Grpc, "a");
  registry.published();
  CHECK_EQ(named.acquire(Group::Grpc, "b", true), index);
  registry.read(index, values.data());
  CHECK_EQ(values[stats::grpc::total], 0.0);
}
