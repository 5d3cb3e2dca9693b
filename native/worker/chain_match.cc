#include "worker/chain_match.h"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "io/address.h"

namespace attache {

using tables::FilterChainMatch;

namespace {

using io::Ip;
using io::ipOf;

bool contains(const tables::CidrRange& range, const Ip& ip) {
  return io::inPrefix(ip, range.ip, range.length, range.ipv6);
}

// The chains that are still in question.
class Candidates {
 public:
  explicit Candidates(std::span<const FilterChainMatch* const> matches) : matches_(matches) {
    for (size_t i = 0; i < matches.size(); i++) left_.push_back(static_cast<int>(i));
  }
  // Keeps those that fit best: score(match) is below 0 where a criterion rules the connection out.
  template <class Score>
  void narrow(Score&& score) {
    int best = -1;
    std::vector<int> next;
    for (int i : left_) {
      int s = matches_[i] ? score(*matches_[i]) : 0;
      if (s < 0 || s < best) continue;
      if (s > best) next.clear();
      best = s;
      next.push_back(i);
    }
    left_ = std::move(next);
  }
  int first() const { return left_.empty() ? -1 : left_[0]; }

 private:
  std::span<const FilterChainMatch* const> matches_;
  std::vector<int> left_;
};

// 0: the list is empty and takes all; 1 + the length of the longest range that has the address.
int prefixScore(const tables::Vec<tables::CidrRange>& ranges, const Ip& ip) {
  int best = ranges.empty() ? 0 : -1;
  for (const tables::CidrRange& range : ranges) {
    // A range of everything is as good as no range.
    if (contains(range, ip)) best = std::max(best, static_cast<int>(range.length));
  }
  return best;
}

// Longer is closer: an exact name, then ".b.example" and ".example" of wildcards.
int nameScore(const tables::Vec<tables::Str>& names, std::string_view host) {
  int best = names.empty() ? 0 : -1;
  for (const tables::Str& each : names) {
    std::string_view name = each.view();
    bool wildcard = name.starts_with("*.");
    if (!wildcard && name == host) return 1 << 20;
    if (!wildcard || host.size() <= name.size() - 1 || !host.ends_with(name.substr(1))) continue;
    best = std::max(best, static_cast<int>(name.size()));
  }
  return best;
}

bool sameIpOrLoopback(const ConnectionTraits& traits) {
  if (traits.remote.ss_family == AF_UNIX) return true;
  Ip remote = ipOf(traits.remote), local = ipOf(traits.local);
  if (remote.size == 0) return false;
  // As Envoy: only 127.0.0.1 of its network.
  if (remote.size == 4 && std::memcmp(remote.bytes, "\x7f\0\0\x01", 4) == 0) return true;
  if (remote.size == 16 && IN6_IS_ADDR_LOOPBACK(reinterpret_cast<const in6_addr*>(remote.bytes)))
    return true;
  return local.size == remote.size &&
         std::memcmp(local.bytes, remote.bytes, static_cast<size_t>(remote.size)) == 0;
}

}  // namespace

int matchChain(std::span<const FilterChainMatch* const> matches, const ConnectionTraits& traits) {
  Candidates chains(matches);
  Ip local = ipOf(traits.local), remote = ipOf(traits.remote);
  Ip direct = ipOf(traits.direct_remote);
  std::string_view transport = traits.transport.empty() ? "raw_buffer" : traits.transport;
  chains.narrow([&](const FilterChainMatch& m) {
    return m.destination_port == 0 ? 0 : m.destination_port == local.port ? 1 : -1;
  });
  chains.narrow([&](const FilterChainMatch& m) { return prefixScore(m.prefix_ranges, local); });
  chains.narrow(
      [&](const FilterChainMatch& m) { return nameScore(m.server_names, traits.server_name); });
  chains.narrow([&](const FilterChainMatch& m) {
    return m.transport_protocol.empty() ? 0 : m.transport_protocol.view() == transport ? 1 : -1;
  });
  chains.narrow([&](const FilterChainMatch& m) {
    int best = m.application_protocols.empty() ? 0 : -1;
    for (const tables::Str& protocol : m.application_protocols) {
      auto end = traits.protocols.end();
      auto at = std::find(traits.protocols.begin(), end, protocol.view());
      // The client's first choice that any chain has decides.
      if (at != end) best = std::max(best, static_cast<int>(end - at));
    }
    return best;
  });
  chains.narrow([&](const FilterChainMatch& m) {
    return prefixScore(m.direct_source_prefix_ranges, direct);
  });
  chains.narrow([&](const FilterChainMatch& m) {
    if (m.source_type == tables::SourceType::Any) return 0;
    return (m.source_type == tables::SourceType::SameIpOrLoopback) == sameIpOrLoopback(traits) ? 1
                                                                                               : -1;
  });
  chains.narrow(
      [&](const FilterChainMatch& m) { return prefixScore(m.source_prefix_ranges, remote); });
  chains.narrow([&](const FilterChainMatch& m) {
    if (m.source_ports.empty()) return 0;
    for (uint32_t port : m.source_ports) {
      if (port == remote.port) return 1;
    }
    return -1;
  });
  return chains.first();
}

}  // namespace attache
