// The contract of network filters. The last filter of a chain, the terminal one, decides what the
// connections of the chain are: it makes a Chain for each worker, whose serve() takes over the
// descriptor (with its TLS session and whatever waits to be written) and makes an object of its own
// for it, derived from ServerConnection. From then on nothing stands between socket and filter.
#pragma once

#include <cstdint>
#include <string_view>

#include "network/chain.h"
#include "tables/generated/layout.h"
#include "tables/pins.h"

namespace attache::network {

struct TerminalFilter {
  std::string_view name;
  // `listener` is the pinned record in which `chain` and the filter's own record struct `config`
  // lie. The caller has the first reference.
  Chain* (*create)(Worker& worker, tables::Pinned* listener, const tables::FilterChain& chain,
                   const void* config);
};

// The terminal filter extension of this number; null: not built in.
const TerminalFilter* findTerminalFilter(uint32_t extension);

}  // namespace attache::network
