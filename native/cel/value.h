// Values of the Common Expression Language (https://github.com/google/cel-spec), as Envoy's
// evaluation has them: numbers of different types compare by what they are worth.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "codec/headers.h"
#include "tables/generated/layout.h"

namespace attache::cel {

using tables::CelType;

// Views into the expression, the stream, or the arena of one evaluation. Error is no value: what a
// missing attribute, a wrong type or an overflow leave behind.
struct Value {
  enum class Kind : uint8_t {
    Error,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Duration,
    Timestamp,
    Type,
    List,
    Map,
    Headers
  };

  Kind kind = Kind::Error;
  uint32_t nanos = 0;  // of Duration and Timestamp, which count up from `number`
  int64_t number = 0;  // Bool, Int, Uint and Double (their bits), seconds, a CelType
  std::string_view text;
  const Value* items = nullptr;  // List; Map: keys and values in turns
  size_t count = 0;              // of List; entries of Map
  const HeaderMap* headers = nullptr;

  static Value error() { return {}; }
  static Value null() { return of(Kind::Null, 0); }
  static Value boolean(bool b) { return of(Kind::Bool, b); }
  static Value integer(int64_t n) { return of(Kind::Int, n); }
  static Value unsignedInteger(uint64_t n) { return of(Kind::Uint, static_cast<int64_t>(n)); }
  static Value real(double d) { return of(Kind::Double, std::bit_cast<int64_t>(d)); }
  static Value type(CelType t) { return of(Kind::Type, static_cast<int64_t>(t)); }
  static Value string(std::string_view s) {
    Value v = of(Kind::String, 0);
    v.text = s;
    return v;
  }
  static Value bytes(std::string_view s) {
    Value v = of(Kind::Bytes, 0);
    v.text = s;
    return v;
  }
  static Value list(const Value* items, size_t count) {
    Value v = of(Kind::List, 0);
    v.items = items;
    v.count = count;
    return v;
  }
  static Value map(const Value* items, size_t entries) {
    Value v = list(items, entries);
    v.kind = Kind::Map;
    return v;
  }
  // Null: a map without entries.
  static Value headerMap(const HeaderMap* headers) {
    Value v = of(Kind::Headers, 0);
    v.headers = headers;
    return v;
  }
  static Value of(Kind kind, int64_t number, uint32_t nanos = 0) {
    Value v;
    v.kind = kind;
    v.number = number;
    v.nanos = nanos;
    return v;
  }
  // A duration or a point in time of so many ns.
  static Value ofNanos(Kind kind, __int128 nanos);
  static Value durationUs(uint64_t us) {
    return ofNanos(Kind::Duration, static_cast<__int128>(us) * 1000);
  }

  bool isError() const { return kind == Kind::Error; }
  bool isTrue() const { return kind == Kind::Bool && number != 0; }
  bool isFalse() const { return kind == Kind::Bool && number == 0; }
  bool isNumber() const { return kind == Kind::Int || kind == Kind::Uint || kind == Kind::Double; }
  double real() const { return std::bit_cast<double>(number); }
  uint64_t unsignedNumber() const { return static_cast<uint64_t>(number); }
  __int128 allNanos() const { return static_cast<__int128>(number) * 1'000'000'000 + nanos; }
};

enum class Order : uint8_t { Less, Equal, Greater, None };

// How a and b are ordered: of numbers, and of two texts, bytes, booleans, durations or timestamps.
// None: not at all (other types, NaN).
Order compare(const Value& a, const Value& b);
// Whether a and b can be ordered by their types.
bool comparable(const Value& a, const Value& b);
// Whether a and b, neither an error, are equal; values of different types are not.
bool equal(const Value& a, const Value& b);

// The value in `map` under `key`: an error if there is none, or the key is of a type that keys do
// not have. Values of header fields are joined in `arena`.
Value find(const Value& map, const Value& key, Arena& arena);
// `key in map` of a list or map; an error for other types.
Value contains(const Value& map, const Value& key, Arena& arena);

}  // namespace attache::cel
