// Nanoseconds for one access-log line: Envoy's default format, and JSON of ten members. Also what
// handing the line to the writer costs the request's thread.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "accesslog/format.h"
#include "accesslog/test/format_builder.h"
#include "accesslog/writer.h"

using namespace attache;
using namespace attache::accesslog;
using namespace attache::accesslog::testing;
using Op = FormatOperator;

namespace {

std::vector<OpSpec> tenMembers(bool omit) {
  struct Member {
    const char* key;
    Op op;
    const char* arg;
  };
  constexpr Member kMembers[] = {
      {"authority", Op::RequestHeader, ":authority"},
      {"bytes_sent", Op::BytesSent, ""},
      {"duration", Op::Duration, ""},
      {"flags", Op::ResponseFlags, ""},
      {"method", Op::RequestHeader, ":method"},
      {"path", Op::RequestHeader, ":path"},
      {"start_time", Op::StartTime, ""},
      {"status", Op::ResponseCode, ""},
      {"upstream_host", Op::UpstreamHost, ""},
      {"user_agent", Op::RequestHeader, "user-agent"},
  };
  std::vector<OpSpec> ops;
  if (omit) ops.push_back(node(FormatNodeKind::ObjectBegin));
  bool first = true;
  for (const Member& member : kMembers) {
    std::string key = "\"" + std::string(member.key) + "\":";
    if (!omit) ops.push_back(text((first ? "{" : ",") + key));
    ops.push_back(typed(member.op, member.arg, omit ? key : ""));
    first = false;
  }
  ops.push_back(omit ? node(FormatNodeKind::ObjectEnd) : text("}"));
  return ops;
}

// The best of five times; `before` each is not measured.
template <class Work, class Before>
void measure(const char* name, int rounds, Work&& work, Before&& before) {
  double best = 1e18;
  for (int repeat = 0; repeat < 5; repeat++) {
    before();
    auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; i++) work(i);
    std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    if (took.count() / rounds < best) best = took.count() / rounds;
  }
  std::printf("%-40s %8.1f ns\n", name, best);
}

template <class Work>
void measure(const char* name, int rounds, Work&& work) {
  measure(name, rounds, work, [] {});
}

}  // namespace

int main() {
  BlockPool pool;
  Arena arena(pool);
  HeaderMap request(&arena);
  HeaderMap response(&arena);
  request.add(HeaderId::Authority, "service.example.com");
  request.add(HeaderId::Path, "/api/v1/items/123456?expand=all&limit=20");
  request.add(HeaderId::Method, "GET");
  request.add(HeaderId::Scheme, "http");
  request.add("user-agent",
              "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
  request.add("x-forwarded-for", "203.0.113.7");
  request.add("x-request-id", "a66db7ac-4dfc-4779-b6b9-3be8a1e35141");
  response.add(HeaderId::Status, "200");
  response.add("x-envoy-upstream-service-time", "3");
  LogInput input;
  input.request = &request;
  input.response = &response;
  input.start_us = 1'795'474'401'035'201;
  input.duration_us = 3456;
  input.bytes_sent = 15'342;
  input.status = 200;
  input.protocol = "HTTP/1.1";
  input.upstream_host = "10.12.0.17:8080";

  constexpr int kRounds = 200'000;
  Record record;
  const tables::Format& line = record.format(defaultFormat());
  const tables::Format& json = record.format(tenMembers(false), true);
  const tables::Format& omit = record.format(tenMembers(true), true, true);
  LineBuffer out;
  auto formatted = [&](const tables::Format& f) {
    return [&](int i) {
      input.start_us += 100;
      input.bytes_sent = 15'000 + static_cast<uint64_t>(i & 1023);
      out.clear();
      format(f, input, input.start_us, out);
    };
  };
  measure("default format", kRounds, formatted(line));
  std::printf("%s", std::string(out.view()).c_str());
  measure("JSON, 10 members", kRounds, formatted(json));
  std::printf("%s", std::string(out.view()).c_str());
  measure("JSON, 10 members, empty ones omitted", kRounds, formatted(omit));

  Writer writer;
  Sink* sink = writer.open(AccessLogSink::File, "/dev/null");
  if (sink == nullptr) return 1;
  // Fewer bytes than may wait, so that none is dropped.
  constexpr int kLines = 20'000;
  measure(
      "handing a line to the writer", kLines, [&](int) { sink->write(out.view()); },
      [&] { writer.flushAll(); });
  writer.flushAll();
  std::printf("lines dropped: %llu\n", static_cast<unsigned long long>(writer.stats().dropped));
  return 0;
}
