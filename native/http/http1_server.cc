#include "http/http1_server.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "http/h1_output.h"
#include "http/h1_wire.h"
#include "http/http2_server.h"
#include "io/address.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::http {

namespace s = stats::hcm;

namespace {
constexpr HeaderSet setOf(std::initializer_list<HeaderId> ids) {
  HeaderSet set{};
  for (HeaderId id : ids) set.insert(id);
  return set;
}
// How long the end of a client that has asked for one answer only may go unnoticed.
constexpr uint64_t kUnwatchedMs = 4;
constexpr HeaderSet kUncommon = setOf({HeaderId::ProxyConnection, HeaderId::Upgrade});
}  // namespace

Http1Server::Http1Server(Manager& manager, int fd, const network::Owner& owner)
    : ServerConnection(manager, fd, owner),
      head_timer_(onHeadTimeout, this),
      answered_(onAnswered, this),
      chunks_(nullptr) {}

Http1Server::~Http1Server() = default;

// ---- reading -------------------------------------------------------------------------------

// The request of a new connection is often there already. When it is complete and the last one, its
// answer most often goes out and the descriptor is closed before anybody needed to watch it.
bool Http1Server::start(io::Handoff&& connection) {
  bool fresh = !connection.watched && !connection.session;
  if (fresh) watchLater();
  if (!ServerConnection::start(std::move(connection))) return false;
  if (!fresh) return true;
  onReadable();
  if (!open() || !unwatched()) return true;
  if (stream_ && head_done_ && request_done_ && close_) {
    loop().arm(head_timer_, kUnwatchedMs);
  } else {
    watchNow();
  }
  return true;
}

void Http1Server::onReadable() {
  char* scratch = manager_.worker.scratch();
  for (;;) {
    size_t got;
    int error = 0;
    Read result = readSome(scratch, Worker::kReadBytes, &got, &error);
    if (result == Read::Blocked) return;
    if (result != Read::Data) {
      onEnd(result == Read::End ? 0 : error);
      return;
    }
    if (!known_ && !recognize(scratch, got)) return;
    bool go_on = dispatch(scratch, got);
    cork().flush();
    if (!go_on || !open() || readingPaused() || closing()) return;
  }
}

// The first bytes. As in Envoy an HTTP/2 client need not announce itself by TLS: it begins with a
// preface that is no request of HTTP/1 (RFC 9113 section 3.4). False: nothing to go on with here.
bool Http1Server::recognize(char* data, size_t n) {
  if (manager_.config.codec_type == tables::CodecType::Auto) {
    std::string_view preface = h2::kPreface;
    size_t before = input_.size();
    size_t size = std::min(n, preface.size() - before);
    if (std::memcmp(data, preface.data() + before, size) == 0) {
      if (before + size < preface.size()) {
        input_.append(data, n);
        return false;
      }
      becomeHttp2(data, n);
      return false;
    }
  }
  known_ = true;
  stats::inc(stats(), s::downstream_cx_http1_total);
  stats::inc(stats(), s::downstream_cx_http1_active);
  return true;
}

void Http1Server::becomeHttp2(char* data, size_t n) {
  std::unique_ptr<char[]> first;
  size_t before = input_.size();
  if (before) first = input_.take();
  head_timer_.cancel();
  io::Handoff connection = handOff();
  auto* server = new Http2Server(*this, connection.fd);
  if (!server->resume(std::move(connection))) {
    server->abort();
    return;
  }
  if (before) server->feed(first.get(), before);
  server->feed(data, n);
}

// Takes everything in [data, n): requests one after another, as long as each is answered at once.
// False: stop reading.
bool Http1Server::dispatch(char* data, size_t n) {
  dispatching_ = true;
  while (n > 0 && open() && !closing()) {
    if (stream_ && response_done_) {
      finishExchange();
      continue;
    }
    if ((head_done_ && request_done_) || (backed_up_ && !stream_)) {
      // A pipelined request waits for its turn, and until its client has read other answers.
      input_.append(data, n);
      pauseReading();
      break;
    }
    if (!head_done_) {
      if (!parseHead(data, n)) break;
    } else if (!deliverBody(data, n)) {
      break;
    }
  }
  if (open() && stream_ && response_done_) finishExchange();
  dispatching_ = false;
  return open() && !closing();
}

bool Http1Server::parseHead(char*& data, size_t& n) {
  const tables::HttpConnectionManager& config = manager_.config;
  if (!stream_) {
    stream_ = Stream::make(manager_, *this, peer(), id());
    response_done_ = false;
    request_done_ = false;
    sent_100_ = false;
  }
  h1::Limits limits;
  limits.max_head_bytes = config.max_request_headers_kb * 1024;
  limits.max_headers = config.max_headers_count;
  size_t before = input_.size();
  char* from = data;
  size_t length = n;
  if (before) {
    input_.append(data, n);
    from = input_.data();
    length = input_.size();
  }
  h1::ParseResult result =
      h1::parseRequestHead(from, length, scanned_, limits, stream_->request(), info_);
  if (result.status == h1::ParseResult::Incomplete) {
    if (!before) input_.append(data, n);
    n = 0;
    if (config.request_headers_timeout_ms && !head_timer_.armed())
      loop().arm(head_timer_, config.request_headers_timeout_ms);
    return false;
  }
  head_timer_.cancel();
  scanned_ = 0;
  if (result.status == h1::ParseResult::Error) {
    n = 0;
    if (LogFacts* facts = stream_->facts()) facts->downstream.received = length;
    rejected(result.error);
    return false;
  }
  data += result.consumed - before;
  n -= result.consumed - before;
  // The head lies in the kept input: that memory must live until the stream has its own copy.
  std::unique_ptr<char[]> held;
  if (before) held = input_.take();
  startRequest(from, from + result.consumed);
  return open();
}

void Http1Server::startRequest(char* lo, char* hi) {
  const tables::HttpConnectionManager& config = manager_.config;
  head_done_ = true;
  requests_++;
  body_ = info_.body;
  body_left_ = info_.content_length;
  if (body_ == h1::BodyKind::Length && body_left_ == 0) body_ = h1::BodyKind::None;
  if (body_ == h1::BodyKind::Chunked) chunks_.reset(&stream_->arena());
  request_done_ = body_ == h1::BodyKind::None;
  chunked_response_ = false;
  close_ = info_.close || drain_ || manager_.ending() ||
           manager_.worker.process.draining.load(std::memory_order_relaxed);
  if (config.max_requests_per_connection && requests_ >= config.max_requests_per_connection) {
    stats::inc(stats(), s::downstream_cx_max_requests_reached);
    close_ = true;
  }
  Protocol protocol = info_.minor_version ? Protocol::Http11 : Protocol::Http10;
  HeaderMap& headers = stream_->request();
  if (LogFacts* facts = stream_->facts()) [[unlikely]]
    countReceivedRequest(facts->downstream, headers, info_.head_bytes);
  if (protocol == Protocol::Http10) {
    if (!config.accept_http_10) {
      close_ = protocol_error_ = true;
      stats::inc(stats(), s::downstream_cx_protocol_error);
      stream_->rejectHead(protocol, 426, Flag::DownstreamProtocolError, "low_version",
                          "Upgrade Required");
      return;
    }
    if (!headers.has(HeaderId::Authority) && !config.default_host_for_http_10.empty()) {
      headers.add(HeaderId::Authority, config.default_host_for_http_10.view());
    }
  }
  if (headers.hasAny(kUncommon)) [[unlikely]] {
    // "proxy-connection: close" is obeyed like the header that was meant.
    if (h1::equalsIgnoreCase(headers.get(HeaderId::ProxyConnection), "close")) close_ = true;
    // h2c is an offer that may be left unanswered (RFC 9110 section 7.8); anything else waits for
    // it.
    if (info_.upgrade && protocol == Protocol::Http11 &&
        !h1::equalsIgnoreCase(headers.get(HeaderId::Upgrade), "h2c"))
      askTunnel(Tunnel::Upgrade);
  }
  if (info_.method == h1::Method::Connect) [[unlikely]]
    askTunnel(Tunnel::Connect);
  if (!h1::removeHopByHop(headers, info_, stream_->tunnel() == Tunnel::Upgrade)) {
    close_ = true;
    stream_->rejectHead(protocol, 400, Flag::DownstreamProtocolError,
                        "http1.connection_header_rejected", "Bad Request");
    return;
  }
  if (info_.expect_continue && !config.proxy_100_continue) {
    cork().addPiece(this, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    cork().flush();
    sent_100_ = true;
    stream_->countAnswer(100);
    if (LogFacts* facts = stream_->facts()) facts->downstream.sent += 25;
    headers.remove(HeaderId::Expect);
  }
  stream_->decodeHeaders(protocol, request_done_, lo, hi);
}

// As in Envoy what comes behind the head goes on as it is, also before the host has agreed and if
// it never does: the connection is of no use for HTTP any more.
void Http1Server::askTunnel(Tunnel kind) {
  tunnel_ = close_ = true;
  request_done_ = false;
  stream_->askTunnel(kind);
}

bool Http1Server::deliverBody(char*& data, size_t& n) {
  if (tunnel_) [[unlikely]] {
    char* piece = std::exchange(data, data + n);
    size_t size = std::exchange(n, 0);
    if (response_done_) return open();
    if (LogFacts* facts = stream_->facts()) facts->downstream.received += size;
    stream_->decodeData(piece, size, false);
    return open();
  }
  if (body_ == h1::BodyKind::Length) {
    size_t take = static_cast<size_t>(std::min<uint64_t>(n, body_left_));
    body_left_ -= take;
    char* piece = data;
    data += take;
    n -= take;
    // As in Envoy the end is a piece of its own for filters: one that answers before it has not had
    // all of the request.
    bool apart = body_left_ == 0 && !manager_.plain_request_bodies;
    request_done_ = body_left_ == 0 && !apart;
    if (response_done_) return open();
    if (LogFacts* facts = stream_->facts()) [[unlikely]]
      facts->downstream.received += take;
    stream_->decodeData(piece, take, request_done_);
    if (!apart || !open() || response_done_) return open();
    request_done_ = true;
    stream_->decodeData(nullptr, 0, true);
    return open();
  }
  for (size_t at = 0, before = 0;; before = at) {
    h1::ChunkedDecoder::Piece piece;
    auto step = chunks_.next(data, n, at, piece);
    using Step = h1::ChunkedDecoder::Step;
    if (LogFacts* facts = response_done_ ? nullptr : stream_->facts())
      facts->downstream.received += at - before;
    if (step == Step::Data) {
      if (!response_done_) stream_->decodeData(piece.data, piece.size, false);
      if (!open()) return false;
      continue;
    }
    data += at;
    n -= at;
    if (step == Step::More) return false;
    if (step == Step::Error) {
      n = 0;
      requestFailed(chunks_.error());
      return false;
    }
    request_done_ = true;
    HeaderMap* trailers = manager_.config.enable_trailers ? chunks_.trailers() : nullptr;
    if (response_done_) return open();
    if (trailers) {
      if (LogFacts* facts = stream_->facts()) countReceivedTrailers(facts->downstream, *trailers);
      stream_->decodeTrailers(*trailers);
    } else {
      stream_->decodeData(nullptr, 0, true);
    }
    return open();
  }
}

void Http1Server::rejected(h1::HeadError error) {
  int status = h1::statusFor(error);
  close_ = true;
  head_done_ = true;
  request_done_ = true;
  info_ = h1::HeadInfo{};
  bool plain = error == h1::HeadError::MissingHost || error == h1::HeadError::FragmentInTarget;
  protocol_error_ = !plain;
  if (!plain) stats::inc(stats(), s::downstream_cx_protocol_error);
  if (status == 431) stats::inc(stats(), s::downstream_rq_too_large);
  std::string_view body = h1::reasonPhrase(status);
  stream_->rejectHead(Protocol::Http11, status,
                      plain ? Flag::kCount : Flag::DownstreamProtocolError, h1::detail(error),
                      plain ? std::string_view{} : body);
}

// The body broke the rules when the request was already on its way.
void Http1Server::requestFailed(h1::HeadError error) {
  close_ = protocol_error_ = true;
  stats::inc(stats(), s::downstream_cx_protocol_error);
  if (response_done_) return;
  if (stream_->responseStarted()) {
    stream_->abortResponse(Flag::DownstreamProtocolError, h1::detail(error));
    return;
  }
  request_done_ = true;
  int status = h1::statusFor(error);
  stream_->sendLocalReply(status, h1::reasonPhrase(status), Flag::DownstreamProtocolError,
                          h1::detail(error));
}

void Http1Server::onEnd(int error) {
  // A response that is complete may still be on its way to a client that has only half-closed.
  bool answered = stream_ && head_done_ && request_done_ && response_done_;
  if (answered && error == 0 && queued() > 0) return;
  // Envoy gives a request up when its client has finished sending before the answer: a client
  // that half-closes is taken for one that has gone.
  closeNow();
}

// ---- answering -----------------------------------------------------------------------------

void Http1Server::encode1xx(const HeaderMap& headers, int status) {
  if (info_.minor_version == 0 || sent_100_) return;
  size_t size = queueHead(this, headers, status);
  if (LogFacts* facts = stream_->facts()) countSentResponse(facts->downstream, status, size);
}

// The answer that ends HTTP on this connection: its fields as they are.
void Http1Server::openTunnel(HeaderMap& headers, int status) {
  response_has_body_ = true;
  chunked_response_ = false;
  size_t size = queueHead(this, headers, status);
  if (LogFacts* facts = stream_->facts()) countSentResponse(facts->downstream, status, size);
}

void Http1Server::encodeHeaders(HeaderMap& headers, int status, bool end) {
  if (tunnel_ && !end && opensTunnel(stream_->tunnel(), status)) [[unlikely]] {
    openTunnel(headers, status);
    return;
  }
  h1::HeadOptions options;
  std::string_view connection = headers.get(HeaderId::Connection);
  if (connection == "close") close_ = true;
  headers.remove(HeaderId::Connection);
  bool own_length = false;
  bool never_body = status < 200 || status == 204 || status == 304 || stream_->isHead();
  response_has_body_ = !end && !never_body;
  bool has_length = headers.has(HeaderId::ContentLength);
  // What a GET would have got (RFC 9110 section 9.3.2).
  if (stream_->isHead() && !has_length && info_.minor_version != 0 && status >= 200 &&
      status != 204 && status != 304) {
    options.chunked = true;
  }
  if (status == 204 && has_length) headers.remove(HeaderId::ContentLength);
  if (response_has_body_ && !has_length) {
    if (info_.minor_version == 0) {
      close_ = true;  // its end is the connection's
    } else {
      options.chunked = true;
    }
  } else if (end && !has_length && !never_body) {
    own_length = true;
  }
  chunked_response_ = options.chunked && response_has_body_;
  if (drain_ || manager_.endsNow()) {
    if (!expired_) stats::inc(stats(), s::downstream_cx_drain_close);
    close_ = true;
  }
  // Nobody waits for the rest of a request that is answered: with HTTP/1 its connection ends.
  if (!request_done_) close_ = true;
  options.close = close_;
  options.keep_alive = !close_ && info_.minor_version == 0;
  if (own_length) {
    // The codec's own header comes last, as Envoy has it.
    if (options.close || options.keep_alive)
      headers.add(HeaderId::Connection, close_ ? "close" : "keep-alive");
    options.close = options.keep_alive = false;
    headers.add(HeaderId::ContentLength, "0");
  }
  size_t size = queueHead(this, headers, status, options);
  if (stream_->facts()) [[unlikely]]
    logHead(headers, status, size, own_length, options);
  if (end) endOfResponse();
}

void Http1Server::logHead(HeaderMap& headers, int status, size_t size, bool own_length,
                          const h1::HeadOptions& options) {
  countSentResponse(stream_->facts()->downstream, status, size);
  // Logs see what Envoy's do: "connection", but no length of a body that there is not.
  if (own_length) {
    headers.remove(HeaderId::ContentLength);
  } else if (options.close || options.keep_alive) {
    headers.add(HeaderId::Connection, options.close ? "close" : "keep-alive");
  }
}

void Http1Server::encodeData(const char* data, size_t n, bool end) {
  if (response_has_body_) queueBody(this, data, n, chunked_response_);
  LogFacts* facts = stream_->facts();
  if (facts && response_has_body_) [[unlikely]]
    countSentBody(facts->downstream, n, end, chunked_response_);
  if (!end) return;
  if (chunked_response_) queueLastChunk(this, nullptr);
  endOfResponse();
}

void Http1Server::encodeTrailers(HeaderMap& trailers) {
  const HeaderMap* passed = manager_.config.enable_trailers ? &trailers : nullptr;
  if (chunked_response_) {
    queueLastChunk(this, passed);
    if (LogFacts* facts = stream_->facts()) countSentEnd(facts->downstream, passed);
  }
  endOfResponse();
}

void Http1Server::endOfResponse() {
  response_done_ = true;
  if (!request_done_) close_ = true;
  if (tunnel_) {
    request_done_ = true;  // it has no end of its own
  } else if (close_ && request_done_) {
    lastWords();
  }
  if (dispatching_) return;
  // The stream is still on the stack of whoever delivered this.
  if (!answered_.linked()) loop().atTurnEnd(answered_);
}

void Http1Server::onAnswered(void* self) {
  auto* server = static_cast<Http1Server*>(self);
  if (!server->open() || !server->stream_ || !server->response_done_) return;
  server->cork().flush();
  server->finishExchange();
}

void Http1Server::finishExchange() {
  stream_.reset();
  head_done_ = false;
  if (close_) {
    local_close_ = true;
    // With all of the request read, nothing that is still to come can hurt the response.
    closeAnswered(request_done_ && !tunnel_ && input_.empty());
    return;
  }
  idleAgain();
  request_done_ = true;
  takeKept();
}

// Goes on with what came behind the last request.
void Http1Server::takeKept() {
  if (!input_.empty() && !dispatching_) {
    size_t n = input_.size();
    std::unique_ptr<char[]> kept = input_.take();
    dispatch(kept.get(), n);
    cork().flush();
  }
  if (open() && readingPaused() && input_.empty()) resumeReading();
}

void Http1Server::reset() {
  local_close_ = true;
  cork().flush();
  if (!tunnel_ || queued() == 0) {
    closeNow();
    return;
  }
  // The last words of a tunnel are on their way still.
  uint64_t limit = std::max<uint64_t>(manager_.config.delayed_close_timeout_ms, 1000);
  closeAfterWrite(limit, limit);
}

void Http1Server::pauseRequest(bool pause) {
  pause ? pauseReading() : resumeReading();
}

void Http1Server::onDrained() {}

void Http1Server::onBackpressure(bool paused) {
  backed_up_ = paused;
  if (stream_) {
    stream_->onBackpressure(paused);
  } else if (!paused) {
    loop().defer([this] {
      if (open() && !closing() && !stream_) takeKept();
    });
  }
}

// ---- ending --------------------------------------------------------------------------------

void Http1Server::startDraining(uint64_t delay_ms) {
  if (delay_ms == 0) drain_ = true;
  if (delay_ms == kWhenUsed || expired_ || stream_ || closing() || !open()) return;
  // Idle: gone now, or at a random moment of the drain time.
  if (delay_ms == 0) {
    local_close_ = true;
    closeNow();
    return;
  }
  loop().arm(head_timer_, manager_.worker.random.below(delay_ms) + 1);
}

void Http1Server::onGone() {
  head_timer_.cancel();
  if (known_) stats::dec(stats(), s::downstream_cx_http1_active);
  bool active = stream_ && !response_done_;
  if (!active) return;
  if (LogFacts* facts = !head_done_ ? stream_->facts() : nullptr)
    facts->downstream.received = input_.size();
  stats::inc(stats(), s::downstream_cx_destroy_active_rq);
  bool ours = local_close_ && !aborted_;
  stats::inc(stats(), ours ? s::downstream_cx_destroy_local_active_rq
                           : s::downstream_cx_destroy_remote_active_rq);
  stream_->onReset(Flag::DownstreamConnectionTermination,
                   local_close_ ? "downstream_local_disconnect" : "downstream_remote_disconnect");
}

void Http1Server::finishSoon() {
  close_ = true;  // after the exchange, if there is one
  if (stream_ || closing()) return;
  local_close_ = true;
  closeAnswered(false);
}

void Http1Server::onHeadTimeout(void* self) {
  auto* server = static_cast<Http1Server*>(self);
  if (server->unwatched()) {
    server->watchNow();
    return;
  }
  if (!server->stream_) {  // the end of a drain
    server->startDraining(0);
    return;
  }
  if (server->head_done_) return;
  stats::inc(server->stats(), s::downstream_rq_header_timeout);
  server->close_ = true;
  server->head_done_ = server->request_done_ = true;
  server->info_ = h1::HeadInfo{};
  server->stream_->rejectHead(Protocol::Http11, 408, Flag::kCount, "request_header_timeout",
                              "Request Timeout");
}

}  // namespace attache::http
