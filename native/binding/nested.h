// An engine inside a Node thread's libuv loop.
#pragma once

#include <node_api.h>
#include <uv.h>

#include "binding/nested_loop.h"
#include "worker/engine.h"

namespace attache::binding {

class NestedEngine {
 public:
  // On the thread of `env`. Deletes itself after stop() has run and `on_exit` was called.
  static NestedEngine* start(napi_env env, Process& process, uint32_t index, napi_value on_exit);
  Engine& engine() { return *engine_; }
  uint32_t index() const { return index_; }
  // From any thread.
  void stop();
  // The thread is going away without a stop (exit, out of memory): engine first, no callback.
  void abandon();

 private:
  NestedEngine(napi_env env, Process& process, uint32_t index, napi_value on_exit);
  void close(bool call);
  static void onStop(uv_async_t* handle);
  static void onClosed(uv_handle_t* handle);
  napi_env env_;
  napi_ref on_exit_ = nullptr;
  napi_async_context context_ = nullptr;
  uint32_t index_;
  Engine* engine_;
  NestedLoop* loop_;
  uv_async_t stop_;
  bool call_ = false;
  bool closing_ = false;
};

}  // namespace attache::binding
