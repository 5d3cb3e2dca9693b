#include "extensions/network/tcp_log.h"

#include <algorithm>

#include "extensions/network/tcp_proxy.h"
#include "extensions/network/tcp_session.h"
#include "upstream/cluster.h"
#include "worker/worker.h"

namespace attache::extensions {

using accesslog::LogInput;
using accesslog::Mark;

TcpLogFacts::TcpLogFacts(Worker& worker)
    : worker_(worker), start_us_(worker.loop.nowUs()), start_wall_us_(Worker::wallUs()) {
  writeUuid(worker.random, stream_id_);
}

uint64_t TcpLogFacts::sinceStart() const {
  return worker_.loop.nowUs() - start_us_;
}

void TcpLogFacts::noteCluster(upstream::Cluster& cluster) {
  if (connecting_us_ == LogInput::kNever) connecting_us_ = static_cast<int64_t>(sinceStart());
  cluster_ = cluster.name();
  std::string_view other = cluster.config().alt_stat_name.view();
  observed_cluster_ = other.empty() ? cluster.name() : other;
}

void TcpLogFacts::noteHost(upstream::Host& host) {
  host_ = host.addressText();
  host_name_ = host.hostname().empty() ? host.addressText() : host.hostname();
}

void TcpLogFacts::noteFailure(upstream::Host& host, std::string_view reason) {
  noteHost(host);
  failure_ = reason;
}

void TcpLogFacts::noteConnection(upstream::ClientConnection& connection) {
  notePoolReady();
  noteHost(connection.host());
  local_ = connection.localAddress();
  connection_id_ = connection.connectionId();
  auto since = [&](uint64_t us) {
    return static_cast<int64_t>(us > start_us_ ? us - start_us_ : 0);
  };
  connect_begin_us_ = since(connection.connectBeginUs());
  connect_end_us_ = since(connection.connectEndUs());
  if (tls::Session* session = connection.session()) {
    tls_version_ = SSL_get_version(session->ssl());
    tls_cipher_ = SSL_get_cipher_name(session->ssl());
  }
}

void TcpLogFacts::notePoolReady() {
  if (connecting_us_ == LogInput::kNever || pool_ready_us_ != LogInput::kNever) return;
  pool_ready_us_ = static_cast<int64_t>(sinceStart()) - connecting_us_;
}

void TcpLogFacts::fill(LogInput& input) const {
  input.start_us = start_wall_us_;
  input.duration_us = static_cast<int64_t>(sinceStart());
  input.setMark(Mark::UpstreamConnectBegin, connect_begin_us_);
  input.setMark(Mark::UpstreamConnectEnd, connect_end_us_);
  input.setMark(Mark::UpstreamPoolReady, pool_ready_us_);
  input.upstream_cluster_raw = cluster_;
  input.upstream_cluster = observed_cluster_;
  input.upstream_host = host_;
  input.upstream_host_name = host_name_;
  if (connection_id_) input.upstream_remote = host_;
  input.upstream_local_address = local_;
  input.upstream_connection_id = connection_id_;
  input.upstream_tls_version = tls_version_;
  input.upstream_tls_cipher = tls_cipher_;
  input.upstream_transport_failure_reason = failure_;
  input.stream_id = {stream_id_, kUuidSize};
}

// ---- of a session --------------------------------------------------------------------------

void TcpSession::gather(LogInput& input) {
  facts_->fill(input);
  input.bytes_received = input.downstream_wire_bytes_received = received_;
  input.bytes_sent = input.downstream_wire_bytes_sent = input.upstream_wire_bytes_received = sent_;
  input.upstream_wire_bytes_sent = forwarded_;
  input.flags = flags_;
  input.connection_id = id();
  input.attempt_count = attempts_;
  input.listener_name = proxy_.listener_name;
  input.filter_chain_name = proxy_.filter_chain_name;
  input.downstream_remote = peer().remote();
  network::gatherPeer(peer(), input);
}

void TcpSession::log(std::string_view type) {
  if (!facts_ || proxy_.logs.empty()) return;
  LogInput input;
  gather(input);
  input.type = type;
  input.complete = type == "TcpConnectionEnd";
  accesslog::writeLines(proxy_.logs, input, proxy_.worker.random.next() >> 1);
}

void TcpSession::logEnd() {
  log("TcpConnectionEnd");
  if (!logged()) return;
  LogInput input;
  gather(input);
  input.type = "NotSet";
  accesslog::writeLines(proxy_.connection_logs, input, proxy_.worker.random.next() >> 1);
}

void TcpSession::onLogInterval(void* self) {
  auto* session = static_cast<TcpSession*>(self);
  session->log("TcpPeriodic");
  session->loop().arm(session->log_timer_, session->proxy_.config.log_interval_ms);
}

}  // namespace attache::extensions
