#include "worker/incoming.h"

#include <utility>

#include "tls/registry.h"
#include "worker/engine.h"

namespace attache {

namespace ls = stats::listener;

Incoming::Incoming(ActiveListener& listener, int fd)
    : io::Connection(listener.engine().worker.loop, listener.engine().worker.buffers, listener.engine().worker.cork, fd),
      listener_(listener),
      timer_(onTimeout, this),
      created_ms_(listener.engine().worker.loop.nowMs()) {
  listener_.incoming.pushBack(this);
}

Incoming::~Incoming() {
  if (chain_.manager) chain_.manager->release();
}

void Incoming::start(const ActiveChain& chain) {
  if (!chain.manager || !loop().watch(fd(), this)) {
    closeNow();
    return;
  }
  chain_ = chain;
  // With the manager the record stays that the chain lies in.
  chain_.manager->retain();
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
    closeNow();
    return;
  }
  secure(std::move(session));
  if (uint32_t limit = chain.config->transport_socket_connect_timeout_ms) loop().arm(timer_, limit);
}

void Incoming::onConnected() {
  timer_.cancel();
  unlink();
  listener_.serve(chain_, handOff());
}

void Incoming::onEnd(int) { closeNow(); }

void Incoming::onClosed() {
  timer_.cancel();
  unlink();
  ActiveListener::connectionClosed(&listener_, loop().nowMs() - created_ms_);
}

void Incoming::onTimeout(void* self) {
  auto* incoming = static_cast<Incoming*>(self);
  stats::inc(incoming->listener_.stats(), ls::downstream_cx_transport_socket_connect_timeout);
  incoming->closeNow();
}

}  // namespace attache
