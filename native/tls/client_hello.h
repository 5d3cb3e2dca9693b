// The first message of a TLS client (RFC 8446 section 4.1.2), read without answering it: which
// server it means and what it speaks. Sans-io: the bytes stay where they are.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace attache::tls {

struct ClientHello {
  std::string server_name;        // lower case; empty: none
  std::vector<std::string> alpn;  // in the client's order
  size_t used = 0;  // bytes that had to be looked at: whole records, or the head of what is none
};

enum class HelloResult {
  More,  // so far it may be one
  Complete,
  NotTls,  // the first bytes are no handshake record
  Broken,  // a handshake record, but not a valid ClientHello
  TooLarge,
};

// Reads what a client has sent from its beginning. `most`: the largest message that is taken,
// bytes.
HelloResult parseClientHello(std::string_view bytes, size_t most, ClientHello* out);

}  // namespace attache::tls
