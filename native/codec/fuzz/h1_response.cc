#include "codec/fuzz/h1_head_common.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return attache::h1::testing::fuzzHead(false, data, size);
}
