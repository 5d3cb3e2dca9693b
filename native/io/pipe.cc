#include "io/pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

namespace attache::io {

Pipe::~Pipe() {
  if (in >= 0) ::close(in);
  if (out >= 0) ::close(out);
}

PipePool::Handle PipePool::take(size_t limit) {
  std::unique_ptr<Pipe> pipe;
  if (!free_.empty()) {
    pipe = std::move(free_.back());
    free_.pop_back();
  } else {
    int ends[2];
    if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return nullptr;
    pipe = std::make_unique<Pipe>();
    pipe->out = ends[0];
    pipe->in = ends[1];
    pipe->pool = this;
    // Refused to users with many pipes: then it keeps its usual size.
    ::fcntl(pipe->in, F_SETPIPE_SZ, kBytes);
  }
  int size = ::fcntl(pipe->in, F_GETPIPE_SZ);
  pipe->capacity = std::min(limit, static_cast<size_t>(std::max(size, 4096)));
  return Handle(pipe.release());
}

void PipePool::Return::operator()(Pipe* pipe) const {
  std::unique_ptr<Pipe> owned(pipe);
  PipePool& pool = *pipe->pool;
  // What is still in it belongs to a connection that is gone.
  if (owned->held == 0 && pool.free_.size() < kCached) pool.free_.push_back(std::move(owned));
}

}  // namespace attache::io
