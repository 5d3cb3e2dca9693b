// Access-log files: every worker appends whole lines to memory of its own, one thread writes.
//
// The request path takes no lock and makes no system call: it fills one of two buffers; a full
// one is handed over, and the writer thread collects a partly filled one on its flush tick.
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
  uint64_t dropped = 0;  // lines lost because the writer fell behind by kMaxPending bytes
  uint64_t bytes_written = 0;
  uint64_t write_errors = 0;  // failed writes (their lines are lost)
  uint64_t reopen_errors = 0;
  uint64_t flushes = 0;  // writes to the kernel
};

class Writer;

// One destination. Lives until the process ends; shared by all threads.
class Sink {
 public:
  Sink(Writer& writer, AccessLogSink kind, std::string path, int fd);
  ~Sink();
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  // Appends one line, line end included, as a whole. Never blocks on the disk: a line is
  // dropped, and counted, when more than kMaxPending bytes of this thread wait to be written.
  void write(std::string_view line);

  const std::string& path() const { return path_; }

  static constexpr size_t kBufferSize = 64 * 1024;
  static constexpr size_t kMaxPending = 4 * 1024 * 1024;

 private:
  friend class Writer;
  struct Producer;

  Producer& producer();
  bool drain();   // writer thread: writes all that is there
  bool reopen();  // writer thread

  Writer& writer_;
  const AccessLogSink kind_;
  const std::string path_;
  int fd_;
  const uint64_t id_;
  std::mutex mutex_;  // guards the list of producers
  std::vector<std::unique_ptr<Producer>> producers_;
};

// The process's access-log writer. One thread, started with the first sink.
class Writer {
 public:
  explicit Writer(std::chrono::milliseconds flush_interval = std::chrono::milliseconds(1000));
  ~Writer();  // flushes everything, stops the thread; no Sink may be used any more
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // The one of the process; `setFlushInterval` before the first sink is opened.
  static Writer& process();
  void setFlushInterval(std::chrono::milliseconds interval);

  // The sink of that kind and path, opened for appending when it is new (mode 0644, O_APPEND).
  // Null when it cannot be opened: `error` (may be null) gets errno. Any thread; may block: not for
  // the request path.
  Sink* open(AccessLogSink kind, std::string_view path, int* error = nullptr);

  // SIGUSR1: what was written so far goes to the old files, then they are opened again by name.
  // Returns at once.
  void reopenAll();
  // Writes everything appended before the call; returns when it is with the kernel.
  void flushAll();

  WriterStats stats() const;

 private:
  friend class Sink;

  void start();
  void run();
  void pass(bool reopen);
  void wake();

  mutable std::mutex mutex_;  // guards what follows, never held while writing
  std::condition_variable wake_;
  std::condition_variable done_;
  std::vector<std::unique_ptr<Sink>> sinks_;
  std::chrono::milliseconds flush_interval_;
  uint64_t requested_ = 0;  // flushes asked for
  uint64_t finished_ = 0;   // flushes done
  bool reopen_ = false;
  bool stop_ = false;
  bool full_ = false;  // a producer handed a buffer over
  std::thread thread_;

  std::atomic<uint64_t> bytes_written_{0};
  std::atomic<uint64_t> write_errors_{0};
  std::atomic<uint64_t> reopen_errors_{0};
  std::atomic<uint64_t> flushes_{0};
};

}  // namespace attache::accesslog
