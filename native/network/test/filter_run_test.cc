// Filters before the last one of a chain: in what order they are asked, how they pause, what of the
// bytes passes.
#include "network/filter_run.h"

#include <cctype>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/test.h"
#include "worker/process.h"
#include "worker/worker.h"

using namespace attache;
using network::FilterContext;
using network::FilterStatus;

namespace {

// What a filter does, and what has happened to it.
struct Plan {
  char name;
  FilterStatus connection = FilterStatus::Continue;
  bool close_connection = false;
  size_t wants = 0;  // it pauses until so many bytes are there
  bool upper = false, close_data = false;
  std::string* log = nullptr;
  FilterContext* context = nullptr;
};

FilterStatus onNewConnection(void* self) {
  auto* plan = static_cast<Plan*>(self);
  plan->log->append("c").push_back(plan->name);
  if (plan->close_connection) plan->context->close(0);
  return plan->connection;
}

FilterStatus onData(void* self, Buffer& data, bool end) {
  auto* plan = static_cast<Plan*>(self);
  plan->log->append(end ? "e" : "d").push_back(plan->name);
  if (plan->close_data) plan->context->close(0);
  if (data.size() < plan->wants) return FilterStatus::Pause;
  if (plan->upper) {
    std::string text = data.str();
    for (char& c : text) c = static_cast<char>(std::toupper(c));
    data.clear();
    data.append(text);
  }
  return FilterStatus::Continue;
}

void* create(FilterContext& context, const void* config, void*) {
  auto* plan = static_cast<Plan*>(const_cast<void*>(config));
  plan->context = &context;
  return plan;
}

void onDestroy(void* self) {
  auto* plan = static_cast<Plan*>(self);
  plan->log->append("x").push_back(plan->name);
}

constexpr network::FilterHooks kBoth{"both", nullptr, create, onNewConnection, onData, onDestroy};
constexpr network::FilterHooks kDataLess{"less",          nullptr, create,
                                         onNewConnection, nullptr, onDestroy};

struct Scene {
  explicit Scene(std::vector<Plan> all, const network::FilterHooks& hooks = kBoth,
                 size_t limit = 1 << 20)
      : plans(std::move(all)) {
    for (Plan& plan : plans) {
      plan.log = &log;
      entries.push_back({&hooks, &plan, nullptr});
    }
    run = std::make_unique<network::FilterRun>(worker, entries, -1, nullptr, worker.buffers, limit);
    run->setHost({this, [](void* self) { static_cast<Scene*>(self)->log += "passed"; },
                  [](void* self) { static_cast<Scene*>(self)->log += "readable"; },
                  [](void* self) {
                    auto* scene = static_cast<Scene*>(self);
                    scene->log += "closed";
                    scene->run = nullptr;
                  }});
  }
  std::string taken() {
    char bytes[64];
    return {bytes, run->take(bytes, sizeof bytes)};
  }
  std::string logged() { return std::exchange(log, {}); }
  Process process;
  Worker worker{process, 0};
  std::string log;
  std::vector<Plan> plans;
  std::vector<network::FilterEntry> entries;
  std::unique_ptr<network::FilterRun> run;
};

}  // namespace

TEST(filters_of_a_connection_in_order) {
  Scene scene({{.name = '1'}, {.name = '2'}});
  CHECK(scene.run->begin());
  CHECK_EQ(scene.logged(), "c1c2");
  CHECK(scene.run->feed("abc", 3, false));
  CHECK_EQ(scene.logged(), "d1d2");
  CHECK_EQ(scene.taken(), "abc");
  CHECK(!scene.run->takeEnd());
  CHECK(scene.run->feed("", 0, true));
  CHECK(scene.run->takeEnd());
  CHECK(!scene.run->takeEnd());
  scene.run = nullptr;
  CHECK_EQ(scene.logged(), "e1e2x1x2");
}

TEST(a_connection_waits_for_the_filter_that_has_paused) {
  Scene scene({{.name = '1'}, {.name = '2', .connection = FilterStatus::Pause}, {.name = '3'}});
  CHECK(!scene.run->begin());
  CHECK_EQ(scene.logged(), "c1c2");
  scene.plans[0].context->resume();  // not its turn
  scene.plans[2].context->resume();
  CHECK_EQ(scene.logged(), "");
  scene.plans[1].context->resume();
  CHECK_EQ(scene.logged(), "c3passed");
  scene.plans[1].context->resume();
  CHECK_EQ(scene.logged(), "");
}

TEST(filters_close_connections) {
  Scene first({{.name = '1', .close_connection = true}, {.name = '2'}});
  CHECK(!first.run->begin());
  CHECK_EQ(first.logged(), "c1closedx1x2");
  Scene later({{.name = '1', .connection = FilterStatus::Pause}});
  CHECK(!later.run->begin());
  later.plans[0].context->close(0);
  CHECK_EQ(later.logged(), "c1closedx1");
  Scene data({{.name = '1', .close_data = true}, {.name = '2'}});
  CHECK(data.run->begin());
  CHECK(!data.run->feed("a", 1, false));
  CHECK_EQ(data.logged(), "c1c2d1closedx1x2");
}

// As in Envoy the first filter is asked again with all that is there when more comes.
TEST(bytes_are_held_back_and_changed) {
  Scene scene({{.name = '1', .upper = true}, {.name = '2', .wants = 4}, {.name = '3'}});
  CHECK(scene.run->begin());
  scene.logged();
  CHECK(scene.run->feed("ab", 2, false));
  CHECK_EQ(scene.logged(), "d1d2");
  CHECK_EQ(scene.taken(), "");
  CHECK(scene.run->feed("cd", 2, false));
  CHECK_EQ(scene.logged(), "d1d2d3");
  CHECK_EQ(scene.taken(), "ABCD");
  CHECK(scene.run->feed("e", 1, true));
  CHECK_EQ(scene.taken(), "");
  CHECK(!scene.run->takeEnd());
  scene.logged();
  scene.plans[1].context->resume();
  CHECK_EQ(scene.logged(), "e3readable");
  CHECK(!scene.run->takeEnd());  // the bytes come first
  CHECK_EQ(scene.taken(), "E");
  CHECK(scene.run->takeEnd());
}

TEST(what_is_held_back_has_a_limit) {
  Scene scene({{.name = '1', .wants = 100}}, kBoth, 4);
  CHECK(scene.run->begin());
  CHECK(scene.run->wantsData());
  CHECK(scene.run->feed("abc", 3, false));
  CHECK(!scene.run->full());
  CHECK(scene.run->feed("d", 1, false));
  CHECK(scene.run->full());
  CHECK(!Scene({{.name = '1'}}, kDataLess).run->wantsData());
}
