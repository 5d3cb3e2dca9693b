#include "http/stream.h"

#include <netinet/in.h>

#include <charconv>

#include "codec/h1.h"
#include "grpc/status.h"
#include "http/access_log.h"
#include "http/local_reply.h"
#include "http/normalize.h"
#include "http/request_headers.h"
#include "http/response_headers.h"
#include "io/address.h"
#include "route/cluster.h"
#include "route/mutations.h"
#include "route/scope.h"
#include "route/timeouts.h"
#include "tracing/trace.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::http {

namespace s = stats::hcm;

std::unique_ptr<Stream> Stream::make(Manager& manager, ResponseEncoder& encoder, const Peer& peer,
                                     uint64_t connection_id) {
  static_assert(sizeof(Stream) <= BlockPool::kBlockSize / 2 && alignof(Stream) <= 16);
  void* block = manager.worker.blocks.take();
  return std::unique_ptr<Stream>(::new (block) Stream(manager, encoder, peer, connection_id));
}

void Stream::operator delete(Stream* stream, std::destroying_delete_t) {
  BlockPool& pool = stream->worker().blocks;
  stream->~Stream();
  pool.give(stream);
}

Stream::Stream(Manager& manager, ResponseEncoder& encoder, const Peer& peer, uint64_t connection_id)
    : manager_(manager),
      encoder_(encoder),
      peer_(peer),
      // The rest of the block that the stream stands in is the first of its arena.
      arena_(manager.worker.blocks, reinterpret_cast<char*>(this + 1),
             reinterpret_cast<char*>(this) + BlockPool::kBlockSize),
      request_(&arena_),
      response_(&arena_),
      idle_timer_(onIdle, this),
      request_timer_(onRequestTimeout, this),
      duration_timer_(onMaxDuration, this),
      connection_id_(connection_id),
      start_ms_(manager.worker.loop.nowMs()),
      last_activity_ms_(start_ms_) {
  if (manager.wants_facts) {
    start_wall_us_ = Worker::wallUs();
    facts_ = new (arena_.allocAligned(sizeof(LogFacts), alignof(LogFacts)))
        LogFacts(manager.worker.loop.nowUs());
    peer.remote();
    peer.local();
  }
  stats::inc(manager.stats, s::downstream_rq_total);
  stats::inc(manager.stats, s::downstream_rq_active);
}

Stream::~Stream() {
  if (!finished_) finish();
  if (held_configs_) [[unlikely]]
    letGoOfConfigs();
  if (route_config_) worker().pins.unpin(route_config_);
}

uint64_t Stream::random() {
  if (!random_) random_ = worker().random.next() | 1;
  return random_ >> 1;
}

StreamHandle Stream::handle() {
  if (!handle_id_) {
    handle_id_ = worker().nextStreamId();
    worker().handles.emplace(handle_id_, this);
  }
  return {worker().inbox, handle_id_};
}

void Stream::nameClient(std::string_view text) {
  client_ = text.size() < INET6_ADDRSTRLEN ? arena_.copy(text) : std::string_view{};
}

std::string_view Stream::remote() {
  if (client_.empty()) return peer_.remote();
  if (client_read_) return client_;
  client_read_ = true;
  io::Ip ip = io::parseIp(client_);
  std::string text = io::ipText(ip);
  if (ip.size == 16) text = "[" + text + "]";
  client_ = ip.size ? arena_.copy(text + ":0") : std::string_view{};
  return client_.empty() ? std::string_view(peer_.remote()) : client_;
}

std::string_view Stream::remoteIp() {
  std::string_view text = remote();
  if (client_.empty()) return peer_.remoteIp();
  text.remove_suffix(2);
  return text.front() == '[' ? text.substr(1, text.size() - 2) : text;
}

io::Ip Stream::clientIp() {
  std::string_view text = remoteIp();
  return client_.empty() ? peer_.ip() : io::parseIp(text);
}

// ---- the request ---------------------------------------------------------------------------

// A part of decodeHeaders().
[[gnu::always_inline]] inline void Stream::findRoute() {
  // A stream keeps the version of the route table that it began with; one that stands inside the
  // listener is held by the manager.
  const tables::Records& records = worker().pins.records();
  routes_ = records.get<tables::RouteConfig>(manager_.config.inline_routes);
  if (!routes_) {
    uint32_t id = manager_.config.route_config;
    if (manager_.config.scopes) [[unlikely]]
      id = selectScope(records);
    route_config_ = worker().pins.pin(id);
    if (route_config_) routes_ = &route_config_->as<tables::RouteConfig>();
  }
  if (!routes_) return;
  route_ = route::match(
      *routes_, [&](uint32_t ref) { return records.resolve(ref); }, request_, random());
}

void Stream::decodeHeaders(Protocol protocol, bool end, const char* lo, const char* hi) {
  protocol_ = protocol;
  is_head_ = request_.get(HeaderId::Method) == "HEAD";
  is_grpc_ = grpc::isRequest(request_);
  stats::inc(manager_.stats, protocol == Protocol::Http2 ? s::downstream_rq_http2_total
                                                         : s::downstream_rq_http1_total);
  request_headers_end_ = end;
  if (!checkRequest()) return;
  if (manager_.config.rewrites_target && !normalizeRequest(*this)) [[unlikely]]
    return;
  mutateRequestHeaders(*this);
  findRoute();
  if (route_.host && route::wantsTls(*route_.host, request_)) [[unlikely]]
    demandTls();
  if (tunnel_ != Tunnel::None && !needs_tls_ && !openTunnel()) [[unlikely]]
    return;
  createFilters();
  startTimers();
  if (end) noteRequestEnd();
  if (manager_.config.tracing.get()) [[unlikely]]
    trace = tracing::Trace::begin(*this);
  runRequestFilters(0, end);
  if (finished_) return;
  // The head's bytes are in the connection's read buffer; what lives on needs its own.
  arena_.bytes() > Arena::kBlockPayload * 4 ? request_.detach(lo, hi) : [&] {
    size_t size = static_cast<size_t>(hi - lo);
    char* copy = arena_.alloc(size);
    __builtin_memcpy(copy, lo, size);
    request_.rebase(copy - lo, lo, hi);
  }();
}

bool Stream::checkRequest() {
  std::string_view path = request_.get(HeaderId::Path);
  if (!request_.has(HeaderId::Authority)) {
    sendLocalReply(400, "", Flag::kCount, "missing_host_header");
    return false;
  }
  if (path.data() == nullptr && tunnel_ == Tunnel::Connect) return true;
  if (path.empty()) {
    sendLocalReply(404, "", Flag::kCount, "missing_path_rejected");
    return false;
  }
  if (path[0] != '/') {
    stats::inc(manager_.stats, s::downstream_rq_non_relative_path);
    sendLocalReply(404, "", Flag::kCount, "absolute_path_rejected");
    return false;
  }
  // Of no use to anybody but the client (RFC 9110 section 4.2.5); HTTP/1's parser has seen to it.
  if (protocol_ == Protocol::Http2 && path.find('#') != std::string_view::npos) {
    sendLocalReply(400, "", Flag::kCount, "path_normalization_failed");
    return false;
  }
  return true;
}

// The id of the route table of the request's scope. One that stands inside the listener is taken
// here.
uint32_t Stream::selectScope(const tables::Records& records) {
  const tables::ScopedRoutes& scoped = *manager_.config.scopes;
  const auto* table = records.get<tables::ScopeTable>(
      scoped.inline_table ? scoped.inline_table : records.current(scoped.table));
  const tables::Scope* scope =
      table ? route::findScope(*table, scoped.fragments, request_) : nullptr;
  if (!scope) return 0;
  routes_ = records.get<tables::RouteConfig>(scope->inline_routes);
  return scope->routes;
}

uint32_t Stream::missingTable() {
  if (!manager_.config.scopes || routes_) return 0;
  return selectScope(worker().pins.records());
}

// The route of the request as its head and the tables are now.
[[gnu::cold]] void Stream::selectAnew() {
  // Filters may hold what the table before has of them.
  if (route_config_) hold(route_config_);
  route_config_ = nullptr;
  routes_ = nullptr;
  route_ = {};
  findRoute();
  if (route_.host && route::wantsTls(*route_.host, request_)) demandTls();
}

[[gnu::cold]] bool Stream::refreshRoute(FilterContext& filter) {
  selectAnew();
  createAnew(filter.index + 1);
  if (!route_.route) return true;
  if (tunnel_ != Tunnel::None && !tunnel_counted_ && !openTunnel()) return false;
  if (route_.route->has_idle_timeout) {
    idle_timer_.cancel();
    if (route_.route->idle_timeout_ms)
      worker().loop.arm(idle_timer_, route_.route->idle_timeout_ms);
  }
  startDurationTimer(worker().loop.nowMs() - start_ms_);
  return true;
}

// A request that has come without TLS is told where to come with it, whatever the routes are.
void Stream::demandTls() {
  route_ = {};
  needs_tls_ = true;
}

// False: the request was answered. As in Envoy one without a route goes on, as there may be one by
// the time that a filter has asked for it.
bool Stream::openTunnel() {
  if (tunnelAllowed()) return true;
  if (!route_.route && tunnel_ == Tunnel::Connect) {
    stats::inc(manager_.stats, s::downstream_rq_ws_on_non_ws_route);
    sendLocalReply(404, "", Flag::NoRouteFound, "route_not_found", {HeaderId::Connection, "close"});
    return false;
  }
  if (!route_.route) return true;
  stats::inc(manager_.stats, s::downstream_rq_ws_on_non_ws_route);
  // Logs name where it would have gone.
  upstream.cluster = upstream.observed_cluster =
      route::chooseCluster(*route_.route, request_, [&] { return random(); }).name;
  sendLocalReply(403, "", Flag::kCount, "upgrade_failed", {HeaderId::Connection, "close"});
  return false;
}

// What the route says goes before what the connection manager says; as Envoy.
bool Stream::tunnelAllowed() {
  std::string_view wanted =
      tunnel_ == Tunnel::Connect ? "connect" : request_.get(HeaderId::Upgrade);
  auto find = [&](const tables::Vec<tables::Upgrade>& types) {
    for (const tables::Upgrade& each : types) {
      if (h1::equalsIgnoreCase(wanted, each.type.view())) return &each;
    }
    return static_cast<const tables::Upgrade*>(nullptr);
  };
  const tables::Upgrades* own = route_.route ? route_.route->upgrades.get() : nullptr;
  const tables::Upgrade* found = own ? find(own->types) : nullptr;
  if (!found) found = find(manager_.config.upgrades);
  if (!found || !found->enabled) return false;
  tunnel_counted_ = true;
  stats::inc(manager_.stats, s::downstream_cx_upgrades_total);
  stats::inc(manager_.stats, s::downstream_cx_upgrades_active);
  return true;
}

const tables::Upgrade* Stream::connectConfig() const {
  const tables::Upgrades* own = route_.route ? route_.route->upgrades.get() : nullptr;
  if (!own) return nullptr;
  for (const tables::Upgrade& each : own->types) {
    if (each.type.view() == "connect") return &each;
  }
  return nullptr;
}

void Stream::startTimers() {
  const tables::HttpConnectionManager& config = manager_.config;
  io::Loop& loop = worker().loop;
  uint64_t idle = config.stream_idle_timeout_ms;
  if (route_.route && route_.route->has_idle_timeout) idle = route_.route->idle_timeout_ms;
  if (idle) loop.arm(idle_timer_, idle);
  if (config.request_timeout_ms && !request_headers_end_)
    loop.arm(request_timer_, config.request_timeout_ms);
  startDurationTimer();
}

void Stream::startDurationTimer(uint64_t gone_ms) {
  if (!manager_.config.max_stream_duration_ms && !(route_.route && route_.route->timeouts.get()))
    return;
  route::StreamDuration limit = route::streamDuration(
      route_.route, manager_.config.max_stream_duration_ms, request_, is_grpc_);
  if (!limit.limited) return;
  worker().loop.arm(duration_timer_, limit.ms > gone_ms ? limit.ms - gone_ms : 0);
}

void Stream::noteRequestEnd() {
  request_ended_ = true;
  request_timer_.cancel();
  if (facts_) facts_->mark(tables::Mark::DownstreamRxEnd, worker().loop.nowUs());
}

void Stream::decodeData(const char* data, size_t n, bool end) {
  if (finished_ || local_reply_) return;
  bytes_received_ += n;
  last_activity_ms_ = worker().loop.nowMs();
  if (end) noteRequestEnd();
  if (filter_count_ == 0) return;
  FilterContext& last = filters_[filter_count_ - 1];
  if (manager_.plain_request_bodies && last.decode.headers_passed && last.hooks->forwardData) {
    last.hooks->forwardData(last.self, last, data, n, end);
    return;
  }
  Buffer piece(worker().buffers);
  piece.append(data, n);
  passRequestData(0, piece, end);
}

void Stream::decodeTrailers(HeaderMap& trailers) {
  if (finished_ || local_reply_) return;
  last_activity_ms_ = worker().loop.nowMs();
  noteRequestEnd();
  passRequestTrailers(0, trailers);
}

void Stream::pauseRequest(bool pause) {
  int before = request_pauses_;
  request_pauses_ += pause ? 1 : -1;
  if ((before == 0) == (request_pauses_ == 0)) return;
  stats::inc(manager_.stats, pause ? s::downstream_flow_control_paused_reading_total
                                   : s::downstream_flow_control_resumed_reading_total);
  encoder_.pauseRequest(pause);
}

// ---- the response --------------------------------------------------------------------------

void Stream::encodeInterim(HeaderMap& headers, int status) {
  if (response_started_ || finished_) return;
  // 100 answers "expect" unless it is the proxy's own affair; others only when asked for, as the
  // client may not know them.
  if (!manager_.config.proxy_100_continue) return;
  countAnswer(status);
  encoder_.encode1xx(headers, status);
}

void Stream::encodeHeaders(int status, bool end) {
  if (response_begun_ || finished_) return;
  response_begun_ = true;
  status_ = status;
  last_activity_ms_ = worker().loop.nowMs();
  runResponseFilters(filter_count_, end);
}

void Stream::deliverHeaders(bool end) {
  if (finished_ || response_started_) return;
  finishHeaders(status_, end);
}

namespace {

// The status that `text` says, or `otherwise`.
int statusOf(std::string_view text, int otherwise) {
  if (text.size() == 3) [[likely]] {
    unsigned a = static_cast<unsigned>(text[0] - '0'), b = static_cast<unsigned>(text[1] - '0'),
             c = static_cast<unsigned>(text[2] - '0');
    if (a < 10 && b < 10 && c < 10) return static_cast<int>(a * 100 + b * 10 + c);
  }
  std::from_chars(text.data(), text.data() + text.size(), otherwise);
  return otherwise;
}

}  // namespace

void Stream::finishHeaders(int status, bool end) {
  // A filter may have changed it.
  if (std::string_view text = response_.get(HeaderId::Status); !text.empty()) {
    status = statusOf(text, status);
    status_ = status;
  }
  mutateResponseHeaders(*this);
  if (trace) [[unlikely]]
    trace->onResponse(response_);
  response_started_ = true;
  // It is for the request alone; what an open tunnel carries afterwards has all the time.
  if (!request_ended_) request_timer_.cancel();
  if (facts_) facts_->mark(tables::Mark::DownstreamTxBegin, worker().loop.nowUs());
  encoder_.encodeHeaders(response_, status, end);
  if (end) finishResponse();
}

void Stream::encodeData(const char* data, size_t n, bool end) {
  if (finished_) return;
  last_activity_ms_ = worker().loop.nowMs();
  if (manager_.plain_response_bodies && response_started_) {
    deliverData(data, n, end);
    return;
  }
  Buffer piece(worker().buffers);
  piece.append(data, n);
  passResponseData(filter_count_, piece, end);
}

void Stream::deliverData(const char* data, size_t n, bool end) {
  bytes_sent_ += n;
  encoder_.encodeData(data, n, end);
  if (end) finishResponse();
}

void Stream::encodeTrailers(HeaderMap& trailers) {
  if (finished_) return;
  response_trailers_ = &trailers;
  if (manager_.plain_response_bodies && response_started_) {
    deliverTrailers(trailers);
    return;
  }
  passResponseTrailers(filter_count_, trailers);
}

void Stream::deliverTrailers(HeaderMap& trailers) {
  encoder_.encodeTrailers(trailers);
  finishResponse();
}

void Stream::onBackpressure(bool paused) {
  if (finished_ || paused == client_slow_) return;
  client_slow_ = paused;
  pauseResponse(paused);
}

void Stream::pauseResponse(bool pause) {
  int before = response_pauses_;
  response_pauses_ += pause ? 1 : -1;
  if ((before == 0) == (response_pauses_ == 0) || filter_count_ == 0) return;
  FilterContext& last = filters_[filter_count_ - 1];
  if (last.hooks->onBackpressure) last.hooks->onBackpressure(last.self, last, pause);
}

// ---- answers of our own and failures -------------------------------------------------------

void Stream::sendOwnReply(int status, std::string_view details) {
  bare_reply_ = true;
  sendLocalReply(status, "", Flag::kCount, details);
}

void Stream::sendLocalReply(int status, std::string_view body, Flag flag, std::string_view details,
                            ReplyHeader extra, int grpc_status) {
  if (finished_) return;
  if (response_started_) {
    abortResponse(flag, details);
    return;
  }
  if (flag != Flag::kCount) addFlag(flag);
  if (!details.empty()) details_ = details;
  local_reply_ = true;
  // Another response has begun to run through the filters: as in Envoy this one goes past them, so
  // that none sees two.
  bool direct = response_begun_;
  for (uint32_t i = 0; i < filter_count_; i++) {
    FilterContext& context = filters_[i];
    if (context.hooks->onLocalReply) context.hooks->onLocalReply(context.self, context);
    for (FilterContext::Side* side : {&context.decode, &context.encode}) {
      if (side->held) side->held->clear();
      side->trailers = nullptr;
    }
  }
  response_.clear();
  char digits[8];
  char* digits_end = std::to_chars(digits, digits + sizeof digits, status).ptr;
  response_.addCopy(HeaderId::Status, {digits, static_cast<size_t>(digits_end - digits)});
  bool before = extra.id == HeaderId::Location;  // Envoy's order
  if (before && !extra.value.empty()) response_.addCopy(extra.id, extra.value);
  // What the route adds to responses it adds to ours too.
  if (routes_ && route_.route && !bare_reply_) {
    route::mutateResponse(
        *routes_, route_, upstream.weighted, response_,
        [this](const tables::Format& format) { return formatHeaderValue(format, *this); });
  }
  if (!before && !extra.value.empty()) response_.addCopy(extra.id, extra.value);
  if (upstream.attempts > 0 && route_.host && route_.host->attempts_in_response) [[unlikely]] {
    char* end = std::to_chars(digits, digits + sizeof digits, upstream.attempts).ptr;
    response_.addCopy("x-envoy-attempt-count", {digits, static_cast<size_t>(end - digits)});
  }
  if (is_grpc_ && !bare_reply_) {
    if (grpc_status == kGrpcByHttpStatus)
      grpc_status = static_cast<int>(grpc::ofHttpStatus(status));
    makeTrailersOnly(response_, grpc_status, is_head_ ? std::string_view{} : body);
    status = 200;
    body = {};
  } else if (!body.empty()) {
    char length[24];
    char* length_end = std::to_chars(length, length + sizeof length, body.size()).ptr;
    response_.addCopy(HeaderId::ContentLength, {length, static_cast<size_t>(length_end - length)});
    response_.add(HeaderId::ContentType, "text/plain");
  }
  bool no_body = body.empty() || is_head_;
  if (direct) {
    status_ = status;
    deliverHeaders(no_body);
  } else {
    encodeHeaders(status, no_body);
  }
  if (!no_body && !finished_) {
    if (direct || (response_started_ && manager_.plain_response_bodies)) {
      deliverData(body.data(), body.size(), true);
    } else {
      Buffer piece(worker().buffers);
      piece.append(body);
      passResponseData(filter_count_, piece, true);
    }
  }
  encoder_.flush();
}

void Stream::rejectHead(Protocol protocol, int status, Flag flag, std::string_view details,
                        std::string_view body) {
  protocol_ = protocol;
  sendLocalReply(status, body, flag, details);
}

void Stream::abortResponse(Flag flag, std::string_view details) {
  if (finished_) return;
  if (flag != Flag::kCount) addFlag(flag);
  if (!details.empty()) details_ = details;
  stats::inc(manager_.stats, s::rq_reset_after_downstream_response_started);
  stats::inc(manager_.stats, s::downstream_rq_tx_reset);
  // Envoy is told of its own resets too, where only the stream ends.
  if (protocol_ == Protocol::Http2) stats::inc(manager_.stats, s::downstream_rq_rx_reset);
  finish();
  encoder_.reset();
  encoder_.flush();
}

void Stream::onReset(Flag why, std::string_view details) {
  if (finished_) return;
  if (why != Flag::kCount) addFlag(why);
  details_ = details;
  stats::inc(manager_.stats, s::downstream_rq_rx_reset);
  finish();
}

void Stream::countAnswer(int status) {
  if (is_health_check_) [[unlikely]]
    return;
  int klass = status / 100;
  stats::inc(manager_.stats, s::downstream_rq_completed);
  stats::inc(manager_.listener_stats, stats::listener_hcm::downstream_rq_completed);
  if (klass < 1 || klass > 5) return;
  stats::inc(manager_.stats, static_cast<uint16_t>(s::downstream_rq_1xx + klass - 1));
  stats::inc(manager_.listener_stats,
             static_cast<uint16_t>(stats::listener_hcm::downstream_rq_1xx + klass - 1));
}

void Stream::noteResponseEnd() {
  if (!finished_) facts_->mark(tables::Mark::DownstreamTxEnd, worker().loop.nowUs());
}

void Stream::finish() {
  if (finished_) return;
  finished_ = true;
  idle_timer_.cancel();
  request_timer_.cancel();
  duration_timer_.cancel();
  destroyFilters();
  if (trace) [[unlikely]]
    trace->finish();
  if (handle_id_) worker().handles.erase(handle_id_);
  stats::Block* hcm = manager_.stats;
  stats::dec(hcm, s::downstream_rq_active);
  if (tunnel_counted_) stats::dec(hcm, s::downstream_cx_upgrades_active);
  stats::record(hcm, s::downstream_rq_time, worker().loop.nowMs() - start_ms_);
  if (response_started_) {
    countAnswer(status_);
    if (!request_ended_) stats::inc(hcm, s::downstream_rq_response_before_rq_complete);
  }
  if (!manager_.logs.empty()) writeAccessLogs(*this);
}

// ---- timers --------------------------------------------------------------------------------

void Stream::onIdle(void* self) {
  auto* stream = static_cast<Stream*>(self);
  uint64_t limit = stream->manager_.config.stream_idle_timeout_ms;
  if (stream->route_.route && stream->route_.route->has_idle_timeout)
    limit = stream->route_.route->idle_timeout_ms;
  uint64_t idle = stream->worker().loop.nowMs() - stream->last_activity_ms_;
  if (idle < limit) {
    stream->worker().loop.arm(stream->idle_timer_, limit - idle);
    return;
  }
  stats::inc(stream->manager_.stats, s::downstream_rq_idle_timeout);
  if (stream->response_started_) {
    stream->abortResponse(Flag::StreamIdleTimeout, "stream_idle_timeout");
  } else {
    stream->sendLocalReply(stream->request_ended_ ? 504 : 408, "stream timeout",
                           Flag::StreamIdleTimeout, "stream_idle_timeout");
  }
}

void Stream::onRequestTimeout(void* self) {
  auto* stream = static_cast<Stream*>(self);
  stats::inc(stream->manager_.stats, s::downstream_rq_timeout);
  if (stream->response_started_) {
    stream->abortResponse(Flag::kCount, "request_overall_timeout");
  } else {
    stream->sendLocalReply(408, "request timeout", Flag::kCount, "request_overall_timeout");
  }
}

void Stream::onMaxDuration(void* self) {
  auto* stream = static_cast<Stream*>(self);
  stats::inc(stream->manager_.stats, s::downstream_rq_max_duration_reached);
  if (stream->response_started_) {
    stream->abortResponse(Flag::kCount, "max_duration_timeout");
  } else {
    stream->sendLocalReply(stream->request_ended_ ? 504 : 408, "downstream duration timeout",
                           Flag::kCount, "max_duration_timeout", {}, grpc::kDeadlineExceeded);
  }
}

}  // namespace attache::http
