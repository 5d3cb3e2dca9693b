// Why a request takes its route: for the commands that explain and test route tables.
#include "accesslog/format.h"
#include "binding/state.h"
#include "route/explain.h"

namespace attache::binding {
namespace {

const void* resolve(uint32_t ref) {
  return state().process.records.resolve(ref);
}

std::string_view formatted(const tables::Format& format, const HeaderMap& request, Arena& arena) {
  accesslog::LogInput input;
  input.request = &request;
  input.protocol = "HTTP/1.1";
  return accesslog::formatInto(format, input, Worker::wallUs(), arena);
}

// Names and values in turns.
void readHeaders(napi_env env, napi_value list, HeaderMap& headers) {
  uint32_t n = length(env, list);
  for (uint32_t i = 0; i + 1 < n; i += 2)
    headers.addCopy(toText(env, element(env, list, i)), toText(env, element(env, list, i + 1)));
}

napi_value view(napi_env env, std::string_view s) {
  return text(env, std::string(s));
}

napi_value writeHeaders(napi_env env, const HeaderMap& headers) {
  napi_value list;
  napi_create_array(env, &list);
  uint32_t n = 0;
  for (const Header& header : headers) {
    napi_set_element(env, list, n++, view(env, header.nameView()));
    napi_set_element(env, list, n++, view(env, header.valueView()));
  }
  return list;
}

napi_value writeMisses(napi_env env, const std::vector<route::Miss>& misses) {
  std::vector<uint32_t> words;
  for (const route::Miss& miss : misses)
    words.insert(words.end(), {miss.route, static_cast<uint32_t>(miss.check), miss.detail});
  return typedArray(env, napi_uint32_array, words);
}

double numberOr(uint32_t n) {
  return n == route::kNoHost ? -1 : n;
}

napi_value explainRoute(napi_env env, napi_callback_info info) {
  Args args(env, info);
  const auto* config = state().process.records.get<tables::RouteConfig>(
      static_cast<uint32_t>(toNumber(env, args[0])));
  if (!config) return undefinedValue(env);
  BlockPool pool(0);
  Arena arena(pool);
  HeaderMap request(&arena), response(&arena);
  readHeaders(env, args[1], request);
  readHeaders(env, args[2], response);
  uint64_t random = static_cast<uint64_t>(toNumber(env, args[3]));
  route::Explanation found = route::explain(*config, resolve, request, response, random, formatted);
  napi_value object;
  napi_create_object(env, &object);
  setProperty(env, object, "host", number(env, numberOr(found.host)));
  setProperty(env, object, "route", number(env, numberOr(found.route)));
  setProperty(env, object, "misses", writeMisses(env, found.misses));
  setProperty(env, object, "toTls", number(env, found.to_tls));
  setProperty(env, object, "cluster", view(env, found.cluster));
  setProperty(env, object, "location", view(env, found.location));
  setProperty(env, object, "status", number(env, found.status));
  setProperty(env, object, "request", writeHeaders(env, request));
  setProperty(env, object, "response", writeHeaders(env, response));
  return object;
}

constexpr Function kFunctions[] = {{"explainRoute", explainRoute}};

}  // namespace

std::span<const Function> routeFunctions() {
  return kFunctions;
}

}  // namespace attache::binding
