// The engine without Node: for sanitizers, callgrind and profilers.
//   attache_standalone FILE [--threads N] [--update-ms MS]
//       serves a packed configuration (standalone/packed.h) until SIGTERM or SIGINT; with
//       --update-ms publishes the file's versions in turn, that often
//   attache_standalone FILE --lockstep --port P --origin-port P --requests N
//       [--connections N] [--body BYTES] [--browser] [--http2] [--http2-origin]
//       has N requests answered on one thread and ends (standalone/lockstep.h)
//   attache_standalone FILE --pick N
//       chooses a host of each cluster N times and prints what one choice takes
#include <signal.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "accesslog/writer.h"
#include "standalone/lockstep.h"
#include "standalone/packed.h"
#include "upstream/cluster.h"
#include "worker/engine.h"
#include "worker/process.h"

namespace attache::standalone {

namespace {

struct Arguments {
  std::string file;
  int threads = 1;
  int update_ms = 0;
  bool lockstep = false;
  LockstepOptions run;
  uint64_t picks = 0;
};

bool parse(int argc, char** argv, Arguments* out) {
  for (int i = 1; i < argc; i++) {
    std::string_view name = argv[i];
    auto value = [&]() -> long { return i + 1 < argc ? std::strtol(argv[++i], nullptr, 10) : 0; };
    if (name == "--threads") {
      out->threads = static_cast<int>(value());
    } else if (name == "--update-ms") {
      out->update_ms = static_cast<int>(value());
    } else if (name == "--lockstep") {
      out->lockstep = true;
    } else if (name == "--pick") {
      out->picks = static_cast<uint64_t>(value());
    } else if (name == "--port") {
      out->run.port = static_cast<int>(value());
    } else if (name == "--origin-port") {
      out->run.origin_port = static_cast<int>(value());
    } else if (name == "--requests") {
      out->run.requests = static_cast<uint64_t>(value());
    } else if (name == "--connections") {
      out->run.connections = static_cast<size_t>(value());
    } else if (name == "--body") {
      out->run.body = static_cast<size_t>(value());
    } else if (name == "--browser") {
      out->run.browser = true;
    } else if (name == "--http2") {
      out->run.http2 = true;
    } else if (name == "--http2-origin") {
      out->run.http2_origin = true;
    } else if (out->file.empty() && name[0] != '-') {
      out->file = name;
    } else {
      return false;
    }
  }
  return !out->file.empty() && out->threads > 0;
}

int fail(const std::string& why) {
  std::fprintf(stderr, "attache_standalone: %s\n", why.c_str());
  return 1;
}

// A worker thread: its engine lives and dies on it.
class Thread {
 public:
  Thread(Process& process, uint32_t index, const std::vector<uint32_t>& listeners)
      : thread_([this, &process, index, listeners] { run(process, index, listeners); }) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return engine_ != nullptr; });
  }
  // Ends it.
  void join() {
    engine_->worker.loop.post([this] { stop_ = true; });
    thread_.join();
  }

 private:
  void run(Process& process, uint32_t index, const std::vector<uint32_t>& listeners) {
    Engine engine(process, index);
    for (uint32_t id : listeners) engine.addListener(id);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      engine_ = &engine;
      changed_.notify_one();
    }
    while (!stop_) {
      int64_t wait = engine.worker.loop.nextTimerIn();
      engine.worker.loop.turn(static_cast<int>(wait));
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Engine* engine_ = nullptr;
  bool stop_ = false;
  std::thread thread_;
};

int serve(Process& process, Publisher& publisher, const std::vector<Version>& versions,
          const Arguments& arguments, const sigset_t& signals) {
  std::vector<std::unique_ptr<Thread>> threads;
  for (int i = 0; i < arguments.threads; i++) {
    threads.push_back(
        std::make_unique<Thread>(process, static_cast<uint32_t>(i), publisher.listeners()));
  }
  std::fprintf(stderr, "serving\n");
  size_t updates = 0;
  for (;;) {
    timespec wait{arguments.update_ms / 1000, arguments.update_ms % 1000 * 1'000'000L};
    int signal = arguments.update_ms > 0 ? sigtimedwait(&signals, nullptr, &wait)
                                         : sigwaitinfo(&signals, nullptr);
    if (signal > 0) break;
    if (errno == EINTR) continue;
    std::string why;
    if (!publisher.publish(versions[++updates % versions.size()], &why)) return fail(why);
  }
  for (auto& thread : threads) thread->join();
  process.records.reclaim();
  tables::Records::Stats left = process.records.stats();
  std::fprintf(stderr, "%zu updates, %zu records, %zu retiring\n", updates, left.records,
               left.retiring);
  return left.retiring == 0 ? 0 : fail("records were never let go of");
}

// What balancing alone takes: the cluster's own choice, without a request.
int pick(Process& process, const Publisher& publisher, const Version& version, uint64_t times) {
  Engine engine(process, 0);
  for (const Resource& resource : version) {
    auto kind = static_cast<uint32_t>(tables::RecordKind::Cluster);
    if (resource.kind != kind) continue;
    upstream::Cluster* cluster = engine.worker.clusters->get(publisher.find(kind, resource.name));
    if (!cluster || !cluster->choose({})) return fail(resource.name + " has no host");
    auto begin = std::chrono::steady_clock::now();
    // The last host is looked at, or the compiler could leave the work out.
    upstream::Host* last = nullptr;
    for (uint64_t i = 0; i < times; i++) last = cluster->choose({});
    std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    std::printf("%-32s %8.1f ns  (%zu hosts, last %.*s)\n", resource.name.c_str(),
                took.count() / static_cast<double>(times), cluster->hosts().size(),
                static_cast<int>(last->addressText().size()), last->addressText().data());
  }
  return 0;
}

int run(const Arguments& arguments) {
  // Before the first thread, so that every one inherits it.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  std::string why;
  std::vector<Version> versions;
  if (!readPacked(arguments.file, &versions, &why)) return fail(arguments.file + ": " + why);
  Process process;
  process.log = [](int, const char* component, const std::string& text) {
    std::fprintf(stderr, "[%s] %s\n", component, text.c_str());
  };
  process.log_level = 3;
  Publisher publisher(process);
  if (!publisher.publish(versions[0], &why)) return fail(why);
  int code;
  if (arguments.picks > 0) {
    code = pick(process, publisher, versions[0], arguments.picks);
  } else if (arguments.lockstep) {
    Engine engine(process, 0);
    for (uint32_t id : publisher.listeners()) engine.addListener(id);
    code = runLockstep(engine, arguments.run, &why) ? 0 : fail(why);
  } else {
    code = serve(process, publisher, versions, arguments, signals);
  }
  accesslog::Writer::process().flushAll();
  return code;
}

}  // namespace

}  // namespace attache::standalone

int main(int argc, char** argv) {
  attache::standalone::Arguments arguments;
  if (!attache::standalone::parse(argc, argv, &arguments)) {
    std::fprintf(stderr,
                 "usage: attache_standalone FILE [options]; see native/standalone/main.cc\n");
    return 2;
  }
  return attache::standalone::run(arguments);
}
