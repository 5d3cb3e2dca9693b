// Nanoseconds per field block, decoded and encoded. Standalone:
//   hpack_bench [rounds]        the best of so many rounds, default 15
//   hpack_bench --dump DIR      writes the blocks to files, to give them to other implementations
// Not part of any test: figures are for comparing two builds on one quiet machine.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "codec/headers.h"
#include "codec/hpack.h"
#include "codec/hpack_huffman.h"

using namespace attache;
using namespace attache::hpack;

namespace {

struct Pair {
  std::string name;
  std::string value;
};
using Block = std::vector<Pair>;

// What differs from one message to the next has an @ for the number of the message.
const Block kBrowser = {
    {":method", "GET"},
    {":scheme", "https"},
    {":authority", "www.example.com"},
    {":path", "/static/assets/app/main.7f3a9c2d.js?version=2024@&lang=en-GB"},
    {"cache-control", "max-age=0"},
    {"sec-ch-ua", R"("Chromium";v="120", "Google Chrome";v="120", "Not?A_Brand";v="24")"},
    {"sec-ch-ua-mobile", "?0"},
    {"sec-ch-ua-platform", "\"Linux\""},
    {"upgrade-insecure-requests", "1"},
    {"user-agent",
     "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/120.0.0.0 Safari/537.36"},
    {"accept",
     "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
     "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"},
    {"sec-fetch-site", "same-origin"},
    {"sec-fetch-mode", "navigate"},
    {"sec-fetch-dest", "document"},
    {"referer", "https://www.example.com/some/other/page?with=query&and=more"},
    {"accept-encoding", "gzip, deflate, br"},
    {"accept-language", "en-GB,en;q=0.9,de;q=0.8"},
    {"cookie", "session=0123456789abcdef0123456789abcdef; theme=dark; consent=yes; visited=1"},
};

const Block kGrpc = {
    {":method", "POST"},
    {":scheme", "http"},
    {":path", "/helloworld.v1.Greeter/SayHello"},
    {":authority", "greeter.default.svc.cluster.local:50051"},
    {"te", "trailers"},
    {"content-type", "application/grpc"},
    {"user-agent", "grpc-go/1.60.1"},
    {"grpc-timeout", "999@m"},
    {"x-request-id", "5f2b9f0e-8a7c-4d6e-9b1a-2c3d4e5f@"},
};

const Block kResponse = {
    {":status", "200"},
    {"server", "envoy"},
    {"date", "Wed, 17 Jan 2024 10:20:30 GMT"},
    {"content-type", "text/html; charset=utf-8"},
    {"content-length", "10@"},
    {"last-modified", "Tue, 16 Jan 2024 08:00:00 GMT"},
    {"etag", "\"65a637c0-28@\""},
    {"accept-ranges", "bytes"},
    {"x-envoy-upstream-service-time", "3"},
};

Block numbered(const Block& block, int n) {
  Block out = block;
  char digits[16];
  std::snprintf(digits, sizeof digits, "%04d", n % 10000);
  for (Pair& p : out) {
    if (size_t at = p.value.find('@'); at != std::string::npos) p.value.replace(at, 1, digits);
  }
  return out;
}

double nanoseconds() {
  using Clock = std::chrono::steady_clock;
  return static_cast<double>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch())
          .count());
}

// Best of `rounds` of the time of one of `calls` calls.
template <class Fn>
double best(int rounds, int calls, Fn&& fn) {
  double least = 1e9;
  for (int r = 0; r < rounds; r++) {
    double start = nanoseconds();
    for (int i = 0; i < calls; i++) fn(i);
    double each = (nanoseconds() - start) / calls;
    if (each < least) least = each;
  }
  return least;
}

struct Known {
  HeaderId id;
  std::string_view name, value;
};
std::vector<Known> resolve(const Block& block) {
  std::vector<Known> out;
  for (const Pair& p : block) out.push_back({headerId(p.name), p.name, p.value});
  return out;
}

std::string encodeAll(Encoder& encoder, const std::vector<Known>& fields, char* buffer) {
  char* end = encoder.begin(buffer);
  for (const Known& f : fields) end = encoder.encode(end, f.id, f.name, f.value);
  return {buffer, static_cast<size_t>(end - buffer)};
}

char gBuffer[65536];
uint64_t gSum = 0;

// Few enough to stay in the cache, as what was just received or is about to be sent does. The first
// ones fill the table; the others, which change nothing in it, are measured.
constexpr int kFirst = 8;
constexpr int kMessages = 32;

// The messages of a long connection: the same block, numbered.
std::vector<std::string> connection(const Block& block, bool table) {
  Encoder encoder;
  if (!table) encoder.setMaxTableSize(0);
  std::vector<std::string> out;
  for (int i = 0; i < kFirst + kMessages; i++) {
    out.push_back(encodeAll(encoder, resolve(numbered(block, i)), gBuffer));
  }
  return out;
}

double decode(const std::vector<std::string>& blocks, int rounds) {
  BlockPool pool;
  Decoder decoder;
  auto one = [&](const std::string& b) {
    Arena arena(pool);
    HeaderMap map(&arena);
    map.reserve(32);
    Error error = decoder.decode(b.data(), b.size(), arena,
                                 [&](const Field& f) { map.add(f.id, f.name, f.value); });
    if (error != Error::None) std::abort();
    gSum += map.size();
  };
  for (int i = 0; i < kFirst; i++) one(blocks[static_cast<size_t>(i)]);
  uint32_t size = decoder.tableSize();
  double t = best(rounds * 100, kMessages,
                  [&](int i) { one(blocks[size_t{kFirst} + static_cast<size_t>(i)]); });
  if (decoder.tableSize() != size) std::abort();
  return t;
}

double encode(const Block& block, bool table, int rounds) {
  std::vector<Block> messages;
  for (int i = 0; i < kFirst + kMessages; i++) messages.push_back(numbered(block, i));
  std::vector<std::vector<Known>> all;
  for (const Block& m : messages) all.push_back(resolve(m));
  Encoder encoder;
  if (!table) encoder.setMaxTableSize(0);
  auto one = [&](int i) {
    char* end = encoder.begin(gBuffer);
    for (const Known& f : all[static_cast<size_t>(i)]) {
      end = encoder.encode(end, f.id, f.name, f.value);
    }
    asm volatile("" ::: "memory");
    gSum += static_cast<size_t>(end - gBuffer);
  };
  for (int i = 0; i < kFirst; i++) one(i);
  uint32_t size = encoder.tableSize();
  double t = best(rounds * 100, kMessages, [&](int i) { one(kFirst + i); });
  if (encoder.tableSize() != size) std::abort();
  return t;
}

void strings(int rounds) {
  std::string text;
  for (const Pair& p : kBrowser) text += p.value;
  char* end = huffmanEncode(gBuffer, gBuffer + text.size(), text);
  std::string coded(gBuffer, static_cast<size_t>(end - gBuffer));
  double e = best(rounds, 1000, [&](int) {
    gSum += static_cast<size_t>(huffmanEncode(gBuffer, gBuffer + text.size(), text) - gBuffer);
  });
  const uint8_t* in = reinterpret_cast<const uint8_t*>(coded.data());
  double d = best(rounds, 1000, [&](int) {
    bool plain = true;
    gSum += static_cast<size_t>(huffmanDecode(in, coded.size(), in + coded.size(), gBuffer, plain) -
                                gBuffer);
  });
  std::printf("huffman, %zu characters in %zu bytes: decode %.2f, encode %.2f ns a character\n",
              text.size(), coded.size(), d / static_cast<double>(text.size()),
              e / static_cast<double>(text.size()));
}

void dump(const char* dir, const char* name, const std::vector<std::string>& blocks) {
  std::FILE* f = std::fopen((std::string(dir) + "/" + name).c_str(), "wb");
  if (f == nullptr) std::abort();
  for (const std::string& b : blocks) {
    uint32_t n = static_cast<uint32_t>(b.size());
    std::fwrite(&n, 4, 1, f);
    std::fwrite(b.data(), 1, b.size(), f);
  }
  std::fclose(f);
}

}  // namespace

int main(int argc, char** argv) {
  const struct {
    const char* name;
    const Block& block;
  } cases[] = {{"browser", kBrowser}, {"grpc", kGrpc}, {"response", kResponse}};
  if (argc > 2 && std::strcmp(argv[1], "--dump") == 0) {
    for (const auto& c : cases) {
      dump(argv[2], (std::string(c.name) + ".table").c_str(), connection(c.block, true));
      dump(argv[2], (std::string(c.name) + ".literal").c_str(), connection(c.block, false));
    }
    return 0;
  }
  int rounds = argc > 1 ? std::atoi(argv[1]) : 15;
  for (const auto& c : cases) {
    for (bool table : {true, false}) {
      std::vector<std::string> blocks = connection(c.block, table);
      std::printf("%-8s %2zu fields, %-8s %4zu bytes: decode %6.1f ns, encode %6.1f ns\n", c.name,
                  c.block.size(), table ? "table" : "literals", blocks.back().size(),
                  decode(blocks, rounds), encode(c.block, table, rounds));
    }
  }
  strings(rounds);
  return gSum == 0;
}
