#include "io/timers.h"

namespace attache::io {

namespace {
constexpr int kShift[] = {0, 8, 14, 20};
constexpr uint64_t kMask[] = {255, 63, 63, 63};
constexpr uint64_t kReach = uint64_t{1} << 26;  // ticks that the wheels span
}  // namespace

Timers::Slot& Timers::slot(int level, uint64_t index) {
  switch (level) {
    case 0:
      return wheel0_[index];
    case 1:
      return wheel1_[index];
    case 2:
      return wheel2_[index];
    default:
      return wheel3_[index];
  }
}

void Timers::place(Timer& timer) {
  uint64_t ahead = timer.deadline_ > tick_ ? timer.deadline_ - tick_ : 0;
  int level = ahead < 256 ? 0 : ahead < (1u << 14) ? 1 : ahead < (1u << 20) ? 2 : 3;
  slot(level, (timer.deadline_ >> kShift[level]) & kMask[level]).pushBack(&timer);
}

void Timers::arm(Timer& timer, uint64_t now_ms, uint64_t delay_ms) {
  timer.cancel();
  if (delay_ms > (kReach - 2) * kTickMs) delay_ms = (kReach - 2) * kTickMs;
  // One tick more: `now` lies somewhere inside its tick, and early is wrong where late is not.
  timer.deadline_ = (now_ms + delay_ms) / kTickMs + 1;
  if (timer.deadline_ <= tick_) timer.deadline_ = tick_ + 1;
  place(timer);
}

void Timers::cascade(int level) {
  Slot& from = slot(level, (tick_ >> kShift[level]) & kMask[level]);
  // Everything is taken out first: a timer may be placed into the same slot, a turn later.
  Slot moving;
  while (Timer* timer = from.popFront()) moving.pushBack(timer);
  while (Timer* timer = moving.popFront()) place(*timer);
}

void Timers::advance(uint64_t now_ms) {
  uint64_t target = now_ms / kTickMs;
  while (tick_ < target) {
    tick_++;
    for (int level = 1; level < kLevels; level++) {
      if (tick_ & ((uint64_t{1} << kShift[level]) - 1)) break;
      cascade(level);
    }
    Slot& due = wheel0_[tick_ & 255];
    while (Timer* timer = due.popFront()) timer->callback_(timer->self_);
  }
}

int64_t Timers::nextIn(uint64_t now_ms) const {
  uint64_t at = 0;
  for (uint64_t i = 1; i <= 256 && !at; i++) {
    // A wheel's turn ends where the next one has to be looked at: wake there at the latest.
    if (!wheel0_[(tick_ + i) & 255].empty()) at = tick_ + i;
  }
  uint64_t coarse = 0;
  auto look = [&](const Slot* wheel, int level) {
    for (uint64_t i = 1; i <= 64 && !coarse; i++) {
      uint64_t turn = (tick_ >> kShift[level]) + i;
      if (!wheel[turn & 63].empty()) coarse = turn << kShift[level];
    }
  };
  look(wheel1_, 1);
  if (!coarse) look(wheel2_, 2);
  if (!coarse) look(wheel3_, 3);
  // A coarser wheel may hold something that comes before: its slot is cascaded when reached, and
  // the next slot of wheel n+1 never begins before the first used slot of wheel n that follows.
  if (!at || (coarse && coarse < at)) at = coarse;
  if (!at) return -1;
  uint64_t when = at * kTickMs;
  return when > now_ms ? static_cast<int64_t>(when - now_ms) : 0;
}

}  // namespace attache::io
