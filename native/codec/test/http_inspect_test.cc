#include "codec/http_inspect.h"

#include <string>

#include "base/test.h"

namespace attache::h1 {
namespace {

TEST(http_versions_are_told_apart) {
  CHECK(inspectHttp("GET / HTTP/1.1\r\n") == Spoken::Http11);
  CHECK(inspectHttp("GET / HTTP/1.0\r\nhost: a\r\n") == Spoken::Http10);
  CHECK(inspectHttp("GET /\n") == Spoken::Http10);
  CHECK(inspectHttp("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0") == Spoken::Http2);
  CHECK(inspectHttp("CONNECT a.example:443 HTTP/1.1\r\n") == Spoken::Http11);
  CHECK(inspectHttp("GET http://a.example?x HTTP/1.1\r\n") == Spoken::Http11);
}

TEST(http_waits_for_a_line) {
  for (std::string whole : {"GET / HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}) {
    size_t known = whole.find('\n') + 1;
    for (size_t n = 1; n < whole.size(); n++) {
      if (n >= known && whole[0] == 'G') break;
      CHECK(inspectHttp(std::string_view(whole).substr(0, n)) == Spoken::More);
    }
  }
}

TEST(http_is_not_everything) {
  for (std::string_view bytes :
       {"\r\n", "\n", " GET / HTTP/1.1\n", "GET\r\n", "G(T / HTTP/1.1\r\n", "GET x HTTP/1.1\r\n",
        "GET / http/1.1\r\n", "GET / HTTP/1.10\r\n", "GET / HTTP/1.1 x\r\n",
        "GET http://a@@b/ HTTP/1.1\r\n", "GET ://a HTTP/1.1\r\n", "hello\r\n"}) {
    CHECK(inspectHttp(bytes) == Spoken::Nothing);
  }
}

}  // namespace
}  // namespace attache::h1
