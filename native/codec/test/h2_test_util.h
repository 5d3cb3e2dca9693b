// HTTP/2 frames as bytes and as text, for the tests of its codec.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/test.h"
#include "codec/h2_reader.h"
#include "codec/test/hpack_test_util.h"

namespace attache::h2::testing {

using hpack::testing::fromHex;
using hpack::testing::toHex;

inline std::string frame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload) {
  std::string out(kFrameHeader, '\0');
  writeFrameHeader(out.data(), payload.size(), static_cast<FrameType>(type), flags, stream);
  return out.append(payload);
}
inline std::string frame(FrameType type, uint8_t flags, uint32_t stream,
                         std::string_view payload = {}) {
  return frame(static_cast<uint8_t>(type), flags, stream, payload);
}
inline std::string u32(uint32_t value) {
  std::string out(4, '\0');
  write32(out.data(), value);
  return out;
}
inline std::string setting(Setting id, uint32_t value) {
  std::string out(6, '\0');
  writeSetting(out.data(), id, value);
  return out;
}

// What a client, or a server, begins with.
inline std::string opening(bool client) {
  return (client ? std::string(kPreface) : std::string()) + frame(FrameType::Settings, 0, 0);
}

// Reads `bytes` in pieces that end at `ends` and gives what came as text, a line for each frame,
// the pieces of a DATA frame put together. Each piece lies in a heap block of exactly its size,
// which is gone before the next one comes.
inline std::string readFrames(bool server, const ReaderLimits& limits, std::string_view bytes,
                              const std::vector<size_t>& ends) {
  Reader reader(server, limits);
  std::string out, body;
  uint32_t flow = 0;
  size_t from = 0;
  auto line = [&](const Frame& f, std::string_view payload) {
    return std::to_string(static_cast<int>(f.type)) + " " + std::to_string(f.flags) + " " +
           std::to_string(f.stream) + " " + toHex(payload) + (f.self_dependent ? " self" : "");
  };
  Frame last;
  bool data_open = false;
  for (size_t end : ends) {
    size_t n = end - from;
    std::unique_ptr<char[]> block(new char[n]);
    if (n > 0) std::memcpy(block.get(), bytes.data() + from, n);
    from = end;
    for (size_t at = 0;;) {
      Frame f;
      Reader::Step step = reader.next(block.get(), n, at, f);
      if (step == Reader::Step::Error) {
        if (data_open) out += line(last, body) + " open " + std::to_string(flow) + "\n";
        return out + "error " + std::to_string(static_cast<int>(reader.error())) + " " +
               std::string(reader.reason()) + "\n";
      }
      if (step == Reader::Step::More) {
        CHECK_EQ(at, n);
        break;
      }
      if (f.type != FrameType::Data) {
        CHECK(!data_open);
        out += line(f, {f.data, f.size}) + "\n";
        continue;
      }
      body.append(f.data, f.size);
      flow += f.flow;
      last = f;
      data_open = !f.last;
      if (!f.last) continue;
      CHECK_EQ(flow, f.length);
      out += line(f, body) + "\n";
      body.clear();
      flow = 0;
    }
  }
  if (data_open) out += line(last, body) + " open " + std::to_string(flow) + "\n";
  return out + (reader.midFrame() ? "mid\n" : "");
}

// The same by a reader that sees everything at once, written in the simplest way.
std::string referenceFrames(bool server, const ReaderLimits& limits, std::string_view bytes);

}  // namespace attache::h2::testing
