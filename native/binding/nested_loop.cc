#include "binding/nested_loop.h"

namespace attache::binding {

NestedLoop* NestedLoop::start(napi_env env, io::Loop& loop, Hook after_turn, void* self) {
  auto* nested = new NestedLoop(loop, after_turn, self);
  uv_loop_t* outer = nullptr;
  napi_get_uv_event_loop(env, &outer);
  uv_poll_init(outer, &nested->poll_, loop.fd());
  uv_timer_init(outer, &nested->timer_);
  nested->poll_.data = nested->timer_.data = nested;
  uv_poll_start(&nested->poll_, UV_READABLE, onReadable);
  return nested;
}

void NestedLoop::turned() {
  // Stopping in the middle of it is possible.
  if (loop_ && after_turn_) after_turn_(self_);
  if (!loop_) return;
  int64_t in = loop_->nextTimerIn();
  if (in < 0) return;
  uint64_t when = loop_->nowMs() + static_cast<uint64_t>(in);
  // An armed timer that comes earlier is left alone: it will look again.
  if (uv_is_active(reinterpret_cast<uv_handle_t*>(&timer_)) && armed_for_ <= when) return;
  armed_for_ = when;
  uv_timer_start(&timer_, onTimer, static_cast<uint64_t>(in), 0);
}

void NestedLoop::onReadable(uv_poll_t* handle, int, int) {
  auto* self = static_cast<NestedLoop*>(handle->data);
  self->loop_->drain();
  self->turned();
}

void NestedLoop::onTimer(uv_timer_t* handle) {
  auto* self = static_cast<NestedLoop*>(handle->data);
  self->loop_->turn(0);
  self->turned();
}

void NestedLoop::stop() {
  loop_ = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), onClosed);
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), onClosed);
}

void NestedLoop::keepAlive(bool keep) {
  for (auto* handle :
       {reinterpret_cast<uv_handle_t*>(&poll_), reinterpret_cast<uv_handle_t*>(&timer_)}) {
    keep ? uv_ref(handle) : uv_unref(handle);
  }
}

void NestedLoop::onClosed(uv_handle_t* handle) {
  auto* self = static_cast<NestedLoop*>(handle->data);
  if (--self->open_handles_ == 0) delete self;
}

}  // namespace attache::binding
