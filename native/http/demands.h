// What requests wait for because it is to be fetched from a management server when somebody asks
// for it: a virtual host, a route table, a cluster. Workers ask, the primary thread answers
// (src/config/on_demand.ts). Nothing of this is touched by a request that finds what it needs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "http/stream_handle.h"

namespace attache::http {

// The numbers of src/config/on_demand.ts.
enum class DemandKind : uint8_t { VirtualHost, RouteTable, Cluster };

// All of a process. Its lock is for requests that wait, and for answers.
class Demands {
 public:
  // Told of what nobody waited for before, on the worker's thread: the number by which done() is
  // called, the place where it is to be looked for, and its name.
  using Told =
      std::function<void(uint32_t token, DemandKind kind, std::string of, std::string name)>;
  void setTold(Told told) { told_ = std::move(told); }

  // Wakes `filter` of the stream once the answer is there, whatever it is. The number is for
  // leave().
  uint32_t wait(DemandKind kind, std::string_view of, std::string_view name,
                const StreamHandle& stream, uint32_t filter);
  // The stream does not wait any longer. Without effect after done().
  void leave(uint32_t token, const StreamHandle& stream);
  // From the primary: what is to be seen of it has been published. Who asks from now on asks anew.
  void done(uint32_t token);

 private:
  struct Waiter {
    StreamHandle stream;
    uint32_t filter;
  };
  struct Demand {
    std::string key;
    std::map<StreamHandle::Key, Waiter> waiters;
  };
  Told told_;
  std::mutex mutex_;
  uint32_t last_ = 0;
  std::unordered_map<std::string, uint32_t> tokens_;  // by kind, place and name
  std::unordered_map<uint32_t, Demand> open_;
};

}  // namespace attache::http
