#include "cel/evaluate.h"

#include "base/arena.h"
#include "base/regex.h"
#include "cel/operations.h"
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
  return contains(container, key, arena);
}

Value Evaluation::hasField(const CelNode& node) {
  Value value = operand(node, 0);
  if (value.kind != Kind::Map && value.kind != Kind::Headers) return Value::error();
  return contains(value, Value::string(node.text.view()), arena);
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
      // A sum whose variant says so joins texts: those of access logs do not, as in Envoy.
      if (node.variant && a.kind == Kind::String && b.kind == Kind::String) [[unlikely]]
        return Value::string(arena.concat(a.text, b.text));
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
