// Bodies that a filter keeps until they are whole, and answers in the middle of one.
#include "http/test/contract/harness.h"
#include "stats/stats.h"

namespace attache::contract {

namespace {

// Of the listener's configuration (scripts/filter-contract.mjs).
constexpr size_t kLimit = 64 * 1024;

std::string post(const std::string& fields, const std::string& body) {
  return "POST / HTTP/1.1\r\nhost: a\r\n" + fields +
         "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void rewritten(Harness& h) {
  h.begin("bodies rewritten both ways");
  Socket& client = h.connect();
  client.send(post("x-rewrite: qr\r\n", "some body"));
  std::string text = h.response(client);
  EXPECT(h, h.requests.size() == 1 && h.requests[0].body == "[SOME BODY]");
  EXPECT_IN(h, h.requests[0].head, "content-length: 11\r\n");
  EXPECT_IN(h, text, "content-length: 13\r\n");
  EXPECT_IN(h, text, "\r\n\r\n[[SOME BODY]]");
  // In pieces, with trailers, on the same connection.
  client.send(
      "POST /chunked HTTP/1.1\r\nhost: a\r\nx-rewrite: qr\r\ntransfer-encoding: chunked\r\n\r\n");
  h.settle();
  for (const char* piece : {"3\r\nabc\r\n", "2\r\nde\r\n"}) {
    client.send(piece);
    h.settle();
  }
  EXPECT(h, h.requests.size() == 1);
  client.send("0\r\nx-trailer: of-the-client\r\n\r\n");
  text = h.response(client);
  EXPECT(h, h.requests.size() == 2 && h.requests[1].body == "[ABCDE]");
  EXPECT_IN(h, h.requests[1].trailers, "x-trailer: of-the-client");
  EXPECT_IN(h, text, "\r\n\r\n[[ABCDE]]\r\nx-trailer: of-the-origin");
  h.checkEnded();
}

void largest(Harness& h) {
  h.begin("a body of exactly the limit is rewritten");
  const std::string body(kLimit, 'a');
  Socket& client = h.connect();
  client.send(post("x-rewrite: q\r\n", body));
  EXPECT_IN(h, h.response(client), "HTTP/1.1 200 OK\r\n");
  EXPECT(h, h.requests.size() == 1 && h.requests[0].body.size() == kLimit + 2);
  h.checkEnded();
}

void requestTooLarge(Harness& h) {
  h.begin("a request beyond the limit is answered 413");
  for (size_t size : {4 * kLimit, size_t{4} << 20}) {
    Socket& client = h.connect();
    uint64_t replies = counts.local_replies;
    client.send(post("x-rewrite: q\r\n", std::string(size, 'a')));
    std::string text = h.response(client);
    EXPECT_IN(h, text, "HTTP/1.1 413 Payload Too Large\r\n");
    EXPECT_IN(h, text, "\r\n\r\nPayload Too Large");
    EXPECT(h, h.requests.empty());
    EXPECT(h, counts.local_replies - replies == 5);  // every filter is told
    h.checkEnded();
  }
}

void responseTooLarge(Harness& h) {
  h.begin("a response beyond the limit becomes a 500");
  Socket& client = h.connect();
  h.answer = [](Socket& socket, const Request&) {
    socket.send("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n" + std::string(1000000, 'b'));
  };
  client.send("GET / HTTP/1.1\r\nhost: a\r\nx-rewrite: r\r\n\r\n");
  std::string text = h.response(client);
  EXPECT_IN(h, text, "HTTP/1.1 500 Internal Server Error\r\n");
  EXPECT_IN(h, text, "\r\n\r\nInternal Server Error");
  // The client's connection goes on, the host's could not.
  h.answer = nullptr;
  client.send("GET /again HTTP/1.1\r\nhost: a\r\n\r\n");
  EXPECT_IN(h, h.response(client), "HTTP/1.1 200 OK\r\n");
  EXPECT(h, h.origin_connections.size() == 2);
  h.checkEnded();
}

void answeredInTheMiddle(Harness& h) {
  h.begin("an answer in the middle of a request's body");
  Socket& client = h.connect();
  client.send("POST / HTTP/1.1\r\nhost: a\r\nx-reply-at: 5\r\ncontent-length: 100\r\n\r\nabc");
  h.settle();
  EXPECT(h, client.input.empty());
  client.send("def");
  std::string text = h.response(client);
  EXPECT_IN(h, text, "HTTP/1.1 418 ");
  EXPECT_IN(h, text, "\r\n\r\nenough");
  h.settle();
  // Half a request went to the host: that connection is of no use any more.
  EXPECT(h, h.origin_connections.size() == 1 && h.origin_connections.front()->ended);
  EXPECT(h, h.requests.empty());
  h.checkEnded();
}

void answeredWithThePause(Harness& h) {
  h.begin("an answer while an earlier filter's pause has ended, with the body it held");
  Socket& client = h.connect();
  client.send(post("x-pause: qd\r\nx-reply-at: 3\r\n", "abcdef"));
  h.until("the pause", [] { return pauses.size() == 1; });
  pauses[0].resume();
  EXPECT_IN(h, h.response(client), "HTTP/1.1 418 ");
  client.send("GET /again HTTP/1.1\r\nhost: a\r\n\r\n");
  EXPECT_IN(h, h.response(client), "HTTP/1.1 200 OK\r\n");
  h.checkEnded();
}

void brokenInTheMiddle(Harness& h) {
  h.begin("a response that is given up in the middle cuts the connection");
  Socket& client = h.connect();
  h.answer = [](Socket& socket, const Request&) {
    socket.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc");
  };
  client.send("GET / HTTP/1.1\r\nhost: a\r\nx-break-at: 5\r\n\r\n");
  h.until("the beginning", [&] { return client.input.ends_with("abc"); });
  h.origin_connections.front()->send("def");
  h.until("the end", [&] { return client.ended; });
  EXPECT(h, client.input.find("418") == std::string::npos);
  EXPECT(h, h.origin_connections.front()->ended);
  h.checkEnded();
}

void brokenBeforeTheClientSawIt(Harness& h) {
  h.begin("a response that is given up while it is held back is replaced");
  Socket& client = h.connect();
  h.answer = [](Socket& socket, const Request&) {
    socket.send("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabcdef");
  };
  // The rewriter, which comes later in the chain and so earlier on the way back, lets go of the
  // whole body at once; the replier then answers for it.
  client.send("GET / HTTP/1.1\r\nhost: a\r\nx-pause: rh\r\nx-break-at: 5\r\n\r\n");
  std::string text = h.response(client);
  EXPECT_IN(h, text, "HTTP/1.1 418 ");
  EXPECT_IN(h, text, "\r\n\r\nenough");
  h.checkEnded();
}

}  // namespace

void bodyCases(Harness& harness) {
  rewritten(harness);
  largest(harness);
  requestTooLarge(harness);
  responseTooLarge(harness);
  answeredInTheMiddle(harness);
  answeredWithThePause(harness);
  brokenInTheMiddle(harness);
  brokenBeforeTheClientSawIt(harness);
}

}  // namespace attache::contract
