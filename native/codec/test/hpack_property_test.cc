// Random blocks: what the encoder writes is what the decoder and the reference read, through any
// changes of the table's size; and damaged blocks are read as the reference reads them.
#include <random>

#include "codec/hpack_huffman.h"
#include "codec/hpack_int.h"
#include "codec/test/hpack_reference.h"

using namespace attache;
using namespace attache::hpack;
using namespace attache::hpack::testing;

namespace {

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  uint32_t upTo(uint32_t n) { return static_cast<uint32_t>(random_() % n); }

  std::string text(uint32_t max) {
    static const char kUsual[] = "aeiost0123 abcdefghij-/.=;XYZ&\"<\\\x7f";
    std::string s(upTo(max), 'x');
    bool any = upTo(8) == 0;
    for (char& c : s) c = any ? static_cast<char>(upTo(256)) : kUsual[upTo(sizeof kUsual - 1)];
    return s;
  }

  Pair field() {
    Pair p;
    switch (upTo(4)) {
      case 0:
        p.name = "x-" + std::to_string(upTo(12));
        break;
      case 1:
        p.name = text(20);
        break;
      default:
        p.name = headerName(static_cast<HeaderId>(1 + upTo(kHeaderIdCount - 1)));
    }
    // Few values, so that they repeat; now and then a large one.
    p.value = upTo(3) != 0 ? "value " + std::to_string(upTo(3)) : text(upTo(30) == 0 ? 3500 : 60);
    p.never_indexed = upTo(10) == 0;
    return p;
  }

  Pairs fields() {
    Pairs out(upTo(12));
    for (Pair& p : out) p = field();
    return out;
  }

  // Any representation of any field, indices that may be beyond the table among them.
  std::string anything() {
    char bytes[16];
    uint32_t index = upTo(3) == 0 ? upTo(200) : 1 + upTo(70);
    if (upTo(3) == 0) return {bytes, writeInt(bytes, 0x80, 7, index)};
    if (upTo(20) == 0) return {bytes, writeInt(bytes, 0x20, 5, upTo(5000))};
    static const struct {
      uint8_t kind, bits;
    } kKinds[] = {{0x40, 6}, {0x40, 6}, {0x00, 4}, {0x10, 4}};
    auto kind = kKinds[upTo(4)];
    bool named = upTo(2) == 0;
    std::string out(bytes, writeInt(bytes, kind.kind, kind.bits, named ? index : 0));
    for (int i = named ? 1 : 0; i < 2; i++) {
      std::string s = text(upTo(40) == 0 ? 2000 : 30);
      bool coded = upTo(2) == 0;
      if (coded) s = referenceHuffman(s);
      out.append(bytes, writeInt(bytes, coded ? 0x80 : 0, 7, static_cast<uint32_t>(s.size())));
      out += s;
    }
    return out;
  }

 private:
  std::mt19937 random_;
};

// Both decode one block after the other; equal as long as neither finds a fault.
void compare(const std::vector<std::string>& blocks) {
  Decoder d;
  Reference r;
  for (const std::string& block : blocks) {
    Decoded got = decode(d, block), expected = r.decode(block);
    if (!CHECK_EQ(got.error, expected.error) || !CHECK_EQ(show(got.pairs), show(expected.pairs))) {
      std::fprintf(stderr, "  %s\n", toHex(block).c_str());
      return;
    }
    if (got.error != Error::None) return;
    CHECK_EQ(d.tableSize(), r.size());
  }
}

}  // namespace

TEST(hpack_property_encoder_and_decoder) {
  for (uint32_t seed = 0; seed < 60; seed++) {
    Generator g(seed);
    uint32_t announced = seed % 3 == 0 ? g.upTo(10000) : kDefaultTableSize;
    Encoder e;
    Decoder d(announced);
    Reference r(announced);
    for (int i = 0; i < 60; i++) {
      if (i == 5) {
        e.setMaxTableSize(announced);
        d.acknowledged();
      }
      if (i > 5 && g.upTo(8) == 0) {
        for (uint32_t n = g.upTo(3); n > 0; n--) e.setMaxTableSize(g.upTo(announced + 1));
      }
      Pairs sent = g.fields();
      std::string block = encode(e, sent);
      Decoded got = decode(d, block), expected = r.decode(block);
      CHECK_EQ(got.error, Error::None);
      CHECK_EQ(show(got.pairs), show(expected.pairs));
      CHECK_EQ(e.tableSize(), d.tableSize());
      CHECK_EQ(e.tableSize(), r.size());
      REQUIRE(got.pairs.size() == sent.size());
      for (size_t k = 0; k < sent.size(); k++) {
        CHECK_EQ(got.pairs[k].name, sent[k].name);
        CHECK_EQ(got.pairs[k].value, sent[k].value);
        CHECK(got.pairs[k].never_indexed || !sent[k].never_indexed);
      }
    }
  }
}

// More fields enter than the encoder's 16-bit numbers of entries tell apart.
TEST(hpack_property_long_connection) {
  Generator g(3);
  Encoder e;
  Decoder d;
  BlockPool pool;
  std::vector<char> out;
  for (int block = 0; block < 3000; block++) {
    Pairs sent(40);
    size_t room = 0;
    for (Pair& p : sent) {
      // Names that were not seen for long, among others.
      bool rare = g.upTo(20) == 0;
      p.name = rare ? "rare-" + std::to_string(g.upTo(4)) : "x-" + std::to_string(g.upTo(500));
      p.value = std::to_string(g.upTo(3));
      room += Encoder::maxSize(p.name.size(), p.value.size());
    }
    out.resize(room);
    char* end = out.data();
    for (const Pair& p : sent) end = e.encode(end, headerId(p.name), p.name, p.value);
    Arena arena(pool);
    size_t at = 0;
    Error error =
        d.decode(out.data(), static_cast<size_t>(end - out.data()), arena, [&](const Field& f) {
          CHECK(f.name == sent[at].name && f.value == sent[at].value);
          at++;
        });
    CHECK_EQ(error, Error::None);
    CHECK_EQ(at, sent.size());
    CHECK_EQ(e.tableSize(), d.tableSize());
  }
}

// Positions in the bytes of a table are 32-bit numbers that begin anew after 4 GB.
TEST(hpack_property_table_positions_wrap) {
  struct Entry {
    uint32_t pos, name_len, value_len;
    HeaderId id;
  };
  Table<Entry> table(4096);
  std::string big(3000, 'b');
  for (uint64_t bytes = 0; bytes < (uint64_t{1} << 32) - 20000; bytes += big.size()) {
    table.insert(HeaderId::Cookie, "cookie", big);
  }
  for (uint32_t i = 0; i < 1000; i++) {
    std::string value = "value " + std::to_string(i) + std::string(i % 90, 'v');
    table.insert(HeaderId::Unknown, "name", value);
    REQUIRE(table.count() > 0 && table.size() <= 4096);
    for (uint32_t age = 0; age < table.count() && age <= i; age++) {
      const Entry& e = table.entry(age);
      std::string expected =
          "namevalue " + std::to_string(i - age) + std::string((i - age) % 90, 'v');
      CHECK(std::string_view(table.text(e), e.name_len + e.value_len) == expected);
    }
  }
}

TEST(hpack_property_any_representation) {
  int faultless = 0;
  for (uint32_t seed = 0; seed < 400; seed++) {
    Generator g(seed);
    std::vector<std::string> blocks(20);
    for (std::string& block : blocks) {
      for (uint32_t n = g.upTo(6); n > 0; n--) block += g.anything();
    }
    compare(blocks);
    Decoder d;
    for (const std::string& block : blocks) faultless += decode(d, block).error == Error::None;
  }
  CHECK(faultless > 1000);
}

TEST(hpack_property_truncated_and_damaged_blocks) {
  static const uint8_t kBytes[] = {0x00, 0x01, 0x0f, 0x1f, 0x20, 0x3f, 0x40,
                                   0x7f, 0x80, 0x81, 0xbe, 0xbf, 0xc0, 0xff};
  for (uint32_t seed = 0; seed < 6; seed++) {
    Generator g(seed);
    Encoder e;
    std::vector<std::string> blocks;
    for (int i = 0; i < 4; i++) {
      Pairs fields = g.fields();
      // Long values would only make it slow.
      for (Pair& p : fields) p.value.resize(std::min<size_t>(p.value.size(), 40));
      blocks.push_back(encode(e, fields));
    }
    std::vector<std::string> damaged = blocks;
    for (size_t at = 0; at < blocks[2].size(); at++) {
      damaged[2] = blocks[2].substr(0, at);
      compare(damaged);
      for (uint8_t b : kBytes) {
        damaged[2] = blocks[2];
        damaged[2][at] = static_cast<char>(b);
        compare(damaged);
      }
      for (int bit = 0; bit < 8; bit++) {
        damaged[2] = blocks[2];
        damaged[2][at] = static_cast<char>(damaged[2][at] ^ 1 << bit);
        compare(damaged);
      }
    }
  }
}

TEST(hpack_property_huffman) {
  Generator g(7);
  for (int round = 0; round < 20000; round++) {
    // Every symbol, alone and among others; every length.
    std::string s = round < 256 ? std::string(1, static_cast<char>(round)) : g.text(80);
    if (round < 512 && round >= 256) s = "aa" + std::string(1, static_cast<char>(round)) + "0";
    std::string coded = referenceHuffman(s);
    std::vector<char> out(s.size() * 4 + 16);
    char* end = huffmanEncode(out.data(), out.data() + coded.size() + 1, s);
    REQUIRE(end != nullptr);
    CHECK_EQ(toHex({out.data(), static_cast<size_t>(end - out.data())}), toHex(coded));
    CHECK(huffmanEncode(out.data(), out.data() + coded.size(), s) == nullptr || coded.empty());
    if (g.upTo(2) == 0 && !coded.empty()) {
      coded[g.upTo(static_cast<uint32_t>(coded.size()))] ^= static_cast<char>(1 << g.upTo(8));
    }
    std::string expected;
    bool ok = referenceHuffman(coded, expected);
    // The bytes behind the string are there to be read, or are not.
    for (size_t behind : {0, 3, 8}) {
      std::unique_ptr<uint8_t[]> in(new uint8_t[coded.size() + behind]);
      std::memset(in.get(), static_cast<int>(g.upTo(256)), coded.size() + behind);
      if (!coded.empty()) std::memcpy(in.get(), coded.data(), coded.size());
      std::unique_ptr<char[]> decoded(new char[huffmanBound(coded.size()) + kHuffmanSlack]);
      bool plain = true, expect_plain = true;
      char* stop = huffmanDecode(in.get(), coded.size(), in.get() + coded.size() + behind,
                                 decoded.get(), plain);
      CHECK_EQ(stop != nullptr, ok);
      if (stop == nullptr || !ok) continue;
      CHECK_EQ(std::string_view(decoded.get(), static_cast<size_t>(stop - decoded.get())),
               std::string_view(expected));
      for (char c : expected) expect_plain &= c >= 0x20 && c < 0x7f;
      CHECK_EQ(plain, expect_plain);
    }
  }
}
