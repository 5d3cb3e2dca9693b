#include "standalone/lockstep.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "standalone/lockstep_peer.h"
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

class H1Client final : public Client {
 public:
  H1Client(size_t body, bool browser) : body_(body, 'x') {
    request_ = "GET /" + std::to_string(body) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    if (browser) request_ += kBrowser;
    request_ += "\r\n";
  }
  std::string request() override { return request_; }
  Answer feed(std::string& input, std::string&) override {
    size_t head = input.find("\r\n\r\n");
    if (head == std::string::npos || input.size() < head + 4 + body_.size()) return Answer::Missing;
    bool good = input.starts_with("HTTP/1.1 200 OK\r\n") && input.ends_with("\r\n\r\n" + body_);
    if (good) input.clear();
    return good ? Answer::Complete : Answer::Wrong;
  }

 private:
  std::string request_, body_;
};

class H1Origin final : public Origin {
 public:
  explicit H1Origin(size_t body) {
    response_ =
        "HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Type: text/plain\r\n"
        "Content-Length: " +
        std::to_string(body) + "\r\n\r\n" + std::string(body, 'x');
  }
  void feed(std::string& input, std::string& output) override {
    for (size_t end; (end = input.find("\r\n\r\n")) != std::string::npos;) {
      input.erase(0, end + 4);
      output += response_;
    }
  }

 private:
  std::string response_;
};

class Lockstep {
 public:
  Lockstep(Engine& engine, const LockstepOptions& options) : engine_(engine), options_(options) {}
  ~Lockstep() {
    for (Connection<Client>& client : clients_) ::close(client.fd);
    for (Connection<Origin>& upstream : upstreams_) ::close(upstream.fd);
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
  template <class Side>
  struct Connection {
    int fd;
    std::unique_ptr<Side> side;
    std::string input = {};
    std::string output = {};  // what was not taken yet

    void send() {
      if (output.empty()) return;
      ssize_t n = ::send(fd, output.data(), output.size(), MSG_NOSIGNAL);
      if (n > 0) output.erase(0, static_cast<size_t>(n));
    }
    // What there is to read; false at the end of the connection.
    bool receive() {
      char buffer[65536];
      for (;;) {
        ssize_t n = ::recv(fd, buffer, sizeof buffer, 0);
        if (n < 0) return errno == EAGAIN;
        if (n == 0) return false;
        input.append(buffer, static_cast<size_t>(n));
      }
    }
  };

  std::unique_ptr<Client> makeClient() const {
    if (options_.http2) return h2Client(options_.body);
    return std::make_unique<H1Client>(options_.body, options_.browser);
  }
  std::unique_ptr<Origin> makeOrigin() const {
    if (options_.http2_origin) return h2Origin(options_.body);
    return std::make_unique<H1Origin>(options_.body);
  }

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
      clients_.push_back({fd, makeClient()});
      engine_.worker.loop.turn(0);
    }
    return true;
  }

  // One request on each of the first n connections.
  bool round(size_t n, std::string* why) {
    for (size_t i = 0; i < n; i++) {
      clients_[i].output += clients_[i].side->request();
      clients_[i].send();
    }
    std::vector<bool> answered(n, false);
    size_t done = 0;
    for (int idle = 0; done < n; idle++) {
      if (idle > 100'000) return failed("an answer is missing", why);
      engine_.worker.loop.turn(0);
      if (!origin(why)) return false;
      engine_.worker.loop.turn(0);
      for (size_t i = 0; i < n; i++) {
        if (answered[i]) continue;
        Connection<Client>& client = clients_[i];
        if (!client.receive()) return failed("a connection was closed", why);
        Client::Answer answer = client.side->feed(client.input, client.output);
        client.send();
        if (answer == Client::Answer::Wrong) return failed("an answer is wrong", why);
        if (answer == Client::Answer::Missing) continue;
        answered[i] = true;
        done++;
      }
    }
    return true;
  }

  static bool failed(const char* what, std::string* why) {
    *why = what;
    return false;
  }

  bool origin(std::string* why) {
    for (;;) {
      int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) break;
      int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      upstreams_.push_back({fd, makeOrigin()});
    }
    for (Connection<Origin>& upstream : upstreams_) {
      if (!upstream.receive()) return failed("the engine closed a connection upstream", why);
      upstream.side->feed(upstream.input, upstream.output);
      upstream.send();
    }
    return true;
  }

  Engine& engine_;
  LockstepOptions options_;
  int listener_ = -1;
  std::vector<Connection<Client>> clients_;
  std::vector<Connection<Origin>> upstreams_;
};

}  // namespace

bool runLockstep(Engine& engine, const LockstepOptions& options, std::string* why) {
  return Lockstep(engine, options).run(why);
}

}  // namespace attache::standalone
