// Whether bytes are a well-formed record: every offset inside, aligned, enums and flags in range.
// Everything behind the verifier reads records without a check.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace attache::tables {

enum class RecordKind : uint32_t;

// What is known of the records that one under examination refers to.
class References {
 public:
  virtual ~References() = default;
  // Whether the record under examination may hold `ref` where one of `kind` belongs. Never asked
  // about 0, which is no reference.
  virtual bool allowed(uint32_t ref, RecordKind kind) const = 0;
};

// `data` must be aligned to 8. False and a sentence in `*why` when it must not be published. Its
// references are taken as they are unless `references` knows better.
bool verifyRecord(const uint8_t* data, size_t size, std::string* why,
                  const References* references = nullptr);

}  // namespace attache::tables
