// The contract of HTTP filters: a table of functions. A null hook is never called and costs
// nothing. The last filter of a chain (the router) answers the request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "codec/headers.h"

namespace attache::http {

class Stream;

enum class FilterStatus : uint8_t {
  // On to the next filter.
  Continue,
  // Stop here until FilterContext::resume*(). Body that comes meanwhile is kept up to the
  // watermark; then the sender is stopped.
  Pause,
  // As Pause, and this filter wants the body whole: beyond the limit the request is answered 413
  // (a response becomes a 500).
  Buffer,
  // The filter has answered the request itself, through Stream::sendLocalReply().
  Replied,
};

// A filter's place in one stream's chain. Lives as long as the stream.
struct FilterContext;

struct FilterHooks {
  std::string_view name;
  // Makes the state of one stream, in its arena; `config` is the filter's record struct.
  void* (*create)(FilterContext& context, const void* config);
  FilterStatus (*decodeHeaders)(void* self, FilterContext&, HeaderMap& headers, bool end);
  // `data` is what came, in memory the filter may change or take; `end`: nothing follows.
  FilterStatus (*decodeData)(void* self, FilterContext&, Buffer& data, bool end);
  FilterStatus (*decodeTrailers)(void* self, FilterContext&, HeaderMap& trailers);
  FilterStatus (*encodeHeaders)(void* self, FilterContext&, HeaderMap& headers, bool end);
  FilterStatus (*encodeData)(void* self, FilterContext&, Buffer& data, bool end);
  FilterStatus (*encodeTrailers)(void* self, FilterContext&, HeaderMap& trailers);
  // Exactly once for every created filter, when the stream ends in whatever way. Timers, side
  // calls and handles held elsewhere must be given up here.
  void (*onDestroy)(void* self, FilterContext&);
  // Of the last filter: body as it arrives, not copied, valid during the call.
  void (*forwardData)(void* self, FilterContext&, const char* data, size_t n, bool end);
  // The client takes the response slower (true) or fast enough again (false) than it comes.
  void (*onBackpressure)(void* self, FilterContext&, bool paused);
};

struct FilterContext {
  Stream* stream;
  const FilterHooks* hooks;
  void* self;
  uint8_t index;
  // One for each direction.
  struct Side {
    bool headers_arrived;  // the hook has seen the headers
    bool headers_passed;   // and the next filter too
    bool paused;
    bool end;      // nothing follows what is held
    Buffer* held;  // body that this filter holds back
    HeaderMap* trailers;
  } decode, encode;

  // Go on after Pause or Buffer, with what is held. On the worker's thread; from another one go
  // through StreamHandle.
  void resumeDecoding();
  void resumeEncoding();
};

// A filter of a configuration, ready to be put into streams.
struct FilterFactory {
  const FilterHooks* hooks;
  const void* config;
};

// Names a stream from anywhere, also after its end: the worker looks the id up.
struct StreamHandle {
  uint32_t worker;
  uint64_t stream;
};

}  // namespace attache::http
