// Listening sockets, and what all workers are told of them.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "binding/state.h"
#include "upstream/cluster.h"
#include "worker/sockets.h"

namespace attache::binding {

namespace {

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

napi_value ejectHost(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t cluster = static_cast<uint32_t>(toNumber(env, args[0]));
  uint32_t host = static_cast<uint32_t>(toNumber(env, args[1]));
  state().process.outliers.eject(host, toBool(env, args[2]));
  onEachEngine([cluster](Engine& engine) { engine.worker.clusters->rebalance(cluster); });
  return undefinedValue(env);
}

constexpr Function kFunctions[] = {
    {"ejectHost", ejectHost},
    {"bind", bind},
    {"unbind", unbind},
    {"addListener", addListener},
    {"removeListener", removeListener},
    {"drainListener", drainListener},
    {"drainAll", drainAll},
};

}  // namespace

std::span<const Function> listenerFunctions() {
  return kFunctions;
}

}  // namespace attache::binding
