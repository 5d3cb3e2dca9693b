#include "http/response_headers.h"

#include "http/stream.h"
#include "worker/worker.h"

namespace attache::http {

void mutateResponseHeaders(Stream& stream) {
  HeaderMap& headers = stream.response();
  Manager& manager = stream.manager();
  const tables::HttpConnectionManager& config = manager.config;
  if (!headers.has(HeaderId::Date)) headers.addCopy(HeaderId::Date, stream.worker().dateHeader());
  switch (config.server_header) {
    case tables::ServerHeader::Overwrite:
      headers.set(HeaderId::Server, manager.server_name);
      break;
    case tables::ServerHeader::AppendIfAbsent:
      if (!headers.has(HeaderId::Server)) headers.add(HeaderId::Server, manager.server_name);
      break;
    default:
      break;
  }
  if (!config.via.empty()) headers.appendValue(HeaderId::Via, config.via.view(), ", ");
  const HeaderMap& request = stream.request();
  bool tells_id =
      config.always_set_request_id_in_response || request.has(HeaderId::XEnvoyForceTrace);
  if (tells_id && request.has(HeaderId::XRequestId)) {
    headers.set(HeaderId::XRequestId, request.get(HeaderId::XRequestId));
  }
}

}  // namespace attache::http
