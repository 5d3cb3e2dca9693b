#include "binding/nested.h"

#include "binding/napi.h"

namespace attache::binding {

NestedEngine::NestedEngine(napi_env env, Process& process, uint32_t index, napi_value on_exit)
    : env_(env), index_(index), engine_(new Engine(process, index)) {
  napi_create_reference(env, on_exit, 1, &on_exit_);
  napi_async_init(env, nullptr, text(env, "attache.engine"), &context_);
  uv_loop_t* loop = nullptr;
  napi_get_uv_event_loop(env, &loop);
  uv_poll_init(loop, &poll_, engine_->worker.loop.fd());
  uv_timer_init(loop, &timer_);
  uv_async_init(loop, &stop_, onStop);
  poll_.data = timer_.data = stop_.data = this;
  uv_poll_start(&poll_, UV_READABLE, onReadable);
}

NestedEngine* NestedEngine::start(napi_env env, Process& process, uint32_t index,
                                  napi_value on_exit) {
  return new NestedEngine(env, process, index, on_exit);
}

void NestedEngine::armTimer() {
  if (closing_) return;
  int64_t in = engine_->worker.loop.nextTimerIn();
  if (in < 0) return;
  uint64_t when = engine_->worker.loop.nowMs() + static_cast<uint64_t>(in);
  // An armed timer that comes earlier is left alone: it will look again.
  if (uv_is_active(reinterpret_cast<uv_handle_t*>(&timer_)) && armed_for_ <= when) return;
  armed_for_ = when;
  uv_timer_start(&timer_, onTimer, static_cast<uint64_t>(in), 0);
}

void NestedEngine::onReadable(uv_poll_t* handle, int, int) {
  auto* self = static_cast<NestedEngine*>(handle->data);
  self->engine_->worker.loop.drain();
  self->armTimer();
}

void NestedEngine::onTimer(uv_timer_t* handle) {
  auto* self = static_cast<NestedEngine*>(handle->data);
  self->engine_->worker.loop.turn(0);
  self->armTimer();
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
  uv_poll_stop(&poll_);
  delete engine_;
  engine_ = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), onClosed);
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), onClosed);
  uv_close(reinterpret_cast<uv_handle_t*>(&stop_), onClosed);
}

void NestedEngine::onClosed(uv_handle_t* handle) {
  auto* self = static_cast<NestedEngine*>(handle->data);
  if (--self->open_handles_ > 0) return;
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
