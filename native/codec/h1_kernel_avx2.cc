// The head parser for CPUs with AVX2. The pragma, rather than a compiler flag for this file, keeps
// the build files simple; every header comes before it, so that no function shared with other
// files is compiled for a CPU that may not be there.
#if defined(__x86_64__)

#include <immintrin.h>

#include "codec/h1_head.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,popcnt")
#endif

namespace attache::h1::internal::avx2 {

using Vec = __m256i;

static inline Vec load(const char* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}
static inline uint32_t mask(Vec v) {
  return static_cast<uint32_t>(_mm256_movemask_epi8(v));
}

static inline uint32_t eqMask(Vec v, char c) {
  return mask(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(c)));
}
static inline uint32_t eqMask(Vec v, Vec w) {
  return mask(_mm256_cmpeq_epi8(v, w));
}

static inline uint32_t controlMask(Vec v) {
  return mask(_mm256_or_si256(_mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1f)), v),
                              _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x7f))));
}

// lo < byte < hi, for ASCII bounds: bytes from 0x80 are negative and never inside.
static inline Vec between(Vec v, char lo, char hi) {
  return _mm256_and_si256(_mm256_cmpgt_epi8(v, _mm256_set1_epi8(lo)),
                          _mm256_cmpgt_epi8(_mm256_set1_epi8(hi), v));
}
static inline Vec lower(Vec v) {
  return _mm256_or_si256(v, _mm256_and_si256(between(v, '@', '['), _mm256_set1_epi8(0x20)));
}

static inline Vec withCaseBit(Vec v) {
  return _mm256_or_si256(v, _mm256_set1_epi8(0x20));
}

// Letters (of a lowered vector), digits and hyphens.
static inline uint32_t simpleMask(Vec v) {
  return mask(_mm256_or_si256(_mm256_or_si256(between(v, '`', '{'), between(v, '/', ':')),
                              _mm256_cmpeq_epi8(v, _mm256_set1_epi8('-'))));
}

// What no target has: space and below, '#', DEL and above (negative).
static inline uint32_t notTargetMask(Vec v) {
  return mask(_mm256_or_si256(_mm256_or_si256(_mm256_cmpgt_epi8(_mm256_set1_epi8('!'), v),
                                              _mm256_cmpeq_epi8(v, _mm256_set1_epi8('#'))),
                              _mm256_cmpeq_epi8(v, _mm256_set1_epi8(0x7f))));
}

#include "codec/h1_kernel.inc"

}  // namespace attache::h1::internal::avx2

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
