// Entries of gRPC access logs (envoy.data.accesslog.v3), in the wire format.
#pragma once

#include "accesslog/format.h"
#include "accesslog/line_buffer.h"
#include "tables/generated/layout.h"

namespace attache::accesslog {

// Appends an HTTPAccessLogEntry; of a connection without requests too.
void encodeHttpEntry(const tables::GrpcAccessLog& config, const LogInput& input, LineBuffer& out);
// Appends a TCPAccessLogEntry.
void encodeTcpEntry(const tables::GrpcAccessLog& config, const LogInput& input, LineBuffer& out);

}  // namespace attache::accesslog
