// A request that its host has sent elsewhere begins anew (internal redirects).
#include "grpc/status.h"
#include "http/access_log.h"
#include "http/normalize.h"
#include "http/stream.h"
#include "tracing/trace.h"
#include "worker/worker.h"

namespace attache::http {

namespace s = stats::hcm;

bool Stream::hasRedirected(std::string_view from, std::string_view to) const {
  for (const Redirect* each = redirects_; each; each = each->before) {
    if (each->from == from && each->to == to) return true;
  }
  return false;
}

void Stream::noteRedirect(std::string_view from, std::string_view to) {
  void* memory = arena_.allocAligned(sizeof(Redirect), alignof(Redirect));
  redirects_ =
      new (memory) Redirect{arena_.copy(from), arena_.copy(to), redirects_, redirects() + 1};
}

route::Match Stream::matchRequest() {
  if (!routes_) return {};
  const tables::Records& records = worker().pins.records();
  return route::match(
      *routes_, [&](uint32_t ref) { return records.resolve(ref); }, request_, random());
}

void Stream::restart(Buffer&& body) {
  Buffer kept = std::move(body);
  // What was so far is a request of its own for logs and statistics, of which its client hears
  // nothing.
  details_ = "internal_redirect";
  destroyFilters();
  if (trace) trace->finish();
  stats::record(manager_.stats, s::downstream_rq_time, worker().loop.nowMs() - start_ms_);
  if (!manager_.logs.empty()) writeAccessLogs(*this);
  forget();
  stats::inc(manager_.stats, s::downstream_rq_total);
  stats::inc(manager_.stats, protocol_ == Protocol::Http2 ? s::downstream_rq_http2_total
                                                          : s::downstream_rq_http1_total);
  bytes_received_ = kept.size();
  is_head_ = request_.get(HeaderId::Method) == "HEAD";
  is_grpc_ = grpc::isRequest(request_);
  request_headers_end_ = kept.empty();
  request_ended_ = false;
  if (checkRequest() && (!manager_.config.rewrites_target || normalizeRequest(*this)))
    runAnew(kept);
  encoder_.flush();
  worker().cork.flush();
}

// The state of a stream that has just come; what it has to keep alive it keeps.
void Stream::forget() {
  uint64_t now = worker().loop.nowMs();
  response_.clear();
  response_trailers_ = nullptr;
  filters_ = nullptr;
  filter_count_ = 0;
  destroyed_filters_ = false;
  overrides_ = {};
  upstream = {};
  offered_protocols = {};
  trace = nullptr;
  flags_ = 0;
  details_ = {};
  status_ = 0;
  random_ = 0;
  bytes_sent_ = 0;
  needs_tls_ = bare_reply_ = is_health_check_ = false;
  start_ms_ = last_activity_ms_ = now;
  if (facts_) {
    start_wall_us_ = Worker::wallUs();
    *facts_ = LogFacts(worker().loop.nowUs());
  }
  idle_timer_.cancel();
  duration_timer_.cancel();
}

void Stream::runAnew(Buffer& body) {
  selectAnew();
  createFilters();
  startTimers();
  bool headers_end = body.empty();
  noteRequestEnd();
  if (manager_.config.tracing.get()) trace = tracing::Trace::begin(*this);
  runRequestFilters(0, headers_end);
  if (!headers_end && !requestIsOver()) passRequestData(0, body, true);
}

}  // namespace attache::http
