// Which scope a request is in, and so which route table is its own (scoped routes, SRDS): its key
// is made of header values that are compared where they stand.
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/headers.h"
#include "tables/generated/layout.h"

namespace attache::route {

// The part of a key that a request has; data() == nullptr when it has none.
std::string_view keyFragment(const tables::ScopeFragment& fragment, const HeaderMap& headers);

// Adds a fragment to the hash of a key, which begins with 0. src/tables/scope_table.ts computes the
// same.
uint32_t hashKey(uint32_t hash, std::string_view fragment);

// The scope of a request, as Envoy finds it; null when a fragment is missing, or no scope has its
// key.
const tables::Scope* findScope(const tables::ScopeTable& table,
                               const tables::Vec<tables::ScopeFragment>& fragments,
                               const HeaderMap& headers);

}  // namespace attache::route
