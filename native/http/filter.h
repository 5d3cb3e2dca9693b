// The contract of HTTP filters: a table of functions. A null hook is never called and costs
// nothing. The last filter of a chain (the router) answers the request.
//
// All hooks of a stream run on its worker's thread, one at a time. Headers come first and once for
// each side, then data in any number of pieces, then trailers; `end` is told once, with the last of
// them but trailers. sendLocalReply() and resume*() of the other side may end the stream: onDestroy
// has then run before they return, and the hook has to return without touching its state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "codec/headers.h"

namespace attache::http {

class Stream;
struct FilterFactory;

// What a hook decides, for its own side (request or response) alone.
enum class FilterStatus : uint8_t {
  // On to the next filter. Of one that had paused: headers, then what it holds, then this.
  Continue,
  // Stop here until FilterContext::resume*(), or until a later hook of this side answers Continue.
  // Body that comes meanwhile is kept; beyond Manager::buffer_limit its sender is stopped. A filter
  // with a data hook goes on being asked about each piece.
  Pause,
  // As Pause, but the sender is not stopped, because this filter wants the body whole: beyond the
  // limit a request is answered 413, a response becomes a 500 (or is cut, if it has begun).
  Buffer,
  // The filter has answered the request itself, through Stream::sendLocalReply(). No later filter
  // hears of the request again; the answer runs through the encode hooks of all filters, unless
  // another response has begun to.
  Replied,
};

// A filter's place in one stream's chain. Lives as long as the stream.
struct FilterContext;

struct FilterHooks {
  std::string_view name;
  // Makes the state of one stream, in its arena; `config` is the filter's record struct. The
  // request must not be answered from here.
  void* (*create)(FilterContext& context, const void* config);
  // The bytes that `headers` names may move when the hook has returned: views are not kept.
  FilterStatus (*decodeHeaders)(void* self, FilterContext&, HeaderMap& headers, bool end) = nullptr;
  // `data` is what came, in memory the filter may change or take; `end`: nothing follows.
  FilterStatus (*decodeData)(void* self, FilterContext&, Buffer& data, bool end) = nullptr;
  // `trailers` live as long as the stream.
  FilterStatus (*decodeTrailers)(void* self, FilterContext&, HeaderMap& trailers) = nullptr;
  // Of the host's response or of a local reply. ":status" among the headers is what is sent.
  FilterStatus (*encodeHeaders)(void* self, FilterContext&, HeaderMap& headers, bool end) = nullptr;
  FilterStatus (*encodeData)(void* self, FilterContext&, Buffer& data, bool end) = nullptr;
  FilterStatus (*encodeTrailers)(void* self, FilterContext&, HeaderMap& trailers) = nullptr;
  // Exactly once for every created filter, when the stream ends in whatever way. Timers, side
  // calls and handles held elsewhere must be given up here.
  void (*onDestroy)(void* self, FilterContext&) = nullptr;
  // Of the last filter: body as it arrives, not copied, valid during the call.
  void (*forwardData)(void* self, FilterContext&, const char* data, size_t n, bool end) = nullptr;
  // Of the last filter: the response is taken slower (true), by the client or by a filter that
  // holds it back, or fast enough again (false).
  void (*onBackpressure)(void* self, FilterContext&, bool paused) = nullptr;
  // Somebody answers the request with a local reply: what this filter has under way for it (an
  // upstream request, a side call) is of no use any more. The stream must not be used from here.
  void (*onLocalReply)(void* self, FilterContext&) = nullptr;
  // StreamHandle::wake() was called. May do what the other hooks may, and resume.
  void (*onWake)(void* self, FilterContext&) = nullptr;
  // Whether it asks for Stream::facts().
  bool wants_facts = false;
};

struct FilterContext {
  Stream* stream;
  const FilterHooks* hooks;
  void* self;
  uint32_t index;  // its number in the chain, for StreamHandle
  const FilterFactory* factory;
  // One for each direction.
  struct Side {
    bool headers_arrived;  // the hook has seen the headers
    bool headers_passed;   // and the next filter too
    bool paused;
    bool whole;      // by Buffer
    bool end;        // nothing follows what is held
    bool in_hook;    // a hook of this side is being run
    bool resumed;    // and has resumed: its Pause is a Continue
    bool backed_up;  // the sender is stopped because of what is held
    size_t limit;    // of what may be held; 0: Manager::buffer_limit
    Buffer* held;    // body that this filter holds back
    HeaderMap* trailers;
  } decode, encode;

  // Go on after Pause or Buffer, with what is held. On the worker's thread; from another one go
  // through StreamHandle. Nothing happens when the filter has not paused, or the stream is over.
  // Inside of a hook of the same side it makes that hook's Pause a Continue.
  void resumeDecoding();
  void resumeEncoding();
  // Body that this filter holds back, to be changed, taken or added to; whoever changes its length
  // sees to content-length, which is still there as long as the headers have not been passed.
  // Added to in the hook for trailers, or by a filter that paused a message without body, it goes
  // out before what follows.
  Buffer& decodeBuffer();
  Buffer& encodeBuffer();
  // What the route sets of this filter, the most specific of cluster weight, route, virtual host
  // and table: a struct of its extension, or null.
  const void* routeConfig() const;
  // All that the four set of it, the most specific first; how many.
  uint32_t routeConfigs(const void* (&out)[4]) const;
};

// A filter of a configuration, ready to be put into streams.
struct FilterFactory {
  const FilterHooks* hooks;
  const void* config;
  uint32_t extension = 0;
  std::string_view name = {};  // by which routes speak of it
  bool disabled = false;       // unless the route switches it on
  // Where its configuration comes from, of one that is delivered (ECDS); `hooks` is null without
  // one that stands in until then.
  uint32_t discovered = 0;
};

}  // namespace attache::http
