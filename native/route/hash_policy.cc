#include "route/hash_policy.h"

#include <algorithm>
#include <bit>

#include "base/hash.h"
#include "base/regex.h"
#include "route/conditions.h"

namespace attache::route {
namespace {

// Of all values of a header, whatever their order.
std::optional<uint64_t> headerHash(const tables::HashPolicy& policy, const HeaderMap& headers) {
  const Header* first = headers.find(policy.name.view());
  if (first == nullptr) return std::nullopt;
  Arena& arena = *headers.arena();
  auto rewritten = [&](std::string_view value) {
    if (!policy.regex) return value;
    const Regex& regex = RegexRegistry::instance().at(policy.regex);
    return regex.replaceAll(value, policy.substitution.view(), arena);
  };
  size_t count = 0;
  for (const Header* h = first; h != nullptr; h = headers.next(h)) count++;
  if (count == 1) return xxHash64(rewritten(first->valueView()));
  if (isJoined(first->id)) return xxHash64(rewritten(headers.joined(first->id, arena)));
  auto* values = static_cast<std::string_view*>(
      arena.allocAligned(count * sizeof(std::string_view), alignof(std::string_view)));
  count = 0;
  for (const Header* h = first; h != nullptr; h = headers.next(h))
    values[count++] = rewritten(h->valueView());
  std::sort(values, values + count);
  uint64_t hash = 0;
  for (size_t i = 0; i < count; i++) hash = xxHash64(values[i], hash);
  return hash;
}

std::optional<uint64_t> cookieHash(const tables::HashPolicy& policy, const HeaderMap& headers,
                                   HashSource& source) {
  std::string_view value;
  cookieValue(headers, policy.name.view(), value);
  if (value.empty()) {
    if (!policy.makes_cookie) return std::nullopt;
    value = source.makeCookie(policy);
  }
  return xxHash64(value);
}

std::optional<uint64_t> policyHash(const tables::HashPolicy& policy, const HeaderMap& headers,
                                   HashSource& source) {
  switch (policy.of) {
    case tables::HashOf::Header:
      return headerHash(policy, headers);
    case tables::HashOf::Cookie:
      return cookieHash(policy, headers, source);
    case tables::HashOf::SourceIp: {
      std::string_view ip = source.sourceIp();
      if (ip.empty()) return std::nullopt;
      return xxHash64(ip);
    }
    case tables::HashOf::QueryParameter: {
      std::string_view value;
      if (!queryParameter(headers.get(HeaderId::Path), policy.name.view(), value))
        return std::nullopt;
      return xxHash64(value);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<uint64_t> requestHash(const tables::HashPolicies& policies, const HeaderMap& headers,
                                    HashSource& source) {
  std::optional<uint64_t> hash;
  for (const tables::HashPolicy& policy : policies.policies) {
    // Turned by a bit, so that two policies that find the same do not cancel each other out.
    if (std::optional<uint64_t> own = policyHash(policy, headers, source))
      hash = std::rotl(hash.value_or(0), 1) ^ *own;
    if (policy.terminal && hash) break;
  }
  return hash;
}

}  // namespace attache::route
