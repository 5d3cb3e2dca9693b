#include <random>

#include "codec/test/h2_test_util.h"

using namespace attache;
using namespace attache::h2;
using namespace attache::h2::testing;

namespace {

// Reads whole, split at each point and byte by byte: always as the reference does, which is
// returned.
std::string readEveryWay(bool server, std::string_view bytes, const ReaderLimits& limits,
                         const char* file, int line) {
  std::string expected = referenceFrames(server, limits, bytes);
  auto same = [&](const std::vector<size_t>& ends, const std::string& how) {
    std::string got = readFrames(server, limits, bytes, ends);
    if (got == expected) return true;
    test::report(file, line, how + ":\n" + got + "  instead of\n" + expected);
    return false;
  };
  if (!same({bytes.size()}, "whole")) return expected;
  std::vector<size_t> each;
  for (size_t i = 1; i <= bytes.size(); i++) each.push_back(i);
  if (!same(each, "byte by byte")) return expected;
  for (size_t i = 0; i <= bytes.size() && bytes.size() <= 4096; i++) {
    if (!same({i, bytes.size()}, "split at " + std::to_string(i))) break;
  }
  return expected;
}

// Of one frame, or more, behind the opening: what is told of it.
std::string read(std::string_view frames, bool server, const ReaderLimits& limits, const char* file,
                 int line) {
  std::string text =
      readEveryWay(server, opening(server) + std::string(frames), limits, file, line);
  std::string first = "4 0 0 \n";
  if (!text.starts_with(first)) test::report(file, line, "no SETTINGS first: " + text);
  return text.substr(std::min(first.size(), text.size()));
}

}  // namespace

#define READ(frames) read(frames, true, {}, __FILE__, __LINE__)
#define READ_WITH(limits, frames) read(frames, true, limits, __FILE__, __LINE__)
#define READ_CLIENT(frames) read(frames, false, {}, __FILE__, __LINE__)
#define READ_RAW(server, bytes) readEveryWay(server, bytes, {}, __FILE__, __LINE__)

TEST(h2_reader_preface) {
  std::string settings = frame(FrameType::Settings, 0, 0);
  CHECK_EQ(READ_RAW(true, std::string(kPreface) + settings), "4 0 0 \n");
  CHECK_EQ(READ_RAW(true, kPreface), "");
  CHECK_EQ(READ_RAW(true, ""), "");
  CHECK_EQ(READ_RAW(true, settings), "error 1 bad preface\n");
  for (size_t i = 0; i < kPreface.size(); i++) {
    std::string wrong(kPreface);
    wrong[i] ^= 0x20;
    CHECK_EQ(READ_RAW(true, wrong + settings), "error 1 bad preface\n");
    // It is told with the first byte that is wrong.
    CHECK_EQ(READ_RAW(true, wrong.substr(0, i + 1)), "error 1 bad preface\n");
  }
  CHECK_EQ(READ_RAW(true, "GET / HTTP/1.1\r\n\r\n"), "error 1 bad preface\n");
  // What servers send has none (section 3.4).
  CHECK_EQ(READ_RAW(false, settings), "4 0 0 \n");
  CHECK_EQ(READ_RAW(false, "HTTP/1.1 400 Bad Request\r\n"), "error 6 frame too large\n");
}

// Section 3.4: SETTINGS is what each end begins with.
TEST(h2_reader_settings_first) {
  std::string error = "error 1 no SETTINGS first\n";
  for (bool server : {true, false}) {
    std::string before = server ? std::string(kPreface) : "";
    CHECK_EQ(READ_RAW(server, before + frame(FrameType::Ping, 0, 0, "12345678")), error);
    CHECK_EQ(READ_RAW(server, before + frame(FrameType::Settings, kAck, 0)), error);
    CHECK_EQ(READ_RAW(server, before + frame(FrameType::WindowUpdate, 0, 0, u32(1))), error);
    CHECK_EQ(READ_RAW(server, before + frame(0x20, 0, 0, "")), error);
    CHECK_EQ(READ_RAW(server, before + frame(FrameType::Headers, kEndHeaders, 1)), error);
  }
}

TEST(h2_reader_frames_of_all_types) {
  CHECK_EQ(READ(frame(FrameType::Data, 0, 1, "abc")), "0 0 1 616263\n");
  CHECK_EQ(READ(frame(FrameType::Data, kEndStream, 1)), "0 1 1 \n");
  CHECK_EQ(READ(frame(FrameType::Headers, kEndHeaders, 1, "\x82")), "1 4 1 82\n");
  CHECK_EQ(READ(frame(FrameType::Headers, kEndHeaders, 1)), "1 4 1 \n");
  CHECK_EQ(READ(frame(FrameType::Priority, 0, 3, "12345")), "2 0 3 3132333435\n");
  CHECK_EQ(READ(frame(FrameType::RstStream, 0, 1, u32(8))), "3 0 1 00000008\n");
  CHECK_EQ(READ(frame(FrameType::Settings, 0, 0, setting(Setting::EnablePush, 0))),
           "4 0 0 000200000000\n");
  CHECK_EQ(READ(frame(FrameType::Settings, kAck, 0)), "4 1 0 \n");
  CHECK_EQ(READ(frame(FrameType::Ping, 0, 0, "12345678")), "6 0 0 3132333435363738\n");
  CHECK_EQ(READ(frame(FrameType::GoAway, 0, 0, u32(5) + u32(2) + "bye")),
           "7 0 0 0000000500000002627965\n");
  CHECK_EQ(READ(frame(FrameType::WindowUpdate, 0, 0, u32(9))), "8 0 0 00000009\n");
  CHECK_EQ(READ(frame(FrameType::WindowUpdate, 0, 7, u32(9))), "8 0 7 00000009\n");
  // Several in one read, and the reserved bit of a stream's number (section 4.1).
  CHECK_EQ(READ(frame(FrameType::Data, 0, 0x80000001, "a") + frame(FrameType::Data, 1, 3, "b") +
                frame(FrameType::Ping, 0, 0, "12345678")),
           "0 0 1 61\n0 1 3 62\n6 0 0 3132333435363738\n");
  CHECK_EQ(READ_CLIENT(frame(FrameType::Headers, kEndHeaders, 1, "\x88")), "1 4 1 88\n");
}

// Section 4.1 and 5.5.
TEST(h2_reader_unknown_types_are_passed_over) {
  for (uint8_t type : {0x0a, 0x10, 0x7f, 0xff}) {
    CHECK_EQ(READ(frame(type, 0xff, 0, "anything") + frame(type, 0, 9, "") +
                  frame(FrameType::RstStream, 0, 1, u32(0))),
             "3 0 1 00000000\n");
  }
  CHECK_EQ(READ(frame(0x0a, 0, 0, std::string(16384, 'x'))), "");
  CHECK_EQ(READ(frame(0x0a, 0, 0, "abc").substr(0, 10)), "mid\n");
  CHECK_EQ(READ(std::string("\x00\x40\x01\x0a\x00\x00\x00\x00\x00", 9)),
           "error 6 frame too large\n");
}

// Section 4.2: 16384 bytes, as nothing more is announced.
TEST(h2_reader_largest_frame) {
  std::string most(kMaxFrameSize, 'x');
  CHECK_EQ(READ(frame(FrameType::Data, 0, 1, most)), "0 0 1 " + toHex(most) + "\n");
  CHECK_EQ(READ(frame(FrameType::Headers, kEndHeaders, 1, most)), "1 4 1 " + toHex(most) + "\n");
  // Told before the payload comes.
  CHECK_EQ(READ(frame(FrameType::Data, 0, 1, most + "x").substr(0, 9)),
           "error 6 frame too large\n");
  CHECK_EQ(READ(frame(FrameType::GoAway, 0, 0, most + "x")), "error 6 frame too large\n");
}

TEST(h2_reader_lengths) {
  std::string error = "error 6 frame size\n";
  auto bytes = [](size_t n) { return std::string(n, '\0'); };
  for (size_t n : {0, 3, 5}) CHECK_EQ(READ(frame(FrameType::RstStream, 0, 1, bytes(n))), error);
  for (size_t n : {0, 3, 5}) CHECK_EQ(READ(frame(FrameType::WindowUpdate, 0, 1, bytes(n))), error);
  for (size_t n : {1, 5, 7, 13}) CHECK_EQ(READ(frame(FrameType::Settings, 0, 0, bytes(n))), error);
  CHECK_EQ(READ(frame(FrameType::Settings, kAck, 0, bytes(6))), error);
  for (size_t n : {0, 7, 9}) CHECK_EQ(READ(frame(FrameType::Ping, 0, 0, bytes(n))), error);
  for (size_t n : {0, 7}) CHECK_EQ(READ(frame(FrameType::GoAway, 0, 0, bytes(n))), error);
  CHECK_EQ(READ(frame(FrameType::Data, kPadded, 1)), error);
  CHECK_EQ(READ(frame(FrameType::Headers, kPadded, 1)), error);
  for (size_t n : {0, 4}) CHECK_EQ(READ(frame(FrameType::Headers, kPriority, 1, bytes(n))), error);
  CHECK_EQ(READ(frame(FrameType::Headers, kPriority | kPadded, 1, bytes(5))), error);
  // Of a stream, not of the connection (section 6.3): told as it is.
  CHECK_EQ(READ(frame(FrameType::Priority, 0, 1, bytes(4))), "2 0 1 00000000\n");
}

TEST(h2_reader_stream_ids) {
  std::string none = "error 1 no stream id\n";
  std::string some = "error 1 stream id on a frame of the connection\n";
  CHECK_EQ(READ(frame(FrameType::Data, 0, 0, "a")), none);
  CHECK_EQ(READ(frame(FrameType::Headers, kEndHeaders, 0)), none);
  CHECK_EQ(READ(frame(FrameType::Priority, 0, 0, "12345")), none);
  CHECK_EQ(READ(frame(FrameType::RstStream, 0, 0, u32(0))), none);
  CHECK_EQ(READ(frame(FrameType::Settings, 0, 1)), some);
  CHECK_EQ(READ(frame(FrameType::Ping, 0, 1, "12345678")), some);
  CHECK_EQ(READ(frame(FrameType::GoAway, 0, 1, u32(0) + u32(0))), some);
}

TEST(h2_reader_push_is_refused) {
  // Section 8.4: clients cannot push, and servers were told not to.
  CHECK_EQ(READ(frame(FrameType::PushPromise, kEndHeaders, 1, u32(2))), "error 1 push\n");
  CHECK_EQ(READ_CLIENT(frame(FrameType::PushPromise, kEndHeaders, 1, u32(2))), "error 1 push\n");
}

TEST(h2_reader_padding_of_data) {
  auto padded = [](int pad, std::string_view rest) {
    return frame(FrameType::Data, kPadded, 1,
                 std::string(1, static_cast<char>(pad)) + std::string(rest));
  };
  CHECK_EQ(READ(padded(0, "")), "0 8 1 \n");
  CHECK_EQ(READ(padded(0, "abc")), "0 8 1 616263\n");
  CHECK_EQ(READ(padded(3, "abcxyz")), "0 8 1 616263\n");
  CHECK_EQ(READ(padded(3, "xyz")), "0 8 1 \n");
  CHECK_EQ(READ(padded(255, "a" + std::string(255, '\0'))), "0 8 1 61\n");
  // Padding that is as long as the payload, or longer (section 6.1).
  CHECK_EQ(READ(padded(1, "")), "error 1 padding\n");
  CHECK_EQ(READ(padded(4, "abc")), "error 1 padding\n");
  // What is not zero is not looked at; what follows is a frame.
  CHECK_EQ(READ(padded(2, "a!!") + frame(FrameType::Data, 0, 3, "b")), "0 8 1 61\n0 0 3 62\n");
  CHECK_EQ(READ(padded(2, "a!!").substr(0, 12)), "0 8 1 61\nmid\n");
}

TEST(h2_reader_padding_and_priority_of_headers) {
  auto headers = [](uint8_t flags, std::string_view payload) {
    return frame(FrameType::Headers, static_cast<uint8_t>(flags | kEndHeaders), 5, payload);
  };
  std::string pad2("\x02", 1), on_3 = u32(3) + "w", on_itself = u32(0x80000005) + "w";
  CHECK_EQ(READ(headers(kPadded, pad2 + "\x82..")), "1 12 5 82\n");
  CHECK_EQ(READ(headers(kPadded, pad2 + "..")), "1 12 5 \n");
  CHECK_EQ(READ(headers(kPadded, pad2 + ".")), "error 1 padding\n");
  CHECK_EQ(READ(headers(kPriority, on_3 + "\x82")), "1 36 5 82\n");
  CHECK_EQ(READ(headers(kPriority, on_itself + "\x82")), "1 36 5 82 self\n");
  CHECK_EQ(READ(headers(kPriority | kPadded, pad2 + on_3 + "\x82..")), "1 44 5 82\n");
  CHECK_EQ(READ(headers(kPriority | kPadded, pad2 + on_3 + "..")), "1 44 5 \n");
  CHECK_EQ(READ(headers(kPriority | kPadded, pad2 + on_3 + ".")), "error 1 padding\n");
}

TEST(h2_reader_continuation) {
  auto headers = [](std::string_view part) { return frame(FrameType::Headers, 0, 1, part); };
  auto more = [](std::string_view part, uint8_t flags = 0, uint32_t stream = 1) {
    return frame(FrameType::Continuation, flags, stream, part);
  };
  CHECK_EQ(READ(headers("a") + more("b") + more("c", kEndHeaders)), "1 0 1 616263\n");
  CHECK_EQ(READ(frame(FrameType::Headers, kEndStream, 1, "a") + more("", kEndHeaders)),
           "1 1 1 61\n");
  CHECK_EQ(READ(headers("") + more("", kEndHeaders)), "1 0 1 \n");
  CHECK_EQ(READ(headers("a")), "mid\n");
  // Two blocks after one another share nothing.
  CHECK_EQ(READ(headers("a") + more("b", kEndHeaders) + headers("c") + more("d", kEndHeaders)),
           "1 0 1 6162\n1 0 1 6364\n");
  // Padding and priority are of the first frame alone.
  CHECK_EQ(READ(frame(FrameType::Headers, kPadded | kPriority, 1,
                      std::string("\x01", 1) + u32(1) + "wa.") +
                more("b", kEndHeaders)),
           "1 40 1 6162 self\n");
  // Section 4.3: nothing may come between, not even what nobody knows.
  std::string error = "error 1 header block interrupted\n";
  CHECK_EQ(READ(headers("a") + frame(FrameType::Data, 0, 1, "x")), error);
  CHECK_EQ(READ(headers("a") + headers("a")), error);
  CHECK_EQ(READ(headers("a") + frame(FrameType::Ping, 0, 0, "12345678")), error);
  CHECK_EQ(READ(headers("a") + frame(0x0a, 0, 0, "")), error);
  CHECK_EQ(READ(headers("a") + more("b", kEndHeaders, 3)), error);
  CHECK_EQ(READ(more("a", kEndHeaders)), "error 1 CONTINUATION without HEADERS\n");
  CHECK_EQ(READ(headers("a") + more("b", kEndHeaders) + more("c", kEndHeaders)),
           "1 0 1 6162\nerror 1 CONTINUATION without HEADERS\n");
}

TEST(h2_reader_limits) {
  ReaderLimits limits{.max_block = 10, .max_continuations = 2};
  std::string first = frame(FrameType::Headers, 0, 1, "12345");
  auto more = [](std::string_view part, uint8_t flags = 0) {
    return frame(FrameType::Continuation, flags, 1, part);
  };
  CHECK_EQ(READ_WITH(limits, frame(FrameType::Headers, kEndHeaders, 1, "1234567890")),
           "1 4 1 31323334353637383930\n");
  CHECK_EQ(READ_WITH(limits, frame(FrameType::Headers, kEndHeaders, 1, "12345678901")),
           "error 11 header block too large\n");
  CHECK_EQ(READ_WITH(limits, first + more("67890", kEndHeaders)), "1 0 1 31323334353637383930\n");
  CHECK_EQ(READ_WITH(limits, first + more("678901")), "error 11 header block too large\n");
  CHECK_EQ(READ_WITH(limits, first + more("") + more("6", kEndHeaders)), "1 0 1 313233343536\n");
  CHECK_EQ(READ_WITH(limits, first + more("6") + more("7") + more("8")),
           "error 11 too many CONTINUATION frames\n");
  CHECK_EQ(READ_WITH(limits, first + more("") + more("")), "error 11 too many empty frames\n");
  // The counts begin anew with each block.
  std::string block = first + more("") + more("6", kEndHeaders);
  CHECK_EQ(READ_WITH(limits, block + block), "1 0 1 313233343536\n1 0 1 313233343536\n");
}

// Frames that are mostly right, in pieces of any size.
TEST(h2_reader_random_frames) {
  std::mt19937 random(9113);
  auto below = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  for (int round = 0; round < 400; round++) {
    bool server = below(2) == 0;
    std::string bytes = opening(server);
    for (uint32_t n = below(12); n > 0; n--) {
      auto type = static_cast<uint8_t>(below(11));
      std::string payload;
      static const uint32_t kFixed[] = {0, 0, 5, 4, 6, 4, 8, 8, 4, 0, 0};
      size_t size = kFixed[type] ? kFixed[type] : below(below(8) ? 40 : 17000);
      for (size_t i = 0; i < size; i++) payload += static_cast<char>(below(256));
      auto flags = static_cast<uint8_t>(below(256));
      if ((flags & kPadded) && !payload.empty()) payload[0] = static_cast<char>(below(30));
      if (type == 4) flags &= static_cast<uint8_t>(~kAck);
      bool zero = type == 4 || type == 6 || type == 7;
      bytes += frame(type, flags, zero ? 0 : 1 + below(6), payload);
    }
    if (below(4) == 0) bytes.resize(bytes.size() - below(static_cast<uint32_t>(bytes.size())));
    if (below(8) == 0) bytes[below(static_cast<uint32_t>(bytes.size()))] ^= 1;
    ReaderLimits limits{.max_block = below(2) ? 200u : 128 * 1024u,
                        .max_continuations = below(4),
                        .max_empty_continuations = below(3)};
    std::vector<size_t> ends;
    for (size_t at = 0; at < bytes.size();) {
      at = std::min(bytes.size(), at + 1 + below(below(3) ? 30 : 8000));
      ends.push_back(at);
    }
    std::string expected = referenceFrames(server, limits, bytes);
    if (!CHECK_EQ(readFrames(server, limits, bytes, ends), expected)) return;
  }
}
