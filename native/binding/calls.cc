#include "binding/calls.h"

#include "binding/state.h"
#include "stats/stats.h"
#include "upstream/cluster.h"

namespace attache::binding {

void Call::tell(CallEvent::Type type, CallEvent&& event) {
  event.call = id_;
  event.type = type;
  caller_.tell(std::move(event));
}

Caller::Caller(napi_env env, Process& process, napi_value on_event)
    : env_(env), worker_(new Worker(process, stats::Registry::kPrimary)) {
  napi_create_reference(env, on_event, 1, &on_event_);
  napi_async_init(env, nullptr, text(env, "attache.calls"), &context_);
  loop_ = NestedLoop::start(env, worker_->loop, afterTurn, this);
  loop_->keepAlive(false);
}

void Caller::stop() {
  if (stopped_) return;
  stopped_ = true;
  loop_->stop();
  calls_.clear();
  worker_->clusters->closeAll();
  // What was closed is destroyed at the end of a turn.
  worker_->loop.turn(0);
  worker_->loop.turn(0);
  if (!delivering_) delete this;
}

Caller::~Caller() {
  napi_delete_reference(env_, on_event_);
  napi_async_destroy(env_, context_);
}

void Caller::add(uint32_t id, std::unique_ptr<Call> call) {
  if (calls_.empty()) loop_->keepAlive(true);
  calls_[id] = std::move(call);
  post(id, [](Call& each) {
    each.started = true;
    each.start();
  });
}

Call* Caller::find(uint32_t id) {
  auto it = calls_.find(id);
  return it == calls_.end() || it->second->done() ? nullptr : it->second.get();
}

void Caller::send(uint32_t id, std::string message) {
  Call* call = find(id);
  if (!call) return;
  call->posted += message.size();
  post(id, [this, id, message = std::move(message)](Call& each) {
    bool waited = each.waiting() > 0;
    each.posted -= message.size();
    each.send(message);
    if (!waited && each.waiting() > 0) waiting_.push_back(id);
  });
}

void Caller::cancel(uint32_t id) {
  Call* call = find(id);
  if (call && !call->started) {
    calls_.erase(id);
    if (calls_.empty()) loop_->keepAlive(false);
    return;
  }
  // In a turn: what it writes goes out at its end.
  worker_->loop.post([this, id] { calls_.erase(id); });
}

void Caller::noteDrained() {
  std::erase_if(waiting_, [this](uint32_t id) {
    Call* call = find(id);
    if (call && call->waiting() + call->posted > 0) return false;
    if (call) events_.push_back({.call = id, .type = CallEvent::Drain});
    return true;
  });
}

// Everything that the turn has brought. JavaScript may do anything meanwhile.
void Caller::deliver() {
  noteDrained();
  std::vector<CallEvent> events = std::move(events_);
  events_.clear();
  std::vector<uint32_t> over;
  delivering_ = true;
  for (const CallEvent& event : events) {
    if (stopped_) break;
    deliverOne(event);
    auto it = calls_.find(event.call);
    // Its last event was among these.
    if (it != calls_.end() && it->second->done()) over.push_back(event.call);
  }
  delivering_ = false;
  if (stopped_) {
    delete this;
    return;
  }
  for (uint32_t id : over) calls_.erase(id);
  if (calls_.empty()) loop_->keepAlive(false);
}

void Caller::deliverOne(const CallEvent& event) {
  // One that was given up meanwhile.
  if (!calls_.contains(event.call)) return;
  napi_handle_scope scope;
  napi_open_handle_scope(env_, &scope);
  napi_value callback, global, result, bytes, fields;
  napi_get_reference_value(env_, on_event_, &callback);
  napi_get_global(env_, &global);
  void* copy = nullptr;
  napi_create_buffer_copy(env_, event.bytes.size(), event.bytes.data(), &copy, &bytes);
  napi_create_array_with_length(env_, event.fields.size(), &fields);
  for (uint32_t i = 0; i < event.fields.size(); i++) {
    napi_value each;
    napi_create_string_latin1(env_, event.fields[i].data(), event.fields[i].size(), &each);
    napi_set_element(env_, fields, i, each);
  }
  napi_value args[] = {number(env_, event.call),
                       number(env_, event.type),
                       number(env_, static_cast<double>(event.number)),
                       text(env_, event.text),
                       bytes,
                       fields};
  if (napi_make_callback(env_, context_, global, callback, std::size(args), args, &result) ==
      napi_pending_exception) {
    // As an exception of any other event.
    napi_value error;
    napi_get_and_clear_last_exception(env_, &error);
    napi_fatal_exception(env_, error);
  }
  napi_close_handle_scope(env_, scope);
}

namespace {

// Of the primary thread, while there is one.
Caller* running = nullptr;

void forget(void*) {
  if (running) running->stop();
  running = nullptr;
}

napi_value callsStart(napi_env env, napi_callback_info info) {
  Args args(env, info);
  if (running) return undefinedValue(env);
  running = new Caller(env, state().process, args[0]);
  napi_add_env_cleanup_hook(env, forget, nullptr);
  return undefinedValue(env);
}

napi_value callsStop(napi_env env, napi_callback_info) {
  if (running) napi_remove_env_cleanup_hook(env, forget, nullptr);
  forget(nullptr);
  return undefinedValue(env);
}

uint32_t idOf(napi_env env, napi_value v) {
  return static_cast<uint32_t>(toNumber(env, v));
}

napi_value callsGrpc(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t id = idOf(env, args[0]);
  if (running) {
    running->add(id, makeGrpcCall(env, *running, id, idOf(env, args[1]), args[2], args[3]));
  }
  return undefinedValue(env);
}

napi_value callsHttp(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t id = idOf(env, args[0]);
  if (running) {
    running->add(id,
                 makeHttpCall(env, *running, id, idOf(env, args[1]), args[2], args[3], args[4]));
  }
  return undefinedValue(env);
}

napi_value callsConnect(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t id = idOf(env, args[0]);
  if (running) running->add(id, makePipe(env, *running, id, args[1]));
  return undefinedValue(env);
}

napi_value callsSend(napi_env env, napi_callback_info info) {
  Args args(env, info);
  std::span<uint8_t> bytes = toBytes(env, args[1]);
  if (running) {
    running->send(idOf(env, args[0]),
                  std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }
  return undefinedValue(env);
}

napi_value callsEnd(napi_env env, napi_callback_info info) {
  Args args(env, info);
  if (running) running->post(idOf(env, args[0]), [](Call& call) { call.end(); });
  return undefinedValue(env);
}

napi_value callsPause(napi_env env, napi_callback_info info) {
  Args args(env, info);
  bool pause = toBool(env, args[1]);
  if (running) running->post(idOf(env, args[0]), [pause](Call& call) { call.pause(pause); });
  return undefinedValue(env);
}

napi_value callsCancel(napi_env env, napi_callback_info info) {
  Args args(env, info);
  if (running) running->cancel(idOf(env, args[0]));
  return undefinedValue(env);
}

napi_value callsWaiting(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Call* call = running ? running->find(idOf(env, args[0])) : nullptr;
  return number(env, call ? static_cast<double>(call->waiting() + call->posted) : 0);
}

constexpr Function kFunctions[] = {
    {"callsStart", callsStart},     {"callsStop", callsStop},       {"callsGrpc", callsGrpc},
    {"callsHttp", callsHttp},       {"callsConnect", callsConnect}, {"callsSend", callsSend},
    {"callsEnd", callsEnd},         {"callsPause", callsPause},     {"callsCancel", callsCancel},
    {"callsWaiting", callsWaiting},
};

}  // namespace

std::span<const Function> callFunctions() {
  return kFunctions;
}

}  // namespace attache::binding
