// One data-plane thread: everything that only it touches. Engine (worker/engine.h) drives it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/random.h"
#include "io/connection.h"
#include "io/loop.h"
#include "stats/stats.h"
#include "tables/pins.h"
#include "tls/session.h"

namespace attache {

class Process;
namespace accesslog {
class GrpcLoggers;
}
namespace mesh {
class Mesh;
}
namespace tracing {
class Tracers;
}
namespace upstream {
class Clusters;
class Mirrors;
}  // namespace upstream
namespace http {
class Inbox;
class Stream;
}  // namespace http

class Worker {
 public:
  static constexpr size_t kReadBytes = 64 * 1024;

  Worker(Process& process, uint32_t index);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  Process& process;
  const uint32_t index;
  io::Loop loop;
  BlockPool blocks;
  BufferPool buffers;
  Random random;
  stats::Rows rows;
  tables::Pins pins;

 private:
  std::unique_ptr<char[]> cork_memory_;

 public:
  io::Cork cork;
  // Of all TLS sessions; before what closes connections.
  tls::Scratch tls_scratch;
  std::unique_ptr<upstream::Clusters> clusters;
  // Where all connections read to; valid until the next read.
  char* scratch() { return scratch_.get(); }

  // "Mon, 23 Nov 2026 21:08:42 GMT" (RFC 9110 section 5.6.7), renewed every second.
  std::string_view dateHeader();
  // CLOCK_REALTIME in µs.
  static uint64_t wallUs();

  // Streams by id, for handles from elsewhere.
  uint64_t nextStreamId() { return ++last_stream_id_; }
  uint64_t nextConnectionId();
  std::unordered_map<uint64_t, http::Stream*> handles;
  const std::shared_ptr<http::Inbox> inbox;
  // Access logs that go over gRPC; made when first asked for.
  accesslog::GrpcLoggers& grpcLoggers();
  // Copies of requests that are under way; made when first asked for.
  upstream::Mirrors& mirrors();
  // Where spans go; made when first asked for.
  tracing::Tracers& tracers();
  // Made when first asked for: most proxies are in no mesh.
  mesh::Mesh& mesh();
  // Lets what they have go, in `ms` at most.
  void finishLogs(uint64_t ms);
  // Told of each record that was replaced or removed.
  std::function<void(uint32_t id)> on_changed;

  // Moves to new versions of records after an update; called on the loop.
  void processRetirements();

 private:
  std::shared_ptr<accesslog::GrpcLoggers> grpc_loggers_;
  std::unique_ptr<upstream::Mirrors> mirrors_;
  std::unique_ptr<mesh::Mesh> mesh_;
  std::unique_ptr<tracing::Tracers> tracers_;
  std::unique_ptr<char[]> scratch_;
  uint64_t last_stream_id_ = 0;
  uint64_t date_second_ = 0;
  char date_[32];
};

}  // namespace attache
