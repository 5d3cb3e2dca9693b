// Timers in four wheels of 4 ms, 1 s, 65 s and 70 min turns: arming and cancelling cost a few
// loads and stores, whatever their number, because nearly every timer of a proxy is cancelled.
#pragma once

#include <cstdint>

#include "base/list.h"

namespace attache::io {

struct TimerTag;

// Something that fires once. Armed and cancelled through Timers; cancelled when destroyed.
class Timer : public Link<TimerTag> {
 public:
  using Callback = void (*)(void* self);
  Timer(Callback callback, void* self) : callback_(callback), self_(self) {}
  ~Timer() { cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  bool armed() const { return linked(); }
  void cancel() { unlink(); }

 private:
  friend class Timers;
  Callback callback_;
  void* self_;
  uint64_t deadline_ = 0;  // tick
};

class Timers {
 public:
  static constexpr uint64_t kTickMs = 4;
  explicit Timers(uint64_t now_ms) : tick_(now_ms / kTickMs) {}

  // Fires `timer` no earlier than `delay_ms` from `now_ms`, at most about two ticks later
  // (delays above 74 hours fire then). Re-arms one that is armed.
  void arm(Timer& timer, uint64_t now_ms, uint64_t delay_ms);
  // Runs what is due. Callbacks may arm and cancel any timer.
  void advance(uint64_t now_ms);
  // Milliseconds until the wheel wants to be advanced, -1 when nothing is armed.
  int64_t nextIn(uint64_t now_ms);

 private:
  static constexpr int kLevels = 4;
  using Slot = List<Timer, TimerTag>;
  void place(Timer& timer);
  void cascade(int level);
  // How many slots after `index` the first used one of that wheel comes, 1 to its size; 0: none.
  uint64_t nextUsed(int level, uint64_t index);
  // The first tick at which something may be due or a slot cascades; 0: nothing is armed. Each
  // wheel is asked: a coarser one may hold what comes before everything in the finer ones.
  uint64_t nextTick();

  uint64_t tick_;
  // The wheels one behind the other, see kFirst.
  static constexpr int kSlots = 256 + 3 * 64;
  Slot slots_[kSlots];
  // A bit for each slot that may have a timer: set when one is placed, cleared when a look finds
  // the slot empty, so that cancelling stays an unlink and nextIn() does not walk the wheels.
  uint64_t used_[kSlots / 64] = {};
};

}  // namespace attache::io
