#include "grpc/status.h"

#include <string>

#include "base/test.h"
#include "grpc/timeout.h"

using namespace attache;

namespace {

struct Fields {
  BlockPool pool;
  Arena arena{pool};
  HeaderMap map{&arena};
};

std::string timeoutText(uint64_t ms) {
  return std::string(grpc::TimeoutText(ms).view());
}

// In ms; -1: not a time.
int64_t parsed(std::string_view text) {
  uint64_t ms = 0;
  return grpc::parseTimeout(text, ms) ? static_cast<int64_t>(ms) : -1;
}

}  // namespace

TEST(grpc_content_types) {
  for (const char* type : {"application/grpc", "application/grpc+", "application/grpc+proto"})
    CHECK(grpc::isContentType(type));
  for (const char* type : {"", "application/grp", "application/grpc-web", "application/grpc;a=b",
                           "Application/grpc", "application/grpcx"})
    CHECK(!grpc::isContentType(type));
}

TEST(grpc_status_of_headers) {
  Fields f;
  int64_t status = 7;
  CHECK(!grpc::readStatus(f.map, status, true));
  f.map.add(HeaderId::GrpcStatus, "");
  CHECK(!grpc::readStatus(f.map, status, true));
  CHECK_EQ(status, 7);
  struct {
    const char* text;
    int64_t any, known;
  } cases[] = {{"0", 0, 0},   {"16", 16, 16}, {"17", 17, -1}, {"4294967295", 4294967295, -1},
               {"x", -1, -1}, {"1x", -1, -1}, {"-1", -1, -1}, {"4294967296", -1, -1},
               {"007", 7, 7}};
  for (auto& each : cases) {
    f.map.set(HeaderId::GrpcStatus, each.text);
    CHECK(grpc::readStatus(f.map, status, true));
    CHECK_EQ(status, each.any);
    CHECK(grpc::readStatus(f.map, status, false));
    CHECK_EQ(status, each.known);
  }
}

TEST(grpc_responses) {
  Fields f;
  f.map.add(HeaderId::Status, "200");
  CHECK(!grpc::isResponse(f.map, false));
  f.map.add(HeaderId::ContentType, "application/grpc");
  CHECK(grpc::isResponse(f.map, false));
  CHECK(!grpc::isResponse(f.map, true));
  f.map.add(HeaderId::GrpcStatus, "0");
  CHECK(grpc::isResponse(f.map, true));
  f.map.set(HeaderId::Status, "503");
  CHECK(!grpc::isResponse(f.map, false));
}

TEST(grpc_messages_are_escaped) {
  CHECK_EQ(grpc::percentEncode(""), "");
  CHECK_EQ(grpc::percentEncode("no healthy upstream"), "no healthy upstream");
  CHECK_EQ(grpc::percentEncode("100%~\n\x7f\xc3\xa9"), "100%25%7E%0A%7F%C3%A9");
  CHECK_EQ(grpc::percentDecode("100%25%7E%0a%7F%C3%A9"), "100%~\n\x7f\xc3\xa9");
  CHECK_EQ(grpc::percentDecode("%"), "%");
  CHECK_EQ(grpc::percentDecode("a%2"), "a%2");
  CHECK_EQ(grpc::percentDecode("%zz%-1%41"), "%zz%-1A");
}

TEST(grpc_timeouts) {
  CHECK_EQ(parsed("1H"), 3'600'000);
  CHECK_EQ(parsed("2M"), 120'000);
  CHECK_EQ(parsed("3S"), 3000);
  CHECK_EQ(parsed("4m"), 4);
  CHECK_EQ(parsed("1u"), 1);
  CHECK_EQ(parsed("2001u"), 3);
  CHECK_EQ(parsed("1000001n"), 2);
  CHECK_EQ(parsed("0S"), 0);
  CHECK_EQ(parsed("99999999H"), 99'999'999 * int64_t{3'600'000});
  for (const char* text : {"", "S", "1", "1s", "100000000S", "-1S", "1.5S", "1 S", "x"})
    CHECK_EQ(parsed(text), -1);
  CHECK_EQ(timeoutText(0), "0m");
  CHECK_EQ(timeoutText(99'999'999), "99999999m");
  CHECK_EQ(timeoutText(100'000'000), "100000S");
  CHECK_EQ(timeoutText(100'000'000'000), "1666666M");
  CHECK_EQ(timeoutText(UINT64_MAX), "99999999H");
}
