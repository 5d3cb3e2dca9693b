// Listening sockets: owned by the process, watched by every worker.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace attache {

struct SocketOptionSpec {
  int level;
  int name;
  std::string value;
};

struct BindSpec {
  std::string family;  // "ipv4", "ipv6", "pipe"
  std::string host;    // numeric address, or path ("@name": abstract)
  int port = 0;
  unsigned mode = 0;  // of a Unix socket, 0: as the umask says
  int backlog = 0;    // 0: the system's largest
  bool ipv4_compat = false, reuse_port = false, freebind = false, transparent = false;
  bool keepalive = false;
  int keepalive_probes = 0, keepalive_time_s = 0, keepalive_interval_s = 0;
  std::vector<SocketOptionSpec> options;
};

// Binds and listens. The descriptor (non-blocking), and in `*port` the port in use; or -1 with
// errno's number in `*error`.
int bindListening(const BindSpec& spec, int* port, int* error);

}  // namespace attache
