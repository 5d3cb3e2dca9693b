#include "grpc/messages.h"

#include <algorithm>

namespace attache::grpc {

uint32_t MessageReader::length() const {
  uint32_t n = 0;
  for (size_t i = 1; i < kPrefix; i++) n = n << 8 | static_cast<uint8_t>(prefix_[i]);
  return n;
}

bool MessageReader::next(std::string_view& data, Piece& piece) {
  piece = {};
  if (have_ < kPrefix) {
    size_t take = std::min(data.size(), kPrefix - have_);
    data.copy(prefix_ + have_, take);
    data.remove_prefix(take);
    have_ = static_cast<uint8_t>(have_ + take);
    if (have_ < kPrefix) return false;
    left_ = length();
    messages_++;
    piece.begins = true;
  } else if (data.empty()) {
    return false;
  }
  size_t take = std::min<size_t>(data.size(), left_);
  piece.bytes = data.substr(0, take);
  data.remove_prefix(take);
  left_ -= static_cast<uint32_t>(take);
  if (left_ == 0) {
    piece.ends = true;
    have_ = 0;
  }
  return true;
}

MessageAssembler::Step MessageAssembler::next(std::string_view& data) {
  MessageReader::Piece piece;
  while (reader_.next(data, piece)) {
    if (piece.begins) {
      parts_.clear();
      // What is announced is no reason yet to have memory for it.
      if (limit_ && reader_.length() > limit_) return Step::TooLarge;
      if (reader_.flags() != 0 && reader_.length() > 0) return Step::Compressed;
      if (piece.ends) {
        message_ = piece.bytes;
        return Step::Message;
      }
    }
    parts_.append(piece.bytes);
    if (piece.ends) {
      message_ = parts_;
      return Step::Message;
    }
  }
  return Step::More;
}

}  // namespace attache::grpc
