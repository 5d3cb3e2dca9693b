// The hashes that decide where a request goes: XXH64 and the MurmurHash2 of libstdc++, bit for bit
// what other proxies compute, so that they choose the same hosts.
#pragma once

#include <cstdint>
#include <string_view>

namespace attache {

// XXH64. https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
uint64_t xxHash64(std::string_view text, uint64_t seed = 0);

// MurmurHash2, 64 bits, as std::hash<std::string> of libstdc++ has it.
uint64_t murmurHash2(std::string_view text, uint64_t seed = 0xc70f6907);

}  // namespace attache
