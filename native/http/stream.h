// One request and its response: the spine. The functions below are the life of a request, in
// order; stream.cc has them in the same order, stream_filters.cc runs the filter chain.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/buffer.h"
#include "codec/headers.h"
#include "http/codec.h"
#include "http/filter.h"
#include "http/filter_overrides.h"
#include "http/log_facts.h"
#include "http/manager.h"
#include "http/stream_handle.h"
#include "http/types.h"
#include "io/address.h"
#include "io/loop.h"
#include "network/peer.h"
#include "route/match.h"

namespace attache::mesh {
struct Facts;
}
namespace attache::tracing {
class Trace;
}

namespace attache::http {

using network::Peer;

// A header of an answer of our own; without value: none.
struct ReplyHeader {
  HeaderId id = HeaderId::Location;
  std::string_view value;
};
// grpc-status of such an answer to a gRPC request, where the HTTP status is not to say it.
inline constexpr int kGrpcByHttpStatus = -1;

class Stream {
 public:
  // `encoder` answers it and outlives it (or calls onReset() before it goes). Streams live in the
  // worker's pooled blocks: no malloc for each request.
  static std::unique_ptr<Stream> make(Manager& manager, ResponseEncoder& encoder, const Peer& peer,
                                      uint64_t connection_id);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  static void operator delete(Stream* stream, std::destroying_delete_t);

  // ---- what the codec tells, in this order --------------------------------------------------
  // request() holds the head, views into [lo, hi); they are copied if the stream outlives the
  // call.
  void decodeHeaders(Protocol protocol, bool end, const char* lo, const char* hi);
  void decodeData(const char* data, size_t n, bool end);
  void decodeTrailers(HeaderMap& trailers);
  // The peer is gone, or has reset the stream. Answers nothing. The owner destroys the stream.
  void onReset(Flag why, std::string_view details);
  // The response waits for a slow client (true), or flows again.
  void onBackpressure(bool paused);
  // What a StreamHandle was asked for.
  void onNote(uint32_t filter, Inbox::What what);
  // What the connection speaks, where that is known before a head is.
  void speaks(Protocol protocol) { protocol_ = protocol; }
  // Before decodeHeaders(): the client asks for another protocol (the Upgrade header is there).
  void askTunnel(Tunnel tunnel) { tunnel_ = tunnel; }
  // The request head was never complete: an error answer without route or filters.
  void rejectHead(Protocol protocol, int status, Flag flag, std::string_view details,
                  std::string_view body);

  // An answer in the statistics: each interim one too, as in Envoy.
  void countAnswer(int status);

  // ---- what filters may use -----------------------------------------------------------------
  Manager& manager() { return manager_; }
  Worker& worker() { return manager_.worker; }
  Arena& arena() { return arena_; }
  HeaderMap& request() { return request_; }
  HeaderMap& response() { return response_; }
  // The other end of the connection.
  const Peer& peer() const { return peer_; }
  // The client: the peer, or the one that a trusted x-forwarded-for names (its port is then 0).
  // "ip:port" and without the port, valid as long as the stream.
  std::string_view remote();
  std::string_view remoteIp();
  // Of the same; none for a Unix socket.
  io::Ip clientIp();
  // Whether x-forwarded-for named it; asked after one of the above.
  bool clientNamed() const { return !client_.empty(); }
  // What x-forwarded-for says of the client; read when somebody wants it. Copied.
  void nameClient(std::string_view text);
  Protocol protocol() const { return protocol_; }
  const tables::RouteConfig* routeConfig() const { return routes_; }
  const route::Match& route() const { return route_; }
  // The client is to come again with TLS (VirtualHost.require_tls); there is no route then.
  bool needsTls() const { return needs_tls_; }
  uint64_t random();
  // What the route was found by has changed: it is looked for again, for `filter` (which the
  // headers have not passed) and those behind it, which begin anew. Those before it keep what they
  // have. False: the request was answered.
  bool refreshRoute(FilterContext& filter);
  // The directory id of the route table that is in use; 0: none, or one inside the listener.
  uint32_t routeTable() const { return route_config_ ? route_config_->id : 0; }
  // The directory id of the route table of the request's scope where that is not there (yet).
  uint32_t missingTable();
  // For other threads.
  StreamHandle handle();
  bool isHead() const { return is_head_; }
  // It asks whether this process is well: a filter has found out. Logs can leave it out, and the
  // statistics of answers do.
  void markHealthCheck() { is_health_check_ = true; }
  bool isHealthCheck() const { return is_health_check_; }
  // As the client sent it: a filter may have changed the fields since.
  bool isGrpc() const { return is_grpc_; }
  Tunnel tunnel() const { return tunnel_; }
  // What the route says of CONNECT; null: nothing.
  const tables::Upgrade* connectConfig() const;
  bool requestEnded() const { return request_ended_; }
  bool responseStarted() const { return response_started_; }
  // Filters go because the request is over; else only to be made anew (refreshRoute()).
  bool filtersAreOver() const { return destroyed_filters_; }
  // Answers the request here. `flag` kCount: none. `body` must live until flush. Runs through the
  // encode filters, but takes the place of a response that has begun to without them, and cuts one
  // of which the client has the headers. May end the stream.
  // A gRPC request gets it as trailers without a message: 200 with grpc-status.
  void sendLocalReply(int status, std::string_view body, Flag flag, std::string_view details,
                      ReplyHeader extra = {}, int grpc_status = kGrpcByHttpStatus);
  // A filter's own answer, without a body: its headers are for its encode hook to add, and the
  // route adds none.
  void sendOwnReply(int status, std::string_view details);
  // The last filter's answer, on its way through the encode filters.
  void encodeInterim(HeaderMap& headers, int status);
  void encodeHeaders(int status, bool end);
  void encodeData(const char* data, size_t n, bool end);
  void encodeTrailers(HeaderMap& trailers);
  // The answer cannot be completed: the client must notice.
  void abortResponse(Flag flag, std::string_view details);
  // What was produced is sent now.
  void flush() { encoder_.flush(); }
  // The request's body comes too fast for the filter that takes it. Counted: each true wants its
  // false.
  void pauseRequest(bool pause);
  // The response is to wait, because of the client or a filter.
  bool responsePaused() const { return response_pauses_ > 0; }
  void addFlag(Flag flag) { flags_ |= bit(flag); }
  void setStatus(int status) { status_ = status; }
  void setDetails(std::string_view details) { details_ = details; }

  // What a TLS connection to a host offers (RFC 7301, as on the wire) instead of what the cluster
  // says, whose Cluster::keepApart() was called; empty: nothing. Set by a filter, valid as long as
  // the stream.
  std::string_view offered_protocols;

  // For the metrics of a mesh; null: nobody wants it. Made by the filter that does.
  mesh::Facts* mesh = nullptr;

  // ---- internal redirects (stream_restart.cc) ----------------------------------------------
  // The route that the request would have with its head as it is now.
  route::Match matchRequest();
  // How many were followed.
  uint32_t redirects() const { return redirects_ ? redirects_->number : 0; }
  // By the names of the routes: whether one was followed, and that one is.
  bool hasRedirected(std::string_view from, std::string_view to) const;
  void noteRedirect(std::string_view from, std::string_view to);
  // Runs the request anew, as its head is now and with this body, of one that has come as a whole
  // and whose response has not begun. Its filters are gone when this returns, and perhaps it too.
  void restart(Buffer&& body);
  // Where the manager traces; in the arena.
  tracing::Trace* trace = nullptr;

  // ---- facts for logs -----------------------------------------------------------------------
  Flags flags() const { return flags_; }
  std::string_view details() const { return details_; }
  int status() const { return status_; }
  uint64_t bytesReceived() const { return bytes_received_; }
  uint64_t bytesSent() const { return bytes_sent_; }
  uint64_t startWallUs() const { return start_wall_us_; }
  // Null unless the manager wants them; in the arena.
  LogFacts* facts() { return facts_; }
  uint64_t connectionId() const { return connection_id_; }
  HeaderMap* responseTrailers() const { return response_trailers_; }
  struct UpstreamFacts {
    std::string_view cluster;
    std::string_view host;   // in the arena
    std::string_view local;  // in the arena
    std::string_view failure;
    std::string_view observed_cluster;                  // alt_stat_name, or the name
    const tables::WeightedCluster* weighted = nullptr;  // the one picked, of several
    uint32_t attempts = 0;
  } upstream;

 private:
  friend struct FilterContext;
  // Only in a block: see make().
  Stream(Manager& manager, ResponseEncoder& encoder, const Peer& peer, uint64_t connection_id);
  // stream.cc
  void findRoute();
  void selectAnew();
  uint32_t selectScope(const tables::Records& records);
  void demandTls();
  bool checkRequest();
  bool openTunnel();
  bool tunnelAllowed();
  void startTimers();
  void startDurationTimer(uint64_t gone_ms = 0);
  void finishHeaders(int status, bool end);
  void finish();
  void noteRequestEnd();
  void finishResponse() {
    if (facts_) [[unlikely]]
      noteResponseEnd();
    // As in Envoy: what is left of the request is refused by a reset.
    if (!request_ended_) [[unlikely]]
      stats::inc(manager_.stats, stats::hcm::downstream_rq_rx_reset);
    finish();
  }
  void noteResponseEnd();
  static void onIdle(void* self);
  static void onRequestTimeout(void* self);
  static void onMaxDuration(void* self);
  // stream_restart.cc
  void forget();
  void runAnew(Buffer& body);
  // stream_filters.cc
  void createFilters();
  uint32_t routeConfigsOf(const FilterFactory& factory,
                          const void* (&out)[FilterOverrides::kLevels]) const {
    return overrides_.configs(factory.name, factory.extension, out);
  }
  const void* routeConfigOf(const FilterFactory& factory) const {
    return overrides_.config(factory.name, factory.extension);
  }
  const FilterFactory& discover(const FilterFactory& factory);
  void letGoOfConfigs();
  void createAnew(uint32_t from);
  void destroyFilters();
  void runRequestFilters(uint32_t from, bool end);
  void passRequestData(uint32_t to, Buffer& data, bool end);
  void passRequestTrailers(uint32_t to, HeaderMap& trailers);
  void runResponseFilters(uint32_t from, bool end);
  void passResponseData(uint32_t from, Buffer& data, bool end);
  void passResponseTrailers(uint32_t from, HeaderMap& trailers);
  bool hold(FilterContext::Side& side, Buffer& data, bool end, FilterStatus status, bool request);
  Buffer& bufferOf(FilterContext::Side& side);
  void takeHeld(FilterContext::Side& side, Buffer& data, bool request);
  void relieve(FilterContext::Side& side, bool request);
  void resume(FilterContext& context, bool request);
  void forwardToLast(FilterContext& last, Buffer& data, bool end);
  void pauseResponse(bool pause);
  // Nobody is interested in the rest of the request.
  bool requestIsOver() const { return finished_ || local_reply_; }
  void deliverHeaders(bool end);
  void deliverData(const char* data, size_t n, bool end);
  void deliverTrailers(HeaderMap& trailers);

  Manager& manager_;
  ResponseEncoder& encoder_;
  const Peer& peer_;
  Arena arena_;
  HeaderMap request_;
  HeaderMap response_;
  HeaderMap* response_trailers_ = nullptr;
  FilterContext* filters_ = nullptr;
  uint32_t filter_count_ = 0;
  void hold(tables::Pinned* pinned);
  // Configurations of filters that are delivered, and route tables that were in use; in the arena.
  struct HeldConfig {
    tables::Pinned* config;
    HeldConfig* next;
  };
  HeldConfig* held_configs_ = nullptr;
  struct Redirect {
    std::string_view from, to;  // in the arena
    const Redirect* before;
    uint32_t number;
  };
  const Redirect* redirects_ = nullptr;  // the last one
  FilterOverrides overrides_;
  tables::Pinned* route_config_ = nullptr;       // a table of its own (RDS)
  const tables::RouteConfig* routes_ = nullptr;  // that, or the one inside the listener
  route::Match route_;
  io::Timer idle_timer_;
  io::Timer request_timer_;
  io::Timer duration_timer_;
  uint64_t connection_id_;
  uint64_t handle_id_ = 0;
  uint64_t random_ = 0;
  uint64_t start_ms_ = 0;
  LogFacts* facts_ = nullptr;
  uint64_t start_wall_us_ = 0;
  uint64_t last_activity_ms_ = 0;
  uint64_t bytes_received_ = 0;
  uint64_t bytes_sent_ = 0;
  Flags flags_ = 0;
  std::string_view details_;
  std::string_view client_;  // as x-forwarded-for has it, then as remote() does; empty: the peer
  int status_ = 0;
  int request_pauses_ = 0;
  int response_pauses_ = 0;
  Protocol protocol_ = Protocol::Http11;
  bool is_head_ = false;
  bool needs_tls_ = false;
  bool bare_reply_ = false;  // sendOwnReply()
  bool is_health_check_ = false;
  bool is_grpc_ = false;
  Tunnel tunnel_ = Tunnel::None;
  bool tunnel_counted_ = false;
  bool request_ended_ = false;
  bool request_headers_end_ = false;
  bool response_started_ = false;  // headers given to the codec
  bool response_begun_ = false;    // headers given to the encode filters
  bool local_reply_ = false;
  bool client_slow_ = false;
  bool destroyed_filters_ = false;
  bool finished_ = false;
  bool client_read_ = false;
};

}  // namespace attache::http
