#include "tracing/trace.h"

#include <charconv>
#include <new>

#include "base/uuid.h"
#include "http/stream.h"
#include "tracing/span_writer.h"
#include "tracing/zipkin.h"
#include "upstream/cluster.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::tracing {

namespace s = stats::hcm;

namespace {

// Where a request id says why it is traced, and how (UuidRequestIdConfig.pack_trace_reason).
constexpr size_t kReasonAt = 14;
constexpr char kNone = '4', kSampled = '9', kForced = 'a', kByClient = 'b';

// The first eight digits of a request id.
bool numberOf(std::string_view id, uint64_t* number) {
  if (id.size() < 8) return false;
  auto [end, error] = std::from_chars(id.data(), id.data() + 8, *number, 16);
  return error == std::errc() && end == id.data() + 8;
}

char reasonOf(std::string_view id) {
  if (id.size() != kUuidSize) return kNone;
  char reason = id[kReasonAt];
  return reason == kSampled || reason == kForced || reason == kByClient ? reason : kNone;
}

}  // namespace

Trace* Trace::begin(http::Stream& stream) {
  const tables::Tracing& config = *stream.manager().config.tracing;
  auto* trace = new (stream.arena().allocAligned(sizeof(Trace), alignof(Trace)))
      Trace(stream, config, stream.manager().tracer.get());
  trace->decide();
  trace->start();
  trace->decorate();
  return trace;
}

void Trace::setReason(char reason) {
  HeaderMap& headers = stream_.request();
  std::string_view id = headers.get(HeaderId::XRequestId);
  if (id.size() != kUuidSize || id[kReasonAt] == reason) return;
  char* copy = stream_.arena().alloc(id.size());
  id.copy(copy, id.size());
  copy[kReasonAt] = reason;
  headers.set(HeaderId::XRequestId, {copy, id.size()});
}

// Envoy's order: what was decided before stands, unless the share of all is drawn against it.
void Trace::decide() {
  const HeaderMap& headers = stream_.request();
  stats::Block* hcm = stream_.manager().stats;
  // Behind a redirect that was followed the context alone decides, which the first host was told.
  if (stream_.redirects()) {
    stats::inc(hcm, s::tracing_not_traceable);
    return;
  }
  std::string_view id = headers.get(HeaderId::XRequestId);
  uint64_t number = 0;
  char reason = kNone;
  if (numberOf(id, &number)) {
    number %= 10'000;
    reason = reasonOf(id);
    if (reason == kNone) {
      if (headers.has(HeaderId::XClientTraceId) &&
          drawn(config_.client_sampling, 100, stream_.worker().random.next())) {
        reason = kByClient;
      } else if (headers.has(HeaderId::XEnvoyForceTrace)) {
        reason = kForced;
      } else if (drawn(config_.random_sampling, 10'000, number)) {
        reason = kSampled;
      }
      if (reason != kNone) setReason(reason);
    }
    if (reason != kNone && !drawn(config_.overall_sampling, 100, number)) {
      reason = kNone;
      setReason(kNone);
    }
  }
  wanted_ = reason != kNone;
  stats::inc(hcm, reason == kByClient  ? s::tracing_client_enabled
                  : reason == kForced  ? s::tracing_service_forced
                  : reason == kSampled ? s::tracing_random_sampling
                                       : s::tracing_not_traceable);
}

void Trace::start() {
  start_us_ = Worker::wallUs();
  client_ = config_.egress && !config_.spawn_upstream;
  name_ = stream_.arena().copy(stream_.request().get(HeaderId::Authority));
  // Asked while there is a descriptor to ask.
  stream_.peer().remote();
  if (!reporter_) return;
  Incoming incoming = readContext(stream_.request());
  if (incoming.bad) {
    reporter_ = nullptr;
    return;
  }
  single_ = incoming.single;
  Random& random = stream_.worker().random;
  if (!incoming.context) {
    context_.trace = context_.span = random.next();
    if (reporter_->wide_ids) context_.trace_high = random.next();
  } else if (!client_ && reporter_->shares_spans) {
    context_ = *incoming.context;
  } else {
    context_ = *incoming.context;
    context_.parent = context_.span;
    context_.span = random.next();
  }
  context_.sampled = incoming.sampled.value_or(wanted_);
}

// What the route calls it, and what the one before calls it.
void Trace::decorate() {
  HeaderMap& headers = stream_.request();
  const tables::Route* route = stream_.route().route;
  const tables::Decorator* decorator = route ? route->decorator.get() : nullptr;
  if (decorator) name_ = decorator->operation.view();
  bool propagate = decorator && decorator->propagate;
  if (config_.egress) {
    if (propagate) headers.set(HeaderId::XEnvoyDecoratorOperation, name_);
    return;
  }
  if (propagate) decorated_ = name_;
  std::string_view given = headers.get(HeaderId::XEnvoyDecoratorOperation);
  if (!given.data()) return;
  if (!given.empty()) {
    name_ = stream_.arena().copy(given);
    decorated_ = {};
  }
  headers.remove(HeaderId::XEnvoyDecoratorOperation);
}

void Trace::leadsTo(const tables::Route& route) {
  if (const tables::Decorator* decorator = route.decorator.get())
    name_ = decorator->operation.view();
}

void Trace::onResponse(HeaderMap& headers) {
  if (!config_.egress) {
    if (!decorated_.empty()) headers.set(HeaderId::XEnvoyDecoratorOperation, decorated_);
    return;
  }
  std::string_view given = headers.get(HeaderId::XEnvoyDecoratorOperation);
  if (!given.data()) return;
  if (!given.empty()) name_ = stream_.arena().copy(given);
  headers.remove(HeaderId::XEnvoyDecoratorOperation);
}

// ---- attempts ------------------------------------------------------------------------------

void Trace::beginAttempt(upstream::Host& host, std::string_view cluster,
                         std::string_view observed_cluster) {
  if (!reporter_) return;
  if (attempt_.open) endAttempt(0, 0);
  attempts_++;
  const Context* told = &context_;
  if (config_.spawn_upstream) {
    attempt_ = {};
    attempt_.context = context_;
    attempt_.context.parent = context_.span;
    attempt_.context.span = stream_.worker().random.next();
    attempt_.open = true;
    attempt_.number = attempts_;
    attempt_.start_us = Worker::wallUs();
    attempt_.cluster = cluster;
    attempt_.observed_cluster = observed_cluster;
    attempt_.host = stream_.arena().copy(host.addressText());
    told = &attempt_.context;
  }
  if (!config_.keeps_context) writeContext(*told, single_, stream_.arena(), stream_.request());
}

void Trace::endAttempt(int status, http::Flags flags, std::string_view error) {
  if (!attempt_.open) return;
  attempt_.open = false;
  attempt_.error = attempt_.canceled ? std::string_view() : error;
  writeAttempt(status, flags);
}

void Trace::cancelAttempt() {
  attempt_.canceled = true;
}

void Trace::writeAttempt(int status, http::Flags flags) {
  if (!recorded()) return;
  Arena& arena = stream_.arena();
  SpanWriter span(*reporter_, stream_);
  span.begin(attempt_.context, arena.concat("router ", attempt_.observed_cluster, " egress"), true,
             attempt_.start_us, false);
  span.tag("http.protocol", status ? http::protocolName(stream_.protocol()) : "-");
  span.tag("upstream_address", attempt_.host);
  span.tag("peer.address", attempt_.host);
  if (attempt_.number > 1) span.number("retry.count", attempt_.number - 1);
  if (!attempt_.error.empty()) span.tag("error.reason", attempt_.error);
  if (attempt_.canceled) span.tag("canceled", "true");
  span.common(attempt_.cluster, attempt_.observed_cluster, status, flags);
  span.custom(config_);
  span.end();
}

void Trace::finish() {
  if (attempt_.open) {
    bool answered = stream_.details() == "via_upstream";
    endAttempt(answered ? stream_.status() : 0, stream_.flags());
  }
  if (!recorded()) return;
  SpanWriter span(*reporter_, stream_);
  span.begin(context_, name_, client_, start_us_, !client_ && reporter_->shares_spans);
  span.tag("node_id", stream_.worker().process.options.service_node);
  span.tag("zone", stream_.worker().process.options.service_zone);
  span.request(config_.max_path_bytes);
  span.common(stream_.upstream.cluster, stream_.upstream.observed_cluster, stream_.status(),
              stream_.flags());
  span.custom(config_);
  span.end();
}

}  // namespace attache::tracing
