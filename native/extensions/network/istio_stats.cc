#include "extensions/network/istio_stats.h"

#include "cel/evaluate.h"
#include "mesh/facts.h"
#include "mesh/mesh.h"
#include "tls/session.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

using network::FilterContext;
using tables::IstioReporter;

// A report comes from time to time, and with the end; the first one decides what the labels are.
class Reports {
 public:
  Reports(FilterContext& context, const tables::IstioStats& config)
      : context_(context), config_(config), timer_(onTimer, this) {
    if (config.report_ms) context.worker.loop.arm(timer_, config.report_ms);
  }
  ~Reports() {
    timer_.cancel();
    report(true);
  }
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;

  void onEstablished() {
    if (tls::Session* session = context_.session()) downstream_ = session->principals();
  }

 private:
  static void onTimer(void* self) {
    auto& reports = *static_cast<Reports*>(self);
    reports.report(false);
    reports.context_.worker.loop.arm(reports.timer_, reports.config_.report_ms);
  }

  bool fromClients() const { return config_.reporter != IstioReporter::Source; }

  void report(bool end) {
    mesh::ProxiedFacts now;
    context_.tell(now);
    if (!opened_) {
      const mesh::PeerFacts& peer = fromClients() ? context_.peer() : now.host;
      // Before that it would be counted for somebody unknown.
      if (!peer.known && !end) return;
      facts_ = now;
      peer_ = peer.workload;
      told_ = peer_ != nullptr;
      if (!peer_ && !fromClients() && !now.endpoint.empty())
        peer_ = context_.worker.mesh().workloads.ofEndpoint(now.endpoint);
    }
    const mesh::Series& series = find();
    auto count = [&](size_t which, uint64_t n) {
      if (series.blocks[which]) stats::inc(series.blocks[which], stats::mesh_counter::value, n);
    };
    if (!opened_) count(0, 1);
    opened_ = true;
    count(2, now.sent - sent_);
    count(3, now.received - received_);
    // Last: whoever sees it sees the bytes too.
    if (end) count(1, 1);
    sent_ = now.sent;
    received_ = now.received;
  }

  const mesh::Series& find() {
    mesh::Subject subject;
    subject.config = &config_;
    subject.kind = mesh::Kind::Connection;
    subject.peer = peer_.get();
    subject.flags = facts_.flags;
    subject.service = {facts_.service_host, facts_.service_name, facts_.service_home, false};
    const tls::Principals* principals = fromClients() ? downstream_.get() : facts_.upstream.get();
    if (principals) {
      subject.peer_principal = principals->peer;
      subject.own_principal = principals->own;
    }
    if (!fromClients() && subject.peer_principal.empty() && told_)
      subject.peer_principal = peer_->identity;
    // There is no request, so that they are the same for all connections.
    std::string texts[mesh::Mesh::kMostExpressions];
    std::string_view values[mesh::Mesh::kMostExpressions];
    size_t n = 0;
    accesslog::LineBuffer& scratch = context_.worker.mesh().scratch;
    for (const tables::IstioExpression& expression : config_.expressions) {
      if (n == mesh::Mesh::kMostExpressions) break;
      scratch.clear();
      bool valued = cel::appendValue(*expression.cel, {}, scratch);
      texts[n] = valued ? scratch.view() : "unknown";
      values[n] = texts[n];
      n++;
    }
    subject.expressions = {values, n};
    return context_.worker.mesh().series(subject);
  }

  FilterContext& context_;
  const tables::IstioStats& config_;
  io::Timer timer_;
  std::shared_ptr<const tls::Principals> downstream_;  // null: no TLS
  // As they were with the first report.
  mesh::ProxiedFacts facts_;
  mesh::WorkloadRef peer_;
  bool told_ = false;  // by the peer itself
  bool opened_ = false;
  uint64_t sent_ = 0, received_ = 0;
};

void* create(FilterContext& context, const void* config, void*) {
  return new Reports(context, *static_cast<const tables::IstioStats*>(config));
}

}  // namespace

const network::FilterHooks kTcpIstioStats = {
    .name = "istio.stats",
    .create = create,
    .onDestroy = [](void* self) { delete static_cast<Reports*>(self); },
    .onEstablished = [](void* self) { static_cast<Reports*>(self)->onEstablished(); },
    .wants_facts = true,
};

}  // namespace attache::extensions
