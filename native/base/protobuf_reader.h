// Reads the wire format of protocol buffers, of messages that are looked into without their type.
#pragma once

#include <cstdint>
#include <string_view>

namespace attache {

// Takes a number off the front; false: there is none.
inline bool readVarint(std::string_view* from, uint64_t* value) {
  *value = 0;
  for (unsigned shift = 0; shift < 64 && !from->empty(); shift += 7) {
    auto byte = static_cast<uint8_t>(from->front());
    from->remove_prefix(1);
    *value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

// One field of a message; `bytes` of one that is delimited by its length, else empty.
struct ProtoField {
  uint64_t number = 0;
  std::string_view bytes;
};

// Takes a field off the front of a message that is not empty; false: it is none.
inline bool readProtoField(std::string_view* message, ProtoField* field) {
  uint64_t tag = 0, size = 0;
  if (!readVarint(message, &tag) || tag >> 3 == 0) return false;
  *field = {tag >> 3, {}};
  switch (tag & 7) {
    case 0:
      return readVarint(message, &size);
    case 1:
      size = 8;
      break;
    case 2:
      if (!readVarint(message, &size)) return false;
      if (size > message->size()) return false;
      field->bytes = message->substr(0, size);
      break;
    case 5:
      size = 4;
      break;
    default:
      return false;
  }
  if (size > message->size()) return false;
  message->remove_prefix(size);
  return true;
}

}  // namespace attache
