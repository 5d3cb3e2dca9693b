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

struct FieldsResult {
  hpack::Error error = hpack::Error::None;  // TooLarge: some fields are missing
  // Of the stream: the message breaks the rules in this way; empty: it does not.
  std::string_view fault;
  int status = 0;               // of a response
  int64_t content_length = -1;  // as announced; -1: not at all
  bool connect = false;         // a CONNECT request
  bool underscores = false;     // a name has one
};

struct FieldsOptions {
  bool keep_underscores = true;  // else fields with one in their name are left out
};

// Decodes the block [data, data + n) into `headers` (cleared by the caller). "cookie" fields are
// joined to one (section 8.2.3), "host" becomes :authority unless that is there. Views as those of
// hpack::Decoder. The connection's table is in step whatever the result, unless result.error is one
// of the connection.
FieldsResult decodeFields(hpack::Decoder& decoder, BlockKind kind, const char* data, size_t n,
                          const FieldsOptions& options, HeaderMap& headers);

}  // namespace attache::h2
