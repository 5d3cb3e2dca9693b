#include "extensions/listener/http_inspector.h"

#include "codec/http_inspect.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

namespace hi = stats::http_inspector;
using listener::FilterContext;
using listener::FilterResult;

// A request line may be as long as what can be looked at.
constexpr size_t kLongest = Worker::kReadBytes;

FilterResult onAccept(const void*, FilterContext& context) {
  const std::string& transport = context.info.transport;
  return transport.empty() || transport == "raw_buffer" ? FilterResult::More
                                                        : FilterResult::Continue;
}

FilterResult onData(const void* settings, FilterContext& context, std::string_view bytes) {
  const auto& config = *static_cast<const tables::HttpInspector*>(settings);
  stats::Block* counts = context.worker.rows.block(config.stats, stats::Group::HttpInspector);
  auto found = [&](uint16_t slot, const char* protocol) {
    stats::inc(counts, slot);
    context.info.application_protocols = {protocol};
    return FilterResult::Continue;
  };
  switch (h1::inspectHttp(bytes)) {
    case h1::Spoken::More:
      if (bytes.size() < kLongest) return FilterResult::More;
      stats::inc(counts, hi::read_error);
      return FilterResult::Close;
    case h1::Spoken::Nothing:
      stats::inc(counts, hi::http_not_found);
      return FilterResult::Continue;
    case h1::Spoken::Http10:
      return found(hi::http10_found, "http/1.0");
    case h1::Spoken::Http11:
      return found(hi::http11_found, "http/1.1");
    case h1::Spoken::Http2:
      return found(hi::http2_found, "h2c");
  }
  return FilterResult::Continue;
}

}  // namespace

const listener::FilterHooks kHttpInspector = {
    .name = "envoy.filters.listener.http_inspector",
    .onAccept = onAccept,
    .onData = onData,
};

}  // namespace attache::extensions
