// Pauses in both directions and in every phase, ended from another thread.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "http/test/contract/harness.h"

namespace attache::contract {

namespace {

const char kChunkedPost[] =
    "POST /chunked HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\nx-pause: ";

// From a thread of its own, as a filter's helper would.
void resumeElsewhere(const Pause& pause) {
  std::thread([&pause] { pause.resume(); }).join();
}

void eachPhase(Harness& h) {
  h.begin("a pause at each phase, alone");
  for (const char* phase : {"qh", "qd", "qt", "rh", "rd", "rt"}) {
    Socket& client = h.connect();
    client.send(std::string(kChunkedPost) + phase + "\r\n\r\n" +
                chunked("body of it", "x-trailer: of-the-client\r\n"));
    h.until("the pause", [] { return pauses.size() == 1; });
    h.settle();
    EXPECT(h, pauses[0].phase == phase);
    EXPECT(h, h.requests.size() == (phase[0] == 'q' ? 0 : 1));
    EXPECT(h, client.input.find("of-the-origin") == std::string::npos);
    if (std::string_view(phase) == "rh") EXPECT(h, client.input.empty());
    resumeElsewhere(pauses[0]);
    std::string text = h.response(client);
    EXPECT_IN(h, text, "HTTP/1.1 200 OK\r\n");
    EXPECT_IN(h, text, "\r\n\r\nbody of it\r\nx-trailer: of-the-origin");
    EXPECT(h, h.requests.size() == 1 && h.requests[0].body == "body of it");
    EXPECT_IN(h, h.requests[0].trailers, "x-trailer: of-the-client");
    // The connection goes on.
    client.send("GET /again HTTP/1.1\r\nhost: a\r\n\r\n");
    EXPECT_IN(h, h.response(client), "HTTP/1.1 200 OK\r\n");
    h.checkEnded();
  }
}

void allPhases(Harness& h) {
  h.begin("a pause at every phase, one after the other");
  Socket& client = h.connect();
  Socket* host = nullptr;
  h.answer = [&](Socket& socket, const Request&) {
    host = &socket;
    socket.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
  };
  client.send(std::string(kChunkedPost) + "qh,qd,qt,rh,rd,rt\r\n\r\n");
  // What comes after each pause has ended, and from whom.
  const char* const next[] = {"a\r\nall of it.\r\n", "0\r\nx-trailer: of-the-client\r\n\r\n", "",
                              "5\r\nagain\r\n",      "0\r\nx-trailer: of-the-origin\r\n\r\n", ""};
  for (size_t i = 0; i < 6; i++) {
    if (!h.until("the next pause", [&] { return pauses.size() == i + 1; })) break;
    h.settle();
    resumeElsewhere(pauses[i]);
    h.settle();
    i < 3 ? client.send(next[i]) : host->send(next[i]);
  }
  std::string order;
  for (const Pause& pause : pauses) order += pause.phase + " ";
  EXPECT(h, order == "qh qd qt rh rd rt ");
  EXPECT(h, h.requests.size() == 1 && h.requests[0].body == "all of it.");
  EXPECT_IN(h, h.response(client), "\r\n\r\nagain\r\nx-trailer: of-the-origin");
  h.checkEnded();
}

void withoutBody(Harness& h) {
  h.begin("messages without a body");
  for (const char* method : {"GET", "HEAD"}) {
    Socket& client = h.connect();
    h.answer = [](Socket& socket, const Request&) {
      socket.send("HTTP/1.1 204 No Content\r\n\r\n");
    };
    client.send(std::string(method) + " / HTTP/1.1\r\nhost: a\r\nx-pause: qh,rh\r\n\r\n");
    for (size_t i = 0; i < 2; i++) {
      if (h.until("the pause", [&] { return pauses.size() == i + 1; })) resumeElsewhere(pauses[i]);
    }
    EXPECT_IN(h, h.response(client), "HTTP/1.1 204 No Content\r\n");
    h.checkEnded();
  }
}

void pipelined(Harness& h) {
  h.begin("a pipelined request waits for the one that is paused");
  Socket& client = h.connect();
  client.send(
      "GET /first HTTP/1.1\r\nhost: a\r\nx-pause: qh,rh\r\n\r\n"
      "GET /second HTTP/1.1\r\nhost: a\r\n\r\n");
  h.until("the pause", [] { return pauses.size() == 1; });
  h.settle();
  EXPECT(h, h.requests.empty());
  resumeElsewhere(pauses[0]);
  h.until("the second pause", [] { return pauses.size() == 2; });
  h.settle();
  EXPECT(h, h.requests.size() == 1 && client.input.empty());
  resumeElsewhere(pauses[1]);
  h.response(client);
  h.response(client);
  EXPECT(h, h.requests.size() == 2 && h.requests[1].path == "/second");
  h.checkEnded();
}

void requestBackpressure(Harness& h) {
  h.begin("a paused request stops its client");
  Socket& client = h.connect();
  const std::string body(20 << 20, 'x');
  client.send("POST / HTTP/1.1\r\nhost: a\r\nx-pause: qd\r\ncontent-length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
  h.until("the pause", [] { return pauses.size() == 1; });
  h.settle();
  EXPECT(h, client.written < body.size() / 2);
  // The limit of the listener, one read buffer beyond it, and the blocks' own room.
  EXPECT(h, h.engine.worker.buffers.inUse() < 20);
  resumeElsewhere(pauses[0]);
  EXPECT_IN(h, h.response(client), "HTTP/1.1 200 OK\r\n");
  EXPECT(h, h.requests.size() == 1 && h.requests[0].body == body);
  h.checkEnded();
}

void responseBackpressure(Harness& h) {
  h.begin("a paused response stops its host");
  for (const char* phase : {"rh", "rd"}) {
    Socket& client = h.connect();
    const std::string body(20 << 20, 'y');
    h.answer = [&](Socket& socket, const Request&) {
      socket.send("HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" +
                  body);
    };
    client.send(std::string("GET / HTTP/1.1\r\nhost: a\r\nx-pause: ") + phase + "\r\n\r\n");
    h.until("the pause", [] { return pauses.size() == 1; });
    h.settle();
    EXPECT(h, h.origin_connections.front()->written < body.size() / 2);
    EXPECT(h, h.engine.worker.buffers.inUse() < 20);
    resumeElsewhere(pauses[0]);
    std::string text = h.response(client);
    size_t at = text.find("\r\n\r\n");
    std::string_view got = std::string_view(text).substr(at == std::string::npos ? 0 : at + 4);
    h.check(got == body, phase, __LINE__,
            text.substr(0, 300) + std::to_string(got.size()) + " first at " +
                std::to_string(got.find_first_not_of('y')));
    h.checkEnded();
  }
}

// A thread that ends pauses as they come.
class Resumer {
 public:
  Resumer() : thread_([this] { run(); }) {}
  ~Resumer() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stop_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  void add(std::vector<Pause>& all) {
    if (all.empty()) return;
    std::lock_guard<std::mutex> lock(mutex_);
    for (Pause& pause : all) waiting_.push_back(std::move(pause));
    all.clear();
    changed_.notify_one();
  }

 private:
  void run() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      Pause pause = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      pause.resume();
      pause.resume();  // once too often: nothing happens
      lock.lock();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Pause> waiting_;
  bool stop_ = false;
  std::thread thread_;
};

void many(Harness& h) {
  h.begin("1,000 requests paused in every phase, resumed by another thread, some clients leave");
  Resumer resumer;
  size_t answered = 0, left = 0;
  const std::string request = std::string(kChunkedPost) + "qh,qd,qt,rh,rd,rt\r\n\r\n" +
                              chunked("one of many", "x-trailer: of-the-client\r\n");
  for (int round = 0; round < 50; round++) {
    std::vector<Socket*> clients;
    for (int i = 0; i < 20; i++) {
      clients.push_back(&h.connect());
      clients.back()->send(request);
    }
    h.until("answers", [&] {
      resumer.add(pauses);
      size_t open = 0;
      for (size_t i = 0; i < clients.size(); i++) {
        Socket& client = *clients[i];
        if (client.fd < 0) continue;
        if (client.input.ends_with("of-the-origin\r\n\r\n")) {
          answered++;
          client.close();
        } else if (i % 5 == 4 && h.requests.size() % 7 == i % 7) {
          left++;
          client.reset();
        } else {
          open++;
        }
      }
      return open == 0;
    });
    h.clients.clear();
    h.requests.clear();
  }
  EXPECT(h, answered + left == 1000);
  EXPECT(h, answered >= 800);
  h.checkEnded();
}

}  // namespace

void pauseCases(Harness& harness) {
  eachPhase(harness);
  allPhases(harness);
  withoutBody(harness);
  pipelined(harness);
  requestBackpressure(harness);
  responseBackpressure(harness);
  many(harness);
}

}  // namespace attache::contract
