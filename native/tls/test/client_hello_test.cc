#include "tls/client_hello.h"

#include "base/test.h"

namespace attache::tls {
namespace {

std::string number(size_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; i--) text += static_cast<char>(value >> (8 * i) & 255);
  return text;
}

std::string sized(const std::string& text, int bytes) {
  return number(text.size(), bytes) + text;
}

std::string extension(int type, const std::string& value) {
  return number(static_cast<size_t>(type), 2) + sized(value, 2);
}

std::string sni(const std::string& name) {
  return extension(0, sized('\0' + sized(name, 2), 2));
}

std::string message(const std::string& extensions) {
  std::string body = "\x03\x03" + std::string(32, 'r') + sized("", 1) + sized("\x13\x01", 2) +
                     sized(std::string(1, '\0'), 1);
  if (!extensions.empty()) body += sized(extensions, 2);
  return '\x01' + sized(body, 3);
}

std::string record(const std::string& piece) {
  return "\x16\x03\x01" + sized(piece, 2);
}

HelloResult parse(const std::string& bytes, ClientHello* hello, size_t most = 16384) {
  return parseClientHello(bytes, most, hello);
}

TEST(hello_has_name_and_protocols) {
  ClientHello hello;
  std::string alpn = extension(16, sized(sized("h2", 1) + sized("http/1.1", 1), 2));
  CHECK(parse(record(message(sni("WWW.Example.com") + extension(43, "x") + alpn)), &hello) ==
        HelloResult::Complete);
  CHECK_EQ(hello.server_name, "www.example.com");
  REQUIRE(hello.alpn.size() == 2);
  CHECK_EQ(hello.alpn[0], "h2");
  CHECK_EQ(hello.alpn[1], "http/1.1");
  CHECK(parse(record(message("")), &hello) == HelloResult::Complete);
  CHECK_EQ(hello.server_name, "");
  CHECK(hello.alpn.empty());
}

TEST(hello_comes_in_any_pieces) {
  std::string whole = message(sni("a.example"));
  std::string records;
  for (char c : whole) records += record(std::string(1, c));
  for (const std::string& bytes :
       {record(whole), records, record(whole.substr(0, 60)) + record(whole.substr(60))}) {
    ClientHello hello;
    for (size_t i = 0; i < bytes.size(); i++)
      CHECK(parse(bytes.substr(0, i), &hello) == HelloResult::More);
    CHECK(parse(bytes, &hello) == HelloResult::Complete);
    CHECK_EQ(hello.server_name, "a.example");
    CHECK(parse(bytes + "what follows", &hello) == HelloResult::Complete);
  }
}

TEST(hello_is_not_what_it_is_not) {
  ClientHello hello;
  CHECK(parse("GET / HTTP/1.1\r\n", &hello) == HelloResult::NotTls);
  CHECK(parse("\x16\x05\x01", &hello) == HelloResult::NotTls);
  CHECK(parse(record("\x02"
                     "abc"),
              &hello) == HelloResult::Broken);
  CHECK(parse(std::string("\x16\x03\x01\0\0", 5), &hello) == HelloResult::Broken);
  CHECK(parse(record(message(sni(std::string("a\0b", 3)))), &hello) == HelloResult::Broken);
  CHECK(parse(record(message(sni(""))), &hello) == HelloResult::Broken);
  CHECK(parse(record(message(extension(16, sized(sized("", 1), 2)))), &hello) ==
        HelloResult::Broken);
  std::string cut = message(sni("a.example"));
  cut[45] = '\x7f';  // the length of the extensions
  CHECK(parse(record(cut), &hello) == HelloResult::Broken);
  CHECK(parse(record(message(sni("a.example"))), &hello, 20) == HelloResult::TooLarge);
}

}  // namespace
}  // namespace attache::tls
