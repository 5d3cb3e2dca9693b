// One span as Zipkin's JSON, written where its reporter gathers them.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/types.h"
#include "tables/generated/layout.h"
#include "tracing/context.h"
#include "tracing/zipkin.h"

namespace attache::http {
class Stream;
}

namespace attache::tracing {

// begin(), then tags, then end().
class SpanWriter {
 public:
  SpanWriter(ZipkinReporter& reporter, http::Stream& stream)
      : reporter_(reporter), stream_(stream), out_(reporter.begin()) {}

  // It ends now. `client`: of one that asks, else of one that answers; `shared`: the one that asks
  // has written of this span too.
  void begin(const Context& context, std::string_view name, bool client, uint64_t start_us,
             bool shared);
  void tag(std::string_view name, std::string_view value);
  void number(std::string_view name, uint64_t value);
  // What the request is. At most so many bytes of its path.
  void request(uint32_t max_path_bytes);
  // What it led to. No cluster: empty.
  void common(std::string_view cluster, std::string_view observed_cluster, int status,
              http::Flags flags);
  // What the configuration adds.
  void custom(const tables::Tracing& config);
  void end();

 private:
  void text(std::string_view value);
  void grpc();
  ZipkinReporter& reporter_;
  http::Stream& stream_;
  accesslog::LineBuffer& out_;
  bool first_ = true;
};

}  // namespace attache::tracing
