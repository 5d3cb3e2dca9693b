#include "codec/hpack_int.h"
#include "codec/test/hpack_test_util.h"

using namespace attache;
using namespace attache::hpack;
using namespace attache::hpack::testing;

namespace {

Error errorOf(std::string_view hex) {
  Decoder d;
  return decode(d, fromHex(hex)).error;
}

// A literal without indexing of the name "a" with a Huffman-coded value of these bytes.
Error huffmanValue(std::string_view hex) {
  std::string bytes = fromHex(hex);
  Decoder d;
  return decode(d, fromHex("000161") + static_cast<char>(0x80 | bytes.size()) + bytes).error;
}

// A literal without Huffman coding; by default it enters the table.
std::string literal(std::string_view name, std::string_view value, uint8_t kind = 0x40) {
  std::string out(1, static_cast<char>(kind));
  for (std::string_view s : {name, value}) {
    char length[8];
    out.append(length, writeInt(length, 0, 7, static_cast<uint32_t>(s.size())));
    out += s;
  }
  return out;
}

}  // namespace

TEST(hpack_decode_indices) {
  CHECK_EQ(errorOf("80"), Error::BadIndex);
  CHECK_EQ(errorOf("81"), Error::None);
  CHECK_EQ(errorOf("bd"), Error::None);  // 61, the last of the static table
  CHECK_EQ(errorOf("be"), Error::BadIndex);
  CHECK_EQ(errorOf("ff00"), Error::BadIndex);
  CHECK_EQ(errorOf("ff"), Error::Truncated);
  CHECK_EQ(errorOf("ff80"), Error::Truncated);
  CHECK_EQ(errorOf("ffffffffff0f"), Error::BadInteger);  // 2^32 + 126
  CHECK_EQ(errorOf("ff80ffffff0f"), Error::BadIndex);    // 2^32 - 1
  CHECK_EQ(errorOf("ff81ffffff0f"), Error::BadInteger);  // 2^32
  CHECK_EQ(errorOf("ff8080808000"), Error::BadIndex);    // 127 with leading zeros
  CHECK_EQ(errorOf("ff808080808000"), Error::BadInteger);
  CHECK_EQ(errorOf("7e0161"), Error::BadIndex);  // 62 as a name
  CHECK_EQ(errorOf("0f2f0161"), Error::BadIndex);
  CHECK_EQ(errorOf("0f2e0161"), Error::None);  // 61 as a name
}

TEST(hpack_decode_strings) {
  CHECK_EQ(errorOf("00"), Error::Truncated);
  CHECK_EQ(errorOf("0001"), Error::Truncated);
  CHECK_EQ(errorOf("000161"), Error::Truncated);
  CHECK_EQ(errorOf("0001610261"), Error::Truncated);
  CHECK_EQ(errorOf("00016100"), Error::None);
  CHECK_EQ(errorOf("000000"), Error::None);
  CHECK_EQ(errorOf("0001617f80ffffff0f"), Error::Truncated);
  CHECK_EQ(errorOf("0001617f81ffffff0f"), Error::BadInteger);
  CHECK_EQ(errorOf("00016180"), Error::None);  // empty, Huffman-coded
}

TEST(hpack_decode_huffman_padding) {
  CHECK_EQ(huffmanValue("1f"), Error::None);        // "a" and three ones
  CHECK_EQ(huffmanValue("18"), Error::BadHuffman);  // zeros
  CHECK_EQ(huffmanValue("1e"), Error::BadHuffman);
  CHECK_EQ(huffmanValue("1fff"), Error::BadHuffman);  // eleven ones
  CHECK_EQ(huffmanValue("ff"), Error::BadHuffman);    // nothing but padding, eight ones
  CHECK_EQ(huffmanValue("f8"), Error::None);          // "&" fills the byte
  CHECK_EQ(huffmanValue("f8ff"), Error::BadHuffman);
  CHECK_EQ(huffmanValue("fffffffc"), Error::BadHuffman);    // EOS without its end
  CHECK_EQ(huffmanValue("ffffffff"), Error::BadHuffman);    // EOS
  CHECK_EQ(huffmanValue("1fffffffff"), Error::BadHuffman);  // "a", EOS and padding
  CHECK_EQ(huffmanValue("ffffffff1f1f1f1f1f1f1f"), Error::BadHuffman);
  CHECK_EQ(huffmanValue("fffffff3"), Error::None);  // 0x0a... LF, two ones
  CHECK_EQ(huffmanValue("fffffff0"), Error::BadHuffman);
}

TEST(hpack_decode_size_updates) {
  CHECK_EQ(errorOf("20"), Error::None);
  CHECK_EQ(errorOf("20203f20"), Error::None);
  CHECK_EQ(errorOf("3fe11f"), Error::None);          // 4096
  CHECK_EQ(errorOf("3fe21f"), Error::BadTableSize);  // 4097
  CHECK_EQ(errorOf("8220"), Error::BadTableSize);    // behind a field
  CHECK_EQ(errorOf("3f"), Error::Truncated);
  CHECK_EQ(errorOf("3f81ffffff1f"), Error::BadInteger);
  CHECK_EQ(errorOf("2082"), Error::None);
  CHECK_EQ(errorOf("4001610162be20"), Error::BadTableSize);
  CHECK_EQ(errorOf("4001610162be"), Error::None);
  CHECK_EQ(errorOf("204001610162be"), Error::BadIndex);  // nothing enters a table of 0
}

TEST(hpack_decode_settings_that_lower_the_table) {
  Decoder d(100);
  // Not yet acknowledged: the peer may go by 4096.
  CHECK_EQ(decode(d, literal("n", std::string(100, 'v'))).error, Error::None);
  CHECK_EQ(d.tableSize(), 133u);
  d.acknowledged();
  Decoder other(100);
  other.acknowledged();
  CHECK_EQ(decode(other, fromHex("82")).error, Error::BadTableSize);
  CHECK_EQ(decode(d, fromHex("3f4582")).error, Error::None);  // 100
  CHECK_EQ(d.tableSize(), 0u);
  CHECK_EQ(decode(d, fromHex("82")).error, Error::None);
  CHECK_EQ(decode(d, fromHex("3f46")).error, Error::BadTableSize);
  // Raised at once, lowered when acknowledged.
  Decoder e;
  e.announce(8192);
  CHECK_EQ(decode(e, fromHex("3fe13f")).error, Error::None);
  e.announce(4096);
  CHECK_EQ(decode(e, fromHex("3fe13f")).error, Error::None);
  e.acknowledged();
  CHECK_EQ(decode(e, {}).error, Error::BadTableSize);
}

TEST(hpack_decode_limits_do_not_lose_the_table) {
  Decoder d;
  d.setLimits({.max_bytes = 12, .max_fields = 100});
  std::string block = literal("one", "first") + literal("two", "2") + literal("three", "third") +
                      literal("f", "4") + fromHex("be82");
  Decoded got = decode(d, block);
  CHECK_EQ(got.error, Error::TooLarge);
  CHECK_EQ(show(got.pairs), std::string("one: first\ntwo: 2\n"));
  CHECK_EQ(d.fields(), 6u);
  CHECK_EQ(d.bytes(), 8u + 4 + 10 + 2 + 2 + 10);
  d.setLimits({});
  got = decode(d, fromHex("bebfc0c1"));
  CHECK_EQ(got.error, Error::None);
  CHECK_EQ(show(got.pairs), std::string("f: 4\nthree: third\ntwo: 2\none: first\n"));

  d.setLimits({.max_bytes = 100, .max_fields = 2});
  got = decode(d, fromHex("828282"));
  CHECK_EQ(got.error, Error::TooLarge);
  CHECK_EQ(got.pairs.size(), 2u);
  // An error of the connection is the stronger one.
  CHECK_EQ(decode(d, fromHex("82828280")).error, Error::BadIndex);
  CHECK_EQ(decode(d, fromHex("8282")).error, Error::None);
}

// References to a field of 3,000 bytes, 48 MB altogether, of which 60 KB are wanted.
TEST(hpack_decode_takes_no_memory_for_what_is_not_delivered) {
  std::string big(3000, 'x'), by_value = literal("n", big), by_name = literal(big, "v");
  for (int i = 0; i < 16000; i++) {
    by_value += fromHex("be");
    by_name += fromHex("0f2f00");
  }
  for (const std::string& block : {by_value, by_name}) {
    Decoder d;
    d.setLimits({.max_bytes = 60000, .max_fields = 1000});
    BlockPool pool;
    Arena arena(pool);
    size_t delivered = 0;
    Error error = d.decode(block.data(), block.size(), arena,
                           [&](const Field& f) { delivered += f.name.size() + f.value.size(); });
    CHECK_EQ(error, Error::TooLarge);
    CHECK_EQ(d.fields(), 16001u);
    CHECK(delivered > 50000 && delivered <= 60000);
    CHECK(arena.bytes() < 150000);
  }
}

TEST(hpack_decode_memory) {
  Decoder d;
  CHECK_EQ(d.memory(), 0u);
  decode(d, fromHex("828487"));
  CHECK_EQ(d.memory(), 0u);
  decode(d, literal("name", "value", 0x00));
  CHECK_EQ(d.memory(), 0u);
  decode(d, literal("name", "value"));
  CHECK(d.memory() > 0 && d.memory() < 512);
  for (int i = 0; i < 1000; i++) decode(d, literal("name", std::string(100, 'v')));
  CHECK_EQ(d.tableSize(), 4096u / 136 * 136);
  // One and a half times the table for the strings, half of it for the entries.
  CHECK(d.memory() <= 4096 * 2 + 16);
  CHECK(sizeof(Decoder) <= 104);
}

TEST(hpack_decode_a_field_as_large_as_the_table_or_larger) {
  Decoder d;
  std::string exact(4096 - 32 - 1, 'v');
  decode(d, literal("b", "c"));
  Decoded got = decode(d, literal("a", exact) + '\xbe');
  CHECK_EQ(got.error, Error::None);
  REQUIRE(got.pairs.size() == 2);
  CHECK_EQ(got.pairs[1].value, exact);
  CHECK_EQ(d.tableSize(), 4096u);
  // Larger: the table is empty then (RFC 7541 section 4.4).
  got = decode(d, literal("a", exact + 'v'));
  CHECK_EQ(got.error, Error::None);
  CHECK_EQ(d.tableSize(), 0u);
  CHECK_EQ(decode(d, fromHex("be")).error, Error::BadIndex);
}
