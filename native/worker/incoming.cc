#include "worker/incoming.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "network/server_connection.h"
#include "tls/counters.h"
#include "tls/registry.h"
#include "worker/engine.h"

namespace attache {

namespace ls = stats::listener;
using listener::FilterResult;

Incoming::Incoming(ActiveListener& listener, int fd)
    : io::Connection(listener.engine().worker.loop, listener.engine().worker.buffers,
                     listener.engine().worker.cork, fd),
      listener_(listener),
      timer_(onTimeout, this),
      created_ms_(listener.engine().worker.loop.nowMs()) {
  listener_.incoming.pushBack(this);
}

Incoming::~Incoming() {
  if (chain_.filters) chain_.filters->release();
}

void Incoming::start() {
  if (!loop().watch(fd(), this)) {
    closeNow();
    return;
  }
  begin();
}

void Incoming::start(io::Handoff&& from) {
  handed_on_ = peeked_ = true;
  if (!adopt(std::move(from))) {
    closeNow();
    return;
  }
  begin();
}

void Incoming::begin() {
  filters_ = listener_.filters();
  if (!filters_) {
    choose();
    return;
  }
  if (!info()) setInfo(std::make_unique<io::ConnectionInfo>());
  // Asked while there is a peer.
  if (!listener_.logs().empty()) came_from_ = io::remoteEnd(fd(), info());
  stats::inc(listener_.stats(), ls::downstream_pre_cx_active);
  if (!passFilters({})) return;
  uint32_t limit = filters_->listener().listener_filters_timeout_ms;
  if (limit) loop().arm(timer_, limit);
}

// ---- listener filters ------------------------------------------------------------------------

// Runs filters as far as they come with `bytes`, which are all that is known to be there. True: one
// of them waits for more. False: the connection is somebody else's, or closed.
bool Incoming::passFilters(std::string_view bytes) {
  for (; at_ < filters_->filters.size(); endFilter()) {
    const listener::FilterSet::Entry& entry = filters_->filters[at_];
    if (!waiting_) {
      if (listener::matches(*entry.disabled, io::localEnd(fd(), info()))) continue;
      FilterResult result = FilterResult::More;
      if (!entry.hooks) {
        result = FilterResult::Close;
      } else if (entry.hooks->onAccept) {
        listener::FilterContext context{listener_.engine().worker, fd(), *info()};
        result = entry.hooks->onAccept(entry.config, context);
        state_ = context.state;
      }
      if (result == FilterResult::Continue) continue;
      if (result == FilterResult::Close) {
        refuse(0, {});
        return false;
      }
      waiting_ = true;
    }
    if (bytes.empty()) return true;
    if (!feed(&bytes)) return open();
  }
  filtersPassed();
  return false;
}

// Shows the bytes to the filter whose turn it is. True: it is done.
bool Incoming::feed(std::string_view* bytes) {
  const listener::FilterSet::Entry& entry = filters_->filters[at_];
  listener::FilterContext context{listener_.engine().worker, fd(), *info(), state_};
  FilterResult result = entry.hooks->onData(entry.config, context, *bytes);
  state_ = context.state;
  if (size_t n = context.consumed) {
    // They are there: the kernel drops them without a copy.
    if (::recv(fd(), nullptr, n, MSG_TRUNC) != static_cast<ssize_t>(n)) {
      stats::inc(listener_.stats(), ls::downstream_listener_filter_error);
      refuse(0, {});
      return false;
    }
    bytes->remove_prefix(n);
    taken_ += n;
  }
  if (result == FilterResult::Close) refuse(0, {});
  return result == FilterResult::Continue;
}

void Incoming::endFilter() {
  if (state_) filters_->filters[at_].hooks->destroy(state_);
  state_ = nullptr;
  waiting_ = false;
  at_++;
}

void Incoming::endFilters() {
  if (!filters_) return;
  timer_.cancel();
  if (state_) endFilter();
  filters_ = nullptr;
  stats::dec(listener_.stats(), ls::downstream_pre_cx_active);
}

void Incoming::onReadable() {
  if (filters_) {
    peek();
  } else if (run_ && peerEnded()) {
    // A filter has paused: a connection that is dead need not wait for it.
    peeked_ = true;
    char byte;
    if (::recv(fd(), &byte, 1, MSG_PEEK) < 0 && errno != EAGAIN && errno != EINTR) closeNow();
  }
}

// The bytes stay in the socket: whoever serves the connection reads them.
void Incoming::peek() {
  Worker& worker = listener_.engine().worker;
  for (;;) {
    ssize_t n = ::recv(fd(), worker.scratch(), Worker::kReadBytes, MSG_PEEK);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      stats::inc(listener_.stats(), n < 0 ? ls::downstream_listener_filter_error
                                          : ls::downstream_listener_filter_remote_close);
      refuse(0, {});
      return;
    }
    peeked_ = true;
    taken_ = 0;
    if (!passFilters({worker.scratch(), static_cast<size_t>(n)})) return;
    // More than fits may be there, of which the kernel has told already.
    if (static_cast<size_t>(n) == Worker::kReadBytes && taken_ > 0) continue;
    if (!peerEnded()) return;
    // What the filter waits for does not come any more.
    stats::inc(listener_.stats(), ls::downstream_listener_filter_remote_close);
    refuse(0, {});
    return;
  }
}

void Incoming::filtersPassed() {
  bool go_on = !handed_on_ && info()->local_restored && filters_->listener().hand_off_restored;
  endFilters();
  if (go_on) {
    if (ActiveListener* other = listener_.engine().listenerAt(info()->local)) {
      unlink();
      listener_.handOver(*other, handOff());
      return;
    }
  }
  choose();
}

// ---- the filter chain ------------------------------------------------------------------------

void Incoming::choose() {
  const ActiveChain* chain = listener_.chainFor(fd(), info());
  if (!chain) {
    stats::inc(listener_.stats(), ls::no_filter_chain_match);
    refuse(http::bit(http::Flag::NoRouteFound), "filter_chain_not_found");
    return;
  }
  if (!chain->filters) {
    closeNow();
    return;
  }
  listener_.count();
  counted_ = true;
  serve(*chain);
}

void Incoming::serve(const ActiveChain& chain) {
  chain_ = chain;
  // With the filters the record stays that the chain lies in.
  chain_.filters->retain();
  if (!chain.filters->before.empty()) {
    joinFilters();
    if (!run_->begin()) return;
  }
  secureAndServe();
}

// As in Envoy filters see a connection before its handshake.
void Incoming::joinFilters() {
  Worker& worker = listener_.engine().worker;
  network::Chain& chain = *chain_.filters;
  run_ = std::make_unique<network::FilterRun>(worker, chain.before, fd(), info(), worker.buffers,
                                              chain.buffer_limit);
  auto passed = [](void* self) { static_cast<Incoming*>(self)->secureAndServe(); };
  auto close = [](void* self) { static_cast<Incoming*>(self)->turnAway(); };
  run_->setHost({this, passed, nullptr, close, nullptr, nullptr});
}

void Incoming::turnAway() {
  timer_.cancel();
  unlink();
  network::Owner owner = run_.release()->keep(listener_.owner());
  chain_.filters->turnAway({handOff(), owner});
}

void Incoming::secureAndServe() {
  const ActiveChain& chain = chain_;
  if (chain.config->tls == 0) {
    onConnected();
    return;
  }
  Worker& worker = listener_.engine().worker;
  std::unique_ptr<tls::Session> session;
  if (tables::Pinned* pinned = worker.pins.pin(chain.config->tls)) {
    tls::Context* context = tls::Registry::instance().at(pinned->as<tables::TlsContext>().context);
    if (context) session = tls::Session::make(context, worker.tls_scratch, chain.ssl);
    worker.pins.unpin(pinned);
  }
  if (!session) {
    if (chain.ssl)
      stats::inc(chain.ssl,
                 stats::ssl::server_ssl_socket_factory_downstream_context_secrets_not_ready);
    closeNow();
    return;
  }
  secure(std::move(session));
  if (peeked_) readAgain();
  if (uint32_t limit = chain.config->transport_socket_connect_timeout_ms) loop().arm(timer_, limit);
}

void Incoming::onConnected() {
  timer_.cancel();
  unlink();
  network::Owner owner = listener_.owner();
  if (run_) owner = run_.release()->keep(owner);
  chain_.filters->serve({handOff(), owner});
}

// ---- the end ---------------------------------------------------------------------------------

// Closes a connection that no filter chain has got; the listener's log says so.
void Incoming::refuse(http::Flags flags, std::string_view details) {
  const std::vector<accesslog::Target>& logs = listener_.logs();
  if (!logs.empty()) {
    if (info() && !info()->remote.ss_family) info()->remote = came_from_;
    network::Peer peer(fd(), nullptr, info());
    Worker& worker = listener_.engine().worker;
    uint64_t life = loop().nowMs() - created_ms_;
    network::ConnectionFacts facts{peer, worker.nextConnectionId(), life, 0, 0, flags, {}, details};
    network::writeConnectionLogs({worker, logs, listener_.config().name.view(), {}}, facts);
  }
  closeNow();
}

void Incoming::onEnd(int) {
  if (chain_.filters && !chain_.filters->connection_logs.empty()) {
    // A handshake that came to nothing is in the listener's log, with what TLS says about it.
    network::Peer peer(fd(), session(), info());
    const network::Chain& chain = *chain_.filters;
    network::writeConnectionLogs(
        {chain.worker, chain.connection_logs, chain.listener_name, chain.filter_chain_name},
        {peer, chain.worker.nextConnectionId(), loop().nowMs() - created_ms_, 0, 0, 0, {}, {}});
  }
  closeNow();
}

void Incoming::onClosed() {
  timer_.cancel();
  unlink();
  endFilters();
  run_ = nullptr;
  if (counted_) {
    listener_.connectionClosed(loop().nowMs() - created_ms_);
  } else {
    listener_.forgetConnection();
  }
}

void Incoming::onTimeout(void* self) {
  auto* incoming = static_cast<Incoming*>(self);
  if (incoming->filters_) {
    stats::inc(incoming->listener_.stats(), ls::downstream_pre_cx_timeout);
    if (incoming->filters_->listener().continue_on_listener_filters_timeout) {
      incoming->filtersPassed();
    } else {
      incoming->refuse(0, {});
    }
    return;
  }
  stats::inc(incoming->listener_.stats(), ls::downstream_cx_transport_socket_connect_timeout);
  incoming->closeNow();
}

}  // namespace attache
