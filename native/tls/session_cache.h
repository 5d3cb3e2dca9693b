// Sessions that servers have given to a client, to be resumed: one worker's, of one cluster.
#pragma once

#include <openssl/ssl.h>

#include <string>
#include <string_view>
#include <vector>

#include "tls/context.h"

namespace attache::tls {

class SessionCache {
 public:
  SessionCache() = default;
  ~SessionCache() { clear(); }
  SessionCache(const SessionCache&) = delete;
  SessionCache& operator=(const SessionCache&) = delete;

  // The latest session with a server of this name, with a reference for the caller; null: none. One
  // of TLS 1.3 is for one use. Sessions of another context are forgotten: what it accepts may
  // differ.
  SSL_SESSION* take(Context* context, std::string_view name) {
    use(context);
    for (auto it = entries_.begin(); it != entries_.end(); ++it) {
      if (it->name != name) continue;
      SSL_SESSION* session = it->session;
      if (SSL_SESSION_get_protocol_version(session) >= TLS1_3_VERSION) {
        entries_.erase(it);
      } else {
        SSL_SESSION_up_ref(session);
      }
      return session;
    }
    return nullptr;
  }
  // Takes over a reference. At most `most` are kept.
  void put(Context* context, std::string_view name, SSL_SESSION* session, size_t most) {
    use(context);
    entries_.insert(entries_.begin(), {std::string(name), session});
    while (entries_.size() > most) {
      SSL_SESSION_free(entries_.back().session);
      entries_.pop_back();
    }
  }

 private:
  struct Entry {
    std::string name;
    SSL_SESSION* session;
  };
  void use(Context* context) {
    if (context == context_) return;
    clear();
    context->retain();
    context_ = context;
  }
  void clear() {
    for (Entry& entry : entries_) SSL_SESSION_free(entry.session);
    entries_.clear();
    if (context_) context_->release();
    context_ = nullptr;
  }
  std::vector<Entry> entries_;
  Context* context_ = nullptr;
};

}  // namespace attache::tls
