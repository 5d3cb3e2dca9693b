// Random identifiers.
#pragma once

#include "base/random.h"

namespace attache {

constexpr size_t kUuidSize = 36;

// Writes a version 4 UUID (RFC 9562 section 5.4) in lower case: kUuidSize bytes. Not a secret.
void writeUuid(Random& random, char* out);

}  // namespace attache
