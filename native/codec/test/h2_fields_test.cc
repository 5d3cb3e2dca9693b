#include "codec/h2_fields.h"

#include <memory>

#include "codec/test/hpack_test_util.h"

using namespace attache;
using namespace attache::h2;
using hpack::testing::encode;
using hpack::testing::Pairs;

namespace {

struct Message {
  FieldsResult result;
  std::string fields;  // "name: value\n" each
};

// The block is in a heap block of its size, gone when the fields are looked at but for what they
// refer to of it.
Message decode(BlockKind kind, const Pairs& pairs, const FieldsOptions& options = {},
               hpack::Decoder::Limits limits = {}) {
  hpack::Encoder encoder;
  hpack::Decoder decoder;
  decoder.setLimits(limits);
  std::string block = encode(encoder, pairs);
  std::unique_ptr<char[]> bytes(new char[block.size()]);
  std::memcpy(bytes.get(), block.data(), block.size());
  BlockPool pool(0);
  Arena arena(pool);
  HeaderMap map(&arena);
  Message out;
  out.result = decodeFields(decoder, kind, bytes.get(), block.size(), options, map);
  map.detach(bytes.get(), bytes.get() + block.size());
  bytes.reset();
  for (const Header& h : map) {
    CHECK_EQ(h.id, headerId(h.nameView()));
    out.fields += std::string(h.nameView()) + ": " + std::string(h.valueView()) + "\n";
  }
  return out;
}

const Pairs kGet = {
    {":method", "GET"}, {":scheme", "https"}, {":path", "/"}, {":authority", "a.example"}};

Pairs with(Pairs pairs, const Pairs& more) {
  pairs.insert(pairs.end(), more.begin(), more.end());
  return pairs;
}
// kGet with one pseudo-header field replaced.
Pairs but(std::string_view name, std::string_view value) {
  Pairs pairs = kGet;
  for (auto& pair : pairs) {
    if (pair.name == name) pair.value = value;
  }
  return pairs;
}
Pairs without(std::string_view name) {
  Pairs pairs = kGet;
  std::erase_if(pairs, [&](const auto& pair) { return pair.name == name; });
  return pairs;
}

Fault faultOf(const Pairs& pairs, BlockKind kind = BlockKind::Request) {
  Message message = decode(kind, pairs);
  CHECK_EQ(message.result.error, hpack::Error::None);
  CHECK_EQ(message.result.fault == Fault::None, message.result.reason.empty());
  return message.result.fault;
}
Fault faultWith(const Pairs& more) {
  return faultOf(with(kGet, more));
}
Fault responseFault(const Pairs& more) {
  return faultOf(with({{":status", "200"}}, more), BlockKind::Response);
}

const std::string kGetText = ":method: GET\n:scheme: https\n:path: /\n:authority: a.example\n";

}  // namespace

TEST(h2_fields_request) {
  Message get = decode(BlockKind::Request, with(kGet, {{"accept", "*/*"}, {"x-a", "b"}}));
  CHECK_EQ(get.result.fault, Fault::None);
  CHECK_EQ(get.fields, kGetText + "accept: */*\nx-a: b\n");
  CHECK_EQ(get.result.content_length, -1);
  CHECK(!get.result.connect);
  Message post = decode(BlockKind::Request, with(kGet, {{"content-length", "12"}}));
  CHECK_EQ(post.result.content_length, 12);
  CHECK_EQ(post.fields, kGetText + "content-length: 12\n");
  CHECK_EQ(faultOf({}), Fault::Message);
}

// Section 8.3.1.
TEST(h2_fields_pseudo_of_requests) {
  for (const char* name : {":method", ":scheme", ":path", ":authority"}) {
    CHECK_EQ(faultOf(without(name)), Fault::Message);
    CHECK_EQ(faultOf(but(name, "")), Fault::Field);
    CHECK_EQ(faultOf(with(kGet, {{name, "/"}})), Fault::Field);   // twice
    CHECK_EQ(faultOf(with({{"x-a", "b"}}, kGet)), Fault::Field);  // behind others
    CHECK_EQ(faultOf(with(without(name), {{"x", ""}, {name, "/"}})), Fault::Field);
  }
  CHECK_EQ(faultWith({{":status", "200"}}), Fault::Field);
  CHECK_EQ(faultWith({{":other", "1"}}), Fault::Field);
  CHECK_EQ(faultWith({{":", "1"}}), Fault::Field);
  CHECK_EQ(faultWith({{":protocol", "websocket"}}), Fault::Field);
  CHECK_EQ(faultOf(but(":method", "G T")), Fault::Field);
  CHECK_EQ(faultOf(but(":method", "get")), Fault::None);
  CHECK_EQ(faultOf(but(":scheme", "1http")), Fault::Field);
  CHECK_EQ(faultOf(but(":scheme", "h+1.-")), Fault::None);
  CHECK_EQ(faultOf(but(":authority", "u@a")), Fault::Field);
  CHECK_EQ(faultOf(but(":authority", "[::1]:80")), Fault::None);
  CHECK_EQ(faultOf(but(":path", "a b")), Fault::Field);
  CHECK_EQ(faultOf(but(":path", "a")), Fault::Message);
  CHECK_EQ(faultOf(but(":path", "*")), Fault::Message);
  Pairs options = but(":path", "*");
  options[0].value = "OPTIONS";
  CHECK_EQ(faultOf(options), Fault::None);
  // What the paths of other schemes are is not known here.
  Pairs other = but(":path", "a");
  other[1].value = "coap";
  CHECK_EQ(faultOf(other), Fault::None);
}

TEST(h2_fields_host) {
  Message host = decode(BlockKind::Request, with(without(":authority"), {{"host", "b"}}));
  CHECK_EQ(host.fields, ":method: GET\n:scheme: https\n:path: /\n:authority: b\n");
  CHECK_EQ(host.result.fault, Fault::None);
  Message both = decode(BlockKind::Request, with(kGet, {{"host", "b"}}));
  CHECK_EQ(both.fields, kGetText);
  CHECK_EQ(both.result.fault, Fault::None);
  CHECK_EQ(faultWith({{"host", "a"}, {"host", "a"}}), Fault::Field);
  CHECK_EQ(faultWith({{"host", ""}}), Fault::Field);
  CHECK_EQ(faultWith({{"host", "a/b"}}), Fault::Field);
  CHECK_EQ(responseFault({{"host", "a/b"}}), Fault::None);
}

TEST(h2_fields_connect) {
  Pairs connect = {{":method", "CONNECT"}, {":authority", "a:1"}};
  Message plain = decode(BlockKind::Request, connect);
  CHECK(plain.result.connect);
  CHECK_EQ(plain.result.fault, Fault::None);
  CHECK_EQ(faultOf({{":method", "CONNECT"}}), Fault::Message);
  CHECK_EQ(faultOf(with(connect, {{":path", "/"}})), Fault::Message);
  CHECK_EQ(faultOf(with(connect, {{":scheme", "http"}})), Fault::Message);
  Pairs extended = but(":method", "CONNECT");
  CHECK_EQ(faultOf(extended), Fault::Message);
  extended.push_back({":protocol", "websocket"});
  CHECK_EQ(faultOf(extended), Fault::Field);
  Message allowed = decode(BlockKind::Request, extended, {.allow_connect = true});
  CHECK(allowed.result.connect);
  CHECK_EQ(allowed.result.fault, Fault::None);
  Message get =
      decode(BlockKind::Request, with(kGet, {{":protocol", "websocket"}}), {.allow_connect = true});
  CHECK_EQ(get.result.fault, Fault::Message);
}

// Section 8.2.1 and 8.2.2.
TEST(h2_fields_names_and_values) {
  for (const char* name : {"X-A", "x a", "x:a", "", "x\xe4", "x\x01", "a(b"})
    CHECK_EQ(faultWith({{name, "b"}}), Fault::Field);
  for (std::string_view value :
       {std::string_view("a\0b", 3), {"a\rb"}, {"a\nb"}, {"\x7f"}, {"\x1b"}})
    CHECK_EQ(faultWith({{"x-a", std::string(value)}}), Fault::Field);
  Message odd = decode(BlockKind::Request, with(kGet, {{"x-a", "a\tb\xff"}, {"x-b", ""}}));
  CHECK_EQ(odd.fields, kGetText + "x-a: a\tb\xff\nx-b: \n");
  Message spaces = decode(BlockKind::Request, with(kGet, {{"x-a", " \tb "}, {"x-b", "  "}}));
  CHECK_EQ(spaces.fields, kGetText + "x-a: b\nx-b: \n");
  for (const char* name :
       {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}) {
    CHECK_EQ(faultWith({{name, "a"}}), Fault::Field);
    CHECK_EQ(responseFault({{name, "a"}}), Fault::Field);
  }
  CHECK_EQ(faultWith({{"te", "trailers"}}), Fault::None);
  CHECK_EQ(faultWith({{"te", "Trailers"}}), Fault::None);
  CHECK_EQ(faultWith({{"te", "gzip"}}), Fault::Field);
  CHECK_EQ(faultWith({{"te", "trailers, gzip"}}), Fault::Field);
}

TEST(h2_fields_content_length) {
  for (const char* bad : {"", "-1", "+1", "1a", "1 2", "0x1", "9223372036854775808",
                          "18446744073709551616", "00000000000000000001"})
    CHECK_EQ(faultWith({{"content-length", bad}}), Fault::Field);
  Message most =
      decode(BlockKind::Request, with(kGet, {{"content-length", "9223372036854775807"}}));
  CHECK_EQ(most.result.content_length, INT64_MAX);
  CHECK_EQ(faultWith({{"content-length", "1"}, {"content-length", "1"}}), Fault::Field);
  CHECK_EQ(responseFault({{"content-length", "1"}, {"content-length", "2"}}), Fault::Field);
}

// Section 8.2.3.
TEST(h2_fields_cookies) {
  Message one = decode(BlockKind::Request, with(kGet, {{"cookie", "a=1"}, {"x-a", "b"}}));
  CHECK_EQ(one.fields, kGetText + "cookie: a=1\nx-a: b\n");
  Message some =
      decode(BlockKind::Request,
             with(kGet, {{"cookie", "a=1"}, {"x-a", "b"}, {"cookie", ""}, {"cookie", "c=3"}}));
  CHECK_EQ(some.fields, kGetText + "x-a: b\ncookie: a=1; ; c=3\n");
}

TEST(h2_fields_response) {
  Message ok = decode(BlockKind::Response, {{":status", "204"}, {"x-a", "b"}});
  CHECK_EQ(ok.result.status, 204);
  CHECK_EQ(ok.fields, ":status: 204\nx-a: b\n");
  CHECK_EQ(faultOf({}, BlockKind::Response), Fault::Message);
  CHECK_EQ(faultOf({{"x-a", "b"}}, BlockKind::Response), Fault::Message);
  for (const char* bad : {"", "20", "2000", "2x0", "099", "000", "101", "+20"})
    CHECK_EQ(faultOf({{":status", bad}}, BlockKind::Response), Fault::Field);
  for (const char* good : {"100", "103", "199", "200", "599", "999"})
    CHECK_EQ(faultOf({{":status", good}}, BlockKind::Response), Fault::None);
  CHECK_EQ(responseFault({{":status", "200"}}), Fault::Field);
  CHECK_EQ(responseFault({{":path", "/"}}), Fault::Field);
  CHECK_EQ(faultOf({{"x-a", "b"}, {":status", "200"}}, BlockKind::Response), Fault::Field);
}

// RFC 9110 section 8.6.
TEST(h2_fields_length_of_what_has_no_body) {
  auto response = [](std::string status, std::string length) {
    return decode(BlockKind::Response, {{":status", status}, {"content-length", length}});
  };
  CHECK_EQ(response("204", "0").fields, ":status: 204\n");
  CHECK_EQ(response("204", "0").result.fault, Fault::None);
  CHECK_EQ(response("204", "1").result.fault, Fault::Field);
  CHECK_EQ(response("103", "5").fields, ":status: 103\n");
  CHECK_EQ(response("103", "5").result.content_length, -1);
  CHECK_EQ(response("304", "5").result.content_length, 5);
}

TEST(h2_fields_trailers) {
  Message trailers = decode(BlockKind::Trailers, {{"grpc-status", "0"}, {"x-a", "b"}});
  CHECK_EQ(trailers.fields, "grpc-status: 0\nx-a: b\n");
  CHECK_EQ(trailers.result.fault, Fault::None);
  CHECK_EQ(faultOf({}, BlockKind::Trailers), Fault::None);
  for (const char* bad : {":status", ":path", ":other", "connection", "te", "host",
                          "content-length", "transfer-encoding", "X"})
    CHECK_EQ(faultOf({{bad, "200"}}, BlockKind::Trailers), Fault::Field);
}

// As Envoy counts: names and values, cookies one by one.
TEST(h2_fields_limits) {
  Pairs pairs = with(kGet, {{"cookie", "a=1"}, {"cookie", "b=2"}});
  uint32_t bytes = 0;
  for (const auto& pair : pairs)
    bytes += static_cast<uint32_t>(pair.name.size() + pair.value.size());
  auto error = [&](hpack::Decoder::Limits limits) {
    return decode(BlockKind::Request, pairs, {}, limits).result.error;
  };
  CHECK_EQ(error({.max_bytes = bytes, .max_fields = 6}), hpack::Error::None);
  CHECK_EQ(error({.max_bytes = bytes - 1, .max_fields = 6}), hpack::Error::TooLarge);
  CHECK_EQ(error({.max_bytes = bytes, .max_fields = 5}), hpack::Error::TooLarge);
}

// Whatever becomes of the message, the connection's table goes on.
TEST(h2_fields_table_stays_in_step) {
  hpack::Encoder encoder;
  hpack::Decoder decoder;
  BlockPool pool(0);
  Arena arena(pool);
  for (const Pairs& pairs : {with(kGet, {{"x-one", "1"}, {"connection", "a"}, {"x-two", "2"}}),
                             with(kGet, {{"x-one", "1"}, {"x-two", "2"}, {"x-three", "3"}}),
                             with(kGet, {{"x-one", "1"}, {"x-two", "2"}, {"x-three", "3"}})}) {
    HeaderMap map(&arena);
    std::string block = encode(encoder, pairs);
    FieldsResult result =
        decodeFields(decoder, BlockKind::Request, block.data(), block.size(), {}, map);
    CHECK_EQ(result.error, hpack::Error::None);
    CHECK_EQ(decoder.tableSize(), encoder.tableSize());
    if (result.fault == Fault::None) CHECK_EQ(map.get("x-two"), "2");
  }
  HeaderMap map(&arena);
  CHECK_EQ(decodeFields(decoder, BlockKind::Request, "\xff", 1, {}, map).error,
           hpack::Error::Truncated);
}

// RFC 7541 section 6.2.3: whoever passes it on has to say so too.
TEST(h2_fields_never_indexed) {
  hpack::Encoder encoder;
  hpack::Decoder decoder;
  BlockPool pool(0);
  Arena arena(pool);
  HeaderMap map(&arena), copy(&arena);
  Pairs pairs = with(kGet, {{"authorization", "secret", true}, {"x-a", "b"}, {"x-b", "c", true}});
  std::string block = encode(encoder, pairs);
  decodeFields(decoder, BlockKind::Request, block.data(), block.size(), {}, map);
  map.cloneInto(copy);
  for (HeaderMap* each : {&map, &copy}) {
    CHECK(each->find("authorization")->never_indexed);
    CHECK(!each->find("x-a")->never_indexed);
    CHECK(each->find("x-b")->never_indexed);
  }
}
