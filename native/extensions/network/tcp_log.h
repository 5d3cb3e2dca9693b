// What access logs say of a proxied TCP connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "accesslog/format.h"
#include "base/uuid.h"

namespace attache {
class Worker;
}
namespace attache::upstream {
class Cluster;
class ClientConnection;
class Host;
}  // namespace attache::upstream

namespace attache::extensions {

// Gathered only where there are logs. Copies: hosts and clusters may go before the connection.
class TcpLogFacts {
 public:
  explicit TcpLogFacts(Worker& worker);
  // A host of it is looked for.
  void noteCluster(upstream::Cluster& cluster);
  // This one could not be connected to.
  void noteFailure(upstream::Host& host, std::string_view reason);
  void noteConnection(upstream::ClientConnection& connection);
  // There is a connection, or there will be none.
  void notePoolReady();
  // All but what the session counts.
  void fill(accesslog::LogInput& input) const;

 private:
  void noteHost(upstream::Host& host);
  uint64_t sinceStart() const;

  Worker& worker_;
  uint64_t start_us_, start_wall_us_;
  int64_t connecting_us_ = accesslog::LogInput::kNever;
  int64_t pool_ready_us_ = accesslog::LogInput::kNever;
  int64_t connect_begin_us_ = accesslog::LogInput::kNever;
  int64_t connect_end_us_ = accesslog::LogInput::kNever;
  std::string cluster_, observed_cluster_, host_, host_name_, local_, failure_;
  std::string_view tls_version_, tls_cipher_;  // OpenSSL's own constants
  uint64_t connection_id_ = 0;
  char stream_id_[kUuidSize];
};

}  // namespace attache::extensions
