// Access-log files: every worker appends whole lines to memory of its own, one thread writes.
//
// The request path takes no lock and waits for nobody. Each thread has, for each file, a chain of
// 64 KB chunks with one producer (the thread) and one consumer (the writer): a line is copied and
// then published by a release-store of the chunk's size. Enough of them (the flush size) wake the
// writer, which otherwise looks every flush interval.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tables/generated/layout.h"

namespace attache::accesslog {

using tables::AccessLogSink;

struct WriterStats {
  uint64_t lines = 0;    // accepted
  uint64_t dropped = 0;  // lost because the disk fell behind by Sink::kMaxPending bytes
  uint64_t pending_bytes = 0;
  uint64_t bytes_written = 0;
  uint64_t writes = 0;        // that succeeded
  uint64_t write_errors = 0;  // what they were to write is lost
  uint64_t timer_flushes = 0;
  uint64_t reopen_errors = 0;
};

class Writer;
class Producer;

// One destination. Lives as long as its Writer; shared by all threads.
class Sink {
 public:
  Sink(Writer& writer, AccessLogSink kind, std::string_view path, int fd);
  ~Sink();
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  // Appends one line, line end included, as a whole. Never waits: when more than kMaxPending
  // bytes of this thread are still to be written, the line is dropped and counted.
  void write(std::string_view line);

  AccessLogSink kind() const { return kind_; }
  const std::string& path() const { return path_; }

  static constexpr size_t kChunkSize = 64 * 1024;
  static constexpr size_t kMaxPending = 16 * 1024 * 1024;

 private:
  friend class Writer;

  Producer& producer();
  // The writer's thread alone.
  void drain();
  void reopen();

  Writer& writer_;
  const AccessLogSink kind_;
  const std::string path_;
  const uint64_t id_;
  int fd_;
  std::mutex mutex_;  // guards what follows: taken when a thread comes, and for each drain
  std::vector<std::shared_ptr<Producer>> producers_;
  uint64_t ended_lines_ = 0;  // of threads that are gone
  uint64_t ended_dropped_ = 0;
  std::vector<std::shared_ptr<Producer>> draining_;  // the writer's copy
};

// A process has one, process(); tests make their own.
class Writer {
 public:
  explicit Writer(std::chrono::milliseconds flush_interval = std::chrono::milliseconds(1000));
  // Writes everything and stops its thread. No Sink of it may be used any more.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // The one of the process; never destroyed (call flushAll() before exiting).
  static Writer& process();

  // --file-flush-interval-msec; takes effect from the next flush on.
  void setFlushInterval(std::chrono::milliseconds interval);

  // --file-flush-min-size-kb: from so many bytes of one thread on the writer does not wait for the
  // interval (at most Sink::kMaxPending / 2).
  void setFlushSize(uint64_t bytes);

  // The sink of that kind and path; a new one is opened for appending (mode 0644). Null when it
  // cannot be: *error (which may be null) becomes errno. May block: not for the request path.
  Sink* open(AccessLogSink kind, std::string_view path, int* error = nullptr);

  // SIGUSR1: what was appended before goes to the old files, then all are opened again by name.
  // Returns at once; a file that cannot be opened keeps its old descriptor.
  void reopenAll();
  // Returns when everything appended before the call is with the kernel (or failed).
  void flushAll();

  WriterStats stats() const;

 private:
  friend class Sink;

  void run();
  void pass(bool reopen);
  void wake();   // any thread; one system call at most until the writer looks
  void await();  // the writer's thread: until woken or the interval is over
  void writeOut(int fd, const char* data, size_t size);

  mutable std::mutex mutex_;  // guards what follows; never held while writing
  std::condition_variable done_;
  std::vector<std::unique_ptr<Sink>> sinks_;
  uint64_t requested_ = 0;  // flushes asked for
  uint64_t finished_ = 0;
  bool reopen_ = false;
  bool stop_ = false;

  std::atomic<int64_t> flush_interval_ms_;
  std::atomic<uint64_t> flush_size_{Sink::kChunkSize};
  std::atomic<bool> woken_{false};
  int event_fd_;
  std::thread thread_;

  // Written by the writer's thread alone.
  std::atomic<uint64_t> bytes_written_{0};
  std::atomic<uint64_t> writes_{0};
  std::atomic<uint64_t> write_errors_{0};
  std::atomic<uint64_t> timer_flushes_{0};
  std::atomic<uint64_t> reopen_errors_{0};
};

}  // namespace attache::accesslog
