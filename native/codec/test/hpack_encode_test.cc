#include "codec/test/hpack_test_util.h"

using namespace attache;
using namespace attache::hpack;
using namespace attache::hpack::testing;

namespace {

size_t sizeOf(Encoder& e, const Pairs& pairs) {
  return encode(e, pairs).size();
}

}  // namespace

TEST(hpack_encode_static_fields) {
  Encoder e;
  CHECK_EQ(toHex(encode(e, {{":method", "GET"}, {":method", "POST"}, {":path", "/"}})),
           std::string("828384"));
  CHECK_EQ(toHex(encode(e, {{":path", "/index.html"}, {":scheme", "http"}, {":scheme", "https"}})),
           std::string("858687"));
  CHECK_EQ(toHex(encode(e, {{"accept-encoding", "gzip, deflate"}})), std::string("90"));
  char out[64];
  std::string statuses;
  for (unsigned status : {200, 204, 206, 304, 400, 404, 500}) {
    statuses.append(out, e.encodeStatus(out, status));
  }
  CHECK_EQ(toHex(statuses), std::string("88898a8b8c8d8e"));
  CHECK_EQ(e.memory(), 0u);
}

TEST(hpack_encode_status_that_is_not_static) {
  Encoder e;
  char out[64];
  CHECK_EQ(toHex({out, static_cast<size_t>(e.encodeStatus(out, 302) - out)}),
           std::string("08826402"));  // not at first
  CHECK_EQ(toHex({out, static_cast<size_t>(e.encodeStatus(out, 302) - out)}),
           std::string("48826402"));
  CHECK_EQ(toHex({out, static_cast<size_t>(e.encodeStatus(out, 302) - out)}), std::string("be"));
}

TEST(hpack_encode_huffman_only_where_it_is_shorter) {
  Encoder e;
  e.setMaxTableSize(0);
  encode(e, {});
  // 16 bits for "w&", as many as without.
  CHECK_EQ(toHex(encode(e, {{"x", "w&"}})), std::string("0001780277") + "26");
  CHECK_EQ(toHex(encode(e, {{"x", "aaa"}})), std::string("000178") + "8218c7");
  CHECK_EQ(toHex(encode(e, {{"x", ""}})), std::string("00017800"));
  std::string binary(5000, '\xfe');
  Decoder d;
  std::string block = encode(e, {{"x", binary}});
  CHECK(block.size() < 5010);
  CHECK(decode(d, "\x20" + block).pairs == (Pairs{{"x", binary}}));
}

TEST(hpack_encode_what_is_never_indexed) {
  Encoder e;
  Decoder d;
  Pairs pairs = {{"authorization", "Basic dXNlcjpwYXNzd29yZA=="},
                 {"proxy-authorization", "Basic dXNlcjpwYXNzd29yZA=="},
                 {"set-cookie", "id=0123456789abcdef0123456789abcdef; secure"},
                 {"cookie", "id=0123456789"}};
  Pairs marked = pairs;
  for (Pair& p : marked) p.never_indexed = true;
  for (int i = 0; i < 3; i++) {
    CHECK_EQ(show(decode(d, encode(e, pairs)).pairs), show(marked));
  }
  CHECK_EQ(e.memory(), 0u);
  // What was marked before stays so, whatever it is, and does not enter the table.
  Pairs others = {{":method", "GET", true}, {"x-key", "value", true}, {":path", "/", true}};
  for (int i = 0; i < 3; i++) {
    CHECK_EQ(show(decode(d, encode(e, others)).pairs), show(others));
  }
  CHECK_EQ(e.memory(), 0u);
  // Not even when it is there unmarked.
  encode(e, {{"x-key", "value"}});
  Decoder fresh;
  Encoder again;
  decode(fresh, encode(again, {{"x-key", "value"}}));
  CHECK_EQ(show(decode(fresh, encode(again, {{"x-key", "value", true}})).pairs),
           show({{"x-key", "value", true}}));
}

TEST(hpack_encode_learns_names_at_once_and_values_that_are_of_use) {
  Encoder e;
  CHECK(sizeOf(e, {{"x-request-id", "00000000-0000-0000-0000-000000000001"}}) > 20);
  uint32_t size = e.tableSize();
  CHECK(size > 0);
  // Other values use the name; none enters.
  for (int i = 100; i < 200; i++) {
    Pairs id = {{"x-request-id", "00000000-0000-0000-0000-000000000" + std::to_string(i)}};
    CHECK(sizeOf(e, id) < 28);
  }
  CHECK_EQ(e.tableSize(), size);
  // The same twice in a row enters, and then the next one too, until one was of no use.
  Pairs first = {{"x-tenant", "alpha"}}, second = {{"x-tenant", "beta"}};
  Pairs third = {{"x-tenant", "gamma"}};
  CHECK(sizeOf(e, first) > 1);
  CHECK_EQ(sizeOf(e, first), 1u);
  CHECK(sizeOf(e, second) > 1);
  CHECK_EQ(sizeOf(e, second), 1u);
  CHECK(sizeOf(e, third) > 1);
  CHECK_EQ(sizeOf(e, first), 1u);
  CHECK_EQ(sizeOf(e, second), 1u);
  CHECK_EQ(sizeOf(e, third), 1u);
}

TEST(hpack_encode_leaves_out_what_does_not_repeat) {
  Encoder e;
  for (const char* name : {"content-length", "etag", "if-none-match", "if-modified-since", "age"}) {
    Pairs pairs = {{name, "0123456789"}};
    size_t n = sizeOf(e, pairs);
    CHECK_EQ(sizeOf(e, pairs), n);
    CHECK_EQ(sizeOf(e, pairs), n);
  }
  CHECK_EQ(e.memory(), 0u);
  // A path has to come twice in a row.
  Pairs a = {{":path", "/service/Method"}}, b = {{":path", "/service/Other?with=query"}};
  CHECK(sizeOf(e, a) > 1);
  CHECK(sizeOf(e, b) > 1);
  CHECK(sizeOf(e, a) > 1);
  CHECK(sizeOf(e, a) > 1);
  CHECK_EQ(sizeOf(e, a), 1u);
  // What is larger than three quarters of the table never enters.
  Pairs big = {{"x-big", std::string(3100, 'b')}};
  for (int i = 0; i < 3; i++) CHECK(sizeOf(e, big) > 1000);
  Pairs half = {{"x-half", std::string(2000, 'h')}};
  CHECK(sizeOf(e, half) > 1000);
  CHECK(sizeOf(e, half) > 1000);
  CHECK_EQ(sizeOf(e, half), 1u);
}

TEST(hpack_encode_size_updates) {
  Encoder e;
  e.setMaxTableSize(65536);  // ours stays at the default: nothing to say
  CHECK_EQ(toHex(encode(e, {})), std::string());
  e.setMaxTableSize(4096);
  CHECK_EQ(toHex(encode(e, {})), std::string());
  encode(e, {{"x-a", "b"}});
  CHECK_EQ(e.tableSize(), 36u);
  e.setMaxTableSize(64);
  CHECK_EQ(e.tableSize(), 36u);  // the peer's table is as it is until the next block
  CHECK_EQ(toHex(encode(e, {{"x-a", "b"}})), std::string("3f21be"));
  CHECK_EQ(toHex(encode(e, {{"x-a", "b"}})), std::string("be"));
  // The lowest value between two blocks is told too (RFC 7541 section 4.2).
  e.setMaxTableSize(0);
  e.setMaxTableSize(128);
  e.setMaxTableSize(100);
  CHECK_EQ(toHex(encode(e, {})), std::string("203f45"));
  CHECK_EQ(e.tableSize(), 0u);
  e.setMaxTableSize(50);
  e.setMaxTableSize(100);
  CHECK_EQ(toHex(encode(e, {})), std::string("3f133f45"));
  e.setMaxTableSize(200);
  CHECK_EQ(toHex(encode(e, {})), std::string("3fa901"));
}

TEST(hpack_encode_memory) {
  Encoder e;
  CHECK_EQ(e.memory(), 0u);
  encode(e, {{"x-a", "b"}});
  CHECK(e.memory() < 768);
  for (int i = 0; i < 2000; i++) {
    encode(e, {{"x-" + std::to_string(i), std::to_string(i * 7)}});
  }
  CHECK(e.tableSize() > 4000 && e.tableSize() <= 4096);
  CHECK(e.memory() <= 4096 * 2 + 16 + 256);
  CHECK(sizeof(Encoder) <= 80);
}

TEST(hpack_encode_unknown_names_of_the_static_table) {
  Encoder e;
  e.setMaxTableSize(0);
  Decoder d;
  decode(d, encode(e, {}));
  for (const char* name :
       {"accept-charset", "allow", "content-disposition", "content-language", "content-location",
        "content-range", "from", "if-range", "if-unmodified-since", "link", "max-forwards",
        "refresh", "strict-transport-security", "x-nothing"}) {
    std::string block = encode(e, {{name, "v"}});
    CHECK(block.size() <= (name[0] == 'x' ? 11u : 4u));
    CHECK_EQ(show(decode(d, block).pairs), show({{name, "v"}}));
  }
}
