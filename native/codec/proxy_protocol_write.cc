#include <algorithm>

#include "codec/proxy_protocol.h"
#include "io/address.h"

namespace attache::proxy {

namespace {

constexpr std::string_view kSignature2{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr char kLocal = 0x20, kProxy = 0x21;
constexpr char kTcp4 = 0x11, kTcp6 = 0x21;
constexpr size_t kMostLength = 65535;  // of all that follows the length itself

void append16(std::string* to, size_t value) {
  to->push_back(static_cast<char>(value >> 8));
  to->push_back(static_cast<char>(value));
}

}  // namespace

void appendHeader1(std::string* to, const sockaddr_storage& source,
                   const sockaddr_storage& destination) {
  io::Ip from = io::ipOf(source), at = io::ipOf(destination);
  if (from.size == 0 || from.size != at.size) {
    to->append("PROXY UNKNOWN\r\n");
    return;
  }
  to->append(from.size == 4 ? "PROXY TCP4 " : "PROXY TCP6 ");
  to->append(io::ipText(from)).append(" ").append(io::ipText(at)).append(" ");
  to->append(std::to_string(from.port)).append(" ").append(std::to_string(at.port)).append("\r\n");
}

void appendLocal2(std::string* to) {
  to->append(kSignature2).push_back(kLocal);
  to->append(3, '\0');
}

bool appendHeader2(std::string* to, const sockaddr_storage& source,
                   const sockaddr_storage& destination, std::string_view tlvs) {
  io::Ip from = io::ipOf(source), at = io::ipOf(destination);
  if (from.size == 0 || from.size != at.size) {
    appendLocal2(to);
    return true;
  }
  to->append(kSignature2).push_back(kProxy);
  to->push_back(from.size == 4 ? kTcp4 : kTcp6);
  size_t length_at = to->size();
  append16(to, 0);
  for (const io::Ip* ip : {&from, &at})
    to->append(reinterpret_cast<const char*>(ip->bytes), ip->size);
  append16(to, from.port);
  append16(to, at.port);
  size_t begin = length_at + 2;
  bool all = true;
  uint8_t type;
  std::string_view value;
  bool broken;
  for (std::string_view rest = tlvs; nextTlv(&rest, &type, &value, &broken);) {
    // As Envoy: what has no room is left out, what comes behind it may have some.
    if (to->size() - begin + 3 + value.size() > kMostLength) {
      all = false;
      continue;
    }
    appendTlv(to, type, value);
  }
  size_t length = to->size() - begin;
  (*to)[length_at] = static_cast<char>(length >> 8);
  (*to)[length_at + 1] = static_cast<char>(length);
  return all;
}

void appendTlv(std::string* to, uint8_t type, std::string_view value) {
  value = value.substr(0, kMostLength);
  to->push_back(static_cast<char>(type));
  append16(to, value.size());
  to->append(value);
}

}  // namespace attache::proxy
