#include "accesslog/writer.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "accesslog/producer.h"

namespace attache::accesslog {
namespace {

std::atomic<uint64_t> next_sink_id{1};

// The producers of this thread. They outlive whichever goes first, the thread or the sink.
struct ThreadProducers {
  struct Entry {
    uint64_t sink;
    std::shared_ptr<Producer> producer;
  };
  std::vector<Entry> entries;

  ~ThreadProducers() {
    for (Entry& entry : entries) entry.producer->close();
  }
};

ThreadProducers& threadProducers() {
  static thread_local ThreadProducers producers;
  return producers;
}

int openFile(const char* path) {
  return ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

void bump(std::atomic<uint64_t>& counter, uint64_t n = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

}  // namespace

Sink::Sink(Writer& writer, AccessLogSink kind, std::string_view path, int fd)
    : writer_(writer),
      kind_(kind),
      path_(path),
      id_(next_sink_id.fetch_add(1, std::memory_order_relaxed)),
      fd_(fd) {}

Sink::~Sink() {
  if (kind_ == AccessLogSink::File) ::close(fd_);
}

Producer& Sink::producer() {
  ThreadProducers& mine = threadProducers();
  for (ThreadProducers::Entry& entry : mine.entries) {
    if (entry.sink == id_) return *entry.producer;
  }
  auto made = std::make_shared<Producer>();
  mine.entries.push_back({id_, made});
  std::lock_guard lock(mutex_);
  producers_.push_back(made);
  return *made;
}

void Sink::write(std::string_view line) {
  if (line.empty()) return;
  bool enough = false;
  producer().append(line, writer_.flush_size_.load(std::memory_order_relaxed), enough);
  if (enough) writer_.wake();
}

void Sink::drain() {
  {
    std::lock_guard lock(mutex_);
    draining_ = producers_;
  }
  bool ended = false;
  for (const std::shared_ptr<Producer>& producer : draining_) {
    bool closed = producer->closed();
    producer->consume([this](const char* data, size_t size) { writer_.writeOut(fd_, data, size); });
    ended |= closed;
  }
  if (ended) {
    std::lock_guard lock(mutex_);
    std::erase_if(producers_, [this](const std::shared_ptr<Producer>& producer) {
      if (!producer->closed() || producer->pending() != 0) return false;
      ended_lines_ += producer->lines();
      ended_dropped_ += producer->dropped();
      return true;
    });
  }
  draining_.clear();
}

void Sink::reopen() {
  if (kind_ != AccessLogSink::File) return;
  int fd = openFile(path_.c_str());
  if (fd < 0) {
    bump(writer_.reopen_errors_);
    return;
  }
  ::close(fd_);
  fd_ = fd;
}

Writer::Writer(std::chrono::milliseconds flush_interval)
    : flush_interval_ms_(flush_interval.count()),
      event_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (event_fd_ < 0) std::abort();
}

Writer::~Writer() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake();
  if (thread_.joinable()) thread_.join();
  ::close(event_fd_);
}

Writer& Writer::process() {
  // Left alive on purpose: worker threads may still log while static objects are destroyed.
  static Writer* writer = new Writer;
  return *writer;
}

void Writer::setFlushInterval(std::chrono::milliseconds interval) {
  flush_interval_ms_.store(interval.count(), std::memory_order_relaxed);
  wake();
}

void Writer::setFlushSize(uint64_t bytes) {
  flush_size_.store(std::min<uint64_t>(bytes, Sink::kMaxPending / 2), std::memory_order_relaxed);
}

Sink* Writer::open(AccessLogSink kind, std::string_view path, int* error) {
  std::lock_guard lock(mutex_);
  for (const std::unique_ptr<Sink>& sink : sinks_) {
    if (sink->kind() == kind && sink->path() == path) return sink.get();
  }
  int fd = kind == AccessLogSink::Stdout ? STDOUT_FILENO : STDERR_FILENO;
  if (kind == AccessLogSink::File) {
    fd = openFile(std::string(path).c_str());
    if (fd < 0) {
      if (error != nullptr) *error = errno;
      return nullptr;
    }
  }
  sinks_.push_back(std::make_unique<Sink>(*this, kind, path, fd));
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  return sinks_.back().get();
}

void Writer::reopenAll() {
  {
    std::lock_guard lock(mutex_);
    reopen_ = true;
  }
  wake();
}

void Writer::flushAll() {
  std::unique_lock lock(mutex_);
  if (!thread_.joinable() || stop_) return;
  uint64_t mine = ++requested_;
  wake();
  done_.wait(lock, [&] { return finished_ >= mine; });
}

WriterStats Writer::stats() const {
  WriterStats stats;
  std::lock_guard lock(mutex_);
  for (const std::unique_ptr<Sink>& sink : sinks_) {
    std::lock_guard producers(sink->mutex_);
    stats.lines += sink->ended_lines_;
    stats.dropped += sink->ended_dropped_;
    for (const std::shared_ptr<Producer>& producer : sink->producers_) {
      stats.lines += producer->lines();
      stats.dropped += producer->dropped();
      stats.pending_bytes += producer->pending();
    }
  }
  stats.bytes_written = bytes_written_.load(std::memory_order_relaxed);
  stats.writes = writes_.load(std::memory_order_relaxed);
  stats.write_errors = write_errors_.load(std::memory_order_relaxed);
  stats.timer_flushes = timer_flushes_.load(std::memory_order_relaxed);
  stats.reopen_errors = reopen_errors_.load(std::memory_order_relaxed);
  return stats;
}

void Writer::wake() {
  if (woken_.exchange(true, std::memory_order_acq_rel)) return;
  uint64_t one = 1;
  // Fails only when the counter is full, and then the writer is awake anyway.
  [[maybe_unused]] ssize_t n = ::write(event_fd_, &one, sizeof one);
}

void Writer::await() {
  pollfd event{event_fd_, POLLIN, 0};
  int64_t interval = flush_interval_ms_.load(std::memory_order_relaxed);
  int n = ::poll(&event, 1, static_cast<int>(interval < 1 ? 1 : interval));
  if (n > 0) {
    uint64_t count;
    [[maybe_unused]] ssize_t got = ::read(event_fd_, &count, sizeof count);
  } else if (n == 0) {
    bump(timer_flushes_);
  }
  // Before looking at what is there: who appends after this wakes again.
  woken_.store(false, std::memory_order_seq_cst);
}

void Writer::run() {
  // Signals are for other threads; a pipe whose reader is gone is an error of write().
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  for (;;) {
    await();
    uint64_t serving;
    bool reopen;
    bool stop;
    {
      std::lock_guard lock(mutex_);
      serving = requested_;
      reopen = std::exchange(reopen_, false);
      stop = stop_;
    }
    pass(reopen);
    {
      std::lock_guard lock(mutex_);
      finished_ = serving;
    }
    done_.notify_all();
    if (stop) return;
  }
}

void Writer::pass(bool reopen) {
  std::vector<Sink*> sinks;
  {
    std::lock_guard lock(mutex_);
    for (const std::unique_ptr<Sink>& sink : sinks_) sinks.push_back(sink.get());
  }
  for (Sink* sink : sinks) {
    sink->drain();
    if (reopen) sink->reopen();
  }
}

void Writer::writeOut(int fd, const char* data, size_t size) {
  while (size > 0) {
    ssize_t n = ::write(fd, data, size);
    if (n >= 0) {
      bump(writes_);
      bump(bytes_written_, static_cast<uint64_t>(n));
      data += n;
      size -= static_cast<size_t>(n);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      // Standard output can be a pipe that Node made non-blocking.
      pollfd out{fd, POLLOUT, 0};
      constexpr int kPatienceMs = 5000;
      if (::poll(&out, 1, kPatienceMs) > 0) continue;
    }
    bump(write_errors_);
    return;
  }
}

}  // namespace attache::accesslog
