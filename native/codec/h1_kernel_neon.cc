// The head parser for 64-bit ARM.
#if defined(__aarch64__)

#include <arm_neon.h>

#include "codec/h1_head.h"

namespace attache::h1::internal::neon {

struct Vec {
  uint8x16_t a, b;
};

static inline Vec load(const char* p) {
  const uint8_t* u = reinterpret_cast<const uint8_t*>(p);
  return {vld1q_u8(u), vld1q_u8(u + 16)};
}

// One bit per byte of two comparison results: each byte keeps the bit of its place, and three
// rounds of pairwise addition gather them.
static inline uint32_t mask(uint8x16_t a, uint8x16_t b) {
  const uint8x16_t place = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t sum = vpaddq_u8(vandq_u8(a, place), vandq_u8(b, place));
  sum = vpaddq_u8(sum, sum);
  sum = vpaddq_u8(sum, sum);
  return vgetq_lane_u32(vreinterpretq_u32_u8(sum), 0);
}

static inline uint32_t eqMask(Vec v, char c) {
  uint8x16_t x = vdupq_n_u8(static_cast<uint8_t>(c));
  return mask(vceqq_u8(v.a, x), vceqq_u8(v.b, x));
}
static inline uint32_t eqMask(Vec v, Vec w) {
  return mask(vceqq_u8(v.a, w.a), vceqq_u8(v.b, w.b));
}

static inline uint8x16_t control(uint8x16_t v) {
  return vorrq_u8(vcltq_u8(v, vdupq_n_u8(0x20)), vceqq_u8(v, vdupq_n_u8(0x7f)));
}
static inline uint32_t controlMask(Vec v) {
  return mask(control(v.a), control(v.b));
}

// lo < byte < hi
static inline uint8x16_t between(uint8x16_t v, char lo, char hi) {
  return vandq_u8(vcgtq_u8(v, vdupq_n_u8(static_cast<uint8_t>(lo))),
                  vcltq_u8(v, vdupq_n_u8(static_cast<uint8_t>(hi))));
}
static inline uint8x16_t lower(uint8x16_t v) {
  return vorrq_u8(v, vandq_u8(between(v, '@', '['), vdupq_n_u8(0x20)));
}
static inline Vec lower(Vec v) {
  return {lower(v.a), lower(v.b)};
}

static inline Vec withCaseBit(Vec v) {
  uint8x16_t bit = vdupq_n_u8(0x20);
  return {vorrq_u8(v.a, bit), vorrq_u8(v.b, bit)};
}

// Letters (of a lowered vector), digits and hyphens.
static inline uint8x16_t simple(uint8x16_t v) {
  return vorrq_u8(vorrq_u8(between(v, '`', '{'), between(v, '/', ':')),
                  vceqq_u8(v, vdupq_n_u8('-')));
}
static inline uint32_t simpleMask(Vec v) {
  return mask(simple(v.a), simple(v.b));
}

// What no target has: space and below, '#', DEL and above.
static inline uint8x16_t notTarget(uint8x16_t v) {
  return vorrq_u8(vorrq_u8(vcleq_u8(v, vdupq_n_u8(' ')), vcgeq_u8(v, vdupq_n_u8(0x7f))),
                  vceqq_u8(v, vdupq_n_u8('#')));
}
static inline uint32_t notTargetMask(Vec v) {
  return mask(notTarget(v.a), notTarget(v.b));
}

#include "codec/h1_kernel.inc"

}  // namespace attache::h1::internal::neon

#endif
