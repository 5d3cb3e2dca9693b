// A filter that asks another service first (upstream/async_client.h).
#include "http/test/contract/harness.h"
#include "stats/stats.h"

namespace attache::contract {

namespace {

std::string get(const std::string& fields) {
  return "GET / HTTP/1.1\r\nhost: a\r\n" + fields + "\r\n";
}

// What the origin got, in the order in which it came.
std::string paths(const Harness& h) {
  std::string all;
  for (const Request& request : h.requests) all += request.path + " ";
  return all;
}

void answered(Harness& h) {
  h.begin("a request waits for the answer to a call of its filter");
  Socket& client = h.connect();
  h.answer = [&](Socket& socket, const Request& request) {
    if (request.path != "/side") return h.echo(socket, request);
    socket.send("HTTP/1.1 201 Created\r\ncontent-length: 4\r\n\r\nfine");
  };
  for (int i = 0; i < 3; i++) {
    client.send(get("x-call: /side\r\n"));
    EXPECT_IN(h, h.response(client), "HTTP/1.1 200 OK\r\n");
  }
  EXPECT(h, paths(h) == "/side / /side / /side / ");
  EXPECT_IN(h, h.requests[0].head, "\r\nhost: side.call\r\n");
  EXPECT_IN(h, h.requests[0].head, "\r\nx-envoy-internal: true\r\n");
  EXPECT_IN(h, h.requests[1].head, "\r\nx-called: 201 fine\r\n");
  // The request goes out while the call's connection is told of its last byte: two, used again.
  EXPECT(h, h.origin_connections.size() == 2);
  h.checkEnded();
}

void streamed(Harness& h) {
  h.begin("a call with a body in pieces and trailers both ways");
  Socket& client = h.connect();
  client.send(get("x-call: /chunked\r\nx-call-body: of two pieces\r\n"));
  EXPECT_IN(h, h.response(client), "HTTP/1.1 200 OK\r\n");
  EXPECT(h, h.requests.size() == 2 && h.requests[0].body == "of two pieces");
  EXPECT_IN(h, h.requests[0].trailers, "x-trailer: of-the-call");
  EXPECT_IN(h, h.requests[1].head, "\r\nx-called: 200 of two pieces of-the-origin\r\n");
  h.checkEnded();
}

void timedOut(Harness& h) {
  h.begin("a call that takes too long");
  Socket& client = h.connect();
  h.answer = [](Socket&, const Request&) {};
  client.send(get("x-call: /side\r\nx-call-timeout: 20\r\n"));
  std::string text = h.response(client);
  EXPECT_IN(h, text, "HTTP/1.1 500 Internal Server Error\r\n");
  EXPECT_IN(h, text, "\r\n\r\nresponse_timeout");
  EXPECT(h, paths(h) == "/side ");
  EXPECT_IN(h, h.requests[0].head, "\r\nx-envoy-expected-rq-timeout-ms: 20\r\n");
  h.until("the call's connection ends", [&] { return h.origin_connections.front()->ended; });
  h.checkEnded();
}

void failedCall(Harness& h) {
  h.begin("a call whose connection is closed or reset");
  for (bool reset : {false, true}) {
    Socket& client = h.connect();
    h.answer = [reset](Socket& socket, const Request&) { reset ? socket.reset() : socket.close(); };
    client.send(get("x-call: /side\r\n"));
    std::string text = h.response(client);
    EXPECT_IN(h, text, "HTTP/1.1 500 Internal Server Error\r\n");
    EXPECT_IN(h, text, "upstream_reset_before_response_started{connection_termination}");
    h.checkEnded();
  }
}

void clientLeaves(Harness& h) {
  h.begin("a client that leaves during the call ends the call");
  Socket& client = h.connect();
  h.answer = [](Socket&, const Request&) {};
  client.send(get("x-call: /side\r\n"));
  h.until("the call", [&] { return h.requests.size() == 1; });
  client.close();
  h.until("the call's connection ends", [&] { return h.origin_connections.front()->ended; });
  EXPECT(h, counts.created == counts.destroyed);
  h.checkEnded();
}

void answerElsewhere(Harness& h) {
  h.begin("an answer from elsewhere during the call");
  Socket& client = h.connect();
  // The body is beyond what the replier lets pass, while the caller still waits for its call.
  h.answer = [](Socket&, const Request&) {};
  client.send(
      "POST / HTTP/1.1\r\nhost: a\r\nx-call: /side\r\nx-pause: qd\r\ncontent-length: 3\r\n\r\nabc");
  h.until("the call", [&] { return h.requests.size() == 1; });
  h.settle();
  EXPECT(h, client.input.empty());
  client.close();
  h.until("its end", [] { return counts.created == counts.destroyed; });
  h.checkEnded();
}

}  // namespace

void callCases(Harness& harness) {
  answered(harness);
  streamed(harness);
  timedOut(harness);
  failedCall(harness);
  clientLeaves(harness);
  answerElsewhere(harness);
}

}  // namespace attache::contract
