// One attempt to have a request answered by a host: what a connection pool and its connections
// tell whoever sends it (the router, a side call, a health check).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/list.h"
#include "codec/headers.h"
#include "http/log_facts.h"
#include "http/types.h"

namespace attache::upstream {

class Host;
class Http1Client;
struct PendingTag;

class UpstreamRequest : public Link<PendingTag> {
 public:
  virtual ~UpstreamRequest() = default;
  // A connection is this request's own until the response is complete or reset: send now.
  virtual void onReady(Http1Client* client) = 0;
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
  // The connection has given up on the response, and is no longer this request's.
  virtual void onReset(const http::UpstreamError& error) = 0;
  // The connection takes the request's body slower (true) or fast enough again (false).
  virtual void onBackpressure(bool paused) = 0;
  // The name that a TLS server is asked for when the cluster takes it from the request (auto_sni);
  // lives as long as the request waits.
  std::string_view server_name;
  bool high_priority = false;
  // The bodies of request and response go as they are, without framing, once the host has agreed.
  http::Tunnel tunnel = http::Tunnel::None;
  // Bytes of the exchange are counted into it; null: nobody asks.
  http::WireBytes* wire = nullptr;
};

}  // namespace attache::upstream
