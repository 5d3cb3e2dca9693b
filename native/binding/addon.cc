// The addon: the only place that includes Node's headers. src/engine/native.ts is its contract.
#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "accesslog/writer.h"
#include "base/regex.h"
#include "binding/napi.h"
#include "binding/nested.h"
#include "http/manager.h"
#include "tables/generated/layout.h"
#include "tls/registry.h"
#include "worker/process.h"
#include "worker/sockets.h"

namespace attache::binding {

namespace {

// One for the whole process, shared by the environments of all its threads.
struct State {
  Process process;
  std::mutex mutex;
  std::vector<NestedEngine*> engines;
  std::vector<uint32_t> listeners;
  napi_threadsafe_function events = nullptr;
};
State& state() {
  // Never destroyed: worker threads may outlive static destructors at exit.
  static State* s = new State();
  return *s;
}

struct Event {
  std::string type;
  int level = 0;
  std::string component, message;
  uint32_t id = 0;
};

void emit(Event event) {
  State& s = state();
  if (!s.events) return;
  auto* copy = new Event(std::move(event));
  if (napi_call_threadsafe_function(s.events, copy, napi_tsfn_nonblocking) != napi_ok) delete copy;
}

void deliver(napi_env env, napi_value callback, void*, void* data) {
  std::unique_ptr<Event> event(static_cast<Event*>(data));
  if (!env || !callback) return;
  napi_value object, self = undefinedValue(env), result;
  napi_create_object(env, &object);
  setProperty(env, object, "type", text(env, event->type));
  setProperty(env, object, "level", number(env, event->level));
  setProperty(env, object, "component", text(env, event->component));
  setProperty(env, object, "message", text(env, event->message));
  setProperty(env, object, "id", number(env, event->id));
  napi_call_function(env, self, callback, 1, &object, &result);
}

// Runs fn(Engine&) on every engine's own thread.
template <class Fn>
void onEachEngine(Fn fn) {
  State& s = state();
  std::lock_guard<std::mutex> lock(s.process.engines_mutex);
  for (Engine* engine : s.process.engines) engine->worker.loop.post([engine, fn] { fn(*engine); });
}

napi_value init(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Process& process = state().process;
  process.options.service_cluster = toText(env, property(env, args[0], "serviceCluster"));
  process.options.service_node = toText(env, property(env, args[0], "serviceNode"));
  process.options.local_address = toText(env, property(env, args[0], "localAddress"));
  auto& writer = accesslog::Writer::process();
  writer.setFlushInterval(std::chrono::milliseconds(
      static_cast<int64_t>(toNumber(env, property(env, args[0], "logFlushMs"), 10'000))));
  writer.setFlushSize(
      static_cast<uint64_t>(toNumber(env, property(env, args[0], "logFlushBytes"), 65'536)));
  process.log_level = static_cast<int>(toNumber(env, property(env, args[0], "logLevel"), 2));
  process.log = [](int level, const char* component, std::string message) {
    emit({"log", level, component, std::move(message), 0});
  };
  return undefinedValue(env);
}

napi_value addSlab(napi_env env, napi_callback_info info) {
  Args args(env, info);
  void* data = nullptr;
  size_t n = 0;
  napi_value buffer = args[0], view = nullptr;
  // A SharedArrayBuffer is reached through a view of it.
  napi_value global, constructor;
  napi_get_global(env, &global);
  constructor = property(env, global, "Uint8Array");
  if (napi_new_instance(env, constructor, 1, &buffer, &view) != napi_ok) return nullptr;
  napi_typedarray_type type;
  napi_get_typedarray_info(env, view, &type, &n, &data, nullptr, nullptr);
  // Records lie in it for as long as the process runs.
  napi_ref keep;
  napi_create_reference(env, view, 1, &keep);
  state().process.records.addSlab(data, n);
  return undefinedValue(env);
}

napi_value publish(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t n = length(env, args[0]);
  std::vector<tables::Records::Input> inputs(n);
  std::vector<std::vector<uint32_t>> words;
  words.reserve(n * 4);
  auto list = [&](napi_value object, const char* name) -> std::span<const uint32_t> {
    if (!has(env, object, name)) return {};
    words.push_back(toWords(env, property(env, object, name)));
    return words.back();
  };
  for (uint32_t i = 0; i < n; i++) {
    // Ten thousand records in one call: their handles must not pile up.
    napi_handle_scope scope;
    napi_open_handle_scope(env, &scope);
    napi_value item = element(env, args[0], i);
    tables::Records::Input& input = inputs[i];
    input.kind = static_cast<uint32_t>(toNumber(env, property(env, item, "kind")));
    input.id = static_cast<uint32_t>(toNumber(env, property(env, item, "id")));
    input.bytes = toBytes(env, property(env, item, "bytes"));
    input.children = list(item, "children");
    input.shared = list(item, "shared");
    input.regexes = list(item, "regexes");
    input.contexts = list(item, "contexts");
    napi_close_handle_scope(env, scope);
  }
  std::vector<uint32_t> refs;
  std::string why;
  if (!state().process.records.publish(inputs, &refs, &why))
    return text(env, why == "slab" ? "needSlab" : why);
  state().process.registry.published();
  return typedArray(env, napi_uint32_array, refs);
}

napi_value removeEntry(napi_env env, napi_callback_info info) {
  Args args(env, info);
  state().process.records.remove(static_cast<uint32_t>(toNumber(env, args[0])));
  state().process.registry.published();
  return undefinedValue(env);
}

napi_value recordStats(napi_env env, napi_callback_info) {
  tables::Records::Stats stats = state().process.records.stats();
  napi_value object;
  napi_create_object(env, &object);
  setProperty(env, object, "bytes", number(env, static_cast<double>(stats.bytes)));
  setProperty(env, object, "records", number(env, static_cast<double>(stats.records)));
  setProperty(env, object, "retiring", number(env, static_cast<double>(stats.retiring)));
  setProperty(env, object, "slabs", number(env, static_cast<double>(stats.slabs)));
  setProperty(env, object, "regexes",
              number(env, static_cast<double>(RegexRegistry::instance().size())));
  return object;
}

napi_value regexSet(napi_env env, napi_callback_info info) {
  Args args(env, info);
  std::vector<std::string> patterns(length(env, args[0]));
  std::vector<std::string_view> views;
  for (uint32_t i = 0; i < patterns.size(); i++) {
    patterns[i] = toText(env, element(env, args[0], i));
    views.push_back(patterns[i]);
  }
  napi_valuetype type = napi_undefined;
  napi_typeof(env, args[1], &type);
  bool ignore_case = type == napi_object && toBool(env, property(env, args[1], "ignoreCase"));
  RegexRegistry::Error error;
  uint32_t index = RegexRegistry::instance().acquire(views, ignore_case, &error);
  if (index) return number(env, index);
  napi_value object;
  napi_create_object(env, &object);
  setProperty(env, object, "index", number(env, static_cast<double>(error.index)));
  setProperty(env, object, "message", text(env, error.message));
  return object;
}

napi_value regexRelease(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t n = length(env, args[0]);
  for (uint32_t i = 0; i < n; i++) {
    RegexRegistry::instance().release(
        static_cast<uint32_t>(toNumber(env, element(env, args[0], i))));
  }
  return undefinedValue(env);
}

napi_value tlsContext(napi_env env, napi_callback_info info) {
  Args args(env, info);
  std::span<uint8_t> spec = toBytes(env, args[0]);
  tls::BuildError error;
  uint32_t made = tls::Registry::instance().acquire(
      {reinterpret_cast<const char*>(spec.data()), spec.size()}, &error);
  if (made) return number(env, made);
  napi_value object;
  napi_create_object(env, &object);
  setProperty(env, object, "tag", number(env, static_cast<double>(error.tag)));
  setProperty(env, object, "index", number(env, static_cast<double>(error.index)));
  setProperty(env, object, "message", text(env, error.message));
  return object;
}

napi_value tlsRelease(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t n = length(env, args[0]);
  for (uint32_t i = 0; i < n; i++) {
    tls::Registry::instance().release(
        static_cast<uint32_t>(toNumber(env, element(env, args[0], i))));
  }
  return undefinedValue(env);
}

napi_value bind(napi_env env, napi_callback_info info) {
  Args args(env, info);
  napi_value spec = args[0];
  auto flag = [&](const char* name) { return toBool(env, property(env, spec, name)); };
  auto value = [&](napi_value object, const char* name) {
    return static_cast<int>(toNumber(env, property(env, object, name)));
  };
  BindSpec bind;
  bind.family = toText(env, property(env, spec, "family"));
  bind.host = toText(env, property(env, spec, "host"));
  bind.port = value(spec, "port");
  bind.mode = static_cast<unsigned>(value(spec, "mode"));
  bind.backlog = value(spec, "backlog");
  bind.ipv4_compat = flag("ipv4Compat");
  bind.reuse_port = flag("reusePort");
  bind.freebind = flag("freebind");
  bind.transparent = flag("transparent");
  napi_value keepalive = property(env, spec, "keepalive");
  napi_valuetype type = napi_undefined;
  napi_typeof(env, keepalive, &type);
  if (type == napi_object) {
    bind.keepalive = true;
    bind.keepalive_probes = value(keepalive, "probes");
    bind.keepalive_time_s = value(keepalive, "time");
    bind.keepalive_interval_s = value(keepalive, "interval");
  }
  napi_value options = property(env, spec, "options");
  uint32_t n = length(env, options);
  for (uint32_t i = 0; i < n; i++) {
    napi_value option = element(env, options, i);
    std::span<uint8_t> bytes = toBytes(env, property(env, option, "value"));
    bind.options.push_back(
        {value(option, "level"), value(option, "name"),
         std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())});
  }
  int port = 0, error = 0;
  int fd = bindListening(bind, &port, &error);
  napi_value object;
  napi_create_object(env, &object);
  if (fd < 0) {
    setProperty(env, object, "code",
                text(env, strerrorname_np(error) ? strerrorname_np(error) : "EIO"));
    setProperty(env, object, "message", text(env, strerror(error)));
  } else {
    setProperty(env, object, "socket", number(env, fd));
    setProperty(env, object, "port", number(env, port));
  }
  return object;
}

napi_value unbind(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd = static_cast<int>(toNumber(env, args[0]));
  // Behind everything posted so far on every worker: nobody may still watch the number.
  std::shared_ptr<void> last(nullptr, [fd](void*) { ::close(fd); });
  onEachEngine([last](Engine&) {});
  return undefinedValue(env);
}

napi_value addListener(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t id = static_cast<uint32_t>(toNumber(env, args[0]));
  State& s = state();
  {
    std::lock_guard<std::mutex> lock(s.mutex);
    std::erase(s.listeners, id);
    s.listeners.push_back(id);
  }
  onEachEngine([id](Engine& engine) { engine.addListener(id); });
  return undefinedValue(env);
}

napi_value removeListener(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t id = static_cast<uint32_t>(toNumber(env, args[0]));
  uint64_t drain_ms = static_cast<uint64_t>(toNumber(env, args[1]));
  State& s = state();
  {
    std::lock_guard<std::mutex> lock(s.mutex);
    std::erase(s.listeners, id);
  }
  // The last engine to have closed its connections, or to go away, says so.
  std::shared_ptr<void> last(nullptr, [id](void*) { emit({"drained", 0, "", "", id}); });
  onEachEngine([id, drain_ms, last](Engine& engine) { engine.removeListener(id, drain_ms, last); });
  return undefinedValue(env);
}

napi_value drainListener(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t id = static_cast<uint32_t>(toNumber(env, args[0]));
  uint64_t drain_ms = static_cast<uint64_t>(toNumber(env, args[1]));
  onEachEngine([id, drain_ms](Engine& engine) { engine.drainListener(id, drain_ms); });
  return undefinedValue(env);
}

napi_value drainAll(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint64_t drain_ms = static_cast<uint64_t>(toNumber(env, args[0]));
  state().process.draining = true;
  onEachEngine([drain_ms](Engine& engine) {
    engine.stopAccepting();
    engine.drainAll(drain_ms);
  });
  return undefinedValue(env);
}

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

napi_value statsAlloc(napi_env env, napi_callback_info info) {
  Args args(env, info);
  auto group = static_cast<stats::Group>(static_cast<int>(toNumber(env, args[0])));
  // Numbers that were released come back when no worker holds an old record that may name them.
  Process& process = state().process;
  process.records.reclaim();
  return number(env, process.registry.alloc(group, process.records.stats().retiring == 0));
}

napi_value statsFree(napi_env env, napi_callback_info info) {
  Args args(env, info);
  state().process.registry.release(static_cast<uint32_t>(toNumber(env, args[0])));
  return undefinedValue(env);
}

// The Float64Array of a reader, when it has room for the block's slots; else null and a TypeError.
double* valuesOf(napi_env env, uint32_t index, napi_value array) {
  void* data = nullptr;
  size_t n = 0;
  napi_typedarray_type type = napi_int8_array;
  napi_get_typedarray_info(env, array, &type, &n, &data, nullptr, nullptr);
  stats::Group group = state().process.registry.group(index);
  if (type == napi_float64_array && n >= stats::kGroups[static_cast<size_t>(group)].slots) {
    return static_cast<double*>(data);
  }
  napi_throw_type_error(env, nullptr, "a Float64Array with room for the group's slots is needed");
  return nullptr;
}

napi_value statsRead(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t index = static_cast<uint32_t>(toNumber(env, args[0]));
  if (double* values = valuesOf(env, index, args[1])) state().process.registry.read(index, values);
  return undefinedValue(env);
}

napi_value statsReadWorker(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t index = static_cast<uint32_t>(toNumber(env, args[0]));
  uint32_t worker = static_cast<uint32_t>(toNumber(env, args[1]));
  if (double* values = valuesOf(env, index, args[2])) {
    state().process.registry.readWorker(index, worker, values);
  }
  return undefinedValue(env);
}

napi_value statsHistogram(napi_env env, napi_callback_info info) {
  Args args(env, info);
  return typedArray(
      env, napi_float64_array,
      state().process.registry.histogram(static_cast<uint32_t>(toNumber(env, args[0])),
                                         static_cast<uint16_t>(toNumber(env, args[1]))));
}

napi_value statsCodes(napi_env env, napi_callback_info info) {
  Args args(env, info);
  return typedArray(env, napi_float64_array,
                    state().process.registry.codes(static_cast<uint32_t>(toNumber(env, args[0])),
                                                   static_cast<uint16_t>(toNumber(env, args[1]))));
}

napi_value statsResetCounters(napi_env env, napi_callback_info) {
  state().process.registry.resetCounters();
  return undefinedValue(env);
}

napi_value reopenLogs(napi_env env, napi_callback_info) {
  accesslog::Writer::process().reopenAll();
  return undefinedValue(env);
}

/** What the configuration thread has freed goes back to the system. */
napi_value trimMemory(napi_env env, napi_callback_info) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  return undefinedValue(env);
}

napi_value flushLogs(napi_env env, napi_callback_info) {
  accesslog::Writer::process().flushAll();
  return undefinedValue(env);
}

napi_value setLogLevel(napi_env env, napi_callback_info info) {
  Args args(env, info);
  state().process.log_level = static_cast<int>(toNumber(env, args[1], 2));
  return undefinedValue(env);
}

napi_value onEvent(napi_env env, napi_callback_info info) {
  Args args(env, info);
  napi_create_threadsafe_function(env, args[0], nullptr, text(env, "attache.events"), 0, 1, nullptr,
                                  nullptr, nullptr, deliver, &state().events);
  napi_unref_threadsafe_function(env, state().events);
  return undefinedValue(env);
}

napi_value setHealthcheckFail(napi_env env, napi_callback_info info) {
  Args args(env, info);
  state().process.healthcheck_failed = toBool(env, args[0]);
  return undefinedValue(env);
}

napi_value setGlobalConnectionLimit(napi_env env, napi_callback_info info) {
  Args args(env, info);
  state().process.connection_limit = static_cast<uint64_t>(toNumber(env, args[0]));
  return undefinedValue(env);
}

}  // namespace

napi_value load(napi_env env, napi_value exports) {
  const struct {
    const char* name;
    napi_callback call;
  } functions[] = {
      {"init", init},
      {"addSlab", addSlab},
      {"publish", publish},
      {"remove", removeEntry},
      {"recordStats", recordStats},
      {"regexSet", regexSet},
      {"regexRelease", regexRelease},
      {"tlsContext", tlsContext},
      {"tlsRelease", tlsRelease},
      {"bind", bind},
      {"unbind", unbind},
      {"addListener", addListener},
      {"removeListener", removeListener},
      {"drainListener", drainListener},
      {"drainAll", drainAll},
      {"connections", connections},
      {"runWorker", runWorker},
      {"stopWorker", stopWorker},
      {"statsAlloc", statsAlloc},
      {"statsFree", statsFree},
      {"statsRead", statsRead},
      {"statsReadWorker", statsReadWorker},
      {"statsHistogram", statsHistogram},
      {"statsCodes", statsCodes},
      {"statsResetCounters", statsResetCounters},
      {"reopenLogs", reopenLogs},
      {"flushLogs", flushLogs},
      {"trimMemory", trimMemory},
      {"setLogLevel", setLogLevel},
      {"onEvent", onEvent},
      {"setHealthcheckFail", setHealthcheckFail},
      {"setGlobalConnectionLimit", setGlobalConnectionLimit},
  };
  for (const auto& f : functions) {
    napi_value function;
    napi_create_function(env, f.name, NAPI_AUTO_LENGTH, f.call, nullptr, &function);
    setProperty(env, exports, f.name, function);
  }
  setProperty(env, exports, "layoutHash", text(env, tables::kLayoutHash));
  setProperty(env, exports, "statsHash", text(env, stats::kStatsHash));
  return exports;
}

}  // namespace attache::binding

NAPI_MODULE_INIT() {
  return attache::binding::load(env, exports);
}
