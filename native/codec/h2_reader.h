// Splits the bytes of an HTTP/2 connection into frames, wherever reads cut them. Sans-io: no
// sockets, no clock, no streams. What can be said of a frame by itself is checked here (RFC 9113
// sections 4 and 6); what depends on streams is the session's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/kept_bytes.h"
#include "codec/h2_frame.h"

namespace attache::h2 {

// A frame without its header and padding. Of DATA a piece, as much of it as is there; of a header
// block the whole, its CONTINUATION frames joined.
struct Frame {
  FrameType type = FrameType::Data;
  uint8_t flags = 0;
  uint32_t stream = 0;
  // In the bytes given to next(), or in memory of the reader: valid until its next call.
  char* data = nullptr;
  size_t size = 0;
  // DATA: bytes of this piece that count for flow control, padding included, and whether it is the
  // frame's last.
  uint32_t flow = 0;
  bool last = true;
  // DATA: length of the whole frame's payload.
  uint32_t length = 0;
  // HEADERS: a priority that depends on the stream itself (section 5.3.1).
  bool self_dependent = false;

  bool has(uint8_t flag) const { return (flags & flag) != 0; }
};

// Limits of one peer's frames.
struct ReaderLimits {
  size_t max_block = 128 * 1024;         // bytes of one header block as it is on the wire
  uint32_t max_continuations = 16;       // of one block
  uint32_t max_empty_continuations = 1;  // one after another
};

class Reader {
 public:
  enum class Step : uint8_t {
    More,   // everything was taken, and a frame is not complete
    Frame,  // one frame, or a piece of DATA
    Error,  // the connection cannot go on: error(), reason()
  };
  // `server`: reads what clients send, beginning with the preface.
  Reader(bool server, const ReaderLimits& limits)
      : limits_(limits), preface_left_(server ? kPreface.size() : 0) {}

  // Takes bytes of [data, data + n) from `at` on and moves it. Frames of types that nobody knows
  // are passed over (section 4.1).
  Step next(char* data, size_t n, size_t& at, Frame& frame);
  ErrorCode error() const { return error_; }
  std::string_view reason() const { return reason_; }
  // What the error is about if its code is ENHANCE_YOUR_CALM.
  enum class Flood : uint8_t { None, EmptyFrames, LargeBlock };
  Flood flood() const { return flood_; }
  // Between HEADERS and the last CONTINUATION, or in the middle of HEADERS.
  bool inBlock() const {
    return in_block_ || (type_ == FrameType::Headers && state_ == State::Payload);
  }
  // In the middle of a frame or a header block.
  bool midFrame() const { return state_ != State::Header || !kept_.empty() || in_block_; }

 private:
  enum class State : uint8_t { Header, Payload, PadLength, Data, Padding, Skip };
  Step fail(ErrorCode code, std::string_view reason);
  bool takePreface(const char* data, size_t n, size_t& at);
  Step begin(const char* header);
  Step dataPiece(char* data, size_t n, size_t& at, Frame& frame, bool& more);
  Step complete(char* payload, Frame& frame, bool& done);
  Step completeBlock(char* payload, Frame& frame, bool& done);
  ErrorCode checkLength() const;

  ReaderLimits limits_;
  KeptBytes kept_;   // a frame of which not all has come
  KeptBytes block_;  // fragments of a header block
  std::string_view reason_;
  size_t preface_left_;
  uint32_t length_ = 0;  // of the current frame
  uint32_t left_ = 0;    // of its payload
  uint32_t pad_ = 0;
  uint32_t stream_ = 0;
  uint32_t block_stream_ = 0;
  uint32_t continuations_ = 0;
  uint32_t empty_continuations_ = 0;
  FrameType type_ = FrameType::Data;
  uint8_t flags_ = 0;
  uint8_t block_flags_ = 0;
  ErrorCode error_ = ErrorCode::NoError;
  Flood flood_ = Flood::None;
  State state_ = State::Header;
  bool in_block_ = false;  // only CONTINUATION of block_stream_ may follow
  bool block_self_dependent_ = false;
  bool pad_counted_ = false;
  bool settled_ = false;  // the first frame was SETTINGS
};

}  // namespace attache::h2
