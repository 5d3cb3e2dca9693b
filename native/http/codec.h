// The stream contract between codecs and streams, in HTTP/2's terms; HTTP/1 is one user of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "codec/headers.h"
#include "http/types.h"

namespace attache::http {

// Sends a response to the peer. Implemented by the server half of a codec, one for each stream.
// Views and body pieces need only live until flush().
class ResponseEncoder {
 public:
  virtual ~ResponseEncoder() = default;
  // An interim response (1xx but 101).
  virtual void encode1xx(const HeaderMap& headers, int status) = 0;
  virtual void encodeHeaders(HeaderMap& headers, int status, bool end) = 0;
  virtual void encodeData(const char* data, size_t n, bool end) = 0;
  virtual void encodeTrailers(HeaderMap& trailers) = 0;
  // Ends the stream in the middle: the peer must notice that the response is not complete.
  virtual void reset() = 0;
  // Sends what the last calls produced. Whoever delivers data calls it once at the end; also after
  // the response's end, or a reset.
  virtual void flush() = 0;
  // Backpressure: stop or go on delivering this request's body.
  virtual void pauseRequest(bool pause) = 0;
  // Bytes of the response that wait for the peer.
  virtual size_t queued() const = 0;
};

}  // namespace attache::http
