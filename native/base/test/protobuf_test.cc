#include "base/protobuf.h"

#include <string>

#include "accesslog/line_buffer.h"
#include "base/random.h"
#include "base/test.h"
#include "base/utf8.h"

using namespace attache;

namespace {

using Writer = ProtoWriter<accesslog::LineBuffer>;

std::string varint(uint64_t value) {
  std::string text;
  for (; value > 127; value /= 128) text += static_cast<char>(value % 128 + 128);
  return text += static_cast<char>(value);
}
// The same, from the inside out.
std::string message(uint32_t field, const std::string& inner) {
  return varint(field * 8 + 2) + varint(inner.size()) + inner;
}

// By RFC 3629's table, written down as it is.
bool slowUtf8(std::string_view text) {
  size_t i = 0;
  auto in = [&](size_t at, int lo, int hi) {
    if (at >= text.size()) return false;
    int c = static_cast<unsigned char>(text[at]);
    return c >= lo && c <= hi;
  };
  auto tail = [&](size_t at) { return in(at, 0x80, 0xbf); };
  while (i < text.size()) {
    if (in(i, 0, 0x7f)) {
      i += 1;
    } else if (in(i, 0xc2, 0xdf) && tail(i + 1)) {
      i += 2;
    } else if (((in(i, 0xe0, 0xe0) && in(i + 1, 0xa0, 0xbf)) ||
                (in(i, 0xe1, 0xec) && tail(i + 1)) ||
                (in(i, 0xed, 0xed) && in(i + 1, 0x80, 0x9f)) ||
                (in(i, 0xee, 0xef) && tail(i + 1))) &&
               tail(i + 2)) {
      i += 3;
    } else if (((in(i, 0xf0, 0xf0) && in(i + 1, 0x90, 0xbf)) ||
                (in(i, 0xf1, 0xf3) && tail(i + 1)) ||
                (in(i, 0xf4, 0xf4) && in(i + 1, 0x80, 0x8f))) &&
               tail(i + 2) && tail(i + 3)) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

TEST(protobuf_messages_of_all_sizes) {
  for (size_t size : {0u, 1u, 100u, 122u, 123u, 127u, 128u, 129u, 16380u, 16384u, 70000u}) {
    accesslog::LineBuffer out;
    Writer writer(out);
    std::string text(size, 'x');
    size_t outer = writer.begin(20);
    writer.number(1, size);
    size_t inner = writer.begin(3);
    writer.text(2, text);
    writer.end(inner);
    writer.flag(4, true);
    writer.end(outer);
    std::string number = size ? varint(8) + varint(size) : "";
    std::string expected =
        message(20, number + message(3, size ? message(2, text) : "") + varint(32) + varint(1));
    CHECK(out.view() == expected);
  }
}

TEST(protobuf_leaves_out_what_is_nothing) {
  accesslog::LineBuffer out;
  Writer writer(out);
  writer.number(1, 0);
  writer.flag(2, false);
  writer.text(3, "");
  CHECK(out.size() == 0);
  writer.present(1, 0);
  writer.bytes(3, "");
  writer.wrapped(4, 0);
  CHECK(out.view() == std::string_view("\x08\0\x1a\0\x22\0", 6));
}

TEST(utf8_as_the_table_of_the_rfc) {
  Random random;
  constexpr unsigned char kBytes[] = {0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
                                      0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed,
                                      0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};
  for (int i = 0; i < 200000; i++) {
    std::string text;
    for (uint64_t n = random.below(8); n > 0; n--)
      text += static_cast<char>(kBytes[random.below(sizeof kBytes)]);
    size_t good = utf8Prefix(text);
    CHECK(slowUtf8(std::string_view(text).substr(0, good)));
    CHECK((good == text.size()) == slowUtf8(text));
  }
}
