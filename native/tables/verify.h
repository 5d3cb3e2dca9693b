// Whether bytes are a well-formed record: every offset inside, aligned, enums and flags in range.
// Everything behind the verifier reads records without a check.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace attache::tables {

// `data` must be aligned to 8. False and a sentence in `*why` when it must not be published.
bool verifyRecord(const uint8_t* data, size_t size, std::string* why);

}  // namespace attache::tables
