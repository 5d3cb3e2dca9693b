// Statistics: blocks of numbers for names, and reading what the workers have counted.
#include "binding/state.h"

namespace attache::binding {

namespace {

napi_value statsAlloc(napi_env env, napi_callback_info info) {
  Args args(env, info);
  auto group = static_cast<stats::Group>(static_cast<int>(toNumber(env, args[0])));
  // Numbers that were released come back when no worker holds an old record that may name them.
  Process& process = state().process;
  return number(env, process.registry.alloc(group, process.records.settled()));
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

napi_value statsCarry(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t index = static_cast<uint32_t>(toNumber(env, args[0]));
  if (double* values = valuesOf(env, index, args[1])) state().process.registry.carry(index, values);
  return undefinedValue(env);
}

napi_value statsCarryCodes(napi_env env, napi_callback_info info) {
  Args args(env, info);
  void* data = nullptr;
  size_t n = 0;
  napi_typedarray_type type = napi_int8_array;
  napi_get_typedarray_info(env, args[2], &type, &n, &data, nullptr, nullptr);
  if (type != napi_float64_array) return undefinedValue(env);
  state().process.registry.carryCodes(static_cast<uint32_t>(toNumber(env, args[0])),
                                      static_cast<uint16_t>(toNumber(env, args[1])),
                                      {static_cast<const double*>(data), n});
  return undefinedValue(env);
}

constexpr Function kFunctions[] = {
    {"statsAlloc", statsAlloc},
    {"statsFree", statsFree},
    {"statsRead", statsRead},
    {"statsReadWorker", statsReadWorker},
    {"statsHistogram", statsHistogram},
    {"statsCodes", statsCodes},
    {"statsResetCounters", statsResetCounters},
    {"statsCarry", statsCarry},
    {"statsCarryCodes", statsCarryCodes},
};

}  // namespace

std::span<const Function> statisticFunctions() {
  return kFunctions;
}

}  // namespace attache::binding
