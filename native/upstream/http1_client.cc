#include "upstream/http1_client.h"

#include <algorithm>
#include <utility>

#include "http/h1_output.h"
#include "http/h1_wire.h"
#include "upstream/pool.h"
#include "worker/worker.h"

namespace attache::upstream {

namespace s = stats::cluster;
using http::UpstreamFailure;

namespace {
// How long a host has to read the end of a tunnel.
constexpr uint64_t kTunnelLingerMs = 1000;
}  // namespace

Http1Client::Http1Client(Host& host, int fd)
    : ClientConnection(host, fd),
      idle_timer_(onIdleTimeout, this),
      duration_timer_(onMaxDuration, this),
      chunks_(nullptr) {
  stats::inc(stats(), s::upstream_cx_http1_total);
  stats::inc(stats(), s::upstream_cx_http1_active);
}

Http1Client::Http1Client(ClientConnection& from, int fd)
    : ClientConnection(from, fd),
      idle_timer_(onIdleTimeout, this),
      duration_timer_(onMaxDuration, this),
      chunks_(nullptr) {
  stats::inc(stats(), s::upstream_cx_http1_total);
  stats::inc(stats(), s::upstream_cx_http1_active);
}

Http1Client::~Http1Client() = default;

Http1Client* Http1Client::connect(Host& host, const Identity& identity, ConnectError* error) {
  int fd = openSocket(host, error);
  if (fd < 0) return nullptr;
  auto* client = new Http1Client(host, fd);
  return client->start(identity, error) ? client : nullptr;
}

void Http1Client::takeOver(ClientConnection& from, io::Handoff&& socket) {
  auto* client = new Http1Client(from, socket.fd);
  if (!client->adopt(std::move(socket))) {
    client->local_close_ = true;
    client->closeNow();
    return;
  }
  client->keepTickets();
  client->onUp();
  // One connection was made to find out, however many wait.
  if (client->open()) connectForPending(client->host_);
}

void Http1Client::onUp() {
  if (uint32_t limit = host_.cluster.config().max_connection_duration_ms)
    loop().arm(duration_timer_, limit);
  takeNextOrIdle();
}

void Http1Client::takeNextOrIdle() {
  if (UpstreamRequest* next = nextPending(host_, identity(), UpstreamRequest::Wanted::Http1)) {
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
  keep_ = !retired_ && (!limit || served_ < limit);
  if (limit && served_ == limit) stats::inc(stats(), s::upstream_cx_max_requests);
  request.onReady(*this);
}

void Http1Client::sendHeaders(const HeaderMap& headers, bool end) {
  h1::HeadOptions options;
  // A method that may have a body gets an explicit empty one from the caller (content-length: 0).
  options.chunked =
      !end && !headers.has(HeaderId::ContentLength) && request_->tunnel == http::Tunnel::None;
  chunked_request_ = options.chunked;
  size_t size = http::queueHead(this, headers, options);
  if (request_->wire) [[unlikely]]
    http::countSentRequest(*request_->wire, headers, size);
  request_done_ = end;
}

void Http1Client::sendData(const char* data, size_t n, bool end) {
  http::queueBody(this, data, n, chunked_request_);
  if (request_ && request_->wire) [[unlikely]]
    http::countSentBody(*request_->wire, n, end, chunked_request_);
  if (!end) return;
  if (request_ && request_->tunnel != http::Tunnel::None) {
    // As in Envoy the client's last word ends the tunnel. Not from here: the caller goes on.
    cork().flush();
    loop().defer([this] { endTunnel(); });
    return;
  }
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
  closeAfterWrite(kTunnelLingerMs, kTunnelLingerMs);
}

void Http1Client::endTunnel() {
  UpstreamRequest* request = request_;
  if (!open() || !request) return;
  abandon();
  request->onReset({UpstreamFailure::Terminated, false, "connection_termination"});
  cork().flush();
}

void Http1Client::onReadable() {
  char* scratch = host_.cluster.worker.scratch();
  for (;;) {
    size_t got;
    int error = 0;
    Read result = readSome(scratch, Worker::kReadBytes, &got, &error);
    if (result == Read::Blocked) return;
    if (result != Read::Data) {
      onPeerEnd(result == Read::End ? 0 : error);
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
  h1::RequestKind kind = request_->isHead() ? h1::RequestKind::Head : h1::RequestKind::Normal;
  if (request_->tunnel == http::Tunnel::Connect) kind = h1::RequestKind::Connect;
  h1::ParseResult result =
      h1::parseResponseHead(from, length, scanned_, limits, kind, headers, info);
  if (result.status == h1::ParseResult::Incomplete) {
    if (!before) partial_.append(data, n);
    n = 0;
    return false;
  }
  tunnel_ = result.status == h1::ParseResult::Complete &&
            http::opensTunnel(request_->tunnel, info.status) &&
            (info.upgrade || request_->tunnel == http::Tunnel::Connect);
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
  h1::removeHopByHop(headers, info, tunnel_ && request_->tunnel == http::Tunnel::Upgrade);
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
  if (!request_done_) {
    // The host has answered before it had all of the request: given up with it, as Envoy counts.
    stats::inc(stats(), s::upstream_cx_destroy_with_active_rq);
    stats::inc(stats(), s::upstream_cx_destroy_local_with_active_rq);
  }
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

void Http1Client::onPeerEnd(int error) {
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

void Http1Client::onConnectFailed(UpstreamFailure failure, std::string_view reason) {
  // One waiting request fails with its connection, the others wait for theirs.
  UpstreamRequest* request = takeFailed(host_, identity(), UpstreamRequest::Wanted::Http1);
  closeNow();
  if (request) request->onPoolFailure(failure, reason);
}

void Http1Client::onBackpressure(bool paused) {
  stats::inc(stats(), paused ? s::upstream_flow_control_backed_up_total
                             : s::upstream_flow_control_drained_total);
  if (request_) request_->onBackpressure(paused);
}

void Http1Client::onGone() {
  idle_timer_.cancel();
  duration_timer_.cancel();
  Link<IdleTag>::unlink();
  stats::dec(stats(), s::upstream_cx_http1_active);
  stats::record(stats(), s::upstream_rq_per_cx, served_);
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
  if (client->closing()) return;
  stats::inc(client->stats(), s::upstream_cx_max_duration_reached);
  client->keep_ = false;
  if (client->Link<IdleTag>::linked()) {
    client->local_close_ = true;
    client->closeNow();
  }
}

}  // namespace attache::upstream
