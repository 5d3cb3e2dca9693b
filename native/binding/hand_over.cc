// Hot restart: listening sockets to and from another process.
#include <cstring>

#include "binding/state.h"
#include "worker/hand_over.h"

namespace attache::binding {

namespace {

napi_value errorText(napi_env env, int error) {
  return error ? text(env, std::strerror(error)) : undefinedValue(env);
}

napi_value connectSocket(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd = connectUnix(toText(env, args[0]));
  return fd >= 0 ? number(env, fd) : errorText(env, -fd);
}

napi_value sendSockets(napi_env env, napi_callback_info info) {
  Args args(env, info);
  std::vector<int> sockets;
  for (uint32_t i = 0, n = length(env, args[1]); i < n; i++)
    sockets.push_back(static_cast<int>(toNumber(env, element(env, args[1], i))));
  return errorText(env, sendHandOver(toText(env, args[0]), sockets, toText(env, args[2])));
}

napi_value takeSockets(napi_env env, napi_callback_info info) {
  Args args(env, info);
  HandOver taken;
  int error = takeHandOver(static_cast<int>(toNumber(env, args[0])),
                           static_cast<int>(toNumber(env, args[1])), &taken);
  napi_value answer;
  napi_create_object(env, &answer);
  if (error) setProperty(env, answer, "error", errorText(env, error));
  napi_value sockets;
  napi_create_array_with_length(env, taken.sockets.size(), &sockets);
  for (uint32_t i = 0; i < taken.sockets.size(); i++)
    napi_set_element(env, sockets, i, number(env, taken.sockets[i]));
  setProperty(env, answer, "sockets", sockets);
  setProperty(env, answer, "text", text(env, taken.text));
  return answer;
}

constexpr Function kFunctions[] = {
    {"connectUnix", connectSocket},
    {"sendSockets", sendSockets},
    {"takeSockets", takeSockets},
};

}  // namespace

std::span<const Function> handOverFunctions() {
  return kFunctions;
}

}  // namespace attache::binding
