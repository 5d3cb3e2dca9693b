// What a request needs because of the host it goes to, whoever sends it.
#pragma once

#include <string_view>

#include "codec/headers.h"
#include "tables/generated/layout.h"

namespace attache::upstream {

// No length and no body, where one could be expected: with HTTP/1 it is said (RFC 9110
// section 8.6).
void sayNoBody(HeaderMap& headers);

// auto_sni: the host of the request without its port, or of the header that goes before it.
std::string_view wantedServerName(const tables::Cluster& cluster, const HeaderMap& headers);

}  // namespace attache::upstream
