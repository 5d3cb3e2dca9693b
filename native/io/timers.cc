#include "io/timers.h"

#include <bit>

namespace attache::io {

namespace {
constexpr int kShift[] = {0, 8, 14, 20};
constexpr uint64_t kMask[] = {255, 63, 63, 63};
constexpr uint64_t kFirst[] = {0, 256, 320, 384};  // slot of each wheel
constexpr uint64_t kReach = uint64_t{1} << 26;     // ticks that the wheels span
}  // namespace

void Timers::place(Timer& timer) {
  uint64_t ahead = timer.deadline_ > tick_ ? timer.deadline_ - tick_ : 0;
  int level = ahead < 256 ? 0 : ahead < (1u << 14) ? 1 : ahead < (1u << 20) ? 2 : 3;
  uint64_t at = kFirst[level] + ((timer.deadline_ >> kShift[level]) & kMask[level]);
  slots_[at].pushBack(&timer);
  used_[at / 64] |= uint64_t{1} << (at % 64);
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
  Slot& from = slots_[kFirst[level] + ((tick_ >> kShift[level]) & kMask[level])];
  // Everything is taken out first: a timer may be placed into the same slot, a turn later.
  Slot moving;
  while (Timer* timer = from.popFront()) moving.pushBack(timer);
  while (Timer* timer = moving.popFront()) place(*timer);
}

void Timers::advance(uint64_t now_ms) {
  uint64_t target = now_ms / kTickMs;
  while (tick_ < target) {
    // Between here and there nothing is due and nothing cascades.
    uint64_t next = nextTick();
    if (!next || next > target) break;
    tick_ = next;
    for (int level = 1; level < kLevels; level++) {
      if (tick_ & ((uint64_t{1} << kShift[level]) - 1)) break;
      cascade(level);
    }
    Slot& due = slots_[tick_ & 255];
    while (Timer* timer = due.popFront()) timer->callback_(timer->self_);
  }
  if (tick_ < target) tick_ = target;
}

uint64_t Timers::nextUsed(int level, uint64_t index) {
  const uint64_t size = kMask[level] + 1;
  uint64_t* bits = used_ + kFirst[level] / 64;
  for (uint64_t step = 1; step <= size;) {
    uint64_t at = (index + step) & kMask[level];
    uint64_t word = bits[at / 64] >> (at % 64);
    if (word == 0) {
      step += 64 - at % 64;
      continue;
    }
    uint64_t skip = static_cast<uint64_t>(std::countr_zero(word));
    step += skip;
    at += skip;
    if (step > size) break;
    if (!slots_[kFirst[level] + at].empty()) return step;
    bits[at / 64] &= ~(uint64_t{1} << (at % 64));
    step++;
  }
  return 0;
}

uint64_t Timers::nextTick() {
  uint64_t first = 0;
  for (int level = 0; level < kLevels; level++) {
    uint64_t turn = tick_ >> kShift[level];
    uint64_t turns = nextUsed(level, turn);
    uint64_t at = (turn + turns) << kShift[level];
    if (turns && (!first || at < first)) first = at;
  }
  return first;
}

int64_t Timers::nextIn(uint64_t now_ms) {
  uint64_t at = nextTick();
  if (!at) return -1;
  uint64_t when = at * kTickMs;
  return when > now_ms ? static_cast<int64_t>(when - now_ms) : 0;
}

}  // namespace attache::io
