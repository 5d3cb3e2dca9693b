#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/test.h"
#include "codec/h1.h"

using namespace attache;
using namespace attache::h1;

namespace {

using Status = ChunkedDecoder::Status;

struct Decoded {
  Status status = Status::NeedMore;
  HeadError error = HeadError::None;
  size_t consumed = 0;
  std::string body;
  std::string trailers;

  bool operator==(const Decoded&) const = default;
};

// Feeds the pieces that end at `splits` and the rest; each lies in a block of exactly its size
// that is gone when the next comes.
Decoded decodeSplit(std::string_view bytes, const std::vector<size_t>& splits,
                    const Limits& limits = Limits{}) {
  BlockPool pool(0);
  Arena arena(pool);
  ChunkedDecoder decoder(&arena, limits);
  Decoded out;
  std::vector<size_t> ends = splits;
  ends.push_back(bytes.size());
  size_t at = 0;
  for (size_t end : ends) {
    size_t n = end - at;
    std::unique_ptr<char[]> block(new char[n]);
    std::memcpy(block.get(), bytes.data() + at, n);
    size_t used = 0;
    out.status = decoder.feed(block.get(), n, used, [&](const char* data, size_t size) {
      CHECK(size > 0);
      out.body.append(data, size);
    });
    out.consumed += used;
    at = end;
    if (out.status != Status::NeedMore) break;
    CHECK_EQ(used, n);
  }
  out.error = decoder.error();
  CHECK_EQ(decoder.done(), out.status == Status::Done);
  if (decoder.trailers() != nullptr) {
    for (const Header& h : *decoder.trailers()) {
      out.trailers += std::string(h.nameView()) + ": " + std::string(h.valueView()) + "\n";
    }
  }
  // Where an error is found in its piece is of no interest.
  if (out.status == Status::Error) out.consumed = 0;
  return out;
}

Decoded decode(std::string_view bytes, int line, const Limits& limits = Limits{}) {
  Decoded whole = decodeSplit(bytes, {}, limits);
  for (size_t split = 0; split <= bytes.size(); split++) {
    Decoded got = decodeSplit(bytes, {split}, limits);
    if (!(got == whole)) {
      test::report(__FILE__, line,
                   "split " + std::to_string(split) + " of " + test::quoted(bytes) + " differs");
    }
  }
  std::vector<size_t> each;
  for (size_t i = 0; i < bytes.size(); i++) each.push_back(i);
  if (!(decodeSplit(bytes, each, limits) == whole)) {
    test::report(__FILE__, line, "byte by byte differs: " + test::quoted(bytes));
  }
  return whole;
}

void good(const std::string& bytes, const char* body, const char* trailers, int line) {
  for (const char* after : {"", "GET / HTTP/1.1\r\n\r\n", "\r\n\r\n"}) {
    Decoded d = decode(bytes + after, line);
    test::checkEqual(__FILE__, line, "status", d.status, Status::Done);
    test::checkEqual(__FILE__, line, "error", std::string(describe(d.error)), "no error");
    test::checkEqual(__FILE__, line, "body", d.body, body);
    test::checkEqual(__FILE__, line, "trailers", d.trailers, trailers);
    test::checkEqual(__FILE__, line, "consumed", d.consumed, bytes.size());
  }
  for (size_t n = 0; n < bytes.size(); n++) {
    test::checkEqual(__FILE__, line, "prefix", decodeSplit(bytes.substr(0, n), {}).status,
                     Status::NeedMore);
  }
}

void bad(const std::string& bytes, HeadError error, int line, const Limits& limits = Limits{}) {
  Decoded d = decode(bytes, line, limits);
  test::checkEqual(__FILE__, line, bytes.substr(0, 60).c_str(), std::string(describe(d.error)),
                   std::string(describe(error)));
}

}  // namespace

#define GOOD(bytes, body, trailers) good(bytes, body, trailers, __LINE__)
#define BAD(bytes, error) bad(bytes, HeadError::error, __LINE__)

TEST(h1_chunked_bodies) {
  GOOD("0\r\n\r\n", "", "");
  GOOD("5\r\nhello\r\n0\r\n\r\n", "hello", "");
  GOOD("5\r\nhello\r\n1\r\n \r\n00a\r\n0123\r\n6789\r\n000\r\n\r\n", "hello 0123\r\n6789", "");
  GOOD("A\r\n0123456789\r\n0\r\n\r\n", "0123456789", "");
  GOOD("000000000000000a\r\n0123456789\r\n0\r\n\r\n", "0123456789", "");
}

TEST(h1_chunked_extensions) {
  GOOD("5;a\r\nhello\r\n0;b\r\n\r\n", "hello", "");
  GOOD("5;a=b;c;d=\"x y;\\\"\\\\=\t?\"\r\nhello\r\n0\r\n\r\n", "hello", "");
  GOOD("5;a=\"\"\r\nhello\r\n0\r\n\r\n", "hello", "");
  BAD("5 ;a\r\nhello\r\n", BadChunkSize);
  BAD("5; a\r\nhello\r\n", BadChunkExtension);
  BAD("5;\r\nhello\r\n", BadChunkExtension);
  BAD("5;;a\r\nhello\r\n", BadChunkExtension);
  BAD("5;a=\r\nhello\r\n", BadChunkExtension);
  BAD("5;a =b\r\nhello\r\n", BadChunkExtension);
  BAD("5;a=b=c\r\nhello\r\n", BadChunkExtension);
  BAD("5;a=\"b\r\nhello\r\n", BadChunkExtension);
  BAD("5;a=\"b\"c\r\nhello\r\n", BadChunkExtension);
  BAD("5;a=\"\\\r\"\r\nhello\r\n", BadChunkExtension);
  BAD("5;a\x01\r\nhello\r\n", BadChunkExtension);
  BAD("5;a\nhello\r\n", BareLf);
  BAD("5;a\rhello\r\n", BareCr);
}

TEST(h1_chunked_extension_flood) {
  std::string flood;
  for (int i = 0; i < 100; i++) flood += "1;" + std::string(200, 'e') + "\r\nx\r\n";
  BlockPool pool;
  Arena arena(pool);
  CHECK_EQ(decodeSplit(flood, {}).error, HeadError::ChunkExtensionTooLarge);
  // The same extensions on chunks worth them are fine.
  std::string fine;
  for (int i = 0; i < 100; i++) {
    fine += "64;" + std::string(200, 'e') + "\r\n" + std::string(100, 'x') + "\r\n";
  }
  CHECK_EQ(decodeSplit(fine + "0\r\n\r\n", {}).status, Status::Done);
}

TEST(h1_chunked_sizes) {
  BAD("\r\n", BadChunkSize);
  BAD("x\r\n", BadChunkSize);
  BAD("-1\r\n", BadChunkSize);
  BAD("+5\r\nhello\r\n", BadChunkSize);
  BAD("0x5\r\nhello\r\n", BadChunkSize);
  BAD(" 5\r\nhello\r\n", BadChunkSize);
  BAD("5 \r\nhello\r\n", BadChunkSize);
  BAD("5\t\r\nhello\r\n", BadChunkSize);
  BAD("5g\r\nhello\r\n", BadChunkSize);
  BAD("5\nhello\r\n", BareLf);
  BAD("5\rhello\r\n", BareCr);
  BAD("8000000000000000\r\n", BadChunkSize);
  BAD("ffffffffffffffff\r\n", BadChunkSize);
  BAD("10000000000000000\r\n", BadChunkSize);
  BAD("00000000000000005\r\nhello\r\n", BadChunkSize);
  CHECK_EQ(decodeSplit("7fffffffffffffff\r\nx", {}).body, "x");
}

TEST(h1_chunked_ends) {
  BAD("5\r\nhelloX\r\n0\r\n\r\n", MissingChunkEnd);
  BAD("5\r\nhello\n0\r\n\r\n", MissingChunkEnd);
  BAD("5\r\nhello\rX0\r\n\r\n", MissingChunkEnd);
  BAD("5\r\nhello0\r\n\r\n", MissingChunkEnd);
}

TEST(h1_chunked_trailers) {
  GOOD("0\r\nX-A: 1\r\n\r\n", "", "x-a: 1\n");
  GOOD("5\r\nhello\r\n0\r\nGrpc-Status: 0\r\nX-A:  b c \r\nx-a: \r\n\r\n", "hello",
       "grpc-status: 0\nx-a: b c\nx-a: \n");
  GOOD("0\r\nx: " + std::string(5000, 'y') + "\r\n\r\n", "",
       ("x: " + std::string(5000, 'y') + "\n").c_str());
  BAD("0\r\nContent-Length: 5\r\n\r\n", BadTrailer);
  BAD("0\r\nTransfer-Encoding: chunked\r\n\r\n", BadTrailer);
  BAD("0\r\nHost: a\r\n\r\n", BadTrailer);
  BAD("0\r\n:path: a\r\n\r\n", BadHeaderName);
  BAD("0\r\na b: c\r\n\r\n", BadHeaderName);
  BAD("0\r\nabc\r\n\r\n", MissingColon);
  BAD("0\r\na: b\r\n c\r\n\r\n", ObsFold);
  BAD("0\r\n\n", BareLf);
  BAD("0\r\na: b\n\r\n", BareLf);
  BAD("0\r\na: b\rc\r\n\r\n", BareCr);
  BAD("0\r\na: b\x01\r\n\r\n", ControlCharacter);
  BAD("0\r\n\rX: y\r\n\r\n", BareCr);
}

TEST(h1_chunked_trailer_limits) {
  Limits limits;
  limits.max_headers = 2;
  bad("0\r\na: b\r\nc: d\r\ne: f\r\n\r\n", HeadError::TooManyHeaders, __LINE__, limits);
  limits.max_head_bytes = 20;
  CHECK_EQ(decodeSplit("0\r\nabcdefghijk: lmn\r\n\r\n", {}, limits).status, Status::Done);
  bad("0\r\nabcdefghijk: lmno\r\n\r\n", HeadError::HeadTooLarge, __LINE__, limits);
  CHECK_EQ(decodeSplit("0\r\n" + std::string(20, 'x'), {}, limits).status, Status::NeedMore);
  bad("0\r\n" + std::string(21, 'x'), HeadError::HeadTooLarge, __LINE__, limits);
}

TEST(h1_chunked_stays_failed_and_starts_again) {
  BlockPool pool;
  Arena arena(pool);
  ChunkedDecoder decoder(&arena);
  auto ignore = [](const char*, size_t) {};
  std::string text = "x0\r\n\r\n5\r\nhel";
  size_t used = 0;
  CHECK_EQ(decoder.feed(text.data(), 1, used, ignore), Status::Error);
  CHECK_EQ(decoder.feed(text.data() + 1, 5, used, ignore), Status::Error);
  CHECK_EQ(used, 0u);
  decoder.reset(&arena);
  CHECK_EQ(decoder.feed(text.data() + 1, text.size() - 1, used, ignore), Status::Done);
  CHECK_EQ(used, 5u);
  CHECK_EQ(decoder.feed(text.data(), 1, used, ignore), Status::Done);
  CHECK_EQ(used, 0u);
  decoder.reset(&arena);
  CHECK_EQ(decoder.feed(text.data() + 6, 6, used, ignore), Status::NeedMore);
  CHECK_EQ(decoder.chunkRemaining(), 2u);
}

TEST(h1_chunked_random_round_trip) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; round++) {
    std::string body, wire;
    int chunks = static_cast<int>(random() % 6);
    for (int i = 0; i < chunks; i++) {
      std::string piece(1 + random() % 300, '\0');
      for (char& c : piece) c = static_cast<char>(random());
      char header[kMaxChunkHeader];
      char* end = writeChunkHeader(header, piece.size());
      CHECK_EQ(static_cast<size_t>(end - header), chunkHeaderSize(piece.size()));
      wire.append(header, end);
      wire += piece;
      wire += kChunkEnd;
      body += piece;
    }
    wire += kLastChunk;
    std::vector<size_t> splits;
    for (size_t at = random() % 50; at < wire.size(); at += 1 + random() % 50) {
      splits.push_back(at);
    }
    Decoded d = decodeSplit(wire, splits);
    CHECK_EQ(d.status, Status::Done);
    CHECK(d.body == body);
    CHECK_EQ(d.consumed, wire.size());
  }
}
