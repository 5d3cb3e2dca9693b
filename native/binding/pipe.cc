// Plain bytes to an address: what the primary's health checks speak their protocols over. Unlike a
// request's connection it belongs to no pool and is counted nowhere, as in Envoy.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "binding/calls.h"
#include "binding/napi.h"
#include "io/address.h"
#include "io/connection.h"
#include "tables/generated/layout.h"
#include "tls/registry.h"
#include "upstream/proxy_header.h"

namespace attache::binding {

namespace {

class PipeCall;

struct Target {
  sockaddr_storage address{};
  socklen_t size = 0;
  uint32_t tls = 0;      // directory id of the context
  bool secured = false;  // also when the context is not there
  std::string server_name;
  std::string alpn;        // as on the wire; empty: what the context says
  uint32_t proxy = 0;      // version of the PROXY header, 0: none
  uint32_t ssl_stats = 0;  // block, 0: none
};

// Closes when its call goes, and dies at the end of the turn.
class PipeConnection final : public io::Connection {
 public:
  PipeConnection(Worker& worker, int fd, PipeCall* owner)
      : io::Connection(worker.loop, worker.buffers, worker.cork, fd),
        worker_(worker),
        owner_(owner) {}
  ~PipeConnection() override {
    if (ssl_stats_) worker_.rows.letGo(ssl_stats_);
  }
  // 0, or the errno of what failed; it is closed then.
  int start(const Target& target);
  void detach() {
    owner_ = nullptr;
    if (open()) closeNow();
  }

 private:
  bool startTls(const Target& target);
  void onConnected() override;
  void onReadable() override;
  void onEnd(int error) override;
  void onDrained() override {}
  void onBackpressure(bool) override {}
  void onClosed() override;
  Worker& worker_;
  PipeCall* owner_;
  stats::Block* ssl_stats_ = nullptr;
};

class PipeCall final : public Call {
 public:
  PipeCall(Caller& caller, uint32_t id, Target target)
      : Call(caller, id), target_(std::move(target)) {}
  ~PipeCall() override {
    if (connection_) connection_->detach();
  }
  void start() override {
    int fd = ::socket(target_.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return closed(errno, {});
    int on = 1;
    if (target_.address.ss_family != AF_UNIX)
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection_ = new PipeConnection(caller_.worker(), fd, this);
    if (int error = connection_->start(target_)) closed(error, {});
  }
  void send(const std::string& bytes) override {
    if (connection_ && connection_->open()) connection_->write(bytes);
  }
  void pause(bool pause) override {
    if (!connection_ || !connection_->open()) return;
    pause ? connection_->pauseReading() : connection_->resumeReading();
  }
  size_t waiting() const override { return connection_ ? connection_->queued() : 0; }

  void connected() { tell(CallEvent::Metadata, {.call = 0, .type = {}}); }
  // `paused`: no more is read until pause(false).
  void received(std::string bytes, bool paused) {
    tell(CallEvent::Message,
         {.call = 0, .type = {}, .number = paused ? 1 : 0, .bytes = std::move(bytes)});
  }
  void closed(int error, std::string_view reason) {
    if (done()) return;
    tell(CallEvent::Status, {.call = 0, .type = {}, .number = error, .text = std::string(reason)});
    finish();
  }
  void forget() { connection_ = nullptr; }

 private:
  Target target_;
  PipeConnection* connection_ = nullptr;
};

int PipeConnection::start(const Target& target) {
  if (target.ssl_stats) ssl_stats_ = worker_.rows.hold(target.ssl_stats, stats::Group::ClusterSsl);
  int failure = EPROTO;
  if (!target.secured || startTls(target)) {
    const auto* address = reinterpret_cast<const sockaddr*>(&target.address);
    failure = ::connect(fd(), address, target.size) == 0 ? 0 : errno;
  }
  if (failure == EINPROGRESS || failure == 0) {
    connecting();
    if (target.proxy) {
      tables::ProxyHeader header{};
      header.version2 = target.proxy == 2;
      sendFirst(upstream::ownProxyHeader(header, fd()));
    }
    if (loop().watch(fd(), this)) return 0;
    failure = errno;
  }
  closeNow();
  return failure;
}

// False: the context is not there (a secret that has not come), or there is no memory.
bool PipeConnection::startTls(const Target& target) {
  tables::Pinned* pinned = target.tls ? worker_.pins.pin(target.tls) : nullptr;
  if (!pinned) return false;
  tls::Context* context = tls::Registry::instance().at(pinned->as<tables::TlsContext>().context);
  std::unique_ptr<tls::Session> made = tls::Session::make(context, worker_.tls_scratch, ssl_stats_);
  worker_.pins.unpin(pinned);
  if (!made) return false;
  const tls::Spec& spec = context->spec();
  std::string name = spec.has(tls::Flag::AutoHostSni) ? target.server_name : std::string();
  if (name.empty()) name = spec.sni;
  made->setServerName(name);
  if (!target.alpn.empty()) made->offer(target.alpn);
  if (spec.has(tls::Flag::AutoSanValidation)) made->expectName(name);
  secure(std::move(made));
  return true;
}

void PipeConnection::onConnected() {
  if (owner_) owner_->connected();
}

void PipeConnection::onReadable() {
  // What one turn takes: a peer that never stops must not fill the memory meanwhile.
  constexpr size_t kMost = 256 * 1024;
  size_t taken = 0;
  while (owner_ && open()) {
    size_t got;
    int error = 0;
    Read result = readSome(worker_.scratch(), Worker::kReadBytes, &got, &error);
    if (result == Read::Blocked) return;
    if (result != Read::Data) return onEnd(result == Read::End ? 0 : error);
    taken += got;
    bool full = taken >= kMost;
    owner_->received(std::string(worker_.scratch(), got), full);
    if (full) return pauseReading();
  }
}

void PipeConnection::onEnd(int error) {
  if (owner_) owner_->closed(error, session() && error == EPROTO ? session()->reason() : "");
  if (open()) closeNow();
}

void PipeConnection::onClosed() {
  if (owner_) owner_->forget();
  owner_ = nullptr;
}

}  // namespace

std::unique_ptr<Call> makePipe(napi_env env, Caller& caller, uint32_t id, napi_value spec) {
  auto value = [&](const char* name) { return property(env, spec, name); };
  auto count = [&](const char* name) { return static_cast<uint32_t>(toNumber(env, value(name))); };
  Target target;
  std::string address = toText(env, value("address"));
  if (io::parseEnd(address, &target.address)) {
    target.size = target.address.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  } else {
    target.size = io::unixAddress(address, &target.address);
  }
  target.secured = toBool(env, value("secured"));
  target.tls = count("tls");
  target.server_name = toText(env, value("serverName"));
  target.alpn = toText(env, value("alpn"));
  target.proxy = count("proxy");
  target.ssl_stats = count("sslStats");
  return std::make_unique<PipeCall>(caller, id, std::move(target));
}

}  // namespace attache::binding
