#include "tracing/zipkin.h"

#include <algorithm>

#include "upstream/async_client.h"
#include "upstream/cluster.h"
#include "worker/worker.h"

namespace attache::tracing {

namespace s = stats::zipkin;

// One request with spans.
class Report final : private upstream::AsyncCallbacks {
 public:
  Report(ZipkinReporter& owner, std::string body)
      : owner_(owner), body_(std::move(body)), request_(owner.worker_, *this) {}

  // False: it has failed already, and told nobody.
  bool start() {
    HeaderMap& headers = request_.headers();
    headers.set(HeaderId::Method, "POST");
    headers.set(HeaderId::Path, owner_.path_);
    headers.set(HeaderId::Authority, owner_.host_);
    headers.set(HeaderId::ContentType, "application/json");
    upstream::AsyncRequest::Options options;
    options.timeout_ms = owner_.timeout_ms_;
    starting_ = true;
    request_.start(owner_.cluster_, false, options);
    if (!failed_) request_.sendData(body_.data(), body_.size(), true);
    starting_ = false;
    return !failed_;
  }

 private:
  void onHeaders(HeaderMap&, int status, bool end) override {
    status_ = status;
    if (end) over();
  }
  void onData(const char*, size_t, bool end) override {
    if (end) over();
  }
  void onTrailers(HeaderMap&) override { over(); }
  void onFailure(http::UpstreamFailure, std::string_view) override {
    stats::inc(owner_.stats_, s::reports_failed);
    failed_ = true;
    if (!starting_) owner_.ended(this);
  }
  void over() {
    stats::inc(owner_.stats_, status_ == 202 ? s::reports_sent : s::reports_dropped);
    owner_.ended(this);
  }

  ZipkinReporter& owner_;
  std::string body_;
  upstream::AsyncRequest request_;
  int status_ = 0;
  bool starting_ = false;
  bool failed_ = false;
};

ZipkinReporter::ZipkinReporter(Worker& worker, const tables::ZipkinTracer& config)
    : wide_ids(config.wide_ids),
      shares_spans(config.shares_spans),
      worker_(worker),
      cluster_(config.cluster),
      timeout_ms_(config.timeout_ms),
      host_(config.host.view()),
      path_(config.path.view()),
      stats_(worker.rows.hold(config.stats, stats::Group::Zipkin)),
      timer_(onTimer, this) {}

ZipkinReporter::~ZipkinReporter() {
  timer_.cancel();
  reports_.clear();
  worker_.rows.letGo(stats_);
}

accesslog::LineBuffer& ZipkinReporter::begin() {
  spans_.append(count_ ? ',' : '[');
  return spans_;
}

void ZipkinReporter::added() {
  if (count_++ == 0) worker_.loop.arm(timer_, kFlushMs);
  if (count_ >= kFlushSpans) flush();
}

void ZipkinReporter::onTimer(void* self) {
  auto* reporter = static_cast<ZipkinReporter*>(self);
  stats::inc(reporter->stats_, s::timer_flushed);
  reporter->flush();
}

void ZipkinReporter::flush() {
  timer_.cancel();
  spans_.append(']');
  std::string body(spans_.view());
  spans_.clear();
  stats::inc(stats_, s::spans_sent, count_);
  count_ = 0;
  if (!worker_.clusters->get(cluster_)) {
    stats::inc(stats_, s::reports_skipped_no_cluster);
    return;
  }
  if (reports_.size() >= kMostReports) {
    stats::inc(stats_, s::reports_dropped);
    return;
  }
  reports_.push_back(std::make_unique<Report>(*this, std::move(body)));
  Report* report = reports_.back().get();
  if (!report->start()) ended(report);
}

void ZipkinReporter::ended(Report* report) {
  auto it = std::find_if(reports_.begin(), reports_.end(),
                         [&](const auto& each) { return each.get() == report; });
  if (it != reports_.end()) reports_.erase(it);
}

std::shared_ptr<ZipkinReporter> Tracers::zipkin(const tables::ZipkinTracer& config) {
  std::weak_ptr<ZipkinReporter>& known = zipkin_[std::string(config.key.view())];
  std::shared_ptr<ZipkinReporter> reporter = known.lock();
  if (!reporter) {
    reporter = std::make_shared<ZipkinReporter>(worker_, config);
    known = reporter;
  }
  std::erase_if(zipkin_, [](const auto& each) { return each.second.expired(); });
  return reporter;
}

}  // namespace attache::tracing
