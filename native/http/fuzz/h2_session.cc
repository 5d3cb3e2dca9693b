// A whole HTTP/2 session, of a server or of a client: any bytes from its peer, in pieces, between
// what an application does with the streams that they make. Whatever comes, what the session sends
// is frames that a reader of the other end understands, with field blocks that can be decoded, and
// no more DATA than the peer's windows let through; and every stream is told of its end once.
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "http/h2_session.h"

using namespace attache;
using http::H2Session;

namespace {

#define MUST(condition) \
  if (!(condition)) std::abort()

// What a peer has let us send at most, by all that it ever said.
class Allowance {
 public:
  explicit Allowance(bool server)
      : reader_(
            server,
            {.max_block = 1 << 22, .max_continuations = 1000, .max_empty_continuations = 1000}) {}

  void saw(std::string bytes) {
    size_t at = 0;
    h2::Frame frame;
    while (!over_) {
      h2::Reader::Step step = reader_.next(bytes.data(), bytes.size(), at, frame);
      if (step == h2::Reader::Step::Error) over_ = true;
      if (step != h2::Reader::Step::Frame) return;
      if (frame.type == h2::FrameType::WindowUpdate)
        more_[frame.stream] += h2::read32(frame.data) & h2::kMaxWindow;
      if (frame.type != h2::FrameType::Settings) continue;
      for (size_t i = 0; i + 6 <= frame.size; i += 6) {
        if (h2::read16(frame.data + i) == static_cast<uint16_t>(h2::Setting::InitialWindowSize))
          window_ = std::max<uint64_t>(window_, h2::read32(frame.data + i + 2));
      }
    }
  }
  void sent(uint32_t stream, uint64_t bytes) {
    MUST((data_[stream] += bytes) <= window_ + more_[stream]);
    MUST((data_[0] += bytes) <= h2::kDefaultWindow + more_[0]);
  }

 private:
  h2::Reader reader_;
  std::map<uint32_t, uint64_t> more_, data_;
  uint64_t window_ = h2::kDefaultWindow;
  bool over_ = false;
};

struct Place {
  io::Loop loop;
  BufferPool buffers;
  BlockPool blocks;
  std::unique_ptr<char[]> memory{new char[io::Cork::kBytes]};
  io::Cork cork{memory.get()};
  stats::Block* stats = static_cast<stats::Block*>(std::calloc(1, sizeof(stats::Block) + 1024));
};

Place& place() {
  static Place one;
  return one;
}

class Transport final : public io::Connection {
 public:
  explicit Transport(int fd) : Connection(place().loop, place().buffers, place().cork, fd) {
    MUST(place().loop.watch(fd, this));
  }
  H2Session* session = nullptr;

 private:
  void onReadable() override {}
  void onDrained() override {
    if (session) session->onDrained();
  }
  void onEnd(int) override {}
  void onBackpressure(bool) override {}
  void onClosed() override {}
};

class Application;

class Stream final : public http::H2Stream {
 public:
  explicit Stream(Application& application);
  ~Stream() override;
  HeaderMap& fieldsFor(bool trailers) override {
    HeaderMap& map = trailers ? trailers_ : head_;
    map.clear();
    return map;
  }
  void onHead(const h2::FieldsResult& result, bool end, char*, char*) override;
  void onBody(const char*, size_t n, bool end) override;
  void onTrailers(HeaderMap&) override { ended(); }
  void onReset(h2::ErrorCode, bool, std::string_view) override {
    MUST(!closed && !told_);
    told_ = true;
  }
  void onSendQueue(bool full) override {
    MUST(full != full_);
    full_ = full;
  }
  // Something or other.
  void act();

 private:
  void ended() {
    MUST(!closed && !told_ && !ended_);
    ended_ = true;
  }
  void respond();
  Application& application_;
  Arena arena_;
  HeaderMap head_, trailers_, own_;
  bool told_ = false, ended_ = false, full_ = false, began_ = false;
};

class Application final : public http::H2Role {
 public:
  Application(bool server, uint64_t seed, const http::H2Options& options, int fd)
      : random(seed),
        server(server),
        transport(*new Transport(fd)),
        session(transport, *this, server, options, {place().stats, 0}, place().blocks) {
    transport.session = &session;
    session.begin();
  }
  ~Application() {
    transport.session = nullptr;
    session.forget();
    transport.closeNow();
    settle();
    MUST(live == 0);
  }

  http::H2Stream* makeStream(uint32_t) override {
    return random.below(16) == 0 ? nullptr : new Stream(*this);
  }
  void streamClosed(http::H2Stream& stream) override { dead_.emplace_back(&stream); }
  void onGoAway(uint32_t, h2::ErrorCode) override {}
  void onSettings() override {}
  void onPingAck(const char*) override {}

  // The end of a turn.
  void settle() {
    place().cork.flush();
    place().loop.turn(0);
    dead_.clear();
  }
  void openOne() {
    auto* stream = new Stream(*this);
    if (session.open(*stream)) {
      stream->act();
    } else {
      delete stream;
    }
  }

  Random random;
  bool server;
  int live = 0;
  Transport& transport;
  H2Session session;

 private:
  std::vector<std::unique_ptr<http::H2Stream>> dead_;
};

Stream::Stream(Application& application)
    : H2Stream(place().buffers),
      application_(application),
      arena_(place().blocks),
      head_(&arena_),
      trailers_(&arena_),
      own_(&arena_) {
  application_.live++;
}

Stream::~Stream() {
  MUST(closed || id == 0);
  application_.live--;
}

void Stream::onHead(const h2::FieldsResult& result, bool end, char*, char*) {
  MUST(!closed && !told_ && !ended_);
  if (application_.server) MUST(head_.has(HeaderId::Method));
  if (!application_.server) MUST(result.status >= 100 && result.status <= 999);
  if (end) ended();
  if (application_.random.below(4)) act();
}

void Stream::onBody(const char*, size_t, bool end) {
  MUST(!closed && !told_ && !ended_);
  if (end) ended();
  if (application_.random.below(3) == 0) act();
}

void Stream::respond() {
  static const std::string body(100'000, 'b');
  Random& random = application_.random;
  H2Session& session = application_.session;
  own_.clear();
  if (!application_.server) {
    own_.add(HeaderId::Method, "POST");
    own_.add(HeaderId::Scheme, "http");
    own_.add(HeaderId::Authority, "a");
    own_.add(HeaderId::Path, "/");
  }
  own_.add(HeaderId::Server, "fuzz");
  if (random.below(32) == 0) own_.add(HeaderId::Server, std::string_view(body).substr(0, 40'000));
  bool end = random.below(4) == 0;
  session.sendHead(*this, own_, application_.server ? 200 : 0, end);
  if (!end && random.below(3))
    session.sendBody(*this, body.data(), random.below(100'000), random.below(2) == 0);
}

void Stream::act() {
  static const std::string body(100'000, 'b');
  Random& random = application_.random;
  H2Session& session = application_.session;
  if (closed) return;
  if (!began_ && random.below(3)) {
    began_ = true;
    respond();
    return;
  }
  switch (random.below(8)) {
    case 0:
      session.pauseReading(*this, random.below(2) == 0);
      break;
    case 1:
      if (random.below(4) == 0) session.resetStream(*this, h2::ErrorCode::Cancel);
      break;
    case 2:
      if (!began_ && application_.server) session.sendHead(*this, own_, 103, false);
      break;
    case 3:
      if (!began_ || end_queued || local_end) break;
      own_.clear();
      if (random.below(2)) own_.add(HeaderId::Server, "end");
      session.sendTrailers(*this, own_);
      break;
    default:
      if (began_) session.sendBody(*this, body.data(), random.below(9000), random.below(8) == 0);
  }
}

// What the session has sent, as its peer reads it.
class Peer {
 public:
  Peer(bool server, int fd)
      : fd_(fd), reader_(server, {.max_block = 1 << 20, .max_continuations = 64}) {}
  void read(Allowance& allowance) {
    char bytes[16 * 1024];
    for (;;) {
      ssize_t n = recv(fd_, bytes, sizeof bytes, MSG_DONTWAIT);
      if (n <= 0) return;
      size_t at = 0;
      h2::Frame frame;
      for (;;) {
        h2::Reader::Step step = reader_.next(bytes, static_cast<size_t>(n), at, frame);
        MUST(step != h2::Reader::Step::Error);
        if (step == h2::Reader::Step::More) break;
        if (frame.type == h2::FrameType::Data) allowance.sent(frame.stream, frame.flow);
        if (frame.type != h2::FrameType::Headers) continue;
        Arena arena(place().blocks);
        MUST(decoder_.decode(frame.data, frame.size, arena, [](const hpack::Field&) {}) ==
             hpack::Error::None);
      }
    }
  }

 private:
  int fd_;
  h2::Reader reader_;
  hpack::Decoder decoder_{UINT32_MAX};
};

http::H2Options optionsOf(uint8_t bits) {
  http::H2Options options;
  if (bits & 1) options.initial_stream_window = 65535;
  if (bits & 2) options.initial_connection_window = 65535;
  if (bits & 4) options.max_concurrent_streams = 3;
  if (bits & 8) options.stream_error_on_invalid_message = true;
  if (bits & 16) options.allow_connect = true;
  if (bits & 32) options.max_headers_bytes = 100;
  if (bits & 64) options.header_table_size = 100;
  if (bits & 128) options.stream_queue_limit = 4000;
  return options;
}

void run(bool server, uint8_t options, uint64_t seed, std::string bytes) {
  int fds[2];
  MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
  Allowance allowance(server);
  Peer peer(!server, fds[1]);
  {
    Application application(server, seed, optionsOf(options), fds[0]);
    Random& random = application.random;
    bool over = false;
    for (size_t from = 0; from < bytes.size() && !over;) {
      size_t most = random.below(3) ? 64 * 1024 : 40;
      size_t n = std::min<size_t>(bytes.size() - from, 1 + random.below(most));
      // Exactly so long, and gone before the next one comes.
      std::unique_ptr<char[]> piece(new char[n]);
      std::copy_n(bytes.data() + from, n, piece.get());
      allowance.saw(bytes.substr(from, n));
      from += n;
      for (size_t at = 0; at < n && !over;) {
        application.session.allowStreams(1 + random.below(8));
        size_t taken = 0;
        over = !application.session.receive(piece.get() + at, n - at, &taken);
        place().cork.flush();
        MUST(over || taken <= n - at);
        at += taken;
      }
      piece.reset();
      if (!server && random.below(2)) application.openOne();
      application.session.forEach([&](http::H2Stream& stream) {
        if (random.below(3) == 0) static_cast<Stream&>(stream).act();
      });
      application.settle();
      if (random.below(3)) peer.read(allowance);
    }
    application.session.flush();
    if (random.below(2)) application.session.dropAll(h2::ErrorCode::Cancel, "over");
    for (int i = 0; i < 4; i++) {
      peer.read(allowance);
      application.settle();
    }
    application.session.dropAll(h2::ErrorCode::Cancel, "over");
    MUST(application.session.streamCount() == 0);
    application.settle();
  }
  peer.read(allowance);
  close(fds[1]);
  MUST(place().blocks.inUse() == 0 && place().buffers.inUse() == 0);
}

}  // namespace

// The first bytes choose the end, its options and what the application does. What a connection
// begins with need not be found.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  bool server = (data[0] & 1) != 0;
  std::string bytes;
  if (!(data[0] & 2)) {
    if (server) bytes = h2::kPreface;
    char settings[h2::kFrameHeader];
    h2::writeFrameHeader(settings, 0, h2::FrameType::Settings, 0, 0);
    bytes.append(settings, sizeof settings);
  }
  bytes.append(reinterpret_cast<const char*>(data) + 4, size - 4);
  run(server, data[1], 1 + data[2] + 256u * data[3], std::move(bytes));
  return 0;
}
