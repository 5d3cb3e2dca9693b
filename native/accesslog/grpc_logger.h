// gRPC access logs (envoy.service.accesslog.v3): entries gather on the worker and go, many at a
// time, over one stream for each log and worker.
//
// What does not go is counted: an entry that finds the buffer full while the stream takes nothing
// is dropped. Of a stream that ends, what was on its way is lost, as in Envoy; the next entries
// open another one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "accesslog/format.h"
#include "accesslog/line_buffer.h"
#include "base/list.h"
#include "io/loop.h"
#include "stats/stats.h"
#include "upstream/grpc_client.h"

namespace attache {
class Worker;
}

namespace attache::accesslog {

class GrpcLoggers;

// One log of a worker. Belongs to its thread.
class GrpcLogger final : public Link<>, private upstream::GrpcCallbacks {
 public:
  GrpcLogger(GrpcLoggers& owner, tables::AccessLogSink kind, const tables::GrpcAccessLog& config);
  ~GrpcLogger() override;

  // Adds an entry, with what `config`, of the same key, wants of it.
  void log(const tables::GrpcAccessLog& config, const LogInput& input);

 private:
  friend class GrpcLoggers;
  // GrpcCallbacks
  void onMessage(std::string_view) override {}
  void onStatus(int64_t code, std::string_view message, const HeaderMap* trailers) override;
  void onBackpressure(bool paused) override;

  bool mayLog();
  bool full() const;
  void flush();
  void open();
  // Nobody logs here any more: what there is goes, and with the end of the stream this.
  void leave();
  // The worker ends: no stream any more.
  void stop();
  void endStream();
  static void onTimer(void* self);
  static void onTurnEnd(void* self);

  // When nothing says how much is too much.
  static constexpr size_t kMaxHeld = 1 << 20;
  static constexpr uint64_t kLeavingMs = 5000;

  GrpcLoggers& owner_;
  const tables::AccessLogSink kind_;
  const uint32_t cluster_;
  const uint64_t flush_interval_ms_;
  const size_t limit_;  // of entries, in bytes; 0: none waits
  upstream::GrpcStream::Options options_;
  std::string authority_, identifier_;
  std::vector<std::string> metadata_;
  stats::Block* stats_;
  LineBuffer entries_;  // as fields of the message that they go with
  size_t size_ = 0;     // of them, without what says how long they are
  std::unique_ptr<upstream::GrpcStream> stream_;
  io::Timer timer_;
  io::Again turn_end_;
  bool identified_ = false;  // the stream's first message has gone
  bool paused_ = false;
  bool ended_ = false;  // the stream
  bool leaving_ = false;
};

// Those of a worker.
class GrpcLoggers : public std::enable_shared_from_this<GrpcLoggers> {
 public:
  explicit GrpcLoggers(Worker& worker) : worker(worker) {}
  ~GrpcLoggers();
  GrpcLoggers(const GrpcLoggers&) = delete;
  GrpcLoggers& operator=(const GrpcLoggers&) = delete;

  // The one of its kind and key; made, or that of others. The last to let go ends it.
  std::shared_ptr<GrpcLogger> open(tables::AccessLogSink kind, const tables::GrpcAccessLog& config);
  // Waits for streams that are to end, which nobody uses any more, `ms` at most. Runs the loop.
  void finish(uint64_t ms);

  Worker& worker;

 private:
  friend class GrpcLogger;
  List<GrpcLogger> all_;
  std::unordered_map<std::string, std::weak_ptr<GrpcLogger>> by_key_;
};

}  // namespace attache::accesslog
