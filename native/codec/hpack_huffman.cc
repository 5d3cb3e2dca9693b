#include "codec/hpack_huffman.h"

#include <cstring>

namespace attache::hpack {
namespace {

constexpr int kSymbols = 257;
constexpr int kEos = 256;
constexpr int kMaxBits = 30;

// The code is canonical: its lengths say it all. By symbol, EOS last.
// clang-format off
constexpr uint8_t kLength[kSymbols] = {
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
    28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
     6, 10, 10, 12, 13,  6,  8, 11, 10, 10,  8, 11,  8,  6,  6,  6,
     5,  5,  5,  6,  6,  6,  6,  6,  6,  6,  7,  8, 15,  6, 12, 10,
    13,  6,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,
     7,  7,  7,  7,  7,  7,  7,  7,  8,  7,  8, 13, 19, 13, 14,  6,
    15,  5,  6,  5,  6,  5,  6,  6,  6,  5,  7,  7,  6,  6,  6,  5,
     6,  7,  6,  5,  5,  6,  7,  7,  7,  7,  7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
    21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
    19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30,
};
// clang-format on

// To encode: the code in the leading bits, its length in the last six. kLong marks one of more than
// 12 bits, so that a sum over four codes of text stays below it.
using Code = uint64_t;
constexpr uint32_t kLong = 256;
constexpr int kShort = 12;

// A look at so many bits finds up to two symbols, and nearly every code that text has.
constexpr int kWindow = 12;

// Bits 0..5: how many bits of input the symbols take; 6..7: how many symbols. 0 stands for a code
// longer than the window.
using Step = uint8_t;

struct Tables {
  Code codes[kSymbols];
  // To decode, by the complement of the next bits: the input is kept complemented, so that the
  // zeros that shifts bring in stand for ones, which is how strings are padded. What the next look
  // waits for is apart from the symbols, which nothing waits for: being small it is soon in the
  // first cache.
  Step steps[1 << kWindow];
  uint16_t symbols[1 << kWindow];  // the first one in the low byte
  // For the codes longer than the window: by length, the first code and where its symbol is in
  // `order`; codes of that length lie below `limit`, as the leading bits of 32.
  uint32_t first[kMaxBits + 1];
  uint64_t limit[kMaxBits + 1];
  uint16_t index[kMaxBits + 1];
  uint16_t order[kSymbols];
};

constexpr Tables build() {
  Tables t{};
  struct One {
    uint8_t symbol;
    uint8_t length;
  } ones[1 << kWindow] = {};
  uint32_t code = 0;
  uint16_t place = 0;
  for (int length = 1; length <= kMaxBits; length++) {
    code <<= 1;
    t.first[length] = code;
    t.index[length] = place;
    for (int s = 0; s < kSymbols; s++) {
      if (kLength[s] != length) continue;
      t.codes[s] = static_cast<uint64_t>(code) << (64 - length) | static_cast<uint32_t>(length) |
                   (length > kShort ? kLong : 0);
      t.order[place++] = static_cast<uint16_t>(s);
      for (uint32_t i = 0; length <= kWindow && i < 1u << (kWindow - length); i++) {
        ones[(code << (kWindow - length)) + i] = {static_cast<uint8_t>(s),
                                                  static_cast<uint8_t>(length)};
      }
      code++;
    }
    t.limit[length] = static_cast<uint64_t>(code) << (32 - length);
  }
  constexpr uint32_t kMask = (1u << kWindow) - 1;
  for (uint32_t i = 0; i <= kMask; i++) {
    One one = ones[i], two = ones[(i << one.length) & kMask];
    if (one.length == 0) continue;
    bool both = two.length != 0 && one.length + two.length <= kWindow;
    uint32_t bits = one.length + (both ? two.length : 0u);
    t.steps[i ^ kMask] = static_cast<Step>(bits | (both ? 2u : 1u) << 6);
    t.symbols[i ^ kMask] = static_cast<uint16_t>(one.symbol | two.symbol << 8);
  }
  return t;
}

constexpr Tables kTables = build();
static_assert(kTables.codes[kEos] >> 34 == 0x3fffffff, "the lengths make no complete code");

inline uint64_t load64(const uint8_t* p) {
  uint64_t v;
  std::memcpy(&v, p, 8);
#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_BIG_ENDIAN__
  v = __builtin_bswap64(v);
#endif
  return v;
}

// The low byte first, on every machine.
inline void store16(char* p, uint16_t v) {
  p[0] = static_cast<char>(v);
  p[1] = static_cast<char>(v >> 8);
}

inline void store64(char* p, uint64_t v) {
#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_BIG_ENDIAN__
  v = __builtin_bswap64(v);
#endif
  std::memcpy(p, &v, 8);
}

// The complement of the last `n` < 8 bytes of a string, in the leading bits; zeros after them.
uint64_t lastBytes(const uint8_t* p, size_t n, size_t before, const uint8_t* readable) {
  if (readable - p >= 8) return ~load64(p) & ~(~uint64_t{0} >> (8 * n));
  if (before + n >= 8) return n == 0 ? 0 : ~load64(p + n - 8) << (8 * (8 - n));
  uint64_t v = 0;
  for (size_t i = 0; i < n; i++)
    v |= static_cast<uint64_t>(static_cast<uint8_t>(~p[i])) << (56 - 8 * i);
  return v;
}

// One look into the table: takes its bits from `buf` and writes two bytes, up to two of them
// symbols.
inline uint32_t step(uint64_t& buf, char*& out) {
  size_t i = buf >> (64 - kWindow);
  uint32_t s = kTables.steps[i];
  buf <<= s & 63;
  store16(out, kTables.symbols[i]);
  out += s >> 6;
  return s;
}

// The symbol whose code, longer than the window, begins the complement of `buf`, and its length.
int longSymbol(uint64_t buf, uint32_t& length) {
  uint32_t window = static_cast<uint32_t>(~buf >> 32);
  length = kWindow + 1;
  while (window >= kTables.limit[length]) length++;
  return kTables.order[kTables.index[length] + ((window >> (32 - length)) - kTables.first[length])];
}

bool writeSymbol(int symbol, char*& out, bool& plain) {
  if (symbol == kEos) return false;
  if (symbol < 0x20 || symbol > 0x7e) plain = false;
  *out++ = static_cast<char>(symbol);
  return true;
}

}  // namespace

char* huffmanDecode(const uint8_t* in, size_t n, const uint8_t* readable, char* out, bool& plain) {
  const uint8_t* p = in;
  const uint8_t* end = in + n;
  // The next bits, complemented, the first one leading. The first `have` (modulo 64) of them count;
  // behind those is either zero or what will be there anyway.
  uint64_t buf = 0;
  uint32_t have = 0;
  for (;;) {
    size_t rest = static_cast<size_t>(end - p);
    uint64_t word;
    if (rest >= 8) [[likely]] {
      word = ~load64(p);
    } else {
      word = lastBytes(p, rest, n - rest, readable);
      if (have + 8 * rest <= 64) {
        buf |= word >> have;
        have += static_cast<uint32_t>(8 * rest);
        break;
      }
    }
    buf |= word >> have;
    p += (63 - have) >> 3;
    have |= 56;
    uint32_t s = step(buf, out);
    if (s == 0) [[unlikely]] {
      uint32_t length;
      if (!writeSymbol(longSymbol(buf, length), out, plain)) return nullptr;
      buf <<= length;
      have -= length;
      continue;
    }
    // Where a long code follows, these find nothing and take nothing. The sum is of whole steps, of
    // which bits 0..5 count: the last of them is what the next round waits for.
    uint32_t sum = s;
    sum += step(buf, out);
    sum += step(buf, out);
    have = (have - sum - step(buf, out)) & 63;
  }
  // All that is left is in `buf`, and zeros, that is ones, follow it. No code is all ones but EOS,
  // so whatever takes more than there is began in padding that was not all ones, or is cut off.
  int32_t left = static_cast<int32_t>(have);
  for (;;) {
    uint32_t s = step(buf, out);
    uint32_t length = s & 63;
    if (s == 0) {
      if (buf == 0) return left < 8 ? out : nullptr;
      if (!writeSymbol(longSymbol(buf, length), out, plain)) return nullptr;
      buf <<= length;
    }
    left -= static_cast<int32_t>(length);
    if (left < 0) return nullptr;
  }
}

namespace {

// What waits to be written: bits from the leading one on, `used` of them; garbage in the last
// seven.
struct Pending {
  uint64_t bits = 0;
  uint32_t used = 0;

  // `used` is a sum of codes' low halves, so its bits 0..5 count. What a code has there ends up as
  // garbage at the end, which 12 bits for each of four codes and seven from before do not reach.
  void add(uint64_t code) {
    bits |= code >> (used & 63);
    used += static_cast<uint32_t>(code);
  }
  // Writes eight bytes and goes on behind the whole ones.
  void flush(char*& out) {
    store64(out, bits);
    uint32_t whole = used & 56;
    bits = bits << whole & uint64_t{127} << 57;
    out += whole >> 3;
    used &= 7;
  }
};

}  // namespace

char* huffmanEncode(char* out, const char* limit, std::string_view text) {
  Pending pending;
  const char* p = text.data();
  const char* end = p + text.size();
  auto code = [](char c) { return kTables.codes[static_cast<uint8_t>(c)]; };
  auto one = [&](char c) {
    uint64_t long_code = code(c) & ~uint64_t{kLong};
    pending.add(long_code);
    pending.flush(out);
  };
  while (end - p >= 4) {
    if (out >= limit) return nullptr;
    Pending next = pending;
    next.add(code(p[0]));
    next.add(code(p[1]));
    next.add(code(p[2]));
    next.add(code(p[3]));
    if (next.used < kLong) [[likely]] {
      pending = next;
      pending.flush(out);
    } else {
      for (int i = 0; i < 4; i++) {
        if (out >= limit) return nullptr;
        one(p[i]);
      }
    }
    p += 4;
  }
  for (; p != end; p++) {
    if (out >= limit) return nullptr;
    one(*p);
  }
  if (pending.used != 0) *out++ = static_cast<char>(pending.bits >> 56 | 0xff >> pending.used);
  return out < limit ? out : nullptr;
}

}  // namespace attache::hpack
