// Connections over TLS, one request each, and what they cost the server.
//   tls_connect --port P [--resume] --duration S --warmup S --pids P,P
// One after another, so that the server's CPU is that of a connection and nothing waits. Prints a
// line of JSON: CPU µs of the server for each, connections per second, latencies in µs.
#include <dirent.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <vector>

#include "common.h"

using namespace bench;

namespace {

std::vector<int> pids;
SSL_SESSION* kept = nullptr;

// Of all threads: what the scheduler has counted, in ns.
int64_t cpuNs() {
  int64_t total = 0;
  for (int pid : pids) {
    std::string path = "/proc/" + std::to_string(pid) + "/task";
    DIR* dir = opendir(path.c_str());
    if (!dir) continue;
    while (dirent* entry = readdir(dir)) {
      if (entry->d_name[0] == '.') continue;
      FILE* f = fopen((path + "/" + entry->d_name + "/schedstat").c_str(), "r");
      long long ns = 0;
      if (f && fscanf(f, "%lld", &ns) == 1) total += ns;
      if (f) fclose(f);
    }
    closedir(dir);
  }
  return total;
}

int onTicket(SSL*, SSL_SESSION* session) {
  SSL_SESSION_free(kept);
  kept = session;
  return 1;
}

[[noreturn]] void wrong(const char* what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

// A handshake, a request, its whole answer.
void exchange(SSL_CTX* ctx, int port, bool resume, bool warm) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  noDelay(fd);
  sockaddr_in a = loopback(port);
  if (connect(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) != 0) die("connect");
  SSL* ssl = SSL_new(ctx);
  SSL_set_fd(ssl, fd);
  if (resume && kept) SSL_set_session(ssl, kept);
  if (SSL_connect(ssl) != 1) wrong("the handshake failed");
  if (warm && resume != (SSL_session_reused(ssl) == 1))
    wrong("resumed or not: otherwise than asked");
  static const std::string request =
      "GET /64 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  if (SSL_write(ssl, request.data(), static_cast<int>(request.size())) <= 0) wrong("write");
  std::string answer;
  char buffer[16384];
  int n;
  while ((n = SSL_read(ssl, buffer, sizeof buffer)) > 0)
    answer.append(buffer, static_cast<size_t>(n));
  if (answer.compare(0, 15, "HTTP/1.1 200 OK") != 0 || !answer.ends_with(bodyOf(64)))
    wrong("a wrong answer");
  SSL_shutdown(ssl);
  SSL_free(ssl);
  close(fd);
}

}  // namespace

int main(int argc, char** argv) {
  int port = static_cast<int>(number(argc, argv, "--port", 0));
  bool resume = flag(argc, argv, "--resume");
  auto duration = static_cast<int64_t>(number(argc, argv, "--duration", 2) * 1e9);
  auto warmup = static_cast<int64_t>(number(argc, argv, "--warmup", 0.5) * 1e9);
  for (const char* p = option(argc, argv, "--pids", ""); *p;) {
    pids.push_back(static_cast<int>(strtol(p, const_cast<char**>(&p), 10)));
    if (*p == ',') p++;
  }
  SSL_CTX* ctx = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  if (resume) SSL_CTX_sess_set_new_cb(ctx, onTicket);
  static const unsigned char kAlpn[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(ctx, kAlpn, sizeof kAlpn - 1);
  for (int i = 0; i < 20; i++) exchange(ctx, port, resume, false);
  int64_t begin = nowNs();
  while (nowNs() - begin < warmup) exchange(ctx, port, resume, true);
  int64_t cpu = cpuNs();
  begin = nowNs();
  std::vector<uint32_t> latencies;
  while (nowNs() - begin < duration) {
    int64_t at = nowNs();
    exchange(ctx, port, resume, true);
    latencies.push_back(static_cast<uint32_t>((nowNs() - at) / 1000));
  }
  double seconds = static_cast<double>(nowNs() - begin) / 1e9;
  double used = static_cast<double>(cpuNs() - cpu) / 1e3;
  auto count = static_cast<double>(latencies.size());
  std::sort(latencies.begin(), latencies.end());
  printf("{\"requests\":%zu,\"cpu\":%.2f,\"perSecond\":%.1f,\"p50\":%u,\"p99\":%u}\n",
         latencies.size(), used / count, count / seconds, latencies[latencies.size() / 2],
         latencies[latencies.size() * 99 / 100]);
  SSL_CTX_free(ctx);
}
