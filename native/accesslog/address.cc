#include "accesslog/address.h"

#include <arpa/inet.h>

#include <charconv>

namespace attache::accesslog {
namespace {

using tables::AddressPart;

// Position of the colon before the port; npos when there is none.
size_t portColon(std::string_view address) {
  size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == address.size()) return std::string_view::npos;
  for (char c : address.substr(colon + 1)) {
    if (c < '0' || c > '9') return std::string_view::npos;
  }
  bool bracketed = address[0] == '[';
  if (bracketed ? address[colon - 1] != ']' : address.find(':') != colon) {
    return std::string_view::npos;
  }
  return colon;
}

// The network of `host` with a prefix of `bits`: "10.1.0.0/16".
Value network(std::string_view host, uint32_t bits, LineBuffer& scratch) {
  char text[INET6_ADDRSTRLEN];
  if (host.size() >= sizeof text) return {};
  std::memcpy(text, host.data(), host.size());
  text[host.size()] = '\0';
  unsigned char bytes[16];
  int family = host.find(':') == std::string_view::npos ? AF_INET : AF_INET6;
  uint32_t size = family == AF_INET ? 4 : 16;
  if (inet_pton(family, text, bytes) != 1) return {};
  if (bits > size * 8) bits = size * 8;
  for (uint32_t i = 0; i < size; i++) {
    uint32_t keep = bits <= i * 8 ? 0 : bits - i * 8;
    if (keep < 8) bytes[i] = static_cast<unsigned char>(bytes[i] & (0xff00u >> keep));
  }
  if (inet_ntop(family, bytes, text, sizeof text) == nullptr) return {};
  size_t from = scratch.size();
  scratch.append(std::string_view(text));
  scratch.append('/');
  scratch.appendNumber(bits);
  return Value::of(scratch.view().substr(from));
}

}  // namespace

std::string_view withoutPort(std::string_view address) {
  size_t colon = portColon(address);
  if (colon == std::string_view::npos) return address;
  std::string_view host = address.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  return host;
}

Value addressPart(const tables::FormatOp& op, std::string_view address, LineBuffer& scratch) {
  if (address.empty()) return {};
  switch (static_cast<AddressPart>(op.variant)) {
    case AddressPart::Whole:
      return Value::of(address);
    case AddressPart::WithoutPort:
      return Value::of(withoutPort(address));
    case AddressPart::Network: {
      Value masked = network(withoutPort(address), op.max_length, scratch);
      return masked.kind == Value::Kind::None ? Value::of(withoutPort(address)) : masked;
    }
    case AddressPart::Port:
      break;
  }
  size_t colon = portColon(address);
  if (colon == std::string_view::npos) return op.json_typed ? Value{} : Value::of("");
  uint64_t port = 0;
  std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
  return Value::ofNumber(port);
}

}  // namespace attache::accesslog
