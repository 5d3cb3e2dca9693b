// Access-log lines and header values from compiled format strings (tables::Format).
//
// Everything a line can say is gathered in one LogInput of views, which the HTTP connection
// manager fills when a stream ends; formatting copies bytes once and allocates nothing.
#pragma once

#include <openssl/types.h>
#include <cstddef>

#include <cstdint>
#include <string_view>

#include "accesslog/line_buffer.h"
#include "base/arena.h"
#include "codec/headers.h"
#include "http/types.h"
#include "tables/generated/layout.h"

namespace attache::accesslog {

// A moment in the life of a stream, as %COMMON_DURATION% names them. DownstreamRxBegin is the
// start itself; UpstreamPoolReady is when a connection of the pool was there.
using tables::Mark;

// What a line can say. Pointers may be null, texts empty: absent. Nothing is owned.
struct LogInput {
  static constexpr int64_t kNever = -1;

  const HeaderMap* request = nullptr;
  const HeaderMap* response = nullptr;
  const HeaderMap* response_trailers = nullptr;

  uint64_t start_us = 0;         // CLOCK_REALTIME, µs
  int64_t duration_us = kNever;  // the whole stream; kNever while it goes on
  // µs since the start by a steady clock, kNever: has not happened.
  int64_t marks_us[static_cast<size_t>(Mark::None) + 1] = {0,      kNever, kNever, kNever, kNever,
                                                           kNever, kNever, kNever, kNever, kNever,
                                                           kNever, kNever, kNever, kNever};

  // Of bodies. The wire counts add heads, chunk framing and trailers.
  uint64_t bytes_received = 0;
  uint64_t bytes_sent = 0;
  uint64_t downstream_wire_bytes_received = 0;
  uint64_t downstream_wire_bytes_sent = 0;
  uint64_t upstream_wire_bytes_received = 0;
  uint64_t upstream_wire_bytes_sent = 0;
  uint64_t downstream_header_bytes_received = 0;
  uint64_t downstream_header_bytes_sent = 0;
  uint64_t upstream_header_bytes_received = 0;
  uint64_t upstream_header_bytes_sent = 0;

  http::Flags flags = 0;
  uint64_t connection_id = 0;
  uint64_t upstream_connection_id = 0;  // 0: none
  uint32_t attempt_count = 0;           // attempts upstream; 0: none
  uint16_t status = 0;                  // 0: no response
  bool health_check = false;            // for not_health_check_filter
  bool complete = true;                 // false: the request or connection goes on

  std::string_view type = "DownstreamEnd";  // %ACCESS_LOG_TYPE%
  std::string_view protocol;                // "HTTP/1.1"
  std::string_view upstream_protocol;
  std::string_view details;  // of the response code: "via_upstream"
  std::string_view connection_termination_details;
  std::string_view route_name;
  std::string_view listener_name;
  std::string_view filter_chain_name;
  std::string_view virtual_cluster_name;
  std::string_view upstream_cluster;  // observability name
  std::string_view upstream_cluster_raw;
  std::string_view upstream_transport_failure_reason;
  std::string_view upstream_host_name;  // the endpoint's hostname, else its address
  std::string_view downstream_transport_failure_reason;
  std::string_view requested_server_name;
  // Of a TLS client; null: none.
  SSL* downstream_tls = nullptr;
  std::string_view upstream_tls_version, upstream_tls_cipher;
  std::string_view stream_id;  // x-request-id or its like; empty: none
  // Addresses: "1.2.3.4:80", "[::1]:80" or a path.
  std::string_view upstream_host;
  std::string_view upstream_remote;  // of the connection; empty before there is one
  std::string_view upstream_local_address;
  std::string_view downstream_remote;  // after x-forwarded-for or the PROXY protocol
  std::string_view downstream_local;
  std::string_view downstream_direct_remote;  // the peer of the socket
  std::string_view downstream_direct_local;

  int64_t mark(Mark m) const { return marks_us[static_cast<size_t>(m)]; }
  void setMark(Mark m, int64_t us) { marks_us[static_cast<size_t>(m)] = us; }
};

// Appends one formatted line (with its line end only if the format has one). `now_us` is
// CLOCK_REALTIME in µs: %EMIT_TIME%. Safe from any thread.
void format(const tables::Format& format, const LogInput& input, uint64_t now_us, LineBuffer& out);

// A header value: in `arena`, or a view of the format's own text when it is constant. Never
// contains CR, LF or NUL (each becomes a space).
std::string_view formatInto(const tables::Format& format, const LogInput& input, uint64_t now_us,
                            Arena& arena);

// Whether a line is to be written. `random` decides runtime fractions.
bool passes(const tables::AccessLogFilter& filter, const LogInput& input, uint64_t random);

// The process's name for %HOSTNAME%, read once.
std::string_view hostname();

}  // namespace attache::accesslog
