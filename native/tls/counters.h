// The statistics ssl.*, of listeners and clusters alike.
#pragma once

#include <openssl/ssl.h>

#include "stats/stats.h"

namespace attache::stats {
// Both groups have the same slots (src/stats/groups.ts).
namespace ssl = listener_ssl;
static_assert(int{ssl::kCount} == int{cluster_ssl::kCount} &&
              int{ssl::ssl_handshake} == int{cluster_ssl::ssl_handshake});
}  // namespace attache::stats

namespace attache::tls {

// Counts a completed handshake with its version, cipher, curve and signature. `stats` may be null.
void countHandshake(stats::Block* stats, SSL* ssl);

}  // namespace attache::tls
