// Formats and filters in memory, laid out as in a record, for tests and benchmarks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tables/generated/layout.h"

namespace attache::accesslog::testing {

using tables::FormatNodeKind;
using tables::FormatOperator;

// What an op of a format says; text, arg and arg2 are copied.
struct OpSpec {
  FormatNodeKind kind = FormatNodeKind::Text;
  FormatOperator op = FormatOperator::RequestHeader;
  std::string text;
  std::string arg;
  std::string arg2;
  uint8_t variant = 0;
  int64_t max_length = -1;  // -1: none
  bool typed = false;
};

inline OpSpec text(std::string_view t) {
  OpSpec spec;
  spec.text = t;
  return spec;
}
inline OpSpec op(FormatOperator o, std::string_view arg = {}, std::string_view arg2 = {}) {
  OpSpec spec;
  spec.kind = FormatNodeKind::Operator;
  spec.op = o;
  spec.arg = arg;
  spec.arg2 = arg2;
  return spec;
}
// A whole JSON value; `key` is what stands before it where empty members are left out.
inline OpSpec typed(FormatOperator o, std::string_view arg = {}, std::string_view key = {}) {
  OpSpec spec = op(o, arg);
  spec.typed = true;
  spec.text = key;
  return spec;
}
inline OpSpec node(FormatNodeKind kind, std::string_view key = {}) {
  OpSpec spec;
  spec.kind = kind;
  spec.text = key;
  return spec;
}

// One block of memory that relative references stay inside.
class Record {
 public:
  Record() : memory_(static_cast<char*>(std::calloc(1, kSize)), &std::free) {}

  template <class T>
  T* make(size_t n = 1) {
    at_ = (at_ + 7) & ~size_t{7};
    T* made = reinterpret_cast<T*>(memory_.get() + at_);
    at_ += sizeof(T) * n;
    if (at_ > kSize) std::abort();
    return made;
  }
  void set(tables::Str& field, std::string_view value) {
    if (value.empty()) return;
    char* copy = make<char>(value.size());
    std::memcpy(copy, value.data(), value.size());
    field.rel = distance(&field, copy);
    field.len = static_cast<uint32_t>(value.size());
  }
  template <class T>
  T* set(tables::Vec<T>& field, size_t n) {
    T* made = make<T>(n);
    field.rel = distance(&field, made);
    field.count = static_cast<uint32_t>(n);
    return made;
  }
  template <class T>
  T* set(tables::Opt<T>& field) {
    T* made = make<T>();
    field.rel = distance(&field, made);
    return made;
  }

  tables::Format& format(const std::vector<OpSpec>& specs, bool json = false, bool omit = false) {
    tables::Format* made = make<tables::Format>();
    made->json = json;
    made->omit_empty = omit;
    tables::FormatOp* ops = set(made->ops, specs.size());
    for (const OpSpec& spec : specs) {
      tables::FormatOp& o = *ops++;
      o.kind = spec.kind;
      o.op = spec.op;
      o.json_typed = spec.typed;
      o.variant = spec.variant;
      o.has_max_length = spec.max_length >= 0;
      o.max_length = spec.max_length < 0 ? 0 : static_cast<uint32_t>(spec.max_length);
      set(o.text, spec.text);
      set(o.arg, spec.arg);
      set(o.arg2, spec.arg2);
    }
    return *made;
  }

 private:
  static constexpr size_t kSize = 256 * 1024;
  static int32_t distance(const void* from, const void* to) {
    return static_cast<int32_t>(static_cast<const char*>(to) - static_cast<const char*>(from));
  }

  std::unique_ptr<char, decltype(&std::free)> memory_;
  size_t at_ = 8;
};

// Envoy's default format, as src/accesslog/format.ts compiles it.
inline std::vector<OpSpec> defaultFormat() {
  using Op = FormatOperator;
  return {text("["),     op(Op::StartTime),
          text("] \""),  op(Op::RequestHeader, ":method"),
          text(" "),     op(Op::RequestHeader, "x-envoy-original-path", ":path"),
          text(" "),     op(Op::Protocol),
          text("\" "),   op(Op::ResponseCode),
          text(" "),     op(Op::ResponseFlags),
          text(" "),     op(Op::BytesReceived),
          text(" "),     op(Op::BytesSent),
          text(" "),     op(Op::Duration),
          text(" "),     op(Op::ResponseHeader, "x-envoy-upstream-service-time"),
          text(" \""),   op(Op::RequestHeader, "x-forwarded-for"),
          text("\" \""), op(Op::RequestHeader, "user-agent"),
          text("\" \""), op(Op::RequestHeader, "x-request-id"),
          text("\" \""), op(Op::RequestHeader, ":authority"),
          text("\" \""), op(Op::UpstreamHost),
          text("\"\n")};
}

}  // namespace attache::accesslog::testing
