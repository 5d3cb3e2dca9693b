// What the real Envoy 1.40 writes for the same streams is the expectation throughout.
#include "accesslog/format.h"

#include <string>

#include "accesslog/test/format_builder.h"
#include "base/test.h"

namespace attache::accesslog {
namespace {

using namespace testing;
using Op = FormatOperator;
using Node = FormatNodeKind;

struct Stream {
  BlockPool pool;
  Arena arena{pool};
  HeaderMap request{&arena};
  HeaderMap response{&arena};
  HeaderMap trailers{&arena};
  LogInput input;

  Stream() {
    request.add(HeaderId::Authority, "example.com");
    request.add(HeaderId::Path, "/a/b?x=1&y=%41+b&z&w=&x=2&%71=3");
    request.add(HeaderId::Method, "GET");
    request.add("user-agent", "te\"st\\\xc3\xa9\xff");
    request.add("x-long", "abcdefghij");
    request.add("x-empty", "");
    request.add("x-dup", "a");
    request.add("x-dup", "b");
    request.add("x-request-id", "a66db7ac-4dfc-4779-b6b9-3be8a1e35141");
    response.add(HeaderId::Status, "200");
    response.add("x-envoy-upstream-service-time", "1");
    input.request = &request;
    input.response = &response;
    input.response_trailers = &trailers;
    input.start_us = 1'795'474'401'035'201;
    input.duration_us = 1999;
    input.bytes_received = 0;
    input.bytes_sent = 100'000;
    input.status = 200;
    input.protocol = "HTTP/1.1";
    input.details = "via upstream";
    input.upstream_host = "127.0.0.1:33871";
    input.upstream_host_name = "up.example:99";
    input.downstream_remote = "10.1.2.3:50924";
    input.downstream_local = "[2001:db8::1]:80";
    input.downstream_direct_remote = "@socket";
    input.attempt_count = 1;
    input.connection_id = 7;
  }

  std::string line(const std::vector<OpSpec>& ops, bool json = false, bool omit = false) {
    Record record;
    LineBuffer out;
    format(record.format(ops, json, omit), input, 1'795'474'402'000'000, out);
    return std::string(out.view());
  }
  std::string one(Op o, std::string_view arg = {}, uint8_t variant = 0, int64_t max = -1) {
    OpSpec spec = op(o, arg);
    spec.variant = variant;
    spec.max_length = max;
    return line({spec});
  }
  std::string json(Op o, std::string_view arg = {}) {
    std::string text = line({typed(o, arg)}, true);
    text.pop_back();
    return text;
  }
};

constexpr uint8_t kWithoutPort = static_cast<uint8_t>(tables::AddressPart::WithoutPort);
constexpr uint8_t kPort = static_cast<uint8_t>(tables::AddressPart::Port);
constexpr uint8_t kNetwork = static_cast<uint8_t>(tables::AddressPart::Network);

TEST(format_default_line) {
  Stream s;
  CHECK_EQ(s.line(defaultFormat()),
           "[2026-11-23T22:53:21.035Z] \"GET /a/b?x=1&y=%41+b&z&w=&x=2&%71=3 HTTP/1.1\" 200 - 0 "
           "100000 1 1 \"-\" \"te\"st\\\xc3\xa9\xff\" \"a66db7ac-4dfc-4779-b6b9-3be8a1e35141\" "
           "\"example.com\" \"127.0.0.1:33871\"\n");
  s.request.add("x-envoy-original-path", "/original");
  s.input.flags =
      bit(http::Flag::UpstreamConnectionFailure) | bit(http::Flag::UpstreamRetryLimitExceeded);
  s.input.upstream_host = {};
  CHECK_EQ(s.line(defaultFormat()),
           "[2026-11-23T22:53:21.035Z] \"GET /original HTTP/1.1\" 200 URX,UF 0 100000 1 1 \"-\" "
           "\"te\"st\\\xc3\xa9\xff\" \"a66db7ac-4dfc-4779-b6b9-3be8a1e35141\" \"example.com\" "
           "\"-\"\n");
}

TEST(format_nothing_known) {
  LogInput empty;
  Record record;
  LineBuffer out;
  format(record.format(defaultFormat()), empty, 0, out);
  CHECK_EQ(out.view(),
           "[1970-01-01T00:00:00.000Z] \"- - -\" 0 - 0 0 - - \"-\" \"-\" \"-\" \"-\" \"-\"\n");
}

TEST(format_headers) {
  Stream s;
  CHECK_EQ(s.one(Op::RequestHeader, "x-long", 0, 4), "abcd");
  CHECK_EQ(s.one(Op::RequestHeader, "x-long", 0, 0), "");
  CHECK_EQ(s.one(Op::RequestHeader, "x-long", 0, 99), "abcdefghij");
  CHECK_EQ(s.one(Op::RequestHeader, "x-empty"), "");
  CHECK_EQ(s.one(Op::RequestHeader, "x-dup"), "a");
  CHECK_EQ(s.one(Op::RequestHeader, "host"), "example.com");
  CHECK_EQ(s.one(Op::RequestHeader, "nope"), "-");
  CHECK_EQ(s.line({op(Op::RequestHeader, "nope", "x-long")}), "abcdefghij");
  CHECK_EQ(s.line({op(Op::RequestHeader, "x-empty", "x-long")}), "");
  CHECK_EQ(s.line({op(Op::RequestHeader, "nope"), text("|")}, false, true), "|");
  CHECK_EQ(s.one(Op::ResponseHeader, ":status"), "200");
  CHECK_EQ(s.one(Op::ResponseTrailer, "x"), "-");
  s.trailers.add("x", "t");
  CHECK_EQ(s.one(Op::ResponseTrailer, "x"), "t");
}

TEST(format_addresses) {
  Stream s;
  CHECK_EQ(s.one(Op::DownstreamRemoteAddress), "10.1.2.3:50924");
  CHECK_EQ(s.one(Op::DownstreamRemoteAddress, "", kWithoutPort), "10.1.2.3");
  CHECK_EQ(s.one(Op::DownstreamRemoteAddress, "", kPort), "50924");
  CHECK_EQ(s.one(Op::DownstreamRemoteAddress, "", kNetwork, 16), "10.1.0.0/16");
  CHECK_EQ(s.one(Op::DownstreamRemoteAddress, "", kNetwork, 31), "10.1.2.2/31");
  CHECK_EQ(s.one(Op::DownstreamRemoteAddress, "", kNetwork, 33), "10.1.2.3/32");
  CHECK_EQ(s.one(Op::DownstreamRemoteAddress, "", kNetwork, 0), "0.0.0.0/0");
  CHECK_EQ(s.one(Op::DownstreamLocalAddress), "[2001:db8::1]:80");
  CHECK_EQ(s.one(Op::DownstreamLocalAddress, "", kWithoutPort), "2001:db8::1");
  CHECK_EQ(s.one(Op::DownstreamLocalAddress, "", kPort), "80");
  CHECK_EQ(s.one(Op::DownstreamLocalAddress, "", kNetwork, 20), "2001::/20");
  CHECK_EQ(s.one(Op::DownstreamDirectRemoteAddress), "@socket");
  CHECK_EQ(s.one(Op::DownstreamDirectRemoteAddress, "", kWithoutPort), "@socket");
  CHECK_EQ(s.one(Op::UpstreamLocalAddress, "", kWithoutPort), "-");
  CHECK_EQ(s.one(Op::UpstreamHostName), "up.example:99");
  CHECK_EQ(s.one(Op::UpstreamHostNameWithoutPort), "up.example");
}

TEST(format_time) {
  Stream s;
  CHECK_EQ(s.one(Op::StartTime, "%s"), "1795474401");
  CHECK_EQ(s.one(Op::StartTime, "%s.%6f"), "1795474401.035201");
  CHECK_EQ(s.one(Op::StartTime, "%Y/%m/%dT%H:%M:%S%z%3f"), "2026/11/23T22:53:21+0000035");
  CHECK_EQ(s.one(Op::StartTime, "%f"), "035201000");
  CHECK_EQ(s.one(Op::StartTime, "%1f%2f%4f%5f%7f%8f"), "003035203520035201003520100");
  CHECK_EQ(s.one(Op::StartTime, "%E3S"), "21.035");
  CHECK_EQ(s.one(Op::StartTime, "%E*S"), "21.035201");
  CHECK_EQ(s.one(Op::StartTime, "%Ez%:z%ET%E4Y"), "+00:00+00:00T2026");
  CHECK_EQ(s.one(Op::StartTime, "%Es%E1f%E*f"), "17954744010035201");
  CHECK_EQ(s.one(Op::StartTime, "%3s"), "1795474401");
  CHECK_EQ(s.one(Op::StartTime, "%P%L%Q%q%"), "pm%L%Q%q%");
  CHECK_EQ(s.one(Op::StartTime,
                 "%a%A%b%B%c%C%d%D%e%F%g%G%h%H%I%j%k%l%m%M%p%r%R%S%T%u%U%V%w%W%x"
                 "%X%y%Y%Z%z"),
           "MonMondayNovNovemberMon Nov 23 22:53:21 2026202311/23/26232026-11-23262026Nov22103272"
           "2101153PM10:53:21 PM22:532122:53:211474814711/23/2622:53:21262026UTC+0000");
  CHECK_EQ(s.one(Op::EmitTime), "2026-11-23T22:53:22.000Z");
  CHECK_EQ(s.one(Op::EmitTime, "%E*S"), "22");
  CHECK_EQ(s.one(Op::StartTime), "2026-11-23T22:53:21.035Z");
}

TEST(format_durations) {
  Stream s;
  CHECK_EQ(s.one(Op::Duration), "1");
  CHECK_EQ(s.one(Op::ResponseDuration), "-");
  s.input.setMark(Mark::UpstreamRxBegin, 1471);
  s.input.setMark(Mark::DownstreamTxEnd, 5470);
  CHECK_EQ(s.one(Op::ResponseDuration), "1");
  CHECK_EQ(s.one(Op::ResponseTxDuration), "3");
  CHECK_EQ(s.json(Op::ResponseTxDuration), "3");
  auto common = [&](Mark begin, Mark end, int digits) {
    return s.one(Op::CommonDuration, "", 0,
                 static_cast<int>(begin) | static_cast<int>(end) << 8 | digits << 16);
  };
  CHECK_EQ(common(Mark::DownstreamRxBegin, Mark::UpstreamRxBegin, 6), "1471");
  CHECK_EQ(common(Mark::UpstreamRxBegin, Mark::DownstreamTxEnd, 9), "3999000");
  CHECK_EQ(common(Mark::UpstreamRxBegin, Mark::DownstreamRxBegin, 3), "-");
  CHECK_EQ(common(Mark::None, Mark::DownstreamTxEnd, 3), "-");
}

TEST(format_query_and_path) {
  Stream s;
  CHECK_EQ(s.one(Op::QueryParam, "x"), "1");
  CHECK_EQ(s.one(Op::QueryParam, "y"), "A+b");
  CHECK_EQ(s.one(Op::QueryParam, "y", 0, 1), "A");
  CHECK_EQ(s.one(Op::QueryParam, "z"), "");
  CHECK_EQ(s.one(Op::QueryParam, "w"), "");
  CHECK_EQ(s.one(Op::QueryParam, "q"), "3");
  CHECK_EQ(s.one(Op::QueryParam, "nope"), "-");
  CHECK_EQ(s.one(Op::QueryParams), "x=1&y=%41+b&z&w=&x=2&%71=3");
  CHECK_EQ(s.one(Op::Path, "", 16), "/a/b");
  CHECK_EQ(s.one(Op::Path, "", 2), "-");
  CHECK_EQ(s.one(Op::Path, "", 0, 3), "/a/");
  s.request.set(HeaderId::Path, "/p?x=%zz&y=%4");
  CHECK_EQ(s.one(Op::QueryParam, "x"), "%zz");
  CHECK_EQ(s.one(Op::QueryParam, "y"), "%4");
  s.request.set(HeaderId::Path, "/p?");
  CHECK_EQ(s.one(Op::QueryParams), "");
  s.request.set(HeaderId::Path, "/p");
  CHECK_EQ(s.one(Op::QueryParams), "-");
}

TEST(format_grpc_status) {
  Stream s;
  CHECK_EQ(s.one(Op::GrpcStatus), "-");
  s.request.add("content-type", "application/grpc-web");
  CHECK_EQ(s.one(Op::GrpcStatus), "-");
  s.request.set("content-type", "application/grpc+proto");
  CHECK_EQ(s.one(Op::GrpcStatus), "Unknown");
  s.input.status = 404;
  CHECK_EQ(s.one(Op::GrpcStatus, "", 1), "UNIMPLEMENTED");
  s.response.add("grpc-status", "1");
  CHECK_EQ(s.one(Op::GrpcStatus), "Canceled");
  CHECK_EQ(s.one(Op::GrpcStatus, "", 1), "CANCELLED");
  CHECK_EQ(s.one(Op::GrpcStatus, "", 2), "1");
  s.trailers.add("grpc-status", "99");
  CHECK_EQ(s.one(Op::GrpcStatus), "99");
  CHECK_EQ(s.json(Op::GrpcStatus), "\"99\"");
  s.trailers.set("grpc-status", "x");
  CHECK_EQ(s.one(Op::GrpcStatus, "", 2), "-1");
}

TEST(format_texts) {
  Stream s;
  CHECK_EQ(s.one(Op::ResponseCodeDetails), "via_upstream");
  CHECK_EQ(s.one(Op::ResponseCodeDetails, "", 1), "via upstream");
  CHECK_EQ(s.one(Op::ResponseFlagsLong), "-");
  s.input.flags = bit(http::Flag::NoHealthyUpstream) | bit(http::Flag::DownstreamRemoteReset);
  CHECK_EQ(s.one(Op::ResponseFlagsLong), "NoHealthyUpstream,DownstreamRemoteReset");
  CHECK_EQ(s.one(Op::ResponseFlags), "UH,DR");
  std::string id = s.one(Op::UniqueId);
  CHECK_EQ(id.size(), size_t{36});
  CHECK_EQ(id[14], '4');
  CHECK(id != s.one(Op::UniqueId));
}

TEST(format_json_typed) {
  Stream s;
  CHECK_EQ(s.json(Op::BytesSent), "100000");
  CHECK_EQ(s.json(Op::RequestHeader, "nope"), "null");
  CHECK_EQ(s.json(Op::RequestHeader, "x-empty"), "\"\"");
  CHECK_EQ(s.json(Op::UpstreamHost), "\"127.0.0.1:33871\"");
  CHECK_EQ(s.json(Op::RequestHeader, "user-agent"), "\"te\\u0022st\\u005c\\u00c3\\u00a9\\u00ff\"");
  s.request.set("user-agent", "q\"\\\b\t\f\r\x01\x7f\xc3\xa9\xf0\x9f\x98\x80");
  CHECK_EQ(s.json(Op::RequestHeader, "user-agent"),
           "\"q\\\"\\\\\\b\\t\\f\\r\\u0001\x7f\xc3\xa9\xf0\x9f\x98\x80\"");
  // Cut in the middle of a character, surrogates, overlong: not UTF-8.
  for (std::string_view bad : {"\xc3", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80", "\x80"}) {
    s.request.set("user-agent", bad);
    CHECK_EQ(s.json(Op::RequestHeader, "user-agent").substr(0, 4), "\"\\u0");
  }
  CHECK_EQ(s.line({text("{\"a\":\""), op(Op::Protocol), text("-"), op(Op::RequestHeader, "nope"),
                   text("\"}")},
                  true),
           "{\"a\":\"HTTP/1.1--\"}\n");
}

TEST(format_json_omits_empty) {
  Stream s;
  auto tree = [&](const std::vector<OpSpec>& ops) { return s.line(ops, true, true); };
  OpSpec nope = typed(Op::RequestHeader, "nope", "\"n\":");
  CHECK_EQ(tree({node(Node::ObjectBegin), nope, node(Node::ObjectEnd)}), "{}\n");
  CHECK_EQ(tree({node(Node::ObjectBegin), nope, typed(Op::ResponseCode, "", "\"s\":"), nope,
                 node(Node::Constant, "\"c\":1"), node(Node::ObjectEnd)}),
           "{\"s\":200,\"c\":1}\n");
  // An object without members goes, with its comma; a list stays.
  CHECK_EQ(tree({node(Node::ObjectBegin),
                 node(Node::ObjectBegin, "\"a\":"),
                 nope,
                 node(Node::ObjectBegin, "\"b\":"),
                 nope,
                 node(Node::ObjectEnd),
                 node(Node::ObjectEnd),
                 node(Node::ListBegin, "\"l\":"),
                 typed(Op::RequestHeader, "nope"),
                 node(Node::ListEnd),
                 node(Node::ObjectBegin, "\"d\":"),
                 nope,
                 node(Node::ObjectEnd),
                 node(Node::ListBegin, "\"m\":"),
                 typed(Op::RequestHeader, "nope"),
                 typed(Op::BytesSent),
                 node(Node::Constant, "true"),
                 node(Node::ListEnd),
                 node(Node::StringBegin, "\"t\":"),
                 op(Op::RequestHeader, "nope"),
                 op(Op::RequestHeader, "nope"),
                 node(Node::StringEnd),
                 node(Node::ObjectEnd)}),
           "{\"l\":[],\"m\":[100000,true],\"t\":\"\"}\n");
}

TEST(format_header_values) {
  Stream s;
  Record record;
  auto value = [&](const std::vector<OpSpec>& ops) {
    return std::string(formatInto(record.format(ops, false, true), s.input, 0, s.arena));
  };
  CHECK_EQ(value({}), "");
  CHECK_EQ(value({text("constant")}), "constant");
  CHECK_EQ(value({text("a-"), op(Op::DownstreamRemoteAddress), op(Op::RequestHeader, "nope")}),
           "a-10.1.2.3:50924");
  s.input.details = "a\r\nb";
  OpSpec details = op(Op::ResponseCodeDetails);
  details.variant = 1;
  CHECK_EQ(value({details}), "a  b");
}

}  // namespace
}  // namespace attache::accesslog
