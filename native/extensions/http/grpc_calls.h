// What the gRPC filters have in common: whose call it is, and where it is counted.
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/headers.h"
#include "http/stream.h"
#include "stats/stats.h"

namespace attache::extensions {

// What a path of a call names: "/shop.Cart/Add"; views into it.
struct CallNames {
  std::string_view service, method;
};
// False: it is not of two parts. What follows a '?' is none.
bool readCallNames(std::string_view path, CallNames& names);

// Counts one call in the statistics of the cluster that its route names: cluster.<name>.<what>.
class CallCounter {
 public:
  // Below `protocol` ("grpc", "grpc-web"): with names of their own, or without (null).
  void begin(http::Stream& stream, std::string_view protocol, const CallNames* names);
  bool active() const { return !what_.empty(); }
  // Where to count; null: nowhere, or not yet (the cluster is not chosen).
  stats::Block* block(http::Stream& stream);
  // By grpc-status among the fields, if it is there.
  void countStatus(http::Stream& stream, const HeaderMap& fields);

 private:
  std::string_view what_;  // in the stream's arena
  stats::Block* block_ = nullptr;
};

}  // namespace attache::extensions
