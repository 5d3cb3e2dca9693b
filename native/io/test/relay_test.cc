// Two connections that pass everything on to each other, as a TCP proxy does: whatever peers do,
// all bytes come through in order, and each end after the bytes before it.
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "base/random.h"
#include "base/test.h"
#include "io/connection.h"

using namespace attache;

namespace {

struct Place {
  io::Loop loop;
  BufferPool buffers;
  std::unique_ptr<char[]> memory{new char[io::Cork::kBytes]};
  io::Cork cork{memory.get()};
  io::PipePool pipes;
  char scratch[64 * 1024];
};

// One of the two; both live until the loop has buried them.
class Half final : public io::Connection {
 public:
  Half(Place& place, int fd, size_t limit, int* open, bool* spliced)
      : io::Connection(place.loop, place.buffers, place.cork, fd),
        place_(place),
        open_(open),
        spliced_(spliced) {
    enableHalfClose();
    setHighWatermark(limit);
    ++*open_;
  }
  Half* other = nullptr;
  int failed = 0;

 private:
  void onReadable() override {
    while (other) {
      size_t got;
      int error = 0;
      Read result = moveSome(*other, place_.pipes, bulk_, place_.scratch, sizeof place_.scratch,
                             &got, &error);
      *spliced_ |= bulk_.on;
      if (result == Read::Blocked) return;
      if (result != Read::Data) {
        onEnd(result == Read::End ? 0 : error);
        return;
      }
      if (!open() || readingPaused()) return;
    }
  }
  void onDrained() override { closeIfEnded(); }
  void onEnd(int error) override {
    failed = error;
    Half* peer = other;
    if (error) {
      part();
      if (peer) peer->resetNow();
      closeNow();
      return;
    }
    if (!peer) return;
    peer->endWriting();
    peer->closeIfEnded();
    closeIfEnded();
  }
  void onBackpressure(bool paused) override {
    if (other) paused ? other->pauseReading() : other->resumeReading();
  }
  void onClosed() override { --*open_; }
  void closeIfEnded() {
    if (!open() || !readingEnded() || !writingEnded() || queued() > 0) return;
    Half* peer = other;
    part();
    closeNow();
    if (peer && peer->open()) peer->closeAfterWrite(0, 0);
  }
  void part() {
    if (other) other->other = nullptr;
    other = nullptr;
  }
  Place& place_;
  Bulk bulk_;
  int* open_;
  bool* spliced_;
};

// A peer with a plan: so many bytes to send, and then its end.
struct Peer {
  int fd = -1;
  std::string wants, got;
  size_t sent = 0;
  bool ended = false, shut = false;
  bool reads = true;

  void step(Random& random) {
    if (sent < wants.size()) {
      size_t n = std::min(wants.size() - sent, static_cast<size_t>(1 + random.below(400'000)));
      ssize_t done = ::send(fd, wants.data() + sent, n, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (done > 0) sent += static_cast<size_t>(done);
    } else if (!shut) {
      shut = true;
      ::shutdown(fd, SHUT_WR);
    }
    if (!reads || ended) return;
    static char buffer[1 << 20];
    ssize_t n = ::recv(fd, buffer, 1 + random.below(sizeof buffer), MSG_DONTWAIT);
    if (n > 0) got.append(buffer, static_cast<size_t>(n));
    if (n == 0) ended = true;
  }
};

// A connected pair on loopback.
void connectPair(int* a, int* b) {
  int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  ::bind(listener, any, size);
  ::listen(listener, 1);
  ::getsockname(listener, any, &size);
  *a = ::socket(AF_INET, SOCK_STREAM, 0);
  ::connect(*a, any, size);
  *b = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
  ::close(listener);
}

std::string pattern(Random& random, size_t bytes) {
  std::string text(bytes, '\0');
  for (size_t i = 0; i + 8 <= bytes; i += 8) {
    uint64_t word = random.next();
    text.replace(i, 8, reinterpret_cast<const char*>(&word), 8);
  }
  return text;
}

struct Scene {
  explicit Scene(size_t limit) {
    std::signal(SIGPIPE, SIG_IGN);  // as in every process of ours
    int left, right;
    connectPair(&a.fd, &left);
    connectPair(&b.fd, &right);
    halves[0] = new Half(place, left, limit, &open, &spliced);
    halves[1] = new Half(place, right, limit, &open, &spliced);
    halves[0]->other = halves[1];
    halves[1]->other = halves[0];
    place.loop.watch(left, halves[0]);
    place.loop.watch(right, halves[1]);
  }
  ~Scene() {
    ::close(a.fd);
    ::close(b.fd);
    for (int i = 0; i < 100 && open > 0; i++) place.loop.turn(10);
    place.loop.turn(0);
  }
  Place place;
  int open = 0;
  bool spliced = false;
  Peer a, b;
  Half* halves[2];
};

}  // namespace

TEST(relayed_bytes_and_ends_come_through_whatever_peers_do) {
  bool spliced = false;
  for (uint64_t seed = 1; seed <= 24; seed++) {
    Random random(seed);
    Scene scene(seed % 3 == 0 ? 65536 : 1 << 20);
    // Some send little, some nothing, some much.
    for (Peer* peer : {&scene.a, &scene.b}) {
      uint64_t kind = random.below(4);
      peer->wants = pattern(random, kind == 0   ? 0
                                    : kind == 1 ? random.below(5000)
                                                : random.below(6'000'000));
    }
    int steps = 0;
    for (; scene.open > 0 || !scene.a.ended || !scene.b.ended; steps++) {
      if (steps > 200'000) break;
      for (Peer* peer : {&scene.a, &scene.b}) {
        if (random.below(50) == 0) peer->reads = !peer->reads;
        if (steps % 400 == 399) peer->reads = true;
        peer->step(random);
      }
      if (scene.open > 0) scene.place.loop.turn(0);
    }
    spliced |= scene.spliced;
    CHECK(scene.a.got == scene.b.wants);
    CHECK(scene.b.got == scene.a.wants);
    CHECK(scene.a.ended && scene.b.ended);
    CHECK_EQ(scene.open, 0);
  }
  CHECK(spliced);
}

// Whoever is cut, at whatever moment: the other side is told, and nothing is left.
TEST(a_relay_ends_when_either_side_is_cut) {
  for (uint64_t seed = 1; seed <= 24; seed++) {
    Random random(seed);
    Scene scene(seed % 2 ? 65536 : 1 << 20);
    scene.a.wants = pattern(random, 3'000'000);
    scene.b.wants = pattern(random, 3'000'000);
    scene.a.reads = random.below(2);
    scene.b.reads = random.below(2);
    uint64_t until = random.below(300);
    for (uint64_t i = 0; i < until && scene.open > 0; i++) {
      scene.a.step(random);
      scene.b.step(random);
      scene.place.loop.turn(0);
    }
    Peer& cut = random.below(2) ? scene.a : scene.b;
    Peer& left = &cut == &scene.a ? scene.b : scene.a;
    linger now{1, 0};
    ::setsockopt(cut.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(cut.fd);
    cut.fd = -1;
    for (int i = 0; i < 2000 && scene.open > 0; i++) scene.place.loop.turn(5);
    CHECK_EQ(scene.open, 0);
    // A reset, or the end if all had gone through.
    pollfd wait{left.fd, POLLIN, 0};
    CHECK_EQ(::poll(&wait, 1, 5000), 1);
  }
}

// The kernel tells of a reset once. Where a write was told, what reading says then is no end.
TEST(a_reset_that_a_write_has_met_is_none_the_less_a_reset) {
  for (size_t queued : {size_t{0}, size_t{32} << 20}) {
    Scene scene(1 << 20);
    scene.place.loop.turn(0);
    std::string much(queued, 'x');
    scene.halves[0]->write(much);
    linger now{1, 0};
    ::setsockopt(scene.a.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(scene.a.fd);
    scene.a.fd = -1;
    if (!queued) scene.halves[0]->write("x");
    for (int i = 0; i < 100 && scene.open > 0; i++) scene.place.loop.turn(10);
    CHECK_EQ(scene.open, 0);
    char byte;
    CHECK_EQ(::recv(scene.b.fd, &byte, 1, 0), -1);
    CHECK_EQ(errno, ECONNRESET);
  }
}
