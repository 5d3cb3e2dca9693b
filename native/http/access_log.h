// From a stream to access-log lines.
#pragma once

#include <string_view>

#include "http/manager.h"
#include "http/types.h"
#include "tables/generated/layout.h"

namespace attache::http {

class Stream;
class Peer;

// Writes a line to each log of the stream's manager whose filter lets it pass.
void writeAccessLogs(Stream& stream);
// What a listener's own log says of a connection, when it is closed.
struct ConnectionFacts {
  const Peer& peer;
  uint64_t id;
  uint64_t life_ms;
  uint64_t bytes_received, bytes_sent;
  Flags flags;
  std::string_view protocol;  // empty: nothing of one was understood
};
// Writes a line to each connection log whose filter lets it pass.
void writeConnectionLogs(Manager& manager, const ConnectionFacts& facts);
// The value of a formatted header, in the stream's arena.
std::string_view formatHeaderValue(const tables::Format& format, Stream& stream);
// Opens the sink of a configured log; null when that fails.
void* openLogSink(const tables::AccessLog& log);

}  // namespace attache::http
