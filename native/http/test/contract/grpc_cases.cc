// Calls of the engine's own (upstream/grpc_client.h), over HTTP/1 with trailers: what the client
// makes of answers in all their pieces, and that it may be destroyed in each of its callbacks.
#include <memory>
#include <vector>

#include "grpc/messages.h"
#include "http/test/contract/harness.h"
#include "upstream/grpc_client.h"

namespace attache::contract {

namespace {

using upstream::GrpcStream;

std::string framed(std::string_view message, uint8_t flags = 0) {
  std::string all(grpc::kPrefix, 0);
  grpc::writePrefix(all.data(), static_cast<uint32_t>(message.size()), flags);
  return all.append(message);
}

// A call that may destroy itself when it is told something.
class Seen final : public upstream::GrpcCallbacks {
 public:
  Seen(Worker& worker, const GrpcStream::Options& options)
      : stream(std::make_unique<GrpcStream>(worker, *this, options)) {
    stream->prepare("call.example", "shop.Cart", "Add");
  }
  void onInitialMetadata(const HeaderMap& headers) override {
    note("initial " + std::string(headers.get("x-initial")));
  }
  void onMessage(std::string_view message) override { note("message " + std::string(message)); }
  void onStatus(int64_t code, std::string_view message, const HeaderMap* trailers) override {
    std::string text = "status " + std::to_string(code) + " " + std::string(message);
    if (trailers) text.append(" ").append(trailers->get("x-last"));
    over = true;
    note(text);
  }
  void note(const std::string& what) {
    told += (opened ? "" : "too early: ") + what + "|";
    if (!destroy_at.empty() && what.starts_with(destroy_at)) {
      over = true;
      stream.reset();
    }
  }
  std::unique_ptr<GrpcStream> stream;
  std::string told, destroy_at;
  bool opened = false, over = false;
};

class Calls {
 public:
  Calls(Harness& harness, uint32_t cluster) : h(harness), cluster(cluster) {}

  std::string told(std::string_view message, const GrpcStream::Options& options = {},
                   std::string_view destroy_at = {}, uint32_t to = 0) {
    Seen seen(h.engine.worker, options);
    seen.destroy_at = destroy_at;
    seen.stream->start(to ? to : cluster);
    seen.stream->send(message);
    seen.stream->end();
    seen.opened = true;
    h.until("the end of a call", [&] { return seen.over; });
    return seen.told;
  }
  // The origin answers with these chunks.
  void answers(std::vector<std::string> pieces, std::string trailers = "",
               std::string head = "x-initial: yes\r\n", std::string status = "200 OK") {
    h.answer = [=](Socket& socket, const Request&) {
      std::string text = "HTTP/1.1 " + status + "\r\ncontent-type: application/grpc\r\n" + head;
      if (pieces.empty() && trailers.empty()) {
        socket.send(text + "content-length: 0\r\n\r\n");
        return;
      }
      socket.send(text + "transfer-encoding: chunked\r\n\r\n");
      for (const std::string& piece : pieces) {
        std::string chunk = chunked(piece);
        socket.send(chunk.substr(0, chunk.size() - 5));  // without the last one
      }
      socket.send(chunked("", trailers));
    };
  }
  Harness& h;
  uint32_t cluster;
};

constexpr const char* kOk = "grpc-status: 0\r\nx-last: end\r\n";

void answered(Calls& c) {
  c.h.begin("a call and its answer, in pieces of any size");
  std::string bytes = framed("one") + framed("") + framed("three");
  for (size_t step : {size_t{1}, size_t{3}, size_t{7}, bytes.size()}) {
    std::vector<std::string> pieces;
    for (size_t at = 0; at < bytes.size(); at += step) pieces.push_back(bytes.substr(at, step));
    c.answers(pieces, kOk);
    EXPECT(c.h, c.told("ask") == "initial yes|message one|message |message three|status 0  end|");
  }
  EXPECT(c.h, c.h.requests[0].method == "POST" && c.h.requests[0].path == "/shop.Cart/Add");
  EXPECT(c.h, c.h.requests[0].body == framed("ask"));
  EXPECT_IN(c.h, c.h.requests[0].head, "\r\ncontent-type: application/grpc\r\n");
  EXPECT_IN(c.h, c.h.requests[0].head, "\r\nhost: call.example\r\n");
  c.h.checkEnded();
}

void endings(Calls& c) {
  c.h.begin("how a call ends");
  auto ends = [&](const std::string& expected, const GrpcStream::Options& options = {}) {
    std::string told = c.told("ask", options);
    c.h.check(told == expected, expected.c_str(), __LINE__, told);
  };
  c.answers({}, "", "grpc-status: 7\r\ngrpc-message: not%20you\r\n");
  ends("status 7 not you |");
  c.answers({framed("a")}, "x-last: no\r\n");
  ends("initial yes|message a|status 2  no|");
  c.answers({framed("a")}, "grpc-status: x\r\n");
  ends("initial yes|message a|status -1  |");
  c.answers({framed("a", 1)}, kOk);
  ends("initial yes|status 13 |");
  c.answers({framed("a") + "xx"}, kOk);
  ends("initial yes|message a|status 0  end|");
  c.answers({"no"}, "", "", "404 Not Found");
  ends("status 12 |");
  c.answers({}, "", "grpc-status: 8\r\n", "503 No");
  ends("status 8  |");
  c.answers({framed("abcd")}, kOk);
  ends("initial yes|status 8 a message is larger than the limit|", {.max_message_bytes = 3});
  c.h.answer = [](Socket& socket, const Request&) { socket.close(); };
  ends(
      "status 14 upstream connect error or disconnect/reset before headers. reset reason: "
      "connection termination|");
  c.h.answer = [](Socket&, const Request&) {};
  ends("status 14 upstream request timeout|", {.timeout_ms = 20});
  EXPECT_IN(c.h, c.h.requests.back().head, "\r\ngrpc-timeout: 20m\r\n");
  c.h.checkEnded();
}

void nowhere(Calls& c) {
  c.h.begin("a cluster that is not there is told of later");
  EXPECT(c.h, c.told("ask", {}, {}, 1000) == "status 14 Cluster not available|");
  Seen seen(c.h.engine.worker, {});
  seen.stream->start(1000);
  seen.stream.reset();
  c.h.settle();
  EXPECT(c.h, seen.told.empty());
}

void destroyed(Calls& c) {
  c.h.begin("a call that is destroyed when it is told something");
  for (const char* at : {"initial", "message one", "message two", "status"}) {
    c.answers({framed("one") + framed("two")}, kOk);
    std::string told = c.told("ask", {}, at);
    EXPECT(c.h, told.find("too early") == std::string::npos);
    std::string last = told.substr(told.rfind('|', told.size() - 2) + 1);
    if (told.find('|') == told.size() - 1) last = told;
    c.h.check(last.starts_with(at), at, __LINE__, told);
  }
  c.h.checkEnded();
}

void cancelled(Calls& c) {
  c.h.begin("a call that is given up");
  c.h.answer = [](Socket&, const Request&) {};
  Seen seen(c.h.engine.worker, {});
  seen.stream->start(c.cluster);
  seen.stream->send("ask");
  seen.stream->end();
  seen.opened = true;
  c.h.until("the call", [&] { return !c.h.requests.empty(); });
  EXPECT(c.h, seen.stream->underWay());
  seen.stream->cancel();
  EXPECT(c.h, !seen.stream->underWay());
  seen.stream->send("more");
  c.h.until("its connection ends", [&] { return c.h.origin_connections.back()->ended; });
  EXPECT(c.h, seen.told.empty());
  c.h.checkEnded();
}

class Reply final : public upstream::GrpcReply {
 public:
  void onReply(int64_t code, std::string_view message, std::string_view response) override {
    told = std::to_string(code) + " " + std::string(message) + " " + std::string(response);
    call.reset();
  }
  std::string told;
  std::unique_ptr<upstream::GrpcCall> call;
};

void unary(Calls& c) {
  c.h.begin("one message and one answer");
  auto reply = [&] {
    Reply seen;
    seen.call =
        std::make_unique<upstream::GrpcCall>(c.h.engine.worker, seen, GrpcStream::Options{});
    seen.call->prepare("a", "shop.Cart", "Add");
    seen.call->start(c.cluster, "ask");
    c.h.until("a reply", [&] { return !seen.told.empty(); });
    return seen.told;
  };
  c.answers({framed("fine")}, kOk);
  EXPECT(c.h, reply() == "0  fine");
  c.answers({framed("fine")}, "grpc-status: 3\r\ngrpc-message: no\r\n");
  EXPECT(c.h, reply() == "3 no ");
  c.answers({}, "", "grpc-status: 0\r\n");
  EXPECT(c.h, reply() == "13  ");
  c.h.checkEnded();
}

}  // namespace

void grpcCases(Harness& harness, uint32_t cluster) {
  Calls calls(harness, cluster);
  answered(calls);
  endings(calls);
  nowhere(calls);
  destroyed(calls);
  cancelled(calls);
  unary(calls);
}

}  // namespace attache::contract
