// Answers of our own, as some clients need them.
#pragma once

#include <string_view>

#include "codec/headers.h"

namespace attache::http {

// What a gRPC client gets in place of an HTTP error: its status in the headers, and `text` as the
// message. `headers` has the fields that it would have had otherwise.
void makeTrailersOnly(HeaderMap& headers, int grpc_status, std::string_view text);

}  // namespace attache::http
