// The contract of listener filters: what looks at a connection before a filter chain is chosen. A
// table of functions, run in the listener's order on the worker's thread, each until it is done.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "io/connection_info.h"
#include "tables/generated/layout.h"

namespace attache {
class Worker;
}

namespace attache::listener {

enum class FilterResult : uint8_t {
  // This filter is done; the next one's turn.
  Continue,
  // Asked again, with all that is there, when more bytes have come.
  More,
  // The connection is closed. The filter has counted why.
  Close,
};

struct FilterContext {
  Worker& worker;
  int fd;
  io::ConnectionInfo& info;
  // Of this filter and this connection, from null on; FilterHooks::destroy gives it back.
  void* state = nullptr;
  // What onData() takes away from the connection: bytes from the first one on.
  size_t consumed = 0;
};

struct FilterHooks {
  std::string_view name;
  // The connection is there. More: wait for bytes. Null: always.
  FilterResult (*onAccept)(const void* config, FilterContext&) = nullptr;
  // `bytes` (never empty): what has come and nobody has taken, at most Worker::kReadBytes of it. It
  // stays in the socket for whoever comes next, but for what is consumed. Null with an onAccept
  // that never waits.
  FilterResult (*onData)(const void* config, FilterContext&, std::string_view bytes) = nullptr;
  // Exactly once if there is a state, when the filter is done or the connection gone.
  void (*destroy)(void* state) = nullptr;
};

// The hooks of an extension by its number; null: not built in.
const FilterHooks* findFilter(uint32_t extension);

// Whether a filter is to be left out (envoy.config.listener.v3.ListenerFilterChainMatchPredicate in
// postfix order); an empty one never. `local`: where the connection went.
bool matches(const tables::Vec<tables::ListenerMatch>& predicate, const sockaddr_storage& local);

}  // namespace attache::listener
