#include "codec/proxy_protocol.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace attache::proxy {

namespace {

constexpr std::string_view kSignature1 = "PROXY ";
constexpr std::string_view kSignature2{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr size_t kFixed2 = 16;  // signature, version and command, family and transport, length
// The longest line of version 1, and how far Envoy looks for its end.
constexpr size_t kLongest1 = 108;
constexpr size_t kSearched1 = 232;
constexpr size_t kAddresses4 = 12, kAddresses6 = 36;
constexpr uint8_t kLocal = 0, kProxy = 1;

uint8_t byteAt(std::string_view bytes, size_t i) {
  return static_cast<uint8_t>(bytes[i]);
}

bool mayBegin(std::string_view bytes, std::string_view signature) {
  return signature.starts_with(bytes.substr(0, signature.size()));
}

// An address that one host can have, of which TCP connections are made.
bool isUnicast(const sockaddr_storage& end) {
  if (end.ss_family == AF_INET) {
    uint32_t ip = ntohl(reinterpret_cast<const sockaddr_in&>(end).sin_addr.s_addr);
    return ip != INADDR_ANY && ip != INADDR_BROADCAST && (ip >> 28) != 14;
  }
  const in6_addr& ip = reinterpret_cast<const sockaddr_in6&>(end).sin6_addr;
  return !IN6_IS_ADDR_UNSPECIFIED(&ip) && !IN6_IS_ADDR_MULTICAST(&ip);
}

void set(sockaddr_storage* end, int family, const char* ip, const char* port) {
  end->ss_family = static_cast<sa_family_t>(family);
  if (family == AF_INET) {
    auto* in = reinterpret_cast<sockaddr_in*>(end);
    std::memcpy(&in->sin_addr, ip, 4);
    std::memcpy(&in->sin_port, port, 2);
  } else {
    auto* in = reinterpret_cast<sockaddr_in6*>(end);
    std::memcpy(&in->sin6_addr, ip, 16);
    std::memcpy(&in->sin6_port, port, 2);
  }
}

// Digits up to 65535; Envoy lets a plus sign pass.
bool readPort(std::string_view text, uint16_t* out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  uint32_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<uint32_t>(c - '0');
    if (value > 65535) return false;
  }
  *out = htons(static_cast<uint16_t>(value));
  return !text.empty();
}

bool readEnd(int family, std::string_view ip, std::string_view port, sockaddr_storage* out) {
  char text[INET6_ADDRSTRLEN], bytes[16];
  uint16_t number;
  if (ip.size() >= sizeof text || !readPort(port, &number)) return false;
  std::memcpy(text, ip.data(), ip.size());
  text[ip.size()] = 0;
  if (inet_pton(family, text, bytes) != 1) return false;
  set(out, family, bytes, reinterpret_cast<const char*>(&number));
  return true;
}

// "PROXY TCP4 192.0.2.1 192.0.2.2 5000 80", without its end.
bool readLine(std::string_view line, Header* out) {
  size_t count = 0;
  std::string_view words[7];
  for (std::string_view rest = line; count < 7; count++) {
    size_t space = rest.find(' ');
    words[count] = rest.substr(0, space);
    if (space == std::string_view::npos) {
      count++;
      break;
    }
    rest.remove_prefix(space + 1);
  }
  if (count < 2 || words[0] != "PROXY") return false;
  if (words[1] == "UNKNOWN") return true;
  int family = words[1] == "TCP4" ? AF_INET : words[1] == "TCP6" ? AF_INET6 : AF_UNSPEC;
  if (family == AF_UNSPEC || count != 6) return false;
  out->proxied = true;
  return readEnd(family, words[2], words[4], &out->source) &&
         readEnd(family, words[3], words[5], &out->destination);
}

Result parse1(std::string_view bytes, const Accept& accept, Header* out) {
  bytes = bytes.substr(0, kSearched1);
  size_t end = bytes.find("\r\n");
  // The signature of version 2 begins with an end of line.
  if (end == 0) return Result::More;
  if (end == std::string_view::npos)
    return bytes.size() > kLongest1 ? Result::Malformed : Result::More;
  out->version = Version::V1;
  out->size = end + 2;
  if (out->size > kLongest1) return Result::Malformed;
  if (!accept.v1) return Result::Refused;
  std::string_view line = bytes.substr(0, end);
  size_t last = line.find_last_not_of(" \t\n\v\f\r");
  line = line.substr(0, last == std::string_view::npos ? 0 : last + 1);
  return readLine(line, out) ? Result::Complete : Result::Malformed;
}

Result parse2(std::string_view bytes, const Accept& accept, Header* out) {
  out->version = Version::V2;
  if (!accept.v2) return Result::Refused;
  uint8_t command = byteAt(bytes, 12) & 15, family = byteAt(bytes, 13) >> 4;
  uint8_t transport = byteAt(bytes, 13) & 15;
  size_t length = size_t{byteAt(bytes, 14)} << 8 | byteAt(bytes, 15);
  if (byteAt(bytes, 12) >> 4 != 2) return Result::Malformed;
  if (command != kLocal) {
    if (family != 1 && family != 2) return Result::Malformed;
    if (command != kProxy || (transport != 1 && transport != 2)) return Result::Malformed;
  }
  size_t addresses = command == kLocal ? 0 : family == 1 ? kAddresses4 : kAddresses6;
  if (length < addresses) return Result::Malformed;
  out->size = kFixed2 + length;
  if (bytes.size() < out->size) return Result::More;
  if (command == kLocal) return Result::Complete;
  out->proxied = true;
  const char* at = bytes.data() + kFixed2;
  size_t ip = family == 1 ? 4 : 16;
  set(&out->source, family == 1 ? AF_INET : AF_INET6, at, at + 2 * ip);
  set(&out->destination, family == 1 ? AF_INET : AF_INET6, at + ip, at + 2 * ip + 2);
  out->tlvs = bytes.substr(kFixed2 + addresses, length - addresses);
  uint8_t type;
  std::string_view value;
  bool broken = false;
  for (std::string_view rest = out->tlvs; nextTlv(&rest, &type, &value, &broken);) {
  }
  return broken ? Result::Malformed : Result::Complete;
}

}  // namespace

bool nextTlv(std::string_view* tlvs, uint8_t* type, std::string_view* value, bool* broken) {
  if (tlvs->empty()) return false;
  *broken = true;
  if (tlvs->size() < 3) return false;
  size_t length = size_t{byteAt(*tlvs, 1)} << 8 | byteAt(*tlvs, 2);
  if (tlvs->size() - 3 < length) return false;
  *broken = false;
  *type = byteAt(*tlvs, 0);
  *value = tlvs->substr(3, length);
  tlvs->remove_prefix(3 + length);
  return true;
}

Result parseHeader(std::string_view bytes, const Accept& accept, Header* out) {
  *out = {};
  if (accept.nothing && !(accept.v2 && mayBegin(bytes, kSignature2)) &&
      !(accept.v1 && mayBegin(bytes, kSignature1)))
    return Result::Absent;
  bool second = bytes.size() >= kFixed2 && bytes.starts_with(kSignature2);
  if (bytes.size() >= kFixed2 && !second && !bytes.starts_with(kSignature1))
    return Result::Malformed;
  Result result = second ? parse2(bytes, accept, out) : parse1(bytes, accept, out);
  if (result != Result::Complete || !out->proxied) return result;
  return isUnicast(out->source) && isUnicast(out->destination) ? result : Result::Malformed;
}

}  // namespace attache::proxy
