#include "http/test/contract/filters.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <new>

#include "http/stream.h"
#include "upstream/async_client.h"

namespace attache::contract {

using http::FilterContext;
using http::FilterStatus;

std::vector<Pause> pauses;
std::vector<Pause> parked;
Counts counts;

namespace {

bool has(std::string_view list, std::string_view item) {
  return list.find(item) != std::string_view::npos;
}

size_t numberOf(const HeaderMap& headers, std::string_view name) {
  std::string_view text = headers.get(name);
  size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The hooks of a class with these methods, its objects in the arena of their stream.
template <class T>
void* create(FilterContext& context, const void* config) {
  counts.created++;
  return new (context.stream->arena().allocAligned(sizeof(T), alignof(T))) T(context, config);
}
template <class T>
void destroy(void* self, FilterContext&) {
  counts.destroyed++;
  static_cast<T*>(self)->~T();
}
template <class T, FilterStatus (T::*method)(HeaderMap&, bool)>
FilterStatus headersHook(void* self, FilterContext&, HeaderMap& headers, bool end) {
  return (static_cast<T*>(self)->*method)(headers, end);
}
template <class T, FilterStatus (T::*method)(Buffer&, bool)>
FilterStatus dataHook(void* self, FilterContext&, Buffer& data, bool end) {
  return (static_cast<T*>(self)->*method)(data, end);
}
template <class T, FilterStatus (T::*method)(HeaderMap&)>
FilterStatus trailersHook(void* self, FilterContext&, HeaderMap& trailers) {
  return (static_cast<T*>(self)->*method)(trailers);
}
void onLocalReply(void*, FilterContext&) {
  counts.local_replies++;
}

// ---- pauser, parker ------------------------------------------------------------------------

// Stops at the phases that a field of the request names.
class Stopper {
 public:
  Stopper(FilterContext& context, std::string_view field, std::vector<Pause>& into)
      : context_(context), field_(field), into_(into) {}
  FilterStatus stopAt(const char* phase) {
    if (!has(context_.stream->request().get(field_), phase) || has(done_, phase))
      return FilterStatus::Continue;
    done_ += phase;
    into_.push_back({phase, context_.stream->handle(), context_.index});
    return FilterStatus::Pause;
  }
  FilterStatus requestHeaders(HeaderMap&, bool) { return stopAt("qh"); }
  FilterStatus requestData(Buffer&, bool) { return again(stopAt("qd"), context_.decode); }
  FilterStatus requestTrailers(HeaderMap&) { return again(stopAt("qt"), context_.decode); }
  FilterStatus responseHeaders(HeaderMap&, bool) { return stopAt("rh"); }
  FilterStatus responseData(Buffer&, bool) { return again(stopAt("rd"), context_.encode); }
  FilterStatus responseTrailers(HeaderMap&) { return again(stopAt("rt"), context_.encode); }

 protected:
  // What comes while it is paused does not end the pause.
  FilterStatus again(FilterStatus status, const FilterContext::Side& side) const {
    return side.paused ? FilterStatus::Pause : status;
  }
  FilterContext& context_;

 private:
  std::string_view field_;
  std::vector<Pause>& into_;
  std::string done_;
};

struct Pauser : Stopper {
  Pauser(FilterContext& context, const void*) : Stopper(context, "x-pause", pauses) {}
};

struct Parker : Stopper {
  Parker(FilterContext& context, const void*) : Stopper(context, "x-park", parked) {}
  void wake() {
    if (context_.stream->request().get("x-wake") == "reply")
      context_.stream->sendLocalReply(429, "woken", http::Flag::kCount, "parker");
  }
};
void wakeParker(void* self, FilterContext&) {
  static_cast<Parker*>(self)->wake();
}

template <class T>
constexpr http::FilterHooks stopperHooks(std::string_view name) {
  return {
      .name = name,
      .create = create<T>,
      .decodeHeaders = headersHook<Stopper, &Stopper::requestHeaders>,
      .decodeData = dataHook<Stopper, &Stopper::requestData>,
      .decodeTrailers = trailersHook<Stopper, &Stopper::requestTrailers>,
      .encodeHeaders = headersHook<Stopper, &Stopper::responseHeaders>,
      .encodeData = dataHook<Stopper, &Stopper::responseData>,
      .encodeTrailers = trailersHook<Stopper, &Stopper::responseTrailers>,
      .onDestroy = destroy<T>,
      .onLocalReply = onLocalReply,
  };
}

// ---- rewriter ------------------------------------------------------------------------------

class Rewriter {
 public:
  Rewriter(FilterContext& context, const void*) : context_(context) {}
  FilterStatus requestHeaders(HeaderMap& headers, bool end) {
    request_ = has(headers.get("x-rewrite"), "q") && !end;
    return request_ ? FilterStatus::Buffer : FilterStatus::Continue;
  }
  FilterStatus responseHeaders(HeaderMap&, bool end) {
    response_ = has(context_.stream->request().get("x-rewrite"), "r") && !end;
    return response_ ? FilterStatus::Buffer : FilterStatus::Continue;
  }
  FilterStatus requestData(Buffer& data, bool end) {
    if (!request_) return FilterStatus::Continue;
    return keep(context_.decodeBuffer(), context_.stream->request(), data, end);
  }
  FilterStatus responseData(Buffer& data, bool end) {
    if (!response_) return FilterStatus::Continue;
    return keep(context_.encodeBuffer(), context_.stream->response(), data, end);
  }
  FilterStatus requestTrailers(HeaderMap&) {
    if (request_) rewrite(context_.decodeBuffer(), context_.stream->request());
    return FilterStatus::Continue;
  }
  FilterStatus responseTrailers(HeaderMap&) {
    if (response_) rewrite(context_.encodeBuffer(), context_.stream->response());
    return FilterStatus::Continue;
  }

 private:
  static FilterStatus keep(Buffer& held, HeaderMap& headers, Buffer& data, bool end) {
    if (!end) return FilterStatus::Buffer;
    held.append(std::move(data));
    rewrite(held, headers);
    return FilterStatus::Continue;
  }
  static void rewrite(Buffer& held, HeaderMap& headers) {
    std::string text = "[" + held.str() + "]";
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    held.clear();
    held.append(text);
    if (headers.has(HeaderId::ContentLength))
      headers.setCopy(HeaderId::ContentLength, std::to_string(text.size()));
  }
  FilterContext& context_;
  bool request_ = false, response_ = false;
};

// ---- caller --------------------------------------------------------------------------------

class Caller final : public upstream::AsyncCallbacks {
 public:
  Caller(FilterContext& context, const void* config)
      : context_(context),
        cluster_(static_cast<const CallerConfig*>(config)->cluster),
        trailers_(&context.stream->arena()) {}
  FilterStatus requestHeaders(HeaderMap& headers, bool) {
    std::string_view path = headers.get("x-call");
    if (path.empty()) return FilterStatus::Continue;
    call_ = std::make_unique<upstream::AsyncRequest>(context_.stream->worker(), *this);
    std::string_view body = headers.get("x-call-body");
    call_->headers().add(HeaderId::Method, body.empty() ? "GET" : "POST");
    call_->headers().addCopy(HeaderId::Path, path);
    call_->headers().add(HeaderId::Authority, "side.call");
    upstream::AsyncRequest::Options options;
    options.timeout_ms = static_cast<uint32_t>(numberOf(headers, "x-call-timeout"));
    starting_ = true;
    call_->start(cluster_, body.empty(), options);
    starting_ = false;
    if (!failure_.empty()) {
      reply();
      return FilterStatus::Replied;
    }
    if (!body.empty() && call_->underWay()) {
      call_->sendData(body.data(), body.size() / 2, false);
      call_->sendData(body.data() + body.size() / 2, body.size() - body.size() / 2, false);
      trailers_.add("x-trailer", "of-the-call");
      call_->sendTrailers(trailers_);
    }
    return FilterStatus::Pause;
  }

 private:
  void onHeaders(HeaderMap&, int status, bool end) override {
    answer_ = std::to_string(status);
    if (end) done();
  }
  void onData(const char* data, size_t n, bool end) override {
    if (n > 0) answer_.append(" ").append(data, n);
    if (end) done();
  }
  void onTrailers(HeaderMap& trailers) override {
    answer_.append(" ").append(trailers.get("x-trailer"));
    done();
  }
  void onFailure(http::UpstreamFailure, std::string_view details) override {
    failure_ = context_.stream->arena().copy(details);
    if (!starting_) reply();
  }
  // May end the stream, and with it this.
  void reply() { context_.stream->sendLocalReply(500, failure_, http::Flag::kCount, failure_); }
  void done() {
    context_.stream->request().setCopy("x-called", answer_);
    context_.resumeDecoding();
  }
  FilterContext& context_;
  uint32_t cluster_;
  std::unique_ptr<upstream::AsyncRequest> call_;
  HeaderMap trailers_;
  std::string answer_;
  std::string_view failure_;
  bool starting_ = false;
};

// ---- replier -------------------------------------------------------------------------------

class Replier {
 public:
  Replier(FilterContext& context, const void*) : context_(context) {}
  FilterStatus requestHeaders(HeaderMap& headers, bool) {
    reply_at_ = numberOf(headers, "x-reply-at");
    break_at_ = numberOf(headers, "x-break-at");
    return FilterStatus::Continue;
  }
  FilterStatus requestData(Buffer& data, bool) { return count(data, reply_at_); }
  FilterStatus responseData(Buffer& data, bool) { return count(data, break_at_); }

 private:
  FilterStatus count(const Buffer& data, size_t& left) {
    if (left == 0) return FilterStatus::Continue;
    if (data.size() < left) {
      left -= data.size();
      return FilterStatus::Continue;
    }
    left = 0;
    context_.stream->sendLocalReply(418, "enough", http::Flag::kCount, "replier");
    return FilterStatus::Replied;
  }
  FilterContext& context_;
  size_t reply_at_ = 0, break_at_ = 0;
};

}  // namespace

const http::FilterHooks kPauser = stopperHooks<Pauser>("pauser");
const http::FilterHooks kParker = [] {
  http::FilterHooks hooks = stopperHooks<Parker>("parker");
  hooks.onWake = wakeParker;
  return hooks;
}();
const http::FilterHooks kRewriter = {
    .name = "rewriter",
    .create = create<Rewriter>,
    .decodeHeaders = headersHook<Rewriter, &Rewriter::requestHeaders>,
    .decodeData = dataHook<Rewriter, &Rewriter::requestData>,
    .decodeTrailers = trailersHook<Rewriter, &Rewriter::requestTrailers>,
    .encodeHeaders = headersHook<Rewriter, &Rewriter::responseHeaders>,
    .encodeData = dataHook<Rewriter, &Rewriter::responseData>,
    .encodeTrailers = trailersHook<Rewriter, &Rewriter::responseTrailers>,
    .onDestroy = destroy<Rewriter>,
    .onLocalReply = onLocalReply,
};
const http::FilterHooks kCaller = {
    .name = "caller",
    .create = create<Caller>,
    .decodeHeaders = headersHook<Caller, &Caller::requestHeaders>,
    .onDestroy = destroy<Caller>,
    .onLocalReply = onLocalReply,
};
const http::FilterHooks kReplier = {
    .name = "replier",
    .create = create<Replier>,
    .decodeHeaders = headersHook<Replier, &Replier::requestHeaders>,
    .decodeData = dataHook<Replier, &Replier::requestData>,
    .encodeData = dataHook<Replier, &Replier::responseData>,
    .onDestroy = destroy<Replier>,
    .onLocalReply = onLocalReply,
};

}  // namespace attache::contract
