// The scope of a request against a slow reference: keys built as vectors of strings, tables
// scanned.
#include "route/scope.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/arena.h"
#include "base/test.h"
#include "route/test/table_builder.h"
#include "route/verify.h"

namespace attache::route {
namespace {

using testing::Blob;

struct FragmentSpec {
  std::string header, element_separator, key, key_separator;
  uint32_t index = 0;
};
using Key = std::vector<std::string>;
struct Field {
  std::string name, value;
};

// Both records in one piece of memory.
class World {
 public:
  World(const std::vector<FragmentSpec>& fragments, const std::vector<Key>& scopes) {
    table_ = blob_.alloc(sizeof(tables::ScopeTable));
    scoped_ = blob_.alloc(sizeof(tables::ScopedRoutes));
    size_t list = blob_.alloc(sizeof(tables::Scope) * scopes.size());
    vec(table_ + offsetof(tables::ScopeTable, scopes), list, scopes.size());
    for (size_t i = 0; i < scopes.size(); i++) {
      size_t key = blob_.alloc(sizeof(tables::Str) * scopes[i].size());
      vec(list + i * sizeof(tables::Scope) + offsetof(tables::Scope, key), key, scopes[i].size());
      for (size_t k = 0; k < scopes[i].size(); k++)
        str(key + k * sizeof(tables::Str), scopes[i][k]);
    }
    fillSlots(scopes);
    size_t parts = blob_.alloc(sizeof(tables::ScopeFragment) * fragments.size());
    vec(scoped_ + offsetof(tables::ScopedRoutes, fragments), parts, fragments.size());
    for (size_t i = 0; i < fragments.size(); i++) {
      size_t at = parts + i * sizeof(tables::ScopeFragment);
      str(at + offsetof(tables::ScopeFragment, header), fragments[i].header);
      str(at + offsetof(tables::ScopeFragment, element_separator), fragments[i].element_separator);
      str(at + offsetof(tables::ScopeFragment, key), fragments[i].key);
      str(at + offsetof(tables::ScopeFragment, key_separator), fragments[i].key_separator);
      blob_.at<tables::ScopeFragment>(at)->index = fragments[i].index;
    }
  }

  const tables::ScopeTable& table() { return *blob_.at<tables::ScopeTable>(table_); }
  // The number of the scope that a request is in, -1: none.
  int find(const std::vector<Field>& fields) {
    BlockPool pool;
    Arena arena(pool);
    HeaderMap headers(&arena);
    for (const Field& field : fields) headers.add(field.name, field.value);
    const auto* scope =
        findScope(table(), blob_.at<tables::ScopedRoutes>(scoped_)->fragments, headers);
    return scope ? static_cast<int>(scope - table().scopes.data()) : -1;
  }

 private:
  void vec(size_t at, size_t to, size_t count) {
    auto* v = blob_.at<tables::Vec<uint32_t>>(at);
    v->rel = count ? static_cast<int32_t>(to) - static_cast<int32_t>(at) : 0;
    v->count = static_cast<uint32_t>(count);
  }
  void str(size_t at, const std::string& text) {
    size_t to = blob_.alloc(text.size() + 1, 1);
    std::memcpy(blob_.at<char>(to), text.data(), text.size());
    auto* s = blob_.at<tables::Str>(at);
    s->rel = static_cast<int32_t>(to) - static_cast<int32_t>(at);
    s->len = static_cast<uint32_t>(text.size());
  }
  void fillSlots(const std::vector<Key>& scopes) {
    if (scopes.empty()) return;
    size_t size = 4;
    while (size < scopes.size() * 2) size *= 2;
    size_t slots = blob_.alloc(4 * size, 4);
    vec(table_ + offsetof(tables::ScopeTable, slots), slots, size);
    for (size_t i = 0; i < scopes.size(); i++) {
      uint32_t hash = 0;
      for (const std::string& fragment : scopes[i]) hash = hashKey(hash, fragment);
      size_t at = hash & (size - 1);
      while (blob_.at<uint32_t>(slots)[at]) at = (at + 1) & (size - 1);
      blob_.at<uint32_t>(slots)[at] = static_cast<uint32_t>(i) + 1;
    }
  }

  Blob blob_;
  size_t table_ = 0, scoped_ = 0;
};

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  size_t from = 0;
  if (!separator.empty()) {
    for (size_t at; (at = text.find(separator, from)) != std::string::npos;
         from = at + separator.size()) {
      parts.push_back(text.substr(from, at - from));
    }
  }
  parts.push_back(text.substr(from));
  return parts;
}

std::optional<std::string> fragmentOf(const FragmentSpec& spec, const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    if (field.name != spec.header) continue;
    std::vector<std::string> elements = split(field.value, spec.element_separator);
    if (spec.key_separator.empty()) {
      if (spec.index < elements.size()) return elements[spec.index];
      return std::nullopt;
    }
    for (const std::string& element : elements) {
      size_t at = element.find(spec.key_separator);
      if (element.substr(0, at) != spec.key) continue;
      return at == std::string::npos ? "" : element.substr(at + spec.key_separator.size());
    }
    return std::nullopt;
  }
  return std::nullopt;
}

int slowFind(const std::vector<FragmentSpec>& fragments, const std::vector<Key>& scopes,
             const std::vector<Field>& fields) {
  Key key;
  for (const FragmentSpec& spec : fragments) {
    std::optional<std::string> part = fragmentOf(spec, fields);
    if (!part) return -1;
    key.push_back(*part);
  }
  for (size_t i = 0; i < scopes.size(); i++) {
    if (scopes[i] == key) return static_cast<int>(i);
  }
  return -1;
}

TEST(scope_of_a_request) {
  World world({{"x-a", "", "", "", 0}}, {{"a"}, {"A"}, {""}});
  CHECK_EQ(world.find({{"x-a", "a"}}), 0);
  CHECK_EQ(world.find({{"x-a", "A"}}), 1);
  CHECK_EQ(world.find({{"x-a", ""}}), 2);
  CHECK_EQ(world.find({{"x-a", "b"}}), -1);
  CHECK_EQ(world.find({{"x-b", "a"}}), -1);
  CHECK_EQ(world.find({{"x-a", "A"}, {"x-a", "a"}}), 1);
  World none({{"x-a", "", "", "", 0}}, {});
  CHECK_EQ(none.find({{"x-a", "a"}}), -1);
  World host({{"host", "", "", "", 0}}, {{"h:1"}});
  CHECK_EQ(host.find({{":authority", "h:1"}}), 0);
}

TEST(scope_tables_that_are_not_sound) {
  std::string why;
  World world({{"x-a", "", "", "", 0}}, {{"a"}, {"b"}});
  CHECK(verify(world.table(), &why));
  const_cast<uint32_t&>(world.table().slots[0]) = 3;
  CHECK(!verify(world.table(), &why));
  CHECK_EQ(why, "a hash table with an entry out of range");
  for (uint32_t i = 0; i < 4; i++) const_cast<uint32_t&>(world.table().slots[i]) = 1;
  CHECK(!verify(world.table(), &why));
  CHECK_EQ(why, "a full hash table");
}

TEST(scopes_are_those_of_a_scan) {
  std::mt19937 random(7);
  auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
  auto text = [&](size_t most) {
    std::string made;
    for (size_t n = below(most + 1); n > 0; n--) made += "aA=,;"[below(5)];
    return made;
  };
  int found = 0;
  for (int round = 0; round < 3000; round++) {
    std::vector<FragmentSpec> fragments;
    for (size_t n = 1 + below(3); n > 0; n--) {
      FragmentSpec spec;
      spec.header = below(2) ? "x-a" : "x-b";
      if (below(2)) spec.element_separator = below(3) ? "," : ",;";
      if (below(2)) {
        spec.key = below(2) ? "a" : "A";
        spec.key_separator = below(3) ? "=" : "==";
      } else {
        spec.index = spec.element_separator.empty() ? 0 : static_cast<uint32_t>(below(3));
      }
      fragments.push_back(spec);
    }
    std::vector<Key> scopes;
    for (size_t n = below(12); n > 0; n--) {
      Key key;
      for (size_t i = 0; i < fragments.size(); i++) key.push_back(text(1));
      if (std::find(scopes.begin(), scopes.end(), key) == scopes.end()) scopes.push_back(key);
    }
    World world(fragments, scopes);
    for (int i = 0; i < 10; i++) {
      std::vector<Field> fields;
      for (size_t n = below(4); n > 0; n--) fields.push_back({below(2) ? "x-a" : "x-b", text(6)});
      int wanted = slowFind(fragments, scopes, fields);
      found += wanted >= 0;
      CHECK_EQ(world.find(fields), wanted);
    }
  }
  CHECK(found > 500);
}

}  // namespace
}  // namespace attache::route
