#include "cel/operations.h"

#include <limits>
#include <type_traits>

namespace attache::cel {

using tables::CelOp;
using Kind = Value::Kind;

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

namespace {

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

}  // namespace

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

Value negated(const Value& v) {
  if (v.kind == Kind::Double) return Value::real(-v.real());
  if (v.kind != Kind::Int || v.number == std::numeric_limits<int64_t>::min()) return Value::error();
  return Value::integer(-v.number);
}

}  // namespace attache::cel
