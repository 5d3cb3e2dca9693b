// What the metrics of a mesh want to know of a request: filters and the router fill it in where a
// filter wants it (Stream::mesh).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "mesh/workload.h"
#include "tls/session.h"

namespace attache::mesh {

struct Facts {
  // Filters that it serves: the last one to go takes it along.
  uint32_t users = 0;
  // What the client and the host have said of themselves; null: nothing.
  WorkloadRef client, host;
  // Of the host whose turn it was last: its metadata of Istio; in the arena of the stream.
  std::string_view endpoint;
  // Of the connection to it; null: no TLS.
  std::shared_ptr<const tls::Principals> upstream;
  // Messages of a gRPC call, where a filter counts them for others (emit_filter_state).
  bool counts_messages = false;
  uint64_t request_messages = 0, response_messages = 0;
};

// What the other end of a connection has said of itself before its bytes (metadata exchange).
struct PeerFacts {
  WorkloadRef workload;  // null: nothing
  bool known = false;    // it has said it, or will not
};

// What a proxy of bytes knows of a connection. Owns what it names: hosts and clusters may go.
struct ProxiedFacts {
  uint64_t received = 0, sent = 0;  // of the client, to it
  uint64_t flags = 0;               // http::Flags
  // Of the host; as in Facts and PeerFacts.
  PeerFacts host;
  std::string endpoint;
  std::shared_ptr<const tls::Principals> upstream;
  std::string service_host, service_name, service_home;
};

}  // namespace attache::mesh
