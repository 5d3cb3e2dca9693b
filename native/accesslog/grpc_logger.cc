#include "accesslog/grpc_logger.h"

#include <string>

#include "accesslog/grpc_common.h"
#include "accesslog/grpc_entry.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::accesslog {

using tables::AccessLogSink;
namespace gs = stats::grpc_access_log;

namespace {

constexpr std::string_view kService = "envoy.service.accesslog.v3.AccessLogService";
constexpr std::string_view kMethod = "StreamAccessLogs";

// StreamAccessLogsMessage.identifier
std::string identifierField(std::string_view node, std::string_view log_name) {
  LineBuffer out;
  EntryWriter writer(out);
  size_t identifier = writer.begin(1);
  writer.bytes(1, node);
  writer.text(2, log_name);
  writer.end(identifier);
  return std::string(out.view());
}

}  // namespace

GrpcLogger::GrpcLogger(GrpcLoggers& owner, AccessLogSink kind, const tables::GrpcAccessLog& config)
    : owner_(owner),
      kind_(kind),
      cluster_(config.cluster),
      flush_interval_ms_(config.flush_interval_ms),
      limit_(config.buffer_bytes),
      authority_(config.authority.view()),
      identifier_(identifierField(owner.worker.process.options.node, config.log_name.view())),
      stats_(owner.worker.rows.hold(config.stats, stats::Group::GrpcAccessLog)),
      timer_(onTimer, this),
      turn_end_(onTurnEnd, this) {
  options_.max_message_bytes = config.max_response_bytes;
  for (const tables::Str& each : config.metadata) metadata_.emplace_back(each.view());
  owner_.all_.pushBack(this);
}

GrpcLogger::~GrpcLogger() {
  unlink();
}

// ---- entries ---------------------------------------------------------------------------------

void GrpcLogger::log(const tables::GrpcAccessLog& config, const LogInput& input) {
  if (leaving_ || !mayLog()) return;
  EntryWriter writer(entries_);
  size_t entry = writer.begin(1);
  if (kind_ == AccessLogSink::HttpGrpc) {
    encodeHttpEntry(config, input, entries_);
  } else {
    encodeTcpEntry(config, input, entries_);
  }
  size_ += entries_.size() - entry;
  writer.end(entry);
  if (size_ >= limit_) {
    // Not now: somebody's response may be half written.
    if (!turn_end_.linked()) owner_.worker.loop.atTurnEnd(turn_end_);
  } else if (!timer_.armed()) {
    owner_.worker.loop.arm(timer_, flush_interval_ms_);
  }
}

bool GrpcLogger::mayLog() {
  size_t most = limit_ ? limit_ : kMaxHeld;
  if (size_ >= most) flush();
  bool room = size_ < most;
  // As in Envoy, those of connections are not counted as written.
  if (!room) {
    stats::inc(stats_, gs::logs_dropped);
  } else if (kind_ == AccessLogSink::HttpGrpc) {
    stats::inc(stats_, gs::logs_written);
  }
  return room;
}

void GrpcLogger::onTimer(void* self) {
  auto* logger = static_cast<GrpcLogger*>(self);
  if (logger->leaving_) {
    delete logger;
    return;
  }
  logger->flush();
}

void GrpcLogger::onTurnEnd(void* self) {
  static_cast<GrpcLogger*>(self)->flush();
}

// ---- the stream ------------------------------------------------------------------------------

bool GrpcLogger::full() const {
  return !ended_ && (paused_ || stream_->waiting() >= kMaxHeld);
}

void GrpcLogger::flush() {
  if (entries_.size() == 0) return;
  if (!stream_ || ended_) open();
  if (full()) {
    if (!leaving_) owner_.worker.loop.arm(timer_, flush_interval_ms_);
    return;
  }
  static thread_local LineBuffer message;
  message.clear();
  if (!identified_) message.append(identifier_);
  identified_ = true;
  EntryWriter writer(message);
  writer.bytes(kind_ == AccessLogSink::HttpGrpc ? 2 : 3, entries_.view());
  entries_.clear();
  size_ = 0;
  if (!leaving_) timer_.cancel();
  stream_->send(message.view());
}

void GrpcLogger::open() {
  upstream::GrpcCallbacks& told = *this;
  stream_ = std::make_unique<upstream::GrpcStream>(owner_.worker, told, options_);
  identified_ = paused_ = ended_ = false;
  stream_->prepare(authority_, kService, kMethod);
  for (size_t i = 0; i + 1 < metadata_.size(); i += 2)
    stream_->metadata().addCopy(metadata_[i], metadata_[i + 1]);
  stream_->start(cluster_);
}

void GrpcLogger::onStatus(int64_t, std::string_view, const HeaderMap*) {
  // Not destroyed yet: it may be in the middle of sending.
  ended_ = true;
  paused_ = false;
  if (leaving_) owner_.worker.loop.arm(timer_, 0);
}

void GrpcLogger::onBackpressure(bool paused) {
  paused_ = paused;
  if (leaving_ && !paused) endStream();
}

// ---- the end ---------------------------------------------------------------------------------

void GrpcLogger::leave() {
  leaving_ = true;
  turn_end_.unlink();
  timer_.cancel();
  owner_.worker.rows.letGo(stats_);
  flush();
  if (!stream_ || ended_) {
    delete this;
    return;
  }
  owner_.worker.loop.arm(timer_, kLeavingMs);
  if (!full()) endStream();
}

void GrpcLogger::endStream() {
  flush();
  if (entries_.size() == 0 && !ended_) stream_->end();
}

void GrpcLogger::stop() {
  if (!leaving_) owner_.worker.rows.letGo(stats_);
  leaving_ = true;
  turn_end_.unlink();
  timer_.cancel();
  stream_.reset();
  entries_.clear();
  unlink();
}

GrpcLoggers::~GrpcLoggers() {
  // Somebody may still hold one of them.
  all_.forEach([](GrpcLogger* logger) {
    bool unused = logger->leaving_;
    logger->stop();
    if (unused) delete logger;
  });
}

std::shared_ptr<GrpcLogger> GrpcLoggers::open(AccessLogSink kind,
                                              const tables::GrpcAccessLog& config) {
  std::string key(kind == AccessLogSink::HttpGrpc ? "http " : "tcp ");
  key.append(config.key.view());
  // A cluster that is removed and comes back has another id, and so have the counts: of a listener
  // that still drains, the log of before may be there.
  for (uint32_t id : {config.cluster, config.stats}) key.append(" ").append(std::to_string(id));
  std::weak_ptr<GrpcLogger>& known = by_key_[key];
  if (std::shared_ptr<GrpcLogger> have = known.lock()) return have;
  auto letGo = [alive = weak_from_this(), key](GrpcLogger* logger) {
    std::shared_ptr<GrpcLoggers> loggers = alive.lock();
    if (!loggers) {
      delete logger;
      return;
    }
    if (auto it = loggers->by_key_.find(key); it != loggers->by_key_.end() && it->second.expired())
      loggers->by_key_.erase(it);
    logger->leave();
  };
  std::shared_ptr<GrpcLogger> made(new GrpcLogger(*this, kind, config), letGo);
  known = made;
  return made;
}

void GrpcLoggers::finish(uint64_t ms) {
  const uint64_t until = io::monotonicMs() + ms;
  while (!all_.empty() && io::monotonicMs() < until) worker.loop.turn(5);
}

}  // namespace attache::accesslog
