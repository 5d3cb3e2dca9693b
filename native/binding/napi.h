// Small helpers over Node-API: reading arguments, making answers. No exceptions: a wrong shape
// throws a JavaScript TypeError and the caller returns null.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace attache::binding {

inline napi_value undefinedValue(napi_env env) {
  napi_value v;
  napi_get_undefined(env, &v);
  return v;
}
inline napi_value number(napi_env env, double n) {
  napi_value v;
  napi_create_double(env, n, &v);
  return v;
}
inline napi_value text(napi_env env, const std::string& s) {
  napi_value v;
  napi_create_string_utf8(env, s.data(), s.size(), &v);
  return v;
}
inline bool has(napi_env env, napi_value object, const char* name) {
  bool yes = false;
  napi_has_named_property(env, object, name, &yes);
  return yes;
}
inline napi_value property(napi_env env, napi_value object, const char* name) {
  napi_value v = nullptr;
  if (napi_get_named_property(env, object, name, &v) != napi_ok) return undefinedValue(env);
  return v;
}
inline void setProperty(napi_env env, napi_value object, const char* name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}
inline double toNumber(napi_env env, napi_value v, double otherwise = 0) {
  double n = otherwise;
  napi_get_value_double(env, v, &n);
  return n;
}
inline bool toBool(napi_env env, napi_value v) {
  bool b = false;
  napi_get_value_bool(env, v, &b);
  return b;
}
inline std::string toText(napi_env env, napi_value v) {
  size_t n = 0;
  if (napi_get_value_string_utf8(env, v, nullptr, 0, &n) != napi_ok) return {};
  std::string s(n, 0);
  napi_get_value_string_utf8(env, v, s.data(), n + 1, &n);
  return s;
}
// The bytes of a Uint8Array (also over shared memory); empty for anything else.
inline std::span<uint8_t> toBytes(napi_env env, napi_value v) {
  void* data = nullptr;
  size_t n = 0;
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, v, &type, &n, &data, nullptr, nullptr) != napi_ok) return {};
  return {static_cast<uint8_t*>(data), n};
}
inline std::vector<uint32_t> toWords(napi_env env, napi_value v) {
  void* data = nullptr;
  size_t n = 0;
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, v, &type, &n, &data, nullptr, nullptr) != napi_ok ||
      type != napi_uint32_array) {
    return {};
  }
  const auto* words = static_cast<const uint32_t*>(data);
  return {words, words + n};
}
inline uint32_t length(napi_env env, napi_value array) {
  uint32_t n = 0;
  napi_get_array_length(env, array, &n);
  return n;
}
inline napi_value element(napi_env env, napi_value array, uint32_t i) {
  napi_value v = nullptr;
  napi_get_element(env, array, i, &v);
  return v;
}

// The arguments of a call; missing ones are undefined.
struct Args {
  static constexpr size_t kMax = 8;
  napi_value values[kMax];
  size_t count = kMax;
  Args(napi_env env, napi_callback_info info) {
    napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  }
  napi_value operator[](size_t i) const { return values[i]; }
};

template <class T>
napi_value typedArray(napi_env env, napi_typedarray_type type, const std::vector<T>& items) {
  void* data = nullptr;
  napi_value buffer, array;
  napi_create_arraybuffer(env, items.size() * sizeof(T), &data, &buffer);
  for (size_t i = 0; i < items.size(); i++) static_cast<T*>(data)[i] = items[i];
  napi_create_typedarray(env, type, items.size(), buffer, 0, &array);
  return array;
}

}  // namespace attache::binding
