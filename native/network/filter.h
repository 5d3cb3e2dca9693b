// The contract of network filters. Those before the last one are tables of functions (FilterHooks),
// run for each connection by a FilterRun (network/filter_run.h). The last filter of a chain, the
// terminal one, decides what the connections of the chain are: it makes a Chain for each worker,
// whose serve() takes over the descriptor (with its TLS session and whatever waits to be written)
// and makes an object of its own for it, derived from ServerConnection. From then on only filters
// that have an onData stand between socket and filter.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "http/types.h"
#include "network/chain.h"
#include "tables/generated/layout.h"
#include "tables/pins.h"

namespace attache::tls {
class Session;
}

namespace attache::mesh {
struct PeerFacts;
struct ProxiedFacts;
}  // namespace attache::mesh

namespace attache::network {

struct TerminalFilter {
  std::string_view name;
  // `listener` is the pinned record in which `chain` and the filter's own record struct `config`
  // lie. The caller has the first reference.
  Chain* (*create)(Worker& worker, tables::Pinned* listener, const tables::FilterChain& chain,
                   const void* config);
};

enum class FilterStatus : uint8_t {
  Continue,  // the next filter's turn
  Pause,     // nobody's, until this one resumes or closes the connection
};

// What a filter has to do with at its connection; valid from create() until onDestroy().
class FilterContext {
 public:
  virtual ~FilterContext() = default;
  // A filter that has paused lets the connection, or its bytes, pass.
  virtual void resume() = 0;
  // Closes the connection; logs have the flags. From inside a hook it takes effect behind it.
  virtual void close(http::Flags flags) = 0;
  // Bytes for the peer, not before onEstablished(): they go out before what comes later.
  virtual void write(std::string_view bytes) = 0;
  // Its TLS, from onEstablished() on; null: none.
  virtual tls::Session* session() const = 0;
  // What ALPN has agreed on, from onEstablished() on; empty: nothing.
  virtual std::string_view alpn() const = 0;
  // What the other end has said of itself: one for all filters of the connection.
  virtual mesh::PeerFacts& peer() = 0;
  // What the proxy behind the filters knows; false: it is none, or not yet one.
  virtual bool tell(mesh::ProxiedFacts& into) const = 0;
  // Bytes are no longer any of its business: onData() is not called any more.
  virtual void noMoreData() = 0;
  Worker& worker;
  // Of the connection: its socket, and what listener filters have found out (null: nothing).
  const int fd;
  const io::ConnectionInfo* const info;

 protected:
  FilterContext(Worker& worker, int fd, const io::ConnectionInfo* info)
      : worker(worker), fd(fd), info(info) {}
};

struct FilterHooks {
  std::string_view name;
  // What all connections of a chain have in common on one worker; null: nothing. `place` names the
  // filter in the process: workers that have the same filter get the same name.
  std::shared_ptr<void> (*share)(Worker& worker, std::string_view place,
                                 const void* config) = nullptr;
  // For one connection, before its handshake. `shared` is what share() has made.
  void* (*create)(FilterContext& context, const void* config, void* shared);
  // The connection is there. Null: Continue.
  FilterStatus (*onNewConnection)(void* self) = nullptr;
  // Bytes have come, before the last filter sees them; `data` is all that is held back, and may be
  // changed. `end`: nothing follows. Null: bytes are none of its business.
  FilterStatus (*onData)(void* self, Buffer& data, bool end) = nullptr;
  // The connection is closed: the last call.
  void (*onDestroy)(void* self) = nullptr;
  // The handshake is done, nothing has been read or written yet. Null: it does not matter.
  void (*onEstablished)(void* self) = nullptr;
  // Whether it asks FilterContext::tell().
  bool wants_facts = false;
};

// The extension of this number that may stand before the last filter; null: not built in.
const FilterHooks* findFilter(uint32_t extension);

// The terminal filter extension of this number; null: not built in.
const TerminalFilter* findTerminalFilter(uint32_t extension);

}  // namespace attache::network
