#include <cstdint>
#include <string_view>

#include "standalone/lockstep_peer.h"

namespace attache::standalone {

namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr size_t kHeader = 9;
enum Type : uint8_t { kData = 0, kHeaders = 1, kSettings = 4, kWindowUpdate = 8 };
constexpr uint8_t kEndStream = 1, kAck = 1, kEndHeaders = 4;

struct Frame {
  uint8_t type, flags;
  uint32_t stream;
  std::string_view payload;
};

std::string frame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload) {
  std::string out;
  for (int shift : {16, 8, 0}) out += static_cast<char>(payload.size() >> shift);
  out += static_cast<char>(type);
  out += static_cast<char>(flags);
  for (int shift : {24, 16, 8, 0}) out += static_cast<char>(stream >> shift);
  return out += payload;
}

// Calls fn(Frame) for each that is complete, and takes them away.
template <class Fn>
void forEachFrame(std::string& input, Fn&& fn) {
  size_t at = 0;
  auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(input[at + i])); };
  while (input.size() - at >= kHeader) {
    size_t size = byte(0) << 16 | byte(1) << 8 | byte(2);
    if (input.size() - at - kHeader < size) break;
    fn(Frame{static_cast<uint8_t>(byte(3)), static_cast<uint8_t>(byte(4)),
             (byte(5) << 24 | byte(6) << 16 | byte(7) << 8 | byte(8)) & 0x7fffffff,
             std::string_view(input).substr(at + kHeader, size)});
    at += kHeader + size;
  }
  input.erase(0, at);
}

// A field of HPACK's static table (RFC 7541 section 6.2) with another value of less than 127
// bytes; `first` has the kind of literal and the table's index.
std::string literal(int first, std::string_view value) {
  std::string out(1, static_cast<char>(first));
  out += static_cast<char>(value.size());
  return out += value;
}
constexpr int kAdded = 0x40;  // to the dynamic table

// SETTINGS that say nothing, and a window that no run gets to the end of.
std::string greeting() {
  return frame(kSettings, 0, 0, "") + frame(kWindowUpdate, 0, 0, {"\x3f\xff\x00\x00", 4});
}

bool acknowledge(const Frame& got, std::string& output) {
  if (got.type != kSettings || got.flags & kAck) return false;
  output += frame(kSettings, kAck, 0, "");
  return true;
}

class H2Client final : public Client {
 public:
  explicit H2Client(size_t body) : body_(body) {}

  std::string request() override {
    std::string out;
    std::string block = "\x82\x86" + literal(4, "/" + std::to_string(body_));
    if (stream_ == 0) {
      out.append(kPreface).append(greeting());
      block += literal(kAdded | 1, "127.0.0.1");
      stream_ = 1;
    } else {
      block += '\xbe';  // :authority as before
      stream_ += 2;
    }
    got_ = 0;
    good_ = false;
    return out += frame(kHeaders, kEndHeaders | kEndStream, stream_, block);
  }

  Answer feed(std::string& input, std::string& output) override {
    Answer answer = Answer::Missing;
    forEachFrame(input, [&](const Frame& frame) {
      if (acknowledge(frame, output) || frame.stream != stream_) return;
      // :status 200
      if (frame.type == kHeaders) good_ = frame.payload.starts_with('\x88');
      if (frame.type == kData) got_ += frame.payload.size();
      if (frame.type > kHeaders) return;
      if (frame.flags & kEndStream)
        answer = good_ && got_ == body_ ? Answer::Complete : Answer::Wrong;
    });
    return answer;
  }

 private:
  size_t body_;
  uint32_t stream_ = 0;
  size_t got_ = 0;
  bool good_ = false;
};

class H2Origin final : public Origin {
 public:
  explicit H2Origin(size_t body) : body_(body, 'x') {}

  void feed(std::string& input, std::string& output) override {
    if (!greeted_) {
      if (input.size() < kPreface.size()) return;
      input.erase(0, kPreface.size());
      greeted_ = true;
      output += greeting();
    }
    forEachFrame(input, [&](const Frame& got) {
      if (acknowledge(got, output) || got.type != kHeaders) return;
      output += frame(kHeaders, kEndHeaders, got.stream, head());
      output += frame(kData, kEndStream, got.stream, body_);
    });
  }

 private:
  std::string head() {
    if (answered_) return "\x88\xc0\xbf\xbe";
    answered_ = true;
    return "\x88" + literal(kAdded | 33, "Mon, 01 Jan 2024 00:00:00 GMT") +
           literal(kAdded | 31, "text/plain") + literal(kAdded | 28, std::to_string(body_.size()));
  }

  std::string body_;
  bool greeted_ = false;
  bool answered_ = false;
};

}  // namespace

std::unique_ptr<Client> h2Client(size_t body) {
  return std::make_unique<H2Client>(body);
}
std::unique_ptr<Origin> h2Origin(size_t body) {
  return std::make_unique<H2Origin>(body);
}

}  // namespace attache::standalone
