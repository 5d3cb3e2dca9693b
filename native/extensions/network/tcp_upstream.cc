#include "extensions/network/tcp_upstream.h"

#include <cerrno>
#include <utility>

#include "extensions/network/tcp_proxy.h"
#include "extensions/network/tcp_session.h"
#include "upstream/proxy_header.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace s = stats::cluster;
namespace ts = stats::tcp_proxy;
using http::UpstreamFailure;

TcpUpstream::TcpUpstream(upstream::Host& host, int fd, TcpSession& session)
    : upstream::ClientConnection(host, fd), session_(&session) {
  enableHalfClose();
}

TcpUpstream* TcpUpstream::connect(upstream::Host& host, TcpSession& session,
                                  upstream::ConnectError* error) {
  stats::Block* stats = host.cluster.stats();
  stats::inc(stats, s::upstream_rq_pending_total);
  int fd = openSocket(host, error);
  if (fd < 0) {
    stats::inc(stats, s::upstream_rq_pending_failure_eject);
    return nullptr;
  }
  stats::inc(stats, s::upstream_rq_pending_active);
  auto* made = new TcpUpstream(host, fd, session);
  std::string header;
  if (const tables::ProxyHeader* config = host.transport().proxy_header) [[unlikely]]
    header = upstream::proxyHeader(*config, session.client(), host.cluster.proxyStats());
  if (made->start({.server_name = {}, .proxy_header = header, .alpn = {}}, error)) return made;
  stats::inc(stats, s::upstream_rq_pending_failure_eject);
  return nullptr;
}

void TcpUpstream::onUp() {
  pending_ = false;
  stats::dec(stats(), s::upstream_rq_pending_active);
  stats::inc(stats(), s::upstream_rq_total);
  stats::inc(stats(), s::upstream_rq_active);
  stats::inc(host_.stats(), stats::host::rq_total);
  stats::inc(host_.stats(), stats::host::rq_active);
  session_->onUpstreamReady();
}

void TcpUpstream::onConnectFailed(UpstreamFailure failure, std::string_view reason) {
  stats::inc(stats(), s::upstream_rq_pending_failure_eject);
  TcpSession* session = std::exchange(session_, nullptr);
  closeNow();
  if (session) session->onUpstreamFailed(host_, failure, reason);
}

// ---- bytes ---------------------------------------------------------------------------------

void TcpUpstream::forward(const char* data, size_t n) {
  write({data, n});
}

void TcpUpstream::onReadable() {
  char* scratch = host_.cluster.worker.scratch();
  while (session_) {
    size_t got;
    int error = 0;
    Read result = moveSome(*session_, session_->proxy().pipes, bulk_, scratch, Worker::kReadBytes,
                           &got, &error);
    if (result == Read::Blocked) return;
    if (result != Read::Data) {
      onPeerEnd(result == Read::End ? 0 : error);
      return;
    }
    session_->onUpstreamBytes(got);
    if (!open() || readingPaused()) return;
  }
}

void TcpUpstream::onDrained() {
  if (!session_) return;
  session_->active();
  if (bothEnded()) close(true, false);
}

void TcpUpstream::onBackpressure(bool paused) {
  stats::inc(stats(), paused ? s::upstream_flow_control_backed_up_total
                             : s::upstream_flow_control_drained_total);
  if (session_) session_->onUpstreamSlow(paused);
}

// ---- ending --------------------------------------------------------------------------------

void TcpUpstream::onPeerEnd(int error) {
  if (error != 0) {
    close(false, error == ECONNRESET && !readingEnded());
    return;
  }
  if (!session_) return;
  session_->onUpstreamEnd();
  if (bothEnded()) {
    close(false, false);
  } else if (session_) {
    session_->closeIfEnded();
  }
}

// The host's side is over: the session goes on to its own end.
void TcpUpstream::close(bool local, bool reset) {
  local_close_ = local;
  TcpSession* session = std::exchange(session_, nullptr);
  closeNow();
  if (session) session->onUpstreamClosed(reset);
}

void TcpUpstream::leaveSession() {
  session_ = nullptr;
  local_close_ = true;
  if (pending_) stats::inc(stats(), s::upstream_rq_cancelled);
}

void TcpUpstream::abandon() {
  leaveSession();
  closeNow();
}

void TcpUpstream::cut() {
  leaveSession();
  resetNow();
}

void TcpUpstream::flush(TcpProxy& proxy) {
  leaveSession();
  if (pending_ || queued() == 0) {
    closeNow();
    return;
  }
  proxy.retain();
  flushing_ = &proxy;
  stats::inc(proxy.stats, ts::upstream_flush_total);
  stats::inc(proxy.stats, ts::upstream_flush_active);
  closeAfterWrite(0, proxy.config.idle_timeout_ms);
}

void TcpUpstream::onCloseTimeout() {
  stats::inc(flushing_->stats, ts::idle_timeout);
}

void TcpUpstream::onGone() {
  if (pending_) {
    stats::dec(stats(), s::upstream_rq_pending_active);
  } else {
    stats::dec(stats(), s::upstream_rq_active);
    stats::dec(host_.stats(), stats::host::rq_active);
    stats::inc(stats(), s::upstream_cx_destroy_with_active_rq);
    stats::inc(stats(), local_close_ ? s::upstream_cx_destroy_local_with_active_rq
                                     : s::upstream_cx_destroy_remote_with_active_rq);
  }
  if (!flushing_) return;
  stats::dec(flushing_->stats, ts::upstream_flush_active);
  std::exchange(flushing_, nullptr)->release();
}

}  // namespace attache::extensions
