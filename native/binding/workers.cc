// Engines: one for each worker thread, in its environment.
#include <algorithm>
#include <vector>

#include "binding/nested.h"
#include "binding/state.h"

namespace attache::binding {

namespace {

napi_value connections(napi_env env, napi_callback_info) {
  State& s = state();
  std::vector<uint32_t> counts;
  std::lock_guard<std::mutex> lock(s.process.engines_mutex);
  for (Engine* engine : s.process.engines) {
    uint32_t index = engine->worker.index;
    if (counts.size() <= index) counts.resize(index + 1);
    counts[index] = static_cast<uint32_t>(std::max<int64_t>(engine->load.load(), 0));
  }
  return typedArray(env, napi_uint32_array, counts);
}

void forgetEngine(void* data) {
  // The environment is torn down: stop() was called before, or the thread dies.
  State& s = state();
  auto* nested = static_cast<NestedEngine*>(data);
  {
    std::lock_guard<std::mutex> lock(s.mutex);
    if (std::erase(s.engines, nested) == 0) return;
  }
  nested->abandon();
}

napi_value runWorker(napi_env env, napi_callback_info info) {
  Args args(env, info);
  State& s = state();
  auto* nested =
      NestedEngine::start(env, s.process, static_cast<uint32_t>(toNumber(env, args[0])), args[1]);
  std::vector<uint32_t> listeners;
  {
    std::lock_guard<std::mutex> lock(s.mutex);
    s.engines.push_back(nested);
    listeners = s.listeners;
  }
  napi_add_env_cleanup_hook(env, forgetEngine, nested);
  for (uint32_t id : listeners) nested->engine().addListener(id);
  return undefinedValue(env);
}

napi_value stopWorker(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t index = static_cast<uint32_t>(toNumber(env, args[0]));
  State& s = state();
  std::lock_guard<std::mutex> lock(s.mutex);
  std::erase_if(s.engines, [&](NestedEngine* nested) {
    if (nested->index() != index) return false;
    nested->stop();
    return true;
  });
  return undefinedValue(env);
}

constexpr Function kFunctions[] = {
    {"connections", connections},
    {"runWorker", runWorker},
    {"stopWorker", stopWorker},
};

}  // namespace

std::span<const Function> workerFunctions() {
  return kFunctions;
}

}  // namespace attache::binding
