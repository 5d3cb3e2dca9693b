#include "codec/proxy_protocol.h"

#include "base/test.h"
#include "io/address.h"

namespace attache::proxy {
namespace {

const std::string kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
const std::string kFour("\x0a\1\2\3\x0a\1\2\4\x12\x34\0\x50", 12);
const std::string kLine = "PROXY TCP4 10.1.2.3 10.1.2.4 4660 80\r\n";

std::string binary(char command, char family, const std::string& body) {
  std::string text = kSignature + command + family;
  text += static_cast<char>(body.size() >> 8);
  text += static_cast<char>(body.size() & 255);
  return text + body;
}

std::string tlv(char type, const std::string& value) {
  return std::string{type, static_cast<char>(value.size() >> 8),
                     static_cast<char>(value.size() & 255)} +
         value;
}

TEST(proxy_header_line) {
  Header header;
  CHECK(parseHeader(kLine + "GET /", {}, &header) == Result::Complete);
  CHECK(header.version == Version::V1);
  CHECK(header.proxied);
  CHECK_EQ(header.size, kLine.size());
  CHECK_EQ(io::addressText(header.source), "10.1.2.3:4660");
  CHECK_EQ(io::addressText(header.destination), "10.1.2.4:80");
  CHECK(parseHeader("PROXY TCP6 ::1 2001:DB8::2 1 65535\r\n", {}, &header) == Result::Complete);
  CHECK_EQ(io::addressText(header.source), "[::1]:1");
  CHECK_EQ(io::addressText(header.destination), "[2001:db8::2]:65535");
  CHECK(parseHeader("PROXY UNKNOWN what ever\r\n", {}, &header) == Result::Complete);
  CHECK(!header.proxied);
}

TEST(proxy_header_binary) {
  Header header;
  std::string more = tlv(1, "h2") + tlv('\xea', "");
  std::string bytes = binary(0x21, 0x11, kFour + more);
  const std::string input = bytes + "GET /";  // the header's TLVs stay in it
  CHECK(parseHeader(input, {}, &header) == Result::Complete);
  CHECK(header.version == Version::V2);
  CHECK_EQ(header.size, bytes.size());
  CHECK_EQ(io::addressText(header.source), "10.1.2.3:4660");
  CHECK_EQ(io::addressText(header.destination), "10.1.2.4:80");
  CHECK_EQ(header.tlvs, more);
  uint8_t type;
  std::string_view rest = header.tlvs, value;
  bool broken = false;
  REQUIRE(nextTlv(&rest, &type, &value, &broken));
  CHECK_EQ(static_cast<int>(type), 1);
  CHECK_EQ(value, "h2");
  REQUIRE(nextTlv(&rest, &type, &value, &broken));
  CHECK_EQ(static_cast<int>(type), 0xea);
  CHECK_EQ(value, "");
  CHECK(!nextTlv(&rest, &type, &value, &broken));
  CHECK(!broken);
  CHECK(parseHeader(binary(0x20, '\xff', "abc"), {}, &header) == Result::Complete);
  CHECK(!header.proxied);
  CHECK_EQ(header.size, 19u);
}

TEST(proxy_header_comes_in_any_pieces) {
  Header header;
  for (const std::string& whole : {kLine, binary(0x21, 0x11, kFour + tlv(4, "x")),
                                   binary(0x20, 0x11, kFour), std::string("PROXY UNKNOWN\r\n")}) {
    for (size_t n = 1; n < whole.size(); n++) {
      CHECK(parseHeader(std::string_view(whole).substr(0, n), {}, &header) == Result::More);
    }
    CHECK(parseHeader(whole, {}, &header) == Result::Complete);
  }
}

TEST(proxy_header_that_cannot_be) {
  Header header;
  for (const std::string& bytes :
       {std::string("GET / HTTP/1.1\r\n\r\n"), std::string("PROXY TCP4 10.1.2.3 10.1.2.4 80\r\n"),
        std::string("PROXY TCP4 10.1.2.3 10.1.2.4 65536 80\r\n"),
        std::string("PROXY TCP4 0.0.0.0 10.1.2.4 1 80\r\n"),
        "PROXY UNKNOWN " + std::string(93, 'x') + "\r\n", "PROXY " + std::string(200, 'x'),
        binary(0x21, 0x31, std::string(216, 'x')), binary(0x21, 0x11, kFour.substr(1)),
        binary(0x11, 0x11, kFour), binary(0x22, 0x11, kFour), binary(0x21, 0x13, kFour),
        binary(0x21, 0x11, kFour + "\4"), binary(0x21, 0x11, kFour + tlv(4, "x").substr(0, 3)),
        binary(0x21, 0x11, std::string(4, '\0') + kFour.substr(4))}) {
    CHECK(parseHeader(bytes, {}, &header) == Result::Malformed);
  }
}

TEST(proxy_header_not_taken) {
  Header header;
  CHECK(parseHeader(kLine, {false, true, false}, &header) == Result::Refused);
  CHECK(header.version == Version::V1);
  CHECK(parseHeader(binary(0x21, 0x11, kFour), {true, false, false}, &header) == Result::Refused);
  CHECK(header.version == Version::V2);
  // As in Envoy: what is not taken is no header to whoever needs none.
  CHECK(parseHeader("GET", {true, true, true}, &header) == Result::Absent);
  CHECK(parseHeader("PRO", {true, true, true}, &header) == Result::More);
  CHECK(parseHeader("PRO", {false, true, true}, &header) == Result::Absent);
  CHECK(parseHeader(kSignature, {true, false, true}, &header) == Result::Absent);
}

// What is written says what is read.
TEST(proxy_header_written) {
  Header from;
  for (const char* line :
       {"PROXY TCP4 10.1.2.3 10.1.2.4 4660 80\r\n", "PROXY TCP6 2001:db8::1 ::1 1 65535\r\n"}) {
    CHECK(parseHeader(line, {}, &from) == Result::Complete);
    std::string text;
    appendHeader1(&text, from.source, from.destination);
    CHECK_EQ(text, line);
    std::string bytes, tlvs;
    appendTlv(&tlvs, 0xea, "one");
    appendTlv(&tlvs, 0xeb, "");
    CHECK(appendHeader2(&bytes, from.source, from.destination, tlvs));
    Header again;
    CHECK(parseHeader(bytes, {}, &again) == Result::Complete);
    CHECK_EQ(again.size, bytes.size());
    CHECK(io::sameEnd(again.source, from.source) &&
          io::sameEnd(again.destination, from.destination));
    CHECK_EQ(again.tlvs, tlvs);
  }
}

TEST(proxy_header_written_without_addresses) {
  sockaddr_storage unix{};
  unix.ss_family = AF_UNIX;
  std::string text, bytes, local;
  appendHeader1(&text, unix, unix);
  CHECK_EQ(text, "PROXY UNKNOWN\r\n");
  CHECK(appendHeader2(&bytes, unix, unix, "x"));
  appendLocal2(&local);
  CHECK_EQ(bytes, local);
  Header header;
  CHECK(parseHeader(local, {}, &header) == Result::Complete);
  CHECK(!header.proxied);
}

// A length has 16 bits: what has no room is left out.
TEST(proxy_header_written_with_too_much) {
  Header from;
  CHECK(parseHeader(kLine, {}, &from) == Result::Complete);
  std::string tlvs, bytes;
  for (size_t size : {40000, 40000, 25508, 1}) appendTlv(&tlvs, 1, std::string(size, 'x'));
  CHECK(!appendHeader2(&bytes, from.source, from.destination, tlvs));
  CHECK(parseHeader(bytes, {}, &from) == Result::Complete);
  CHECK_EQ(bytes.size(), 16u + 12 + 40003 + 25511 + 4);
}

}  // namespace
}  // namespace attache::proxy
