// Messages in the body of a gRPC call: each has a prefix of 5 bytes, a flag and a length
// (PROTOCOL-HTTP2.md, Length-Prefixed-Message).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace attache::grpc {

inline constexpr size_t kPrefix = 5;

// Writes the prefix of a message of n bytes that is not compressed.
inline void writePrefix(char* to, uint32_t n, uint8_t flags = 0) {
  to[0] = static_cast<char>(flags);
  for (int i = 0; i < 4; i++) to[1 + i] = static_cast<char>(n >> (24 - 8 * i));
}

// Finds the messages in bytes that come in any pieces. Keeps none of them.
class MessageReader {
 public:
  struct Piece {
    bool begins = false;     // the message's prefix has been read
    bool ends = false;       // and this is its last piece
    std::string_view bytes;  // of the message, without the prefix; may be empty
  };
  // Takes the next piece from the front of `data`; false when all of it is taken, without a piece.
  bool next(std::string_view& data, Piece& piece);
  // Of the message that the last piece belongs to.
  uint8_t flags() const { return static_cast<uint8_t>(prefix_[0]); }
  uint32_t length() const;
  // Some of a message, or of its prefix, has come and not all.
  bool inMessage() const { return have_ > 0; }
  // Messages whose prefix has begun.
  uint64_t messages() const { return messages_ + (have_ > 0 && have_ < kPrefix ? 1 : 0); }

 private:
  char prefix_[kPrefix] = {};
  uint8_t have_ = 0;  // bytes of the prefix
  uint32_t left_ = 0;
  uint64_t messages_ = 0;  // prefixes read
};

// The same, with whole messages: one that came in several pieces is put together.
class MessageAssembler {
 public:
  enum class Step : uint8_t {
    Message,     // message() is one
    More,        // all of the bytes are taken
    TooLarge,    // longer than the limit
    Compressed,  // with a flag that nothing was agreed on for
  };
  // `limit` in bytes; 0: none.
  explicit MessageAssembler(uint32_t limit = 0) : limit_(limit) {}
  void setLimit(uint32_t limit) { limit_ = limit; }
  Step next(std::string_view& data);
  // Valid until the next step, and as long as the bytes that were given to this one.
  std::string_view message() const { return message_; }

 private:
  MessageReader reader_;
  std::string parts_;
  std::string_view message_;
  uint32_t limit_;
};

}  // namespace attache::grpc
