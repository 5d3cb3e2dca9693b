// HTTP/2 frames as they are on the wire (RFC 9113 section 4 and 6): names, and writing those that
// are not DATA or HEADERS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace attache::h2 {

enum class FrameType : uint8_t {
  Data,
  Headers,
  Priority,
  RstStream,
  Settings,
  PushPromise,
  Ping,
  GoAway,
  WindowUpdate,
  Continuation,
};

inline constexpr uint8_t kEndStream = 0x1;
inline constexpr uint8_t kAck = 0x1;
inline constexpr uint8_t kEndHeaders = 0x4;
inline constexpr uint8_t kPadded = 0x8;
inline constexpr uint8_t kPriority = 0x20;

// RFC 9113 section 7.
enum class ErrorCode : uint32_t {
  NoError,
  ProtocolError,
  InternalError,
  FlowControlError,
  SettingsTimeout,
  StreamClosed,
  FrameSizeError,
  RefusedStream,
  Cancel,
  CompressionError,
  ConnectError,
  EnhanceYourCalm,
  InadequateSecurity,
  Http11Required,
};

// RFC 9113 section 6.5.2, RFC 8441 section 3.
enum class Setting : uint16_t {
  HeaderTableSize = 1,
  EnablePush = 2,
  MaxConcurrentStreams = 3,
  InitialWindowSize = 4,
  MaxFrameSize = 5,
  MaxHeaderListSize = 6,
  EnableConnectProtocol = 8,
};

inline constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
inline constexpr size_t kFrameHeader = 9;
inline constexpr uint32_t kMaxFrameSize = 16384;  // what we announce and write at most
inline constexpr uint32_t kDefaultWindow = 65535;
inline constexpr uint32_t kMaxWindow = 0x7fffffff;

inline uint32_t read24(const char* p) {
  auto u = [&](int i) { return static_cast<uint32_t>(static_cast<uint8_t>(p[i])); };
  return u(0) << 16 | u(1) << 8 | u(2);
}
inline uint32_t read32(const char* p) {
  return static_cast<uint32_t>(static_cast<uint8_t>(p[0])) << 24 | read24(p + 1);
}
inline uint16_t read16(const char* p) {
  return static_cast<uint16_t>(static_cast<uint8_t>(p[0]) << 8 | static_cast<uint8_t>(p[1]));
}
inline char* write16(char* p, uint32_t v) {
  p[0] = static_cast<char>(v >> 8);
  p[1] = static_cast<char>(v);
  return p + 2;
}
inline char* write32(char* p, uint32_t v) {
  return write16(write16(p, v >> 16), v & 0xffff);
}

// The nine bytes before a payload of `length`.
inline char* writeFrameHeader(char* p, size_t length, FrameType type, uint8_t flags,
                              uint32_t stream) {
  p[0] = static_cast<char>(length >> 16);
  p[1] = static_cast<char>(length >> 8);
  p[2] = static_cast<char>(length);
  p[3] = static_cast<char>(type);
  p[4] = static_cast<char>(flags);
  return write32(p + 5, stream);
}
inline char* writeSetting(char* p, Setting id, uint32_t value) {
  return write32(write16(p, static_cast<uint32_t>(id)), value);
}

}  // namespace attache::h2
