#include <memory>
#include <random>
#include <string>

#include "codec/test/h1_test_util.h"

using namespace attache;
using namespace attache::h1;
using namespace attache::h1::testing;

namespace {

struct Fixture {
  BlockPool pool;
  Arena arena{pool};
  HeaderMap map{&arena};

  // Into a block of exactly the promised size, so that ASan sees a write beyond it.
  std::string request(const HeadOptions& options = {}) {
    size_t n = requestHeadSize(map, options);
    std::unique_ptr<char[]> block(new char[n + kWriteSlack]);
    char* end = writeRequestHead(block.get(), map, options);
    CHECK_EQ(static_cast<size_t>(end - block.get()), n);
    std::string whole(block.get(), end);
    checkRooms(whole,
               [&](char* dst, size_t room) { return writeRequestHead(dst, room, map, options); });
    return whole;
  }
  std::string response(int status, const HeadOptions& options = {}) {
    size_t n = responseHeadSize(map, status, options);
    std::unique_ptr<char[]> block(new char[n + kWriteSlack]);
    char* end = writeResponseHead(block.get(), map, status, options);
    CHECK_EQ(static_cast<size_t>(end - block.get()), n);
    std::string whole(block.get(), end);
    checkRooms(whole, [&](char* dst, size_t room) {
      return writeResponseHead(dst, room, map, status, options);
    });
    return whole;
  }

  // With any room it writes all of it or says that it does not fit, and writes nowhere else.
  template <class Write>
  static void checkRooms(const std::string& whole, Write&& write) {
    constexpr size_t kEnough = 2 * kWriteSlack + 150;
    for (size_t room = kWriteSlack; room < whole.size() + kEnough; room++) {
      std::unique_ptr<char[]> block(new char[room]);
      char* end = write(block.get(), room);
      if (end) CHECK_EQ(std::string(block.get(), end), whole);
    }
    std::unique_ptr<char[]> block(new char[whole.size() + kEnough]);
    CHECK(write(block.get(), whole.size() + kEnough) != nullptr);
  }
};

}  // namespace

TEST(h1_write_request) {
  Fixture f;
  f.map.add(HeaderId::Method, "GET");
  f.map.add("x-a", "1");
  f.map.add(HeaderId::Path, "/p?q");
  f.map.add(HeaderId::Scheme, "http");
  f.map.add(HeaderId::Authority, "host:80");
  f.map.add(HeaderId::Via, "");
  f.map.add(HeaderId::XEnvoyUpstreamRqPerTryTimeoutMs, "5");
  f.map.add(HeaderId::Cookie, "gone");
  f.map.remove(HeaderId::Cookie);
  CHECK_EQ(f.request(),
           "GET /p?q HTTP/1.1\r\nhost: host:80\r\nx-a: 1\r\nvia: \r\n"
           "x-envoy-upstream-rq-per-try-timeout-ms: 5\r\n\r\n");
  HeadOptions options;
  options.http10 = options.chunked = options.close = options.keep_alive = true;
  CHECK_EQ(f.request(options),
           "GET /p?q HTTP/1.0\r\nhost: host:80\r\nx-a: 1\r\nvia: \r\n"
           "x-envoy-upstream-rq-per-try-timeout-ms: 5\r\nconnection: close\r\n"
           "connection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n");
}

TEST(h1_write_connect_and_no_host) {
  Fixture f;
  f.map.add(HeaderId::Method, "CONNECT");
  f.map.add(HeaderId::Authority, "b:443");
  CHECK_EQ(f.request(), "CONNECT b:443 HTTP/1.1\r\nhost: b:443\r\n\r\n");
  Fixture g;
  g.map.add(HeaderId::Method, "GET");
  g.map.add(HeaderId::Path, "/");
  CHECK_EQ(g.request(), "GET / HTTP/1.1\r\n\r\n");
}

TEST(h1_write_response) {
  Fixture f;
  f.map.add(HeaderId::Status, "200");
  f.map.add(HeaderId::ContentLength, "5");
  f.map.add("x-unknown-name", "v");
  CHECK_EQ(f.response(200), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-unknown-name: v\r\n\r\n");
  f.map.clear();
  HeadOptions options;
  options.http10 = options.close = true;
  CHECK_EQ(f.response(404, options), "HTTP/1.0 404 Not Found\r\nconnection: close\r\n\r\n");
  CHECK_EQ(f.response(418), "HTTP/1.1 418 Unknown\r\n\r\n");
  CHECK_EQ(f.response(0), "HTTP/1.1 0 Unknown\r\n\r\n");
  CHECK_EQ(f.response(99), "HTTP/1.1 99 Unknown\r\n\r\n");
  CHECK_EQ(f.response(9999), "HTTP/1.1 9999 Unknown\r\n\r\n");
  CHECK_EQ(f.response(599), "HTTP/1.1 599 Last Unassigned Server Error Code\r\n\r\n");
}

TEST(h1_write_values_of_every_length) {
  Fixture f;
  std::string text;
  for (int i = 0; i < 100; i++) text += static_cast<char>('!' + i % 90);
  std::string expected = "HTTP/1.1 200 OK\r\n";
  for (size_t n = 0; n <= 100; n++) {
    std::string_view v = std::string_view(text).substr(0, n);
    f.map.addCopy("x" + std::string(v.substr(0, n % 50)), v);
    expected += "x" + std::string(v.substr(0, n % 50)) + ": " + std::string(v) + "\r\n";
  }
  CHECK_EQ(f.response(200), expected + "\r\n");
}

TEST(h1_write_every_known_name) {
  for (size_t i = static_cast<size_t>(HeaderId::ContentLength); i < kHeaderIdCount; i++) {
    Fixture f;
    HeaderId id = static_cast<HeaderId>(i);
    f.map.add(id, "v");
    CHECK_EQ(f.response(200), "HTTP/1.1 200 OK\r\n" + std::string(headerName(id)) + ": v\r\n\r\n");
  }
}

TEST(h1_write_chunks) {
  char buf[kMaxChunkHeader];
  auto chunk = [&](uint64_t n) {
    std::string out(buf, writeChunkHeader(buf, n));
    CHECK_EQ(out.size(), chunkHeaderSize(n));
    return out;
  };
  CHECK_EQ(chunk(1), "1\r\n");
  CHECK_EQ(chunk(15), "f\r\n");
  CHECK_EQ(chunk(16), "10\r\n");
  CHECK_EQ(chunk(0xabcdef), "abcdef\r\n");
  CHECK_EQ(chunk(UINT64_MAX), "ffffffffffffffff\r\n");
  Fixture f;
  f.map.add("x-t", "1");
  f.map.add(HeaderId::GrpcStatus, "0");
  std::string out(lastChunkSize(f.map) + kWriteSlack, '?');
  char* end = writeLastChunk(out.data(), f.map);
  CHECK_EQ(static_cast<size_t>(end - out.data()), lastChunkSize(f.map));
  CHECK_EQ(std::string(out.data(), end), "0\r\nx-t: 1\r\ngrpc-status: 0\r\n\r\n");
}

TEST(h1_what_is_written_is_read_back) {
  std::mt19937 random(3);
  for (int round = 0; round < 300; round++) {
    Fixture f;
    f.map.add(HeaderId::Method, "PUT");
    f.map.add(HeaderId::Path, "/x");
    f.map.add(HeaderId::Authority, "a");
    std::string expected = ":method: PUT\n:path: /x\n:authority: a\n";
    for (size_t i = random() % 30; i > 0; i--) {
      size_t id = static_cast<size_t>(HeaderId::Date) +
                  random() % (kHeaderIdCount - static_cast<size_t>(HeaderId::Date));
      std::string name = random() % 2 ? std::string(headerName(static_cast<HeaderId>(id)))
                                      : "x-" + std::string(random() % 60, 'n');
      std::string value(random() % 60, '\0');
      for (char& c : value) c = static_cast<char>('!' + random() % 94);
      f.map.addCopy(name, value);
      expected += name + ": " + value + "\n";
    }
    Parsed p = parseSplit(Kind{}, f.request());
    CHECK_EQ(p.headers, expected);
  }
}

TEST(h1_hop_by_hop_fields_go) {
  auto run = [](const std::string& lines, bool keep_upgrade, bool* allowed) {
    std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
    BlockPool pool;
    Arena arena(pool);
    HeaderMap map(&arena);
    HeadInfo info;
    size_t scanned = 0;
    ParseResult r = parseRequestHead(bytes.data(), bytes.size(), scanned, Limits{}, map, info);
    CHECK_EQ(r.status, ParseResult::Complete);
    *allowed = removeHopByHop(map, info, keep_upgrade);
    std::string out;
    for (const Header& h : map) {
      if (!isPseudo(h.id))
        out += std::string(h.nameView()) + ": " + std::string(h.valueView()) + "\n";
    }
    return out;
  };
  bool ok = false;
  CHECK_EQ(run("X: y\r\n", false, &ok), "x: y\n");
  CHECK(ok);
  CHECK_EQ(run("Connection: close, X-Foo, keep-alive, Cookie,te,nothing\r\nx-foo: 1\r\nx-foo: 2\r\n"
               "Keep-Alive: 5\r\nCookie: c\r\nProxy-Connection: x\r\nTE: trailers, gzip\r\n"
               "Trailer: x\r\nUpgrade: h2c\r\nX: y\r\n",
               false, &ok),
           "te: trailers\ntrailer: x\nx: y\n");
  CHECK(ok);
  CHECK_EQ(
      run("Connection: x-a\r\nConnection: x-b\r\nx-a: 1\r\nx-b: 2\r\nTE: gzip\r\n", false, &ok),
      "");
  CHECK(ok);
  CHECK_EQ(run("Connection: Upgrade, x-a\r\nUpgrade: websocket\r\nx-a: 1\r\n", true, &ok),
           "connection: upgrade\nupgrade: websocket\n");
  CHECK(ok);
  CHECK_EQ(run("Transfer-Encoding: chunked\r\n", false, &ok), "");
  for (const char* name : {"x-forwarded-for", "X-Forwarded-Proto", "x-forwarded-host", ":path",
                           "Host", "content-length"}) {
    run("Connection: " + std::string(name) + "\r\n", false, &ok);
    CHECK(!ok);
  }
}
