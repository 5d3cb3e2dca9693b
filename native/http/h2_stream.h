// One stream of an HTTP/2 connection as the session has it: windows, what waits to be sent, and how
// far both directions have come (RFC 9113 section 5).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "base/list.h"
#include "codec/h2_fields.h"
#include "codec/h2_frame.h"

namespace attache::http {

struct H2SendTag;

class H2Stream : public Link<H2SendTag> {
 public:
  explicit H2Stream(BufferPool& pool) : out(pool) {}
  virtual ~H2Stream() = default;
  H2Stream(const H2Stream&) = delete;
  H2Stream& operator=(const H2Stream&) = delete;

  // ---- what the session tells; the stream may be closed in any of them --------------------------
  // Where the next field block is decoded to: of the head, or of trailers.
  virtual HeaderMap& fieldsFor(bool trailers) = 0;
  // What a head is: of a request, or of a response.
  // Its views lie in [lo, hi), in the arena of its map or are static. Interim responses too.
  virtual void onHead(const h2::FieldsResult& result, bool end, char* lo, char* hi) = 0;
  virtual void onBody(const char* data, size_t n, bool end) = 0;
  virtual void onTrailers(HeaderMap& trailers) = 0;
  // Dead: the peer has reset it, or broken its rules (and was told), or the connection is gone.
  virtual void onReset(h2::ErrorCode code, bool remote, std::string_view detail) = 0;
  // More waits to be sent than should (true), or little enough (false).
  virtual void onSendQueue(bool full) = 0;

  // ---- the session's own ------------------------------------------------------------------------
  H2Stream* next_in_table = nullptr;
  uint32_t id = 0;
  // What a peer is told that has not ended its side when we have.
  h2::ErrorCode early_end = h2::ErrorCode::NoError;
  int64_t send_window = 0;
  int64_t receive_window = 0;
  uint64_t unannounced = 0;   // consumed, and not given back to the peer's window
  uint64_t held = 0;          // received while reading is paused
  int64_t content_left = -1;  // of the announced length; -1: none was
  Buffer out;                 // body that waits for a window or the socket
  const HeaderMap* out_trailers = nullptr;
  bool head_received = false;
  bool local_end = false;   // END_STREAM or RST_STREAM is sent, or queued
  bool end_queued = false;  // END_STREAM follows what is in `out`
  bool remote_end = false;
  bool reset = false;
  bool closed = false;  // not in the table any more
  bool read_paused = false;
  bool queue_full = false;
  bool no_body = false;  // HEAD, 204, 304: DATA breaks the rules if it has bytes
};

}  // namespace attache::http
