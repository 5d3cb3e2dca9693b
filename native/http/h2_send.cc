// Sending: heads at once, bodies as windows and the socket let them, fairly among the streams.
#include <algorithm>
#include <memory>

#include "http/h2_session.h"
#include "stats/generated/groups.h"

namespace attache::http {

namespace s = stats::server;
using h2::ErrorCode;
using h2::FrameType;

namespace {
// What may lie in the socket's queue before bodies wait in their streams: so that a large one does
// not stand in the way of a small one for longer than that takes.
constexpr size_t kSocketQueue = 64 * 1024;
// As many streams may fill their queues; from then on each may have so much.
constexpr size_t kSharedQueues = 4;
constexpr size_t kStreamShare = 16 * 1024;
}  // namespace

// ---- frames of control ---------------------------------------------------------------------

char* H2Session::control(size_t n) {
  return batch_.reserve(n);
}

void H2Session::commitControl(size_t n) {
  batch_.commit(n);
  if (connection_.queued() > 0) {
    control_waiting_++;
    frames_waiting_++;
  }
}

void H2Session::begin() {
  h2::Setting ids[] = {h2::Setting::HeaderTableSize, h2::Setting::EnableConnectProtocol,
                       h2::Setting::MaxConcurrentStreams, h2::Setting::InitialWindowSize};
  uint32_t values[] = {options_.header_table_size, options_.allow_connect ? 1u : 0u,
                       options_.max_concurrent_streams, options_.initial_stream_window};
  char* from = control(128);
  char* at = from;
  if (!server_) at = std::copy(h2::kPreface.begin(), h2::kPreface.end(), at);
  at = h2::writeFrameHeader(at, server_ ? 24 : 30, FrameType::Settings, 0, 0);
  if (!server_) at = h2::writeSetting(at, h2::Setting::EnablePush, 0);
  for (size_t i = 0; i < std::size(ids); i++) at = h2::writeSetting(at, ids[i], values[i]);
  commitControl(static_cast<size_t>(at - from));
  if (options_.initial_connection_window > h2::kDefaultWindow)
    windowUpdate(0, options_.initial_connection_window - h2::kDefaultWindow);
}

void H2Session::windowUpdate(uint32_t stream, uint64_t bytes) {
  char* at = control(h2::kFrameHeader + 4);
  at = h2::writeFrameHeader(at, 4, FrameType::WindowUpdate, 0, stream);
  h2::write32(at, static_cast<uint32_t>(bytes));
  commitControl(h2::kFrameHeader + 4);
}

void H2Session::sendReset(uint32_t stream, ErrorCode code) {
  char* at = control(h2::kFrameHeader + 4);
  at = h2::writeFrameHeader(at, 4, FrameType::RstStream, 0, stream);
  h2::write32(at, static_cast<uint32_t>(code));
  commitControl(h2::kFrameHeader + 4);
  count(s::http2_tx_reset);
}

void H2Session::sendGoAway(uint32_t last, ErrorCode code) {
  char* at = control(h2::kFrameHeader + 8);
  at = h2::writeFrameHeader(at, 8, FrameType::GoAway, 0, 0);
  h2::write32(h2::write32(at, last), static_cast<uint32_t>(code));
  commitControl(h2::kFrameHeader + 8);
  count(s::http2_goaway_sent);
}

void H2Session::sendPing(const char opaque[8]) {
  char* at = control(h2::kFrameHeader + 8);
  at = h2::writeFrameHeader(at, 8, FrameType::Ping, 0, 0);
  std::copy_n(opaque, 8, at);
  commitControl(h2::kFrameHeader + 8);
}

// ---- heads ---------------------------------------------------------------------------------

bool H2Session::roomForStream() const {
  return !refusing_ && count_ < peer_max_streams_ && count_ < options_.max_concurrent_streams &&
         next_id_ < h2::kMaxWindow;
}

bool H2Session::open(H2Stream& stream) {
  if (!roomForStream()) return false;
  stream.id = next_id_;
  next_id_ += 2;
  streams_begun_++;
  insert(stream);
  return true;
}

size_t H2Session::sendHead(H2Stream& stream, const HeaderMap& headers, int status, bool end) {
  if (stream.closed || stream.local_end || stream.end_queued) return 0;
  size_t size = writeBlock(stream, headers, status, end);
  if (end) finishSending(stream);
  return size;
}

void H2Session::sendTrailers(H2Stream& stream, const HeaderMap& trailers) {
  if (stream.closed || stream.local_end || stream.end_queued) return;
  if (!stream.out.empty()) {
    stream.out_trailers = trailers.empty() ? nullptr : &trailers;
    stream.end_queued = true;
    return;
  }
  if (trailers.empty()) {
    writeFrames(stream, nullptr, 0, true);
  } else {
    writeBlock(stream, trailers, 0, true);
  }
  finishSending(stream);
}

namespace {
bool ofConnection(HeaderId id) {
  switch (id) {
    case HeaderId::Connection:
    case HeaderId::KeepAlive:
    case HeaderId::ProxyConnection:
    case HeaderId::TransferEncoding:
    case HeaderId::Upgrade:
      return true;
    default:
      return isPseudo(id);
  }
}
}  // namespace

// One pass for the pseudo-header fields, which go first, and one for the others.
char* H2Session::encodeFields(char* at, const HeaderMap& headers, int status) {
  at = encoder_.begin(at);
  if (status) {
    at = encoder_.encodeStatus(at, static_cast<unsigned>(status));
  } else {
    for (const Header& field : headers) {
      if (isPseudo(field.id))
        at = encoder_.encode(at, field.id, field.nameView(), field.valueView());
    }
  }
  for (const Header& field : headers) {
    if (field.id != HeaderId::Unknown && ofConnection(field.id)) continue;
    if (field.id == HeaderId::Te && field.valueView() != "trailers") continue;
    at = encoder_.encode(at, field.id, field.nameView(), field.valueView(), field.never_indexed);
  }
  return at;
}

size_t H2Session::writeBlock(H2Stream& stream, const HeaderMap& headers, int status, bool end) {
  size_t bound = hpack::Encoder::kMaxBegin + 16;
  for (const Header& field : headers)
    bound += hpack::Encoder::maxSize(field.name_len, field.value_len);
  uint8_t flags = end ? h2::kEndStream : 0;
  if (connection_.queued() > 0) frames_waiting_++;
  if (h2::kFrameHeader + bound <= io::Batch::kMaxReserve) [[likely]] {
    char* from = control(h2::kFrameHeader + bound);
    char* to = encodeFields(from + h2::kFrameHeader, headers, status);
    auto size = static_cast<size_t>(to - from);
    h2::writeFrameHeader(from, size - h2::kFrameHeader, FrameType::Headers, flags | h2::kEndHeaders,
                         stream.id);
    batch_.commit(size);
    return size;
  }
  std::unique_ptr<char[]> block(new char[bound]);
  size_t size = static_cast<size_t>(encodeFields(block.get(), headers, status) - block.get());
  FrameType type = FrameType::Headers;
  size_t framed = size;
  for (size_t done = 0; done < size || done == 0;) {
    size_t n = std::min<size_t>(size - done, h2::kMaxFrameSize);
    if (done + n == size) flags |= h2::kEndHeaders;
    h2::writeFrameHeader(control(h2::kFrameHeader), n, type, flags, stream.id);
    batch_.commit(h2::kFrameHeader);
    batch_.append(block.get() + done, n);
    type = FrameType::Continuation;
    flags = 0;
    done += n;
    framed += h2::kFrameHeader;
  }
  return framed;
}

// ---- bodies --------------------------------------------------------------------------------

bool H2Session::socketHasRoom() const {
  return connection_.queued() < kSocketQueue;
}

void H2Session::sendBody(H2Stream& stream, const char* data, size_t n, bool end) {
  if (stream.closed || stream.local_end || stream.end_queued || (n == 0 && !end)) return;
  size_t done = 0;
  if (stream.out.empty()) {
    done = writeFrames(stream, data, n, end);
    if (done == n) {
      if (end) finishSending(stream);
      return;
    }
  }
  stream.end_queued = end;
  if (done == n) return;
  countQueued(static_cast<int64_t>(n - done));
  stream.out.append(data + done, n - done);
  schedule(stream);
  noteQueue(stream);
}

// As much of [data, data + n) as may go now; how much. END_STREAM goes with the last byte, or
// alone.
size_t H2Session::writeFrames(H2Stream& stream, const char* data, size_t n, bool end) {
  size_t done = 0;
  do {
    int64_t room = std::min(stream.send_window, send_window_);
    if (!socketHasRoom()) room = 0;
    size_t size = std::min<size_t>(n - done, h2::kMaxFrameSize);
    if (size > 0 && room <= 0) return done;
    if (size > 0) size = std::min(size, static_cast<size_t>(room));
    bool last = end && done + size == n;
    h2::writeFrameHeader(control(h2::kFrameHeader), size, FrameType::Data,
                         last ? h2::kEndStream : 0, stream.id);
    batch_.commit(h2::kFrameHeader);
    batch_.addPiece(data + done, size);
    stream.send_window -= static_cast<int64_t>(size);
    send_window_ -= static_cast<int64_t>(size);
    data_frames_sent_++;
    if (connection_.queued() > 0) frames_waiting_++;
    done += size;
  } while (done < n);
  return done;
}

// Its last frame is written.
void H2Session::finishSending(H2Stream& stream) {
  stream.local_end = true;
  if (stream.remote_end) {
    close(stream);
  } else if (server_) {
    // Nobody wants the rest of the request (RFC 9113 section 8.1).
    resetStream(stream, stream.early_end);
  }
}

void H2Session::schedule(H2Stream& stream) {
  if (stream.closed || stream.out.empty() || stream.send_window <= 0) return;
  if (!stream.Link<H2SendTag>::linked()) sending_.pushBack(&stream);
}

// Streams that wait take turns, a frame each, as long as windows and the socket have room.
void H2Session::pump() {
  constexpr int kBatch = 16;
  if (pumping_) return;
  pumping_ = true;
  while (!sending_.empty() && send_window_ > 0 && socketHasRoom() && connection_.open()) {
    struct {
      H2Stream* stream;
      size_t bytes;
    } batch[kBatch];
    int n = 0;
    while (n < kBatch && !sending_.empty() && send_window_ > 0) {
      H2Stream* stream = sending_.popFront();
      // SETTINGS may have taken its window away since.
      if (stream->send_window <= 0) continue;
      batch[n++] = {stream, writeQueued(*stream)};
    }
    // The pieces lie in the streams' buffers: they go before those are drained.
    batch_.flush();
    for (int i = 0; i < n; i++) {
      H2Stream& stream = *batch[i].stream;
      if (stream.closed) continue;
      stream.out.drain(batch[i].bytes);
      countQueued(-static_cast<int64_t>(batch[i].bytes));
      if (stream.out.empty() && stream.end_queued) {
        if (stream.out_trailers) writeBlock(stream, *stream.out_trailers, 0, true);
        finishSending(stream);
      } else {
        schedule(stream);
      }
      if (!stream.closed) noteQueue(stream);
    }
  }
  pumping_ = false;
}

// One frame of what waits; how many bytes.
size_t H2Session::writeQueued(H2Stream& stream) {
  size_t size = std::min<size_t>(stream.out.size(), h2::kMaxFrameSize);
  size = std::min(size, static_cast<size_t>(std::min(stream.send_window, send_window_)));
  bool last = stream.end_queued && !stream.out_trailers && size == stream.out.size();
  h2::writeFrameHeader(control(h2::kFrameHeader), size, FrameType::Data, last ? h2::kEndStream : 0,
                       stream.id);
  batch_.commit(h2::kFrameHeader);
  size_t left = size;
  stream.out.forEach([&](const char* data, size_t n) {
    size_t take = std::min(n, left);
    batch_.addPiece(data, take);
    left -= take;
  });
  stream.send_window -= static_cast<int64_t>(size);
  send_window_ -= static_cast<int64_t>(size);
  data_frames_sent_++;
  if (connection_.queued() > 0) frames_waiting_++;
  return size;
}

void H2Session::countQueued(int64_t bytes) {
  queued_ = static_cast<size_t>(static_cast<int64_t>(queued_) + bytes);
  count(s::http2_pending_send_bytes, bytes);
}

// A peer that takes nothing on hundreds of streams must not have each of them filled. What a stream
// has more than its share wakes it again when it is sent, whatever becomes of the others.
void H2Session::noteQueue(H2Stream& stream) {
  size_t limit = options_.stream_queue_limit;
  if (queued_ > limit * kSharedQueues) limit = std::min(limit, kStreamShare);
  if (!stream.queue_full && stream.out.size() > limit) {
    stream.queue_full = true;
    stream.onSendQueue(true);
  } else if (stream.queue_full && stream.out.size() <= limit / 2) {
    stream.queue_full = false;
    stream.onSendQueue(false);
  }
}

void H2Session::onDrained() {
  control_waiting_ = frames_waiting_ = 0;
  pump();
}

void H2Session::resetStream(H2Stream& stream, ErrorCode code) {
  if (stream.closed) return;
  stream.reset = true;
  remember(stream.id);
  sendReset(stream.id, code);
  close(stream);
}

}  // namespace attache::http
