// Peers of a mesh say in headers who they are (io.istio.http.peer_metadata.Config).
#pragma once

#include "http/filter.h"

namespace attache::extensions {

extern const http::FilterHooks kPeerMetadata;

}  // namespace attache::extensions
