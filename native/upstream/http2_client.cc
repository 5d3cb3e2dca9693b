#include "upstream/http2_client.h"

#include <algorithm>
#include <string>
#include <utility>

#include "upstream/pool.h"
#include "worker/worker.h"

namespace attache::upstream {

namespace s = stats::cluster;
using h2::ErrorCode;
using http::Tunnel;
using http::UpstreamFailure;

namespace {
constexpr int kReadsPerTurn = 8;

// A cluster that has changed since may have no options any more.
const tables::Http2Options& keepaliveOf(const Host& host) {
  static const tables::Http2Options kNone{};
  const tables::Http2Options* own = host.cluster.config().http2.get();
  return own ? *own : kNone;
}
}  // namespace

// ---- the stream ----------------------------------------------------------------------------

Http2ClientStream::Http2ClientStream(Http2Client& client, UpstreamRequest& request)
    : H2Stream(client.pool()), client_(client), request_(&request), reused_(client.served_ > 0) {
  no_body = request.isHead();
}

Http2ClientStream::~Http2ClientStream() = default;

HeaderMap& Http2ClientStream::fieldsFor(bool trailers) {
  HeaderMap& headers = request_ ? request_->responseHeaders() : client_.ignored();
  if (!trailers) return headers;
  Arena* arena = headers.arena();
  return *new (arena->allocAligned(sizeof(HeaderMap), alignof(HeaderMap))) HeaderMap(arena);
}

void Http2ClientStream::onHead(const h2::FieldsResult& result, bool end, char* lo, char* hi) {
  if (!request_) return;
  UpstreamRequest* request = request_;
  HeaderMap& headers = request->responseHeaders();
  if (request->wire) [[unlikely]] {
    request->wire->received += static_cast<size_t>(hi - lo) + h2::kFrameHeader;
    request->wire->header_received += static_cast<size_t>(hi - lo) + h2::kFrameHeader;
  }
  if (result.status < 200) {
    request->on1xx(headers, result.status);
    return;
  }
  responding_ = true;
  int status = result.status;
  if (request->tunnel == Tunnel::Upgrade && status == 200 && !end) {
    // RFC 8441 section 5: what HTTP/1 says with 101.
    status = 101;
    openTunnel(headers);
  }
  request->onHeaders(headers, status, end);
  if (end) done(request);
}

void Http2ClientStream::openTunnel(HeaderMap& headers) {
  headers.set(HeaderId::Status, "101");
  headers.set(HeaderId::Upgrade, upgrade_);
  headers.set(HeaderId::Connection, "upgrade");
}

void Http2ClientStream::onBody(const char* data, size_t n, bool end) {
  if (!request_) return;
  UpstreamRequest* request = request_;
  if (request->wire) [[unlikely]]
    request->wire->received += n + h2::kFrameHeader;
  request->onData(data, n, end);
  if (end) done(request);
}

void Http2ClientStream::onTrailers(HeaderMap& trailers) {
  if (!request_) return;
  UpstreamRequest* request = request_;
  request->onTrailers(trailers);
  done(request);
}

// The response is complete. What of the request is still to be sent nobody wants (RFC 9113 section
// 8.1).
void Http2ClientStream::done(UpstreamRequest* request) {
  if (request_ == request) request_ = nullptr;
  if (!closed && !local_end) client_.session_.resetStream(*this, ErrorCode::InternalError);
}

void Http2ClientStream::onReset(ErrorCode code, bool remote, std::string_view detail) {
  UpstreamRequest* request = std::exchange(request_, nullptr);
  if (!request) return;
  http::UpstreamError error;
  if (!remote) {
    bool many = detail == http::kTooManyHeaders;
    error.kind = many ? UpstreamFailure::RemoteReset : UpstreamFailure::ProtocolError;
    error.transport_reason = detail;
  } else if (!detail.empty()) {
    error.kind = UpstreamFailure::Terminated;
    error.safe_to_retry = reused_ && !responding_;
    error.transport_reason = detail;
  } else if (code == ErrorCode::RefusedStream) {
    // Not acted on: it may be sent again, whatever it is (RFC 9113 section 8.7).
    error.kind = UpstreamFailure::Refused;
    error.safe_to_retry = !responding_;
  } else if (code == ErrorCode::ProtocolError) {
    error.kind = UpstreamFailure::ProtocolError;
  } else {
    error.kind = code == ErrorCode::ConnectError ? UpstreamFailure::ConnectError
                                                 : UpstreamFailure::RemoteReset;
  }
  request->onReset(error);
}

void Http2ClientStream::onSendQueue(bool full) {
  stats::inc(client_.stats(), full ? s::upstream_flow_control_backed_up_total
                                   : s::upstream_flow_control_drained_total);
  if (request_) request_->onBackpressure(full);
}

void Http2ClientStream::noteSent(size_t head_bytes) {
  if (!request_ || !request_->wire) [[likely]]
    return;
  request_->wire->sent += head_bytes;
  request_->wire->header_sent += head_bytes;
}

void Http2ClientStream::sendHeaders(const HeaderMap& headers, bool end) {
  if (request_ && request_->tunnel == Tunnel::Upgrade) {
    // RFC 8441.
    Arena* arena = request_->responseHeaders().arena();
    upgrade_ = arena->copy(headers.get(HeaderId::Upgrade));
    HeaderMap connect(arena);
    headers.cloneInto(connect);
    connect.set(HeaderId::Method, "CONNECT");
    connect.set(HeaderId::Protocol, upgrade_);
    connect.remove(HeaderId::ContentLength);
    noteSent(client_.session_.sendHead(*this, connect, 0, end));
    return;
  }
  if (request_ && request_->tunnel == Tunnel::Connect) {
    // RFC 9113 section 8.5.
    HeaderMap connect(request_->responseHeaders().arena());
    headers.cloneInto(connect);
    connect.remove(HeaderId::Scheme);
    connect.remove(HeaderId::Path);
    noteSent(client_.session_.sendHead(*this, connect, 0, end));
    return;
  }
  // Told apart, so that who is not asked goes on without a frame of this.
  if (request_ && request_->wire) [[unlikely]]
    return noteSent(client_.session_.sendHead(*this, headers, 0, end));
  client_.session_.sendHead(*this, headers, 0, end);
}

void Http2ClientStream::sendData(const char* data, size_t n, bool end) {
  if (request_ && request_->wire) [[unlikely]]
    request_->wire->sent += n + h2::kFrameHeader;
  client_.session_.sendBody(*this, data, n, end);
}

void Http2ClientStream::sendTrailers(const HeaderMap& trailers) {
  client_.session_.sendTrailers(*this, trailers);
}

void Http2ClientStream::pauseResponse(bool pause) {
  client_.session_.pauseReading(*this, pause);
}

void Http2ClientStream::abandon() {
  request_ = nullptr;
  client_.session_.resetStream(*this, ErrorCode::InternalError);
  client_.session_.flush();
}

ClientConnection& Http2ClientStream::connection() {
  return client_;
}

// ---- the connection ------------------------------------------------------------------------

http::H2Options Http2Client::options(const Host& host) {
  const tables::Cluster& config = host.cluster.config();
  http::H2Options options;
  if (const tables::Http2Options* own = config.http2.get()) options = http::h2Options(*own);
  options.max_headers_bytes =
      (config.max_response_headers_kb ? config.max_response_headers_kb : 60) * 1024;
  options.max_headers_count =
      config.max_response_headers_count ? config.max_response_headers_count : 100;
  if (config.per_connection_buffer_limit)
    options.stream_queue_limit = config.per_connection_buffer_limit;
  return options;
}

Http2Client::Http2Client(Host& host, int fd)
    : ClientConnection(host, fd),
      session_(*this, *this, false, options(host),
               {stats(), s::http2_cookies_total_bytes_too_large}, host.cluster.worker.blocks),
      keepalive_(session_, loop(), host.cluster.worker.random, keepaliveOf(host),
                 onKeepaliveTimeout, this),
      again_(onAgain, this),
      idle_timer_(onIdleTimeout, this),
      duration_timer_(onMaxDuration, this),
      arena_(host.cluster.worker.blocks),
      ignored_(&arena_) {
  host_.connecting_shared++;
  stats::inc(stats(), s::upstream_cx_http2_total);
  stats::inc(stats(), s::upstream_cx_http2_active);
}

Http2Client::Http2Client(ClientConnection& from, int fd)
    : ClientConnection(from, fd),
      session_(*this, *this, false, options(host_),
               {stats(), s::http2_cookies_total_bytes_too_large}, host_.cluster.worker.blocks),
      keepalive_(session_, loop(), host_.cluster.worker.random, keepaliveOf(host_),
                 onKeepaliveTimeout, this),
      again_(onAgain, this),
      idle_timer_(onIdleTimeout, this),
      duration_timer_(onMaxDuration, this),
      arena_(host_.cluster.worker.blocks),
      ignored_(&arena_) {
  host_.connecting_shared++;
  stats::inc(stats(), s::upstream_cx_http2_total);
  stats::inc(stats(), s::upstream_cx_http2_active);
}

Http2Client::~Http2Client() = default;

Http2Client* Http2Client::connect(Host& host, const Identity& identity, ConnectError* error) {
  int fd = openSocket(host, error);
  if (fd < 0) return nullptr;
  auto* client = new Http2Client(host, fd);
  return client->start(identity, error) ? client : nullptr;
}

void Http2Client::takeOver(ClientConnection& from, io::Handoff&& socket) {
  auto* client = new Http2Client(from, socket.fd);
  if (!client->adopt(std::move(socket))) {
    client->close(true);
    return;
  }
  client->keepTickets();
  client->serve();
}

HeaderMap& Http2Client::ignored() {
  ignored_.clear();
  arena_.reset();
  return ignored_;
}

void Http2Client::onUp() {
  serve();
}

void Http2Client::serve() {
  connecting_ = false;
  host_.connecting_shared--;
  if (uint32_t limit = host_.cluster.config().max_connection_duration_ms)
    loop().arm(duration_timer_, limit);
  session_.expectMaxStreams(host_.stream_limit);
  session_.begin();
  keepalive_.start();
  idle_since_ms_ = nowMs();
  share();
  takePending();
  if (session_.streamCount() == 0) sweep();
  cork().flush();
}

// Among the host's shared connections as long as a stream can begin on it.
void Http2Client::share() {
  bool usable = open() && !connecting_ && !retired_ && !host_.removed && session_.roomForStream();
  if (usable == Link<SharedTag>::linked()) return;
  if (usable) {
    host_.shared.pushBack(this);
  } else {
    Link<SharedTag>::unlink();
  }
}

void Http2Client::takePending() {
  while (Link<SharedTag>::linked()) {
    UpstreamRequest* request = nextPending(host_, identity(), UpstreamRequest::Wanted::Http2);
    if (!request) return;
    assign(*request);
  }
  // Those for which there is no room here.
  if (open()) connectForPending(host_);
}

void Http2Client::assign(UpstreamRequest& request) {
  if (session_.streamCount() == 0) {
    idle_timer_.cancel();
    keepalive_.beforeRequest(nowMs() - idle_since_ms_);
  }
  auto* stream = new Http2ClientStream(*this, request);
  session_.open(*stream);
  served_++;
  uint32_t limit = host_.cluster.config().max_requests_per_connection;
  if (limit && served_ >= limit) {
    stats::inc(stats(), s::upstream_cx_max_requests);
    retired_ = true;
  }
  share();
  request.onReady(*stream);
}

void Http2Client::onReadable() {
  char* scratch = host_.cluster.worker.scratch();
  for (int i = 0; i < kReadsPerTurn; i++) {
    size_t got;
    int error = 0;
    Read result = readSome(scratch, Worker::kReadBytes, &got, &error);
    if (result == Read::Blocked) return;
    if (result != Read::Data) {
      onPeerEnd(result == Read::End ? 0 : error);
      return;
    }
    size_t taken;
    bool ok = session_.receive(scratch, got, &taken);
    cork().flush();
    if (!ok && open()) {
      stats::inc(stats(), s::upstream_cx_protocol_error);
      std::string text(session_.fault());
      local_close_ = true;
      Link<SharedTag>::unlink();
      retired_ = true;
      session_.flush();
      session_.dropAll(ErrorCode::ProtocolError, text, false);
      cork().flush();
      close(true);
    }
    if (!open()) return;
  }
  loop().again(again_);
}

void Http2Client::onAgain(void* self) {
  auto* client = static_cast<Http2Client*>(self);
  if (client->open()) client->onReadable();
}

void Http2Client::streamClosed(http::H2Stream& stream) {
  // Somebody may be in the middle of it.
  dead_.emplace_back(&stream);
  sweepSoon();
}

void Http2Client::sweepSoon() {
  if (sweeping_) return;
  sweeping_ = true;
  loop().defer([this] {
    sweeping_ = false;
    sweep();
  });
}

// There may be room now for what waits.
void Http2Client::onSettings() {
  host_.stream_limit = std::max(session_.peerMaxStreams(), 1u);
  share();
  if (!host_.pending.empty()) sweepSoon();
}

void Http2Client::sweep() {
  dead_.clear();
  if (!open()) return;
  share();
  if (!host_.pending.empty()) {
    takePending();
    cork().flush();
  }
  if (session_.streamCount() > 0 || !open()) return;
  if (retired_ || host_.removed) {
    close(true);
    return;
  }
  idle_since_ms_ = nowMs();
  if (uint32_t timeout = host_.cluster.config().idle_timeout_ms) loop().arm(idle_timer_, timeout);
}

void Http2Client::onGoAway(uint32_t last, ErrorCode) {
  if (!retired_) stats::inc(stats(), s::upstream_cx_close_notify);
  retired_ = true;
  share();
  // Those that the host has not seen go elsewhere.
  session_.forEach([&](http::H2Stream& stream) {
    if (stream.id <= last) return;
    stream.reset = true;
    stream.onReset(ErrorCode::RefusedStream, true, {});
    session_.close(stream);
  });
  closeIfIdle();
}

void Http2Client::retire() {
  retired_ = true;
  share();
  closeIfIdle();
}

void Http2Client::closeIfIdle() {
  if (!connecting_ && session_.streamCount() == 0 && open()) close(true);
}

void Http2Client::close(bool local) {
  local_close_ = local;
  closeNow();
}

void Http2Client::onConnectFailed(UpstreamFailure failure, std::string_view reason) {
  // All that wait: one connection would have served them all.
  std::vector<UpstreamRequest*> failed;
  while (UpstreamRequest* request = takeFailed(host_, identity(), UpstreamRequest::Wanted::Http2))
    failed.push_back(request);
  std::string why(reason);
  closeNow();
  for (UpstreamRequest* request : failed) request->onPoolFailure(failure, why);
  cork().flush();
}

void Http2Client::onPeerEnd(int) {
  std::string reason(session() ? session()->reason() : "connection_termination");
  retired_ = true;
  share();
  if (session_.streamCount() > 0) {
    stats::inc(stats(), s::upstream_cx_destroy_with_active_rq);
    stats::inc(stats(), s::upstream_cx_destroy_remote_with_active_rq);
  }
  session_.dropAll(ErrorCode::Cancel, reason.empty() ? "connection_termination" : reason);
  cork().flush();
  if (open()) closeNow();
}

void Http2Client::onGone() {
  again_.unlink();
  idle_timer_.cancel();
  duration_timer_.cancel();
  keepalive_.stop();
  Link<SharedTag>::unlink();
  session_.forget();
  if (connecting_) host_.connecting_shared--;
  connecting_ = false;
  retired_ = true;
  session_.dropAll(ErrorCode::Cancel, "connection_termination");
  stats::dec(stats(), s::upstream_cx_http2_active);
  stats::record(stats(), s::upstream_rq_per_cx, served_);
}

void Http2Client::onIdleTimeout(void* self) {
  auto* client = static_cast<Http2Client*>(self);
  if (client->session_.streamCount() > 0) return;
  stats::inc(client->stats(), s::upstream_cx_idle_timeout);
  client->close(true);
}

void Http2Client::onMaxDuration(void* self) {
  auto* client = static_cast<Http2Client*>(self);
  stats::inc(client->stats(), s::upstream_cx_max_duration_reached);
  client->retire();
}

void Http2Client::onKeepaliveTimeout(void* self) {
  auto* client = static_cast<Http2Client*>(self);
  client->local_close_ = true;
  client->onPeerEnd(0);
}

}  // namespace attache::upstream
