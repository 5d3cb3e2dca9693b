// Field blocks of HTTP/2 as messages (RFC 9113 section 8): what a block of a request, a response or
// trailers may have in it, put into a HeaderMap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "codec/headers.h"
#include "codec/hpack.h"

namespace attache::h2 {

enum class BlockKind : uint8_t { Request, Response, Trailers };

// How a block breaks the rules, as Envoy's logs tell them apart.
enum class Fault : uint8_t {
  None,
  Field,    // one of its fields by itself, or beside those before it
  Message,  // the fields together: one is missing, or does not suit the others
};

struct FieldsResult {
  hpack::Error error = hpack::Error::None;  // TooLarge: some fields are missing
  Fault fault = Fault::None;                // of the stream
  std::string_view reason;                  // of the fault
  int status = 0;                           // of a response
  int64_t content_length = -1;              // as announced; -1: not at all
  bool connect = false;                     // a CONNECT request
};

struct FieldsOptions {
  bool allow_connect = false;  // :protocol may be there (RFC 8441)
};

// Decodes the block [data, data + n) into `headers` (cleared by the caller). "cookie" fields are
// joined to one (section 8.2.3), "host" becomes :authority unless that is there, spaces at the ends
// of values go. Views as those of hpack::Decoder. The connection's table is in step whatever the
// result, unless result.error is one of the connection.
FieldsResult decodeFields(hpack::Decoder& decoder, BlockKind kind, const char* data, size_t n,
                          const FieldsOptions& options, HeaderMap& headers);

}  // namespace attache::h2
