// The real engine on loopback sockets, its clients and its origin, on one thread and step by step:
// what happens when is the test's choice. Other threads only resume (filters.h).
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/test/contract/filters.h"
#include "standalone/packed.h"
#include "worker/engine.h"
#include "worker/process.h"

namespace attache::contract {

// One end of a connection that the test holds.
struct Socket {
  explicit Socket(int fd) : fd(fd) {}
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd;
  std::string input;
  bool ended = false;    // the peer has closed or reset it
  bool reading = true;   // otherwise what comes is left in the socket
  std::string output;    // what was not taken yet
  uint64_t written = 0;  // what was taken
  void send(std::string_view text) { output.append(text); }
  void poll();
  void close();
  // Closes with a reset.
  void reset();
};

struct Request {
  std::string method, path, head, body, trailers;
};

// Decodes "transfer-encoding: chunked" from `text`; npos: not all of it has come, otherwise where
// it ended.
size_t readChunked(std::string_view text, std::string* body, std::string* trailers);
std::string chunked(std::string_view body, std::string_view trailers = "");

class Harness {
 public:
  Harness(Process& process, standalone::Publisher& publisher, int port, int origin_port);
  ~Harness();

  // ---- clients
  Socket& connect();
  // ---- the origin: requests that are complete, in the order in which they came. Answered with
  // 200 and their own body unless `answer` says otherwise.
  std::vector<Request> requests;
  std::list<std::unique_ptr<Socket>> origin_connections;
  std::function<void(Socket&, const Request&)> answer;
  void echo(Socket& socket, const Request& request);

  // Runs everything until `done`; false (and a failed check) when it is not within 20 s.
  bool until(const char* what, const std::function<bool()>& done);
  // Runs until nothing moves any more.
  void settle();

  // Until `client` has a whole response; takes it from the input.
  std::string response(Socket& client);
  // That no connection holds a stream any more, and every filter has ended.
  void checkEnded();

  void begin(const char* name);
  void check(bool good, const char* what, int line, std::string_view seen = {});
  void checkIn(const std::string& text, std::string_view part, const char* what, int line) {
    check(text.find(part) != std::string::npos, what, line, text);
  }
  int cases = 0, failed = 0;

  Process& process;
  Engine engine;
  std::list<std::unique_ptr<Socket>> clients;

 private:
  bool turn();
  bool acceptOrigin();
  bool serve(Socket& socket);
  int port_;
  int listener_;
  bool case_failed_ = false;
  const char* name_ = "";
};

#define EXPECT(harness, condition) (harness).check(condition, #condition, __LINE__)
#define EXPECT_IN(harness, text, part) (harness).checkIn(text, part, #text " has " #part, __LINE__)

void pauseCases(Harness& harness);
void bodyCases(Harness& harness);
void callCases(Harness& harness);
// Calls to the cluster with this directory id.
void grpcCases(Harness& harness, uint32_t cluster);
void resetCases(Harness& harness);

}  // namespace attache::contract
