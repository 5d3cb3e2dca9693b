// The filter chains of a listener on one worker. A new version of the listener keeps those that did
// not change, which are the same records, with their connections; those that it does not have any
// more drain.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/list.h"
#include "worker/incoming.h"
#include "worker/worker.h"

namespace attache {

class FilterChains {
 public:
  // `incoming`: the listener's connections that no chain serves yet.
  FilterChains(Worker& worker, List<Incoming>& incoming);
  ~FilterChains();
  // Has the chains of `record`, which is pinned by the caller. Those that go are closed after
  // `drain_ms`.
  void update(tables::Pinned* record, uint64_t drain_ms);
  // The chain that takes a connection; null: none.
  const ActiveChain* find(int fd, const io::ConnectionInfo* info) const;
  // The one chain, when that takes all connections, and as they are; null: no such.
  network::Chain* only() const;
  bool empty() const { return chains_.empty(); }
  // Of all chains: asks connections to finish (see network::Chain::startDraining()), or closes
  // them.
  void drain(uint64_t delay_ms, uint64_t ramp_ms);
  void abort();
  // A connection has ended: chains that have drained are given back, and with them their version.
  void connectionClosed() {
    if (!draining_.empty()) [[unlikely]]
      sweep();
  }

 private:
  struct Draining;
  ActiveChain make(tables::Pinned* record, uint32_t ref);
  bool addFilters(network::Chain& chain, std::string_view listener,
                  const tables::FilterChain& config);
  ActiveChain reuse(tables::Pinned* record, uint32_t ref, std::vector<ActiveChain>& from);
  void startDraining(std::vector<ActiveChain>&& chains, uint64_t drain_ms);
  void sweep();
  void finish(const std::vector<network::Chain*>& chains);
  bool arriving(const network::Chain* chain);
  template <class Fn>  // fn(network::Chain&)
  void forEach(Fn&& fn);

  Worker& worker_;
  List<Incoming>& incoming_;
  // In the listener's order; the default chain, if any, is the last.
  std::vector<ActiveChain> chains_;
  bool has_default_ = false;
  std::vector<std::unique_ptr<Draining>> draining_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what is put off
};

}  // namespace attache
