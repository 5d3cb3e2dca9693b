// Writes the wire format of protocol buffers at the end of a growing buffer, which has
// append(std::string_view), append(char), room(n), commit(n), size() (accesslog::LineBuffer).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace attache {

template <class Out>
class ProtoWriter {
 public:
  explicit ProtoWriter(Out& out) : out_(out) {}

  // Without presence: nothing is written of 0, false and an empty text.
  void number(uint32_t field, uint64_t value) {
    if (value) present(field, value);
  }
  void flag(uint32_t field, bool value) { number(field, value ? 1 : 0); }
  void text(uint32_t field, std::string_view value) {
    if (!value.empty()) bytes(field, value);
  }
  // With presence.
  void present(uint32_t field, uint64_t value) {
    varint(field << 3);
    varint(value);
  }
  void bytes(uint32_t field, std::string_view value) {
    head(field, value.size());
    out_.append(value);
  }
  // Of a message or text whose `size` bytes follow.
  void head(uint32_t field, size_t size) {
    varint(field << 3 | kLengthDelimited);
    varint(size);
  }
  // A google.protobuf wrapper of a number.
  void wrapped(uint32_t field, uint64_t value) {
    size_t message = begin(field);
    number(1, value);
    end(message);
  }
  // A message of unknown size between begin() and end(), which takes what begin() has answered.
  size_t begin(uint32_t field) {
    varint(field << 3 | kLengthDelimited);
    out_.append('\0');
    return out_.size();
  }
  void end(size_t message) {
    size_t size = out_.size() - message;
    size_t more = sizeOf(size) - 1;
    // Few messages have more than 127 bytes: those move up.
    out_.room(more);
    char* at = out_.data() + message;
    if (more) {
      std::memmove(at + more, at, size);
      out_.commit(more);
    }
    put(at - 1, size);
  }
  // Of a varint, in bytes.
  static size_t sizeOf(uint64_t value) {
    size_t n = 1;
    for (; value >= 0x80; value >>= 7) n++;
    return n;
  }

 private:
  static constexpr uint32_t kLengthDelimited = 2;
  static constexpr size_t kMaxVarint = 10;

  void varint(uint64_t value) {
    char* at = out_.room(kMaxVarint);
    out_.commit(static_cast<size_t>(put(at, value) - at));
  }
  static char* put(char* at, uint64_t value) {
    for (; value >= 0x80; value >>= 7) *at++ = static_cast<char>(value | 0x80);
    *at++ = static_cast<char>(value);
    return at;
  }
  Out& out_;
};

}  // namespace attache
