// Whatever bytes pass the verifier can be read as a record, in bounded time.
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "tables/generated/layout.h"
#include "tables/test/walk.h"
#include "tables/verify.h"

using namespace attache::tables;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Exactly as large as the record, so that a read beyond its end is seen.
  size -= size % 8;
  if (size < sizeof(RecordHeader)) return 0;
  std::unique_ptr<uint64_t[]> memory(new uint64_t[size / 8]);
  auto* bytes = reinterpret_cast<uint8_t*>(memory.get());
  std::memcpy(bytes, data, size);
  // The length is the one thing that mutations would never get right.
  uint32_t length = static_cast<uint32_t>(size);
  std::memcpy(bytes + offsetof(RecordHeader, size), &length, sizeof length);
  std::string why;
  if (verifyRecord(bytes, size, &why)) testing::walk(bytes);
  return 0;
}
