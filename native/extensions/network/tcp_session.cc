#include "extensions/network/tcp_session.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/hash.h"
#include "extensions/network/tcp_proxy.h"
#include "upstream/cluster.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace s = stats::tcp_proxy;
namespace cs = stats::cluster;
using http::Flag;
using http::UpstreamFailure;

TcpSession::TcpSession(TcpProxy& proxy, const network::Arrival& arrival)
    : network::ServerConnection(proxy, arrival.connection.fd, arrival.owner),
      proxy_(proxy),
      early_(proxy.worker.buffers),
      idle_timer_(onIdle, this),
      duration_timer_(onMaxDuration, this),
      log_timer_(onLogInterval, this),
      retry_timer_(onRetry, this),
      active_ms_(createdMs()) {
  enableHalfClose();
  countInto(&proxy_.stats->words[s::downstream_cx_rx_bytes_total],
            &proxy_.stats->words[s::downstream_cx_tx_bytes_total]);
  stats::inc(proxy_.stats, s::downstream_cx_total);
  if (!proxy_.logs.empty() || logged()) facts_ = std::make_unique<TcpLogFacts>(proxy_.worker);
  if (factsWanted()) [[unlikely]]
    proxied_ = std::make_unique<mesh::ProxiedFacts>();
}

TcpSession::~TcpSession() = default;

// ---- beginning -----------------------------------------------------------------------------

void TcpSession::begin(io::Handoff&& connection) {
  const tables::TcpProxy& config = proxy_.config;
  // What it sends waits in the kernel until there is somebody to send it to.
  if (!config.early_data) pauseClient(true);
  if (!start(std::move(connection))) {
    abort();
    return;
  }
  if (facts_) {
    // Asked while there is a descriptor to ask.
    peer().remote();
    peer().local();
  }
  startTimers();
  if (config.log_at_start) log("TcpConnectionStart");
  if (!config.connect_on_data) connect();
}

void TcpSession::turnAway(io::Handoff&& connection, http::Flags flags) {
  flags_ |= flags;
  start(std::move(connection));
  if (facts_) {
    peer().remote();
    peer().local();
  }
  closeNow();
}

void TcpSession::startTimers() {
  const tables::TcpProxy& config = proxy_.config;
  if (uint64_t limit = proxy_.maxDuration()) loop().arm(duration_timer_, limit);
  if (config.idle_timeout_ms) loop().arm(idle_timer_, config.idle_timeout_ms);
  if (config.log_interval_ms && !proxy_.logs.empty())
    loop().arm(log_timer_, config.log_interval_ms);
}

// ---- finding a host ------------------------------------------------------------------------

void TcpSession::connect() {
  cluster_ = &proxy_.pickCluster();
  upstream::Cluster* cluster = proxy_.worker.clusters->get(cluster_->cluster);
  if (!cluster) {
    cluster_ = nullptr;
    stats::inc(proxy_.stats, s::downstream_cx_no_route);
    fail(Flag::NoClusterFound);
    return;
  }
  if (facts_) facts_->noteCluster(*cluster);
  if (proxied_) [[unlikely]]
    noteService(*cluster);
  // As Envoy only those of the default priority count.
  if (cluster->total(cs::upstream_cx_active) >= cluster->limits(false).max_connections) {
    stats::inc(cluster->stats(), cs::upstream_cx_overflow);
    fail(Flag::UpstreamOverflow);
    return;
  }
  upstream::ChoiceContext context{&peer()};
  if (proxy_.config.hash_source_ip && peer().ip().size > 0)
    context.hash = xxHash64(peer().remoteIp());
  upstream::Host* host = cluster->choose(context);
  if (!host) {
    stats::inc(cluster->stats(), cs::upstream_cx_none_healthy);
    fail(Flag::NoHealthyUpstream);
    return;
  }
  attempt(*host);
}

void TcpSession::attempt(upstream::Host& host) {
  attempts_++;
  upstream::Cluster& cluster = host.cluster;
  if (cluster.total(cs::upstream_rq_pending_active) >= cluster.limits(false).max_pending_requests) {
    stats::inc(cluster.stats(), cs::upstream_rq_pending_overflow);
    onUpstreamFailed(host, UpstreamFailure::Overflow, "");
    return;
  }
  if (uint32_t most = cluster.limits(false).host_connections;
      most && host.connections > 0 && host.activeConnections() >= most) {
    stats::inc(cluster.stats(), cs::upstream_cx_overflow);
    onUpstreamFailed(host, UpstreamFailure::Overflow, "");
    return;
  }
  upstream::ConnectError error;
  if (proxied_) [[unlikely]]
    proxied_->endpoint = host.workload();
  upstream_ = TcpUpstream::connect(host, *this, &error);
  if (upstream_) return;
  std::string reason = "immediate connect error: ";
  reason.append(std::strerror(error.number)).append("|remote address:").append(host.addressText());
  onUpstreamFailed(host, UpstreamFailure::ConnectFailure, reason);
}

void TcpSession::onUpstreamFailed(upstream::Host& host, UpstreamFailure failure,
                                  std::string_view reason) {
  upstream_ = nullptr;
  // As Envoy: no host where none was asked, and no words for one that took too long.
  if (facts_ && failure != UpstreamFailure::Overflow)
    facts_->noteFailure(host, failure == UpstreamFailure::ConnectTimeout ? "" : reason);
  if (failure != UpstreamFailure::Overflow) flags_ |= bit(Flag::UpstreamConnectionFailure);
  if (attempts_ >= proxy_.config.max_connect_attempts) {
    stats::inc(host.cluster.stats(), cs::upstream_cx_connect_attempts_exceeded);
    fail(Flag::UpstreamRetryLimitExceeded);
    return;
  }
  again();
}

// The next attempt is not made from within the last one. Its delay is random below an interval that
// doubles each time.
void TcpSession::again() {
  const tables::TcpProxy& config = proxy_.config;
  uint64_t interval = config.backoff_base_ms;
  for (uint32_t i = 1; i < attempts_ && interval < config.backoff_max_ms; i++) interval *= 2;
  interval = std::min(interval, config.backoff_max_ms);
  uint64_t delay = interval ? proxy_.worker.random.below(interval) : 0;
  if (delay > 0) {
    loop().arm(retry_timer_, delay);
    return;
  }
  loop().defer([this] {
    if (open() && !closing() && !upstream_) connect();
  });
}

void TcpSession::onRetry(void* self) {
  static_cast<TcpSession*>(self)->connect();
}

void TcpSession::fail(Flag flag) {
  flags_ |= bit(flag);
  if (facts_) facts_->notePoolReady();
  closeNow();
}

void TcpSession::onUpstreamReady() {
  ready_ = true;
  if (facts_) facts_->noteConnection(*upstream_);
  if (proxied_) [[unlikely]]
    noteUpstream();
  early_.forEach([&](const char* data, size_t n) {
    forwarded_ += n;
    upstream_->forward(data, n);
  });
  early_.clear();
  if (early_end_) upstream_->endForwarding();
  if (full_ || !proxy_.config.early_data) pauseClient(false);
  full_ = false;
  active();
  if (proxy_.config.log_when_connected) log("TcpUpstreamConnected");
}

// ---- bytes ---------------------------------------------------------------------------------

void TcpSession::onReadable() {
  char* scratch = proxy_.worker.scratch();
  for (;;) {
    size_t got;
    int error = 0;
    Read result = ready_ ? moveSome(*upstream_, proxy_.pipes, bulk_, scratch, Worker::kReadBytes,
                                    &got, &error)
                         : readSome(scratch, Worker::kReadBytes, &got, &error);
    if (result == Read::Blocked) return;
    if (result != Read::Data) {
      onEnd(result == Read::End ? 0 : error);
      return;
    }
    received_ += got;
    if (ready_) {
      active();
      forwarded_ += got;
    } else {
      keepEarly(scratch, got);
    }
    if (drained() || !open() || readingPaused() || closing()) return;
  }
}

void TcpSession::keepEarly(const char* data, size_t n) {
  stats::inc(proxy_.stats, s::early_data_received_count_total);
  bool first = early_.empty();
  early_.append(data, n);
  if (!full_ && early_.size() >= proxy_.config.max_early_data_bytes) {
    full_ = true;
    pauseClient(true);
  }
  if (first && proxy_.config.connect_on_data && attempts_ == 0) connect();
}

void TcpSession::onUpstreamBytes(size_t n) {
  sent_ += n;
  active();
  drained();
}

void TcpSession::active() {
  active_ms_ = loop().nowMs();
}

void TcpSession::onDrained() {
  active();
  closeIfEnded();
}

void TcpSession::pauseClient(bool pause) {
  pauses_ += pause ? 1 : -1;
  if (pauses_ == 1 && pause) pauseReading();
  if (pauses_ == 0) resumeReading();
}

void TcpSession::onBackpressure(bool paused) {
  if (!ready_) return;
  stats::Block* cluster = upstream_->host().cluster.stats();
  stats::inc(cluster, paused ? cs::upstream_flow_control_paused_reading_total
                             : cs::upstream_flow_control_resumed_reading_total);
  upstream_->pause(paused);
}

void TcpSession::onUpstreamSlow(bool slow) {
  if (!open() || closing()) return;
  stats::inc(proxy_.stats, slow ? s::downstream_flow_control_paused_reading_total
                                : s::downstream_flow_control_resumed_reading_total);
  pauseClient(slow);
}

// ---- the end of either side ----------------------------------------------------------------

void TcpSession::onEnd(int error) {
  if (error != 0 && !ready_ && readingPaused()) {
    // What it sent before it was cut can still be read, once there is somebody to send it to.
    cut_ = true;
  } else if (error != 0 || cut_) {
    closeByClient(cut_ || (error == ECONNRESET && !readingEnded()));
  } else if (ready_) {
    upstream_->endForwarding();
    closeIfEnded();
  } else {
    early_end_ = true;
  }
}

void TcpSession::onUpstreamEnd() {
  active();
  endWriting();
}

void TcpSession::closeIfEnded() {
  if (upstream_ && readingEnded() && writingEnded() && queued() == 0) closeByClient(false);
}

// What it has sent still goes to the host.
void TcpSession::closeByClient(bool reset) {
  if (TcpUpstream* upstream = leaveUpstream()) {
    if (reset) {
      upstream->cut();
    } else {
      upstream->flush(proxy_);
    }
  }
  closeNow();
}

void TcpSession::onUpstreamClosed(bool reset) {
  leaveUpstream();
  ready_ = false;
  idle_timer_.cancel();
  if (reset) {
    flags_ |= bit(Flag::UpstreamRemoteReset);
    resetNow();
    return;
  }
  closeAfterWrite(0, proxy_.config.idle_timeout_ms);
}

// The host is gone, and the client has taken nothing of its last words for long.
void TcpSession::onCloseTimeout() {
  stats::inc(proxy_.stats, s::idle_timeout);
}

void TcpSession::startDraining(uint64_t delay_ms) {
  if (!proxy_.config.check_drain_close) return;
  bool now = delay_ms == 0 || delay_ms == kWhenUsed;
  uint64_t at = loop().nowMs() + (now ? 0 : proxy_.worker.random.below(delay_ms));
  drain_at_ms_ = std::min(drain_at_ms_, at);
}

// As Envoy: looked at whenever bytes have come.
bool TcpSession::drained() {
  if (loop().nowMs() < drain_at_ms_ || !open() || closing()) return false;
  stats::inc(proxy_.stats, s::downstream_cx_drain_close);
  if (TcpUpstream* upstream = leaveUpstream()) upstream->flush(proxy_);
  closeAfterWrite(0, proxy_.config.idle_timeout_ms);
  return true;
}

void TcpSession::abort() {
  if (TcpUpstream* upstream = leaveUpstream()) upstream->abandon();
  closeNow();
}

void TcpSession::onIdle(void* self) {
  auto* session = static_cast<TcpSession*>(self);
  uint64_t limit = session->proxy_.config.idle_timeout_ms;
  uint64_t idle = session->loop().nowMs() - session->active_ms_;
  // Bytes that have left a queue are told of only when it is empty.
  uint64_t written = session->bytesWritten();
  if (session->upstream_) written += session->upstream_->bytesWritten();
  bool moved = std::exchange(session->written_, written) != written;
  bool queued = session->queued() > 0 || (session->upstream_ && session->upstream_->queued() > 0);
  if (idle < limit || (moved && queued)) {
    session->loop().arm(session->idle_timer_, idle < limit ? limit - idle : limit);
    return;
  }
  stats::inc(session->proxy_.stats, s::idle_timeout);
  session->abort();
}

void TcpSession::onMaxDuration(void* self) {
  auto* session = static_cast<TcpSession*>(self);
  session->flags_ |= bit(Flag::DurationTimeout);
  stats::inc(session->proxy_.stats, s::max_downstream_connection_duration);
  session->abort();
}

void TcpSession::onClosed() {
  for (io::Timer* timer : {&idle_timer_, &duration_timer_, &log_timer_, &retry_timer_})
    timer->cancel();
  logEnd();
  ended();
}

}  // namespace attache::extensions
