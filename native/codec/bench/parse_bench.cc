// Nanoseconds per head: parse, header lookup, write; each instruction set. Standalone:
//   parse_bench [rounds]        the best of so many rounds, default 15
// Not part of any test: figures are for comparing two builds on one quiet machine.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "codec/h1.h"

using namespace attache;
using namespace attache::h1;

namespace {

const char kWrk[] =
    "GET /index.html HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: wrk/4.2.0\r\n"
    "Accept: */*\r\n\r\n";

const char kBrowser[] =
    "GET /static/assets/app/main.7f3a9c2d.js?version=20240117&lang=en-GB HTTP/1.1\r\n"
    "Host: www.example.com\r\n"
    "Connection: keep-alive\r\n"
    "Cache-Control: max-age=0\r\n"
    "sec-ch-ua: \"Chromium\";v=\"120\", \"Google Chrome\";v=\"120\", \"Not?A_Brand\";v=\"24\"\r\n"
    "sec-ch-ua-mobile: ?0\r\n"
    "sec-ch-ua-platform: \"Linux\"\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Safari/537.36\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Referer: https://www.example.com/some/other/page?with=query&and=more\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; _ga=GA1.2.1234567890."
    "1700000000; consent=yes; ab=7; visited=1\r\n"
    "X-Requested-With: XMLHttpRequest\r\n"
    "X-Custom-Trace: 5f2b9f0e8a7c4d6e9b1a2c3d4e5f6071\r\n\r\n";

const char kResponse[] =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.25.3\r\nDate: Wed, 17 Jan 2024 10:20:30 GMT\r\n"
    "Content-Type: text/html; charset=utf-8\r\nContent-Length: 10240\r\n"
    "Last-Modified: Tue, 16 Jan 2024 08:00:00 GMT\r\nConnection: keep-alive\r\n"
    "ETag: \"65a637c0-2800\"\r\nAccept-Ranges: bytes\r\n\r\n";

double nanoseconds() {
  using Clock = std::chrono::steady_clock;
  return static_cast<double>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch())
          .count());
}

// Best of `rounds` of the time of one call.
template <class Fn>
double best(int rounds, Fn&& fn) {
  double least = 1e9;
  for (int r = 0; r < rounds; r++) {
    constexpr int kCalls = 20000;
    double start = nanoseconds();
    for (int i = 0; i < kCalls; i++) fn();
    double each = (nanoseconds() - start) / kCalls;
    if (each < least) least = each;
  }
  return least;
}

// The read buffer of a connection: bytes behind the head are there, as in real life.
struct Input {
  explicit Input(std::string_view text) : size(text.size()) { fill(text); }
  void fill(std::string_view text) { std::memcpy(bytes, text.data(), text.size()); }
  char bytes[8192] = {};
  size_t size;
};

double parse(std::string_view text, bool request, int rounds) {
  // Names are lowered in place, so each parse needs fresh bytes; they are written well before, or
  // the loads would wait for the stores, which they never do behind a recv().
  constexpr int kInputs = 16;
  std::vector<Input> inputs(kInputs, Input(text));
  BlockPool pool;
  Arena arena(pool);
  uint64_t sum = 0;
  double least = 1e9;
  for (int r = 0; r < rounds * 1000; r++) {
    for (Input& in : inputs) in.fill(text);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    double start = nanoseconds();
    for (Input& in : inputs) {
      HeaderMap map(&arena);
      HeadInfo info;
      size_t scanned = 0;
      ParseResult result =
          request ? parseRequestHead(in.bytes, in.size, scanned, Limits{}, map, info)
                  : parseResponseHead(in.bytes, in.size, scanned, Limits{}, false, map, info);
      if (result.status != ParseResult::Complete) std::abort();
      sum += map.size() + info.head_bytes;
      arena.reset();
    }
    double each = (nanoseconds() - start) / kInputs;
    if (each < least) least = each;
  }
  if (sum == 0) std::abort();
  return least;
}

double write(std::string_view text, bool request, int rounds) {
  Input in(text);
  BlockPool pool;
  Arena arena(pool);
  HeaderMap map(&arena);
  HeadInfo info;
  size_t scanned = 0;
  if (request) {
    parseRequestHead(in.bytes, in.size, scanned, Limits{}, map, info);
  } else {
    parseResponseHead(in.bytes, in.size, scanned, Limits{}, false, map, info);
  }
  static char out[16384];
  size_t sum = 0;
  double t = best(rounds, [&] {
    size_t n = request ? requestHeadSize(map) : responseHeadSize(map, info.status);
    if (n + kWriteSlack > sizeof out) std::abort();
    char* end = request ? writeRequestHead(out, map) : writeResponseHead(out, map, info.status);
    asm volatile("" ::: "memory");
    sum += static_cast<size_t>(end - out);
  });
  if (sum == 0) std::abort();
  return t;
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = argc > 1 ? std::atoi(argv[1]) : 15;
  struct {
    const char* name;
    std::string_view text;
    bool request;
  } cases[] = {{"wrk request, 3 fields", kWrk, true},
               {"browser request, 19 fields", kBrowser, true},
               {"response, 8 fields", kResponse, false}};
  for (auto& c : cases) {
    std::printf("%s, %zu bytes:", c.name, c.text.size());
    for (Isa isa : {Isa::Portable, Isa::Sse2, Isa::Avx2, Isa::Neon}) {
      static const char* const kNames[] = {"portable", "sse2", "avx2", "neon"};
      if (setIsa(isa)) {
        std::printf("  %s %.1f ns", kNames[static_cast<int>(isa)],
                    parse(c.text, c.request, rounds));
      }
    }
    std::printf("  write %.1f ns\n", write(c.text, c.request, rounds));
  }
  std::string names[] = {"content-type", "x-request-id", "te", "x-envoy-upstream-service-time",
                         "x-unknown-name"};
  size_t ids = 0;
  double t = best(rounds, [&] {
    for (const std::string& n : names) ids += static_cast<size_t>(headerId(n));
  });
  if (ids == 0) std::abort();
  std::printf("headerId: %.2f ns\n", t / 5);
  return 0;
}
