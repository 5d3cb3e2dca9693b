// Matches requests against records that the configuration side compiled, so that its tests can
// compare both halves with a reference of their own. Reads from standard input, all integers
// u32 little endian, texts as length and bytes:
//
//   records: count, then for each: bytes; regex fixups: count, then for each: offset, number of
//            patterns, patterns; references: count, then for each: offset, record number
//            (the last record is the RouteConfig)
//   requests: count, then for each: authority, path, headers: count, then name and value of each
//
// Writes a line for each request: number of the virtual host and of the route, "-" for none, and
// what the route does, as name=value. A disagreement between the index and a
// scan of the same records, or a record that the verifier refuses, ends it with status 1.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/regex.h"
#include "route/match.h"
#include "route/mutations.h"
#include "route/rewrite.h"
#include "route/verify.h"
#include "tables/verify.h"

namespace attache::route {
namespace {

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

class Input {
 public:
  Input() {
    char buffer[65536];
    size_t n;
    while ((n = std::fread(buffer, 1, sizeof buffer, stdin)) > 0) all_.append(buffer, n);
  }
  uint32_t number() {
    uint32_t value;
    std::memcpy(&value, take(4), 4);
    return value;
  }
  std::string_view text() {
    uint32_t n = number();
    return {take(n), n};
  }

 private:
  const char* take(size_t n) {
    if (n > all_.size() - at_) fail("the input ends early");
    at_ += n;
    return all_.data() + at_ - n;
  }
  std::string all_;
  size_t at_ = 0;
};

struct Record {
  std::unique_ptr<uint64_t[]> memory;
  size_t size = 0;
  uint8_t* bytes() { return reinterpret_cast<uint8_t*>(memory.get()); }
};

Record readRecord(Input& in, uint32_t number) {
  Record record;
  std::string_view bytes = in.text();
  record.size = bytes.size();
  record.memory.reset(new uint64_t[bytes.size() / 8 + 1]);
  std::memcpy(record.bytes(), bytes.data(), bytes.size());
  auto put = [&](uint32_t offset, uint32_t value) {
    if (offset + 4 > bytes.size()) fail("a fixup beyond its record");
    std::memcpy(record.bytes() + offset, &value, 4);
  };
  for (uint32_t n = in.number(); n > 0; n--) {
    uint32_t offset = in.number();
    std::vector<std::string_view> patterns(in.number());
    for (std::string_view& p : patterns) p = in.text();
    RegexRegistry::Error error;
    uint32_t regex = RegexRegistry::instance().acquire(patterns, false, &error);
    if (regex == 0) fail("regex: " + error.message);
    put(offset, regex);
  }
  for (uint32_t n = in.number(); n > 0; n--) {
    uint32_t offset = in.number();
    uint32_t target = in.number();
    if (target >= number) fail("a reference to a later record");
    put(offset, target + 1);
  }
  std::string why;
  if (!tables::verifyRecord(record.bytes(), record.size, &why)) fail("verifier: " + why);
  return record;
}

void print(const char* name, std::string_view value) {
  std::printf(" %s=%.*s", name, static_cast<int>(value.size()), value.data());
}

void printForward(const tables::Route& route, const HeaderMap& headers, Arena& arena) {
  const tables::WeightedCluster* weighted = nullptr;
  if (const tables::WeightedClusters* all = route.weighted.get()) {
    // The point just below the total: the last cluster with a weight.
    weighted = &all->clusters[pickWeighted(*all, all->total - 1)];
    print("weighted", weighted->name.view());
  } else {
    print("cluster", route.cluster_name.view());
  }
  std::string_view host = rewriteHost(route, weighted, headers, headers.get(HeaderId::Path), arena);
  if (!host.empty()) print("host", host);
  if (const tables::Rewrite* rewrite = route.rewrite.get()) {
    if (rewrite->auto_host) std::printf(" auto_host");
    if (rewrite->append_x_forwarded_host) std::printf(" x_forwarded_host");
  }
  std::printf(" timeout=%u", route.timeout_ms);
  if (route.has_idle_timeout) std::printf(" idle=%u", route.idle_timeout_ms);
  if (route.high_priority) std::printf(" high");
  std::printf(" not_found=%u", route.cluster_not_found_status);
}

std::string_view plain(const tables::Format& format) {
  return format.ops.empty() ? std::string_view("") : format.ops[0].text.view();
}

void answer(const Match& found, const tables::RouteConfig& config, uint32_t host,
            HeaderMap& headers, Arena& arena) {
  if (found.route == nullptr) {
    std::printf(found.host == nullptr ? "- -\n" : "%u -\n", host);
    return;
  }
  const tables::Route& route = *found.route;
  std::printf("%u %ld", host, static_cast<long>(found.route - found.host->routes.data()));
  std::string_view path = headers.get(HeaderId::Path);
  std::string_view rewritten = rewritePath(route, path, arena);
  if (rewritten != path) print("path", rewritten);
  switch (route.action) {
    case tables::RouteAction::Cluster:
    case tables::RouteAction::WeightedClusters:
    case tables::RouteAction::ClusterHeader:
      printForward(route, headers, arena);
      break;
    case tables::RouteAction::Redirect:
      headers.setCopy(HeaderId::Path, rewritten);
      std::printf(" status=%u", route.redirect->code);
      print("location", redirectLocation(route.redirect.get(), headers, arena));
      break;
    case tables::RouteAction::DirectResponse:
      std::printf(" status=%u", route.direct->status);
      print("body", route.direct->body.view());
      break;
  }
  HeaderMap changed(&arena);
  changed.add("x-old", "1");
  mutateRequest(config, found, nullptr, changed, plain);
  for (const Header& h : changed) std::printf(" +%.*s", static_cast<int>(h.name_len), h.name);
  std::printf("\n");
}

int run() {
  Input in;
  std::vector<Record> records;
  for (uint32_t n = in.number(); n > 0; n--) {
    records.push_back(readRecord(in, static_cast<uint32_t>(records.size())));
  }
  if (records.empty()) fail("no record");
  const auto& config = *reinterpret_cast<const tables::RouteConfig*>(records.back().bytes());
  std::string why;
  if (!verify(config, &why)) fail("configuration: " + why);
  for (size_t i = 0; i + 1 < records.size(); i++) {
    const auto& host = *reinterpret_cast<const tables::VirtualHost*>(records[i].bytes());
    if (!verify(host, &why)) fail("virtual host: " + why);
  }
  auto resolve = [&](uint32_t ref) -> const void* { return records[ref - 1].bytes(); };
  BlockPool pool;
  Arena arena(pool);
  for (uint32_t n = in.number(); n > 0; n--) {
    HeaderMap headers(&arena);
    headers.add(HeaderId::Method, "GET");
    headers.add(HeaderId::Scheme, "http");
    headers.add(HeaderId::Authority, in.text());
    headers.add(HeaderId::Path, in.text());
    for (uint32_t h = in.number(); h > 0; h--) {
      std::string_view name = in.text();
      headers.add(name, in.text());
    }
    uint32_t host = findHost(config, headers);
    Match found = match(config, resolve, headers);
    if (found.host != nullptr) {
      NoTrace trace;
      Request request{headers, barePath(headers.get(HeaderId::Path)), 0};
      if (scanRoutes(*found.host, request, trace) != found.route) {
        fail("index and scan disagree on " + std::string(headers.get(HeaderId::Path)));
      }
    }
    answer(found, config, host, headers, arena);
  }
  return 0;
}

}  // namespace
}  // namespace attache::route

int main() {
  return attache::route::run();
}
