// The head parser with what every x86-64 CPU has.
#if defined(__x86_64__)

#include <emmintrin.h>

#include "codec/h1_head.h"

namespace attache::h1::internal::sse2 {

struct Vec {
  __m128i a, b;
};

static inline Vec load(const char* p) {
  return {_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)),
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16))};
}

static inline uint32_t mask(__m128i a, __m128i b) {
  return static_cast<uint32_t>(_mm_movemask_epi8(a)) | static_cast<uint32_t>(_mm_movemask_epi8(b))
                                                           << 16;
}

static inline uint32_t eqMask(Vec v, char c) {
  __m128i x = _mm_set1_epi8(c);
  return mask(_mm_cmpeq_epi8(v.a, x), _mm_cmpeq_epi8(v.b, x));
}
static inline uint32_t eqMask(Vec v, Vec w) {
  return mask(_mm_cmpeq_epi8(v.a, w.a), _mm_cmpeq_epi8(v.b, w.b));
}

static inline __m128i control(__m128i v) {
  return _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v),
                      _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));
}
static inline uint32_t controlMask(Vec v) {
  return mask(control(v.a), control(v.b));
}

// lo < byte < hi, for ASCII bounds: bytes from 0x80 are negative and never inside.
static inline __m128i between(__m128i v, char lo, char hi) {
  return _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8(lo)), _mm_cmpgt_epi8(_mm_set1_epi8(hi), v));
}
static inline __m128i lower(__m128i v) {
  return _mm_or_si128(v, _mm_and_si128(between(v, '@', '['), _mm_set1_epi8(0x20)));
}
static inline Vec lower(Vec v) {
  return {lower(v.a), lower(v.b)};
}

static inline Vec withCaseBit(Vec v) {
  __m128i bit = _mm_set1_epi8(0x20);
  return {_mm_or_si128(v.a, bit), _mm_or_si128(v.b, bit)};
}

// Letters (of a lowered vector), digits and hyphens.
static inline __m128i simple(__m128i v) {
  return _mm_or_si128(_mm_or_si128(between(v, '`', '{'), between(v, '/', ':')),
                      _mm_cmpeq_epi8(v, _mm_set1_epi8('-')));
}
static inline uint32_t simpleMask(Vec v) {
  return mask(simple(v.a), simple(v.b));
}

// What no target has: space and below, '#', DEL and above (negative).
static inline __m128i notTarget(__m128i v) {
  return _mm_or_si128(
      _mm_or_si128(_mm_cmpgt_epi8(_mm_set1_epi8('!'), v), _mm_cmpeq_epi8(v, _mm_set1_epi8('#'))),
      _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)));
}
static inline uint32_t notTargetMask(Vec v) {
  return mask(notTarget(v.a), notTarget(v.b));
}

#include "codec/h1_kernel.inc"

}  // namespace attache::h1::internal::sse2

#endif
