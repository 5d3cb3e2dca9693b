// What the configuration is published as: records, regexes, TLS contexts.
#include <vector>

#include "base/regex.h"
#include "binding/state.h"
#include "tls/registry.h"

namespace attache::binding {

namespace {

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
  state().process.cluster_names.published(state().process.records, inputs, refs);
  state().process.registry.published();
  return typedArray(env, napi_uint32_array, refs);
}

napi_value removeEntry(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t id = static_cast<uint32_t>(toNumber(env, args[0]));
  state().process.cluster_names.removing(state().process.records, id);
  state().process.records.remove(id);
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

constexpr Function kFunctions[] = {
    {"addSlab", addSlab},         {"publish", publish},       {"remove", removeEntry},
    {"recordStats", recordStats}, {"regexSet", regexSet},     {"regexRelease", regexRelease},
    {"tlsContext", tlsContext},   {"tlsRelease", tlsRelease},
};

}  // namespace

std::span<const Function> recordFunctions() {
  return kFunctions;
}

}  // namespace attache::binding
