// The state of one HTTP/2 connection, the same for both of its ends (RFC 9113): streams, windows,
// settings, and how frames are sent. It reads what an h2::Reader finds, and writes into a batch
// that goes out at the end of the turn.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/h2_fields.h"
#include "codec/h2_reader.h"
#include "http/h2_stream.h"
#include "io/batch.h"
#include "stats/stats.h"
#include "tables/generated/layout.h"

namespace attache::http {

// What Envoy's Http2ProtocolOptions say, with its defaults.
struct H2Options {
  uint32_t header_table_size = 4096;
  uint32_t max_concurrent_streams = 1024;
  uint32_t initial_stream_window = 16 * 1024 * 1024;
  uint32_t initial_connection_window = 24 * 1024 * 1024;
  bool allow_connect = false;
  uint32_t max_outbound_frames = 10000;
  uint32_t max_outbound_control_frames = 1000;
  uint32_t max_consecutive_inbound_frames_with_empty_payload = 1;
  uint32_t max_inbound_priority_frames_per_stream = 100;
  uint32_t max_inbound_window_update_frames_per_data_frame_sent = 10;
  bool stream_error_on_invalid_message = false;
  // Of one header block.
  uint32_t max_headers_bytes = 60 * 1024;
  uint32_t max_headers_count = 100;
  // Waiting to be sent on one stream; on all of them so much that each may have little more,
  // several times as much.
  size_t stream_queue_limit = 1024 * 1024;
};

H2Options h2Options(const tables::Http2Options& config);

// Slots of the http2.* statistics in the block that a session counts in.
struct H2Stats {
  stats::Block* block;
  uint16_t base;  // slot of the first of them; the others follow in the order of the group
};

// What the two ends do differently.
class H2Role {
 public:
  // The client begins a stream: one of its own for it. Null: refused (REFUSED_STREAM).
  virtual H2Stream* makeStream(uint32_t id) = 0;
  // No longer in the table; nothing is told to it any more. Delete it at the end of the turn.
  virtual void streamClosed(H2Stream& stream) = 0;
  // The peer sends nothing more on streams that it did not see: ids above `last` were not acted on.
  virtual void onGoAway(uint32_t last, h2::ErrorCode code) = 0;
  virtual void onSettings() = 0;
  // The keepalive's answer.
  virtual void onPingAck(const char* opaque) = 0;

 protected:
  ~H2Role() = default;
};

// What a stream is told whose peer has broken the rules, in Envoy's words.
inline constexpr std::string_view kInvalidField = "http2.invalid.header.field";
inline constexpr std::string_view kBrokenMessage = "http2.violation.of.messaging.rule";
inline constexpr std::string_view kBrokenBody = "http2.remote_reset";
inline constexpr std::string_view kTooManyHeaders = "http2.too_many_headers";
inline constexpr std::string_view kTooLargeHeaders = "http2.header_list_size_too_large";

class H2Session {
 public:
  H2Session(io::Connection& connection, H2Role& role, bool server, const H2Options& options,
            H2Stats stats, BlockPool& blocks);
  ~H2Session();
  H2Session(const H2Session&) = delete;
  H2Session& operator=(const H2Session&) = delete;

  // Sends the preface (a client's) and SETTINGS.
  void begin();
  // Takes what was read: all of it, or as much as brings as many new streams as are allowed
  // (`*taken`). False: the connection has broken the rules; fault() says how, GOAWAY is written,
  // and it has to be closed.
  bool receive(char* data, size_t n, size_t* taken);
  // So many streams of the peer may begin from now on before receive() ends early.
  void allowStreams(uint32_t n) { streams_allowed_ = streams_begun_ + n; }
  h2::ErrorCode faultCode() const { return fault_; }
  std::string_view fault() const { return fault_text_; }
  // A flood, not a mistake.
  bool flooded() const { return flooded_; }
  // In the middle of a header block: nothing but the rest of it can be read.
  bool inBlock() const { return reader_.inBlock(); }

  // ---- streams
  // ------------------------------------------------------------------------------------ A client's
  // new stream; it becomes this session's. False: no more are allowed.
  bool open(H2Stream& stream);
  // Ids that are left, and room below the peer's limit.
  bool roomForStream() const;
  // The head: `status` of a response, 0: a request. Pseudo-header fields go first, those of HTTP/1
  // connections are left out. How many bytes that is on the wire.
  size_t sendHead(H2Stream& stream, const HeaderMap& headers, int status, bool end);
  // A piece of the body: what cannot go at once is copied.
  void sendBody(H2Stream& stream, const char* data, size_t n, bool end);
  // `trailers` must live as long as the stream.
  void sendTrailers(H2Stream& stream, const HeaderMap& trailers);
  void resetStream(H2Stream& stream, h2::ErrorCode code);
  // Stops or resumes giving windows back to the sender of this stream.
  void pauseReading(H2Stream& stream, bool pause);
  // Both directions have ended, or nobody wants the rest: out of the table.
  void close(H2Stream& stream);
  // The socket has room again.
  void onDrained();
  // Everything that is open ends: the connection is gone.
  void dropAll(h2::ErrorCode code, std::string_view detail, bool remote = true);

  // ---- the connection
  // -------------------------------------------------------------------------------
  void sendGoAway(uint32_t last, h2::ErrorCode code);
  void sendPing(const char opaque[8]);
  size_t streamCount() const { return count_; }
  uint32_t lastPeerStream() const { return last_peer_; }
  uint32_t nextId() const { return next_id_; }
  uint32_t peerMaxStreams() const { return peer_max_streams_; }
  bool peerAllowsConnect() const { return peer_connect_; }
  // What the peer's limit of streams is taken to be until its SETTINGS have come.
  void expectMaxStreams(uint32_t n) { peer_max_streams_ = n; }
  // Calls fn(H2Stream&) for each open stream; fn may close any of them.
  template <class Fn>
  void forEach(Fn&& fn) {
    std::vector<H2Stream*> all;
    all.reserve(count_);
    for (H2Stream* stream : table_) {
      for (; stream; stream = stream->next_in_table) all.push_back(stream);
    }
    for (H2Stream* stream : all) {
      if (!stream->closed) fn(*stream);
    }
  }
  // One of the http2.* statistics, by its slot in stats::server.
  void count(uint16_t slot, int64_t by = 1);
  // What was written is sent; without it at the end of the turn.
  void flush() { batch_.flush(); }
  // The connection is closed.
  void forget() { batch_.forget(); }
  // Nothing of what comes is looked at any more.
  void stop() { stopped_ = true; }
  // New streams of the peer are refused from now on.
  void refuseStreams() { refusing_ = true; }

 private:
  static constexpr uint32_t kNoLimit = UINT32_MAX;
  // h2_session.cc: receiving
  bool unreadable();
  bool handle(h2::Frame& frame);
  bool onHeaders(h2::Frame& frame);
  bool onNewStream(h2::Frame& frame);
  bool onTrailers(H2Stream& stream, h2::Frame& frame);
  bool deliverHead(H2Stream& stream, h2::Frame& frame);
  bool brokenMessage(H2Stream& stream, const h2::FieldsResult& result);
  bool brokenBody(H2Stream& stream);
  bool tooLarge(H2Stream& stream);
  bool skipBlock(h2::Frame& frame);
  bool onData(h2::Frame& frame);
  bool onSettings(h2::Frame& frame);
  bool changeWindows(int64_t value, int64_t widest);
  bool onWindowUpdate(h2::Frame& frame);
  bool onReset(h2::Frame& frame);
  bool onPriority(h2::Frame& frame);
  bool onPing(h2::Frame& frame);
  bool onUnknownStream(h2::Frame& frame);
  bool connectionError(h2::ErrorCode code, std::string_view text);
  bool flood(uint16_t counter, std::string_view text);
  bool costlyFrame();
  void streamError(H2Stream& stream, h2::ErrorCode code, std::string_view text, bool tell = true);
  void consumed(H2Stream* stream, uint64_t bytes);
  void remoteEnded(H2Stream& stream);
  // h2_send.cc
  char* control(size_t n);
  void commitControl(size_t n);
  size_t writeBlock(H2Stream& stream, const HeaderMap& headers, int status, bool end);
  char* encodeFields(char* at, const HeaderMap& headers, int status);
  size_t writeFrames(H2Stream& stream, const char* data, size_t n, bool end);
  size_t writeQueued(H2Stream& stream);
  void finishSending(H2Stream& stream);
  void schedule(H2Stream& stream);
  void pump();
  bool socketHasRoom() const;
  void noteQueue(H2Stream& stream);
  void countQueued(int64_t bytes);
  void windowUpdate(uint32_t stream, uint64_t bytes);
  void sendReset(uint32_t stream, h2::ErrorCode code);
  // the table
  H2Stream* find(uint32_t id) const;
  void insert(H2Stream& stream);
  void remember(uint32_t id);
  bool wasReset(uint32_t id) const;

  io::Connection& connection_;
  io::Batch batch_;
  H2Role& role_;
  BlockPool& blocks_;
  H2Options options_;
  H2Stats stats_;
  h2::Reader reader_;
  hpack::Decoder decoder_;
  hpack::Encoder encoder_;
  std::vector<H2Stream*> table_;
  std::vector<uint32_t> reset_ids_;    // a ring of those that we ended first: their frames may come
  List<H2Stream, H2SendTag> sending_;  // have a body to send and a window for it
  std::string_view fault_text_;
  int64_t send_window_ = h2::kDefaultWindow;
  int64_t receive_window_;
  uint64_t unannounced_ = 0;
  uint64_t data_frames_sent_ = 0;
  uint64_t window_updates_ = 0;
  uint64_t priority_frames_ = 0;
  uint64_t streams_begun_ = 0;
  uint64_t streams_allowed_ = UINT64_MAX;
  uint64_t costly_since_ms_ = 0;
  size_t count_ = 0;
  size_t queued_ = 0;                          // waits in all streams
  uint32_t peer_window_ = h2::kDefaultWindow;  // of new streams
  uint32_t peer_max_streams_ = kNoLimit;
  uint32_t last_peer_ = 0;
  uint32_t next_id_ = 1;
  uint32_t reset_at_ = 0;
  uint32_t empty_frames_ = 0;
  uint32_t costly_frames_ = 0;
  uint32_t control_waiting_ = 0;  // written since the socket's queue was last empty
  uint32_t frames_waiting_ = 0;
  h2::ErrorCode fault_ = h2::ErrorCode::NoError;
  bool server_;
  bool refusing_ = false;
  bool stopped_ = false;
  bool flooded_ = false;
  bool settled_ = false;  // the peer's first SETTINGS have come
  bool peer_connect_ = false;
  bool pumping_ = false;
};

}  // namespace attache::http
