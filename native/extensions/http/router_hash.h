// The hash of a stream's request, for clusters that choose hosts by it, and the cookies that are
// made for it.
#pragma once

#include <optional>
#include <string_view>

#include "codec/headers.h"
#include "http/stream.h"
#include "tables/generated/layout.h"

namespace attache::extensions {

// A cookie that the client is to get. In the arena of its stream.
struct HashCookie {
  const tables::HashPolicy* policy;  // that asked for it
  std::string_view value;
  std::string_view field;  // of Set-Cookie
  const HashCookie* next;
};

// None when no policy finds anything. Cookies that had to be made are put in front of `cookies`,
// each once, however often a host is chosen.
std::optional<uint64_t> hashRequest(http::Stream& stream, const tables::HashPolicies& policies,
                                    const HashCookie*& cookies);
// Set-Cookie fields for the response, in the order of the policies.
void addHashCookies(HeaderMap& response, const HashCookie* cookies);

}  // namespace attache::extensions
