#include "codec/h2_reader.h"

#include <algorithm>
#include <cstring>

namespace attache::h2 {

namespace {
constexpr auto kLastKnown = static_cast<uint8_t>(FrameType::Continuation);
}  // namespace

Reader::Step Reader::fail(ErrorCode code, std::string_view reason) {
  error_ = code;
  reason_ = reason;
  return Step::Error;
}

// False: it is not the preface.
bool Reader::takePreface(const char* data, size_t n, size_t& at) {
  size_t take = std::min(n - at, preface_left_);
  size_t from = kPreface.size() - preface_left_;
  if (std::memcmp(data + at, kPreface.data() + from, take) != 0) return false;
  at += take;
  preface_left_ -= take;
  return true;
}

Reader::Step Reader::next(char* data, size_t n, size_t& at, Frame& frame) {
  if (preface_left_ > 0) [[unlikely]] {
    if (!takePreface(data, n, at)) return fail(ErrorCode::ProtocolError, "bad preface");
  }
  while (at < n || (state_ != State::Header && left_ == 0)) {
    bool done = false;
    switch (state_) {
      case State::Header: {
        const char* header = data + at;
        if (!kept_.empty() || n - at < kFrameHeader) [[unlikely]] {
          size_t take = std::min(kFrameHeader - kept_.size(), n - at);
          kept_.append(data + at, take);
          at += take;
          if (kept_.size() < kFrameHeader) return Step::More;
          header = kept_.data();
        } else {
          at += kFrameHeader;
        }
        Step step = begin(header);
        kept_.forget();
        if (step == Step::Error) return step;
        break;
      }
      case State::Payload: {
        char* payload = data + at;
        if (!kept_.empty() || n - at < length_) [[unlikely]] {
          size_t take = std::min<size_t>(length_ - kept_.size(), n - at);
          kept_.append(data + at, take);
          at += take;
          if (kept_.size() < length_) return Step::More;
          payload = kept_.data();
        } else {
          at += length_;
        }
        state_ = State::Header;
        left_ = 0;
        kept_.forget();  // the memory stays until something is appended
        Step step = complete(payload, frame, done);
        if (step == Step::Error || done) return step;
        break;
      }
      case State::Skip: {
        size_t take = std::min<size_t>(left_, n - at);
        at += take;
        left_ -= static_cast<uint32_t>(take);
        if (left_ == 0) state_ = State::Header;
        break;
      }
      default: {
        Step step = dataPiece(data, n, at, frame, done);
        if (step == Step::Error || done) return step;
        if (at == n && left_ > 0) return Step::More;
      }
    }
  }
  return Step::More;
}

// Of a frame's own length, whatever stream it is for.
ErrorCode Reader::checkLength() const {
  bool bad = false;
  switch (type_) {
    case FrameType::RstStream:
    case FrameType::WindowUpdate:
      bad = length_ != 4;
      break;
    case FrameType::Settings:
      bad = (flags_ & kAck) ? length_ != 0 : length_ % 6 != 0;
      break;
    case FrameType::Ping:
      bad = length_ != 8;
      break;
    case FrameType::GoAway:
      bad = length_ < 8;
      break;
    case FrameType::Headers:
      bad = length_ < ((flags_ & kPadded) ? 1u : 0u) + ((flags_ & kPriority) ? 5u : 0u);
      break;
    case FrameType::Data:
      bad = (flags_ & kPadded) && length_ == 0;
      break;
    default:
      break;
  }
  return bad ? ErrorCode::FrameSizeError : ErrorCode::NoError;
}

Reader::Step Reader::begin(const char* header) {
  length_ = left_ = read24(header);
  auto type = static_cast<uint8_t>(header[3]);
  type_ = static_cast<FrameType>(type);
  flags_ = static_cast<uint8_t>(header[4]);
  stream_ = read32(header + 5) & kMaxWindow;
  if (length_ > kMaxFrameSize) return fail(ErrorCode::FrameSizeError, "frame too large");
  if (in_block_ && (type_ != FrameType::Continuation || stream_ != block_stream_))
    return fail(ErrorCode::ProtocolError, "header block interrupted");
  if (!settled_) [[unlikely]] {
    if (type_ != FrameType::Settings || (flags_ & kAck))
      return fail(ErrorCode::ProtocolError, "no SETTINGS first");
    settled_ = true;
  }
  if (type > kLastKnown) {
    state_ = State::Skip;
    return Step::Frame;
  }
  bool of_connection =
      type_ == FrameType::Settings || type_ == FrameType::Ping || type_ == FrameType::GoAway;
  if (type_ != FrameType::WindowUpdate && of_connection != (stream_ == 0))
    return fail(ErrorCode::ProtocolError,
                of_connection ? "stream id on a frame of the connection" : "no stream id");
  if (ErrorCode code = checkLength(); code != ErrorCode::NoError) return fail(code, "frame size");
  if (type_ == FrameType::PushPromise) return fail(ErrorCode::ProtocolError, "push");
  if (type_ == FrameType::Continuation && !in_block_)
    return fail(ErrorCode::ProtocolError, "CONTINUATION without HEADERS");
  if (type_ == FrameType::Data) {
    pad_ = 0;
    pad_counted_ = false;
    state_ = (flags_ & kPadded) ? State::PadLength : State::Data;
  } else {
    state_ = State::Payload;
  }
  return Step::Frame;
}

// The pieces of a DATA frame. `more`: one is in `frame`.
Reader::Step Reader::dataPiece(char* data, size_t n, size_t& at, Frame& frame, bool& more) {
  uint32_t extra = 0;
  if (state_ == State::PadLength) {
    pad_ = static_cast<uint8_t>(data[at++]);
    left_--;
    if (pad_ > left_) return fail(ErrorCode::ProtocolError, "padding");
    state_ = State::Data;
    extra = 1 + pad_;
  }
  if (state_ == State::Data) {
    size_t take = std::min<size_t>(left_ - pad_, n - at);
    left_ -= static_cast<uint32_t>(take);
    bool whole = left_ == pad_;
    // Padding without data is told too: it counts.
    if (take == 0 && !whole && extra == 0) return Step::More;
    frame = {};
    frame.flags = flags_;
    frame.stream = stream_;
    frame.data = data + at;
    frame.size = take;
    frame.flow = static_cast<uint32_t>(take) + extra;
    frame.length = length_;
    frame.last = whole;
    at += take;
    more = true;
    if (whole) state_ = left_ > 0 ? State::Padding : State::Header;
    return Step::Frame;
  }
  size_t take = std::min<size_t>(left_, n - at);
  at += take;
  left_ -= static_cast<uint32_t>(take);
  if (left_ == 0) state_ = State::Header;
  return Step::Frame;
}

Reader::Step Reader::complete(char* payload, Frame& frame, bool& done) {
  if (type_ == FrameType::Headers || type_ == FrameType::Continuation)
    return completeBlock(payload, frame, done);
  frame = {};
  frame.type = type_;
  frame.flags = flags_;
  frame.stream = stream_;
  frame.data = payload;
  frame.size = length_;
  done = true;
  return Step::Frame;
}

Reader::Step Reader::completeBlock(char* payload, Frame& frame, bool& done) {
  char* from = payload;
  char* to = payload + length_;
  if (type_ == FrameType::Headers) {
    if (flags_ & kPadded) {
      auto pad = static_cast<uint8_t>(*from++);
      if (pad > to - from - ((flags_ & kPriority) ? 5 : 0))
        return fail(ErrorCode::ProtocolError, "padding");
      to -= pad;
    }
    block_self_dependent_ = false;
    if (flags_ & kPriority) {
      block_self_dependent_ = (read32(from) & kMaxWindow) == stream_;
      from += 5;
    }
    block_flags_ = flags_;
    block_stream_ = stream_;
    continuations_ = empty_continuations_ = 0;
    block_.forget();
  } else {
    // Each costs the peer nine bytes and us a turn.
    empty_continuations_ = length_ > 0 ? 0 : empty_continuations_ + 1;
    if (empty_continuations_ > limits_.max_empty_continuations) {
      flood_ = Flood::EmptyFrames;
      return fail(ErrorCode::EnhanceYourCalm, "too many empty frames");
    }
    if (++continuations_ > limits_.max_continuations)
      return fail(ErrorCode::EnhanceYourCalm, "too many CONTINUATION frames");
  }
  auto size = static_cast<size_t>(to - from);
  if (block_.size() + size > limits_.max_block) {
    flood_ = Flood::LargeBlock;
    return fail(ErrorCode::EnhanceYourCalm, "header block too large");
  }
  bool end = (flags_ & kEndHeaders) != 0;
  in_block_ = !end;
  if (!end || type_ == FrameType::Continuation) {
    block_.append(from, size);
    if (!end) return Step::Frame;
    from = block_.data();
    size = block_.size();
  }
  frame = {};
  frame.type = FrameType::Headers;
  frame.flags = block_flags_;
  frame.stream = block_stream_;
  frame.data = from;
  frame.size = size;
  frame.self_dependent = block_self_dependent_;
  done = true;
  return Step::Frame;
}

}  // namespace attache::h2
