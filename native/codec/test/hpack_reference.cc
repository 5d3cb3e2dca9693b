#include "codec/test/hpack_reference.h"

#include <map>

#include "codec/headers.h"
#include "codec/hpack_static.h"

namespace attache::hpack::testing {
namespace {

struct Bits {
  uint32_t code;
  int length;
};
// RFC 7541 appendix B, as printed there.
// clang-format off
constexpr Bits kCodes[257] = {
    {0x1ff8, 13}, {0x7fffd8, 23}, {0xfffffe2, 28}, {0xfffffe3, 28}, {0xfffffe4, 28},
    {0xfffffe5, 28}, {0xfffffe6, 28}, {0xfffffe7, 28}, {0xfffffe8, 28}, {0xffffea, 24},
    {0x3ffffffc, 30}, {0xfffffe9, 28}, {0xfffffea, 28}, {0x3ffffffd, 30}, {0xfffffeb, 28},
    {0xfffffec, 28}, {0xfffffed, 28}, {0xfffffee, 28}, {0xfffffef, 28}, {0xffffff0, 28},
    {0xffffff1, 28}, {0xffffff2, 28}, {0x3ffffffe, 30}, {0xffffff3, 28}, {0xffffff4, 28},
    {0xffffff5, 28}, {0xffffff6, 28}, {0xffffff7, 28}, {0xffffff8, 28}, {0xffffff9, 28},
    {0xffffffa, 28}, {0xffffffb, 28}, {0x14, 6}, {0x3f8, 10}, {0x3f9, 10}, {0xffa, 12},
    {0x1ff9, 13}, {0x15, 6}, {0xf8, 8}, {0x7fa, 11}, {0x3fa, 10}, {0x3fb, 10}, {0xf9, 8},
    {0x7fb, 11}, {0xfa, 8}, {0x16, 6}, {0x17, 6}, {0x18, 6}, {0x0, 5}, {0x1, 5}, {0x2, 5},
    {0x19, 6}, {0x1a, 6}, {0x1b, 6}, {0x1c, 6}, {0x1d, 6}, {0x1e, 6}, {0x1f, 6}, {0x5c, 7},
    {0xfb, 8}, {0x7ffc, 15}, {0x20, 6}, {0xffb, 12}, {0x3fc, 10}, {0x1ffa, 13}, {0x21, 6},
    {0x5d, 7}, {0x5e, 7}, {0x5f, 7}, {0x60, 7}, {0x61, 7}, {0x62, 7}, {0x63, 7}, {0x64, 7},
    {0x65, 7}, {0x66, 7}, {0x67, 7}, {0x68, 7}, {0x69, 7}, {0x6a, 7}, {0x6b, 7}, {0x6c, 7},
    {0x6d, 7}, {0x6e, 7}, {0x6f, 7}, {0x70, 7}, {0x71, 7}, {0x72, 7}, {0xfc, 8}, {0x73, 7},
    {0xfd, 8}, {0x1ffb, 13}, {0x7fff0, 19}, {0x1ffc, 13}, {0x3ffc, 14}, {0x22, 6}, {0x7ffd, 15},
    {0x3, 5}, {0x23, 6}, {0x4, 5}, {0x24, 6}, {0x5, 5}, {0x25, 6}, {0x26, 6}, {0x27, 6}, {0x6, 5},
    {0x74, 7}, {0x75, 7}, {0x28, 6}, {0x29, 6}, {0x2a, 6}, {0x7, 5}, {0x2b, 6}, {0x76, 7},
    {0x2c, 6}, {0x8, 5}, {0x9, 5}, {0x2d, 6}, {0x77, 7}, {0x78, 7}, {0x79, 7}, {0x7a, 7}, {0x7b, 7},
    {0x7ffe, 15}, {0x7fc, 11}, {0x3ffd, 14}, {0x1ffd, 13}, {0xffffffc, 28}, {0xfffe6, 20},
    {0x3fffd2, 22}, {0xfffe7, 20}, {0xfffe8, 20}, {0x3fffd3, 22}, {0x3fffd4, 22}, {0x3fffd5, 22},
    {0x7fffd9, 23}, {0x3fffd6, 22}, {0x7fffda, 23}, {0x7fffdb, 23}, {0x7fffdc, 23}, {0x7fffdd, 23},
    {0x7fffde, 23}, {0xffffeb, 24}, {0x7fffdf, 23}, {0xffffec, 24}, {0xffffed, 24}, {0x3fffd7, 22},
    {0x7fffe0, 23}, {0xffffee, 24}, {0x7fffe1, 23}, {0x7fffe2, 23}, {0x7fffe3, 23}, {0x7fffe4, 23},
    {0x1fffdc, 21}, {0x3fffd8, 22}, {0x7fffe5, 23}, {0x3fffd9, 22}, {0x7fffe6, 23}, {0x7fffe7, 23},
    {0xffffef, 24}, {0x3fffda, 22}, {0x1fffdd, 21}, {0xfffe9, 20}, {0x3fffdb, 22}, {0x3fffdc, 22},
    {0x7fffe8, 23}, {0x7fffe9, 23}, {0x1fffde, 21}, {0x7fffea, 23}, {0x3fffdd, 22}, {0x3fffde, 22},
    {0xfffff0, 24}, {0x1fffdf, 21}, {0x3fffdf, 22}, {0x7fffeb, 23}, {0x7fffec, 23}, {0x1fffe0, 21},
    {0x1fffe1, 21}, {0x3fffe0, 22}, {0x1fffe2, 21}, {0x7fffed, 23}, {0x3fffe1, 22}, {0x7fffee, 23},
    {0x7fffef, 23}, {0xfffea, 20}, {0x3fffe2, 22}, {0x3fffe3, 22}, {0x3fffe4, 22}, {0x7ffff0, 23},
    {0x3fffe5, 22}, {0x3fffe6, 22}, {0x7ffff1, 23}, {0x3ffffe0, 26}, {0x3ffffe1, 26}, {0xfffeb, 20},
    {0x7fff1, 19}, {0x3fffe7, 22}, {0x7ffff2, 23}, {0x3fffe8, 22}, {0x1ffffec, 25}, {0x3ffffe2, 26},
    {0x3ffffe3, 26}, {0x3ffffe4, 26}, {0x7ffffde, 27}, {0x7ffffdf, 27}, {0x3ffffe5, 26},
    {0xfffff1, 24}, {0x1ffffed, 25}, {0x7fff2, 19}, {0x1fffe3, 21}, {0x3ffffe6, 26},
    {0x7ffffe0, 27}, {0x7ffffe1, 27}, {0x3ffffe7, 26}, {0x7ffffe2, 27}, {0xfffff2, 24},
    {0x1fffe4, 21}, {0x1fffe5, 21}, {0x3ffffe8, 26}, {0x3ffffe9, 26}, {0xffffffd, 28},
    {0x7ffffe3, 27}, {0x7ffffe4, 27}, {0x7ffffe5, 27}, {0xfffec, 20}, {0xfffff3, 24}, {0xfffed, 20},
    {0x1fffe6, 21}, {0x3fffe9, 22}, {0x1fffe7, 21}, {0x1fffe8, 21}, {0x7ffff3, 23}, {0x3fffea, 22},
    {0x3fffeb, 22}, {0x1ffffee, 25}, {0x1ffffef, 25}, {0xfffff4, 24}, {0xfffff5, 24},
    {0x3ffffea, 26}, {0x7ffff4, 23}, {0x3ffffeb, 26}, {0x7ffffe6, 27}, {0x3ffffec, 26},
    {0x3ffffed, 26}, {0x7ffffe7, 27}, {0x7ffffe8, 27}, {0x7ffffe9, 27}, {0x7ffffea, 27},
    {0x7ffffeb, 27}, {0xffffffe, 28}, {0x7ffffec, 27}, {0x7ffffed, 27}, {0x7ffffee, 27},
    {0x7ffffef, 27}, {0x7fffff0, 27}, {0x3ffffee, 26}, {0x3fffffff, 30},
};
// clang-format on

constexpr uint64_t kMost = UINT32_MAX;

}  // namespace

bool referenceHuffman(std::string_view in, std::string& out) {
  static const std::map<std::pair<int, uint32_t>, int> symbols = [] {
    std::map<std::pair<int, uint32_t>, int> map;
    for (int s = 0; s < 257; s++) map[{kCodes[s].length, kCodes[s].code}] = s;
    return map;
  }();
  uint32_t code = 0;
  int length = 0;
  for (size_t i = 0; i < in.size() * 8; i++) {
    code = code << 1 | (static_cast<uint8_t>(in[i / 8]) >> (7 - i % 8) & 1);
    auto found = symbols.find({++length, code});
    if (found == symbols.end()) continue;
    if (found->second == 256) return false;
    out += static_cast<char>(found->second);
    code = 0;
    length = 0;
  }
  return length < 8 && code == (1u << length) - 1;
}

std::string referenceHuffman(std::string_view text) {
  std::string bits, out;
  for (char c : text) {
    const Bits& b = kCodes[static_cast<uint8_t>(c)];
    for (int i = b.length - 1; i >= 0; i--) bits += b.code >> i & 1 ? '1' : '0';
  }
  while (bits.size() % 8 != 0) bits += '1';
  for (size_t i = 0; i < bits.size(); i += 8) {
    out += static_cast<char>(std::stoi(bits.substr(i, 8), nullptr, 2));
  }
  return out;
}

Reference::Reference(uint32_t announced) : allowed_(std::max(announced, kDefaultTableSize)) {}

uint32_t Reference::size() const {
  size_t n = 0;
  for (const Pair& p : table_) n += p.name.size() + p.value.size() + 32;
  return static_cast<uint32_t>(n);
}

void Reference::shrink() {
  while (size() > max_size_) table_.pop_back();
}

Error Reference::readInt(int bits, uint32_t& value) {
  if (at_ == in_.size()) return Error::Truncated;
  uint64_t full = (1u << bits) - 1;
  uint64_t v = static_cast<uint8_t>(in_[at_++]) & full;
  if (v == full) {
    for (int i = 0;; i++) {
      if (i == 5) return Error::BadInteger;
      if (at_ == in_.size()) return Error::Truncated;
      uint8_t b = static_cast<uint8_t>(in_[at_++]);
      v += static_cast<uint64_t>(b & 127) << (7 * i);
      if (b < 128) break;
    }
  }
  if (v > kMost) return Error::BadInteger;
  value = static_cast<uint32_t>(v);
  return Error::None;
}

Error Reference::readText(std::string_view& raw, bool& huffman) {
  if (at_ == in_.size()) return Error::Truncated;
  huffman = (in_[at_] & 0x80) != 0;
  uint32_t n;
  if (Error e = readInt(7, n); e != Error::None) return e;
  if (n > in_.size() - at_) return Error::Truncated;
  raw = in_.substr(at_, n);
  at_ += n;
  return Error::None;
}

Error Reference::lookUp(uint32_t index, Pair& pair) const {
  if (index == 0) return Error::BadIndex;
  if (index <= kStaticCount) {
    pair.name = kStatic[index].nameView();
    pair.value = kStatic[index].valueView();
    return Error::None;
  }
  if (index - kStaticCount - 1 >= table_.size()) return Error::BadIndex;
  pair = table_[index - kStaticCount - 1];
  return Error::None;
}

Error Reference::literal(uint8_t first, Pair& pair) {
  bool enters = (first & 0x40) != 0;
  uint32_t index;
  if (Error e = readInt(enters ? 6 : 4, index); e != Error::None) return e;
  std::string_view name, value;
  bool name_coded = false, value_coded;
  if (index == 0) {
    if (Error e = readText(name, name_coded); e != Error::None) return e;
  } else {
    if (Error e = lookUp(index, pair); e != Error::None) return e;
  }
  if (Error e = readText(value, value_coded); e != Error::None) return e;
  for (auto [raw, coded, to] :
       {std::tuple(name, name_coded, &pair.name), std::tuple(value, value_coded, &pair.value)}) {
    if (to == &pair.name && index != 0) continue;
    to->clear();
    if (!coded) {
      *to = raw;
    } else if (!referenceHuffman(raw, *to)) {
      return Error::BadHuffman;
    }
  }
  pair.never_indexed = (first & 0xf0) == 0x10;
  if (enters) {
    table_.push_front({pair.name, pair.value});
    shrink();
  }
  return Error::None;
}

Decoded Reference::decode(std::string_view block) {
  in_ = block;
  at_ = 0;
  Decoded out;
  bool began = false;
  while (at_ != in_.size()) {
    uint8_t b = static_cast<uint8_t>(in_[at_]);
    Pair pair;
    uint32_t n;
    if ((b & 0xe0) == 0x20) {
      if (began) {
        out.error = Error::BadTableSize;
      } else if (out.error = readInt(5, n); out.error == Error::None) {
        if (n > allowed_) out.error = Error::BadTableSize;
        max_size_ = n;
        shrink();
      }
      if (out.error != Error::None) return out;
      continue;
    }
    began = true;
    if (b >= 0x80) {
      out.error = readInt(7, n);
      if (out.error == Error::None) out.error = lookUp(n, pair);
    } else {
      out.error = literal(b, pair);
    }
    if (out.error != Error::None) return out;
    out.pairs.push_back(pair);
  }
  return out;
}

}  // namespace attache::hpack::testing
