// The addon: only the files of this folder include Node's headers. src/engine/native.ts is its
// contract.
#include <memory>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "accesslog/writer.h"
#include "binding/state.h"
#include "tables/generated/layout.h"

namespace attache::binding {

State& state() {
  // Never destroyed: worker threads may outlive static destructors at exit.
  static State* s = new State();
  return *s;
}

void emit(Event event) {
  State& s = state();
  if (!s.events) return;
  auto* copy = new Event(std::move(event));
  if (napi_call_threadsafe_function(s.events, copy, napi_tsfn_nonblocking) != napi_ok) delete copy;
}

namespace {

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

napi_value init(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Process& process = state().process;
  process.options.service_cluster = toText(env, property(env, args[0], "serviceCluster"));
  process.options.peer_metadata_header = toText(env, property(env, args[0], "peerMetadataHeader"));
  std::span<uint8_t> peer = toBytes(env, property(env, args[0], "peerMetadata"));
  process.options.peer_metadata.assign(peer.begin(), peer.end());
  std::span<uint8_t> workload = toBytes(env, property(env, args[0], "workload"));
  process.options.workload.assign(workload.begin(), workload.end());
  std::span<uint8_t> node = toBytes(env, property(env, args[0], "node"));
  process.options.node.assign(node.begin(), node.end());
  process.options.service_zone = toText(env, property(env, args[0], "serviceZone"));
  process.options.service_node = toText(env, property(env, args[0], "serviceNode"));
  process.options.local_address = toText(env, property(env, args[0], "localAddress"));
  process.drain_ms = static_cast<uint64_t>(
      toNumber(env, property(env, args[0], "drainMs"), static_cast<double>(process.drain_ms)));
  process.drain_gradually = !toBool(env, property(env, args[0], "drainAtOnce"));
  auto& writer = accesslog::Writer::process();
  writer.setFlushInterval(std::chrono::milliseconds(
      static_cast<int64_t>(toNumber(env, property(env, args[0], "logFlushMs"), 10'000))));
  writer.setFlushSize(
      static_cast<uint64_t>(toNumber(env, property(env, args[0], "logFlushBytes"), 65'536)));
  process.log_level = static_cast<int>(toNumber(env, property(env, args[0], "logLevel"), 2));
  process.log = [](int level, const char* component, std::string message) {
    emit({"log", level, component, std::move(message), 0});
  };
  process.outliers.on_row = [](upstream::OutlierKind kind, std::string cluster,
                               std::string address) {
    emit({"outlier", static_cast<int>(kind), std::move(cluster), std::move(address), 0});
  };
  process.demands.setTold(
      [](uint32_t token, http::DemandKind kind, std::string of, std::string name) {
        emit({"demand", static_cast<int>(kind), std::move(of), std::move(name), token});
      });
  process.named_stats.setTold(
      [](bool added, uint32_t index, stats::Group group, std::string_view name) {
        emit({added ? "stats-added" : "stats-removed", static_cast<int>(group), "",
              std::string(name), index});
      });
  return undefinedValue(env);
}

napi_value onEvent(napi_env env, napi_callback_info info) {
  Args args(env, info);
  napi_create_threadsafe_function(env, args[0], nullptr, text(env, "attache.events"), 0, 1, nullptr,
                                  nullptr, nullptr, deliver, &state().events);
  napi_unref_threadsafe_function(env, state().events);
  return undefinedValue(env);
}

napi_value reopenLogs(napi_env env, napi_callback_info) {
  accesslog::Writer::process().reopenAll();
  return undefinedValue(env);
}

napi_value flushLogs(napi_env env, napi_callback_info) {
  accesslog::Writer::process().flushAll();
  return undefinedValue(env);
}

// What the configuration thread has freed goes back to the system. glibc raises its two limits as
// large blocks are freed (up to 32 and 64 MB), and malloc_trim leaves the top of every thread's
// arena, 17 MB after 10,000 clusters: called before the thread ends, this makes the thread give the
// top back itself. Not before the start is over: growing again costs it 30 of 400 ms.
napi_value trimMemory(napi_env env, napi_callback_info) {
#ifdef __GLIBC__
  mallopt(M_TRIM_THRESHOLD, 256 << 10);
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  malloc_trim(0);
#endif
  return undefinedValue(env);
}

napi_value setLogLevel(napi_env env, napi_callback_info info) {
  Args args(env, info);
  state().process.log_level = static_cast<int>(toNumber(env, args[1], 2));
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

napi_value demandDone(napi_env env, napi_callback_info info) {
  Args args(env, info);
  state().process.demands.done(static_cast<uint32_t>(toNumber(env, args[0])));
  return undefinedValue(env);
}

constexpr Function kFunctions[] = {
    {"init", init},
    {"demandDone", demandDone},
    {"onEvent", onEvent},
    {"reopenLogs", reopenLogs},
    {"flushLogs", flushLogs},
    {"trimMemory", trimMemory},
    {"setLogLevel", setLogLevel},
    {"setHealthcheckFail", setHealthcheckFail},
    {"setGlobalConnectionLimit", setGlobalConnectionLimit},
};

}  // namespace

napi_value load(napi_env env, napi_value exports) {
  for (std::span<const Function> functions :
       {std::span<const Function>(kFunctions), recordFunctions(), listenerFunctions(),
        handOverFunctions(), workerFunctions(), statisticFunctions(), callFunctions(),
        routeFunctions()}) {
    for (const Function& f : functions) {
      napi_value function;
      napi_create_function(env, f.name, NAPI_AUTO_LENGTH, f.call, nullptr, &function);
      setProperty(env, exports, f.name, function);
    }
  }
  setProperty(env, exports, "layoutHash", text(env, tables::kLayoutHash));
  setProperty(env, exports, "statsHash", text(env, stats::kStatsHash));
  return exports;
}

}  // namespace attache::binding

NAPI_MODULE_INIT() {
  return attache::binding::load(env, exports);
}
