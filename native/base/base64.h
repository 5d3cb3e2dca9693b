// Base64 (RFC 4648 section 4), with padding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace attache {

// Encodes bytes that come in pieces.
class Base64Encoder {
 public:
  // Appends what is whole in groups of three bytes; up to two bytes wait for the next piece.
  void add(std::string_view bytes, std::string* out);
  // The last group, padded; from then on it begins anew.
  void finish(std::string* out);

 private:
  char rest_[2];
  uint8_t have_ = 0;
};

// Appends what groups of four characters stand for. False: a character that is none, padding in
// front of others, bits that are lost, or a group that is not whole.
bool decodeBase64(std::string_view text, std::string* out);

}  // namespace attache
