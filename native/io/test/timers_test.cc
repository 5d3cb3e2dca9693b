#include "io/timers.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "base/random.h"
#include "base/test.h"

using attache::Random;
using attache::io::Timer;
using attache::io::Timers;

namespace {

struct Probe {
  Probe() : timer(onFire, this) {}
  static void onFire(void* self) { static_cast<Probe*>(self)->fired++; }
  Timer timer;
  uint64_t due = 0;  // no earlier than this
  bool expected = false;
  int fired = 0;
};

// Delays that reach every wheel, most of them short.
uint64_t delayOf(Random& random) {
  static constexpr uint64_t kLimits[] = {10, 1000, 70'000, 5'000'000, 250'000'000};
  return random.below(kLimits[random.below(5)]);
}

}  // namespace

// Against a list that is searched: a loop that sleeps as long as nextIn() says and does other
// things meanwhile fires each timer once, never early, and at most two ticks late.
TEST(timers_fire_once_in_time_whatever_is_armed_and_cancelled) {
  for (uint64_t seed = 1; seed <= 40; seed++) {
    Random random(seed);
    uint64_t now = 1'000'000 + random.below(100'000'000);
    Timers timers(now);
    std::vector<std::unique_ptr<Probe>> probes;
    for (int i = 0; i < 60; i++) probes.push_back(std::make_unique<Probe>());
    bool early = false, late = false, twice = false, asleep = false;
    for (int step = 0; step < 2000; step++) {
      Probe& probe = *probes[random.below(probes.size())];
      switch (random.below(4)) {
        case 0:
        case 1: {
          uint64_t delay = delayOf(random);
          timers.arm(probe.timer, now, delay);
          probe.due = now + delay;
          probe.expected = true;
          probe.fired = 0;
          break;
        }
        case 2:
          probe.timer.cancel();
          probe.expected = false;
          break;
        default:
          break;
      }
      int64_t wait = timers.nextIn(now);
      bool armed =
          std::any_of(probes.begin(), probes.end(), [](auto& p) { return p->timer.armed(); });
      asleep |= armed != (wait >= 0);
      if (wait < 0) continue;
      // An event may end the sleep before its time.
      uint64_t slept = static_cast<uint64_t>(wait);
      if (random.below(3) == 0) slept = random.below(slept + 1);
      now += slept;
      timers.advance(now);
      for (auto& p : probes) {
        if (!p->expected) {
          twice |= p->fired != 0;
          continue;
        }
        early |= p->fired && now < p->due;
        twice |= p->fired > 1;
        late |= !p->fired && now > p->due + 2 * Timers::kTickMs;
        if (p->fired) p->expected = false, p->fired = 0;
      }
    }
    CHECK(!early);
    CHECK(!late);
    CHECK(!twice);
    CHECK(!asleep);
  }
}

TEST(timers_without_timers_never_wake) {
  Timers timers(12345);
  CHECK_EQ(timers.nextIn(12345), -1);
  Probe probe;
  timers.arm(probe.timer, 12345, 100'000);
  CHECK(timers.nextIn(12345) > 0);
  probe.timer.cancel();
  CHECK_EQ(timers.nextIn(12345), -1);
}

// Both wait in coarse wheels: the later one, armed at the end of a wheel's turn, must not hide the
// earlier one, which lies in a wheel above it.
TEST(timers_of_a_finer_wheel_do_not_hide_an_earlier_one) {
  for (int shift : {14, 20}) {
    const uint64_t turn = (uint64_t{1} << shift) * Timers::kTickMs;
    uint64_t now = 3 * turn;
    Timers timers(now);
    Probe earlier, later;
    timers.arm(earlier.timer, now, 2 * turn + 20);
    now += 2 * turn - (turn >> 6);
    timers.advance(now);
    timers.arm(later.timer, now, turn >> 5);
    CHECK_EQ(earlier.fired, 0);
    const uint64_t due = 5 * turn + 20;
    while (!earlier.fired && now <= due + 2 * Timers::kTickMs) {
      int64_t wait = timers.nextIn(now);
      CHECK(wait >= 0);
      if (wait < 0) break;
      now += static_cast<uint64_t>(wait);
      timers.advance(now);
    }
    CHECK_EQ(earlier.fired, 1);
    CHECK(now >= due);
    CHECK(now <= due + 2 * Timers::kTickMs);
  }
}
