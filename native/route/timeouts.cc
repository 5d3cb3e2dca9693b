#include "route/timeouts.h"

#include <algorithm>
#include <string_view>

#include "base/decimal.h"
#include "grpc/timeout.h"

namespace attache::route {

namespace {

// max_grpc_timeout: the client's time within the limit, where 0 is no limit.
uint64_t limitedGrpcTimeout(const tables::Timeouts& limits, const HeaderMap& headers) {
  uint64_t ms = 0;
  grpc::parseTimeout(headers.get(HeaderId::GrpcTimeout), ms);
  // Nothing that is left would be no limit at all.
  if (limits.grpc_timeout_offset_ms < ms) ms -= limits.grpc_timeout_offset_ms;
  uint64_t most = limits.max_grpc_timeout_ms;
  return most && (ms == 0 || ms > most) ? most : ms;
}

void tellHost(HeaderMap& headers, uint64_t ms) {
  headers.setCopy(HeaderId::GrpcTimeout, grpc::TimeoutText(ms).view());
}

}  // namespace

namespace {

bool limitsGrpc(const tables::Route& route, bool grpc) {
  const tables::Timeouts* limits = route.timeouts.get();
  return grpc && limits && limits->has_max_grpc_timeout;
}

}  // namespace

uint64_t requestTimeout(const tables::Route& route, HeaderMap& headers, bool grpc, bool expected) {
  uint64_t ms = route.timeout_ms;
  bool limited = limitsGrpc(route, grpc);
  if (limited) ms = limitedGrpcTimeout(*route.timeouts, headers);
  if (ms == 0) return 0;
  if (expected) headers.setNumber(HeaderId::XEnvoyExpectedRqTimeoutMs, ms);
  if (limited) tellHost(headers, ms);
  return ms;
}

RequestTimeouts readTimeouts(const tables::Route& route, HeaderMap& headers, bool grpc,
                             uint64_t per_try_ms, bool respect_expected) {
  RequestTimeouts made{route.timeout_ms, per_try_ms};
  if (limitsGrpc(route, grpc)) made.all_ms = limitedGrpcTimeout(*route.timeouts, headers);
  if (respect_expected && headers.has(HeaderId::XEnvoyExpectedRqTimeoutMs)) {
    readDecimal(headers.get(HeaderId::XEnvoyExpectedRqTimeoutMs), made.all_ms);
  } else {
    readDecimal(headers.get(HeaderId::XEnvoyUpstreamRqTimeoutMs), made.all_ms);
    headers.remove(HeaderId::XEnvoyUpstreamRqTimeoutMs);
  }
  readDecimal(headers.get(HeaderId::XEnvoyUpstreamRqPerTryTimeoutMs), made.per_try_ms);
  headers.remove(HeaderId::XEnvoyUpstreamRqPerTryTimeoutMs);
  made.all_ms = std::min<uint64_t>(made.all_ms, UINT32_MAX);  // weeks: what timers take
  made.per_try_ms = std::min<uint64_t>(made.per_try_ms, UINT32_MAX);
  if (made.all_ms && made.per_try_ms >= made.all_ms) made.per_try_ms = 0;
  return made;
}

void tellTimeout(const tables::Route& route, HeaderMap& headers, bool grpc, bool expected,
                 const RequestTimeouts& timeouts, uint64_t elapsed_ms, bool whole) {
  uint64_t ms = whole || timeouts.per_try_ms == 0 ? timeouts.all_ms : timeouts.per_try_ms;
  if (ms == 0) return;
  if (timeouts.all_ms) {
    // No time left must not read as all the time there is.
    uint64_t left = timeouts.all_ms - std::min(elapsed_ms, timeouts.all_ms);
    ms = std::min(ms, std::max<uint64_t>(left, 1));
  }
  if (expected) headers.setNumber(HeaderId::XEnvoyExpectedRqTimeoutMs, ms);
  if (limitsGrpc(route, grpc)) tellHost(headers, ms);
}

StreamDuration streamDuration(const tables::Route* route, uint64_t otherwise_ms, HeaderMap& headers,
                              bool grpc) {
  StreamDuration result{otherwise_ms != 0, otherwise_ms};
  const tables::Timeouts* limits = route ? route->timeouts.get() : nullptr;
  if (!limits || !limits->limits_stream) return result;
  uint64_t ms = 0;
  if (limits->has_grpc_timeout_header_max &&
      grpc::parseTimeout(headers.get(HeaderId::GrpcTimeout), ms)) {
    if (uint64_t most = limits->grpc_timeout_header_max_ms) ms = std::min(ms, most);
    ms -= std::min(ms, limits->grpc_timeout_header_offset_ms);
    result = {true, ms};
  } else if (limits->has_max_stream_duration) {
    result = {limits->max_stream_duration_ms != 0, limits->max_stream_duration_ms};
  }
  if (!grpc) return result;
  if (result.limited) {
    tellHost(headers, result.ms);
  } else if (otherwise_ms) {
    // The route has lifted the limit: as Envoy, without a word to the host.
    headers.remove(HeaderId::GrpcTimeout);
  }
  return result;
}

}  // namespace attache::route
