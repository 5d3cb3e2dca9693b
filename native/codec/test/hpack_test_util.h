// Field blocks in hexadecimal and as text, for the tests of HPACK.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/test.h"
#include "codec/headers.h"
#include "codec/hpack.h"

namespace attache::hpack::testing {

struct Pair {
  std::string name;
  std::string value;
  bool never_indexed = false;
  bool operator==(const Pair&) const = default;
};
using Pairs = std::vector<Pair>;

inline std::string show(const Pairs& pairs) {
  std::string out;
  for (const Pair& p : pairs) {
    out += p.name + ": " + p.value + (p.never_indexed ? " (never indexed)\n" : "\n");
  }
  return out;
}

// "82 86 41 8c..." with any white space.
inline std::string fromHex(std::string_view hex) {
  std::string out;
  int digit = 0, high = 0;
  for (char c : hex) {
    if (c == ' ' || c == '\n') continue;
    int v = c <= '9' ? c - '0' : c - 'a' + 10;
    if (digit++ % 2 == 0) {
      high = v;
    } else {
      out += static_cast<char>(high << 4 | v);
    }
  }
  return out;
}

inline std::string toHex(std::string_view bytes) {
  static const char kDigits[] = "0123456789abcdef";
  std::string out;
  for (char c : bytes) {
    out += kDigits[static_cast<uint8_t>(c) >> 4];
    out += kDigits[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

struct Decoded {
  Error error = Error::None;
  Pairs pairs;
};

// Decodes from a heap block of exactly the block's size, which is gone, and so are the arena's
// bytes, before the outcome is looked at: what the table keeps must be its own.
inline Decoded decode(Decoder& decoder, std::string_view block) {
  BlockPool pool(0);
  Arena arena(pool);
  std::unique_ptr<char[]> bytes(new char[block.size()]);
  if (!block.empty()) std::memcpy(bytes.get(), block.data(), block.size());
  Decoded out;
  std::vector<Field> fields;
  out.error = decoder.decode(bytes.get(), block.size(), arena,
                             [&](const Field& f) { fields.push_back(f); });
  // Only now, after all of it: no field may have been overwritten by a later one.
  for (const Field& f : fields) {
    CHECK_EQ(f.id, headerId(f.name));
    bool plain = true, token = !f.name.empty();
    for (char c : f.value) plain &= c >= 0x20 && c < 0x7f;
    for (char c : f.name) {
      token &= (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               (c != 0 && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr);
    }
    CHECK_EQ(f.value_plain, plain);
    CHECK_EQ(f.name_ok, token || f.id != HeaderId::Unknown);
    out.pairs.push_back({std::string(f.name), std::string(f.value), f.never_indexed});
  }
  return out;
}

inline std::string encode(Encoder& encoder, const Pairs& pairs) {
  size_t n = Encoder::kMaxBegin;
  for (const Pair& p : pairs) n += Encoder::maxSize(p.name.size(), p.value.size());
  std::unique_ptr<char[]> out(new char[n]);
  char* end = encoder.begin(out.get());
  for (const Pair& p : pairs) {
    // Exactly what was asked for, from the beginning of the field.
    size_t room = Encoder::maxSize(p.name.size(), p.value.size());
    std::unique_ptr<char[]> field(new char[room]);
    char* to = encoder.encode(field.get(), headerId(p.name), p.name, p.value, p.never_indexed);
    size_t used = static_cast<size_t>(to - field.get());
    CHECK(used <= room);
    std::memcpy(end, field.get(), used);
    end += used;
  }
  return {out.get(), static_cast<size_t>(end - out.get())};
}

}  // namespace attache::hpack::testing
