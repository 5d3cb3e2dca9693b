// The head parser without vector instructions: for CPUs that no other kernel knows, and the
// measure for those that have one.
#include <cstring>

#include "codec/h1_head.h"

namespace attache::h1::internal::portable {

struct Vec {
  char b[32];
};

static inline Vec load(const char* p) {
  Vec v;
  std::memcpy(v.b, p, 32);
  return v;
}

static inline bool isControl(char c) {
  return static_cast<uint8_t>(c) < 0x20 || c == 0x7f;
}

#define ATTACHE_MASK(expr)          \
  uint32_t m = 0;                   \
  for (size_t i = 0; i < 32; i++) { \
    if (expr) m |= 1u << i;         \
  }                                 \
  return m

static inline uint32_t eqMask(const Vec& v, char c) {
  ATTACHE_MASK(v.b[i] == c);
}
static inline uint32_t eqMask(const Vec& v, const Vec& w) {
  ATTACHE_MASK(v.b[i] == w.b[i]);
}
static inline uint32_t controlMask(const Vec& v) {
  ATTACHE_MASK(isControl(v.b[i]));
}
// Letters (of a lowered vector), digits and hyphens.
static inline uint32_t simpleMask(const Vec& v) {
  ATTACHE_MASK((v.b[i] >= 'a' && v.b[i] <= 'z') || (v.b[i] >= '0' && v.b[i] <= '9') ||
               v.b[i] == '-');
}
// What no target has: space and below, '#', DEL and above.
static inline uint32_t notTargetMask(const Vec& v) {
  ATTACHE_MASK(static_cast<uint8_t>(v.b[i]) <= ' ' || static_cast<uint8_t>(v.b[i]) >= 0x7f ||
               v.b[i] == '#');
}
#undef ATTACHE_MASK

static inline Vec withCaseBit(Vec v) {
  for (char& c : v.b) c = static_cast<char>(c | 0x20);
  return v;
}

static inline Vec lower(Vec v) {
  for (char& c : v.b) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  return v;
}

#include "codec/h1_kernel.inc"

}  // namespace attache::h1::internal::portable
