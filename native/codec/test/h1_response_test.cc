#include <string>

#include "codec/test/h1_test_util.h"

using namespace attache;
using namespace attache::h1;
using namespace attache::h1::testing;

namespace {

Kind answering(RequestKind kind) {
  Kind k;
  k.is_request = false;
  k.answers = kind;
  return k;
}

const Kind kResponse = answering(RequestKind::Normal);

void bad(const std::string& bytes, HeadError error, int line, const Kind& kind = kResponse) {
  Parsed p = parseEveryWay(kind, bytes, __FILE__, line);
  test::checkEqual(__FILE__, line, bytes.substr(0, 80).c_str(), std::string(describe(p.error)),
                   std::string(describe(error)));
}

BodyKind bodyOf(const std::string& bytes, RequestKind kind = RequestKind::Normal) {
  Parsed p = PARSE(answering(kind), bytes);
  CHECK_EQ(p.status, ParseResult::Complete);
  return p.info.body;
}

}  // namespace

#define BAD(bytes, error) bad(bytes, HeadError::error, __LINE__)

TEST(h1_response_simple) {
  Parsed p = PARSE(kResponse, "HTTP/1.1 200 OK then\r\nContent-Length: 5\r\nX: y\r\n\r\n");
  CHECK_EQ(p.status, ParseResult::Complete);
  CHECK_EQ(p.info.status, 200);
  CHECK_EQ(p.reason, "OK then");
  CHECK_EQ(p.headers, ":status: 200\ncontent-length: 5\nx: y\n");
  CHECK_EQ(p.info.body, BodyKind::Length);
  CHECK_EQ(p.info.head_bytes, p.consumed);
}

TEST(h1_response_keeps_host_and_sees_no_method) {
  Parsed p =
      PARSE(kResponse, "HTTP/1.1 200 OK\r\nHost: a\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\n");
  CHECK_EQ(p.headers, ":status: 200\nhost: a\nset-cookie: a\nset-cookie: b\n");
}

TEST(h1_response_status_line) {
  CHECK_EQ(PARSE(kResponse, "HTTP/1.1 200\r\n\r\n").reason, "");
  CHECK_EQ(PARSE(kResponse, "HTTP/1.1 200 \r\n\r\n").reason, "");
  CHECK_EQ(PARSE(kResponse, "HTTP/1.1 999 a\tb\x80\r\n\r\n").info.status, 999);
  CHECK_EQ(PARSE(kResponse, "HTTP/1.0 200 OK\r\n\r\n").info.minor_version, 0);
  BAD("HTTP/1.1 99 X\r\n\r\n", BadStatus);
  BAD("HTTP/1.1 099 X\r\n\r\n", BadStatus);
  BAD("HTTP/1.1 1000 X\r\n\r\n", BadStatus);
  BAD("HTTP/1.1 20x X\r\n\r\n", BadStatus);
  BAD("HTTP/1.1 2000\r\n\r\n", BadStatus);
  BAD("HTTP/1.1  200 OK\r\n\r\n", BadStatus);
  BAD("HTTP/1.1\t200 OK\r\n\r\n", BadStatusLine);
  BAD("HTTP/1.2 200 OK\r\n\r\n", UnsupportedVersion);
  BAD("HTTP/2.0 200 OK\r\n\r\n", UnsupportedVersion);
  BAD("HTTP/x.1 200 OK\r\n\r\n", BadVersion);
  BAD("HTTP/11 200 OK\r\n\r\n", BadVersion);
  BAD("ICY 200 OK or not\r\n\r\n", BadStatusLine);
  BAD("http/1.1 200 OK\r\n\r\n", BadStatusLine);
  BAD("HTTP/1.1 20\r\n\r\n", BadStatusLine);
  BAD("\r\nHTTP/1.1 200 OK\r\n\r\n", EmptyLineFirst);
  BAD("\r\n", EmptyLineFirst);
  BAD("HTTP/1.1 200 OK\n\n", BareLf);
  BAD(std::string("HTTP/1.1 200 O\0K\r\n\r\n", 19), ControlCharacter);
}

TEST(h1_response_body_kinds) {
  CHECK_EQ(bodyOf("HTTP/1.1 200 OK\r\n\r\n"), BodyKind::UntilClose);
  CHECK_EQ(bodyOf("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), BodyKind::None);
  CHECK_EQ(bodyOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), BodyKind::Chunked);
  CHECK_EQ(bodyOf("HTTP/1.1 304 X\r\nContent-Length: 5\r\n\r\n"), BodyKind::None);
  CHECK_EQ(bodyOf("HTTP/1.1 304 X\r\nTransfer-Encoding: chunked\r\n\r\n"), BodyKind::None);
  CHECK_EQ(bodyOf("HTTP/1.1 204 X\r\n\r\n"), BodyKind::None);
  CHECK_EQ(bodyOf("HTTP/1.1 100 Continue\r\n\r\n"), BodyKind::None);
  CHECK_EQ(bodyOf("HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: y\r\n\r\n"), BodyKind::None);
  CHECK_EQ(bodyOf("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", RequestKind::Head),
           BodyKind::None);
  CHECK_EQ(bodyOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", RequestKind::Head),
           BodyKind::None);
  CHECK_EQ(bodyOf("HTTP/1.1 200 OK\r\n\r\n", RequestKind::Head), BodyKind::None);
  CHECK_EQ(bodyOf("HTTP/1.1 200 OK\r\n\r\n", RequestKind::Connect), BodyKind::None);
  CHECK_EQ(bodyOf("HTTP/1.1 403 No\r\n\r\n", RequestKind::Connect), BodyKind::UntilClose);
}

TEST(h1_response_head_declares_without_sending) {
  Parsed p = PARSE(answering(RequestKind::Head), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  CHECK(p.info.has_content_length);
  CHECK_EQ(p.info.content_length, 5u);
  CHECK_EQ(p.headers, ":status: 200\ncontent-length: 5\n");
}

TEST(h1_response_framing_that_may_not_be) {
  BAD("HTTP/1.1 204 X\r\nContent-Length: 2\r\n\r\n", ContentLengthNotAllowed);
  BAD("HTTP/1.1 100 X\r\nContent-Length: 2\r\n\r\n", ContentLengthNotAllowed);
  BAD("HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\n", TransferEncodingNotAllowed);
  BAD("HTTP/1.1 101 X\r\nTransfer-Encoding: chunked\r\n\r\n", TransferEncodingNotAllowed);
  BAD("HTTP/1.0 200 X\r\nTransfer-Encoding: chunked\r\n\r\n", TransferEncodingNotAllowed);
  BAD("HTTP/1.1 200 X\r\nTransfer-Encoding: gzip\r\n\r\n", UnknownTransferEncoding);
  BAD("HTTP/1.1 200 X\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n", RepeatedContentLength);
  BAD("HTTP/1.1 200 X\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
      ContentLengthWithTransferEncoding);
  Parsed p = PARSE(kResponse, "HTTP/1.1 204 X\r\nContent-Length: 0\r\nX: y\r\n\r\n");
  CHECK_EQ(p.headers, ":status: 204\nx: y\n");
  CHECK(!p.info.has_content_length);
  p = PARSE(answering(RequestKind::Connect), "HTTP/1.1 200 X\r\nContent-Length: 7\r\nX: y\r\n\r\n");
  CHECK_EQ(p.headers, ":status: 200\nx: y\n");
  CHECK(!p.info.has_content_length);
  CHECK_EQ(p.info.content_length, 0u);
}

TEST(h1_response_persistence) {
  CHECK(!PARSE(kResponse, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").info.close);
  CHECK(PARSE(kResponse, "HTTP/1.1 200 OK\r\nConnection: x, CLOSE\r\n\r\n").info.close);
  CHECK(PARSE(kResponse, "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").info.close);
  CHECK(!PARSE(kResponse, "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n").info.close);
}

TEST(h1_response_limits) {
  Kind kind = kResponse;
  kind.limits.max_headers = 1;
  bad("HTTP/1.1 200 OK\r\na: b\r\nc: d\r\n\r\n", HeadError::TooManyHeaders, __LINE__, kind);
  kind.limits.max_head_bytes = 30;
  bad("HTTP/1.1 200 OK\r\na: bcdefghijklmnop\r\n\r\n", HeadError::HeadTooLarge, __LINE__, kind);
}

TEST(h1_response_leaves_the_next_head) {
  std::string interim = "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n";
  Parsed p = PARSE(kResponse, interim + "HTTP/1.1 200 OK\r\n\r\n");
  CHECK_EQ(p.info.status, 103);
  CHECK_EQ(p.consumed, interim.size());
}
