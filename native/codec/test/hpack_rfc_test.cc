// The examples of RFC 7541 appendix C, byte for byte.
#include "codec/hpack_huffman.h"
#include "codec/hpack_int.h"
#include "codec/test/hpack_test_util.h"

using namespace attache;
using namespace attache::hpack;
using namespace attache::hpack::testing;

namespace {

void expect(Decoder& d, std::string_view hex, const Pairs& pairs, uint32_t table_size) {
  Decoded got = decode(d, fromHex(hex));
  CHECK_EQ(got.error, Error::None);
  CHECK_EQ(show(got.pairs), show(pairs));
  CHECK_EQ(d.tableSize(), table_size);
}

uint32_t readInt(std::string_view bytes, uint32_t bits) {
  const uint8_t* p = reinterpret_cast<const uint8_t*>(bytes.data());
  uint32_t full = (1u << bits) - 1, value = p[0] & full;
  bool bad = false;
  if (value == full) {
    CHECK(readIntTail(p + 1, p + bytes.size(), bits, value, bad) == p + bytes.size());
  }
  CHECK(!bad);
  return value;
}

void expectInt(uint32_t value, uint32_t bits, std::string_view hex) {
  char out[8];
  char* end = writeInt(out, 0, bits, value);
  CHECK_EQ(toHex({out, static_cast<size_t>(end - out)}), std::string(hex));
  CHECK_EQ(intSize(bits, value), hex.size() / 2);
  CHECK_EQ(readInt(fromHex(hex), bits), value);
}

const Pairs kRequest1 = {
    {":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "www.example.com"}};
const Pairs kRequest2 = {{":method", "GET"},
                         {":scheme", "http"},
                         {":path", "/"},
                         {":authority", "www.example.com"},
                         {"cache-control", "no-cache"}};
const Pairs kRequest3 = {{":method", "GET"},
                         {":scheme", "https"},
                         {":path", "/index.html"},
                         {":authority", "www.example.com"},
                         {"custom-key", "custom-value"}};

const Pairs kResponse1 = {{":status", "302"},
                          {"cache-control", "private"},
                          {"date", "Mon, 21 Oct 2013 20:13:21 GMT"},
                          {"location", "https://www.example.com"}};
const Pairs kResponse2 = {{":status", "307"},
                          {"cache-control", "private"},
                          {"date", "Mon, 21 Oct 2013 20:13:21 GMT"},
                          {"location", "https://www.example.com"}};
const Pairs kResponse3 = {
    {":status", "200"},
    {"cache-control", "private"},
    {"date", "Mon, 21 Oct 2013 20:13:22 GMT"},
    {"location", "https://www.example.com"},
    {"content-encoding", "gzip"},
    {"set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"}};

}  // namespace

TEST(hpack_rfc_c1_integers) {
  expectInt(10, 5, "0a");
  expectInt(1337, 5, "1f9a0a");
  expectInt(42, 8, "2a");
}

TEST(hpack_rfc_c2_fields) {
  Decoder a, b, c, d;
  expect(a, "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
         {{"custom-key", "custom-header"}}, 55);
  expect(b, "040c 2f73 616d 706c 652f 7061 7468", {{":path", "/sample/path"}}, 0);
  expect(c, "1008 7061 7373 776f 7264 0673 6563 7265 74", {{"password", "secret", true}}, 0);
  expect(d, "82", {{":method", "GET"}}, 0);
}

TEST(hpack_rfc_c3_requests) {
  Decoder d;
  expect(d, "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", kRequest1, 57);
  expect(d, "8286 84be 5808 6e6f 2d63 6163 6865", kRequest2, 110);
  expect(d, "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65", kRequest3,
         164);
}

TEST(hpack_rfc_c4_requests_with_huffman) {
  const struct {
    const char* hex;
    const Pairs& pairs;
    uint32_t size;
  } cases[] = {
      {"8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", kRequest1, 57},
      {"8286 84be 5886 a8eb 1064 9cbf", kRequest2, 110},
      {"8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf", kRequest3, 164},
  };
  Decoder d;
  Encoder e;
  for (const auto& c : cases) {
    expect(d, c.hex, c.pairs, c.size);
    CHECK_EQ(toHex(encode(e, c.pairs)), toHex(fromHex(c.hex)));
    CHECK_EQ(e.tableSize(), c.size);
  }
}

// The settings of these examples: a table of 256 bytes.
TEST(hpack_rfc_c5_responses) {
  Decoder d(256);
  d.acknowledged();
  expect(d,
         "3fe1 01 4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133"
         "2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65"
         "2e63 6f6d",
         kResponse1, 222);
  expect(d, "4803 3330 37c1 c0bf", kResponse2, 222);
  expect(d,
         "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04"
         "677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49"
         "553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31",
         kResponse3, 215);
}

TEST(hpack_rfc_c6_responses_with_huffman) {
  Decoder d(256);
  d.acknowledged();
  expect(d,
         "3fe1 01 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6"
         "2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
         kResponse1, 222);
  expect(d, "4883 640e ffc1 c0bf", kResponse2, 222);
  expect(d,
         "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7"
         "821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed"
         "4ee5 b106 3d50 07",
         kResponse3, 215);
}

TEST(hpack_rfc_huffman_strings) {
  for (const char* text : {"www.example.com", "no-cache", "custom-key", "custom-value", "302",
                           "private", "Mon, 21 Oct 2013 20:13:21 GMT", "https://www.example.com"}) {
    std::string_view s = text;
    char coded[64], plain[64];
    char* end = huffmanEncode(coded, coded + s.size(), s);
    REQUIRE(end != nullptr);
    bool is_plain = true;
    const uint8_t* in = reinterpret_cast<const uint8_t*>(coded);
    size_t n = static_cast<size_t>(end - coded);
    char* stop = huffmanDecode(in, n, in + n, plain, is_plain);
    REQUIRE(stop != nullptr);
    CHECK(is_plain);
    CHECK_EQ(std::string_view(plain, static_cast<size_t>(stop - plain)), s);
  }
}
