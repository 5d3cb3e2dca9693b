// Sizes, types and conversions of values.
#include <charconv>
#include <cstdlib>
#include <string>

#include "cel/operations.h"
#include "cel/text.h"

namespace attache::cel {

using Kind = Value::Kind;

namespace {

// Characters of a UTF-8 text: bytes that begin one.
int64_t characters(std::string_view text) {
  int64_t n = 0;
  for (char c : text) n += (c & 0xc0) != 0x80;
  return n;
}

// Different names.
int64_t names(const HeaderMap& headers) {
  int64_t n = 0;
  for (const Header& header : headers) n += headers.find(header.nameView()) == &header;
  return n;
}

}  // namespace

Value sizeOf(const Value& value) {
  switch (value.kind) {
    case Kind::String:
      return Value::integer(characters(value.text));
    case Kind::Bytes:
      return Value::integer(static_cast<int64_t>(value.text.size()));
    case Kind::List:
    case Kind::Map:
      return Value::integer(static_cast<int64_t>(value.count));
    case Kind::Headers:
      return Value::integer(value.headers ? names(*value.headers) : 0);
    default:
      return Value::error();
  }
}

namespace {

std::string_view trimmed(std::string_view text) {
  auto space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

// A decimal number with an optional sign, blanks around it.
template <class T>
bool parseInteger(std::string_view text, T* out) {
  text = trimmed(text);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), *out);
  return !text.empty() && fault == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Value toInt(const Value& v) {
  int64_t n;
  switch (v.kind) {
    case Kind::Int:
      return v;
    case Kind::Bool:
    case Kind::Timestamp:
      return Value::integer(v.number);
    case Kind::Uint:
      return v.number < 0 ? Value::error() : Value::integer(v.number);
    case Kind::Double:
      // The bounds themselves are no doubles that can be told from what is beyond them.
      return v.real() > -0x1p63 && v.real() < 0x1p63
                 ? Value::integer(static_cast<int64_t>(v.real()))
                 : Value::error();
    case Kind::String:
      return parseInteger(v.text, &n) ? Value::integer(n) : Value::error();
    default:
      return Value::error();
  }
}

Value toUint(const Value& v) {
  uint64_t n;
  switch (v.kind) {
    case Kind::Uint:
      return v;
    case Kind::Int:
      return v.number < 0 ? Value::error() : Value::unsignedInteger(v.unsignedNumber());
    case Kind::Double:
      return v.real() >= 0 && v.real() < 0x1p64
                 ? Value::unsignedInteger(static_cast<uint64_t>(v.real()))
                 : Value::error();
    case Kind::String:
      return parseInteger(v.text, &n) ? Value::unsignedInteger(n) : Value::error();
    default:
      return Value::error();
  }
}

Value toDouble(const Value& v) {
  switch (v.kind) {
    case Kind::Double:
      return v;
    case Kind::Int:
      return Value::real(static_cast<double>(v.number));
    case Kind::Uint:
      return Value::real(static_cast<double>(v.unsignedNumber()));
    case Kind::String: {
      // strtod wants an end, and takes what is beyond the range for infinite, as Envoy does.
      std::string text(trimmed(v.text));
      char* end = nullptr;
      double d = std::strtod(text.c_str(), &end);
      return text.empty() || end != text.c_str() + text.size() ? Value::error() : Value::real(d);
    }
    default:
      return Value::error();
  }
}

Value toBool(const Value& v) {
  if (v.kind == Kind::Bool) return v;
  if (v.kind != Kind::String) return Value::error();
  for (std::string_view text : {"true", "True", "TRUE", "t", "1"}) {
    if (v.text == text) return Value::boolean(true);
  }
  for (std::string_view text : {"false", "False", "FALSE", "f", "0"}) {
    if (v.text == text) return Value::boolean(false);
  }
  return Value::error();
}

Value toBytes(const Value& v) {
  return v.kind == Kind::String || v.kind == Kind::Bytes ? Value::bytes(v.text) : Value::error();
}

Value toDuration(const Value& v) {
  if (v.kind == Kind::Duration) return v;
  return v.kind == Kind::String ? parseDuration(v.text) : Value::error();
}

Value toTimestamp(const Value& v) {
  if (v.kind == Kind::Timestamp) return v;
  // So many years before and after that nothing overflows.
  constexpr int64_t kMost = 100'000'000'000'000'000;
  if (v.kind == Kind::Int)
    return v.number > -kMost && v.number < kMost ? Value::of(Kind::Timestamp, v.number)
                                                 : Value::error();
  return v.kind == Kind::String ? parseTimestamp(v.text) : Value::error();
}

Value typeOf(const Value& v) {
  switch (v.kind) {
    case Kind::Null:
      return Value::type(CelType::Null);
    case Kind::Bool:
      return Value::type(CelType::Bool);
    case Kind::Int:
      return Value::type(CelType::Int);
    case Kind::Uint:
      return Value::type(CelType::Uint);
    case Kind::Double:
      return Value::type(CelType::Double);
    case Kind::String:
      return Value::type(CelType::String);
    case Kind::Bytes:
      return Value::type(CelType::Bytes);
    case Kind::List:
      return Value::type(CelType::List);
    case Kind::Map:
    case Kind::Headers:
      return Value::type(CelType::Map);
    case Kind::Type:
      return Value::type(CelType::Type);
    case Kind::Duration:
      return Value::type(CelType::Duration);
    case Kind::Timestamp:
      return Value::type(CelType::Timestamp);
    case Kind::Error:
      break;
  }
  return Value::error();
}

}  // namespace attache::cel
