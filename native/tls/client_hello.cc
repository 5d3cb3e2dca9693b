#include "tls/client_hello.h"

#include <algorithm>
#include <cstdint>

namespace attache::tls {

namespace {

constexpr uint8_t kHandshakeRecord = 22;
constexpr uint8_t kClientHello = 1;
constexpr size_t kRecordHeader = 5;
constexpr size_t kMessageHeader = 4;
constexpr size_t kMaxRecord = 16384 + 256;
constexpr uint16_t kServerName = 0;
constexpr uint16_t kAlpn = 16;

// Reads numbers and length-prefixed pieces; remembers when there was less than was asked for.
class Cursor {
 public:
  explicit Cursor(std::string_view data) : data_(data) {}
  bool ok() const { return ok_; }
  bool atEnd() const { return data_.empty(); }
  uint32_t number(int bytes) {
    std::string_view taken = take(static_cast<size_t>(bytes));
    uint32_t value = 0;
    for (char c : taken) value = value << 8 | static_cast<uint8_t>(c);
    return value;
  }
  std::string_view take(size_t n) {
    if (n > data_.size()) {
      ok_ = false;
      data_ = {};
      return {};
    }
    std::string_view taken = data_.substr(0, n);
    data_.remove_prefix(n);
    return taken;
  }
  // A piece behind its length of so many bytes.
  std::string_view piece(int length_bytes) { return take(number(length_bytes)); }

 private:
  std::string_view data_;
  bool ok_ = true;
};

bool readServerName(std::string_view extension, ClientHello* out) {
  Cursor list(Cursor(extension).piece(2));
  while (!list.atEnd()) {
    uint32_t type = list.number(1);
    std::string_view name = list.piece(2);
    if (!list.ok()) return false;
    if (type != 0 || !out->server_name.empty()) continue;
    // RFC 6066 section 3: no empty names; a NUL would end the name for some of its readers.
    if (name.empty() || name.find('\0') != std::string_view::npos) return false;
    for (char c : name) out->server_name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return true;
}

bool readAlpn(std::string_view extension, ClientHello* out) {
  Cursor list(Cursor(extension).piece(2));
  while (!list.atEnd()) {
    std::string_view protocol = list.piece(1);
    if (!list.ok() || protocol.empty()) return false;
    out->alpn.emplace_back(protocol);
  }
  return true;
}

bool readHello(std::string_view body, ClientHello* out) {
  Cursor in(body);
  in.take(2 + 32);  // version, random
  in.piece(1);      // session
  in.piece(2);      // ciphers
  in.piece(1);      // compression
  if (!in.ok()) return false;
  if (in.atEnd()) return true;  // before TLS 1.2 there may be no extensions
  Cursor extensions(in.piece(2));
  if (!in.ok()) return false;
  while (!extensions.atEnd()) {
    uint32_t type = extensions.number(2);
    std::string_view value = extensions.piece(2);
    if (!extensions.ok()) return false;
    if (type == kServerName && !readServerName(value, out)) return false;
    if (type == kAlpn && !readAlpn(value, out)) return false;
  }
  return true;
}

uint8_t byteAt(std::string_view bytes, size_t i) {
  return static_cast<uint8_t>(bytes[i]);
}

}  // namespace

HelloResult parseClientHello(std::string_view bytes, size_t most, ClientHello* out) {
  *out = {};
  // The message may be spread over records: what has come of it is put together.
  std::string joined;
  std::string_view message;
  for (std::string_view rest = bytes;;) {
    size_t before = bytes.size() - rest.size();
    out->used = std::min(before + kRecordHeader, bytes.size());
    if (!rest.empty() && byteAt(rest, 0) != kHandshakeRecord)
      return joined.empty() ? HelloResult::NotTls : HelloResult::Broken;
    if (rest.size() > 1 && byteAt(rest, 1) != 3)
      return joined.empty() ? HelloResult::NotTls : HelloResult::Broken;
    if (rest.size() < kRecordHeader) return HelloResult::More;
    size_t length = size_t{byteAt(rest, 3)} << 8 | byteAt(rest, 4);
    if (length == 0 || length > kMaxRecord) return HelloResult::Broken;
    std::string_view piece = rest.substr(kRecordHeader, length);
    out->used = before + kRecordHeader + piece.size();
    bool whole = piece.size() == length;
    // One record is read where it lies.
    if (joined.empty() && whole) {
      message = piece;
    } else {
      if (joined.empty()) joined = message;
      joined += piece;
      message = joined;
    }
    if (!message.empty() && byteAt(message, 0) != kClientHello) return HelloResult::Broken;
    if (message.size() >= kMessageHeader) {
      size_t size =
          size_t{byteAt(message, 1)} << 16 | size_t{byteAt(message, 2)} << 8 | byteAt(message, 3);
      if (size > most) return HelloResult::TooLarge;
      if (message.size() - kMessageHeader >= size) {
        return readHello(message.substr(kMessageHeader, size), out) ? HelloResult::Complete
                                                                    : HelloResult::Broken;
      }
    }
    if (!whole) return HelloResult::More;
    if (joined.empty()) joined = message;
    message = joined;
    rest.remove_prefix(kRecordHeader + length);
  }
}

}  // namespace attache::tls
