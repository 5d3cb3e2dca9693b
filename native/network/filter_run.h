// The filters before the last one of a chain (network/filter.h), at one connection.
#pragma once

#include <vector>

#include "base/buffer.h"
#include "mesh/facts.h"
#include "network/filter.h"

namespace attache::network {

// Whoever has the connection just now.
struct FilterHost {
  void* self = nullptr;
  // All filters have let the connection pass, after one of them had paused.
  void (*passed)(void* self) = nullptr;
  // Bytes that a filter has held back can be read.
  void (*readable)(void* self) = nullptr;
  // A filter closes the connection. The run may be gone after it.
  void (*close)(void* self) = nullptr;
  // Null: it is on its way to where it is served.
  io::Connection* connection = nullptr;
  // FilterContext::tell().
  bool (*tell)(void* self, mesh::ProxiedFacts& into) = nullptr;
};

class FilterRun {
 public:
  // `filters`, `info` (null: nothing is known) and the pool outlive it; `fd` is the connection's.
  FilterRun(Worker& worker, std::span<const FilterEntry> filters, int fd,
            const io::ConnectionInfo* info, BufferPool& buffers, size_t buffer_limit);
  ~FilterRun();
  FilterRun(const FilterRun&) = delete;
  FilterRun& operator=(const FilterRun&) = delete;

  // What the filter said that has closed the connection.
  http::Flags flags() const { return flags_; }
  void setHost(const FilterHost& host) { host_ = host; }
  // What the other end has said of itself.
  mesh::PeerFacts& peer() { return peer_; }
  // Whether a filter wants to be told what the proxy behind it knows.
  bool wantsFacts() const { return wants_facts_; }
  // Shows them the connection. True: all have let it pass. False: one has paused, or closed it (the
  // run may be gone).
  bool begin();
  // From now on the run belongs to the connection: it goes when the connection tells its owner.
  Owner keep(const Owner& owner);

  // ---- bytes, once the connection is served -----------------------------------------------------
  // The handshake is done. Only the first call counts.
  void established();
  // Whether bytes are any of their business, or some wait to be taken.
  bool wantsData() const { return wants_data_; }
  // Shows them what has come; `end`: nothing follows. False: one of them closes the connection, and
  // the run may be gone.
  bool feed(const char* data, size_t n, bool end);
  // Takes what they have let pass.
  size_t take(char* into, size_t room);
  // Nothing follows what was taken. True once.
  bool takeEnd();
  // More is held back than the connection may keep.
  bool full() const { return held_.size() >= buffer_limit_; }

 private:
  class Place;
  void noMoreData(Place& place);
  void settle();
  bool showConnection();
  bool showData();
  void resume(size_t at);
  void close(http::Flags flags);
  bool leave();
  static void onClosed(void* self, uint64_t life_ms);

  std::vector<std::unique_ptr<Place>> places_;
  FilterHost host_;
  Owner owner_{nullptr, nullptr};
  mesh::PeerFacts peer_;
  Buffer held_, passed_;
  size_t buffer_limit_;
  size_t at_ = 0;  // whose turn it is
  http::Flags flags_ = 0;
  bool began_ = false;    // all have seen the connection
  bool paused_ = false;   // at_ has
  bool running_ = false;  // hooks are being called
  bool closing_ = false;
  bool wants_data_ = false;
  bool wants_facts_ = false;
  bool established_ = false;
  bool end_ = false;  // the end has come
  bool end_passed_ = false;
  bool end_taken_ = false;
};

// What a connection reads: what the filters have let pass of what `raw` reads, which is as
// io::Connection::readSome(). For connections whose filters want data.
template <class Raw>
auto readThrough(FilterRun& run, char* into, size_t room, size_t* got, Raw raw) -> decltype(raw()) {
  using Read = decltype(raw());
  for (;;) {
    if ((*got = run.take(into, room)) > 0) return Read::Data;
    if (run.takeEnd()) return Read::End;
    if (!run.wantsData()) return raw();
    // What more there is waits in the socket: whoever resumes has it read.
    if (run.full()) return Read::Blocked;
    Read result = raw();
    if (result == Read::Blocked || result == Read::Failed) return result;
    bool end = result == Read::End;
    if (!run.feed(into, end ? 0 : *got, end)) {
      *got = 0;
      return Read::Blocked;
    }
    // An end is told once; behind it nothing is read any more.
    if (end && (*got = run.take(into, room)) == 0) return run.takeEnd() ? Read::End : Read::Blocked;
    if (end) return Read::Data;
  }
}

}  // namespace attache::network
