#include "accesslog/writer.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/test.h"

namespace attache::accesslog {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kNever(3'600'000);

// A directory of its own, removed with what is in it.
struct TempDir {
  std::string path = "/tmp/attache-log-XXXXXX";
  TempDir() {
    if (mkdtemp(path.data()) == nullptr) std::abort();
  }
  ~TempDir() {
    if (DIR* dir = opendir(path.c_str())) {
      while (dirent* entry = readdir(dir)) unlink((path + "/" + entry->d_name).c_str());
      closedir(dir);
    }
    rmdir(path.c_str());
  }
  std::string file(const char* name) const { return path + "/" + name; }
};

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string numbered(int thread, int i) {
  std::string line = std::to_string(thread) + " " + std::to_string(i) + " ";
  line.append(static_cast<size_t>(i * 37 % 300), static_cast<char>('a' + thread));
  return line + "\n";
}

// Every thread's lines are there, whole and in order.
void checkLines(const std::string& text, int threads, int lines) {
  std::vector<int> next(static_cast<size_t>(threads), 0);
  size_t at = 0;
  while (at < text.size()) {
    size_t end = text.find('\n', at);
    if (end == std::string::npos) break;
    std::string line = text.substr(at, end + 1 - at);
    int thread = std::atoi(line.c_str());
    CHECK(thread >= 0 && thread < threads);
    if (thread < 0 || thread >= threads) return;
    int& expected = next[static_cast<size_t>(thread)];
    if (line != numbered(thread, expected)) {
      CHECK_EQ(line, numbered(thread, expected));
      return;
    }
    expected++;
    at = end + 1;
  }
  CHECK_EQ(at, text.size());
  for (int n : next) CHECK_EQ(n, lines);
}

TEST(writer_threads_lose_nothing) {
  constexpr int kThreads = 4;
  constexpr int kLines = 20'000;
  TempDir dir;
  Writer writer(milliseconds(1));
  Sink* sink = writer.open(AccessLogSink::File, dir.file("log"));
  CHECK(sink != nullptr);
  CHECK(sink == writer.open(AccessLogSink::File, dir.file("log")));
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; t++) {
    threads.emplace_back([sink, t] {
      for (int i = 0; i < kLines; i++) sink->write(numbered(t, i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  writer.flushAll();
  checkLines(content(dir.file("log")), kThreads, kLines);
  WriterStats stats = writer.stats();
  CHECK_EQ(stats.lines, uint64_t{kThreads * kLines});
  CHECK_EQ(stats.dropped, uint64_t{0});
  CHECK_EQ(stats.pending_bytes, uint64_t{0});
  CHECK_EQ(stats.bytes_written, content(dir.file("log")).size());
}

TEST(writer_destructor_flushes) {
  TempDir dir;
  {
    Writer writer(kNever);
    writer.open(AccessLogSink::File, dir.file("log"))->write("last\n");
  }
  CHECK_EQ(content(dir.file("log")), "last\n");
}

TEST(writer_flushes_by_interval) {
  TempDir dir;
  Writer writer(milliseconds(5));
  Sink* sink = writer.open(AccessLogSink::File, dir.file("log"));
  sink->write("line\n");
  for (int i = 0; i < 2000 && content(dir.file("log")).empty(); i++) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  CHECK_EQ(content(dir.file("log")), "line\n");
  CHECK(writer.stats().timer_flushes > 0);
}

TEST(writer_flushes_by_size) {
  TempDir dir;
  Writer writer(kNever);
  writer.setFlushSize(100);
  Sink* sink = writer.open(AccessLogSink::File, dir.file("log"));
  std::string line(49, 'x');
  line += '\n';
  sink->write(line);
  CHECK_EQ(content(dir.file("log")), "");
  sink->write(line);
  for (int i = 0; i < 5000 && content(dir.file("log")).empty(); i++) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  CHECK_EQ(content(dir.file("log")), line + line);
}

TEST(writer_full_chunk_does_not_wait_for_the_interval) {
  TempDir dir;
  Writer writer(kNever);
  Sink* sink = writer.open(AccessLogSink::File, dir.file("log"));
  std::string line(1000, 'x');
  line += '\n';
  for (int i = 0; i < 70; i++) sink->write(line);
  for (int i = 0; i < 5000 && content(dir.file("log")).empty(); i++) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  CHECK(content(dir.file("log")).size() >= 65 * line.size());
}

TEST(writer_long_lines_are_whole) {
  TempDir dir;
  Writer writer(kNever);
  Sink* sink = writer.open(AccessLogSink::File, dir.file("log"));
  std::string longer(Sink::kChunkSize * 3 + 17, 'y');
  longer += '\n';
  sink->write("a\n");
  sink->write(longer);
  sink->write("b\n");
  writer.flushAll();
  CHECK(content(dir.file("log")) == "a\n" + longer + "b\n");
}

TEST(writer_reopens_rotated_files) {
  TempDir dir;
  Writer writer(kNever);
  Sink* sink = writer.open(AccessLogSink::File, dir.file("log"));
  sink->write("before\n");
  CHECK_EQ(rename(dir.file("log").c_str(), dir.file("log.1").c_str()), 0);
  writer.reopenAll();
  writer.flushAll();
  sink->write("after\n");
  writer.flushAll();
  CHECK_EQ(content(dir.file("log.1")), "before\n");
  CHECK_EQ(content(dir.file("log")), "after\n");
}

TEST(writer_keeps_the_file_that_cannot_be_reopened) {
  TempDir dir;
  Writer writer(kNever);
  Sink* sink = writer.open(AccessLogSink::File, dir.file("log"));
  CHECK_EQ(rename(dir.file("log").c_str(), dir.file("log.1").c_str()), 0);
  CHECK_EQ(mkdir(dir.file("log").c_str(), 0700), 0);
  writer.reopenAll();
  sink->write("line\n");
  writer.flushAll();
  CHECK_EQ(content(dir.file("log.1")), "line\n");
  CHECK_EQ(writer.stats().reopen_errors, uint64_t{1});
  rmdir(dir.file("log").c_str());
}

TEST(writer_counts_failed_writes) {
  Writer writer(kNever);
  Sink* sink = writer.open(AccessLogSink::File, "/dev/full");
  if (sink == nullptr) return;  // no such device here
  sink->write("line\n");
  writer.flushAll();
  CHECK_EQ(writer.stats().write_errors, uint64_t{1});
  CHECK_EQ(writer.stats().pending_bytes, uint64_t{0});
}

TEST(writer_open_tells_why_not) {
  Writer writer;
  int error = 0;
  CHECK(writer.open(AccessLogSink::File, "/nonexistent/log", &error) == nullptr);
  CHECK_EQ(error, ENOENT);
}

// A reader that stops reading must not stop the requests.
TEST(writer_drops_when_the_disk_falls_behind) {
  TempDir dir;
  CHECK_EQ(mkfifo(dir.file("fifo").c_str(), 0600), 0);
  int reader = ::open(dir.file("fifo").c_str(), O_RDONLY | O_NONBLOCK);
  CHECK(reader >= 0);
  {
    Writer writer(milliseconds(1));
    Sink* sink = writer.open(AccessLogSink::File, dir.file("fifo"));
    std::string line(4095, 'z');
    line += '\n';
    size_t enough = (Sink::kMaxPending / line.size()) * 2;
    for (size_t i = 0; i < enough; i++) sink->write(line);
    WriterStats stats = writer.stats();
    CHECK(stats.dropped > 0);
    CHECK(stats.lines + stats.dropped == enough);
    CHECK(stats.pending_bytes <= Sink::kMaxPending);
    // The writer gets EPIPE once nobody reads, and the rest is dropped: it can stop.
    ::close(reader);
  }
}

TEST(writer_threads_come_and_go) {
  TempDir dir;
  Writer writer(milliseconds(1));
  Sink* sink = writer.open(AccessLogSink::File, dir.file("log"));
  constexpr int kThreads = 50;
  for (int t = 0; t < kThreads; t++) {
    std::thread([sink, t] { sink->write(numbered(t, 0)); }).join();
  }
  writer.flushAll();
  checkLines(content(dir.file("log")), kThreads, 1);
  CHECK_EQ(writer.stats().lines, uint64_t{kThreads});
}

}  // namespace
}  // namespace attache::accesslog
