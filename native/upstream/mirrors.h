// Copies of requests that go to another cluster, whose answers nobody waits for.
#pragma once

#include <cstddef>

#include "base/list.h"
#include "codec/headers.h"
#include "upstream/async_client.h"

namespace attache {
class Worker;
}

namespace attache::upstream {

struct MirrorTag;

// One of them. It is its sender's until release(), or giveUp(): then it ends itself.
class Mirror final : public Link<MirrorTag>, private AsyncCallbacks {
 public:
  // To be filled before start().
  HeaderMap& headers() { return request_.headers(); }
  // To the cluster with this directory id. A `timeout_ms` of 0: none.
  void start(uint32_t cluster, bool end, uint64_t timeout_ms, bool high_priority);
  // The bytes need to live until the worker's cork is flushed. False: it takes them so slowly that
  // more than `most` would wait; it is to be given up.
  bool sendData(const char* data, size_t n, bool end, size_t most);
  // Copied.
  void sendTrailers(const HeaderMap& trailers);
  // All of the request was sent.
  void release();
  void giveUp() { delete this; }

 private:
  friend class Mirrors;
  explicit Mirror(Worker& worker)
      : request_(worker, *this), trailers_(request_.headers().arena()) {}
  ~Mirror() override { unlink(); }
  void onHeaders(HeaderMap&, int, bool end) override {
    if (end) over();
  }
  void onData(const char*, size_t, bool end) override {
    if (end) over();
  }
  void onTrailers(HeaderMap&) override { over(); }
  void onFailure(http::UpstreamFailure, std::string_view) override { over(); }
  void over() {
    if (!held_) delete this;
  }
  AsyncRequest request_;
  HeaderMap trailers_;
  bool held_ = true;
};

// Those of a worker that are under way.
class Mirrors {
 public:
  explicit Mirrors(Worker& worker) : worker_(worker) {}
  ~Mirrors();
  Mirrors(const Mirrors&) = delete;
  Mirrors& operator=(const Mirrors&) = delete;
  Mirror& make();

 private:
  Worker& worker_;
  List<Mirror, MirrorTag> all_;
};

}  // namespace attache::upstream
