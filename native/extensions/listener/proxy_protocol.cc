#include "extensions/listener/proxy_protocol.h"

#include <string>

#include "codec/proxy_protocol.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

namespace pp = stats::proxy_protocol;
using listener::FilterContext;
using listener::FilterResult;
using proxy::Version;

// A header above this, for which the kernel may have no room, is taken out of it piece by piece.
constexpr size_t kLeftInSocket = 16 * 1024;

// What has been taken so far of a long header.
using Kept = std::string;

void countFailure(Worker& worker, const tables::ProxyProtocol& config, Version version) {
  stats::Block* counts = worker.rows.block(config.stats, stats::Group::ProxyProtocol);
  stats::inc(counts, version == Version::V1   ? pp::versions_v1_error
                     : version == Version::V2 ? pp::versions_v2_error
                                              : pp::not_found_disallowed);
  stats::inc(worker.rows.block(config.errors, stats::Group::ProxyProtocolErrors),
             stats::proxy_protocol_errors::value);
}

bool wanted(const tables::ProxyProtocol& config, uint8_t type) {
  return config.keep_all_tlvs ||
         config.keep_tlvs.view().find(static_cast<char>(type)) != std::string_view::npos;
}

void tell(const tables::ProxyProtocol& config, const proxy::Header& header,
          FilterContext& context) {
  io::ConnectionInfo& info = context.info;
  info.proxied = true;
  if (!header.proxied) return;
  if (!io::sameEnd(header.destination, io::localEnd(context.fd, &info))) {
    info.local = header.destination;
    info.local_restored = true;
  }
  info.remote = header.source;
  uint8_t type;
  std::string_view value;
  bool broken;
  for (std::string_view rest = header.tlvs; proxy::nextTlv(&rest, &type, &value, &broken);) {
    if (wanted(config, type)) info.tlvs.push_back({type, std::string(value)});
  }
}

FilterResult onData(const void* settings, FilterContext& context, std::string_view bytes) {
  const auto& config = *static_cast<const tables::ProxyProtocol*>(settings);
  auto* kept = static_cast<Kept*>(context.state);
  size_t before = kept ? kept->size() : 0;
  if (kept) kept->append(bytes);
  proxy::Accept accept{!config.refuse_v1, !config.refuse_v2, config.optional};
  proxy::Header header;
  proxy::Result result = proxy::parseHeader(kept ? *kept : bytes, accept, &header);
  stats::Block* counts = context.worker.rows.block(config.stats, stats::Group::ProxyProtocol);
  bool first = header.version == Version::V1;
  switch (result) {
    case proxy::Result::More:
      if (header.size <= kLeftInSocket) return FilterResult::More;
      if (!kept) context.state = new Kept(bytes);
      context.consumed = bytes.size();
      return FilterResult::More;
    case proxy::Result::Absent:
      stats::inc(counts, pp::not_found_allowed);
      return FilterResult::Continue;
    case proxy::Result::Malformed:
      countFailure(context.worker, config, header.version);
      return FilterResult::Close;
    case proxy::Result::Refused:
      stats::inc(counts, first ? pp::versions_v1_found : pp::versions_v2_found);
      stats::inc(counts, first ? pp::versions_v1_disallowed : pp::versions_v2_disallowed);
      return FilterResult::Close;
    case proxy::Result::Complete:
      break;
  }
  stats::inc(counts, first ? pp::versions_v1_found : pp::versions_v2_found);
  tell(config, header, context);
  context.consumed = header.size - before;
  return FilterResult::Continue;
}

}  // namespace

const listener::FilterHooks kProxyProtocol = {
    .name = "envoy.filters.listener.proxy_protocol",
    .onData = onData,
    .destroy = [](void* state) { delete static_cast<Kept*>(state); },
};

}  // namespace attache::extensions
