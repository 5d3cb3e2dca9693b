// Receiving; sending is in h2_send.cc.
#include "http/h2_session.h"

#include <algorithm>

#include "stats/generated/groups.h"

namespace attache::http {

namespace s = stats::server;
using h2::ErrorCode;
using h2::Frame;
using h2::FrameType;

namespace {
// Frames that cost us work and bring nobody anything: so many between two that do, and as many more
// in each second.
constexpr uint32_t kCostlyFrames = 10000;
constexpr uint32_t kCostlyFramesPerSecond = 1000;
// Streams that we have ended: as long ago as a peer may still be sending on them.
constexpr size_t kRemembered = 128;
constexpr uint16_t kFirstSlot = s::http2_cookies_total_bytes_too_large;

// A block on the wire may be larger than what it says: indices into a table that has to grow first.
// As in Envoy it may come in that many frames.
h2::ReaderLimits readerLimits(const H2Options& options) {
  return {.max_block = size_t{options.max_headers_bytes} * 2 + h2::kMaxFrameSize,
          .max_continuations = 1024,
          .max_empty_continuations = options.max_consecutive_inbound_frames_with_empty_payload};
}
}  // namespace

H2Options h2Options(const tables::Http2Options& config) {
  H2Options options;
  options.header_table_size = config.hpack_table_size;
  options.max_concurrent_streams = config.max_concurrent_streams;
  options.initial_stream_window = config.initial_stream_window_size;
  options.initial_connection_window = config.initial_connection_window_size;
  options.allow_connect = config.allow_connect;
  options.max_outbound_frames = config.max_outbound_frames;
  options.max_outbound_control_frames = config.max_outbound_control_frames;
  options.max_consecutive_inbound_frames_with_empty_payload =
      config.max_consecutive_inbound_frames_with_empty_payload;
  options.max_inbound_priority_frames_per_stream = config.max_inbound_priority_frames_per_stream;
  options.max_inbound_window_update_frames_per_data_frame_sent =
      config.max_inbound_window_update_frames_per_data_frame_sent;
  options.stream_error_on_invalid_message = config.stream_error_on_invalid_http_message;
  return options;
}

H2Session::H2Session(io::Connection& connection, H2Role& role, bool server,
                     const H2Options& options, H2Stats stats, BlockPool& blocks)
    : connection_(connection),
      batch_(connection),
      role_(role),
      blocks_(blocks),
      options_(options),
      stats_(stats),
      reader_(server, readerLimits(options)),
      decoder_(options.header_table_size),
      receive_window_(options.initial_connection_window),
      server_(server) {
  decoder_.setLimits(
      {.max_bytes = options.max_headers_bytes, .max_fields = options.max_headers_count});
  count(server ? s::http2_nghttp2_downstream_connections : s::http2_nghttp2_upstream_connections);
}

H2Session::~H2Session() = default;

void H2Session::count(uint16_t slot, int64_t by) {
  stats::inc(stats_.block, static_cast<uint16_t>(stats_.base + slot - kFirstSlot),
             static_cast<uint64_t>(by));
}

bool H2Session::receive(char* data, size_t n, size_t* taken) {
  *taken = n;
  if (stopped_) return true;
  size_t at = 0;
  Frame frame;
  while (streams_begun_ < streams_allowed_) {
    switch (reader_.next(data, n, at, frame)) {
      case h2::Reader::Step::More:
        return true;
      case h2::Reader::Step::Error:
        return unreadable();
      case h2::Reader::Step::Frame:
        break;
    }
    if (!handle(frame)) return false;
    if (stopped_ || !connection_.open() || connection_.closing()) return true;
    if (control_waiting_ > options_.max_outbound_control_frames)
      return flood(s::http2_outbound_control_flood, "too many control frames wait");
    if (frames_waiting_ > options_.max_outbound_frames)
      return flood(s::http2_outbound_flood, "too many frames wait");
  }
  *taken = at;
  return true;
}

bool H2Session::unreadable() {
  if (reader_.flood() == h2::Reader::Flood::EmptyFrames)
    return flood(s::http2_inbound_empty_frames_flood, reader_.reason());
  if (reader_.flood() == h2::Reader::Flood::LargeBlock) count(s::http2_header_list_size_too_large);
  return connectionError(reader_.error(), reader_.reason());
}

bool H2Session::handle(Frame& frame) {
  switch (frame.type) {
    case FrameType::Data:
      return onData(frame);
    case FrameType::Headers:
      return onHeaders(frame);
    case FrameType::Priority:
      return onPriority(frame);
    case FrameType::RstStream:
      return onReset(frame);
    case FrameType::Settings:
      return onSettings(frame);
    case FrameType::Ping:
      return onPing(frame);
    case FrameType::GoAway:
      role_.onGoAway(h2::read32(frame.data) & h2::kMaxWindow,
                     static_cast<ErrorCode>(h2::read32(frame.data + 4)));
      return true;
    case FrameType::WindowUpdate:
      return onWindowUpdate(frame);
    default:
      return true;
  }
}

// ---- field blocks --------------------------------------------------------------------------

bool H2Session::onHeaders(Frame& frame) {
  H2Stream* stream = find(frame.stream);
  bool mine = (frame.stream & 1) == (server_ ? 0 : 1);
  if (!stream && server_ && !mine && frame.stream > last_peer_) return onNewStream(frame);
  if (!stream) return skipBlock(frame) && onUnknownStream(frame);
  if (stream->remote_end) {
    if (!skipBlock(frame)) return false;
    streamError(*stream, ErrorCode::StreamClosed, kBrokenMessage);
    return true;
  }
  if (frame.self_dependent) {
    if (!skipBlock(frame)) return false;
    streamError(*stream, ErrorCode::ProtocolError, kBrokenMessage);
    return true;
  }
  return stream->head_received ? onTrailers(*stream, frame) : deliverHead(*stream, frame);
}

bool H2Session::onNewStream(Frame& frame) {
  last_peer_ = frame.stream;
  streams_begun_++;
  bool refused = refusing_ || count_ >= options_.max_concurrent_streams;
  H2Stream* stream = refused || frame.self_dependent ? nullptr : role_.makeStream(frame.stream);
  if (!stream) {
    if (!skipBlock(frame)) return false;
    remember(frame.stream);
    sendReset(frame.stream,
              frame.self_dependent ? ErrorCode::ProtocolError : ErrorCode::RefusedStream);
    return costlyFrame();
  }
  stream->id = frame.stream;
  insert(*stream);
  costly_frames_ = 0;
  return deliverHead(*stream, frame);
}

// The table of the peer's encoder has to be followed whatever becomes of the fields.
bool H2Session::skipBlock(Frame& frame) {
  Arena arena(blocks_);
  hpack::Error error = decoder_.decode(frame.data, frame.size, arena, [](const hpack::Field&) {});
  if (error == hpack::Error::None || error == hpack::Error::TooLarge) return true;
  return connectionError(ErrorCode::CompressionError, hpack::describe(error));
}

bool H2Session::deliverHead(H2Stream& stream, Frame& frame) {
  HeaderMap& headers = stream.fieldsFor(false);
  headers.clear();
  h2::FieldsResult result =
      h2::decodeFields(decoder_, server_ ? h2::BlockKind::Request : h2::BlockKind::Response,
                       frame.data, frame.size, {options_.allow_connect}, headers);
  bool end = frame.has(h2::kEndStream);
  if (result.error == hpack::Error::TooLarge) return tooLarge(stream);
  if (result.error != hpack::Error::None)
    return connectionError(ErrorCode::CompressionError, hpack::describe(result.error));
  if (result.fault != h2::Fault::None) return brokenMessage(stream, result);
  bool interim = !server_ && result.status < 200;
  if (interim && end) return brokenMessage(stream, {.reason = "interim response ends the stream"});
  if (!interim) stream.head_received = true;
  bool bodiless = stream.no_body || result.status == 204 || result.status == 304;
  if (!interim && !bodiless) {
    if (end && result.content_length > 0) return brokenMessage(stream, {.reason = "no body"});
    stream.content_left = result.content_length;
  }
  stream.no_body |= !interim && bodiless;
  stream.remote_end = end;
  stream.onHead(result, end, frame.data, frame.data + frame.size);
  if (end) remoteEnded(stream);
  return true;
}

bool H2Session::onTrailers(H2Stream& stream, Frame& frame) {
  HeaderMap& headers = stream.fieldsFor(true);
  headers.clear();
  h2::FieldsResult result =
      h2::decodeFields(decoder_, h2::BlockKind::Trailers, frame.data, frame.size, {}, headers);
  if (result.error == hpack::Error::TooLarge) return tooLarge(stream);
  if (result.error != hpack::Error::None)
    return connectionError(ErrorCode::CompressionError, hpack::describe(result.error));
  if (result.fault != h2::Fault::None) return brokenMessage(stream, result);
  if (!frame.has(h2::kEndStream))
    return brokenMessage(stream, {.reason = "trailers without an end"});
  if (stream.content_left > 0) return brokenMessage(stream, {.reason = "body too short"});
  count(s::http2_trailers);
  // Whoever takes them may keep them: not in the read buffer.
  headers.detach(frame.data, frame.data + frame.size);
  stream.remote_end = true;
  stream.onTrailers(headers);
  remoteEnded(stream);
  return true;
}

// A head or trailers that break the rules (RFC 9113 section 8.1.1). As Envoy's default the
// connection ends with it: the peer is broken, or an attacker.
bool H2Session::brokenMessage(H2Stream& stream, const h2::FieldsResult& result) {
  count(s::http2_rx_messaging_error);
  streamError(stream, ErrorCode::ProtocolError,
              result.fault == h2::Fault::Field ? kInvalidField : kBrokenMessage,
              options_.stream_error_on_invalid_message);
  return options_.stream_error_on_invalid_message ||
         connectionError(ErrorCode::ProtocolError, result.reason);
}

bool H2Session::tooLarge(H2Stream& stream) {
  bool many = decoder_.tooMany();
  count(many ? s::http2_header_overflow : s::http2_header_list_size_too_large);
  streamError(stream, ErrorCode::InternalError, many ? kTooManyHeaders : kTooLargeHeaders);
  return true;
}

// A body that does. It ends the stream alone, as in Envoy.
bool H2Session::brokenBody(H2Stream& stream) {
  streamError(stream, ErrorCode::ProtocolError, kBrokenBody);
  return true;
}

// ---- bodies --------------------------------------------------------------------------------

bool H2Session::onData(Frame& frame) {
  receive_window_ -= frame.flow;
  if (receive_window_ < 0)
    return connectionError(ErrorCode::FlowControlError, "more than the connection's window");
  bool end = frame.last && frame.has(h2::kEndStream);
  if (frame.size > 0) {
    empty_frames_ = costly_frames_ = 0;
  } else if (frame.last && !end && frame.flow == frame.length &&
             ++empty_frames_ > options_.max_consecutive_inbound_frames_with_empty_payload) {
    return flood(s::http2_inbound_empty_frames_flood, "too many empty frames");
  }
  H2Stream* stream = find(frame.stream);
  if (!stream) {
    consumed(nullptr, frame.flow);
    return onUnknownStream(frame);
  }
  if (stream->remote_end) {
    consumed(nullptr, frame.flow);
    streamError(*stream, ErrorCode::StreamClosed, kBrokenMessage);
    return true;
  }
  stream->receive_window -= frame.flow;
  if (stream->receive_window < 0) {
    consumed(nullptr, frame.flow);
    streamError(*stream, ErrorCode::FlowControlError, kBrokenMessage);
    return true;
  }
  if (!stream->head_received || (stream->no_body && frame.size > 0)) return brokenBody(*stream);
  if (stream->content_left >= 0) {
    stream->content_left -= static_cast<int64_t>(frame.size);
    if (stream->content_left < 0 || (end && stream->content_left > 0)) return brokenBody(*stream);
  }
  stream->remote_end = end;
  if (frame.size > 0 || end) stream->onBody(frame.data, frame.size, end);
  if (stream->read_paused && !stream->closed) {
    stream->held += frame.flow;
  } else {
    consumed(stream->closed ? nullptr : stream, frame.flow);
  }
  if (end) remoteEnded(*stream);
  return true;
}

// Gives bytes back to the windows of the connection and of `stream` (null: gone), in large pieces.
void H2Session::consumed(H2Stream* stream, uint64_t bytes) {
  unannounced_ += bytes;
  if (unannounced_ >= options_.initial_connection_window / 2) {
    receive_window_ += static_cast<int64_t>(unannounced_);
    windowUpdate(0, unannounced_);
    unannounced_ = 0;
  }
  if (!stream || stream->remote_end) return;
  stream->unannounced += bytes;
  if (stream->unannounced >= options_.initial_stream_window / 2) {
    stream->receive_window += static_cast<int64_t>(stream->unannounced);
    windowUpdate(stream->id, stream->unannounced);
    stream->unannounced = 0;
  }
}

void H2Session::pauseReading(H2Stream& stream, bool pause) {
  stream.read_paused = pause;
  if (pause || stream.closed || stream.held == 0) return;
  uint64_t held = std::exchange(stream.held, 0);
  consumed(&stream, held);
}

void H2Session::remoteEnded(H2Stream& stream) {
  if (!stream.closed && stream.local_end) close(stream);
}

// ---- frames of control ---------------------------------------------------------------------

bool H2Session::onSettings(Frame& frame) {
  if (frame.has(h2::kAck)) {
    decoder_.acknowledged();
    return true;
  }
  if (!costlyFrame()) return false;
  if (!std::exchange(settled_, true)) peer_max_streams_ = kNoLimit;
  int64_t window = -1, widest = -1;
  for (size_t at = 0; at < frame.size; at += 6) {
    uint32_t value = h2::read32(frame.data + at + 2);
    switch (static_cast<h2::Setting>(h2::read16(frame.data + at))) {
      case h2::Setting::HeaderTableSize:
        encoder_.setMaxTableSize(value);
        break;
      case h2::Setting::EnablePush:
        if (value > (server_ ? 1u : 0u))
          return connectionError(ErrorCode::ProtocolError, "SETTINGS_ENABLE_PUSH");
        break;
      case h2::Setting::MaxConcurrentStreams:
        peer_max_streams_ = value;
        break;
      case h2::Setting::InitialWindowSize:
        if (value > h2::kMaxWindow)
          return connectionError(ErrorCode::FlowControlError, "SETTINGS_INITIAL_WINDOW_SIZE");
        window = value;
        widest = std::max(widest, window);
        break;
      case h2::Setting::MaxFrameSize:
        if (value < h2::kMaxFrameSize || value > 0xffffff)
          return connectionError(ErrorCode::ProtocolError, "SETTINGS_MAX_FRAME_SIZE");
        break;
      case h2::Setting::EnableConnectProtocol:
        if (value > 1)
          return connectionError(ErrorCode::ProtocolError, "SETTINGS_ENABLE_CONNECT_PROTOCOL");
        peer_connect_ = value == 1;
        break;
      default:
        break;
    }
  }
  if (window >= 0 && !changeWindows(window, widest))
    return connectionError(ErrorCode::FlowControlError, "window too large");
  h2::writeFrameHeader(control(h2::kFrameHeader), 0, FrameType::Settings, h2::kAck, 0);
  commitControl(h2::kFrameHeader);
  role_.onSettings();
  pump();
  return true;
}

// RFC 9113 section 6.9.2: the difference counts for open streams too; windows may become negative.
// One frame may say it thousands of times: the streams are gone through once, for the last value,
// `widest` being the largest.
bool H2Session::changeWindows(int64_t value, int64_t widest) {
  int64_t delta = value - peer_window_;
  int64_t most = widest - peer_window_;
  peer_window_ = static_cast<uint32_t>(value);
  bool fits = true;
  for (H2Stream* stream : table_) {
    for (; stream; stream = stream->next_in_table) {
      fits = fits && stream->send_window + most <= h2::kMaxWindow;
      stream->send_window += delta;
      schedule(*stream);
    }
  }
  return fits;
}

bool H2Session::onWindowUpdate(Frame& frame) {
  uint32_t increment = h2::read32(frame.data) & h2::kMaxWindow;
  window_updates_++;
  if (window_updates_ >
      5 + 2 * (streams_begun_ +
               options_.max_inbound_window_update_frames_per_data_frame_sent * data_frames_sent_))
    return flood(s::http2_inbound_window_update_frames_flood, "too many WINDOW_UPDATE frames");
  if (frame.stream == 0) {
    if (increment == 0) return connectionError(ErrorCode::ProtocolError, "WINDOW_UPDATE of 0");
    send_window_ += increment;
    if (send_window_ > h2::kMaxWindow)
      return connectionError(ErrorCode::FlowControlError, "window too large");
    pump();
    return true;
  }
  H2Stream* stream = find(frame.stream);
  if (!stream) return onUnknownStream(frame);
  if (increment == 0) {
    streamError(*stream, ErrorCode::ProtocolError, kBrokenMessage);
    return true;
  }
  stream->send_window += increment;
  if (stream->send_window > h2::kMaxWindow) {
    streamError(*stream, ErrorCode::FlowControlError, kBrokenMessage);
    return true;
  }
  schedule(*stream);
  pump();
  return true;
}

bool H2Session::onReset(Frame& frame) {
  H2Stream* stream = find(frame.stream);
  if (!stream) return onUnknownStream(frame) && costlyFrame();
  count(s::http2_rx_reset);
  stream->reset = true;
  stream->onReset(static_cast<ErrorCode>(h2::read32(frame.data)), true, {});
  close(*stream);
  return true;
}

bool H2Session::onPriority(Frame& frame) {
  if (frame.size != 5) {
    if (H2Stream* stream = find(frame.stream)) {
      streamError(*stream, ErrorCode::FrameSizeError, kBrokenMessage);
      return true;
    }
    return connectionError(ErrorCode::FrameSizeError, "PRIORITY");
  }
  if ((h2::read32(frame.data) & h2::kMaxWindow) == frame.stream)
    return connectionError(ErrorCode::ProtocolError, "depends on itself");
  if (++priority_frames_ >
      uint64_t{options_.max_inbound_priority_frames_per_stream} * (1 + streams_begun_))
    return flood(s::http2_inbound_priority_frames_flood, "too many PRIORITY frames");
  return true;
}

bool H2Session::onPing(Frame& frame) {
  if (frame.has(h2::kAck)) {
    role_.onPingAck(frame.data);
    return true;
  }
  if (!costlyFrame()) return false;
  char* at = control(h2::kFrameHeader + 8);
  at = h2::writeFrameHeader(at, 8, FrameType::Ping, h2::kAck, 0);
  std::copy_n(frame.data, 8, at);
  commitControl(h2::kFrameHeader + 8);
  return true;
}

// A frame for a stream that is not open: not yet, which is a mistake, or no longer, which may be
// one.
bool H2Session::onUnknownStream(Frame& frame) {
  bool peers = (frame.stream & 1) == (server_ ? 1 : 0);
  bool idle = peers ? frame.stream > last_peer_ : frame.stream >= next_id_ || server_;
  if (idle) return connectionError(ErrorCode::ProtocolError, "a stream that nobody opened");
  if (frame.type == FrameType::RstStream || frame.type == FrameType::WindowUpdate ||
      wasReset(frame.stream))
    return true;
  if (frame.type == FrameType::Headers)
    return connectionError(ErrorCode::StreamClosed, "HEADERS on a closed stream");
  remember(frame.stream);
  sendReset(frame.stream, ErrorCode::StreamClosed);
  return costlyFrame();
}

// ---- faults --------------------------------------------------------------------------------

bool H2Session::connectionError(ErrorCode code, std::string_view text) {
  fault_ = code;
  fault_text_ = text;
  sendGoAway(last_peer_, code);
  return false;
}

bool H2Session::flood(uint16_t counter, std::string_view text) {
  count(counter);
  flooded_ = true;
  return connectionError(ErrorCode::EnhanceYourCalm, text);
}

bool H2Session::costlyFrame() {
  if (++costly_frames_ <= kCostlyFrames) return true;
  uint64_t now = connection_.nowMs();
  uint64_t allowed = (now - costly_since_ms_) * kCostlyFramesPerSecond / 1000;
  costly_since_ms_ = now;
  costly_frames_ -= static_cast<uint32_t>(std::min<uint64_t>(allowed, costly_frames_));
  if (costly_frames_ <= kCostlyFrames) return true;
  return flood(s::http2_outbound_control_flood, "too many frames without effect");
}

void H2Session::streamError(H2Stream& stream, ErrorCode code, std::string_view text, bool tell) {
  if (stream.closed) return;
  stream.reset = true;
  remember(stream.id);
  if (tell) sendReset(stream.id, code);
  stream.onReset(code, false, text);
  close(stream);
}

// ---- the table -----------------------------------------------------------------------------

// Ids of one side come in order: every second number, so that they fill the table evenly.
H2Stream* H2Session::find(uint32_t id) const {
  if (table_.empty()) return nullptr;
  H2Stream* stream = table_[(id >> 1) & (table_.size() - 1)];
  while (stream && stream->id != id) stream = stream->next_in_table;
  return stream;
}

void H2Session::insert(H2Stream& stream) {
  if (count_ >= table_.size()) {
    std::vector<H2Stream*> old(std::max<size_t>(table_.size() * 2, 8), nullptr);
    old.swap(table_);
    for (H2Stream* each : old) {
      while (each) {
        H2Stream*& place = table_[(each->id >> 1) & (table_.size() - 1)];
        H2Stream* next = std::exchange(each->next_in_table, place);
        place = std::exchange(each, next);
      }
    }
  }
  H2Stream*& place = table_[(stream.id >> 1) & (table_.size() - 1)];
  stream.next_in_table = place;
  place = &stream;
  stream.send_window = peer_window_;
  stream.receive_window = options_.initial_stream_window;
  count_++;
  count(s::http2_streams_active);
}

void H2Session::close(H2Stream& stream) {
  if (stream.closed) return;
  stream.closed = true;
  stream.Link<H2SendTag>::unlink();
  H2Stream** place = &table_[(stream.id >> 1) & (table_.size() - 1)];
  while (*place != &stream) place = &(*place)->next_in_table;
  *place = stream.next_in_table;
  count_--;
  count(s::http2_streams_active, -1);
  countQueued(-static_cast<int64_t>(stream.out.size()));
  stream.out.clear();
  if (stream.held > 0) consumed(nullptr, std::exchange(stream.held, 0));
  role_.streamClosed(stream);
}

void H2Session::remember(uint32_t id) {
  if (reset_ids_.size() < kRemembered) {
    reset_ids_.push_back(id);
    return;
  }
  reset_ids_[reset_at_++ % kRemembered] = id;
}

bool H2Session::wasReset(uint32_t id) const {
  return std::find(reset_ids_.begin(), reset_ids_.end(), id) != reset_ids_.end();
}

void H2Session::dropAll(ErrorCode code, std::string_view detail, bool remote) {
  forEach([&](H2Stream& stream) {
    stream.reset = true;
    stream.onReset(code, remote, detail);
    close(stream);
  });
}

}  // namespace attache::http
