// Whether the indexes inside route records are sound: numbers in range, trees without cycles.
// The generated verifier (tables/verify.h) has seen that the records are well formed; the matcher
// trusts what passed both.
#pragma once

#include <string>

#include "tables/generated/layout.h"

namespace attache::route {

// False and a sentence in `*why` for a record that must not be published. Regex numbers have to
// be in place already.
bool verify(const tables::VirtualHost& host, std::string* why);
bool verify(const tables::RouteConfig& config, std::string* why);
bool verify(const tables::ScopeTable& table, std::string* why);

}  // namespace attache::route
