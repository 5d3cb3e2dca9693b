// A loop of ours inside a Node thread's libuv loop: its epoll descriptor is one more thing that
// libuv watches, its next timer one libuv timer.
#pragma once

#include <node_api.h>
#include <uv.h>

#include "io/loop.h"

namespace attache::binding {

class NestedLoop {
 public:
  using Hook = void (*)(void* self);
  // On the thread of `env`. `after_turn` is called when the loop has done something; may be null.
  static NestedLoop* start(napi_env env, io::Loop& loop, Hook after_turn, void* self);
  // Lets go of the loop at once, and deletes itself when libuv has let go of this.
  void stop();
  // Whether the thread goes on because of it; it does from the start.
  void keepAlive(bool keep);

 private:
  NestedLoop(io::Loop& loop, Hook after_turn, void* self)
      : loop_(&loop), after_turn_(after_turn), self_(self) {}
  void turned();
  static void onReadable(uv_poll_t* handle, int status, int events);
  static void onTimer(uv_timer_t* handle);
  static void onClosed(uv_handle_t* handle);
  io::Loop* loop_;  // null: stopped
  Hook after_turn_;
  void* self_;
  uv_poll_t poll_;
  uv_timer_t timer_;
  int open_handles_ = 2;
  uint64_t armed_for_ = 0;
};

}  // namespace attache::binding
