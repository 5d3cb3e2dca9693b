// What is traced of one request: whether it is, its span, those of its attempts upstream, and what
// others are told. A stream has one where its connection manager traces.
//
// Names and tags are Envoy's (its page "Tracing").
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/headers.h"
#include "http/types.h"
#include "tables/generated/layout.h"
#include "tracing/context.h"

namespace attache::http {
class Stream;
}
namespace attache::upstream {
class Host;
}

namespace attache::tracing {

class ZipkinReporter;

// Lives in the arena of its stream, and needs no destruction.
class Trace {
 public:
  // When the route is known: decides, and begins the span.
  static Trace* begin(http::Stream& stream);

  // An attempt begins, and the one before is over: the host is told of it.
  void beginAttempt(upstream::Host& host, std::string_view cluster,
                    std::string_view observed_cluster);
  // How it ended, where it is not the last. status 0: without an answer.
  void endAttempt(int status, http::Flags flags, std::string_view error = {});
  // Nobody waited for it.
  void cancelAttempt();
  // A redirect that is followed leads to `route`, which already names the span that ends with it.
  void leadsTo(const tables::Route& route);
  // The head of the answer, on its way to the client.
  void onResponse(HeaderMap& headers);
  // The request is over.
  void finish();

 private:
  Trace(http::Stream& stream, const tables::Tracing& config, ZipkinReporter* reporter)
      : stream_(stream), config_(config), reporter_(reporter) {}
  void decide();
  bool drawn(uint32_t share, uint32_t of, uint64_t number) const { return number % of < share; }
  void setReason(char reason);
  void start();
  void decorate();
  bool recorded() const { return reporter_ && context_.sampled; }

  struct Attempt {
    Context context;
    uint64_t start_us = 0;
    std::string_view cluster, observed_cluster, host, error;
    uint32_t number = 0;
    bool open = false, canceled = false;
  };
  void writeAttempt(int status, http::Flags flags);

  http::Stream& stream_;
  const tables::Tracing& config_;
  ZipkinReporter* reporter_;  // null: there is no tracer, or the request's context cannot be read
  Context context_;
  Attempt attempt_;
  std::string_view name_;
  std::string_view decorated_;  // what the client is to be told
  uint64_t start_us_ = 0;
  uint32_t attempts_ = 0;
  bool wanted_ = false;
  bool single_ = false;
  bool client_ = false;  // the span is that of a client
};

}  // namespace attache::tracing
