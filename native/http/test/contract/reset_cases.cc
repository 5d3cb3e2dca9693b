// Streams that end while a filter has paused them: by the client, by the host, by an answer.
#include <thread>

#include "http/test/contract/harness.h"

namespace attache::contract {

namespace {

const char* const kPhases[] = {"qh", "qd", "qt", "rh", "rd", "rt"};

void parkAt(Harness& h, Socket& client, const std::string& phase, size_t nth = 1) {
  client.send("POST /chunked HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\nx-park: " +
              phase + "\r\n\r\n" + chunked("of no use", "x-trailer: of-the-client\r\n"));
  h.until("the pause", [&] { return parked.size() == nth; });
  h.settle();
}

// What is resumed too late finds nothing, from whatever thread.
void resumeTooLate(Harness& h) {
  std::thread([] {
    for (const Pause& pause : parked) {
      pause.resume();
      pause.handle.wake(pause.filter);
    }
  }).join();
  h.settle();
}

void clientLeaves(Harness& h) {
  h.begin("the client leaves at each phase");
  for (const char* phase : kPhases) {
    for (bool reset : {false, true}) {
      Socket& client = h.connect();
      parkAt(h, client, phase);
      uint64_t before = counts.destroyed;
      reset ? client.reset() : client.close();
      h.until("the stream's end", [] { return counts.created == counts.destroyed; });
      EXPECT(h, counts.destroyed - before == 5);
      resumeTooLate(h);
      EXPECT(h, counts.destroyed - before == 5);
      // A host that was asked is not kept for the next one.
      for (auto& socket : h.origin_connections) {
        EXPECT(h, socket->ended || std::string_view(phase) == "rt" ||
                      std::string_view(phase) == "rd" || std::string_view(phase) == "rh");
      }
      h.checkEnded();
    }
  }
}

void hostLeaves(Harness& h) {
  h.begin("the host resets in the middle of a response that is held back");
  for (const char* phase : {"rh", "rd"}) {
    Socket& client = h.connect();
    h.answer = [](Socket& socket, const Request&) {
      socket.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc");
    };
    client.send(std::string("GET / HTTP/1.1\r\nhost: a\r\nx-park: ") + phase + "\r\n\r\n");
    h.until("the pause", [] { return parked.size() == 1; });
    h.settle();
    h.origin_connections.front()->reset();
    h.until("the stream's end", [] { return counts.created == counts.destroyed; });
    h.settle();
    EXPECT(h, client.input.find("abc") == std::string::npos);
    resumeTooLate(h);
    h.checkEnded();
  }
}

void hostLeavesEarly(Harness& h) {
  h.begin("the host resets while the request is paused at its body");
  Socket& client = h.connect();
  client.send("POST / HTTP/1.1\r\nhost: a\r\nx-pause: qd\r\ncontent-length: 10\r\n\r\nabc");
  h.until("the pause", [] { return pauses.size() == 1; });
  h.until("the host's connection", [&] { return h.origin_connections.size() == 1; });
  h.settle();
  h.origin_connections.front()->reset();
  std::string text = h.response(client);
  EXPECT_IN(h, text, "HTTP/1.1 503 Service Unavailable\r\n");
  EXPECT_IN(h, text, "reset reason: connection termination");
  std::thread([] { pauses[0].resume(); }).join();
  h.settle();
  h.checkEnded();
}

void woken(Harness& h) {
  h.begin("a paused request is answered by a wake from another thread");
  Socket& client = h.connect();
  client.send("GET / HTTP/1.1\r\nhost: a\r\nx-park: qh\r\nx-wake: reply\r\n\r\n");
  h.until("the pause", [] { return parked.size() == 1; });
  std::thread([] { parked[0].handle.wake(parked[0].filter); }).join();
  std::string text = h.response(client);
  EXPECT_IN(h, text, "HTTP/1.1 429 Too Many Requests\r\n");
  EXPECT_IN(h, text, "\r\n\r\nwoken");
  EXPECT(h, h.requests.empty());
  resumeTooLate(h);
  client.send("GET /again HTTP/1.1\r\nhost: a\r\n\r\n");
  EXPECT_IN(h, h.response(client), "HTTP/1.1 200 OK\r\n");
  h.checkEnded();
}

void wokenInTheResponse(Harness& h) {
  h.begin("a held response is replaced by an answer from another thread");
  Socket& client = h.connect();
  client.send("GET / HTTP/1.1\r\nhost: a\r\nx-park: rh\r\nx-wake: reply\r\n\r\n");
  h.until("the pause", [] { return parked.size() == 1; });
  std::thread([] { parked[0].handle.wake(parked[0].filter); }).join();
  std::string text = h.response(client);
  EXPECT_IN(h, text, "HTTP/1.1 429 Too Many Requests\r\n");
  client.send("GET /again HTTP/1.1\r\nhost: a\r\n\r\n");
  EXPECT_IN(h, h.response(client), "HTTP/1.1 200 OK\r\n");
  h.checkEnded();
}

void allClosed(Harness& h) {
  h.begin("the worker closes everything while streams are paused");
  std::vector<Socket*> clients;
  for (const char* phase : kPhases) {
    clients.push_back(&h.connect());
    parkAt(h, *clients.back(), phase, clients.size());
  }
  h.engine.closeAll();
  h.until("the streams' end", [] { return counts.created == counts.destroyed; });
  for (Socket* client : clients)
    h.until("a client's connection ends", [&] { return client->ended; });
  resumeTooLate(h);
  h.checkEnded();
}

}  // namespace

void resetCases(Harness& harness) {
  clientLeaves(harness);
  hostLeaves(harness);
  hostLeavesEarly(harness);
  woken(harness);
  wokenInTheResponse(harness);
  allClosed(harness);
}

}  // namespace attache::contract
