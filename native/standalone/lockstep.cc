#include "standalone/lockstep.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include "worker/engine.h"

namespace attache::standalone {

namespace {

// What a browser sends: 18 headers, 1.2 KB.
const char kBrowser[] =
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Safari/537.36\r\n"
    "Accept: "
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en-US;q=0.9,en;q=0.8,de;q=0.7\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Cache-Control: max-age=0\r\n"
    "Cookie: session=0a1b2c3d4e5f60718293a4b5c6d7e8f9; theme=dark; "
    "consent=analytics%3D0%26ads%3D0; "
    "_ga=GA1.2.1234567890.1700000000; csrftoken=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4\r\n"
    "Referer: https://www.example.com/catalogue/section/42/items?sort=price&page=3\r\n"
    "Origin: https://www.example.com\r\n"
    "DNT: 1\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "Sec-Ch-Ua: \"Chromium\";v=\"120\", \"Google Chrome\";v=\"120\", \"Not?A_Brand\";v=\"24\"\r\n"
    "Sec-Ch-Ua-Mobile: ?0\r\n"
    "Sec-Ch-Ua-Platform: \"Linux\"\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0."
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJVadQssw5c\r\n";

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

class Lockstep {
 public:
  Lockstep(Engine& engine, const LockstepOptions& options) : engine_(engine), options_(options) {
    request_ = "GET /" + std::to_string(options.body) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    if (options.browser) request_ += kBrowser;
    request_ += "\r\n";
    body_.assign(options.body, 'x');
    response_ =
        "HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Type: text/plain\r\n"
        "Content-Length: " +
        std::to_string(options.body) + "\r\n\r\n" + body_;
  }
  ~Lockstep() {
    for (int fd : clients_) ::close(fd);
    for (Upstream& upstream : upstreams_) ::close(upstream.fd);
    if (listener_ >= 0) ::close(listener_);
  }

  bool run(std::string* why) {
    if (!setUp()) {
      *why = std::string("sockets: ") + std::strerror(errno);
      return false;
    }
    uint64_t left = options_.requests;
    while (left > 0) {
      size_t n = left < clients_.size() ? static_cast<size_t>(left) : clients_.size();
      if (!round(n, why)) return false;
      left -= n;
    }
    return true;
  }

 private:
  struct Upstream {
    int fd;
    std::string input;
    std::string output;  // what was not taken yet
  };

  bool setUp() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address = loopback(options_.origin_port);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return false;
    if (::listen(listener_, 1024) != 0) return false;
    address = loopback(options_.port);
    for (size_t i = 0; i < options_.connections; i++) {
      int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return false;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      ::fcntl(fd, F_SETFL, O_NONBLOCK);
      clients_.push_back(fd);
      engine_.worker.loop.turn(0);
    }
    return true;
  }

  // One request on each of the first n connections.
  bool round(size_t n, std::string* why) {
    std::vector<std::string> answers(n);
    size_t done = 0;
    for (size_t i = 0; i < n; i++) {
      if (::send(clients_[i], request_.data(), request_.size(), MSG_NOSIGNAL) < 0)
        return failed("send", why);
    }
    for (int idle = 0; done < n; idle++) {
      if (idle > 100'000) return failed("an answer is missing", why);
      engine_.worker.loop.turn(0);
      if (!origin(why)) return false;
      engine_.worker.loop.turn(0);
      for (size_t i = 0; i < n; i++) {
        if (complete(answers[i])) continue;
        if (!receive(clients_[i], &answers[i])) return failed("a connection was closed", why);
        if (complete(answers[i])) done++;
      }
    }
    for (const std::string& answer : answers) {
      bool good = answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\n" + body_);
      if (!good) return failed(answer.substr(0, 200).c_str(), why);
    }
    return true;
  }

  bool complete(const std::string& answer) const {
    size_t head = answer.find("\r\n\r\n");
    return head != std::string::npos && answer.size() >= head + 4 + options_.body;
  }

  static bool failed(const char* what, std::string* why) {
    *why = what;
    return false;
  }

  // What there is to read; false at the end of the connection.
  static bool receive(int fd, std::string* into) {
    char buffer[65536];
    for (;;) {
      ssize_t n = ::recv(fd, buffer, sizeof buffer, 0);
      if (n < 0) return errno == EAGAIN;
      if (n == 0) return false;
      into->append(buffer, static_cast<size_t>(n));
    }
  }

  bool origin(std::string* why) {
    for (;;) {
      int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) break;
      int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      upstreams_.push_back({fd, {}, {}});
    }
    for (Upstream& upstream : upstreams_) {
      if (!receive(upstream.fd, &upstream.input))
        return failed("the engine closed a connection upstream", why);
      for (size_t end; (end = upstream.input.find("\r\n\r\n")) != std::string::npos;) {
        upstream.input.erase(0, end + 4);
        upstream.output += response_;
      }
      if (upstream.output.empty()) continue;
      ssize_t n = ::send(upstream.fd, upstream.output.data(), upstream.output.size(), MSG_NOSIGNAL);
      if (n > 0) upstream.output.erase(0, static_cast<size_t>(n));
    }
    return true;
  }

  Engine& engine_;
  LockstepOptions options_;
  std::string request_, response_, body_;
  int listener_ = -1;
  std::vector<int> clients_;
  std::vector<Upstream> upstreams_;
};

}  // namespace

bool runLockstep(Engine& engine, const LockstepOptions& options, std::string* why) {
  return Lockstep(engine, options).run(why);
}

}  // namespace attache::standalone
