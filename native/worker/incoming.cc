#include "worker/incoming.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "network/server_connection.h"
#include "tls/client_hello.h"
#include "tls/counters.h"
#include "tls/registry.h"
#include "worker/engine.h"

namespace attache {

namespace ls = stats::listener;

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
  if (!listener_.config().inspector.get()) {
    choose(false);
    return;
  }
  inspecting_ = true;
  stats::inc(listener_.stats(), ls::downstream_pre_cx_active);
  if (uint32_t limit = listener_.config().listener_filters_timeout_ms) loop().arm(timer_, limit);
}

void Incoming::onReadable() {
  if (inspecting_) inspect();
}

// The bytes stay in the socket: whoever serves the connection reads them.
void Incoming::inspect() {
  const tables::TlsInspector* inspector = listener_.config().inspector.get();
  if (!inspector) {  // gone with an update
    choose(false);
    return;
  }
  const tables::TlsInspector& config = *inspector;
  Worker& worker = listener_.engine().worker;
  char* bytes = worker.scratch();
  ssize_t n = ::recv(fd(), bytes, Worker::kReadBytes, MSG_PEEK);
  if (n <= 0) {
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    stats::inc(listener_.stats(), ls::downstream_listener_filter_remote_close);
    closeNow();
    return;
  }
  stats::Block* counts = worker.rows.block(config.stats, stats::Group::TlsInspector);
  namespace ti = stats::tls_inspector;
  tls::ClientHello hello;
  using tls::HelloResult;
  HelloResult result =
      tls::parseClientHello({bytes, static_cast<size_t>(n)}, config.max_client_hello_size, &hello);
  switch (result) {
    case HelloResult::More:
      return;
    case HelloResult::TooLarge:
      stats::inc(counts, ti::client_hello_too_large);
      closeNow();
      return;
    case HelloResult::Broken:
    case HelloResult::NotTls:
      stats::inc(counts, ti::tls_not_found);
      if (config.close_on_errors) {
        closeNow();
      } else {
        choose(false);
      }
      return;
    case HelloResult::Complete:
      stats::inc(counts, ti::tls_found);
      stats::inc(counts, hello.server_name.empty() ? ti::sni_not_found : ti::sni_found);
      stats::inc(counts, hello.alpn.empty() ? ti::alpn_not_found : ti::alpn_found);
      stats::record(counts, ti::bytes_processed, static_cast<uint64_t>(n));
      server_name_ = std::move(hello.server_name);
      alpn_ = std::move(hello.alpn);
      choose(true);
  }
}

void Incoming::choose(bool tls) {
  timer_.cancel();
  if (inspecting_) {
    inspecting_ = false;
    stats::dec(listener_.stats(), ls::downstream_pre_cx_active);
  }
  const ActiveChain* chain = listener_.chainFor(fd(), tls, server_name_, alpn_);
  if (!chain) stats::inc(listener_.stats(), ls::no_filter_chain_match);
  if (!chain || !chain->filters) {
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
  // What an inspector has left in the socket is not told again.
  if (listener_.config().inspector.get()) readAgain();
  if (uint32_t limit = chain.config->transport_socket_connect_timeout_ms) loop().arm(timer_, limit);
}

void Incoming::onConnected() {
  timer_.cancel();
  unlink();
  chain_.filters->serve({handOff(), listener_.owner(), std::move(server_name_)});
}

void Incoming::onEnd(int) {
  if (chain_.filters && !chain_.filters->connection_logs.empty()) {
    // A handshake that came to nothing is in the listener's log, with what TLS says about it.
    network::Peer peer(fd(), session());
    Worker& worker = listener_.engine().worker;
    network::writeConnectionLogs(
        *chain_.filters,
        {peer, worker.nextConnectionId(), loop().nowMs() - created_ms_, 0, 0, 0, {}});
  }
  closeNow();
}

void Incoming::onClosed() {
  timer_.cancel();
  unlink();
  if (inspecting_) stats::dec(listener_.stats(), ls::downstream_pre_cx_active);
  if (counted_) {
    listener_.connectionClosed(loop().nowMs() - created_ms_);
  } else {
    listener_.forgetConnection();
  }
}

void Incoming::onTimeout(void* self) {
  auto* incoming = static_cast<Incoming*>(self);
  if (incoming->inspecting_) {
    stats::inc(incoming->listener_.stats(), ls::downstream_pre_cx_timeout);
    if (incoming->listener_.config().continue_on_listener_filters_timeout) {
      incoming->choose(false);
    } else {
      incoming->closeNow();
    }
    return;
  }
  stats::inc(incoming->listener_.stats(), ls::downstream_cx_transport_socket_connect_timeout);
  incoming->closeNow();
}

}  // namespace attache
