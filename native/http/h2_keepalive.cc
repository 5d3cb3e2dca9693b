#include "http/h2_keepalive.h"

#include "stats/generated/groups.h"

namespace attache::http {

H2Keepalive::H2Keepalive(H2Session& session, io::Loop& loop, Random& random,
                         const tables::Http2Options& config, void (*on_timeout)(void*), void* self)
    : session_(session),
      loop_(loop),
      random_(random),
      on_timeout_(on_timeout),
      self_(self),
      interval_ms_(config.keepalive_interval_ms),
      timeout_ms_(config.keepalive_timeout_ms),
      idle_interval_ms_(config.keepalive_idle_interval_ms),
      jitter_percent_(config.keepalive_jitter_percent),
      interval_(onInterval, this),
      timeout_(onTimeout, this) {}

void H2Keepalive::start() {
  if (interval_ms_) armInterval();
}

void H2Keepalive::stop() {
  interval_.cancel();
  timeout_.cancel();
}

void H2Keepalive::armInterval() {
  uint64_t jitter = interval_ms_ * jitter_percent_ / 100;
  loop_.arm(interval_, interval_ms_ + (jitter ? random_.below(jitter) : 0));
}

void H2Keepalive::beforeRequest(uint64_t idle_ms) {
  if (idle_interval_ms_ && idle_ms >= idle_interval_ms_ && !timeout_.armed()) send();
}

void H2Keepalive::send() {
  char opaque[8];
  h2::write32(h2::write32(opaque, 0), static_cast<uint32_t>(random_.next()));
  session_.sendPing(opaque);
  loop_.arm(timeout_, timeout_ms_);
}

void H2Keepalive::onAck() {
  timeout_.cancel();
  if (interval_ms_) armInterval();
}

void H2Keepalive::onInterval(void* self) {
  auto* keepalive = static_cast<H2Keepalive*>(self);
  if (keepalive->timeout_.armed()) return;
  keepalive->send();
  keepalive->session_.flush();
}

void H2Keepalive::onTimeout(void* self) {
  auto* keepalive = static_cast<H2Keepalive*>(self);
  keepalive->session_.count(stats::server::http2_keepalive_timeout);
  keepalive->on_timeout_(keepalive->self_);
}

}  // namespace attache::http
