// What a loop runs, and that it wakes for it.
#include "io/loop.h"

#include <poll.h>

#include "base/test.h"

namespace attache::io {
namespace {

// Asks for itself again, a few times.
struct Repeats {
  explicit Repeats(Loop& loop) : loop(loop), item(run, this) {}
  static void run(void* self) {
    auto* repeats = static_cast<Repeats*>(self);
    if (++repeats->runs < 5) repeats->loop.again(repeats->item);
  }
  Loop& loop;
  Again item;
  int runs = 0;
};

bool readable(const Loop& loop) {
  pollfd fd{loop.fd(), POLLIN, 0};
  return poll(&fd, 1, 0) == 1;
}

}  // namespace

TEST(loop_again_wakes_every_turn) {
  Loop loop;
  Repeats repeats(loop);
  loop.again(repeats.item);
  for (int turns = 1; turns <= 5; turns++) {
    CHECK(readable(loop));
    loop.turn(0);
    CHECK_EQ(repeats.runs, turns);
  }
  loop.turn(0);
  CHECK(!readable(loop));
}

TEST(loop_again_of_what_is_gone) {
  Loop loop;
  Repeats stays(loop);
  {
    Repeats goes(loop);
    loop.again(goes.item);
    loop.again(stays.item);
  }
  loop.turn(0);
  CHECK_EQ(stays.runs, 1);
}

}  // namespace attache::io
