#include "route/scope.h"

#include "route/hash.h"

namespace attache::route {
namespace {

// The text of an empty fragment: something that is there.
std::string_view present(std::string_view text) {
  return text.data() ? text : std::string_view("", 0);
}

// Calls `visit` for each element of `value` until it answers true. Without a separator all of it is
// one.
template <class Visit>
void eachElement(std::string_view value, std::string_view separator, Visit&& visit) {
  while (!separator.empty()) {
    size_t at = value.find(separator);
    if (at == std::string_view::npos) break;
    if (visit(value.substr(0, at))) return;
    value.remove_prefix(at + separator.size());
  }
  visit(value);
}

bool hasKey(const tables::Scope& scope, const tables::Vec<tables::ScopeFragment>& fragments,
            const HeaderMap& headers) {
  if (scope.key.size() != fragments.size()) return false;
  for (uint32_t i = 0; i < fragments.size(); i++) {
    if (keyFragment(fragments[i], headers) != scope.key[i].view()) return false;
  }
  return true;
}

}  // namespace

std::string_view keyFragment(const tables::ScopeFragment& fragment, const HeaderMap& headers) {
  // Of several values the first one counts.
  std::string_view value = headers.get(fragment.header.view());
  std::string_view found;
  if (value.data() == nullptr) return found;
  std::string_view key_separator = fragment.key_separator.view();
  uint32_t index = fragment.index;
  eachElement(value, fragment.element_separator.view(), [&](std::string_view element) {
    if (key_separator.empty()) {
      if (index-- > 0) return false;
      found = present(element);
      return true;
    }
    size_t at = element.find(key_separator);
    if (element.substr(0, at) != fragment.key.view()) return false;
    found = at == std::string_view::npos ? present({})
                                         : present(element.substr(at + key_separator.size()));
    return true;
  });
  return found;
}

uint32_t hashKey(uint32_t hash, std::string_view fragment) {
  hash = (hash ^ hashLower(fragment)) * 0x85ebca6b;
  return hash ^ (hash >> 15);
}

const tables::Scope* findScope(const tables::ScopeTable& table,
                               const tables::Vec<tables::ScopeFragment>& fragments,
                               const HeaderMap& headers) {
  uint32_t mask = table.slots.size() - 1;
  if (mask == 0xffffffff) return nullptr;
  uint32_t hash = 0;
  for (const tables::ScopeFragment& fragment : fragments) {
    std::string_view text = keyFragment(fragment, headers);
    if (text.data() == nullptr) return nullptr;
    hash = hashKey(hash, text);
  }
  for (uint32_t i = hash & mask; table.slots[i] != 0; i = (i + 1) & mask) {
    const tables::Scope& scope = table.scopes[table.slots[i] - 1];
    if (hasKey(scope, fragments, headers)) return &scope;
  }
  return nullptr;
}

}  // namespace attache::route
