// What entries of gRPC access logs of both kinds have in common.
#pragma once

#include <string_view>

#include "accesslog/format.h"
#include "base/protobuf.h"

namespace attache::accesslog {

using EntryWriter = ProtoWriter<LineBuffer>;

// Appends the fields of an AccessLogCommon.
void encodeCommon(const tables::GrpcAccessLog& config, const LogInput& input, LineBuffer& out);
// A text of a peer: bytes that are not UTF-8 become '!', as in Envoy.
void peerText(uint32_t field, std::string_view text, EntryWriter& writer, LineBuffer& out);

}  // namespace attache::accesslog
