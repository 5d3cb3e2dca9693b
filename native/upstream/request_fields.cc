#include "upstream/request_fields.h"

namespace attache::upstream {

void sayNoBody(HeaderMap& headers) {
  std::string_view method = headers.get(HeaderId::Method);
  bool bodiless = method == "GET" || method == "HEAD" || method == "DELETE" || method == "TRACE";
  if (!bodiless && !headers.has(HeaderId::ContentLength)) headers.add(HeaderId::ContentLength, "0");
}

std::string_view wantedServerName(const tables::Cluster& cluster, const HeaderMap& headers) {
  std::string_view name;
  if (!cluster.auto_sni_header.empty()) name = headers.get(cluster.auto_sni_header.view());
  if (name.empty()) name = headers.get(HeaderId::Authority);
  size_t colon = name.rfind(':');
  if (colon != std::string_view::npos && name.find(']', colon) == std::string_view::npos)
    name = name.substr(0, colon);
  if (name.size() > 2 && name.front() == '[' && name.back() == ']')
    name = name.substr(1, name.size() - 2);
  return name;
}

}  // namespace attache::upstream
