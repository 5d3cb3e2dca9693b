#include <string>

#include "codec/test/h1_test_util.h"

using namespace attache;
using namespace attache::h1;
using namespace attache::h1::testing;
using namespace std::string_literals;

namespace {

const Kind kRequest{};

Parsed good(const std::string& bytes, const char* headers, int line) {
  Parsed p = parseEveryWay(kRequest, bytes, __FILE__, line);
  test::checkEqual(__FILE__, line, "status", p.status, ParseResult::Complete);
  test::checkEqual(__FILE__, line, "error", std::string(describe(p.error)), "no error");
  test::checkEqual(__FILE__, line, "headers", p.headers, headers);
  return p;
}

void bad(const std::string& bytes, HeadError error, int line, const Kind& kind = kRequest) {
  Parsed p = parseEveryWay(kind, bytes, __FILE__, line);
  test::checkEqual(__FILE__, line, bytes.substr(0, 80).c_str(), std::string(describe(p.error)),
                   std::string(describe(error)));
}

// A request whose fields, beside Host, are these lines.
std::string withFields(const std::string& lines) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
}

}  // namespace

#define GOOD(bytes, headers) good(bytes, headers, __LINE__)
#define BAD(bytes, error) bad(bytes, HeadError::error, __LINE__)

TEST(h1_request_simple) {
  Parsed p = GOOD("GET /a?b=c HTTP/1.1\r\nHost: example.com:80\r\n\r\n",
                  ":method: GET\n:path: /a?b=c\n:authority: example.com:80\n");
  CHECK_EQ(p.consumed, 45u);
  CHECK_EQ(p.info.head_bytes, 45u);
  CHECK_EQ(p.info.method, Method::Get);
  CHECK_EQ(p.info.minor_version, 1);
  CHECK_EQ(p.info.body, BodyKind::None);
  CHECK(!p.info.close);
}

TEST(h1_request_fields_are_trimmed_and_lowered) {
  GOOD(
      "GET / HTTP/1.1\r\nHOST:a\r\nX-Long-Name-That-Nobody-Has-Ever-Heard-Of:  b \t\r\n"
      "User-Agent:\tx y\t z\r\nX_Odd!#$%&'*+.^`|~9: \r\nAccept:\r\nCOOKIE: a=b; C=D\r\n"
      "cookie: second\r\nx-b: \x80\xff\r\n\r\n",
      ":method: GET\n:path: /\n:authority: a\nx-long-name-that-nobody-has-ever-heard-of: b\n"
      "user-agent: x y\t z\nx_odd!#$%&'*+.^`|~9: \naccept: \ncookie: a=b; C=D\n"
      "cookie: second\nx-b: \x80\xff\n");
}

TEST(h1_request_every_known_name_in_any_case) {
  for (size_t i = static_cast<size_t>(HeaderId::Connection); i < kHeaderIdCount; i++) {
    std::string name(headerName(static_cast<HeaderId>(i)));
    std::string upper = name;
    for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    std::string expected = ":method: POST\n:path: /\n:authority: a\n" + name + ": v\n";
    for (const std::string& spelled : {name, upper}) {
      GOOD(withFields(spelled + ": v\r\n"), expected.c_str());
    }
    // Part of it is another name.
    for (size_t n = 1; n < name.size(); n++) {
      if (headerId(name.substr(0, n)) != HeaderId::Unknown) continue;
      Parsed p = parseSplit(kRequest, withFields(upper.substr(0, n) + ": v\r\n"));
      CHECK_EQ(p.headers, ":method: POST\n:path: /\n:authority: a\n" + name.substr(0, n) + ": v\n");
    }
    GOOD(withFields(upper + "X: v\r\n"),
         (":method: POST\n:path: /\n:authority: a\n" + name + "x: v\n").c_str());
  }
}

TEST(h1_request_leading_empty_line) {
  Parsed p =
      GOOD("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", ":method: GET\n:path: /\n:authority: a\n");
  CHECK_EQ(p.consumed, 29u);
  CHECK_EQ(p.info.head_bytes, 27u);
  BAD("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", EmptyLineFirst);
  BAD("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", BareLf);
  BAD("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", BareCr);
  BAD(" GET / HTTP/1.1\r\nHost: a\r\n\r\n", BadRequestLine);
}

TEST(h1_request_leaves_what_follows) {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const std::string& more : {"GET"s, "\0\n\r\x7f\n\n"s, std::string(200, '\n'), "\r\n\r\n"s,
                                  "Host: b\r\nContent-Length: 1\r\n\r\n"s}) {
    Parsed p = GOOD(head + more, ":method: GET\n:path: /\n:authority: a\n");
    CHECK_EQ(p.consumed, head.size());
  }
}

TEST(h1_request_incomplete) {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (size_t n = 0; n < head.size(); n++) {
    CHECK_EQ(parseSplit(kRequest, head.substr(0, n)).status, ParseResult::Incomplete);
  }
}

TEST(h1_request_byte_by_byte) {
  std::string head =
      "\r\nPUT /some/path HTTP/1.1\r\nHost: a\r\nX-Filler: " + std::string(300, 'x') +
      "\r\nContent-Length: 10\r\n\r\n";
  std::vector<size_t> all;
  for (size_t i = 0; i < head.size(); i++) all.push_back(i);
  for (Isa isa : isas()) {
    IsaScope scope(isa);
    Parsed p = parseSplit(kRequest, head, all);
    CHECK_EQ(p.status, ParseResult::Complete);
    CHECK_EQ(p.consumed, head.size());
    CHECK_EQ(p.info.content_length, 10u);
  }
}

TEST(h1_request_targets) {
  Parsed p = GOOD("GET http://b.com/x?y HTTP/1.1\r\nHost: a\r\n\r\n",
                  ":method: GET\n:path: /x?y\n:scheme: http\n:authority: b.com\n");
  CHECK_EQ(p.info.target_form, TargetForm::Absolute);
  GOOD("GET HTTPS://[::1]:80 HTTP/1.1\r\nHost: a\r\n\r\n",
       ":method: GET\n:path: /\n:scheme: https\n:authority: [::1]:80\n");
  GOOD("GET http://b?q=/ HTTP/1.1\r\nHost: a\r\n\r\n",
       ":method: GET\n:path: /?q=/\n:scheme: http\n:authority: b\n");
  GOOD("OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n",
       ":method: OPTIONS\n:path: /\n:scheme: http\n:authority: b\n");
  p = GOOD("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", ":method: OPTIONS\n:path: *\n:authority: a\n");
  CHECK_EQ(p.info.target_form, TargetForm::Asterisk);
  p = GOOD("CONNECT b.com:443 HTTP/1.1\r\nHost: a\r\n\r\n",
           ":method: CONNECT\n:authority: b.com:443\n");
  CHECK_EQ(p.info.target_form, TargetForm::Authority);
  CHECK_EQ(p.info.method, Method::Connect);
  GOOD("GET //x HTTP/1.1\r\nHost: a\r\n\r\n", ":method: GET\n:path: //x\n:authority: a\n");
  GOOD("GET /%41{}|\\^`\"<> HTTP/1.1\r\nHost: a\r\n\r\n",
       ":method: GET\n:path: /%41{}|\\^`\"<>\n:authority: a\n");

  BAD("GET * HTTP/1.1\r\nHost: a\r\n\r\n", InvalidUrl);
  BAD("OPTIONS *x HTTP/1.1\r\nHost: a\r\n\r\n", BadTarget);
  BAD("GET foo HTTP/1.1\r\nHost: a\r\n\r\n", BadTarget);
  BAD("GET ?q HTTP/1.1\r\nHost: a\r\n\r\n", BadTarget);
  BAD("GET ://b/ HTTP/1.1\r\nHost: a\r\n\r\n", BadTarget);
  BAD("GET ftp://b/ HTTP/1.1\r\nHost: a\r\n\r\n", BadScheme);
  BAD("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", InvalidUrl);
  BAD("GET http://:80/x HTTP/1.1\r\nHost: a\r\n\r\n", InvalidUrl);
  BAD("GET http://u@b/x HTTP/1.1\r\nHost: a\r\n\r\n", InvalidUrl);
  BAD("GET http://b/x HTTP/1.1\r\n\r\n", MissingHost);
  BAD("CONNECT b.com HTTP/1.1\r\nHost: a\r\n\r\n", InvalidUrl);
  BAD("CONNECT b.com: HTTP/1.1\r\nHost: a\r\n\r\n", InvalidUrl);
  BAD("CONNECT b.com:65536 HTTP/1.1\r\nHost: a\r\n\r\n", InvalidUrl);
  BAD("CONNECT :80 HTTP/1.1\r\nHost: a\r\n\r\n", InvalidUrl);
  BAD("CONNECT /x HTTP/1.1\r\nHost: a\r\n\r\n", InvalidUrl);
  BAD("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", FragmentInTarget);
  BAD("GET /" + std::string(100, 'a') + "#b HTTP/1.1\r\nHost: a\r\n\r\n", FragmentInTarget);
}

TEST(h1_request_target_bytes) {
  for (int c = 0; c < 256; c++) {
    for (size_t before : {0u, 1u, 29u, 30u, 31u, 32u, 33u, 70u}) {
      std::string target = "/" + std::string(before, 'p') + static_cast<char>(c);
      Parsed p = parseSplit(kRequest, "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
      bool allowed = c > ' ' && c < 0x7f && c != '#';
      CHECK_EQ(p.status == ParseResult::Complete, allowed);
    }
  }
}

TEST(h1_request_line_faults) {
  const std::string rest = "\r\nHost: a\r\n\r\n";
  BAD("GET  / HTTP/1.1" + rest, BadRequestLine);
  BAD("GET /  HTTP/1.1" + rest, BadRequestLine);
  BAD("GET / HTTP/1.1 " + rest, BadRequestLine);
  BAD("GET\t/ HTTP/1.1" + rest, BadRequestLine);
  BAD("GET /a b HTTP/1.1" + rest, BadRequestLine);
  BAD("GET /a\tb HTTP/1.1" + rest, BadRequestLine);
  BAD("GET HTTP/1.1" + rest, BadRequestLine);
  BAD("GET  HTTP/1.1" + rest, BadRequestLine);
  BAD("GET" + rest, BadRequestLine);
  BAD("GETTING_LONG" + rest, BadRequestLine);
  BAD("HTTP/1.1 200 OK" + rest, BadRequestLine);
  BAD("GET / HTTX/1.1" + rest, BadRequestLine);
  BAD("GET / http/1.1" + rest, BadRequestLine);
  BAD("GET / HTTP/11" + rest, BadVersion);
  BAD("GET / HTTP/1.1x" + rest, BadVersion);
  BAD("GET / HTTP/1.10" + rest, BadVersion);
  BAD("GET / HTTP/" + rest, BadVersion);
  BAD("GET / HTTP/1.2" + rest, UnsupportedVersion);
  BAD("GET / HTTP/0.9" + rest, UnsupportedVersion);
  BAD("GET / HTTP/2.0" + rest, UnsupportedVersion);
  BAD("GET /" + rest, UnsupportedVersion);
  BAD("G(T / HTTP/1.1" + rest, BadMethod);
  BAD("G\x80T / HTTP/1.1" + rest, BadMethod);
  BAD("get / HTTP/1.1" + rest, UnknownMethod);
  BAD("FOO / HTTP/1.1" + rest, UnknownMethod);
  GOOD("MKCALENDAR / HTTP/1.1" + rest, ":method: MKCALENDAR\n:path: /\n:authority: a\n");
  CHECK_EQ(statusFor(HeadError::UnsupportedVersion), 426);
}

TEST(h1_request_custom_methods) {
  Kind kind;
  kind.limits.custom_methods = true;
  Parsed p = PARSE(kind, "f!o / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_EQ(p.headers, ":method: f!o\n:path: /\n:authority: a\n");
  CHECK_EQ(p.info.method, Method::Other);
  bad("f@o / HTTP/1.1\r\nHost: a\r\n\r\n", HeadError::BadMethod, __LINE__, kind);
}

TEST(h1_request_methods) {
  struct {
    const char* name;
    Method method;
  } cases[] = {{"GET", Method::Get},         {"HEAD", Method::Head},     {"POST", Method::Post},
               {"PUT", Method::Put},         {"DELETE", Method::Delete}, {"PATCH", Method::Patch},
               {"OPTIONS", Method::Options}, {"TRACE", Method::Trace},   {"PURGE", Method::Other}};
  for (auto& c : cases) {
    Parsed p = PARSE(kRequest, std::string(c.name) + " / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_EQ(p.info.method, c.method);
  }
}

TEST(h1_request_host) {
  BAD("GET / HTTP/1.1\r\n\r\n", MissingHost);
  BAD("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", RepeatedHost);
  BAD("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", RepeatedHost);
  for (const char* host : {"a b", "a/b", "u@b", "a\\b", "a\"b", "a?b", "\x80", "a\tb"}) {
    BAD("GET / HTTP/1.1\r\nHost: "s + host + "\r\n\r\n", BadHost);
  }
  BAD("GET / HTTP/1.1\r\nHost: " + std::string(60, 'a') + "@\r\n\r\n", BadHost);
  GOOD("GET / HTTP/1.1\r\nHost:\r\n\r\n", ":method: GET\n:path: /\n:authority: \n");
  GOOD("GET / HTTP/1.1\r\nHost: a_b,c:99999\r\n\r\n",
       ":method: GET\n:path: /\n:authority: a_b,c:99999\n");
  GOOD("GET / HTTP/1.0\r\n\r\n", ":method: GET\n:path: /\n");
  GOOD("GET / HTTP/1.0\r\nX: y\r\n\r\n", ":method: GET\n:path: /\nx: y\n");
}

TEST(h1_request_field_faults) {
  BAD(withFields("a b: c\r\n"), BadHeaderName);
  BAD(withFields("ab : c\r\n"), BadHeaderName);
  BAD(withFields("ab\t: c\r\n"), BadHeaderName);
  BAD(withFields("Content-Length : 5\r\n"), BadHeaderName);
  BAD(withFields(": c\r\n"), BadHeaderName);
  BAD(withFields(":path: /other\r\n"), BadHeaderName);
  BAD(withFields("a\"b: c\r\n"), BadHeaderName);
  BAD(withFields("a\x80: c\r\n"), BadHeaderName);
  BAD(withFields(std::string(50, 'a') + "@: c\r\n"), BadHeaderName);
  BAD(withFields("abc\r\n"), MissingColon);
  BAD(withFields("abc\r\nd: e\r\n"), MissingColon);
  BAD(withFields("a: b\r\n c: d\r\n"), ObsFold);
  BAD(withFields("a: b\r\n\tc: d\r\n"), ObsFold);
  BAD(withFields("a: b\r\n \r\n"), ObsFold);
  BAD("GET / HTTP/1.1\r\n Host: a\r\n\r\n", ObsFold);
  BAD(withFields("a: b\nc: d\r\n"), BareLf);
  BAD(withFields("a: b\r\n\n"), BareLf);
  BAD("GET / HTTP/1.1\nHost: a\n\n", BareLf);
  BAD("GET / HTTP/1.1\t\nHost: a\t\n\t\n", BareLf);
  BAD(withFields("a: b\rc\r\n"), BareCr);
  BAD(withFields("a: b\r\r\n"), BareCr);
  for (int c = 0; c < 256; c++) {
    if (c == '\r' || c == '\n') continue;
    bool control = (c < 0x20 && c != '\t') || c == 0x7f;
    for (size_t before : {0u, 20u, 40u}) {
      std::string value = std::string(before, 'v') + static_cast<char>(c) + "w";
      Parsed p = parseSplit(kRequest, withFields("a: " + value + "\r\n"));
      CHECK_EQ(p.error, control ? HeadError::ControlCharacter : HeadError::None);
    }
    // In a name only token characters pass.
    Parsed p =
        parseSplit(kRequest, withFields(std::string("x") + static_cast<char>(c) + "y: v\r\n"));
    bool token = std::strchr("!#$%&'*+-.^_`|~:", c) != nullptr && c != 0;
    token |= (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z' && c < 0x80);
    CHECK_EQ(p.status == ParseResult::Complete, token);
  }
}

TEST(h1_request_content_length) {
  Parsed p = GOOD(withFields("Content-Length: 0012\r\n"),
                  ":method: POST\n:path: /\n:authority: a\ncontent-length: 0012\n");
  CHECK(p.info.has_content_length);
  CHECK_EQ(p.info.content_length, 12u);
  CHECK_EQ(p.info.body, BodyKind::Length);
  p = PARSE(kRequest, withFields("Content-Length: 0\r\n"));
  CHECK(p.info.has_content_length);
  CHECK_EQ(p.info.body, BodyKind::None);
  p = PARSE(kRequest, withFields("Content-Length: 9223372036854775807\r\n"));
  CHECK_EQ(p.info.content_length, uint64_t{INT64_MAX});
  for (const char* v : {"", "+2", "-2", "0x2", "2,2", "2, 2", "2 2", "a", "2.0", "1_0",
                        "9223372036854775808", "18446744073709551617", "99999999999999999999999"}) {
    BAD(withFields("Content-Length: "s + v + "\r\n"), BadContentLength);
  }
  BAD(withFields("Content-Length: 2\r\nContent-Length: 2\r\n"), RepeatedContentLength);
  BAD(withFields("Content-Length: 2\r\nX: y\r\ncontent-length: 3\r\n"), RepeatedContentLength);
}

TEST(h1_request_transfer_encoding) {
  Parsed p = PARSE(kRequest, withFields("Transfer-Encoding: Chunked \r\n"));
  CHECK(p.info.chunked);
  CHECK_EQ(p.info.body, BodyKind::Chunked);
  BAD(withFields("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n"),
      ContentLengthWithTransferEncoding);
  BAD(withFields("Content-Length: 2\r\nTransfer-Encoding: gzip\r\n"),
      ContentLengthWithTransferEncoding);
  for (const char* v : {"", "gzip", "gzip, chunked", "chunked, chunked", "chunked,", ",chunked",
                        "identity", "chunked;q=1", "x chunked", "xchunked", "\"chunked\""}) {
    BAD(withFields("Transfer-Encoding: "s + v + "\r\n"), UnknownTransferEncoding);
  }
  BAD(withFields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
      UnknownTransferEncoding);
  BAD("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
      TransferEncodingNotAllowed);
  CHECK_EQ(statusFor(HeadError::UnknownTransferEncoding), 501);
}

TEST(h1_request_connection) {
  Parsed p = PARSE(kRequest, withFields("Connection: Close\r\n"));
  CHECK(p.info.close);
  p = PARSE(kRequest, withFields("Connection: keep-alive\r\n"));
  CHECK(!p.info.close && p.info.keep_alive_token && !p.info.connection_names);
  p = PARSE(kRequest, "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
  CHECK(p.info.close);
  CHECK_EQ(p.info.minor_version, 0);
  p = PARSE(kRequest, "GET / HTTP/1.0\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n");
  CHECK(!p.info.close);
  p = PARSE(kRequest, withFields("Connection: x-a ,\t,keep-alive\r\nConnection: Upgrade\r\n"
                                 "Upgrade: websocket\r\n"));
  CHECK(p.info.connection_names && p.info.keep_alive_token && p.info.upgrade && !p.info.close);
  p = PARSE(kRequest, withFields("Connection: upgrade\r\n"));
  CHECK(p.info.upgrade_token && !p.info.upgrade);
  p = PARSE(kRequest, withFields("Upgrade: websocket\r\n"));
  CHECK(!p.info.upgrade);
}

TEST(h1_request_expect_te_trailer) {
  Parsed p = PARSE(kRequest, withFields("Expect: 100-Continue\r\nTE: gzip, Trailers\r\n"
                                        "Trailer: x\r\n"));
  CHECK(p.info.expect_continue && p.info.has_expect && p.info.has_te && p.info.te_trailers);
  CHECK(p.info.has_trailer);
  p = PARSE(kRequest, withFields("Expect: 200-ok\r\nTE: gzip\r\n"));
  CHECK(!p.info.expect_continue && p.info.has_expect && p.info.has_te && !p.info.te_trailers);
  p = PARSE(kRequest, "GET / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\n\r\n");
  CHECK(!p.info.expect_continue && p.info.has_expect);
}

TEST(h1_request_limits) {
  Kind kind;
  kind.limits.max_head_bytes = 100;
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  std::string fits = head + std::string(100 - head.size() - 4, 'x') + "\r\n\r\n";
  CHECK_EQ(PARSE(kind, fits).consumed, 100u);
  CHECK_EQ(PARSE(kind, "\r\n" + fits).consumed, 102u);
  CHECK_EQ(PARSE(kind, fits + std::string(100, '\n')).consumed, 100u);
  bad(head + std::string(100 - head.size() - 3, 'x') + "\r\n\r\n", HeadError::HeadTooLarge,
      __LINE__, kind);
  bad(std::string(100, 'G'), HeadError::HeadTooLarge, __LINE__, kind);
  CHECK_EQ(PARSE(kind, std::string(99, 'G')).status, ParseResult::Incomplete);
  CHECK_EQ(statusFor(HeadError::HeadTooLarge), 431);

  kind = Kind{};
  kind.limits.max_headers = 3;
  CHECK_EQ(PARSE(kind, "GET / HTTP/1.1\r\nHost: a\r\nb: c\r\nd: e\r\n\r\n").status,
           ParseResult::Complete);
  bad("GET / HTTP/1.1\r\nHost: a\r\nb: c\r\nd: e\r\nf: g\r\n\r\n", HeadError::TooManyHeaders,
      __LINE__, kind);
  CHECK_EQ(statusFor(HeadError::TooManyHeaders), 431);
}

TEST(h1_request_many_fields) {
  // More lines than the scan records, in heads that end anywhere in a vector.
  Kind kind;
  kind.limits.max_headers = 1000;
  for (int fields : {120, 126, 127, 128, 129, 200, 900}) {
    std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
    std::string expected = ":method: GET\n:path: /\n:authority: a\n";
    for (int i = 0; i < fields; i++) {
      std::string n = std::to_string(i);
      bytes += "X-" + n + ": v" + n + "\r\n";
      expected += "x-" + n + ": v" + n + "\n";
    }
    bytes += "\r\n";
    for (Isa isa : isas()) {
      IsaScope scope(isa);
      Parsed p = parseSplit(kind, bytes);
      CHECK_EQ(p.headers, expected);
      CHECK_EQ(parseSplit(kind, bytes, {bytes.size() / 2, bytes.size() - 1}).headers, expected);
      bytes[bytes.size() - 4] = '\n';
      CHECK_EQ(parseSplit(kind, bytes).error, HeadError::BareLf);
      bytes[bytes.size() - 4] = '\r';
    }
  }
}

TEST(h1_every_fault_has_words_and_a_status) {
  for (int i = 1; i < static_cast<int>(HeadError::kCount); i++) {
    HeadError e = static_cast<HeadError>(i);
    CHECK(detail(e)[0] != '\0');
    CHECK(describe(e)[0] != '\0');
    CHECK(statusFor(e) == 400 || statusFor(e) == 426 || statusFor(e) == 431 || statusFor(e) == 501);
  }
}
