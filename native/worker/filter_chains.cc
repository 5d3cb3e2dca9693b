#include "worker/filter_chains.h"

#include <algorithm>
#include <string>
#include <utility>

#include "io/address.h"
#include "network/filter.h"
#include "worker/chain_match.h"
#include "worker/process.h"

namespace attache {

// What one update took away, until its connections are gone or its time is over.
struct FilterChains::Draining {
  explicit Draining(FilterChains& owner) : owner(owner), timer(onTimeout, this) {}
  ~Draining() {
    for (network::Chain* chain : chains) chain->release();
  }
  static void onTimeout(void* self) {
    auto* group = static_cast<Draining*>(self);
    group->owner.finish(group->chains);
  }
  FilterChains& owner;
  std::vector<network::Chain*> chains;
  io::Timer timer;
};

FilterChains::FilterChains(Worker& worker, List<Incoming>& incoming)
    : worker_(worker), incoming_(incoming) {}

FilterChains::~FilterChains() {
  for (ActiveChain& chain : chains_) {
    if (chain.filters) chain.filters->release();
  }
}

// ---- versions --------------------------------------------------------------------------------

void FilterChains::update(tables::Pinned* record, uint64_t drain_ms) {
  const tables::Listener& config = record->as<tables::Listener>();
  std::vector<ActiveChain> old = std::exchange(chains_, {});
  // A default chain is never one of the others.
  std::vector<ActiveChain> old_default;
  if (has_default_) {
    old_default.push_back(old.back());
    old.pop_back();
  }
  for (const tables::FilterChainRef& each : config.filter_chains)
    chains_.push_back(reuse(record, each.chain, old));
  has_default_ = config.default_filter_chain != 0;
  if (has_default_) chains_.push_back(reuse(record, config.default_filter_chain, old_default));
  old.insert(old.end(), old_default.begin(), old_default.end());
  startDraining(std::move(old), drain_ms);
}

// The chain of `from` that is this record, or a new one.
ActiveChain FilterChains::reuse(tables::Pinned* record, uint32_t ref,
                                std::vector<ActiveChain>& from) {
  auto it = std::find_if(from.begin(), from.end(), [&](const ActiveChain& chain) {
    return chain.ref == ref && chain.filters && !chain.filters->draining();
  });
  if (it == from.end()) return make(record, ref);
  ActiveChain chain = *it;
  from.erase(it);
  chain.filters->moveTo(record);
  return chain;
}

ActiveChain FilterChains::make(tables::Pinned* record, uint32_t ref) {
  const auto& config = *worker_.process.records.get<tables::FilterChain>(ref);
  ActiveChain chain{ref, &config, nullptr, nullptr};
  if (config.tls) chain.ssl = worker_.rows.block(config.ssl_stats, stats::Group::ListenerSsl);
  if (config.filters.empty()) return chain;
  const tables::Ext& last = config.filters[config.filters.size() - 1].config;
  if (const network::TerminalFilter* filter = network::findTerminalFilter(last.extension)) {
    chain.filters =
        filter->create(worker_, record, config, reinterpret_cast<const char*>(&last) + last.rel);
    if (!addFilters(*chain.filters, record->as<tables::Listener>().name.view(), config)) {
      chain.filters->release();
      chain.filters = nullptr;
    }
  }
  return chain;
}

// Those before the last one. False: one of them is not built in.
bool FilterChains::addFilters(network::Chain& chain, std::string_view listener,
                              const tables::FilterChain& config) {
  for (uint32_t i = 0; i + 1 < config.filters.size(); i++) {
    const tables::Ext& each = config.filters[i].config;
    const network::FilterHooks* hooks = network::findFilter(each.extension);
    if (!hooks) return false;
    const void* own = reinterpret_cast<const char*>(&each) + each.rel;
    // By content: a chain that takes the place of another begins anew.
    std::string place(listener);
    place.append("|").append(std::to_string(config.hash)).append("|").append(std::to_string(i));
    chain.before.push_back(
        {hooks, own, hooks->share ? hooks->share(worker_, place, own) : nullptr});
  }
  return true;
}

// ---- the choice ------------------------------------------------------------------------------

const ActiveChain* FilterChains::find(int fd, const io::ConnectionInfo* info) const {
  size_t count = chains_.size() - (has_default_ ? 1 : 0);
  if (count == 1 && !chains_[0].config->match.get()) return &chains_[0];
  std::vector<const tables::FilterChainMatch*> matches;
  for (size_t i = 0; i < count; i++) matches.push_back(chains_[i].config->match.get());
  static const io::ConnectionInfo kNothing;
  const io::ConnectionInfo& known = info ? *info : kNothing;
  ConnectionTraits traits{io::localEnd(fd, info), io::remoteEnd(fd, info),
                          io::remoteEnd(fd),      known.server_name,
                          known.transport,        known.application_protocols};
  int found = matchChain(matches, traits);
  if (found >= 0) return &chains_[static_cast<size_t>(found)];
  return has_default_ ? &chains_.back() : nullptr;
}

network::Chain* FilterChains::only() const {
  if (chains_.size() != 1) return nullptr;
  const ActiveChain& chain = chains_[0];
  bool plain = !chain.config->tls && !chain.config->match.get();
  return plain && chain.filters && chain.filters->before.empty() ? chain.filters : nullptr;
}

// ---- the end ---------------------------------------------------------------------------------

void FilterChains::startDraining(std::vector<ActiveChain>&& chains, uint64_t drain_ms) {
  auto group = std::make_unique<Draining>(*this);
  for (const ActiveChain& chain : chains) {
    if (chain.filters) group->chains.push_back(chain.filters);
  }
  if (group->chains.empty()) return;
  std::vector<network::Chain*> held = group->chains;
  for (network::Chain* chain : held) chain->retain();
  if (drain_ms) worker_.loop.arm(group->timer, drain_ms);
  draining_.push_back(std::move(group));
  for (network::Chain* chain : held) {
    // As in Envoy the next answers say so, whatever the strategy.
    chain->startDraining(worker_.process.drainDelay(drain_ms), 0);
  }
  if (!drain_ms) finish(held);
  for (network::Chain* chain : held) chain->release();
  sweep();
}

// The time is over.
void FilterChains::finish(const std::vector<network::Chain*>& chains) {
  std::vector<network::Chain*> held = chains;
  for (network::Chain* chain : held) chain->retain();
  incoming_.forEach([&](Incoming* connection) {
    if (std::find(held.begin(), held.end(), connection->chain()) != held.end())
      connection->closeNow();
  });
  for (network::Chain* chain : held) {
    chain->abort();
    chain->release();
  }
  // Later: the timer that has called may be one of those that go.
  worker_.loop.defer([alive = std::weak_ptr<bool>(alive_), this] {
    if (!alive.expired()) sweep();
  });
}

bool FilterChains::arriving(const network::Chain* chain) {
  return incoming_.find([&](Incoming* each) { return each->chain() == chain; }) != nullptr;
}

void FilterChains::sweep() {
  std::erase_if(draining_, [&](std::unique_ptr<Draining>& group) {
    std::erase_if(group->chains, [&](network::Chain* chain) {
      if (!chain->connections.empty() || arriving(chain)) return false;
      chain->release();
      return true;
    });
    return group->chains.empty();
  });
}

// A connection that ends meanwhile sweeps the lists: they are not walked themselves.
template <class Fn>
void FilterChains::forEach(Fn&& fn) {
  std::vector<network::Chain*> held;
  for (ActiveChain& chain : chains_) {
    if (chain.filters) held.push_back(chain.filters);
  }
  for (auto& group : draining_) held.insert(held.end(), group->chains.begin(), group->chains.end());
  for (network::Chain* chain : held) chain->retain();
  for (network::Chain* chain : held) {
    fn(*chain);
    chain->release();
  }
}

void FilterChains::drain(uint64_t delay_ms, uint64_t ramp_ms) {
  forEach([&](network::Chain& chain) { chain.startDraining(delay_ms, ramp_ms); });
}

void FilterChains::abort() {
  forEach([](network::Chain& chain) { chain.abort(); });
}

}  // namespace attache
