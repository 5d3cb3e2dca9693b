#include <algorithm>

#include "codec/test/h2_test_util.h"

namespace attache::h2::testing {

namespace {

struct Failure {
  ErrorCode code;
  std::string reason;
};

class Whole {
 public:
  Whole(bool server, const ReaderLimits& limits, std::string_view bytes)
      : server_(server), limits_(limits), in_(bytes) {}

  std::string read() {
    Failure failure{ErrorCode::NoError, {}};
    bool failed = preface(failure);
    while (!failed && !stopped_ && !in_.empty()) failed = one(failure);
    if (failed)
      return out_ + "error " + std::to_string(static_cast<int>(failure.code)) + " " +
             failure.reason + "\n";
    return out_ + (mid_ || in_block_ ? "mid\n" : "");
  }

 private:
  static bool fail(Failure& failure, ErrorCode code, std::string reason) {
    failure = {code, std::move(reason)};
    return true;
  }

  bool preface(Failure& failure) {
    if (!server_) return false;
    size_t n = std::min(in_.size(), kPreface.size());
    if (in_.substr(0, n) != kPreface.substr(0, n))
      return fail(failure, ErrorCode::ProtocolError, "bad preface");
    in_.remove_prefix(n);
    return false;
  }

  void say(FrameType type, uint8_t flags, uint32_t stream, std::string_view payload,
           std::string_view more = {}) {
    out_ += std::to_string(static_cast<int>(type)) + " " + std::to_string(flags) + " " +
            std::to_string(stream) + " " + toHex(payload) + std::string(more) + "\n";
  }

  bool checkHead(Failure& failure) {
    if (length_ > 16384) return fail(failure, ErrorCode::FrameSizeError, "frame too large");
    if (in_block_ && (type_ != 9 || stream_ != block_stream_))
      return fail(failure, ErrorCode::ProtocolError, "header block interrupted");
    if (!settled_ && (type_ != 4 || (flags_ & 1)))
      return fail(failure, ErrorCode::ProtocolError, "no SETTINGS first");
    settled_ = true;
    if (type_ > 9) return false;
    bool zero = type_ == 4 || type_ == 6 || type_ == 7;
    if (zero && stream_ != 0)
      return fail(failure, ErrorCode::ProtocolError, "stream id on a frame of the connection");
    if (!zero && type_ != 8 && stream_ == 0)
      return fail(failure, ErrorCode::ProtocolError, "no stream id");
    if (badLength()) return fail(failure, ErrorCode::FrameSizeError, "frame size");
    if (type_ == 5) return fail(failure, ErrorCode::ProtocolError, "push");
    if (type_ == 9 && !in_block_)
      return fail(failure, ErrorCode::ProtocolError, "CONTINUATION without HEADERS");
    return false;
  }

  bool badLength() const {
    bool padded = (flags_ & 8) != 0;
    switch (type_) {
      case 0:
        return padded && length_ < 1;
      case 1:
        return length_ < (padded ? 1u : 0u) + ((flags_ & 0x20) ? 5u : 0u);
      case 3:
      case 8:
        return length_ != 4;
      case 4:
        return (flags_ & 1) ? length_ != 0 : length_ % 6 != 0;
      case 6:
        return length_ != 8;
      case 7:
        return length_ < 8;
      default:
        return false;
    }
  }

  bool one(Failure& failure) {
    if (in_.size() < 9) {
      stopped_ = mid_ = true;
      return false;
    }
    length_ = read24(in_.data());
    type_ = static_cast<uint8_t>(in_[3]);
    flags_ = static_cast<uint8_t>(in_[4]);
    stream_ = read32(in_.data() + 5) & 0x7fffffff;
    in_.remove_prefix(9);
    if (checkHead(failure)) return true;
    std::string_view payload = in_.substr(0, length_);
    bool whole = payload.size() == length_;
    in_.remove_prefix(payload.size());
    if (!whole) stopped_ = mid_ = true;
    if (type_ > 9) return false;
    if (type_ == 0) return data(failure, payload, whole);
    if (!whole) return false;
    if (type_ == 1 || type_ == 9) return block(failure, payload);
    say(static_cast<FrameType>(type_), flags_, stream_, payload);
    return false;
  }

  bool data(Failure& failure, std::string_view payload, bool whole) {
    size_t pad = 0, extra = 0;
    if (flags_ & 8) {
      if (payload.empty()) return false;
      pad = static_cast<uint8_t>(payload[0]);
      extra = 1 + pad;
      if (extra > length_) return fail(failure, ErrorCode::ProtocolError, "padding");
      payload.remove_prefix(1);
    }
    size_t size = length_ - extra;
    std::string_view body = payload.substr(0, std::min(size, payload.size()));
    if (body.size() == size) {
      say(FrameType::Data, flags_, stream_, body);
    } else if (!whole && (extra > 0 || !body.empty())) {
      say(FrameType::Data, flags_, stream_, body, " open " + std::to_string(body.size() + extra));
    }
    return false;
  }

  bool block(Failure& failure, std::string_view payload) {
    if (type_ == 1) {
      size_t pad = 0;
      if (flags_ & 8) {
        pad = static_cast<uint8_t>(payload[0]);
        payload.remove_prefix(1);
      }
      self_ = false;
      size_t fixed = (flags_ & 0x20) ? 5 : 0;
      if (pad + fixed > payload.size()) return fail(failure, ErrorCode::ProtocolError, "padding");
      if (fixed) self_ = (read32(payload.data()) & 0x7fffffff) == stream_;
      payload = payload.substr(fixed, payload.size() - fixed - pad);
      block_.clear();
      block_flags_ = flags_;
      block_stream_ = stream_;
      continuations_ = empty_ = 0;
    } else {
      empty_ = payload.empty() ? empty_ + 1 : 0;
      if (empty_ > limits_.max_empty_continuations)
        return fail(failure, ErrorCode::EnhanceYourCalm, "too many empty frames");
      if (++continuations_ > limits_.max_continuations)
        return fail(failure, ErrorCode::EnhanceYourCalm, "too many CONTINUATION frames");
    }
    block_.append(payload);
    if (block_.size() > limits_.max_block)
      return fail(failure, ErrorCode::EnhanceYourCalm, "header block too large");
    in_block_ = (flags_ & 4) == 0;
    if (!in_block_)
      say(FrameType::Headers, block_flags_, block_stream_, block_, self_ ? " self" : "");
    return false;
  }

  bool server_;
  ReaderLimits limits_;
  std::string_view in_;
  std::string out_, block_;
  uint32_t length_ = 0, stream_ = 0, block_stream_ = 0, continuations_ = 0, empty_ = 0;
  uint8_t type_ = 0, flags_ = 0, block_flags_ = 0;
  bool settled_ = false, in_block_ = false, self_ = false, mid_ = false, stopped_ = false;
};

}  // namespace

std::string referenceFrames(bool server, const ReaderLimits& limits, std::string_view bytes) {
  return Whole(server, limits, bytes).read();
}

}  // namespace attache::h2::testing
