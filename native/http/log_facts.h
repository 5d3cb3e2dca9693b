// What only access logs ask of a stream: when things happened, and bytes as they were on the wire.
// A stream has it in its arena if its manager has logs, else nothing of it is gathered.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/types.h"
#include "tables/generated/layout.h"

namespace attache::http {

// Bytes of one message exchange on a connection. The header counts are Envoy's for HTTP/1: of a
// received field name, value and 3 bytes, of a sent one its whole line; trailers too.
struct WireBytes {
  uint64_t sent = 0;
  uint64_t received = 0;
  uint64_t header_sent = 0;
  uint64_t header_received = 0;
};

struct LogFacts {
  static constexpr int64_t kNever = -1;

  explicit LogFacts(uint64_t start) : start_us(start) {
    for (int64_t& mark : marks_us) mark = kNever;
    marks_us[static_cast<size_t>(tables::Mark::DownstreamRxBegin)] = 0;
  }
  // `now_us` by the clock of start_us; what was before the stream counts as its beginning.
  void mark(tables::Mark mark, uint64_t now_us) {
    marks_us[static_cast<size_t>(mark)] =
        now_us > start_us ? static_cast<int64_t>(now_us - start_us) : 0;
  }
  int64_t at(tables::Mark mark) const { return marks_us[static_cast<size_t>(mark)]; }

  uint64_t start_us;  // Loop::nowUs()
  int64_t marks_us[static_cast<size_t>(tables::Mark::None) + 1];
  WireBytes downstream;
  WireBytes upstream;  // of the last attempt
  uint64_t upstream_connection_id = 0;
  std::string_view upstream_tls_version, upstream_tls_cipher;
  std::string_view upstream_host_name;  // in the arena
  bool upstream_ready = false;          // an attempt has had a connection
  Protocol upstream_protocol = Protocol::Http11;
};

}  // namespace attache::http
