// Kernel pipes through which bytes go from one socket to another without being copied (splice(2),
// which has no MSG_NOSIGNAL: the process has to ignore SIGPIPE).
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace attache::io {

class PipePool;

struct Pipe {
  ~Pipe();
  int in = -1, out = -1;
  size_t held = 0;      // bytes in it
  size_t capacity = 0;  // how many it may hold
  PipePool* pool = nullptr;
};

// A worker's pipes. Not thread safe; outlives those it has given.
class PipePool {
 public:
  struct Return {
    void operator()(Pipe* pipe) const;
  };
  using Handle = std::unique_ptr<Pipe, Return>;

  // An empty pipe for at most `limit` bytes; null: the system has none for us.
  Handle take(size_t limit);

 private:
  // So much fits in without asking for more than an ordinary user may have.
  static constexpr int kBytes = 1024 * 1024;
  static constexpr size_t kCached = 16;
  std::vector<std::unique_ptr<Pipe>> free_;
};

}  // namespace attache::io
