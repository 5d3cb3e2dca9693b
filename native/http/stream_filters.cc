// The filter chain of a stream: requests run it forwards, responses backwards.
#include <new>
#include <utility>

#include "http/stream.h"
#include "worker/worker.h"

namespace attache::http {

namespace s = stats::hcm;

namespace {

// Asks a filter what it decides. One that has resumed meanwhile has not paused.
template <class Hook, class... Args>
FilterStatus ask(FilterContext& context, FilterContext::Side& side, Hook hook, Args&&... args) {
  side.in_hook = true;
  FilterStatus status = hook(context.self, context, std::forward<Args>(args)...);
  side.in_hook = false;
  if (!side.resumed) [[likely]]
    return status;
  side.resumed = false;
  return status == FilterStatus::Replied ? status : FilterStatus::Continue;
}

// What a filter without a hook for it does about data and trailers.
FilterStatus unasked(const FilterContext::Side& side) {
  if (!side.paused) return FilterStatus::Continue;
  return side.whole ? FilterStatus::Buffer : FilterStatus::Pause;
}

// Stands where a filter should whose configuration has not come: it lets nobody pass.
FilterStatus refuseWithoutConfig(void*, FilterContext& context, HeaderMap&, bool) {
  context.stream->sendLocalReply(500, "", Flag::NoFilterConfigFound, "filter_config_not_found");
  return FilterStatus::Replied;
}
const FilterHooks kNotConfigured = {
    .name = "not_configured", .create = nullptr, .decodeHeaders = refuseWithoutConfig};

// Stopped by its headers or trailers.
void stop(FilterContext::Side& side, FilterStatus status) {
  side.paused = true;
  side.whole = status == FilterStatus::Buffer;
}

}  // namespace

void FilterContext::resumeDecoding() {
  stream->resume(*this, true);
}
void FilterContext::resumeEncoding() {
  stream->resume(*this, false);
}
Buffer& FilterContext::decodeBuffer() {
  return stream->bufferOf(decode);
}
Buffer& FilterContext::encodeBuffer() {
  return stream->bufferOf(encode);
}

const void* FilterContext::routeConfig() const {
  return stream->routeConfigOf(*factory);
}

uint32_t FilterContext::routeConfigs(const void* (&out)[4]) const {
  return stream->routeConfigsOf(*factory, out);
}

void Stream::createFilters() {
  uint32_t count = static_cast<uint32_t>(manager_.filters.size());
  filters_ = static_cast<FilterContext*>(arena_.allocAligned(sizeof(FilterContext) * count, 8));
  if (FilterOverrides::possible(route_, routes_)) [[unlikely]]
    overrides_ = FilterOverrides(*this);
  bool all = !manager_.any_disabled && !manager_.any_discovered && overrides_.empty();
  for (uint32_t i = 0; i < count; i++) {
    const FilterFactory* factory = &manager_.filters[i];
    if (!all) [[unlikely]] {
      // Whatever the route says, something has to answer.
      if (i + 1 < count && overrides_.disabled(factory->name).value_or(factory->disabled)) continue;
      if (factory->discovered) factory = &discover(*factory);
    }
    FilterContext* context = new (&filters_[filter_count_])
        FilterContext{this, factory->hooks, nullptr, filter_count_, factory, {}, {}};
    filter_count_++;
    context->self =
        factory->hooks->create ? factory->hooks->create(*context, factory->config) : nullptr;
  }
}

// The filter as the configuration has it that is delivered now, else the one that stands in for it.
const FilterFactory& Stream::discover(const FilterFactory& factory) {
  tables::Pinned* pinned = worker().pins.pin(factory.discovered);
  if (!pinned && factory.hooks) return factory;
  auto* made = new (arena_.allocAligned(sizeof(FilterFactory), 8)) FilterFactory(factory);
  made->hooks = &kNotConfigured;
  if (!pinned) return *made;
  hold(pinned);
  const tables::Ext& config = pinned->as<tables::ExtensionConfig>().config;
  if (const FilterHooks* hooks = findHttpFilter(config.extension)) made->hooks = hooks;
  made->config = reinterpret_cast<const char*>(&config) + config.rel;
  made->extension = config.extension;
  return *made;
}

void Stream::hold(tables::Pinned* pinned) {
  held_configs_ =
      new (arena_.allocAligned(sizeof(HeldConfig), 8)) HeldConfig{pinned, held_configs_};
}

// The chain stays what it was when the request came, as in Envoy; what the route sets of filters
// that have seen nothing yet is that of the route as it is now.
void Stream::createAnew(uint32_t from) {
  overrides_ =
      FilterOverrides::possible(route_, routes_) ? FilterOverrides(*this) : FilterOverrides();
  for (uint32_t i = from; i < filter_count_; i++) {
    FilterContext& context = filters_[i];
    const FilterHooks& hooks = *context.hooks;
    if (hooks.onDestroy) hooks.onDestroy(context.self, context);
    context.self = hooks.create ? hooks.create(context, context.factory->config) : nullptr;
  }
}

void Stream::letGoOfConfigs() {
  for (; held_configs_; held_configs_ = held_configs_->next)
    worker().pins.unpin(held_configs_->config);
}

void Stream::destroyFilters() {
  if (destroyed_filters_) return;
  destroyed_filters_ = true;
  for (uint32_t i = 0; i < filter_count_; i++) {
    FilterContext& context = filters_[i];
    if (context.hooks->onDestroy) context.hooks->onDestroy(context.self, context);
    // Buffers live in the arena, which runs no destructors.
    for (FilterContext::Side* side : {&context.decode, &context.encode}) {
      if (side->held) side->held->clear();
    }
  }
}

// ---- what filters hold back ----------------------------------------------------------------

Buffer& Stream::bufferOf(FilterContext::Side& side) {
  if (!side.held) side.held = new (arena_.allocAligned(sizeof(Buffer), 8)) Buffer(worker().buffers);
  return *side.held;
}

// Keeps body at a filter that stopped. False when that was too much and has been answered.
bool Stream::hold(FilterContext::Side& side, Buffer& data, bool end, FilterStatus status,
                  bool request) {
  Buffer& held = bufferOf(side);
  held.append(std::move(data));
  side.end |= end;
  stop(side, status);
  if (held.size() <= (side.limit ? side.limit : manager_.buffer_limit)) return true;
  if (status == FilterStatus::Buffer) {
    stats::inc(manager_.stats, request ? s::downstream_rq_too_large : s::rs_too_large);
    if (request) {
      sendLocalReply(413, "Payload Too Large", Flag::kCount, "request_payload_too_large");
    } else {
      sendLocalReply(500, "Internal Server Error", Flag::kCount, "response_payload_too_large");
    }
    return false;
  }
  if (!side.backed_up) {
    side.backed_up = true;
    request ? pauseRequest(true) : pauseResponse(true);
  }
  return true;
}

// A filter that had stopped lets `data` pass: what it kept goes before that.
void Stream::takeHeld(FilterContext::Side& side, Buffer& data, bool request) {
  side.paused = side.whole = false;
  if (side.held && !side.held->empty()) {
    Buffer all = std::move(*side.held);
    all.append(std::move(data));
    data = std::move(all);
  }
  relieve(side, request);
}

// Nothing is held back any more: the sender may go on (it does so at the end of this turn).
void Stream::relieve(FilterContext::Side& side, bool request) {
  if (!side.backed_up) return;
  side.backed_up = false;
  request ? pauseRequest(false) : pauseResponse(false);
}

// A filter that had stopped goes on: headers first, then what it holds, then trailers.
void Stream::resume(FilterContext& context, bool request) {
  if (finished_ || (request && local_reply_)) return;
  FilterContext::Side& side = request ? context.decode : context.encode;
  if (side.in_hook) {
    side.resumed = true;
    return;
  }
  if (!side.headers_arrived || (side.headers_passed && !side.paused)) return;
  HeaderMap* trailers = side.trailers;
  side.trailers = nullptr;
  Buffer data(worker().buffers);
  takeHeld(side, data, request);
  bool end = side.end && !trailers;
  side.end = false;
  auto over = [&] { return request ? requestIsOver() : finished_; };
  if (!side.headers_passed) {
    side.headers_passed = true;
    bool headers_end = end && data.empty();
    request ? runRequestFilters(context.index + 1, headers_end)
            : runResponseFilters(context.index, headers_end);
    end = end && !headers_end;
  }
  if ((!data.empty() || end) && !over()) {
    request ? passRequestData(context.index + 1, data, end)
            : passResponseData(context.index, data, end);
  }
  if (trailers && !over()) {
    request ? passRequestTrailers(context.index + 1, *trailers)
            : passResponseTrailers(context.index, *trailers);
  }
  // Nobody else may be about to do it.
  encoder_.flush();
  worker().cork.flush();
}

void Stream::onNote(uint32_t filter, Inbox::What what) {
  if (finished_ || filter >= filter_count_) return;
  FilterContext& context = filters_[filter];
  switch (what) {
    case Inbox::What::ResumeDecoding:
      resume(context, true);
      break;
    case Inbox::What::ResumeEncoding:
      resume(context, false);
      break;
    case Inbox::What::Wake:
      if (context.hooks->onWake) context.hooks->onWake(context.self, context);
      worker().cork.flush();
      break;
  }
}

// ---- requests ------------------------------------------------------------------------------

void Stream::runRequestFilters(uint32_t from, bool end) {
  for (uint32_t i = from; i < filter_count_; i++) {
    FilterContext& context = filters_[i];
    FilterContext::Side& side = context.decode;
    side.headers_arrived = true;
    if (context.hooks->decodeHeaders) {
      FilterStatus status = ask(context, side, context.hooks->decodeHeaders, request_, end);
      if (status == FilterStatus::Replied || requestIsOver()) return;
      if (status != FilterStatus::Continue) {
        stop(side, status);
        side.end = end;
        return;
      }
      // Body that it has added.
      if (side.held && !side.held->empty()) [[unlikely]] {
        stop(side, FilterStatus::Pause);
        side.end = end;
        resume(context, true);
        return;
      }
    }
    side.headers_passed = true;
  }
}

void Stream::forwardToLast(FilterContext& last, Buffer& data, bool end) {
  const FilterHooks& hooks = *last.hooks;
  size_t left = data.size();
  if (left == 0) {
    hooks.forwardData(last.self, last, nullptr, 0, end);
  } else {
    data.forEach([&](const char* piece, size_t n) {
      left -= n;
      if (!requestIsOver()) hooks.forwardData(last.self, last, piece, n, end && left == 0);
    });
  }
  // The pieces lie in blocks that go now.
  worker().cork.flush();
  data.clear();
}

void Stream::passRequestData(uint32_t to, Buffer& data, bool end) {
  for (uint32_t i = to; i < filter_count_; i++) {
    FilterContext& context = filters_[i];
    FilterContext::Side& side = context.decode;
    const FilterHooks& hooks = *context.hooks;
    if (i == filter_count_ - 1 && hooks.forwardData && !side.paused) {
      forwardToLast(context, data, end);
      return;
    }
    FilterStatus status =
        hooks.decodeData ? ask(context, side, hooks.decodeData, data, end) : unasked(side);
    if (status == FilterStatus::Replied || requestIsOver()) return;
    if (status != FilterStatus::Continue) {
      hold(side, data, end, status, true);
      return;
    }
    takeHeld(side, data, true);
    if (!side.headers_passed) {
      side.headers_passed = true;
      bool headers_end = end && data.empty();
      runRequestFilters(i + 1, headers_end);
      if (headers_end || requestIsOver()) return;
    }
  }
}

void Stream::passRequestTrailers(uint32_t to, HeaderMap& trailers) {
  for (uint32_t i = to; i < filter_count_; i++) {
    FilterContext& context = filters_[i];
    FilterContext::Side& side = context.decode;
    FilterStatus status = context.hooks->decodeTrailers
                              ? ask(context, side, context.hooks->decodeTrailers, trailers)
                              : unasked(side);
    if (status == FilterStatus::Replied || requestIsOver()) return;
    bool holds = side.paused || (side.held && !side.held->empty());
    if (status == FilterStatus::Continue && !holds) continue;
    side.trailers = &trailers;
    if (status != FilterStatus::Continue) {
      stop(side, status);
      return;
    }
    side.paused = true;
    resume(context, true);
    return;
  }
}

// ---- responses -----------------------------------------------------------------------------
// Filter i + 1 hands over to filter i; "from" counts the filters that are still to come.

void Stream::runResponseFilters(uint32_t from, bool end) {
  for (uint32_t i = from; i-- > 0;) {
    FilterContext& context = filters_[i];
    FilterContext::Side& side = context.encode;
    side.headers_arrived = true;
    if (context.hooks->encodeHeaders) {
      FilterStatus status = ask(context, side, context.hooks->encodeHeaders, response_, end);
      if (status == FilterStatus::Replied || finished_) return;
      if (status != FilterStatus::Continue) {
        stop(side, status);
        side.end = end;
        // The host's fields are views into a read buffer that serves others now.
        response_.detach(nullptr, reinterpret_cast<const char*>(UINTPTR_MAX));
        return;
      }
      if (side.held && !side.held->empty()) [[unlikely]] {
        stop(side, FilterStatus::Pause);
        side.end = end;
        resume(context, false);
        return;
      }
    }
    side.headers_passed = true;
  }
  deliverHeaders(end);
}

void Stream::passResponseData(uint32_t from, Buffer& data, bool end) {
  for (uint32_t i = from; i-- > 0;) {
    FilterContext& context = filters_[i];
    FilterContext::Side& side = context.encode;
    FilterStatus status = context.hooks->encodeData
                              ? ask(context, side, context.hooks->encodeData, data, end)
                              : unasked(side);
    if (status == FilterStatus::Replied || finished_) return;
    if (status != FilterStatus::Continue) {
      hold(side, data, end, status, false);
      return;
    }
    takeHeld(side, data, false);
    if (!side.headers_passed) {
      side.headers_passed = true;
      bool headers_end = end && data.empty();
      runResponseFilters(i, headers_end);
      if (headers_end || finished_) return;
    }
  }
  size_t left = data.size();
  if (left == 0) {
    deliverData(nullptr, 0, end);
  } else {
    data.forEach([&](const char* piece, size_t n) {
      left -= n;
      if (!finished_) deliverData(piece, n, end && left == 0);
    });
  }
  // Also when that was the end: the pieces lie in blocks that go now.
  encoder_.flush();
  data.clear();
}

void Stream::passResponseTrailers(uint32_t from, HeaderMap& trailers) {
  for (uint32_t i = from; i-- > 0;) {
    FilterContext& context = filters_[i];
    FilterContext::Side& side = context.encode;
    FilterStatus status = context.hooks->encodeTrailers
                              ? ask(context, side, context.hooks->encodeTrailers, trailers)
                              : unasked(side);
    if (status == FilterStatus::Replied || finished_) return;
    bool holds = side.paused || (side.held && !side.held->empty());
    if (status == FilterStatus::Continue && !holds) continue;
    side.trailers = &trailers;
    if (status != FilterStatus::Continue) {
      stop(side, status);
      return;
    }
    side.paused = true;
    resume(context, false);
    return;
  }
  deliverTrailers(trailers);
}

}  // namespace attache::http
