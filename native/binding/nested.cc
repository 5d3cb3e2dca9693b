#include "binding/nested.h"

#include "binding/napi.h"

namespace attache::binding {

NestedEngine::NestedEngine(napi_env env, Process& process, uint32_t index, napi_value on_exit)
    : env_(env), index_(index), engine_(new Engine(process, index)) {
  napi_create_reference(env, on_exit, 1, &on_exit_);
  napi_async_init(env, nullptr, text(env, "attache.engine"), &context_);
  loop_ = NestedLoop::start(env, engine_->worker.loop, nullptr, nullptr);
  uv_loop_t* loop = nullptr;
  napi_get_uv_event_loop(env, &loop);
  uv_async_init(loop, &stop_, onStop);
  stop_.data = this;
}

NestedEngine* NestedEngine::start(napi_env env, Process& process, uint32_t index,
                                  napi_value on_exit) {
  return new NestedEngine(env, process, index, on_exit);
}

void NestedEngine::onStop(uv_async_t* handle) {
  static_cast<NestedEngine*>(handle->data)->close(true);
}

void NestedEngine::stop() {
  uv_async_send(&stop_);
}

void NestedEngine::abandon() {
  close(false);
}

void NestedEngine::close(bool call) {
  if (closing_) return;
  closing_ = true;
  call_ = call;
  loop_->stop();
  delete engine_;
  engine_ = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&stop_), onClosed);
}

void NestedEngine::onClosed(uv_handle_t* handle) {
  auto* self = static_cast<NestedEngine*>(handle->data);
  if (self->call_) {
    napi_env env = self->env_;
    napi_handle_scope scope;
    napi_open_handle_scope(env, &scope);
    napi_value callback, global, result;
    napi_get_reference_value(env, self->on_exit_, &callback);
    napi_get_global(env, &global);
    napi_make_callback(env, self->context_, global, callback, 0, nullptr, &result);
    napi_delete_reference(env, self->on_exit_);
    napi_async_destroy(env, self->context_);
    napi_close_handle_scope(env, scope);
  }
  delete self;
}

}  // namespace attache::binding
