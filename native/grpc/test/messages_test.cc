#include "grpc/messages.h"

#include <random>
#include <vector>

#include "base/test.h"

namespace attache::grpc {

namespace {

std::string framed(std::string_view message, uint8_t flags = 0) {
  std::string all(kPrefix, 0);
  writePrefix(all.data(), static_cast<uint32_t>(message.size()), flags);
  return all.append(message);
}

// Everything of `bytes`, in pieces of `step`.
std::vector<std::string> messagesOf(std::string_view bytes, size_t step, uint32_t limit = 0,
                                    MessageAssembler::Step* last = nullptr) {
  MessageAssembler assembler(limit);
  std::vector<std::string> found;
  for (size_t at = 0; at < bytes.size(); at += step) {
    std::string piece(bytes.substr(at, step));  // a copy: what is read beyond it is found
    std::string_view data = piece;
    for (;;) {
      MessageAssembler::Step got = assembler.next(data);
      if (last) *last = got;
      if (got == MessageAssembler::Step::More) break;
      if (got != MessageAssembler::Step::Message) return found;
      found.emplace_back(assembler.message());
    }
  }
  return found;
}

}  // namespace

TEST(grpc_messages_in_any_pieces) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; round++) {
    std::vector<std::string> sent;
    std::string bytes;
    for (size_t i = random() % 6; i > 0; i--) {
      sent.emplace_back(random() % 3 ? random() % 40 : 0, static_cast<char>('a' + random() % 26));
      bytes += framed(sent.back());
    }
    for (size_t step = 1; step <= bytes.size(); step++) {
      if (messagesOf(bytes, step) != sent) {
        CHECK_EQ(step, size_t{0});
        return;
      }
    }
  }
}

TEST(grpc_message_lengths) {
  std::string_view bytes("\x00\x01\x02\x03\x04", 5);
  MessageReader reader;
  MessageReader::Piece piece;
  CHECK(reader.next(bytes, piece));
  CHECK_EQ(reader.length(), uint32_t{0x01020304});
  CHECK(piece.begins && !piece.ends && piece.bytes.empty());
  CHECK(reader.inMessage());
  CHECK(!reader.next(bytes, piece));
  CHECK_EQ(reader.messages(), uint64_t{1});
  MessageReader second;
  bytes = std::string_view("\0\0", 2);
  CHECK(!second.next(bytes, piece));
  CHECK_EQ(second.messages(), uint64_t{1});
  bytes = std::string_view("\0\0\0\0", 4);
  CHECK(second.next(bytes, piece) && piece.ends);
  CHECK_EQ(second.messages(), uint64_t{1});
  CHECK(!second.next(bytes, piece));
  CHECK_EQ(second.messages(), uint64_t{2});
}

TEST(grpc_message_limits) {
  MessageAssembler::Step last;
  CHECK_EQ(messagesOf(framed("abc") + framed("abcd"), 100, 3, &last).size(), size_t{1});
  CHECK(last == MessageAssembler::Step::TooLarge);
  CHECK_EQ(messagesOf(framed("abc", 1), 100, 0, &last).size(), size_t{0});
  CHECK(last == MessageAssembler::Step::Compressed);
  // Nothing of nothing may be called compressed.
  CHECK_EQ(messagesOf(framed("", 1), 100, 0, &last).size(), size_t{1});
}

}  // namespace attache::grpc
