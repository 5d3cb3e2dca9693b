#include "http/test/contract/harness.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace attache::contract {

namespace {

constexpr size_t kNone = std::string::npos;

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void noDelay(int fd) {
  int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// The value of a field in a head; "" without it.
std::string fieldOf(std::string_view head, std::string_view name) {
  size_t at = head.find("\r\n" + std::string(name) + ": ");
  if (at == kNone) return "";
  at += name.size() + 4;
  return std::string(head.substr(at, head.find("\r\n", at) - at));
}

// A whole message at the beginning of `text`: its size, or kNone.
size_t readMessage(std::string_view text, bool response, std::string* head, std::string* body,
                   std::string* trailers) {
  size_t end = text.find("\r\n\r\n");
  if (end == kNone) return kNone;
  *head = text.substr(0, end + 2);
  std::string_view rest = text.substr(end + 4);
  body->clear();
  trailers->clear();
  if (fieldOf(*head, "transfer-encoding") == "chunked") {
    size_t size = readChunked(rest, body, trailers);
    return size == kNone ? kNone : end + 4 + size;
  }
  std::string length = fieldOf(*head, "content-length");
  if (length.empty() && response && head->find(" 204") == kNone) return kNone;
  size_t size = length.empty() ? 0 : std::strtoul(length.c_str(), nullptr, 10);
  if (rest.size() < size) return kNone;
  *body = rest.substr(0, size);
  return end + 4 + size;
}

}  // namespace

size_t readChunked(std::string_view text, std::string* body, std::string* trailers) {
  size_t at = 0;
  for (;;) {
    size_t line = text.find("\r\n", at);
    if (line == kNone) return kNone;
    size_t size = 0;
    std::from_chars(text.data() + at, text.data() + line, size, 16);
    at = line + 2;
    if (size == 0) break;
    if (text.size() < at + size + 2) return kNone;
    body->append(text.substr(at, size));
    at += size + 2;
  }
  size_t end = text.substr(at, 2) == "\r\n" ? at : text.find("\r\n\r\n", at);
  if (end == kNone) return kNone;
  if (end == at) return at + 2;
  *trailers = text.substr(at, end - at);
  return end + 4;
}

std::string chunked(std::string_view body, std::string_view trailers) {
  std::string text;
  if (!body.empty()) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", body.size());
    text.append(size).append(body).append("\r\n");
  }
  text.append("0\r\n");
  text.append(trailers);
  return text.append("\r\n");
}

Socket::~Socket() {
  close();
}

void Socket::close() {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

void Socket::reset() {
  linger now{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void Socket::poll() {
  char buffer[65536];
  while (reading && fd >= 0 && !ended) {
    ssize_t n = ::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n > 0) {
      input.append(buffer, static_cast<size_t>(n));
      continue;
    }
    if (n < 0 && errno == EAGAIN) break;
    ended = true;
  }
  while (fd >= 0 && !output.empty()) {
    ssize_t n = ::send(fd, output.data(), output.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n <= 0) break;
    written += static_cast<uint64_t>(n);
    output.erase(0, static_cast<size_t>(n));
  }
}

Harness::Harness(Process& process, standalone::Publisher& publisher, int port, int origin_port)
    : process(process), engine(process, 0), port_(port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = loopback(origin_port);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 100) != 0) {
    std::perror("origin");
    std::exit(2);
  }
  for (uint32_t id : publisher.listeners()) engine.addListener(id);
}

Harness::~Harness() {
  ::close(listener_);
}

Socket& Harness::connect() {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(port_);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    std::perror("connect");
    std::exit(2);
  }
  noDelay(fd);
  clients.push_back(std::make_unique<Socket>(fd));
  return *clients.back();
}

// ---- the origin ----------------------------------------------------------------------------

bool Harness::acceptOrigin() {
  int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return false;
  noDelay(fd);
  origin_connections.push_back(std::make_unique<Socket>(fd));
  return true;
}

void Harness::echo(Socket& socket, const Request& request) {
  std::string head = "HTTP/1.1 200 OK\r\n";
  if (request.path.starts_with("/chunked")) {
    socket.send(head + "transfer-encoding: chunked\r\n\r\n" +
                chunked(request.body, "x-trailer: of-the-origin\r\n"));
    return;
  }
  socket.send(head + "content-length: " + std::to_string(request.body.size()) + "\r\n\r\n" +
              request.body);
}

bool Harness::serve(Socket& socket) {
  Request request;
  size_t size = readMessage(socket.input, false, &request.head, &request.body, &request.trailers);
  if (size == kNone) return false;
  socket.input.erase(0, size);
  size_t space = request.head.find(' ');
  request.method = request.head.substr(0, space);
  request.path = request.head.substr(space + 1, request.head.find(' ', space + 1) - space - 1);
  requests.push_back(request);
  answer ? answer(socket, request) : echo(socket, request);
  return true;
}

// ---- running it ----------------------------------------------------------------------------

// One step of everything; whether something has moved.
bool Harness::turn() {
  auto position = [](const Socket& socket) {
    return socket.written + socket.input.size() + socket.ended;
  };
  bool moved = false;
  engine.worker.loop.turn(0);
  while (acceptOrigin()) moved = true;
  for (auto* all : {&clients, &origin_connections}) {
    for (auto& socket : *all) {
      uint64_t before = position(*socket);
      socket->poll();
      moved |= position(*socket) != before;
      while (all == &origin_connections && serve(*socket)) moved = true;
    }
  }
  return moved;
}

bool Harness::until(const char* what, const std::function<bool()>& done) {
  uint64_t limit = io::monotonicMs() + 20'000;
  while (!done()) {
    if (turn()) continue;
    engine.worker.loop.turn(1);
    if (io::monotonicMs() < limit) continue;
    std::string seen;
    for (auto& client : clients) seen += "client: " + client->input.substr(0, 600) + "\n";
    for (auto& socket : origin_connections)
      seen += "origin: " + socket->input.substr(0, 600) + "\n";
    for (const Request& request : requests)
      seen += "request: " + request.head + request.body + "\n";
    for (const Pause& pause : pauses) seen += "pause " + pause.phase + "\n";
    check(false, what, 0, seen);
    return false;
  }
  return true;
}

void Harness::settle() {
  // Loopback delivers at once; several quiet turns say that nobody has anything left to do.
  for (int quiet = 0; quiet < 20; quiet++) {
    if (turn()) quiet = 0;
  }
}

std::string Harness::response(Socket& client) {
  std::string head, body, trailers, text;
  until("a response", [&] {
    size_t size = readMessage(client.input, true, &head, &body, &trailers);
    if (size == kNone) return false;
    client.input.erase(0, size);
    text = head + "\r\n" + body + (trailers.empty() ? "" : "\r\n" + trailers);
    return true;
  });
  return text;
}

void Harness::checkEnded() {
  for (auto& client : clients) client->close();
  until("filters end once each", [] { return counts.created == counts.destroyed; });
  settle();
  EXPECT(*this, engine.worker.handles.empty());
  clients.clear();
  for (auto& socket : origin_connections) socket->close();
  settle();
  origin_connections.clear();
  EXPECT(*this, engine.worker.buffers.inUse() == 0);
  requests.clear();
  pauses.clear();
  parked.clear();
  answer = nullptr;
}

void Harness::begin(const char* name) {
  name_ = name;
  case_failed_ = false;
  cases++;
  std::printf("# %s\n", name);
}

void Harness::check(bool good, const char* what, int line, std::string_view seen) {
  if (good) return;
  if (!case_failed_) failed++;
  case_failed_ = true;
  std::printf("not ok %s: %s (line %d)\n", name_, what, line);
  if (!seen.empty()) std::printf("  seen: %.*s\n", static_cast<int>(seen.size()), seen.data());
}

}  // namespace attache::contract
