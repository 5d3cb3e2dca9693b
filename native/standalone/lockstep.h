// The engine, its clients and its origin on one thread, taking turns: the same work in the same
// order every time, for counting instructions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace attache {
class Engine;
}

namespace attache::standalone {

struct LockstepOptions {
  int port = 0;         // of the engine's listener, on 127.0.0.1
  int origin_port = 0;  // where the origin listens: the cluster's endpoint
  size_t connections = 16;
  uint64_t requests = 1000;
  size_t body = 64;      // bytes of each response
  bool browser = false;  // 18 request headers of 1.2 KB instead of two; not with http2
  bool http2 = false;    // the clients speak it
  bool http2_origin = false;
};

// Has the requests answered, each in full. False with `*why` when something else came.
bool runLockstep(Engine& engine, const LockstepOptions& options, std::string* why);

}  // namespace attache::standalone
