// One attempt to have a request answered by a host: what a connection pool and its connections
// tell whoever sends it (the router, a side call, a health check).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/list.h"
#include "codec/headers.h"
#include "http/log_facts.h"
#include "http/types.h"

namespace attache::upstream {

class Host;
class ClientConnection;
class UpstreamRequest;
struct PendingTag;

// The way to a host that one request has for itself: a connection of HTTP/1, or a stream of one
// that carries many. Valid from onReady() until the response is complete, reset, or the request
// abandons it.
class UpstreamStream {
 public:
  // The head as it is in `headers` (hop-by-hop fields removed); framing is added. Views and pieces
  // of bodies need only live until the cork is flushed.
  virtual void sendHeaders(const HeaderMap& headers, bool end) = 0;
  virtual void sendData(const char* data, size_t n, bool end) = 0;
  // `trailers` must live as long as the stream.
  virtual void sendTrailers(const HeaderMap& trailers) = 0;
  // Stops or resumes reading the response.
  virtual void pauseResponse(bool pause) = 0;
  // Bytes of the body that wait for a window or the socket.
  virtual size_t waiting() const = 0;
  // Gives up, without telling the request.
  virtual void abandon() = 0;
  // What comes is told `to` from now on, in place of its request. Not from within its callbacks.
  virtual void handOver(UpstreamRequest& to) = 0;
  virtual ClientConnection& connection() = 0;
  // Whether a request was sent on its connection before this one.
  virtual bool reused() const = 0;
  virtual http::Protocol protocol() const = 0;

 protected:
  ~UpstreamStream() = default;
};

// What connections to a host differ in where requests decide it (Cluster::apart): only those that
// want the same share one.
struct Identity {
  // What a TLS server is asked for (auto_sni); empty: what the cluster says.
  std::string_view server_name;
  // The PROXY header that begins it (upstream/proxy_header.h); empty: one of its own, if any.
  std::string_view proxy_header;
  // The protocols that TLS offers, as on the wire (RFC 7301); empty: those of the cluster.
  std::string_view alpn;
  bool operator==(const Identity&) const = default;
};

class UpstreamRequest : public Link<PendingTag> {
 public:
  virtual ~UpstreamRequest() = default;
  // `stream` is this request's own until the response is complete or reset: send now.
  virtual void onReady(UpstreamStream& stream) = 0;
  // There will be no connection.
  virtual void onPoolFailure(http::UpstreamFailure failure, std::string_view reason) = 0;
  // Where the response's head is parsed to; cleared before.
  virtual HeaderMap& responseHeaders() = 0;
  virtual bool isHead() const = 0;
  // Views into the read buffer: valid during the call.
  virtual void on1xx(HeaderMap& headers, int status) = 0;
  virtual void onHeaders(HeaderMap& headers, int status, bool end) = 0;
  virtual void onData(const char* data, size_t n, bool end) = 0;
  virtual void onTrailers(HeaderMap& trailers) = 0;
  // The stream has given up on the response, and is no longer this request's.
  virtual void onReset(const http::UpstreamError& error) = 0;
  // The stream takes the request's body slower (true) or fast enough again (false).
  virtual void onBackpressure(bool paused) = 0;
  // The connection that it needs; lives as long as the request waits.
  Identity identity;
  // The protocol it is to be sent with.
  enum class Wanted : uint8_t {
    Http1,
    Http2,
    Either,  // as ALPN finds out
    Raw,     // the body as it is, over a connection of its own
  };
  Wanted wanted = Wanted::Http1;
  bool high_priority = false;
  // The bodies of request and response go as they are, without framing, once the host has agreed.
  http::Tunnel tunnel = http::Tunnel::None;
  // Bytes of the exchange are counted into it; null: nobody asks.
  http::WireBytes* wire = nullptr;
};

}  // namespace attache::upstream
