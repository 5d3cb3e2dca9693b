#include "http/response_headers.h"

#include "accesslog/format.h"
#include "http/access_log.h"
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
  if (config.always_set_request_id_in_response && stream.request().has(HeaderId::XRequestId)) {
    headers.set(HeaderId::XRequestId, stream.request().get(HeaderId::XRequestId));
  }
}

void applyAdditions(const tables::Vec<tables::HeaderValueOption>& additions, HeaderMap& headers, Stream& stream) {
  for (const tables::HeaderValueOption& option : additions) {
    std::string_view name = option.name.view();
    std::string_view value = option.value ? formatHeaderValue(*option.value, stream) : std::string_view("", 0);
    if (value.empty() && !option.keep_empty_value) continue;
    bool present = headers.has(name);
    switch (option.action) {
      case tables::AppendAction::AppendIfExistsOrAdd:
        headers.add(name, value);
        break;
      case tables::AppendAction::AddIfAbsent:
        if (!present) headers.add(name, value);
        break;
      case tables::AppendAction::OverwriteIfExistsOrAdd:
        headers.set(name, value);
        break;
      case tables::AppendAction::OverwriteIfExists:
        if (present) headers.set(name, value);
        break;
    }
  }
}

void applyRemovals(const tables::Vec<tables::Str>& removals, HeaderMap& headers) {
  for (const tables::Str& name : removals) headers.remove(name.view());
}

}  // namespace attache::http
