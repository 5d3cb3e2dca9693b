#include "upstream/proxy_header.h"

#include "codec/proxy_protocol.h"

namespace attache::upstream {

namespace {

bool has(std::string_view types, uint8_t type) {
  return types.find(static_cast<char>(type)) != std::string_view::npos;
}

bool isAdded(std::string_view added, uint8_t wanted) {
  uint8_t type;
  std::string_view value;
  bool broken;
  while (proxy::nextTlv(&added, &type, &value, &broken))
    if (type == wanted) return true;
  return false;
}

// Those of the configuration, then the client's, but for types that the configuration has itself.
std::string tlvsFor(const tables::ProxyHeader& config, const io::ConnectionInfo* info) {
  std::string_view added = config.added_tlvs.view();
  std::string all(added);
  if (!info) return all;
  for (const io::Tlv& tlv : info->tlvs) {
    bool passed = config.pass_all_tlvs || has(config.pass_tlvs.view(), tlv.type);
    if (passed && !isAdded(added, tlv.type)) proxy::appendTlv(&all, tlv.type, tlv.value);
  }
  return all;
}

}  // namespace

std::string proxyHeader(const tables::ProxyHeader& config, const network::Peer& client,
                        stats::Block* stats) {
  std::string header;
  sockaddr_storage source = client.remoteAddress(), destination = client.localAddress();
  if (!config.version2) {
    proxy::appendHeader1(&header, source, destination);
  } else if (!proxy::appendHeader2(&header, source, destination, tlvsFor(config, client.info()))) {
    stats::inc(stats,
               stats::cluster_proxy_protocol::upstream_proxyprotocol_v2_tlvs_exceed_max_length);
  }
  return header;
}

std::string ownProxyHeader(const tables::ProxyHeader& config, int fd) {
  std::string header;
  if (config.version2) {
    proxy::appendLocal2(&header);
  } else {
    proxy::appendHeader1(&header, io::localEnd(fd), io::remoteEnd(fd));
  }
  return header;
}

}  // namespace attache::upstream
