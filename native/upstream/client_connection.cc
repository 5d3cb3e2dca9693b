#include "upstream/client_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "io/address.h"
#include "tls/registry.h"
#include "upstream/bind.h"
#include "upstream/filters.h"
#include "upstream/proxy_header.h"
#include "worker/worker.h"

namespace attache::upstream {

namespace s = stats::cluster;
using http::UpstreamFailure;

int ClientConnection::openSocket(Host& host, ConnectError* error) {
  int fd = ::socket(host.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    error->number = errno;
    return -1;
  }
  int on = 1;
  if (host.family() != AF_UNIX) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (const tables::TcpKeepalive* keepalive = host.cluster.config().keepalive.get()) {
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    auto option = [&](int name, uint32_t value) {
      int v = static_cast<int>(value);
      if (v) setsockopt(fd, IPPROTO_TCP, name, &v, sizeof v);
    };
    option(TCP_KEEPCNT, keepalive->probes);
    option(TCP_KEEPIDLE, keepalive->time_s);
    option(TCP_KEEPINTVL, keepalive->interval_s);
  }
  return fd;
}

ClientConnection::ClientConnection(Host& host, int fd)
    : io::Connection(host.cluster.worker.loop, host.cluster.worker.buffers,
                     host.cluster.worker.cork, fd),
      host_(host),
      connect_timer_(onConnectTimeout, this),
      id_(host.cluster.worker.nextConnectionId()),
      created_ms_(host.cluster.worker.loop.nowMs()),
      connect_begin_us_(host.cluster.worker.loop.nowUs()) {
  host_.connections++;
  host_.cluster.users++;
  countInto(&stats()->words[s::upstream_cx_rx_bytes_total],
            &stats()->words[s::upstream_cx_tx_bytes_total]);
  stats::inc(stats(), s::upstream_cx_total);
  stats::inc(stats(), s::upstream_cx_active);
  stats::inc(host_.stats(), stats::host::cx_total);
  stats::inc(host_.stats(), stats::host::cx_active);
  host_.active.pushBack(this);
  uint32_t limit = host_.cluster.config().per_connection_buffer_limit;
  if (limit) setHighWatermark(limit);
  if (std::shared_ptr<ClusterFilters> filters = host_.cluster.filters()) [[unlikely]] {
    Worker& worker = host_.cluster.worker;
    filters_.reset(new ConnectionFilters{
        filters, {worker, filters->entries, fd, nullptr, pool(), limit ? limit : SIZE_MAX}});
    joinFilters();
    filters_->run.begin();
  }
}

ClientConnection::ClientConnection(ClientConnection& from, int fd)
    : io::Connection(from.loop(), from.pool(), from.cork(), fd),
      host_(from.host_),
      filters_(std::move(from.filters_)),
      connect_timer_(onConnectTimeout, this),
      local_address_(std::move(from.local_address_)),
      server_name_(std::move(from.server_name_)),
      proxy_header_(std::move(from.proxy_header_)),
      offered_(std::move(from.offered_)),
      id_(from.id_),
      created_ms_(from.created_ms_),
      connect_begin_us_(from.connect_begin_us_),
      connect_end_us_(from.connect_end_us_),
      up_(from.up_) {
  countInto(&stats()->words[s::upstream_cx_rx_bytes_total],
            &stats()->words[s::upstream_cx_tx_bytes_total]);
  from.Link<ActiveTag>::unlink();
  host_.active.pushBack(this);
  if (filters_) joinFilters();
  if (uint32_t limit = host_.cluster.config().per_connection_buffer_limit) setHighWatermark(limit);
}

ClientConnection::~ClientConnection() = default;

const mesh::PeerFacts* ClientConnection::saidOfHost() const {
  return filters_ ? &filters_->run.peer() : nullptr;
}

// What filters do takes effect at the end of the turn: they may be asked in the middle of
// something.
void ClientConnection::joinFilters() {
  auto passed = [](void*) {};
  auto readable = [](void* self) {
    auto* client = static_cast<ClientConnection*>(self);
    client->loop().defer([client] {
      if (client->open() && !client->readingPaused() && !client->closing()) client->onReadable();
    });
  };
  auto close = [](void* self) {
    auto* client = static_cast<ClientConnection*>(self);
    client->loop().defer([client] {
      if (client->open()) client->onEnd(ECONNABORTED);
    });
  };
  filters_->run.setHost({this, passed, readable, close, this, nullptr});
}

io::Connection::Read ClientConnection::readFiltered(char* into, size_t room, size_t* got,
                                                    int* error) {
  auto raw = [&] { return io::Connection::readSome(into, room, got, error); };
  if (!filters_->run.wantsData()) return raw();
  return network::readThrough(filters_->run, into, room, got, raw);
}

io::Connection::Read ClientConnection::moveSome(Connection& to, io::PipePool& pipes, Bulk& bulk,
                                                char* scratch, size_t room, size_t* got,
                                                int* error) {
  if (!filters_ || !filters_->run.wantsData()) [[likely]]
    return io::Connection::moveSome(to, pipes, bulk, scratch, room, got, error);
  Read result = readFiltered(scratch, room, got, error);
  if (result == Read::Data) to.write({scratch, *got});
  return result;
}

bool ClientConnection::start(const Identity& identity, ConnectError* error) {
  server_name_ = identity.server_name;
  proxy_header_ = identity.proxy_header;
  offered_ = identity.alpn;
  int failure = EPROTO;
  Transport transport = host_.transport();
  const tables::UpstreamBind* bind = host_.cluster.config().bind.get();
  Bound bound = bind ? bindSource(*bind, fd(), host_.family(), &error->reason) : Bound::Yes;
  if (bound != Bound::Yes) [[unlikely]] {
    failure = errno;
    error->local = true;
    if (bound == Bound::BadAddress) stats::inc(stats(), s::bind_errors);
  } else if (!transport.tls || startTls(transport.tls)) {
    int result = ::connect(fd(), host_.address(), host_.addressSize());
    failure = result == 0 ? 0 : errno;
  }
  if (failure == EINPROGRESS || failure == 0) {
    // Also an immediate success is told by the first EPOLLOUT.
    connecting();
    if (const tables::ProxyHeader* config = transport.proxy_header) [[unlikely]]
      sendFirst(proxy_header_.empty() ? ownProxyHeader(*config, fd()) : proxy_header_);
    if (loop().watch(fd(), this)) {
      uint32_t limit = host_.cluster.config().connect_timeout_ms;
      loop().arm(connect_timer_, limit ? limit : 5000);
      return true;
    }
    failure = errno;
  }
  error->number = failure;
  stats::inc(stats(), s::upstream_cx_connect_fail);
  stats::inc(host_.stats(), stats::host::cx_connect_fail);
  closeNow();
  return false;
}

// False: the context is not there (a secret that has not come), or there is no memory.
bool ClientConnection::startTls(uint32_t id) {
  Cluster& cluster = host_.cluster;
  const tables::Cluster& config = cluster.config();
  Worker& worker = cluster.worker;
  tables::Pinned* pinned = worker.pins.pin(id);
  if (!pinned) {
    stats::inc(cluster.sslStats(),
               stats::cluster_ssl::client_ssl_socket_factory_upstream_context_secrets_not_ready);
    return false;
  }
  tls::Context* context = tls::Registry::instance().at(pinned->as<tables::TlsContext>().context);
  std::unique_ptr<tls::Session> made =
      tls::Session::make(context, worker.tls_scratch, cluster.sslStats());
  worker.pins.unpin(pinned);
  if (!made) return false;
  const tls::Spec& spec = context->spec();
  // Envoy's order: of the request, of the host, of the context.
  std::string name = server_name_;
  if (name.empty() && spec.has(tls::Flag::AutoHostSni)) name = host_.hostname();
  if (name.empty()) name = spec.sni;
  made->setServerName(name);
  if (!offered_.empty()) [[unlikely]]
    made->offer(offered_);
  else if (context->alpn().empty())
    made->offer(alpn());
  if (spec.has(tls::Flag::AutoSanValidation)) made->expectName(name);
  if (config.auto_san_validation && !server_name_.empty()) made->expectName(server_name_);
  if (spec.max_session_keys) {
    if (SSL_SESSION* kept = cluster.tls_sessions.take(context, name)) {
      made->resume(kept);
      SSL_SESSION_free(kept);
    }
    made->onTicket(onTicket, this);
  }
  secure(std::move(made));
  return true;
}

void ClientConnection::keepTickets() {
  if (session() && session()->context().spec().max_session_keys)
    session()->onTicket(onTicket, this);
}

void ClientConnection::onTicket(void* self, SSL_SESSION* ticket) {
  auto* client = static_cast<ClientConnection*>(self);
  tls::Context& context = client->session()->context();
  client->host_.cluster.tls_sessions.put(&context, client->session()->serverName(), ticket,
                                         context.spec().max_session_keys);
}

void ClientConnection::onConnected() {
  up_ = true;
  connect_timer_.cancel();
  connect_end_us_ = loop().nowUs();
  stats::record(stats(), s::upstream_cx_connect_ms, loop().nowMs() - created_ms_);
  if (filters_) [[unlikely]]
    filters_->run.established();
  onUp();
}

void ClientConnection::onEnd(int error) {
  if (up_) {
    onPeerEnd(error);
  } else if (session() && error == EPROTO) {
    // Copied: the session goes with this connection.
    std::string reason = session()->reason();
    connectFailed(UpstreamFailure::ConnectFailure, reason);
  } else {
    connectFailed(UpstreamFailure::ConnectFailure, error == ECONNREFUSED
                                                       ? "delayed connect error: Connection refused"
                                                       : "delayed connect error: connect failed");
  }
}

void ClientConnection::connectFailed(UpstreamFailure failure, std::string_view reason) {
  if (failure == UpstreamFailure::ConnectTimeout)
    stats::inc(stats(), s::upstream_cx_connect_timeout);
  stats::inc(stats(), s::upstream_cx_connect_fail);
  stats::inc(host_.stats(), stats::host::cx_connect_fail);
  local_close_ = failure == UpstreamFailure::ConnectTimeout;
  onConnectFailed(failure, reason);
}

void ClientConnection::onConnectTimeout(void* self) {
  static_cast<ClientConnection*>(self)->connectFailed(UpstreamFailure::ConnectTimeout,
                                                      "delayed connect error: connect timeout");
}

void ClientConnection::onClosed() {
  connect_timer_.cancel();
  Link<ActiveTag>::unlink();
  onGone();
  stats::Block* b = stats();
  stats::dec(b, s::upstream_cx_active);
  stats::inc(b, s::upstream_cx_destroy);
  stats::inc(b, local_close_ ? s::upstream_cx_destroy_local : s::upstream_cx_destroy_remote);
  stats::record(b, s::upstream_cx_length_ms, loop().nowMs() - created_ms_);
  stats::dec(host_.stats(), stats::host::cx_active);
  host_.connections--;
  // The host and the cluster may have waited for this; not from inside their own loops.
  Host* host = &host_;
  Cluster* cluster = &host_.cluster;
  loop().defer([host, cluster] {
    Worker& worker = cluster->worker;
    cluster->connectionGone(host);
    worker.clusters->release(cluster);
  });
}

const std::string& ClientConnection::localAddress() {
  if (local_address_.empty()) local_address_ = io::addressText(io::localEnd(fd()));
  return local_address_;
}

}  // namespace attache::upstream
