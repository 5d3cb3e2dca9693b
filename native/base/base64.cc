#include "base/base64.h"

#include <array>

namespace attache {

namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> values() {
  std::array<int8_t, 256> table{};
  for (int8_t& each : table) each = -1;
  for (size_t i = 0; i < kDigits.size(); i++)
    table[static_cast<unsigned char>(kDigits[i])] = static_cast<int8_t>(i);
  return table;
}
constexpr std::array<int8_t, 256> kValues = values();

void group(const unsigned char* bytes, size_t n, std::string* out) {
  uint32_t bits = static_cast<uint32_t>(bytes[0]) << 16;
  if (n > 1) bits |= static_cast<uint32_t>(bytes[1]) << 8;
  if (n > 2) bits |= bytes[2];
  char text[4] = {kDigits[bits >> 18], kDigits[bits >> 12 & 63], '=', '='};
  if (n > 1) text[2] = kDigits[bits >> 6 & 63];
  if (n > 2) text[3] = kDigits[bits & 63];
  out->append(text, 4);
}

}  // namespace

void Base64Encoder::add(std::string_view bytes, std::string* out) {
  out->reserve(out->size() + (bytes.size() + 2) / 3 * 4 + 4);
  unsigned char three[3];
  size_t n = have_;
  for (size_t i = 0; i < n; i++) three[i] = static_cast<unsigned char>(rest_[i]);
  for (char byte : bytes) {
    three[n++] = static_cast<unsigned char>(byte);
    if (n < 3) continue;
    group(three, 3, out);
    n = 0;
  }
  for (size_t i = 0; i < n; i++) rest_[i] = static_cast<char>(three[i]);
  have_ = static_cast<uint8_t>(n);
}

void Base64Encoder::finish(std::string* out) {
  if (have_ == 0) return;
  unsigned char bytes[3] = {static_cast<unsigned char>(rest_[0]),
                            static_cast<unsigned char>(have_ > 1 ? rest_[1] : 0), 0};
  group(bytes, have_, out);
  have_ = 0;
}

bool decodeBase64(std::string_view text, std::string* out) {
  if (text.size() % 4 != 0) return false;
  out->reserve(out->size() + text.size() / 4 * 3);
  for (size_t at = 0; at < text.size(); at += 4) {
    bool last = at + 4 == text.size();
    size_t padding = 0;
    if (last && text[at + 3] == '=') padding = text[at + 2] == '=' ? 2 : 1;
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; i++) {
      int value = i < 4 - padding ? kValues[static_cast<unsigned char>(text[at + i])] : 0;
      if (value < 0) return false;
      bits = bits << 6 | static_cast<uint32_t>(value);
    }
    if ((padding == 1 && (bits & 0xff)) || (padding == 2 && (bits & 0xffff))) return false;
    char bytes[3] = {static_cast<char>(bits >> 16), static_cast<char>(bits >> 8),
                     static_cast<char>(bits)};
    out->append(bytes, 3 - padding);
  }
  return true;
}

}  // namespace attache
