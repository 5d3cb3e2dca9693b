#include "upstream/mirrors.h"

#include "worker/worker.h"

namespace attache::upstream {

void Mirror::start(uint32_t cluster, bool end, uint64_t timeout_ms, bool high_priority) {
  AsyncRequest::Options options;
  options.timeout_ms = static_cast<uint32_t>(timeout_ms);
  options.high_priority = high_priority;
  options.corked = true;
  request_.start(cluster, end, options);
}

bool Mirror::sendData(const char* data, size_t n, bool end, size_t most) {
  request_.sendData(data, n, end);
  return request_.waiting() <= most;
}

void Mirror::sendTrailers(const HeaderMap& trailers) {
  trailers.cloneInto(trailers_);
  request_.sendTrailers(trailers_);
}

void Mirror::release() {
  held_ = false;
  if (!request_.underWay()) delete this;
}

Mirrors::~Mirrors() {
  while (Mirror* mirror = all_.front()) delete mirror;
}

Mirror& Mirrors::make() {
  auto* mirror = new Mirror(worker_);
  all_.pushBack(mirror);
  return *mirror;
}

}  // namespace attache::upstream
