#include "http/http2_server.h"

#include <algorithm>
#include <string>
#include <utility>

#include "codec/h1.h"
#include "http/log_facts.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::http {

namespace s = stats::hcm;
using h2::ErrorCode;

namespace {
// Envoy's overload.premature_reset_total_stream_count and
// overload.premature_reset_min_stream_lifetime_seconds: a client that resets most of what it asks
// for at once wants the work, not the answer.
constexpr uint64_t kPrematureResets = 500;
constexpr uint64_t kPrematureMs = 1000;
// One connection's share of a turn of the loop: the others wait no longer than it takes.
constexpr int kReadsPerTurn = 8;
constexpr uint32_t kStreamsPerTurn = 256;
// Answers that wait for a client: of bodies no more goes to the socket than it takes, but heads do.
constexpr size_t kUnsentLimits = 4;

stats::Block* processStats(Worker& worker) {
  return worker.rows.block(stats::Registry::kServer, stats::Group::Server);
}
}  // namespace

// ---- the stream ----------------------------------------------------------------------------

Http2ServerStream::Http2ServerStream(Http2Server& server)
    : H2Stream(server.pool()),
      server_(server),
      stream_(Stream::make(server.manager_, *this, server.peer(), server.id())),
      flush_timer_(onFlushTimeout, this),
      created_ms_(server.nowMs()) {
  stream_->speaks(Protocol::Http2);
}

Http2ServerStream::~Http2ServerStream() = default;

HeaderMap& Http2ServerStream::fieldsFor(bool trailers) {
  if (!trailers) return stream_->request();
  Arena& arena = stream_->arena();
  return *new (arena.allocAligned(sizeof(HeaderMap), alignof(HeaderMap))) HeaderMap(&arena);
}

void Http2ServerStream::onHead(const h2::FieldsResult& result, bool end, char* lo, char* hi) {
  if (LogFacts* facts = stream_->facts()) [[unlikely]] {
    facts->downstream.received += static_cast<size_t>(hi - lo) + h2::kFrameHeader;
    facts->downstream.header_received += static_cast<size_t>(hi - lo) + h2::kFrameHeader;
  }
  startRequest(result, end, lo, hi);
}

void Http2ServerStream::startRequest(const h2::FieldsResult& result, bool end, char* lo, char* hi) {
  const tables::HttpConnectionManager& config = server_.manager_.config;
  HeaderMap& headers = stream_->request();
  if (headers.has(HeaderId::Protocol)) {
    // RFC 8441. From here on as an upgrade of HTTP/1, which filters, routes and hosts know.
    if (!config.http2.allow_connect)
      return server_.session_.resetStream(*this, ErrorCode::ProtocolError);
    std::string_view protocol = headers.get(HeaderId::Protocol);
    headers.remove(HeaderId::Protocol);
    headers.set(HeaderId::Method, "GET");
    headers.add(HeaderId::Upgrade, protocol);
    headers.add(HeaderId::Connection, "upgrade");
    headers.remove(HeaderId::ContentLength);
    stream_->askTunnel(Tunnel::Upgrade);
  }
  if (result.connect && stream_->tunnel() == Tunnel::None) stream_->askTunnel(Tunnel::Connect);
  if (headers.has(HeaderId::Expect) && !config.proxy_100_continue &&
      h1::equalsIgnoreCase(headers.get(HeaderId::Expect), "100-continue")) {
    HeaderMap interim(&stream_->arena());
    server_.session_.sendHead(*this, interim, 100, false);
    sent_100_ = true;
    headers.remove(HeaderId::Expect);
  }
  stream_->decodeHeaders(Protocol::Http2, end, lo, hi);
}

void Http2ServerStream::onBody(const char* data, size_t n, bool end) {
  if (LogFacts* facts = stream_->facts()) [[unlikely]]
    facts->downstream.received += n + h2::kFrameHeader;
  if (!response_done_) stream_->decodeData(data, n, end);
}

void Http2ServerStream::onTrailers(HeaderMap& trailers) {
  if (!response_done_) stream_->decodeTrailers(trailers);
}

void Http2ServerStream::onReset(ErrorCode code, bool remote, std::string_view detail) {
  flush_timer_.cancel();
  if (remote && !detail.empty()) {
    stream_->onReset(Flag::DownstreamConnectionTermination, detail);
    return;
  }
  // Ours too: a client can make us reset what it has asked for.
  server_.countReset(*this);
  if (remote) {
    remoteReset(code);
  } else {
    // A head that is too large is not wrong.
    bool large = code == ErrorCode::InternalError;
    stream_->onReset(large ? Flag::DownstreamRemoteReset : Flag::DownstreamProtocolError, detail);
  }
}

// As Envoy's logs have it.
void Http2ServerStream::remoteReset(ErrorCode code) {
  switch (code) {
    case ErrorCode::NoError:
      stream_->onReset(Flag::kCount, {});
      break;
    case ErrorCode::ProtocolError:
      stream_->onReset(Flag::DownstreamProtocolError, "http2.remote_reset");
      break;
    case ErrorCode::RefusedStream:
      stream_->onReset(Flag::DownstreamRemoteReset, "http2.remote_refuse");
      break;
    default:
      stream_->onReset(Flag::DownstreamRemoteReset, "http2.remote_reset");
  }
}

void Http2ServerStream::onSendQueue(bool full) {
  stream_->onBackpressure(full);
}

void Http2ServerStream::encode1xx(const HeaderMap& headers, int status) {
  if (!sent_100_ || status != 100) server_.session_.sendHead(*this, headers, status, false);
}

void Http2ServerStream::encodeHeaders(HeaderMap& headers, int status, bool end) {
  server_.maybeDrain();
  answered_ = true;
  // As Envoy says it: the host of a tunnel could not be reached.
  if (stream_->tunnel() == Tunnel::Connect &&
      (stream_->flags() & bit(Flag::UpstreamConnectionFailure))) [[unlikely]]
    early_end = ErrorCode::ConnectError;
  if (!end && opensTunnel(stream_->tunnel(), status)) [[unlikely]] {
    headers.remove(HeaderId::ContentLength);
    if (status == 101) status = 200;  // RFC 8441 section 5
  }
  size_t size = server_.session_.sendHead(*this, headers, status, end);
  if (LogFacts* facts = stream_->facts()) [[unlikely]] {
    facts->downstream.sent += size;
    facts->downstream.header_sent += size;
  }
  if (end) responseDone();
}

void Http2ServerStream::encodeData(const char* data, size_t n, bool end) {
  if (LogFacts* facts = stream_->facts()) [[unlikely]]
    facts->downstream.sent += n + h2::kFrameHeader;
  server_.session_.sendBody(*this, data, n, end);
  if (end) responseDone();
}

void Http2ServerStream::encodeTrailers(HeaderMap& trailers) {
  server_.session_.sendTrailers(*this, trailers);
  responseDone();
}

void Http2ServerStream::responseDone() {
  response_done_ = true;
  if (closed) return;
  uint64_t limit = server_.manager_.config.stream_idle_timeout_ms;
  if (!out.empty() && limit) server_.loop().arm(flush_timer_, limit);
}

void Http2ServerStream::onFlushTimeout(void* self) {
  auto* stream = static_cast<Http2ServerStream*>(self);
  stream->server_.session_.count(stats::server::http2_tx_flush_timeout);
  stream->reset();
  stream->flush();
}

void Http2ServerStream::reset() {
  response_done_ = true;
  // RFC 9113 section 8.5: a tunnel that is cut says so.
  bool connect = stream_->tunnel() == Tunnel::Connect;
  server_.session_.resetStream(*this, connect ? ErrorCode::ConnectError : ErrorCode::InternalError);
}

void Http2ServerStream::flush() {
  server_.session_.flush();
}

void Http2ServerStream::pauseRequest(bool pause) {
  server_.session_.pauseReading(*this, pause);
}

// ---- the connection ------------------------------------------------------------------------

Http2Server::Http2Server(Manager& manager, int fd, const network::Owner& owner)
    : ServerConnection(manager, fd, owner),
      session_(*this, *this, true, manager.h2_options,
               {processStats(manager.worker), stats::server::http2_cookies_total_bytes_too_large},
               manager.worker.blocks),
      keepalive_(session_, loop(), manager.worker.random, manager.config.http2, onKeepaliveTimeout,
                 this),
      again_(onAgain, this),
      drain_timer_(onDrainTimer, this),
      block_timer_(onBlockTimeout, this) {
  setHighWatermark(chain().buffer_limit * kUnsentLimits);
  stats::inc(stats(), s::downstream_cx_http2_total);
  stats::inc(stats(), s::downstream_cx_http2_active);
}

Http2Server::Http2Server(ServerConnection& from, int fd)
    : ServerConnection(from, fd),
      session_(*this, *this, true, manager_.h2_options,
               {processStats(manager_.worker), stats::server::http2_cookies_total_bytes_too_large},
               manager_.worker.blocks),
      keepalive_(session_, loop(), manager_.worker.random, manager_.config.http2,
                 onKeepaliveTimeout, this),
      again_(onAgain, this),
      drain_timer_(onDrainTimer, this),
      block_timer_(onBlockTimeout, this) {
  setHighWatermark(chain().buffer_limit * kUnsentLimits);
  stats::inc(stats(), s::downstream_cx_http2_total);
  stats::inc(stats(), s::downstream_cx_http2_active);
}

Http2Server::~Http2Server() = default;

bool Http2Server::start(io::Handoff&& connection) {
  if (!ServerConnection::start(std::move(connection))) return false;
  begin();
  return true;
}

bool Http2Server::resume(io::Handoff&& connection) {
  if (!ServerConnection::resume(std::move(connection))) return false;
  begin();
  return true;
}

void Http2Server::begin() {
  session_.begin();
  keepalive_.start();
}

void Http2Server::feed(char* data, size_t n) {
  session_.allowStreams(kStreamsPerTurn);
  dispatch(data, n);
  cork().flush();
}

void Http2Server::onReadable() {
  // What was read before comes first.
  if (rest_.size > 0) return;
  session_.allowStreams(kStreamsPerTurn);
  readOn();
}

void Http2Server::readOn() {
  char* scratch = manager_.worker.scratch();
  for (int i = 0; i < kReadsPerTurn; i++) {
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
    if (!go_on || !open() || closing() || readingPaused()) return;
  }
  loop().again(again_);
}

void Http2Server::onAgain(void* self) {
  auto* server = static_cast<Http2Server*>(self);
  if (!server->open() || server->closing()) return;
  server->session_.allowStreams(kStreamsPerTurn);
  if (server->rest_.size > 0) {
    Rest rest = std::exchange(server->rest_, {});
    bool go_on = server->dispatch(rest.memory.get() + rest.at, rest.size, &rest);
    server->cork().flush();
    if (!go_on || !server->open() || server->closing()) return;
  }
  if (!server->readingPaused()) server->readOn();
}

// False: it is over, or there is enough for this turn. `from` is what the bytes are from if they
// have been kept before.
bool Http2Server::dispatch(char* data, size_t n, Rest* from) {
  size_t taken;
  if (!session_.receive(data, n, &taken)) {
    failed();
    return false;
  }
  if (session_.inBlock()) [[unlikely]] {
    awaitBlock();
  } else if (!readingPaused()) {
    block_timer_.cancel();
  }
  if (taken == n || !open() || closing()) return true;
  // The others wait no longer than those requests take.
  if (from) {
    rest_ = {std::move(from->memory), from->at + taken, n - taken};
  } else {
    rest_ = {std::unique_ptr<char[]>(new char[n - taken]), 0, n - taken};
    std::copy_n(data + taken, n - taken, rest_.memory.get());
  }
  loop().again(again_);
  return false;
}

// There is no stream yet whose timeouts would end it, and nothing else can come on the connection.
void Http2Server::awaitBlock() {
  if (block_timer_.armed()) return;
  const tables::HttpConnectionManager& config = manager_.config;
  uint64_t limit = config.request_headers_timeout_ms;
  if (!limit) limit = config.stream_idle_timeout_ms;
  if (limit) loop().arm(block_timer_, limit);
}

void Http2Server::onBlockTimeout(void* self) {
  auto* server = static_cast<Http2Server*>(self);
  bool head = !server->readingPaused() && server->manager_.config.request_headers_timeout_ms;
  stats::inc(server->stats(),
             head ? s::downstream_rq_header_timeout : s::downstream_rq_idle_timeout);
  server->giveUp("request_header_timeout");
}

// A client that does not read gets no more requests through. What it reads brings it back.
void Http2Server::onBackpressure(bool paused) {
  block_timer_.cancel();
  if (!paused) {
    resumeReading();
    return;
  }
  pauseReading();
  if (uint64_t limit = manager_.config.stream_idle_timeout_ms) loop().arm(block_timer_, limit);
}

// Whoever takes nothing is not waited for.
void Http2Server::giveUp(std::string_view detail) {
  if (!open() || closing()) return;
  local_close_ = true;
  session_.sendGoAway(session_.lastPeerStream(), ErrorCode::EnhanceYourCalm);
  session_.flush();
  countActive();
  session_.dropAll(ErrorCode::Cancel, detail);
  queued() > 0 ? closeNow() : closeAnswered(false);
}

// The peer has broken the rules of the connection.
void Http2Server::failed() {
  protocol_error_ = true;
  local_close_ = true;
  // As in Envoy a flood is counted as what it is.
  if (!session_.flooded()) stats::inc(stats(), s::downstream_cx_protocol_error);
  session_.flush();
  std::string detail("codec_error:");
  detail.append(session_.fault());
  std::replace(detail.begin(), detail.end(), ' ', '_');
  countActive();
  session_.dropAll(ErrorCode::ProtocolError, detail, false);
  // Who floods and reads nothing is not waited for.
  session_.flooded() && queued() > 0 ? closeNow() : closeAnswered(false);
}

void Http2Server::onEnd(int) {
  closeNow();
}

void Http2Server::onGone() {
  again_.unlink();
  drain_timer_.cancel();
  block_timer_.cancel();
  keepalive_.stop();
  session_.forget();
  stats::dec(stats(), s::downstream_cx_http2_active);
  countActive();
  session_.dropAll(ErrorCode::Cancel,
                   local_close_ ? "downstream_local_disconnect" : "downstream_remote_disconnect");
}

void Http2Server::countActive() {
  if (session_.streamCount() == 0) return;
  stats::inc(stats(), s::downstream_cx_destroy_active_rq);
  bool ours = local_close_ && !aborted_;
  stats::inc(stats(), ours ? s::downstream_cx_destroy_local_active_rq
                           : s::downstream_cx_destroy_remote_active_rq);
}

H2Stream* Http2Server::makeStream(uint32_t) {
  requests_++;
  const tables::HttpConnectionManager& config = manager_.config;
  if (config.max_requests_per_connection && requests_ >= config.max_requests_per_connection) {
    stats::inc(stats(), s::downstream_cx_max_requests_reached);
    drain_ = true;
  }
  return new Http2ServerStream(*this);
}

void Http2Server::streamClosed(H2Stream& stream) {
  closed_streams_++;
  // Somebody may be in the middle of it.
  dead_.emplace_back(&stream);
  if (session_.streamCount() == 0) idleAgain();
  if (sweeping_) return;
  sweeping_ = true;
  loop().defer([this] { sweep(); });
}

void Http2Server::sweep() {
  sweeping_ = false;
  dead_.clear();
  if (last_ && session_.streamCount() == 0 && open() && !closing()) {
    local_close_ = true;
    session_.flush();
    closeAnswered(false);
  }
}

// Rapid reset: the streams are answered for, but what they ask for is work.
void Http2Server::countReset(const Http2ServerStream& stream) {
  if (protocol_error_ || stream.answered()) return;
  if (nowMs() - stream.createdMs() >= kPrematureMs) return;
  premature_resets_++;
  uint64_t of = std::max(closed_streams_ + 1, kPrematureResets);
  if (premature_resets_ * 2 <= of || !open()) return;
  stats::inc(stats(), s::downstream_rq_too_many_premature_resets);
  stats::inc(stats(), s::downstream_cx_protocol_error);
  protocol_error_ = true;
  session_.stop();
  // Not from inside its own stream's end.
  loop().defer([this] { giveUp("too_many_premature_resets"); });
}

// ---- ending --------------------------------------------------------------------------------

void Http2Server::maybeDrain() {
  if (announced_) return;
  bool all = manager_.endsNow() || manager_.worker.process.draining.load(std::memory_order_relaxed);
  if (!all && !drain_) return;
  if (all) stats::inc(stats(), s::downstream_cx_drain_close);
  announceEnd();
}

// RFC 9113 section 6.8: first that there will be an end, and when what was on its way has come,
// where it is.
void Http2Server::announceEnd() {
  if (announced_) return;
  announced_ = true;
  session_.sendGoAway(h2::kMaxWindow, ErrorCode::NoError);
  loop().arm(drain_timer_, std::max<uint64_t>(manager_.config.drain_timeout_ms, 1));
}

void Http2Server::finishSoon() {
  if (last_ || closing()) return;
  last_ = announced_ = true;
  drain_timer_.cancel();
  session_.refuseStreams();
  session_.sendGoAway(session_.lastPeerStream(), ErrorCode::NoError);
  session_.flush();
  if (session_.streamCount() > 0 || !open()) return;
  local_close_ = true;
  closeAnswered(false);
}

void Http2Server::startDraining(uint64_t delay_ms) {
  if (delay_ms == kWhenUsed || closing() || !open() || announced_) return;
  if (busy() || expired_) {
    if (expired_ || manager_.ending()) {
      announceEnd();
    } else {
      // Little by little: early, so that what runs can end in the time that is left.
      loop().arm(drain_timer_, manager_.worker.random.below(delay_ms / 4 + 1) + 1);
    }
    return;
  }
  // Idle: gone now, or at a random moment of the drain time.
  if (delay_ms == 0) {
    finishSoon();
    return;
  }
  loop().arm(drain_timer_, manager_.worker.random.below(delay_ms) + 1);
}

void Http2Server::onDrainTimer(void* self) {
  auto* server = static_cast<Http2Server*>(self);
  if (server->announced_ || !server->busy()) {
    server->finishSoon();
  } else {
    server->announceEnd();
  }
}

void Http2Server::onKeepaliveTimeout(void* self) {
  static_cast<Http2Server*>(self)->abort();
}

}  // namespace attache::http
