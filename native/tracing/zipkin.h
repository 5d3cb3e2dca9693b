// Spans on their way to a collector of Zipkin, over HTTP: many at a time, as JSON (version 2 of its
// API, https://zipkin.io/zipkin-api/).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "accesslog/line_buffer.h"
#include "io/loop.h"
#include "stats/stats.h"
#include "tables/generated/layout.h"

namespace attache {
class Worker;
}

namespace attache::tracing {

class Report;

// Of one collector, on one worker. Belongs to its thread; what waits is lost with it.
class ZipkinReporter {
 public:
  ZipkinReporter(Worker& worker, const tables::ZipkinTracer& config);
  ~ZipkinReporter();
  ZipkinReporter(const ZipkinReporter&) = delete;
  ZipkinReporter& operator=(const ZipkinReporter&) = delete;

  // Where a span is written to, as one JSON object; followed by added().
  accesslog::LineBuffer& begin();
  void added();
  const bool wide_ids, shares_spans;

 private:
  friend class Report;
  // As Envoy's runtime has them: tracing.zipkin.min_flush_spans, tracing.zipkin.flush_interval_ms.
  static constexpr uint32_t kFlushSpans = 5;
  static constexpr uint64_t kFlushMs = 5000;
  // More are not under way at a time: what comes then is dropped.
  static constexpr size_t kMostReports = 32;
  void flush();
  void ended(Report* report);
  static void onTimer(void* self);

  Worker& worker_;
  const uint32_t cluster_;
  const uint32_t timeout_ms_;
  const std::string host_, path_;
  stats::Block* stats_;
  accesslog::LineBuffer spans_;
  uint32_t count_ = 0;
  std::vector<std::unique_ptr<Report>> reports_;
  io::Timer timer_;
};

// Those of a worker, by their configuration.
class Tracers {
 public:
  explicit Tracers(Worker& worker) : worker_(worker) {}
  std::shared_ptr<ZipkinReporter> zipkin(const tables::ZipkinTracer& config);

 private:
  Worker& worker_;
  std::unordered_map<std::string, std::weak_ptr<ZipkinReporter>> zipkin_;
};

}  // namespace attache::tracing
