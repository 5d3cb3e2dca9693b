#include "upstream/raw_client.h"

#include <sys/socket.h>

#include <utility>

#include "upstream/pool.h"
#include "worker/worker.h"

namespace attache::upstream {

namespace s = stats::cluster;
using http::UpstreamFailure;
using Wanted = UpstreamRequest::Wanted;

namespace {
// How long a host has to take the last bytes.
constexpr uint64_t kLingerMs = 1000;
}  // namespace

RawClient* RawClient::connect(Host& host, const Identity& identity, ConnectError* error) {
  int fd = openSocket(host, error);
  if (fd < 0) return nullptr;
  auto* client = new RawClient(host, fd);
  return client->start(identity, error) ? client : nullptr;
}

void RawClient::onUp() {
  request_ = nextPending(host_, identity(), Wanted::Raw);
  if (!request_) {  // it has been cancelled meanwhile
    local_close_ = true;
    closeNow();
    return;
  }
  enableHalfClose();
  request_->onReady(*this);
  cork().flush();
}

void RawClient::sendHeaders(const HeaderMap&, bool end) {
  // Not from inside onReady(): what waits for the connection is to go first.
  loop().defer([this] { answer(); });
  if (end) sendData(nullptr, 0, true);
}

void RawClient::answer() {
  if (!open() || !request_) return;
  HeaderMap& headers = request_->responseHeaders();
  headers.clear();
  headers.add(HeaderId::Status, "200");
  request_->onHeaders(headers, 200, false);
  cork().flush();
  if (open() && !readingPaused()) onReadable();
}

void RawClient::sendData(const char* data, size_t n, bool end) {
  cork().addPiece(this, data, n);
  if (!end) return;
  cork().flush();
  endWriting();
}

void RawClient::sendTrailers(const HeaderMap&) {
  sendData(nullptr, 0, true);
}

void RawClient::abandon() {
  request_ = nullptr;
  local_close_ = true;
  if (queued() == 0) {
    closeNow();
  } else {
    closeAfterWrite(kLingerMs, kLingerMs);
  }
}

void RawClient::onReadable() {
  char* scratch = host_.cluster.worker.scratch();
  while (request_) {
    size_t got;
    int error = 0;
    Read result = readSome(scratch, Worker::kReadBytes, &got, &error);
    if (result == Read::Blocked) return;
    if (result != Read::Data) {
      onPeerEnd(result == Read::End ? 0 : error);
      return;
    }
    request_->onData(scratch, got, false);
    cork().flush();
    if (!open() || readingPaused()) return;
  }
}

void RawClient::onPeerEnd(int error) {
  UpstreamRequest* request = std::exchange(request_, nullptr);
  if (!request) {
    closeNow();
    return;
  }
  if (error == 0) {
    request->onData(nullptr, 0, true);
    cork().flush();
  }
  local_close_ = false;
  if (open() && queued() > 0 && error == 0) {
    closeAfterWrite(0, kLingerMs);
  } else if (open()) {
    closeNow();
  }
  if (error != 0) request->onReset({UpstreamFailure::Terminated, false, "connection_termination"});
}

void RawClient::onConnectFailed(UpstreamFailure failure, std::string_view reason) {
  UpstreamRequest* request = takeFailed(host_, identity(), Wanted::Raw);
  closeNow();
  if (request) request->onPoolFailure(failure, reason);
}

void RawClient::onBackpressure(bool paused) {
  stats::inc(stats(), paused ? s::upstream_flow_control_backed_up_total
                             : s::upstream_flow_control_drained_total);
  if (request_) request_->onBackpressure(paused);
}

}  // namespace attache::upstream
