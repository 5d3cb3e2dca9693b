#include <cstring>

#include "codec/headers.h"
#include "codec/hpack.h"
#include "codec/hpack_huffman.h"
#include "codec/hpack_int.h"
#include "codec/hpack_static.h"

namespace attache::hpack {
namespace {

struct Chars {
  bool of[256];
};
constexpr Chars kLowerToken = [] {
  Chars chars{};
  for (char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")) {
    chars.of[static_cast<uint8_t>(c)] = true;
  }
  return chars;
}();

// A token without upper case. A colon is no part of one: pseudo-header fields are well known.
bool isLowerToken(std::string_view name) {
  bool ok = !name.empty();
  for (char c : name) ok &= kLowerToken.of[static_cast<uint8_t>(c)];
  return ok;
}

bool isPlain(const char* p, size_t n) {
  constexpr uint64_t kOnes = 0x0101010101010101u;
  uint64_t bad = 0;
  auto check = [&bad](uint64_t v) {
    // Below 0x20, above 0x7f, and 0x7f itself: what carries into or out of the high bit.
    bad |= ((v - 0x20 * kOnes) | v | ((v ^ 0x7f * kOnes) - kOnes)) & 0x80 * kOnes;
  };
  auto load = [](const char* from) {
    uint64_t v;
    std::memcpy(&v, from, 8);
    return v;
  };
  if (n >= 8) {
    for (size_t i = 0; i + 8 < n; i += 8) check(load(p + i));
    check(load(p + n - 8));
    return bad == 0;
  }
  for (size_t i = 0; i < n; i++) {
    if (p[i] < 0x20 || p[i] == 0x7f) return false;
  }
  return true;
}

// A string as it is sent.
struct Text {
  const uint8_t* p;
  uint32_t len;
  bool huffman;

  // The most room that it takes decoded.
  size_t bound() const { return huffman ? huffmanBound(len) : 0; }
};

inline Error readText(Cursor& at, Text& text) {
  if (at.p == at.end) return Error::Truncated;
  uint8_t b = *at.p++;
  text.huffman = (b & 0x80) != 0;
  text.len = b & 0x7f;
  if (text.len == 0x7f) [[unlikely]] {
    if (Error error = readInt(at, 7, text.len); error != Error::None) return error;
  }
  if (text.len > static_cast<size_t>(at.end - at.p)) return Error::Truncated;
  text.p = at.p;
  at.p += text.len;
  return Error::None;
}

// The string itself: at `out`, which moves behind it, if it is Huffman-coded, else where it came.
// False when it is malformed; `plain` says whether 0x20..0x7e is all that is in it.
inline bool decodeText(const Text& text, const uint8_t* end, char*& out, std::string_view& to,
                       bool& plain) {
  if (!text.huffman) {
    to = {reinterpret_cast<const char*>(text.p), text.len};
    plain = isPlain(to.data(), to.size());
    return true;
  }
  plain = true;
  char* stop = huffmanDecode(text.p, text.len, end, out, plain);
  if (stop == nullptr) return false;
  to = {out, static_cast<size_t>(stop - out)};
  out = stop;
  return true;
}

}  // namespace

std::string_view describe(Error error) {
  switch (error) {
    case Error::None:
      return "none";
    case Error::Truncated:
      return "truncated";
    case Error::BadInteger:
      return "bad_integer";
    case Error::BadIndex:
      return "bad_index";
    case Error::BadHuffman:
      return "bad_huffman";
    case Error::BadTableSize:
      return "bad_table_size";
    case Error::TooLarge:
      return "too_large";
  }
  return "";
}

Error readInt(Cursor& at, uint32_t bits, uint32_t& index) {
  bool bad = false;
  at.p = readIntTail(at.p, at.end, bits, index, bad);
  if (at.p == nullptr) return Error::Truncated;
  return bad ? Error::BadInteger : Error::None;
}

Decoder::Decoder(uint32_t announced)
    : table_(kDefaultTableSize),
      announced_(announced),
      allowed_(announced > kDefaultTableSize ? announced : kDefaultTableSize) {}

void Decoder::announce(uint32_t table_size) {
  announced_ = table_size;
  if (table_size > allowed_) allowed_ = table_size;
}

void Decoder::acknowledged() {
  allowed_ = announced_;
  update_due_ = table_.maxSize() > allowed_;
}

Error Decoder::begin(Cursor& at) {
  bytes_ = 0;
  fields_ = 0;
  over_ = false;
  while (at.p != at.end && (*at.p & 0xe0) == 0x20) {
    Error error = sizeUpdate(at);
    if (error != Error::None) return error;
  }
  return update_due_ ? Error::BadTableSize : Error::None;
}

Error Decoder::sizeUpdate(Cursor& at) {
  uint32_t size = *at.p++ & 0x1f;
  if (size == 0x1f) {
    if (Error error = readInt(at, 5, size); error != Error::None) return error;
  }
  if (size > allowed_) return Error::BadTableSize;
  update_due_ = false;
  table_.setMaxSize(size);
  return Error::None;
}

Error Decoder::literal(Cursor& at, Arena& arena, Field& field) {
  uint8_t b = *at.p++;
  bool enters = (b & 0x40) != 0;
  if (!enters && (b & 0x20) != 0) return Error::BadTableSize;
  uint32_t bits = enters ? 6 : 4;
  uint32_t index = b & ((1u << bits) - 1);
  if (index == (1u << bits) - 1) {
    if (Error error = readInt(at, bits, index); error != Error::None) return error;
  }
  field.never_indexed = (b & 0xf0) == 0x10;
  field.name_ok = true;

  Text name{}, value;
  const Entry* from = nullptr;
  if (index == 0) {
    if (Error error = readText(at, name); error != Error::None) return error;
  } else if (index <= kStaticCount) {
    field.name = kStatic[index].nameView();
    field.id = kStatic[index].id;
  } else {
    if (index - kStaticCount - 1 >= table_.count()) return Error::BadIndex;
    from = &table_.entry(index - kStaticCount - 1);
  }
  if (Error error = readText(at, value); error != Error::None) return error;

  // One reservation, so that nothing is taken for what is not delivered.
  size_t copied = from != nullptr ? table_.storedName(*from) : 0;
  char* out = arena.reserve(copied + name.bound() + value.bound() + 2 * kHuffmanSlack);
  if (index == 0) {
    char* before = out;
    bool plain;
    if (!decodeText(name, at.end, out, field.name, plain)) return Error::BadHuffman;
    field.id = headerId(field.name);
    if (field.id == HeaderId::Unknown) {
      field.name_ok = isLowerToken(field.name);
    } else {
      field.name = headerName(field.id);
      out = before;
    }
  } else if (from != nullptr) {
    field.id = from->id;
    field.name_ok = from->name_ok;
    field.name = headerName(from->id);
    if (from->id == HeaderId::Unknown) {
      // What is not delivered and does not enter the table costs no copy, however often it comes.
      if (enters || !over_) std::memcpy(out, table_.text(*from), copied);
      field.name = {out, copied};
      out += copied;
    }
  }
  if (!decodeText(value, at.end, out, field.value, field.value_plain)) return Error::BadHuffman;

  if (enters) {
    Entry* e = table_.insert(field.id, field.name, field.value);
    if (e != nullptr) {
      e->name_ok = field.name_ok;
      e->value_plain = field.value_plain;
    }
  }
  if (!within(field.name.size(), field.value.size())) return Error::TooLarge;
  arena.commit(out);
  return Error::None;
}

}  // namespace attache::hpack
