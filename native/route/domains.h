// Which virtual host serves an authority, in Envoy's order: the exact domain, then the longest
// "*suffix", then the longest "prefix*", then "*". A '*' never stands for nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/headers.h"
#include "route/hash.h"
#include "route/trie.h"
#include "tables/generated/layout.h"

namespace attache::route {

inline constexpr uint32_t kNoHost = 0xffffffff;

// Where the port begins (at its colon), or npos. A colon within an IPv6 address is none.
inline size_t portStart(std::string_view authority) {
  size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos) return colon;
  size_t bracket = authority.rfind(']');
  return bracket == std::string_view::npos || bracket < colon ? colon : std::string_view::npos;
}

inline uint32_t findExactDomain(const tables::DomainIndex& index, std::string_view authority) {
  uint32_t mask = static_cast<uint32_t>(index.slots.size()) - 1;
  if (mask == 0xffffffff) return kNoHost;
  const uint32_t* slots = index.slots.data();
  for (uint32_t i = hashLower(authority) & mask; slots[i] != 0; i = (i + 1) & mask) {
    const tables::DomainEntry& entry = index.exact[slots[i] - 1];
    if (equalsLowered(authority, entry.domain.view())) return entry.host;
  }
  return kNoHost;
}

template <bool kBackwards>
uint32_t findWildcardDomain(const tables::ByteTrie& trie, std::string_view authority) {
  uint32_t found = kNoHost;
  walkTrie<true, kBackwards>(trie, authority, [&](const tables::TrieNode& node, size_t length) {
    if (node.prefix != 0 && length < authority.size()) {
      found = *candidatesOf(trie, node.prefix).at & kCandidateMask;
    }
  });
  return found;
}

// The number of the virtual host, or kNoHost.
inline uint32_t findHost(const tables::RouteConfig& config, const HeaderMap& headers) {
  // 0 - 1 is kNoHost.
  uint32_t fallback = config.default_host - 1;
  const tables::DomainIndex* index = config.domains.get();
  if (index == nullptr) return fallback;
  std::string_view authority = headers.get(HeaderId::Authority);
  if (authority.data() == nullptr) return kNoHost;
  if (config.ignore_port) {
    size_t port = portStart(authority);
    if (port != std::string_view::npos) authority = authority.substr(0, port);
  }
  uint32_t found = findExactDomain(*index, authority);
  if (found == kNoHost) found = findWildcardDomain<true>(index->suffixes, authority);
  if (found == kNoHost) found = findWildcardDomain<false>(index->prefixes, authority);
  return found == kNoHost ? fallback : found;
}

}  // namespace attache::route
