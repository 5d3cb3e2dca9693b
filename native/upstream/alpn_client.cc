#include "upstream/alpn_client.h"

#include <string>
#include <utility>
#include <vector>

#include "upstream/http1_client.h"
#include "upstream/http2_client.h"
#include "upstream/pool.h"

namespace attache::upstream {

AlpnClient::AlpnClient(Host& host, int fd) : ClientConnection(host, fd) {
  host_.connecting_shared++;
}

AlpnClient* AlpnClient::connect(Host& host, const Identity& identity, ConnectError* error) {
  int fd = openSocket(host, error);
  if (fd < 0) return nullptr;
  auto* client = new AlpnClient(host, fd);
  return client->start(identity, error) ? client : nullptr;
}

void AlpnClient::onUp() {
  bool http2 = session() && session()->alpn() == "h2";
  host_.speaks = http2 ? http::Protocol::Http2 : http::Protocol::Http11;
  host_.connecting_shared--;
  io::Handoff socket = handOff();
  if (http2) {
    Http2Client::takeOver(*this, std::move(socket));
  } else {
    Http1Client::takeOver(*this, std::move(socket));
  }
}

void AlpnClient::onConnectFailed(http::UpstreamFailure failure, std::string_view reason) {
  std::vector<UpstreamRequest*> failed;
  while (UpstreamRequest* request = takeFailed(host_, identity(), UpstreamRequest::Wanted::Either))
    failed.push_back(request);
  std::string why(reason);
  closeNow();
  for (UpstreamRequest* request : failed) request->onPoolFailure(failure, why);
}

}  // namespace attache::upstream
