// The load generator: keeps connections busy, or sends at a given rate; checks every answer in
// full; reads what the proxy's threads used of the CPU at both ends of the measured time.
//   load --port P --size N [--connections C] [--duration S] [--warmup S] [--rate R] [--close]
//        [--browser: 18 headers] [--pids P,P] [--requests N: stop after so many]
// Prints one line of JSON. Times in seconds, latencies and CPU in microseconds.
#include <dirent.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "common.h"

using namespace bench;

namespace {

struct Connection {
  int fd = -1;
  bool busy = false;
  bool answered = false;  // with --close: waits for the end
  int64_t begun = 0;      // when the request was due
  std::string head;       // of the response, until it is complete
  size_t body = 0;        // bytes of the body that arrived
  bool in_body = false;
  bool closing = false;  // the response says so
};

struct Settings {
  int port;
  size_t size, connections;
  double duration, warmup, rate;
  bool close;
  uint64_t requests;
  std::vector<int> pids;
} s;

struct Result {
  uint64_t requests = 0, errors = 0, reconnects = 0;
  std::vector<uint32_t> latencies;
  std::string first_error;
} result;

std::string request, body;
int epoll_fd;
std::vector<Connection> connections;
std::deque<Connection*> idle;  // when paced
std::deque<int64_t> due;       // requests that found no idle connection
bool counting = false, ending = false;

void failed(const char* what, std::string_view detail = {}) {
  result.errors++;
  if (result.first_error.empty()) {
    result.first_error = what;
    for (char c : detail.substr(0, 60)) {
      result.first_error += c >= ' ' && c < 127 && c != '"' && c != '\\' ? c : '.';
    }
  }
}

void sendRequest(Connection* c, int64_t when);

void open(Connection* c) {
  c->fd = connectTo(s.port);
  if (c->fd < 0) die("connect");
  c->busy = c->answered = c->in_body = c->closing = false;
  c->head.clear();
  watch(epoll_fd, EPOLL_CTL_ADD, c->fd, EPOLLIN, c);
}

void reopen(Connection* c, bool counted) {
  ::close(c->fd);
  bool was_idle = !c->busy && !c->answered;
  open(c);
  if (counted && counting) result.reconnects++;
  if (ending) return;
  if (s.rate == 0) {
    sendRequest(c, nowNs());
  } else if (!was_idle) {
    idle.push_back(c);
  }
}

void sendRequest(Connection* c, int64_t when) {
  c->busy = true;
  c->begun = when;
  c->body = 0;
  c->in_body = c->closing = false;
  ssize_t n = send(c->fd, request.data(), request.size(), MSG_NOSIGNAL);
  if (n == static_cast<ssize_t>(request.size())) return;
  if (n < 0 && (errno == EAGAIN || errno == ENOTCONN)) {
    // Still connecting: blocking is fine, it is loopback and happens at the beginning alone.
    epoll_event unused;
    int wait = epoll_create1(0);
    watch(wait, EPOLL_CTL_ADD, c->fd, EPOLLOUT, nullptr);
    epoll_wait(wait, &unused, 1, 1000);
    ::close(wait);
    if (send(c->fd, request.data(), request.size(), MSG_NOSIGNAL) ==
        static_cast<ssize_t>(request.size()))
      return;
  }
  failed("send");
}

void finished(Connection* c) {
  c->busy = false;
  if (counting) {
    result.requests++;
    result.latencies.push_back(static_cast<uint32_t>((nowNs() - c->begun) / 1000));
  }
  if (s.close || c->closing) {
    c->answered = true;  // the end must follow
    return;
  }
  if (ending) return;
  if (s.rate == 0) return sendRequest(c, nowNs());
  if (due.empty()) {
    idle.push_back(c);
  } else {
    sendRequest(c, due.front());
    due.pop_front();
  }
}

// The head is complete up to `end`: is it as it should be?
bool checkHead(Connection* c, std::string_view head) {
  if (head.substr(0, 12) != "HTTP/1.1 200") {
    failed("status ", head);
    return false;
  }
  const char* length = strcasestr(head.data(), "\r\ncontent-length:");
  if (!length || static_cast<size_t>(atol(length + 17)) != s.size) {
    failed("length ", head);
    return false;
  }
  const char* connection = strcasestr(head.data(), "\r\nconnection:");
  c->closing =
      connection && strncasecmp(connection + 13 + strspn(connection + 13, " "), "close", 5) == 0;
  return true;
}

bool takeBody(Connection* c, const char* data, size_t n) {
  if (c->body + n > s.size || memcmp(body.data() + c->body, data, n) != 0) {
    failed("body");
    return false;
  }
  c->body += n;
  if (c->body == s.size) finished(c);
  return true;
}

void readable(Connection* c) {
  static char buffer[262144];
  ssize_t n = recv(c->fd, buffer, sizeof buffer - 1, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) {
    if (c->answered && n == 0) return reopen(c, !s.close);
    failed(n == 0 ? "closed" : "reset");
    return reopen(c, true);
  }
  bool good;
  if (!c->busy) {
    failed("unasked ", std::string_view(buffer, static_cast<size_t>(n)));
    good = false;
  } else if (c->in_body) {
    good = takeBody(c, buffer, static_cast<size_t>(n));
  } else {
    buffer[n] = '\0';
    size_t old = c->head.size();
    const char* text = buffer;
    size_t size = static_cast<size_t>(n);
    if (old) {
      c->head.append(buffer, size);
      text = c->head.data();
      size = c->head.size();
    }
    auto* end = static_cast<const char*>(memmem(text, size, "\r\n\r\n", 4));
    if (!end) {
      if (!old) c->head.assign(buffer, size);
      return;
    }
    size_t head = static_cast<size_t>(end - text) + 4;
    // checkHead searches for a name up to the NUL: the end of the head, for as long as it looks.
    char saved = text[head];
    const_cast<char*>(text)[head] = '\0';
    good = checkHead(c, std::string_view(text, head));
    const_cast<char*>(text)[head] = saved;
    c->in_body = true;
    std::string rest;
    if (old) {
      rest.assign(text + head, size - head);
      c->head.clear();
      good = good && takeBody(c, rest.data(), rest.size());
    } else {
      good = good && takeBody(c, text + head, size - head);
    }
  }
  if (!good) reopen(c, true);
}

// Nanoseconds on a CPU of all threads of the processes, over their lives.
int64_t cpuNs() {
  int64_t sum = 0;
  for (int pid : s.pids) {
    std::string path = "/proc/" + std::to_string(pid) + "/task";
    DIR* dir = opendir(path.c_str());
    if (!dir) continue;
    while (dirent* entry = readdir(dir)) {
      if (entry->d_name[0] == '.') continue;
      FILE* f = fopen((path + "/" + entry->d_name + "/schedstat").c_str(), "r");
      long long on = 0;
      if (f && fscanf(f, "%lld", &on) == 1) sum += on;
      if (f) fclose(f);
    }
    closedir(dir);
  }
  return sum;
}

long residentKb() {
  long sum = 0;
  for (int pid : s.pids) {
    FILE* f = fopen(("/proc/" + std::to_string(pid) + "/statm").c_str(), "r");
    long total = 0, resident = 0;
    if (f && fscanf(f, "%ld %ld", &total, &resident) == 2) sum += resident * (getpagesize() / 1024);
    if (f) fclose(f);
  }
  return sum;
}

// 18 headers of a browser's request, about 1.2 KB in all.
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
    "Authorization: Bearer "
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ."
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJVadQssw5c\r\n";

void makeRequest(bool browser) {
  request = "GET /" + std::to_string(s.size) +
            " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(s.port) + "\r\n";
  if (browser) request += kBrowser;
  if (s.close) request += "Connection: close\r\n";
  request += "\r\n";
}

// Handles events until `until` (ns); sends what falls due meanwhile.
void run(int64_t until, double rate) {
  epoll_event events[256];
  int64_t interval = rate > 0 ? static_cast<int64_t>(1e9 / rate) : 0;
  int64_t next = nowNs();
  for (;;) {
    int64_t now = nowNs();
    if (now >= until || (s.requests && result.requests >= s.requests)) return;
    while (interval && next <= now) {
      if (idle.empty()) {
        due.push_back(next);
      } else {
        Connection* c = idle.front();
        idle.pop_front();
        sendRequest(c, next);
      }
      next += interval;
    }
    int64_t wait = std::min<int64_t>(until, interval ? next : until) - now;
    timespec t{wait / 1'000'000'000, wait % 1'000'000'000};
    int n = epoll_pwait2(epoll_fd, events, 256, &t, nullptr);
    for (int i = 0; i < n; i++) readable(static_cast<Connection*>(events[i].data.ptr));
  }
}

uint32_t percentile(double p) {
  auto& l = result.latencies;
  if (l.empty()) return 0;
  size_t at = std::min(l.size() - 1, static_cast<size_t>(static_cast<double>(l.size()) * p));
  std::nth_element(l.begin(), l.begin() + static_cast<long>(at), l.end());
  return l[at];
}

}  // namespace

int main(int argc, char** argv) {
  raiseFileLimit();
  s.port = static_cast<int>(number(argc, argv, "--port", 0));
  s.size = static_cast<size_t>(number(argc, argv, "--size", 64));
  s.connections = static_cast<size_t>(number(argc, argv, "--connections", 64));
  s.duration = number(argc, argv, "--duration", 2);
  s.warmup = number(argc, argv, "--warmup", 0.5);
  s.rate = number(argc, argv, "--rate", 0);
  s.close = flag(argc, argv, "--close");
  s.requests = static_cast<uint64_t>(number(argc, argv, "--requests", 0));
  for (const char* p = option(argc, argv, "--pids", ""); *p;) {
    char* end;
    s.pids.push_back(static_cast<int>(strtol(p, &end, 10)));
    p = *end ? end + 1 : end;
  }
  makeRequest(flag(argc, argv, "--browser"));
  body = bodyOf(s.size);
  result.latencies.reserve(4 << 20);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);

  long resident_before = residentKb();
  connections.resize(s.connections);
  for (Connection& c : connections) {
    open(&c);
    if (s.rate == 0) {
      sendRequest(&c, nowNs());
    } else {
      idle.push_back(&c);
    }
  }
  run(nowNs() + static_cast<int64_t>(s.warmup * 1e9), s.rate);

  counting = true;
  int64_t cpu = cpuNs(), begin = nowNs();
  run(begin + static_cast<int64_t>(s.duration * 1e9), s.rate);
  int64_t end = nowNs();
  cpu = cpuNs() - cpu;
  counting = false;
  ending = true;

  double seconds = static_cast<double>(end - begin) / 1e9;
  double requests = static_cast<double>(std::max<uint64_t>(1, result.requests));
  uint32_t p50 = percentile(0.5), p99 = percentile(0.99), p999 = percentile(0.999),
           top = percentile(1);
  printf(
      "{\"requests\":%llu,\"errors\":%llu,\"firstError\":\"%s\",\"reconnects\":%llu,\"seconds\":%."
      "4f,"
      "\"perSecond\":%.1f,\"cpuPerRequest\":%.3f,\"busy\":%.4f,\"p50\":%u,\"p99\":%u,\"p999\":%u,"
      "\"max\":%u,"
      "\"residentKb\":%ld,\"residentBeforeKb\":%ld}\n",
      static_cast<unsigned long long>(result.requests),
      static_cast<unsigned long long>(result.errors), result.first_error.c_str(),
      static_cast<unsigned long long>(result.reconnects), seconds,
      static_cast<double>(result.requests) / seconds, static_cast<double>(cpu) / 1e3 / requests,
      static_cast<double>(cpu) / static_cast<double>(end - begin), p50, p99, p999, top,
      residentKb(), resident_before);
  return 0;
}
