// The PROXY protocol (haproxy's proxy-protocol.txt, versions 1 and 2): a header in front of a
// connection's bytes that says for whom a proxy made it. Sans-io. What is refused is what Envoy
// refuses.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace attache::proxy {

enum class Version : uint8_t { None, V1, V2 };

// What a reader takes.
struct Accept {
  bool v1 = true, v2 = true;
  bool nothing = false;  // also connections without a header
};

struct Header {
  Version version = Version::None;
  // False: the connection is the sender's own (LOCAL, UNKNOWN).
  bool proxied = false;
  sockaddr_storage source{}, destination{};  // if proxied
  std::string_view tlvs;                     // of version 2; into the bytes that were parsed
  size_t size = 0;                           // of the whole header; 0: not known yet
};

enum class Result : uint8_t {
  More,
  Complete,
  Absent,     // no header, and none is needed
  Malformed,  // version None: no header
  Refused,    // a version that is not taken
};

// Reads the header at the beginning of `bytes`, of which the caller has all that came (with more of
// it each time). Sets `version` and `size` as soon as they are known.
Result parseHeader(std::string_view bytes, const Accept& accept, Header* out);

// Appends a header of version 1 that says who is connected to whom: UNKNOWN where that are not two
// addresses of one kind of IP.
void appendHeader1(std::string* to, const sockaddr_storage& source,
                   const sockaddr_storage& destination);
// The same of version 2 (LOCAL, then without TLVs). `tlvs` are as appendTlv() makes them; false:
// some had no room.
bool appendHeader2(std::string* to, const sockaddr_storage& source,
                   const sockaddr_storage& destination, std::string_view tlvs);
// A header of version 2 that says that the connection is the sender's own.
void appendLocal2(std::string* to);
// Appends a type-length-value as it is in a header; at most 65535 bytes of the value.
void appendTlv(std::string* to, uint8_t type, std::string_view value);

// Takes the first of `tlvs` away; false: nothing is left, or (`*broken`) it is cut off.
bool nextTlv(std::string_view* tlvs, uint8_t* type, std::string_view* value, bool* broken);

}  // namespace attache::proxy
