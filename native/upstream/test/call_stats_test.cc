#include "upstream/call_stats.h"

#include <set>
#include <string>

#include "base/test.h"
#include "worker/process.h"
#include "worker/worker.h"

using namespace attache;
using upstream::CallStats;

TEST(calls_are_counted_by_name_until_there_are_too_many) {
  Process process;
  std::set<std::string> names;
  process.named_stats.setTold([&](bool added, uint32_t, stats::Group, std::string_view name) {
    added ? void(names.insert(std::string(name))) : void(names.erase(std::string(name)));
  });
  {
    Worker one(process, 0), two(process, 1);
    CallStats here(one, "shop"), there(two, "shop");
    stats::Block* first = here.block("grpc.a.b");
    CHECK(here.block("grpc.a.b") == first);
    CHECK(there.block("grpc.a.b") != first);
    CHECK(names == std::set<std::string>{"shop.grpc.a.b"});
    for (size_t i = 1; i < CallStats::kMost; i++) here.block("grpc.a." + std::to_string(i));
    CHECK_EQ(names.size(), CallStats::kMost);
    stats::Block* other = here.block("grpc.a.another");
    CHECK(here.block("grpc.b.another") == other);
    CHECK(here.block("grpc") == other);
    CHECK(here.block("grpc-web.b.another") != other);
    CHECK(here.block("grpc.a.b") == first);
    CHECK_EQ(names.size(), CallStats::kMost + 2);
    CHECK(names.contains("shop.grpc") && names.contains("shop.grpc-web"));
  }
  CHECK(names.empty());
}
