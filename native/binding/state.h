// What the parts of the addon share: the one process, its engines, and events for the primary
// thread.
#pragma once

#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "binding/napi.h"
#include "worker/engine.h"
#include "worker/process.h"

namespace attache::binding {

class NestedEngine;

// One for the whole process, shared by the environments of all its threads.
struct State {
  Process process;
  std::mutex mutex;
  std::vector<NestedEngine*> engines;
  std::vector<uint32_t> listeners;
  napi_threadsafe_function events = nullptr;
};
State& state();

// Something that the primary thread is told; lost when nobody listens.
struct Event {
  std::string type;
  int level = 0;
  std::string component, message;
  uint32_t id = 0;
};
void emit(Event event);

// Runs fn(Engine&) on every engine's own thread.
template <class Fn>
void onEachEngine(Fn fn) {
  State& s = state();
  std::lock_guard<std::mutex> lock(s.process.engines_mutex);
  for (Engine* engine : s.process.engines) engine->worker.loop.post([engine, fn] { fn(*engine); });
}

// A function of the addon; src/engine/native.ts says what each does.
struct Function {
  const char* name;
  napi_callback call;
};
std::span<const Function> recordFunctions();
std::span<const Function> listenerFunctions();
std::span<const Function> handOverFunctions();
std::span<const Function> workerFunctions();
std::span<const Function> statisticFunctions();
std::span<const Function> callFunctions();
std::span<const Function> routeFunctions();

}  // namespace attache::binding
