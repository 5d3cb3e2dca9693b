#include "cel/evaluate.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "base/arena.h"
#include "base/regex.h"
#include "cel/text.h"

namespace attache::cel {
namespace {

using accesslog::LogInput;
using tables::CelHeaders;
using tables::CelNode;
using tables::CelOp;
using Kind = Value::Kind;

// One evaluation: walks the tree. Errors go up as values.
struct Evaluation {
  const LogInput& input;
  Arena& arena;

  Value of(const CelNode& node);
  Value operand(const CelNode& node, uint32_t i) {
    return i < node.operands.size() ? of(node.operands[i]) : Value::error();
  }

  Value leaf(const CelNode& node);
  Value logic(const CelNode& node, bool decisive);
  Value conditional(const CelNode& node);
  Value list(const CelNode& node);
  Value map(const CelNode& node);
  Value in(const CelNode& node);
  Value binary(const CelNode& node);
  Value unary(const CelNode& node, const Value& value);
  Value matches(const CelNode& node);
  Value part(const CelNode& node);
  Value hasField(const CelNode& node);
};

const HeaderMap* headersOf(uint8_t which, const LogInput& input) {
  switch (static_cast<CelHeaders>(which)) {
    case CelHeaders::Request:
      return input.request;
    case CelHeaders::Response:
      return input.response;
    case CelHeaders::ResponseTrailers:
      return input.response_trailers;
  }
  return nullptr;
}

Value Evaluation::leaf(const CelNode& node) {
  switch (node.op) {
    case CelOp::Bool:
      return Value::boolean(node.number != 0);
    case CelOp::Int:
      return Value::integer(static_cast<int64_t>(node.number));
    case CelOp::Uint:
      return Value::unsignedInteger(node.number);
    case CelOp::Double:
      return Value::of(Kind::Double, static_cast<int64_t>(node.number));
    case CelOp::String:
      return Value::string(node.text.view());
    case CelOp::Bytes:
      return Value::bytes(node.text.view());
    case CelOp::Type:
      return Value::type(static_cast<CelType>(node.variant));
    case CelOp::Attribute:
      return attribute(static_cast<tables::CelAttribute>(node.variant),
                       static_cast<tables::TlsFact>(node.detail), input, arena);
    case CelOp::HasAttribute:
      return Value::boolean(!attribute(static_cast<tables::CelAttribute>(node.variant),
                                       static_cast<tables::TlsFact>(node.detail), input, arena)
                                 .isError());
    case CelOp::Headers:
      return Value::headerMap(headersOf(node.variant, input));
    case CelOp::Header: {
      const HeaderMap* headers = headersOf(node.variant, input);
      std::string_view text;
      if (headers) text = headers->joined(node.text.view(), arena);
      return text.data() ? Value::string(text) : Value::error();
    }
    default:
      return Value::null();
  }
}

// `decisive` true: or, false: and. One decisive operand decides, whatever the other one is.
Value Evaluation::logic(const CelNode& node, bool decisive) {
  Value left = operand(node, 0);
  if (left.kind == Kind::Bool && left.isTrue() == decisive) return left;
  Value right = operand(node, 1);
  if (right.kind == Kind::Bool && right.isTrue() == decisive) return right;
  return left.kind == Kind::Bool && right.kind == Kind::Bool ? left : Value::error();
}

Value Evaluation::conditional(const CelNode& node) {
  Value condition = operand(node, 0);
  if (condition.kind != Kind::Bool) return Value::error();
  return operand(node, condition.isTrue() ? 1 : 2);
}

Value Evaluation::list(const CelNode& node) {
  uint32_t count = node.operands.size();
  Value* items = arena.makeArray<Value>(count);
  for (uint32_t i = 0; i < count; i++) {
    items[i] = operand(node, i);
    if (items[i].isError()) return items[i];
  }
  return Value::list(items, count);
}

Value Evaluation::map(const CelNode& node) {
  Value entries = list(node);
  if (entries.isError()) return entries;
  size_t count = entries.count / 2;
  for (size_t i = 0; i < count; i++) {
    Kind kind = entries.items[2 * i].kind;
    bool key =
        kind == Kind::Bool || kind == Kind::Int || kind == Kind::Uint || kind == Kind::String;
    if (!key) return Value::error();
    // The same key twice; 1 and 1u are two.
    for (size_t j = 0; j < i; j++) {
      if (entries.items[2 * j].kind == kind && equal(entries.items[2 * j], entries.items[2 * i]))
        return Value::error();
    }
  }
  return Value::map(entries.items, count);
}

Value Evaluation::in(const CelNode& node) {
  Value key = operand(node, 0);
  Value container = operand(node, 1);
  if (key.isError() || container.isError()) return Value::error();
  return contains(container, key);
}

Value Evaluation::hasField(const CelNode& node) {
  Value value = operand(node, 0);
  if (value.kind != Kind::Map && value.kind != Kind::Headers) return Value::error();
  return contains(value, Value::string(node.text.view()));
}

Value ordered(CelOp op, const Value& a, const Value& b) {
  if (!comparable(a, b)) return Value::error();
  Order order = compare(a, b);
  switch (op) {
    case CelOp::Less:
      return Value::boolean(order == Order::Less);
    case CelOp::LessOrEqual:
      return Value::boolean(order == Order::Less || order == Order::Equal);
    case CelOp::Greater:
      return Value::boolean(order == Order::Greater);
    default:
      return Value::boolean(order == Order::Greater || order == Order::Equal);
  }
}

template <class T>
Value integerArithmetic(CelOp op, T a, T b) {
  auto made = [](T n) {
    return std::is_signed_v<T> ? Value::integer(static_cast<int64_t>(n))
                               : Value::unsignedInteger(static_cast<uint64_t>(n));
  };
  T result;
  switch (op) {
    case CelOp::Add:
      return __builtin_add_overflow(a, b, &result) ? Value::error() : made(result);
    case CelOp::Subtract:
      return __builtin_sub_overflow(a, b, &result) ? Value::error() : made(result);
    case CelOp::Multiply:
      return __builtin_mul_overflow(a, b, &result) ? Value::error() : made(result);
    default:
      break;
  }
  if (b == 0) return Value::error();
  if (std::is_signed_v<T> && a == std::numeric_limits<T>::min() && b == static_cast<T>(-1))
    return Value::error();
  return made(op == CelOp::Divide ? a / b : a % b);
}

Value realArithmetic(CelOp op, double a, double b) {
  switch (op) {
    case CelOp::Add:
      return Value::real(a + b);
    case CelOp::Subtract:
      return Value::real(a - b);
    case CelOp::Multiply:
      return Value::real(a * b);
    case CelOp::Divide:
      return Value::real(a / b);
    default:
      return Value::error();
  }
}

// Durations and timestamps: sums and differences.
Value timeArithmetic(CelOp op, const Value& a, const Value& b) {
  bool point_a = a.kind == Kind::Timestamp, point_b = b.kind == Kind::Timestamp;
  if ((!point_a && a.kind != Kind::Duration) || (!point_b && b.kind != Kind::Duration))
    return Value::error();
  if (op == CelOp::Add && !(point_a && point_b))
    return Value::ofNanos(point_a || point_b ? Kind::Timestamp : Kind::Duration,
                          a.allNanos() + b.allNanos());
  if (op == CelOp::Subtract && (point_a || !point_b))
    return Value::ofNanos(point_a && !point_b ? Kind::Timestamp : Kind::Duration,
                          a.allNanos() - b.allNanos());
  return Value::error();
}

Value arithmetic(CelOp op, const Value& a, const Value& b) {
  if (a.isNumber() && a.kind == b.kind) {
    if (a.kind == Kind::Int) return integerArithmetic<int64_t>(op, a.number, b.number);
    if (a.kind == Kind::Uint)
      return integerArithmetic<uint64_t>(op, a.unsignedNumber(), b.unsignedNumber());
    return realArithmetic(op, a.real(), b.real());
  }
  return timeArithmetic(op, a, b);
}

Value textTest(CelOp op, const Value& a, const Value& b) {
  if (a.kind != Kind::String || b.kind != Kind::String) return Value::error();
  switch (op) {
    case CelOp::Contains:
      return Value::boolean(a.text.find(b.text) != std::string_view::npos);
    case CelOp::StartsWith:
      return Value::boolean(a.text.starts_with(b.text));
    default:
      return Value::boolean(a.text.ends_with(b.text));
  }
}

Value Evaluation::binary(const CelNode& node) {
  Value a = operand(node, 0);
  Value b = operand(node, 1);
  if (a.isError() || b.isError()) return Value::error();
  switch (node.op) {
    case CelOp::Equal:
      return Value::boolean(equal(a, b));
    case CelOp::NotEqual:
      return Value::boolean(!equal(a, b));
    case CelOp::Index:
      return find(a, b, arena);
    case CelOp::Less:
    case CelOp::LessOrEqual:
    case CelOp::Greater:
    case CelOp::GreaterOrEqual:
      return ordered(node.op, a, b);
    case CelOp::Contains:
    case CelOp::StartsWith:
    case CelOp::EndsWith:
      return textTest(node.op, a, b);
    default:
      return arithmetic(node.op, a, b);
  }
}

Value Evaluation::matches(const CelNode& node) {
  Value value = operand(node, 0);
  if (value.kind != Kind::String) return Value::error();
  return Value::boolean(RegexRegistry::instance().at(node.regex).fullMatch(value.text));
}

Value Evaluation::part(const CelNode& node) {
  std::string_view zone;
  if (node.operands.size() > 1) zone = node.operands[1].text.view();
  return timePart(static_cast<tables::CelTimePart>(node.variant), operand(node, 0), zone);
}

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
  if (v.kind == Kind::Int) return Value::of(Kind::Timestamp, v.number);
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

Value negated(const Value& v) {
  if (v.kind == Kind::Double) return Value::real(-v.real());
  if (v.kind != Kind::Int || v.number == std::numeric_limits<int64_t>::min()) return Value::error();
  return Value::integer(-v.number);
}

Value Evaluation::unary(const CelNode& node, const Value& v) {
  if (v.isError()) return v;
  switch (node.op) {
    case CelOp::Field:
      return v.kind == Kind::List ? Value::error()
                                  : find(v, Value::string(node.text.view()), arena);
    case CelOp::Not:
      return v.kind == Kind::Bool ? Value::boolean(v.isFalse()) : Value::error();
    case CelOp::Negate:
      return negated(v);
    case CelOp::Size:
      return sizeOf(v);
    case CelOp::ToInt:
      return toInt(v);
    case CelOp::ToUint:
      return toUint(v);
    case CelOp::ToDouble:
      return toDouble(v);
    case CelOp::ToBool:
      return toBool(v);
    case CelOp::ToBytes:
      return toBytes(v);
    case CelOp::ToDuration:
      return toDuration(v);
    case CelOp::ToTimestamp:
      return toTimestamp(v);
    case CelOp::TypeOf:
      return typeOf(v);
    default:
      return Value::error();
  }
}

Value Evaluation::of(const CelNode& node) {
  switch (node.op) {
    case CelOp::And:
      return logic(node, false);
    case CelOp::Or:
      return logic(node, true);
    case CelOp::Conditional:
      return conditional(node);
    case CelOp::List:
      return list(node);
    case CelOp::Map:
      return map(node);
    case CelOp::In:
      return in(node);
    case CelOp::HasField:
      return hasField(node);
    case CelOp::Matches:
      return matches(node);
    case CelOp::TimePart:
      return part(node);
    default:
      break;
  }
  switch (node.operands.size()) {
    case 0:
      return leaf(node);
    case 1:
      return unary(node, operand(node, 0));
    default:
      return binary(node);
  }
}

// Most expressions need no memory, the others little: what does not fit on the stack comes from a
// pool of the thread.
template <class Use>
auto evaluated(const CelNode& node, const LogInput& input, Use&& use) {
  static thread_local BlockPool pool(4);
  alignas(8) char room[512];
  Arena arena(pool, room, room + sizeof room);
  return use(evaluate(node, input, arena));
}

}  // namespace

Value evaluate(const CelNode& node, const LogInput& input, Arena& arena) {
  return Evaluation{input, arena}.of(node);
}

bool isTrue(const CelNode& node, const LogInput& input) {
  return evaluated(node, input, [](const Value& value) { return value.isTrue(); });
}

bool appendValue(const CelNode& node, const LogInput& input, accesslog::LineBuffer& out) {
  return evaluated(node, input, [&](const Value& value) {
    appendText(value, out);
    return !value.isError();
  });
}

}  // namespace attache::cel
