// How other threads reach a stream: they hold a handle, never the stream.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace attache {
class Worker;
}

namespace attache::http {

// What other threads have to tell the streams of one worker. Outlives the worker for as long as
// there are handles; takes nothing any more then.
class Inbox {
 public:
  enum class What : uint8_t { ResumeDecoding, ResumeEncoding, Wake };
  explicit Inbox(Worker& worker) : worker_(&worker) {}
  // From any thread. False: the worker has ended.
  bool post(uint64_t stream, uint32_t filter, What what);
  // The worker ends; on its thread.
  void close();

 private:
  struct Note {
    uint64_t stream;
    uint32_t filter;
    What what;
  };
  void deliver();
  std::mutex mutex_;
  Worker* worker_;  // null: closed
  std::vector<Note> notes_;
  std::vector<Note> spare_;  // the worker's
};

// Names a stream from anywhere, also after its end: numbers are never used again, so what comes too
// late finds nothing and has no effect. Made by Stream::handle(), free to be copied and to be used
// from any thread; `filter` is FilterContext::index of the filter that is meant. What the caller
// wrote before is seen by the hooks that follow. True says that the worker will look, not that the
// stream is still there.
class StreamHandle {
 public:
  StreamHandle() = default;
  StreamHandle(std::shared_ptr<Inbox> inbox, uint64_t stream)
      : inbox_(std::move(inbox)), stream_(stream) {}
  // FilterContext::resumeDecoding() and resumeEncoding() on the worker's thread, soon.
  bool resumeDecoding(uint32_t filter) const { return post(filter, Inbox::What::ResumeDecoding); }
  bool resumeEncoding(uint32_t filter) const { return post(filter, Inbox::What::ResumeEncoding); }
  // The same for all handles of one stream, and for no other stream's.
  using Key = std::pair<const void*, uint64_t>;
  Key key() const { return {inbox_.get(), stream_}; }
  // The filter's onWake hook, where it may also answer the request.
  bool wake(uint32_t filter) const { return post(filter, Inbox::What::Wake); }

 private:
  bool post(uint32_t filter, Inbox::What what) const {
    return inbox_ && inbox_->post(stream_, filter, what);
  }
  std::shared_ptr<Inbox> inbox_;
  uint64_t stream_ = 0;
};

}  // namespace attache::http
