#include "codec/header_lookup.h"

namespace attache::names {
namespace {

// "Abc" has 0x20 set in every byte of "abc"; names here are lower case already.
constexpr uint64_t piece(const char* p, size_t n) {
  uint64_t v = 0;
  for (size_t i = 0; i < n; i++) v |= static_cast<uint64_t>(static_cast<uint8_t>(p[i])) << (8 * i);
  return v;
}

constexpr uint32_t constHash(const char* p, size_t n) {
  if (n >= 4) {
    uint64_t key = piece(p + firstPiece(n), 4) | piece(p + n - 4, 4) << 32;
    return mix(key | 0x2020202020202020u, n);
  }
  const char pick[3] = {p[0], p[n / 2], p[n - 1]};
  return mix(piece(pick, 3) | 0x202020u, n);
}

struct Built {
  Table table;
  bool perfect;
};

constexpr Built build() {
  Built b{};
  b.perfect = true;
  constexpr const char* kNames[] = {"",
#define ATTACHE_X(id, name) name,
                                    ATTACHE_HEADER_NAMES(ATTACHE_X)
#undef ATTACHE_X
  };
  for (size_t id = 1; id < kHeaderIdCount; id++) {
    size_t n = 0;
    Slot& slot = b.table.slots[id];
    for (; kNames[id][n] != '\0'; n++) {
      char c = slot.text[n] = kNames[id][n];
      // The parser's comparison is exact for these alone.
      bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      if (!plain && !(c == ':' && n == 0)) b.perfect = false;
    }
    slot.text[n] = ':';
    slot.text[n + 1] = ' ';
    slot.len = static_cast<uint8_t>(n);
    uint8_t& entry = b.table.hash[constHash(kNames[id], n)];
    if (n > kMaxNameLen || entry != 0) b.perfect = false;
    entry = static_cast<uint8_t>(id);
  }
  return b;
}

constexpr Built kBuilt = build();
static_assert(kBuilt.perfect, "two header names collide: search for another multiplier");

}  // namespace

// Constant initialised: other files' static objects may use it.
constexpr Table kTableValue = kBuilt.table;
const Table kTable = kTableValue;

}  // namespace attache::names
