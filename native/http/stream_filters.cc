// The filter chain of a stream: requests run it forwards, responses backwards.
#include <new>

#include "http/stream.h"
#include "worker/worker.h"

namespace attache::http {

void FilterContext::resumeDecoding() {
  stream->resume(*this, true);
}
void FilterContext::resumeEncoding() {
  stream->resume(*this, false);
}

void Stream::createFilters() {
  filter_count_ = static_cast<uint32_t>(manager_.filters.size());
  filters_ =
      static_cast<FilterContext*>(arena_.allocAligned(sizeof(FilterContext) * filter_count_, 8));
  for (uint32_t i = 0; i < filter_count_; i++) {
    const FilterFactory& factory = manager_.filters[i];
    FilterContext* context = new (&filters_[i]) FilterContext{};
    context->stream = this;
    context->hooks = factory.hooks;
    context->index = static_cast<uint8_t>(i);
    context->self =
        factory.hooks->create ? factory.hooks->create(*context, factory.config) : nullptr;
  }
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

// ---- requests ------------------------------------------------------------------------------

void Stream::runRequestFilters(uint32_t from, bool end) {
  for (uint32_t i = from; i < filter_count_; i++) {
    FilterContext& context = filters_[i];
    context.decode.headers_arrived = true;
    if (context.hooks->decodeHeaders) {
      FilterStatus status = context.hooks->decodeHeaders(context.self, context, request_, end);
      if (status == FilterStatus::Replied || finished_) return;
      if (status != FilterStatus::Continue) {
        // A filter may also have resumed in the meantime; then it has gone on already.
        if (context.decode.headers_passed) return;
        context.decode.paused = true;
        context.decode.end = end;
        return;
      }
    }
    if (response_begun_ && local_reply_) return;
    context.decode.headers_passed = true;
  }
}

// Keeps body at a filter that stopped. False when that was too much and has been answered.
bool Stream::hold(FilterContext::Side& side, Buffer& data, bool end, FilterStatus status,
                  bool request) {
  if (!side.held) side.held = new (arena_.allocAligned(sizeof(Buffer), 8)) Buffer(worker().buffers);
  side.held->append(std::move(data));
  side.end |= end;
  side.paused = true;
  if (side.held->size() <= manager_.buffer_limit) return true;
  if (status == FilterStatus::Buffer) {
    if (request) {
      sendLocalReply(413, "Payload Too Large", Flag::kCount, "request_payload_too_large");
    } else if (response_started_) {
      abortResponse(Flag::kCount, "response_payload_too_large");
    } else {
      sendLocalReply(500, "", Flag::kCount, "response_payload_too_large");
    }
    return false;
  }
  if (request) {
    pauseRequest(true);
  } else {
    FilterContext& last = filters_[filter_count_ - 1];
    if (last.hooks->onBackpressure) last.hooks->onBackpressure(last.self, last, true);
  }
  return true;
}

void Stream::passRequestData(uint32_t to, Buffer& data, bool end) {
  for (uint32_t i = to; i < filter_count_; i++) {
    FilterContext& context = filters_[i];
    const FilterHooks& hooks = *context.hooks;
    if (i == filter_count_ - 1 && hooks.forwardData && !context.decode.paused) {
      size_t left = data.size();
      if (left == 0) {
        hooks.forwardData(context.self, context, nullptr, 0, end);
      } else {
        data.forEach([&](const char* piece, size_t n) {
          left -= n;
          if (!finished_) hooks.forwardData(context.self, context, piece, n, end && left == 0);
        });
      }
      if (!finished_) encoder_.flush();
      data.clear();
      return;
    }
    FilterStatus status = context.decode.paused ? FilterStatus::Pause : FilterStatus::Continue;
    if (hooks.decodeData) status = hooks.decodeData(context.self, context, data, end);
    if (status == FilterStatus::Replied || finished_) return;
    if (status != FilterStatus::Continue) {
      hold(context.decode, data, end, status, true);
      return;
    }
    // The filter has had enough: headers it held back go on, and what it kept goes before this.
    if (context.decode.paused) {
      context.decode.paused = false;
      if (context.decode.held && !context.decode.held->empty()) {
        Buffer all = std::move(*context.decode.held);
        all.append(std::move(data));
        data = std::move(all);
      }
    }
    if (!context.decode.headers_passed) {
      context.decode.headers_passed = true;
      runRequestFilters(i + 1, false);
      if (finished_ || local_reply_) return;
    }
  }
}

void Stream::passRequestTrailers(uint32_t to, HeaderMap& trailers) {
  for (uint32_t i = to; i < filter_count_; i++) {
    FilterContext& context = filters_[i];
    FilterStatus status = context.decode.paused ? FilterStatus::Pause : FilterStatus::Continue;
    if (context.hooks->decodeTrailers)
      status = context.hooks->decodeTrailers(context.self, context, trailers);
    if (status == FilterStatus::Replied || finished_) return;
    if (status != FilterStatus::Continue) {
      context.decode.paused = true;
      context.decode.trailers = &trailers;
      return;
    }
    if (context.decode.paused) {
      context.decode.trailers = &trailers;
      resume(context, true);
      return;
    }
  }
}

// ---- responses -----------------------------------------------------------------------------
// Filter i + 1 hands over to filter i; "from" counts the filters that are still to come.

void Stream::runResponseFilters(uint32_t from, bool end) {
  for (uint32_t i = from; i-- > 0;) {
    FilterContext& context = filters_[i];
    context.encode.headers_arrived = true;
    if (context.hooks->encodeHeaders) {
      FilterStatus status = context.hooks->encodeHeaders(context.self, context, response_, end);
      if (status == FilterStatus::Replied || finished_) return;
      if (status != FilterStatus::Continue) {
        if (context.encode.headers_passed) return;
        context.encode.paused = true;
        context.encode.end = end;
        return;
      }
    }
    context.encode.headers_passed = true;
  }
  deliverHeaders(end);
}

void Stream::passResponseData(uint32_t from, Buffer& data, bool end) {
  for (uint32_t i = from; i-- > 0;) {
    FilterContext& context = filters_[i];
    FilterStatus status = context.encode.paused ? FilterStatus::Pause : FilterStatus::Continue;
    if (context.hooks->encodeData)
      status = context.hooks->encodeData(context.self, context, data, end);
    if (status == FilterStatus::Replied || finished_) return;
    if (status != FilterStatus::Continue) {
      hold(context.encode, data, end, status, false);
      return;
    }
    if (context.encode.paused) {
      context.encode.paused = false;
      if (context.encode.held && !context.encode.held->empty()) {
        Buffer all = std::move(*context.encode.held);
        all.append(std::move(data));
        data = std::move(all);
      }
    }
    if (!context.encode.headers_passed) {
      context.encode.headers_passed = true;
      runResponseFilters(i, false);
      if (finished_) return;
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
  if (!finished_) encoder_.flush();
  data.clear();
}

void Stream::passResponseTrailers(uint32_t from, HeaderMap& trailers) {
  for (uint32_t i = from; i-- > 0;) {
    FilterContext& context = filters_[i];
    FilterStatus status = context.encode.paused ? FilterStatus::Pause : FilterStatus::Continue;
    if (context.hooks->encodeTrailers)
      status = context.hooks->encodeTrailers(context.self, context, trailers);
    if (status == FilterStatus::Replied || finished_) return;
    if (status != FilterStatus::Continue) {
      context.encode.paused = true;
      context.encode.trailers = &trailers;
      return;
    }
    if (context.encode.paused) {
      context.encode.trailers = &trailers;
      resume(context, false);
      return;
    }
  }
  deliverTrailers(trailers);
}

// A filter that had stopped goes on: headers first, then what it holds, then trailers.
void Stream::resume(FilterContext& context, bool request) {
  if (finished_) return;
  FilterContext::Side& side = request ? context.decode : context.encode;
  if (!side.headers_arrived || (side.headers_passed && !side.paused)) return;
  bool was_backed_up = side.held && side.held->size() > manager_.buffer_limit;
  side.paused = false;
  bool more = (side.held && !side.held->empty()) || side.trailers;
  bool end = side.end && !more;
  if (!side.headers_passed) {
    side.headers_passed = true;
    // The end told with the headers, not with data that was held since.
    bool headers_end = end && !(side.held);
    request ? runRequestFilters(context.index + 1u, headers_end)
            : runResponseFilters(context.index, headers_end);
    if (finished_ || headers_end) return;
  }
  if (side.held && (!side.held->empty() || side.end)) {
    Buffer data = std::move(*side.held);
    bool data_end = side.end && !side.trailers;
    request ? passRequestData(context.index + 1u, data, data_end)
            : passResponseData(context.index, data, data_end);
    if (finished_) return;
  }
  if (was_backed_up) {
    if (request) {
      pauseRequest(false);
    } else {
      FilterContext& last = filters_[filter_count_ - 1];
      if (last.hooks->onBackpressure) last.hooks->onBackpressure(last.self, last, false);
    }
  }
  if (HeaderMap* trailers = side.trailers) {
    side.trailers = nullptr;
    request ? passRequestTrailers(context.index + 1u, *trailers)
            : passResponseTrailers(context.index, *trailers);
  }
}

}  // namespace attache::http
