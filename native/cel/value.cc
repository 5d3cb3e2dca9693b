#include "cel/value.h"

#include <cmath>

#include "base/arena.h"

namespace attache::cel {
namespace {

using Kind = Value::Kind;

Order orderOf(auto a, auto b) {
  return a < b ? Order::Less : a == b ? Order::Equal : Order::Greater;
}

Order compareReals(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return Order::None;
  return orderOf(a, b);
}

double asReal(const Value& v) {
  if (v.kind == Kind::Double) return v.real();
  return v.kind == Kind::Int ? static_cast<double>(v.number)
                             : static_cast<double>(v.unsignedNumber());
}

Order compareNumbers(const Value& a, const Value& b) {
  if (a.kind == Kind::Double || b.kind == Kind::Double) return compareReals(asReal(a), asReal(b));
  if (a.kind == Kind::Int && a.number < 0)
    return b.kind == Kind::Int ? orderOf(a.number, b.number) : Order::Less;
  if (b.kind == Kind::Int && b.number < 0) return Order::Greater;
  return orderOf(a.unsignedNumber(), b.unsignedNumber());
}

bool equalLists(const Value& a, const Value& b) {
  if (a.count != b.count) return false;
  for (size_t i = 0; i < a.count; i++) {
    if (!equal(a.items[i], b.items[i])) return false;
  }
  return true;
}

const Value* findEntry(const Value& map, const Value& key) {
  for (size_t i = 0; i < map.count; i++) {
    if (equal(map.items[2 * i], key)) return &map.items[2 * i + 1];
  }
  return nullptr;
}

bool equalMaps(const Value& a, const Value& b) {
  if (a.count != b.count) return false;
  for (size_t i = 0; i < a.count; i++) {
    const Value* other = findEntry(b, a.items[2 * i]);
    if (!other || !equal(a.items[2 * i + 1], *other)) return false;
  }
  return true;
}

bool isKey(const Value& v) {
  return v.isNumber() || v.kind == Kind::String || v.kind == Kind::Bool;
}

Value element(const Value& list, const Value& key) {
  if (!key.isNumber()) return Value::error();
  double at = asReal(key);
  if (!(at >= 0 && at < static_cast<double>(list.count)) || at != std::floor(at))
    return Value::error();
  return list.items[static_cast<size_t>(at)];
}

// Names of header fields are lower case.
std::string_view lowerCase(std::string_view name, Arena& arena) {
  char* out = arena.alloc(name.size());
  for (size_t i = 0; i < name.size(); i++) {
    char c = name[i];
    out[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return {out, name.size()};
}

}  // namespace

Value Value::ofNanos(Kind kind, __int128 nanos) {
  constexpr __int128 kSecond = 1'000'000'000;
  __int128 seconds = nanos / kSecond;
  if (nanos % kSecond < 0) seconds--;
  return of(kind, static_cast<int64_t>(seconds), static_cast<uint32_t>(nanos - seconds * kSecond));
}

bool comparable(const Value& a, const Value& b) {
  if (a.isNumber() && b.isNumber()) return true;
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::Bool:
    case Kind::String:
    case Kind::Bytes:
    case Kind::Duration:
    case Kind::Timestamp:
      return true;
    default:
      return false;
  }
}

Order compare(const Value& a, const Value& b) {
  if (a.isNumber() && b.isNumber()) return compareNumbers(a, b);
  if (!comparable(a, b)) return Order::None;
  switch (a.kind) {
    case Kind::Bool:
      return orderOf(a.number, b.number);
    case Kind::Duration:
    case Kind::Timestamp:
      return orderOf(a.allNanos(), b.allNanos());
    default:
      return orderOf(a.text, b.text);
  }
}

bool equal(const Value& a, const Value& b) {
  if (a.isNumber() && b.isNumber()) return compareNumbers(a, b) == Order::Equal;
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::Null:
      return true;
    case Kind::Type:
      return a.number == b.number;
    case Kind::List:
      return equalLists(a, b);
    case Kind::Map:
      return equalMaps(a, b);
    case Kind::Headers:
      return a.headers == b.headers;
    default:
      return compare(a, b) == Order::Equal;
  }
}

Value find(const Value& map, const Value& key, Arena& arena) {
  if (map.kind == Kind::List) return element(map, key);
  if (map.kind == Kind::Headers) {
    if (key.kind != Kind::String || !map.headers) return Value::error();
    std::string_view text = map.headers->joined(lowerCase(key.text, arena), arena);
    return text.data() ? Value::string(text) : Value::error();
  }
  if (map.kind != Kind::Map || !isKey(key)) return Value::error();
  const Value* found = findEntry(map, key);
  return found ? *found : Value::error();
}

Value contains(const Value& map, const Value& key, Arena& arena) {
  if (map.kind == Kind::List) {
    for (size_t i = 0; i < map.count; i++) {
      if (equal(map.items[i], key)) return Value::boolean(true);
    }
    return Value::boolean(false);
  }
  if (!isKey(key)) return Value::error();
  if (map.kind == Kind::Map) return Value::boolean(findEntry(map, key) != nullptr);
  if (map.kind != Kind::Headers) return Value::error();
  if (!map.headers || key.kind != Kind::String) return Value::boolean(false);
  return Value::boolean(map.headers->has(lowerCase(key.text, arena)));
}

}  // namespace attache::cel
