#include "upstream/http1_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "http/h1_output.h"
#include "http/h1_wire.h"
#include "io/address.h"
#include "tls/registry.h"
#include "worker/worker.h"

namespace attache::upstream {

namespace s = stats::cluster;
using http::UpstreamFailure;

namespace {
// How long a host has to read the end of a tunnel.
constexpr uint64_t kTunnelLingerMs = 1000;
}  // namespace

Http1Client::Http1Client(Host& host, int fd)
    : io::Connection(host.cluster.worker.loop, host.cluster.worker.buffers,
                     host.cluster.worker.cork, fd),
      host_(host),
      connect_timer_(onConnectTimeout, this),
      idle_timer_(onIdleTimeout, this),
      duration_timer_(onMaxDuration, this),
      chunks_(nullptr),
      id_(host.cluster.worker.nextConnectionId()),
      created_ms_(host.cluster.worker.loop.nowMs()),
      connect_begin_us_(host.cluster.worker.loop.nowUs()) {
  host_.connections++;
  host_.cluster.users++;
  countInto(&stats()->words[s::upstream_cx_rx_bytes_total],
            &stats()->words[s::upstream_cx_tx_bytes_total]);
  stats::inc(stats(), s::upstream_cx_total);
  stats::inc(stats(), s::upstream_cx_http1_total);
  stats::inc(stats(), s::upstream_cx_active);
  stats::inc(stats(), s::upstream_cx_http1_active);
  stats::inc(host_.stats(), stats::host::cx_total);
  stats::inc(host_.stats(), stats::host::cx_active);
  host_.active.pushBack(this);
  if (uint32_t limit = host_.cluster.config().per_connection_buffer_limit) setHighWatermark(limit);
}

Http1Client::~Http1Client() = default;

Http1Client* Http1Client::connect(Host& host, std::string_view server_name, int* error) {
  int fd = ::socket(host.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    *error = errno;
    return nullptr;
  }
  int on = 1;
  if (host.family() != AF_UNIX) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const tables::Cluster& config = host.cluster.config();
  if (const tables::TcpKeepalive* keepalive = config.keepalive.get()) {
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    auto option = [&](int name, uint32_t value) {
      int v = static_cast<int>(value);
      if (v) setsockopt(fd, IPPROTO_TCP, name, &v, sizeof v);
    };
    option(TCP_KEEPCNT, keepalive->probes);
    option(TCP_KEEPIDLE, keepalive->time_s);
    option(TCP_KEEPINTVL, keepalive->interval_s);
  }
  auto* client = new Http1Client(host, fd);
  client->server_name_ = server_name;
  io::Loop& loop = host.cluster.worker.loop;
  int failure = EPROTO;
  uint32_t tls = host.tlsContext();
  if (!tls || client->startTls(tls)) {
    int result = ::connect(fd, host.address(), host.addressSize());
    failure = result == 0 ? 0 : errno;
  }
  if (failure == EINPROGRESS || failure == 0) {
    // Also an immediate success is told by the first EPOLLOUT.
    client->connecting();
    if (loop.watch(fd, client)) {
      loop.arm(client->connect_timer_,
               config.connect_timeout_ms ? config.connect_timeout_ms : 5000);
      return client;
    }
    failure = errno;
  }
  *error = failure;
  stats::inc(client->stats(), s::upstream_cx_connect_fail);
  stats::inc(host.stats(), stats::host::cx_connect_fail);
  client->closeNow();
  return nullptr;
}

// False: the context is not there (a secret that has not come), or there is no memory.
bool Http1Client::startTls(uint32_t id) {
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
  std::unique_ptr<tls::Session> session =
      tls::Session::make(context, worker.tls_scratch, cluster.sslStats());
  worker.pins.unpin(pinned);
  if (!session) return false;
  const tls::Spec& spec = context->spec();
  // Envoy's order: of the request, of the host, of the context.
  std::string name = server_name_;
  if (name.empty() && spec.has(tls::Flag::AutoHostSni)) name = host_.hostname();
  if (name.empty()) name = spec.sni;
  session->setServerName(name);
  if (spec.has(tls::Flag::AutoSanValidation)) session->expectName(name);
  if (config.auto_san_validation && !server_name_.empty()) session->expectName(server_name_);
  if (spec.max_session_keys) {
    if (SSL_SESSION* kept = cluster.tls_sessions.take(context, name)) {
      session->resume(kept);
      SSL_SESSION_free(kept);
    }
    session->onTicket(onTicket, this);
  }
  secure(std::move(session));
  return true;
}

void Http1Client::onTicket(void* self, SSL_SESSION* ticket) {
  auto* client = static_cast<Http1Client*>(self);
  tls::Context& context = client->session()->context();
  client->host_.cluster.tls_sessions.put(&context, client->session()->serverName(), ticket,
                                         context.spec().max_session_keys);
}

void Http1Client::onConnected() {
  connected_ = true;
  connect_timer_.cancel();
  connect_end_us_ = loop().nowUs();
  Worker& worker = host_.cluster.worker;
  stats::record(stats(), s::upstream_cx_connect_ms, worker.loop.nowMs() - created_ms_);
  if (uint32_t limit = host_.cluster.config().max_connection_duration_ms)
    worker.loop.arm(duration_timer_, limit);
  takeNextOrIdle();
}

// The first that waits; with auto_sni the first that wants this connection's name.
UpstreamRequest* Http1Client::nextPending() {
  if (!host_.cluster.config().auto_sni) return host_.pending.popFront();
  UpstreamRequest* found = nullptr;
  host_.pending.forEach([&](UpstreamRequest* request) {
    if (!found && request->server_name == server_name_) found = request;
  });
  if (found) found->unlink();
  return found;
}

void Http1Client::takeNextOrIdle() {
  if (UpstreamRequest* next = nextPending()) {
    stats::dec(stats(), s::upstream_rq_pending_active);
    assign(*next);
    cork().flush();
    return;
  }
  // One that waits for another name gets a connection when this one is gone.
  if (host_.removed || !host_.pending.empty()) {
    local_close_ = true;
    closeNow();
    return;
  }
  Link<ActiveTag>::unlink();
  host_.idle.pushFront(this);
  uint32_t timeout = host_.cluster.config().idle_timeout_ms;
  idle_since_ms_ = loop().nowMs();
  // Armed once; a firing timer looks how long it really was idle.
  if (timeout && !idle_timer_.armed()) loop().arm(idle_timer_, timeout);
}

void Http1Client::assign(UpstreamRequest& request) {
  if (Link<IdleTag>::linked()) {
    Link<IdleTag>::unlink();
    host_.active.pushBack(this);
  }
  request_ = &request;
  head_done_ = any_response_byte_ = request_done_ = chunked_request_ = false;
  partial_.forget();
  scanned_ = 0;
  served_++;
  uint32_t limit = host_.cluster.config().max_requests_per_connection;
  keep_ = !limit || served_ < limit;
  if (limit && served_ == limit) stats::inc(stats(), s::upstream_cx_max_requests);
  request.onReady(this);
}

void Http1Client::sendHeaders(const HeaderMap& headers, bool end) {
  h1::HeadOptions options;
  // A method that may have a body gets an explicit empty one from the caller (content-length: 0).
  options.chunked =
      !end && !headers.has(HeaderId::ContentLength) && request_->tunnel == http::Tunnel::None;
  chunked_request_ = options.chunked;
  size_t size = h1::requestHeadSize(headers, options);
  char* at = cork().reserve(this, size + h1::kWriteSlack);
  h1::writeRequestHead(at, headers, options);
  cork().commit(size);
  if (request_->wire) [[unlikely]]
    http::countSentRequest(*request_->wire, headers, size);
  request_done_ = end;
}

void Http1Client::sendData(const char* data, size_t n, bool end) {
  http::queueBody(this, data, n, chunked_request_);
  if (request_ && request_->wire) [[unlikely]]
    http::countSentBody(*request_->wire, n, end, chunked_request_);
  if (!end) return;
  if (chunked_request_) http::queueLastChunk(this, nullptr);
  request_done_ = true;
}

void Http1Client::sendTrailers(const HeaderMap& trailers) {
  const HeaderMap* passed = host_.cluster.config().enable_trailers ? &trailers : nullptr;
  if (chunked_request_) {
    http::queueLastChunk(this, passed);
    if (request_ && request_->wire) http::countSentEnd(*request_->wire, passed);
  }
  request_done_ = true;
}

void Http1Client::abandon() {
  request_ = nullptr;
  local_close_ = true;
  stats::inc(stats(), s::upstream_cx_destroy_with_active_rq);
  stats::inc(stats(), s::upstream_cx_destroy_local_with_active_rq);
  if (!tunnel_ || queued() == 0) {
    closeNow();
    return;
  }
  // The last words of a tunnel are on their way still.
  closeAfterWrite(kTunnelLingerMs);
  if (open()) loop().arm(duration_timer_, kTunnelLingerMs);
}

void Http1Client::onReadable() {
  char* scratch = host_.cluster.worker.scratch();
  for (;;) {
    size_t got;
    int error = 0;
    Read result = readSome(scratch, Worker::kReadBytes, &got, &error);
    if (result == Read::Blocked) return;
    if (result != Read::Data) {
      onEnd(result == Read::End ? 0 : error);
      return;
    }
    bool go_on = dispatch(scratch, got);
    cork().flush();
    if (!go_on || !open() || readingPaused()) return;
  }
}

bool Http1Client::dispatch(char* data, size_t n) {
  if (!request_) {
    // Bytes that nobody asked for: the connection cannot be trusted for the next response.
    stats::inc(stats(), s::upstream_cx_protocol_error);
    local_close_ = true;
    closeNow();
    return false;
  }
  any_response_byte_ = true;
  while (request_) {
    if (!head_done_) {
      if (n == 0) return true;
      if (!parseHead(data, n)) return open();
      continue;
    }
    if (n == 0) return true;
    if (!deliverBody(data, n)) return open();
  }
  if (n > 0 && open()) {
    local_close_ = true;
    closeNow();
  }
  return open();
}

// Consumes a head from [data, n). False: stop (more bytes are needed, or the connection failed).
bool Http1Client::parseHead(char*& data, size_t& n) {
  const tables::Cluster& config = host_.cluster.config();
  h1::Limits limits;
  limits.max_head_bytes =
      (config.max_response_headers_kb ? config.max_response_headers_kb : 60) * 1024;
  limits.max_headers = config.max_response_headers_count ? config.max_response_headers_count : 100;
  size_t before = partial_.size();
  char* from = data;
  size_t length = n;
  if (before) {
    partial_.append(data, n);
    from = partial_.data();
    length = partial_.size();
  }
  HeaderMap& headers = request_->responseHeaders();
  headers.clear();
  h1::HeadInfo info;
  h1::ParseResult result =
      h1::parseResponseHead(from, length, scanned_, limits, request_->isHead(), headers, info);
  if (result.status == h1::ParseResult::Incomplete) {
    if (!before) partial_.append(data, n);
    n = 0;
    return false;
  }
  tunnel_ = result.status == h1::ParseResult::Complete &&
            http::opensTunnel(request_->tunnel, info.status) && info.upgrade;
  if (result.status == h1::ParseResult::Error || (info.status == 101 && !tunnel_)) {
    stats::inc(stats(), s::upstream_cx_protocol_error);
    fail(UpstreamFailure::ProtocolError, false, h1::describe(result.error));
    return false;
  }
  data += result.consumed - before;
  n -= result.consumed - before;
  partial_.forget();
  scanned_ = 0;
  if (request_->wire) [[unlikely]]
    http::countReceivedResponse(*request_->wire, headers, info);
  if (info.status < 200 && !tunnel_) {
    h1::removeHopByHop(headers, info, false);
    request_->on1xx(headers, info.status);
    return request_ != nullptr;
  }
  head_done_ = true;
  body_ = tunnel_ ? h1::BodyKind::UntilClose : info.body;
  body_left_ = info.content_length;
  if (info.close || body_ == h1::BodyKind::UntilClose) {
    keep_ = false;
    if (info.close) stats::inc(stats(), s::upstream_cx_close_notify);
  }
  if (body_ == h1::BodyKind::Length && body_left_ == 0) body_ = h1::BodyKind::None;
  if (body_ == h1::BodyKind::Chunked) chunks_.reset(headers.arena());
  h1::removeHopByHop(headers, info, tunnel_);
  bool end = body_ == h1::BodyKind::None;
  UpstreamRequest* request = request_;
  request->onHeaders(headers, info.status, end);
  if (request_ == request && end) responseComplete();
  // The header views may lie in it until here.
  if (before) partial_.take();
  return true;
}

bool Http1Client::deliverBody(char*& data, size_t& n) {
  UpstreamRequest* request = request_;
  if (body_ == h1::BodyKind::UntilClose) {
    if (request->wire) request->wire->received += n;
    request->onData(data, n, false);
    n = 0;
    return request_ == request;
  }
  if (body_ == h1::BodyKind::Length) {
    size_t take = static_cast<size_t>(std::min<uint64_t>(n, body_left_));
    body_left_ -= take;
    char* piece = data;
    data += take;
    n -= take;
    if (request->wire) [[unlikely]]
      request->wire->received += take;
    request->onData(piece, take, body_left_ == 0);
    if (request_ == request && body_left_ == 0) responseComplete();
    return true;
  }
  for (size_t at = 0, before = 0;; before = at) {
    h1::ChunkedDecoder::Piece piece;
    auto step = chunks_.next(data, n, at, piece);
    using Step = h1::ChunkedDecoder::Step;
    if (request->wire) request->wire->received += at - before;
    if (step == Step::Data) {
      request->onData(piece.data, piece.size, false);
      if (request_ != request) return false;
      continue;
    }
    data += at;
    n -= at;
    if (step == Step::More) return false;
    if (step == Step::Error) {
      stats::inc(stats(), s::upstream_cx_protocol_error);
      fail(UpstreamFailure::ProtocolError, false, h1::describe(chunks_.error()));
      return false;
    }
    HeaderMap* trailers = host_.cluster.config().enable_trailers ? chunks_.trailers() : nullptr;
    if (trailers) {
      if (request->wire) http::countReceivedTrailers(*request->wire, *trailers);
      request->onTrailers(*trailers);
    } else {
      request->onData(nullptr, 0, true);
    }
    if (request_ == request) responseComplete();
    return true;
  }
}

void Http1Client::responseComplete() {
  request_ = nullptr;
  if (!open()) return;
  if (!keep_ || !request_done_ || queued() > 0 || host_.removed || peerEnded()) {
    local_close_ = true;
    // The rest of this read buffer is of no interest, but the response just delivered may still
    // have to be written from it: closing does not touch the other side's cork.
    closeNow();
    return;
  }
  if (readingPaused()) resumeReading();
  takeNextOrIdle();
}

void Http1Client::fail(UpstreamFailure kind, bool safe, std::string_view reason) {
  UpstreamRequest* request = request_;
  request_ = nullptr;
  if (request) {
    stats::inc(stats(), s::upstream_cx_destroy_with_active_rq);
    stats::inc(stats(), kind == UpstreamFailure::Terminated
                            ? s::upstream_cx_destroy_remote_with_active_rq
                            : s::upstream_cx_destroy_local_with_active_rq);
  }
  local_close_ = kind != UpstreamFailure::Terminated;
  closeNow();
  if (request) request->onReset({kind, safe, reason});
}

void Http1Client::onEnd(int error) {
  if (!connected_ && session() && error == EPROTO) {
    // Copied: the session goes with this connection.
    std::string reason = session()->reason();
    connectFailed(UpstreamFailure::ConnectFailure, reason);
    return;
  }
  if (!connected_) {
    connectFailed(UpstreamFailure::ConnectFailure, error == ECONNREFUSED
                                                       ? "delayed_connect_error:_Connection_refused"
                                                       : "delayed_connect_error:_connect_failed");
    return;
  }
  if (!request_) {
    closeNow();
    return;
  }
  if (head_done_ && body_ == h1::BodyKind::UntilClose && error == 0 && !tunnel_) {
    UpstreamRequest* request = request_;
    keep_ = false;
    request->onData(nullptr, 0, true);
    if (request_ == request) responseComplete();
    cork().flush();
    if (open()) closeNow();
    return;
  }
  // Cut in the middle of a response: the peer broke HTTP. Before its first byte: the keep-alive
  // race, if the connection had been used before.
  if (any_response_byte_ && error == 0 && !tunnel_) {
    stats::inc(stats(), s::upstream_cx_protocol_error);
    fail(UpstreamFailure::ProtocolError, false, "");
  } else {
    // With TLS 1.3 a server refuses a client's certificate only now.
    std::string reason(session() ? session()->reason() : "connection_termination");
    fail(UpstreamFailure::Terminated, reused() && !any_response_byte_, reason);
  }
}

void Http1Client::connectFailed(UpstreamFailure failure, std::string_view reason) {
  stats::inc(stats(), failure == UpstreamFailure::ConnectTimeout ? s::upstream_cx_connect_timeout
                                                                 : s::upstream_cx_connect_fail);
  if (failure == UpstreamFailure::ConnectTimeout) stats::inc(stats(), s::upstream_cx_connect_fail);
  stats::inc(host_.stats(), stats::host::cx_connect_fail);
  Host& host = host_;
  // One waiting request fails with its connection, the others wait for theirs.
  UpstreamRequest* request = host.pending.popFront();
  if (request) {
    stats::dec(stats(), s::upstream_rq_pending_active);
    stats::inc(stats(), s::upstream_rq_pending_failure_eject);
  }
  local_close_ = failure == UpstreamFailure::ConnectTimeout;
  closeNow();
  if (request) request->onPoolFailure(failure, reason);
}

void Http1Client::onBackpressure(bool paused) {
  stats::inc(stats(), paused ? s::upstream_flow_control_backed_up_total
                             : s::upstream_flow_control_drained_total);
  if (request_) request_->onBackpressure(paused);
}

void Http1Client::onClosed() {
  connect_timer_.cancel();
  idle_timer_.cancel();
  duration_timer_.cancel();
  Link<IdleTag>::unlink();
  Link<ActiveTag>::unlink();
  stats::Block* b = stats();
  stats::dec(b, s::upstream_cx_active);
  stats::dec(b, s::upstream_cx_http1_active);
  stats::inc(b, s::upstream_cx_destroy);
  stats::inc(b, local_close_ ? s::upstream_cx_destroy_local : s::upstream_cx_destroy_remote);
  stats::record(b, s::upstream_cx_length_ms, loop().nowMs() - created_ms_);
  stats::record(b, s::upstream_rq_per_cx, served_);
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

void Http1Client::onConnectTimeout(void* self) {
  static_cast<Http1Client*>(self)->connectFailed(UpstreamFailure::ConnectTimeout,
                                                 "delayed_connect_error:_connect_timeout");
}

void Http1Client::onIdleTimeout(void* self) {
  auto* client = static_cast<Http1Client*>(self);
  uint64_t timeout = client->host_.cluster.config().idle_timeout_ms;
  if (!timeout) return;
  uint64_t idle =
      client->Link<IdleTag>::linked() ? client->loop().nowMs() - client->idle_since_ms_ : 0;
  if (idle < timeout) {
    client->loop().arm(client->idle_timer_, timeout - idle);
    return;
  }
  stats::inc(client->stats(), s::upstream_cx_idle_timeout);
  client->local_close_ = true;
  client->closeNow();
}

void Http1Client::onMaxDuration(void* self) {
  auto* client = static_cast<Http1Client*>(self);
  if (client->closing()) {
    client->closeNow();
    return;
  }
  stats::inc(client->stats(), s::upstream_cx_max_duration_reached);
  client->keep_ = false;
  if (client->Link<IdleTag>::linked()) {
    client->local_close_ = true;
    client->closeNow();
  }
}

const std::string& Http1Client::localAddress() {
  if (local_address_.empty()) local_address_ = io::addressText(io::localEnd(fd()));
  return local_address_;
}

}  // namespace attache::upstream
