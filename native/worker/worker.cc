#include "worker/worker.h"

#include <time.h>

#include <cstdio>

#include "accesslog/grpc_logger.h"
#include "http/stream_handle.h"
#include "mesh/mesh.h"
#include "tracing/zipkin.h"
#include "upstream/cluster.h"
#include "upstream/mirrors.h"
#include "worker/process.h"

namespace attache {

Worker::Worker(Process& process, uint32_t index)
    : process(process),
      index(index),
      rows(process.registry, static_cast<int>(index)),
      pins(process.records, [this] { loop.post([this] { processRetirements(); }); }),
      cork_memory_(new char[io::Cork::kBytes]),
      cork(cork_memory_.get()),
      clusters(new upstream::Clusters(*this)),
      inbox(std::make_shared<http::Inbox>(*this)),
      scratch_(new char[kReadBytes]) {}

Worker::~Worker() {
  inbox->close();
  mirrors_.reset();
  grpc_loggers_.reset();
  clusters.reset();
}

upstream::Mirrors& Worker::mirrors() {
  if (!mirrors_) mirrors_ = std::make_unique<upstream::Mirrors>(*this);
  return *mirrors_;
}

accesslog::GrpcLoggers& Worker::grpcLoggers() {
  if (!grpc_loggers_) grpc_loggers_ = std::make_shared<accesslog::GrpcLoggers>(*this);
  return *grpc_loggers_;
}

tracing::Tracers& Worker::tracers() {
  if (!tracers_) tracers_ = std::make_unique<tracing::Tracers>(*this);
  return *tracers_;
}

mesh::Mesh& Worker::mesh() {
  if (!mesh_) mesh_ = std::make_unique<mesh::Mesh>(*this);
  return *mesh_;
}

void Worker::finishLogs(uint64_t ms) {
  if (grpc_loggers_) grpc_loggers_->finish(ms);
}

uint64_t Worker::wallUs() {
  timespec ts;
  clock_gettime(CLOCK_REALTIME, &ts);
  return static_cast<uint64_t>(ts.tv_sec) * 1000000 + static_cast<uint64_t>(ts.tv_nsec) / 1000;
}

std::string_view Worker::dateHeader() {
  // The loop's clock tells when a second has passed, the wall clock which one it is.
  uint64_t second = loop.nowMs() / 1000;
  if (second != date_second_) {
    date_second_ = second;
    time_t now = time(nullptr);
    tm parts;
    gmtime_r(&now, &parts);
    strftime(date_, sizeof date_, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  }
  return {date_, 29};
}

uint64_t Worker::nextConnectionId() {
  return process.next_connection_id.fetch_add(1, std::memory_order_relaxed);
}

void Worker::processRetirements() {
  // A few at a time: no turn may be longer than a request can wait.
  bool more = pins.process(64, [this](uint32_t id) {
    clusters->changed(id);
    if (on_changed) on_changed(id);
  });
  if (more) loop.post([this] { processRetirements(); });
}

}  // namespace attache
